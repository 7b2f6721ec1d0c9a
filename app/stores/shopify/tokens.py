"""Access to one shop: an expiring offline token, refreshed in time, under one lock per shop.

Source: Shopify developer documentation, "Token exchange", "Offline access tokens". A refresh gives a new access token
and a new refresh token; the former refresh token stays good until the new one is first used, so an answer that was
lost is asked for again with the old one.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx

from app.errors import NeedsReauth, Rejected
from app.outbound import Outbound, raise_for, speaking_to
from app.settings import Settings
from app.stores.shopify.names import SERVICE, shop_url

EARLY = timedelta(seconds=60)  # a token with less left is refreshed before it is used
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105  # a name
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"  # a name
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass(frozen=True)
class ShopToken:
    """What a shop gave us. Times are aware UTC; None: it does not end (a self-hosted custom app)."""

    access: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    refresh: str = ""
    refresh_expires_at: datetime | None = None

    def lives_at(self, now: datetime) -> bool:
        return self.expires_at is None or self.expires_at - EARLY > now

    def sealed(self) -> str:
        """As one text, for the vault."""
        values = asdict(self) | {"scopes": sorted(self.scopes)}
        return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()})

    @classmethod
    def opened(cls, text: str) -> "ShopToken":
        values = json.loads(text)
        for name in ("expires_at", "refresh_expires_at"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
        return cls(**values | {"scopes": frozenset(values["scopes"])})


class TokenKeeper(Protocol):
    """Where a shop's token lies. `holding` locks the shop's token for all processes until it is left."""

    def load(self) -> ShopToken: ...

    def save(self, token: ShopToken) -> None: ...

    def holding(self) -> AbstractContextManager[None]: ...


class TokenDoor:
    """The token endpoint of a shop."""

    def __init__(self, settings: Settings, outbound: Outbound, now: Callable[[], datetime]) -> None:
        self._settings, self._outbound, self._now = settings, outbound, now

    def exchange(self, shop: str, id_token: str) -> ShopToken:
        """An ID token just verified → an expiring offline token. Rejected when Shopify does not take it."""
        return self._ask(shop, {
            "grant_type": EXCHANGE, "subject_token": id_token, "subject_token_type": ID_TOKEN,
            "requested_token_type": OFFLINE, "expiring": "1",
        })  # fmt: skip

    def by_code(self, shop: str, code: str) -> ShopToken:
        """The authorization-code grant of a self-hosted custom installation."""
        return self._ask(shop, {"code": code, "expiring": "1"})

    def refresh(self, shop: str, token: ShopToken) -> ShopToken:
        """NeedsReauth when the refresh token is dead: the merchant must open the app once."""
        try:
            return self._ask(shop, {"grant_type": "refresh_token", "refresh_token": token.refresh})
        except Rejected as error:
            raise NeedsReauth(
                "Shopify no longer accepts the app's access to this shop.", upstream=SERVICE, code=error.specific_code,
                hint="Open the app once in the Shopify admin; the work that waits goes on by itself.",
            ) from error  # fmt: skip

    def _ask(self, shop: str, fields: dict[str, str]) -> ShopToken:
        own = self._settings.shopify
        body = {"client_id": own.client_id, "client_secret": own.client_secret.get_secret_value(), **fields}
        http = self._outbound.client("", f"{SERVICE}_login", shop_url(self._settings, shop))
        with speaking_to(SERVICE, writing=True):
            response = http.post("/admin/oauth/access_token", json=body, headers={"Accept": "application/json"})
        return self._token(response)

    def _token(self, response: httpx.Response) -> ShopToken:
        answer = _json(response)
        if 400 <= response.status_code < 500 and response.status_code not in (408, 429):
            code = str(answer.get("error", ""))[:60] or "token_refused"
            raise Rejected("Shopify did not accept this sign-in. Open the app again.", status=401, code=code)
        raise_for(response, service=SERVICE)
        access, now = answer.get("access_token"), self._now()
        if not isinstance(access, str) or not access:
            raise Rejected("Shopify's answer to this sign-in was not complete. Open the app again.", code="bad_token")
        return ShopToken(
            access, frozenset(filter(None, str(answer.get("scope", "")).split(","))), _after(now, answer, "expires_in"),
            str(answer.get("refresh_token", "")), _after(now, answer, "refresh_token_expires_in"),
        )  # fmt: skip


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _after(now: datetime, answer: dict[str, Any], name: str) -> datetime | None:
    seconds = answer.get(name)
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    return now.astimezone(UTC) + timedelta(seconds=seconds)


class ShopAccess:
    """The token to use now. Thread safe; several processes refresh once."""

    def __init__(self, shop: str, keeper: TokenKeeper, door: TokenDoor, now: Callable[[], datetime]) -> None:
        self._shop, self._keeper, self._door, self._now = shop, keeper, door, now

    def token(self) -> ShopToken:
        """One that lives for a while yet."""
        token = self._keeper.load()
        return token if token.lives_at(self._now()) else self._renew(token)

    def renewed(self, refused: ShopToken) -> ShopToken:
        """After Shopify refused this one: another's newer one, or a fresh one."""
        return self._renew(refused)

    def _renew(self, old: ShopToken) -> ShopToken:
        with self._keeper.holding():
            present = self._keeper.load()
            if present.access != old.access and present.lives_at(self._now()):
                return present  # somebody else was first
            if not present.refresh:
                raise NeedsReauth(
                    "Shopify no longer accepts the app's access to this shop.", upstream=SERVICE,
                    hint="Open the app once in the Shopify admin; the work that waits goes on by itself.",
                )  # fmt: skip
            fresh = self._door.refresh(self._shop, present)
            self._keeper.save(fresh)
            return fresh
