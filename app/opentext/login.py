"""Signing in: one cache of tokens, OTDS for Content Server, the gateway's tenant for the Workflow Service.

Tokens, tickets and client secrets never reach a log line or an error.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from pydantic import Field, SecretStr

from app.errors import NeedsReauth, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, OTDS, WORKFLOW, Payload, read, route, said
from app.opentext.connection import Connection
from app.outbound import Outbound, raise_for, speaking_to

REFRESH_AT = 0.8  # of a token's life
SHORTEST_LIFE = 10.0  # seconds; a shorter promise would make every call sign in
TICKET_LIFE = 8 * 3600.0  # a ticket slides along with its use and is refused when it ended; only a bound

Key = tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """A credential and how long it lives, in seconds from now."""

    value: str = field(repr=False)
    life: float


@dataclass(frozen=True)
class _Kept:
    value: str = field(repr=False)
    refresh_at: float
    ends_at: float


class TokenCache:
    """Tokens by key; one per process. Of many threads that need one, one fetches, the others get its result.

    Between 80 % and the end of a token's life one thread refreshes while the others go on with the old one; a
    refresh that fails for the moment leaves the old one in use until its end.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: dict[Key, _Kept] = {}
        self._flights: dict[Key, Future[str]] = {}

    def get(self, key: Key, fetch: Callable[[], Token]) -> str:
        """The token for `key`, fetched when there is none. Every waiting thread gets what `fetch` raises."""
        now = self._monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept and now < kept.refresh_at:
                return kept.value
            usable = kept.value if kept and now < kept.ends_at else None
            flight = self._flights.get(key)
            if flight is None:
                mine = self._flights[key] = Future()
            elif usable is not None:
                return usable
        return flight.result() if flight is not None else self._fetch(key, mine, fetch, usable)

    def forget(self, key: Key, value: str) -> None:
        """Drop a refused token, unless somebody has replaced it already."""
        with self._lock:
            if key in self._kept and self._kept[key].value == value:
                del self._kept[key]

    def renew(self, key: Key, used: str, token: Token) -> None:
        """The other side replaced the token we `used`; late answers to older tokens change nothing."""
        with self._lock:
            if key in self._kept and self._kept[key].value == used:
                self._keep(key, token)

    def _fetch(self, key: Key, flight: Future[str], fetch: Callable[[], Token], usable: str | None) -> str:
        try:
            token = fetch()
        except BaseException as error:
            with self._lock:
                del self._flights[key]
            flight.set_exception(error)
            if usable is not None and isinstance(error, Retryable):
                return usable
            raise
        with self._lock:
            self._keep(key, token)
            del self._flights[key]
        flight.set_result(token.value)
        return token.value

    def _keep(self, key: Key, token: Token) -> None:
        now, life = self._monotonic(), max(token.life, SHORTEST_LIFE)
        for old in [k for k, kept in self._kept.items() if kept.ends_at <= now]:
            del self._kept[old]
        self._kept[key] = _Kept(token.value, now + life * REFRESH_AT, now + life)


class Login(Protocol):
    """Something that knows the current credential of a service and what its answers say about it."""

    def credential(self) -> str: ...

    def refused(self, used: str) -> None: ...

    def saw(self, used: str, response: httpx.Response) -> None: ...


def signed_in(login: Login, send: Callable[[str], httpx.Response]) -> httpx.Response:
    """Send with the current credential; on a 401 sign in anew and repeat once. A second 401 is returned."""
    used = login.credential()
    response = send(used)
    if response.status_code == 401:
        login.refused(used)
        used = login.credential()
        response = send(used)
        if response.status_code == 401:
            login.refused(used)
    login.saw(used, response)
    return response


class TokenAnswer(Payload):
    """RFC 6749 section 5.1."""

    access_token: SecretStr = Field(min_length=1)
    expires_in: float = 0


class OtdsLogin:
    """Content Server tickets: a bearer from OTDS by client credentials, exchanged at `GET /v1/auth`.

    Source: OTDS OAuth 2.0 token endpoint; Content Server Rest API 2.0.2, authentication; ticket renewal by
    the header `OTCSTicket` as Smart View does it.
    """

    def __init__(self, connection: Connection, outbound: Outbound, tokens: TokenCache) -> None:
        self._of, self._tokens = connection.content_server, tokens
        self._otds = outbound.client(connection.tenant, OTDS, self._of.otds_url)
        self._server = outbound.client(connection.tenant, CONTENT_SERVER, self._of.content_server_url)
        owner = (connection.tenant, str(connection.version), self._of.client_id)
        self._bearer_key: Key = (OTDS, self._of.otds_url, *owner)
        self._ticket_key: Key = (CONTENT_SERVER, self._of.content_server_url, *owner)

    def credential(self) -> str:
        """The OTCS ticket. Raises NeedsReauth (credentials or impersonation refused) or Retryable."""
        return self._tokens.get(self._ticket_key, self._exchange)

    def refused(self, used: str) -> None:
        self._tokens.forget(self._ticket_key, used)

    def saw(self, used: str, response: httpx.Response) -> None:
        """Sliding renewal: any answer may carry the next ticket."""
        fresh = response.headers.get("OTCSTicket", "")
        if fresh and fresh != used and response.status_code != 401:
            self._tokens.renew(self._ticket_key, used, Token(fresh, TICKET_LIFE))

    def bearer(self) -> str:
        """The OTDS access token."""
        return self._tokens.get(self._bearer_key, self._fetch_bearer)

    def _fetch_bearer(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._of.client_id,
            "client_secret": self._of.client_secret,
        }
        with speaking_to(OTDS):
            response = self._otds.post("oauth2/token", data=form, headers={"Accept": "application/json"})
        _refuse(response, OTDS, self._of.client_secret)
        answer = read(TokenAnswer, response, service=OTDS)
        return Token(answer.access_token.get_secret_value(), answer.expires_in or 3600)

    def _exchange(self) -> Token:
        bearer = self.bearer()
        response = self._who_am_i(bearer)
        if response.status_code == 401:  # the kept bearer may have been revoked: once more with a fresh one
            self._tokens.forget(self._bearer_key, bearer)
            bearer = self.bearer()
            response = self._who_am_i(bearer)
        if response.status_code in (400, 401, 403):
            raise NeedsReauth(
                "Content Server does not accept the sign-in of this OTDS client.",
                upstream=CONTENT_SERVER, code="sign_in_refused", said=said(response, bearer),
                hint="In OTDS, let the OAuth client impersonate on the Content Server resource.",
            )  # fmt: skip
        raise_for(response, service=CONTENT_SERVER, said=said(response, bearer))
        ticket = response.headers.get("OTCSTicket", "")
        if not ticket:
            raise NeedsReauth(
                "Content Server answered the sign-in without a ticket.",
                upstream=CONTENT_SERVER, code="no_ticket",
                hint="Check that the Content Server address ends where its api folder begins (…/cs/cs).",
            )  # fmt: skip
        return Token(ticket, TICKET_LIFE)

    def _who_am_i(self, bearer: str) -> httpx.Response:
        with speaking_to(CONTENT_SERVER):
            return self._server.get("api/v1/auth", headers={"Authorization": f"Bearer {bearer}"})


class TenantLogin:
    """Workflow Service tokens: client credentials at the gateway's tenant, as JSON, else form-encoded.

    Source: OpenText's demo applications for the API gateway (JSON) and its traceability sample (form).
    """

    def __init__(self, connection: Connection, outbound: Outbound, tokens: TokenCache) -> None:
        self._of, self._tokens = connection.workflow, tokens
        self._http = outbound.client(connection.tenant, WORKFLOW, self._of.gateway_url)
        self._key: Key = (
            WORKFLOW, self._of.gateway_url, self._of.tenant,
            connection.tenant, str(connection.version), self._of.client_id,
        )  # fmt: skip
        self._as_form = False

    @property
    def client_id(self) -> str:
        """Our client at the tenant."""
        return self._of.client_id

    def credential(self) -> str:
        """The bearer. Raises NeedsReauth (`client_unknown_in_region`, `client_refused`) or Retryable."""
        return self._tokens.get(self._key, self._fetch)

    def refused(self, used: str) -> None:
        self._tokens.forget(self._key, used)

    def saw(self, used: str, response: httpx.Response) -> None:
        """The gateway never renews by answer."""

    def _fetch(self) -> Token:
        response = self._ask(as_form=self._as_form)
        if response.status_code in (400, 415):  # the other encoding; both occur in public examples
            other = self._ask(as_form=not self._as_form)
            if other.is_success:
                response, self._as_form = other, not self._as_form
        _refuse(response, WORKFLOW, self._of.client_secret)
        answer = read(TokenAnswer, response, service=WORKFLOW)
        return Token(answer.access_token.get_secret_value(), answer.expires_in or 900)

    def _ask(self, *, as_form: bool) -> httpx.Response:
        wanted = {
            "client_id": self._of.client_id,
            "client_secret": self._of.client_secret,
            "grant_type": "client_credentials",
        }
        url = route("tenants", self._of.tenant, "oauth2", "token")
        with speaking_to(WORKFLOW):
            if as_form:
                return self._http.post(url, data=wanted, headers={"Accept": "application/json"})
            return self._http.post(url, json=wanted, headers={"Accept": "application/json"})


class _Fault(Payload):
    class Detail(Payload):
        errorcode: str = ""

    detail: Detail = Detail()


class _Refusal(Payload):
    error: str | None = None
    fault: _Fault = _Fault()


def _refuse(response: httpx.Response, service: str, secret: str) -> None:
    """Token endpoints: every refusal of the credentials needs a person; the rest as everywhere."""
    if response.is_success:
        return
    text = said(response, secret)
    refusal = _refusal(response)
    if refusal.fault.detail.errorcode.endswith("InvalidApiKey"):
        raise NeedsReauth(
            "The client id is not known in this region.",
            upstream=service, code="client_unknown_in_region", said=text,
            hint="Check the client id, and that the gateway address is the one of its region.",
        )  # fmt: skip
    if response.status_code in (400, 401, 403):
        raise NeedsReauth(
            "The client id or secret was refused.", upstream=service, code="client_refused",
            said=text, error=(refusal.error or "")[:60], hint="Enter the client id and secret again.",
        )  # fmt: skip
    if response.status_code == 404:
        raise NeedsReauth(
            "There is no token endpoint at this address.", upstream=service, code="wrong_address",
            hint="Check the address and the tenant.",
        )  # fmt: skip
    raise_for(response, service=service, said=text)


def _refusal(response: httpx.Response) -> _Refusal:
    try:
        return read(_Refusal, response, service="token endpoint")
    except (Permanent, Retryable):
        return _Refusal()


__all__ = ["Login", "OtdsLogin", "TenantLogin", "Token", "TokenCache", "signed_in"]
