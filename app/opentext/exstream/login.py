"""Signing in to Communications: one client, three ways to its token.

`gateway`: JSON at the API gateway's tenant. `ot2`: a form at OTDS with the subscription as a scope (SaaS). `local`: a
form at the cluster's own OTDS. Source: OpenText's Communications samples (Postman collection, SDK).
"""

from typing import Any

import httpx
from pydantic import ValidationError

from app.errors import NeedsReauth
from app.opentext.answers import OTDS, Payload, read, route, said
from app.opentext.connection import ExstreamConnection
from app.opentext.login import Key, Token, TokenAnswer, TokenCache
from app.outbound import Outbound, raise_for, speaking_to

EXSTREAM = "exstream"
DEFAULT_LIFE = 900.0  # seconds


class ExstreamLogin:
    """A `Login`. Tokens are kept per tenant, subscription and client, and renewed ahead of their end."""

    def __init__(
        self, tenant: str, version: int, connection: ExstreamConnection, outbound: Outbound, tokens: TokenCache
    ) -> None:
        self._of, self._tokens = connection, tokens
        base = connection.url if connection.flavour == "gateway" else connection.otds_url or connection.url
        self._service = EXSTREAM if connection.flavour == "gateway" else OTDS
        self._http = outbound.client(tenant, self._service, base)
        self._key: Key = (
            EXSTREAM, base, connection.flavour, connection.tenant, connection.subscription,
            tenant, str(version), connection.client_id,
        )  # fmt: skip

    def credential(self) -> str:
        """The bearer. Raises Retryable or NeedsReauth (`client_refused`, `wrong_address`, …)."""
        return self._tokens.get(self._key, self._fetch)

    def refused(self, used: str) -> None:
        self._tokens.forget(self._key, used)

    def saw(self, used: str, response: httpx.Response) -> None:
        """No answer renews this token."""

    def _fetch(self) -> Token:
        with speaking_to(self._service):
            response = self._http.post(self._path(), headers={"Accept": "application/json"}, **self._asked())
        _refuse(response, self._service, self._of.client_secret)
        answer = read(TokenAnswer, response, service=self._service)
        return Token(answer.access_token.get_secret_value(), answer.expires_in or DEFAULT_LIFE)

    def _path(self) -> str:
        ways = {"gateway": "tenants", "ot2": "otdstenant", "local": "otdsws/otdstenant"}
        return f"{ways[self._of.flavour]}/{route(self._of.tenant, 'oauth2', 'token')}"

    def _asked(self) -> dict[str, Any]:
        wanted = {
            "client_id": self._of.client_id,
            "client_secret": self._of.client_secret,
            "grant_type": "client_credentials",
        }
        if self._of.flavour == "gateway":
            return {"json": wanted}
        if self._of.flavour == "ot2":
            return {"data": wanted | {"scope": f"search otds:groups subscription:{self._of.subscription}"}}
        return {"data": wanted | {"scope": "otds:groups"}}


class _Detail(Payload):
    errorcode: str = ""


class _Fault(Payload):
    detail: _Detail = _Detail()


class _Refusal(Payload):
    error: str | None = None
    fault: _Fault = _Fault()


def _refuse(response: httpx.Response, service: str, secret: str) -> None:
    """Every refusal of the credentials needs a person; the rest as everywhere."""
    if response.is_success:
        return
    text, refusal = said(response, secret), _refusal(response)
    if refusal.fault.detail.errorcode.endswith("InvalidApiKey"):
        raise NeedsReauth(
            "The client id is not known in this region.",
            upstream=EXSTREAM, code="client_unknown_in_region", said=text,
            hint="Check the client id, the tenant, and that the address is the one of its region.",
        )  # fmt: skip
    if refusal.error == "invalid_scope":
        raise NeedsReauth(
            "The subscription is not known, or the client has no part in it.",
            upstream=EXSTREAM, code="subscription_refused", said=text, hint="Check the subscription's name.",
        )  # fmt: skip
    if response.status_code in (400, 401, 403):
        raise NeedsReauth(
            "The Exstream client id or secret was refused.",
            upstream=EXSTREAM, code="client_refused", said=text, hint="Enter the client id and secret again.",
        )  # fmt: skip
    if response.status_code in (404, 405):
        raise NeedsReauth(
            "There is no token endpoint at this address.", upstream=EXSTREAM, code="wrong_address",
            hint="Check the address, the tenant, and whether this is the gateway, the SaaS or your own cluster.",
        )  # fmt: skip
    raise_for(response, service=service, said=text)


def _refusal(response: httpx.Response) -> _Refusal:
    try:
        return _Refusal.model_validate_json(response.content)
    except ValidationError:
        return _Refusal()
