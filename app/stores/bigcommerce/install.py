"""BigCommerce at the app's doors: the code exchange of an installation, the signed payload of load requests.

Source: BigCommerce developer documentation, guides "Single-click apps: auth", "callbacks", "users".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import ValidationError

from app.domain.privacy import Person
from app.errors import Rejected
from app.outbound import Outbound, raise_for, speaking_to
from app.settings import Settings
from app.stores.bigcommerce import payloads, webhooks
from app.stores.bigcommerce.client import SERVICE, error_text
from app.stores.port import Delivery, Frame, Installed, SignedIn

LEEWAY = 10  # seconds the two clocks may differ
LONGEST_TOKEN = 8192  # bytes
LONGEST_CODE = 2048
READ_ONLY = "_read_only"

_CONTEXT = re.compile(r"stores/[a-z0-9]{1,64}")
_DEEP_LINK = re.compile(
    r"/(?:orders|products|customers)/[1-9][0-9]{0,18}"
    r"|/(?:settings|activity|inbox|find)(?:/|(?:/[a-z]{1,20}(?:-[a-z]{1,20}){0,5}){1,2})?"
)


class BigCommerceDoor:
    """StoreDoor for every BigCommerce store of this app."""

    webhook_path = "/webhooks/bigcommerce"

    def __init__(
        self, settings: Settings, outbound: Outbound, numbers: webhooks.Numbers = webhooks.only_the_first
    ) -> None:
        """`numbers`: which of a store's secret headers are taken now, the present one first."""
        self._settings, self._outbound, self._numbers = settings, outbound, numbers

    def is_configured(self) -> bool:
        own = self._settings.bigcommerce
        return bool(own.client_id and own.client_secret.get_secret_value())

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return missing_scopes(self._settings.bigcommerce.scopes, granted)

    def frame(self, external_id: str) -> Frame:
        del external_id  # the store's own control panel is among its facts
        own = self._settings.bigcommerce
        return Frame(own.frame_ancestors, home=own.login_url, name="BigCommerce")

    def complete_install(self, query: Mapping[str, str], redirect_uri: str) -> Installed:
        """Exchange the code for a token that never expires.

        Rejected when the code is refused, is for another store, or gives fewer scopes than we need; Retryable
        when BigCommerce cannot be reached. The token of a refused installation is dropped.
        """
        code, context = query.get("code", ""), query.get("context", "")
        if not 0 < len(code) <= LONGEST_CODE or not _CONTEXT.fullmatch(context):
            raise Rejected("This installation request is not complete.", code="bad_install")
        answer = self._exchange(code, context, query.get("scope", ""), redirect_uri)
        if answer.context != context:
            raise Rejected("This installation request is for another store.", code="store_mismatch")
        granted = frozenset(answer.scope.split())
        missing = missing_scopes(self._settings.bigcommerce.scopes, granted)
        if missing:
            raise Rejected(f"The app was not given these scopes: {', '.join(missing)}.", code="missing_scopes")
        return Installed(
            external_id=answer.context.removeprefix("stores/"),
            token=answer.access_token,
            granted=granted,
            user_id=answer.user.id,
            user_email=answer.user.email,
            owner_id=answer.owner.id,
            owner_email=answer.owner.email,
        )

    def hook_headers(self, external_id: str) -> dict[str, str]:
        """The header every delivery of this store must carry."""
        present = self._numbers(external_id)[0]
        return {webhooks.HOOK_HEADER: webhooks.hook_secret(self._settings, external_id, present)}

    def signed_request(self, query: Mapping[str, str], now: datetime) -> SignedIn:
        """Verify `signed_payload_jwt`. Using a token once is the caller's part (`token_id`, `expires_at`)."""
        claims = self._claims(query.get("signed_payload_jwt", ""), now)
        return SignedIn(
            external_id=claims.sub.removeprefix("stores/"),
            token_id=claims.jti,
            issued_at=datetime.fromtimestamp(claims.iat, UTC),
            expires_at=datetime.fromtimestamp(claims.exp, UTC),
            user_id=str(claims.user.id),
            user_email=claims.user.email,
            locale=claims.user.locale,
            is_owner=claims.user.id == claims.owner.id,
            path=deep_link(claims.url),
        )

    def delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        return webhooks.delivery(self._settings, headers, body, now, self._numbers)

    def person(self, body: bytes) -> Person:
        """BigCommerce tells nothing of people's requests: they come to the merchant."""
        del body
        raise Rejected("The request names nobody.", code="bad_request")

    def _exchange(self, code: str, context: str, scope: str, redirect_uri: str) -> payloads.TokenAnswer:
        # Plain httpx rather than an OAuth client: this grant has no authorize redirect, no state, no refresh,
        # and the call must pass the guards of the outbound client, which an OAuth client would go round.
        own = self._settings.bigcommerce
        body = {
            "client_id": own.client_id,
            "client_secret": own.client_secret.get_secret_value(),
            "code": code,
            "context": context,
            "scope": scope,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
        }
        http = self._outbound.client("", f"{SERVICE}_login", own.login_url)
        with speaking_to(SERVICE, writing=True):
            response = http.post("/oauth2/token", json=body, headers={"Accept": "application/json"})
        return _token_answer(response)

    def _claims(self, token: str, now: datetime) -> payloads.LoadClaims:
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            raise _not_genuine()
        for secret in webhooks.client_secrets(self._settings):
            try:
                claims = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
                self._registry(now).validate(claims)
                if claims["aud"] != self._settings.bigcommerce.client_id:  # exactly ours, not a list with ours in it
                    raise _not_genuine()
                return payloads.LoadClaims.model_validate(claims)
            except Exception:  # noqa: S112  # whatever is wrong with it, it is not genuine; the next key may fit
                continue
        raise _not_genuine()

    def _registry(self, now: datetime) -> jwt.JWTClaimsRegistry:
        client_id: Any = self._settings.bigcommerce.client_id
        return jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            aud={"essential": True, "value": client_id},
            iss={"essential": True, "value": "bc"},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )


def missing_scopes(needed: Iterable[str], granted: frozenset[str]) -> list[str]:
    """The scopes that are neither given nor contained in what is: a scope contains its read-only twin."""
    return [name for name in needed if name not in granted and name.removesuffix(READ_ONLY) not in granted]


def deep_link(url: str) -> str:
    """The page of ours a click asked for; the start page for everything we do not have."""
    return url if _DEEP_LINK.fullmatch(url) else "/"


def _token_answer(response: httpx.Response) -> payloads.TokenAnswer:
    """The body of a refused exchange is not documented: any 4xx means that this code gives no token."""
    if 400 <= response.status_code < 500 and response.status_code not in (408, 429):
        raise Rejected(
            "BigCommerce did not accept this installation. Start it again from your store.",
            code="exchange_refused",
            said=error_text(response),
        )
    raise_for(response, service=SERVICE, said=error_text(response))
    try:
        return payloads.TokenAnswer.model_validate_json(response.content)
    except ValidationError as error:
        raise Rejected(
            "BigCommerce's answer to this installation was not complete. Start it again from your store.",
            code="bad_token_answer",
        ) from error


def _not_genuine() -> Rejected:
    return Rejected("Open the app again from your store.", status=401, code="bad_token")
