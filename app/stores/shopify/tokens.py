"""Tokens of one shop: an expiring offline token, refreshed in time, under one lock per shop.

Source: Shopify developer documentation, "Token exchange", "Offline access tokens", "Rotate client credentials". A
refresh gives a new access token and a new refresh token; the former refresh token stays good until the new one is
first used, so an answer that was lost is asked for again with the old one. A token belongs to the client secret it
was got with: before the former secret is revoked, every token is got anew.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.errors import NeedsReauth, Rejected, Retryable
from app.outbound import Outbound, raise_for, speaking_to
from app.settings import Settings
from app.stores.port import TokenKeeper
from app.stores.shopify.names import SERVICE, client_secrets, shop_url

EARLY = timedelta(seconds=60)  # a token with less left is refreshed before it is used
SECRET_AGAIN = timedelta(minutes=10)  # a client secret that was not accepted yet is tried again after this
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105  # a name
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"  # a name
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"  # a name
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
LIFETIME = frozenset({"expires_at", "refresh_expires_at"})


@dataclass(frozen=True)
class ShopToken:
    """What a shop gave us. Times are aware UTC; None: it does not end (a self-hosted custom app).

    `secret`: which client secret it was got with, as a short digest.
    """

    access: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    refresh: str = ""
    refresh_expires_at: datetime | None = None
    secret: str = ""

    def lives_at(self, now: datetime, *, early: timedelta = EARLY) -> bool:
        return self.expires_at is None or self.expires_at - early > now

    def sealed(self) -> str:
        """As one text, for the vault."""
        values = asdict(self) | {"scopes": sorted(self.scopes)}
        return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()})

    @classmethod
    def opened(cls, text: str) -> "ShopToken":
        known = {one.name for one in fields(cls)}
        values = {name: value for name, value in json.loads(text).items() if name in known}
        for name in LIFETIME:
            values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        return cls(**values | {"scopes": frozenset(values["scopes"])})


@dataclass(frozen=True)
class Somebody:
    """The person an online token was given for."""

    user_id: str
    email: str
    locale: str
    is_owner: bool


class TokenDoor:
    """The token endpoint of a shop. The newest client secret is used, the former one where that is refused."""

    def __init__(self, settings: Settings, outbound: Outbound, now: Callable[[], datetime]) -> None:
        self._settings, self._outbound, self._now = settings, outbound, now

    def exchange(self, shop: str, id_token: str) -> ShopToken:
        """An ID token just verified → an expiring offline token. Rejected when Shopify does not take it."""
        return self._token(*self._ask(shop, _subject(id_token, OFFLINE) | {"expiring": "1"}))

    def somebody(self, shop: str, id_token: str) -> Somebody:
        """Who an ID token was issued for; the online token that comes with it is not kept."""
        answer, _ = self._ask(shop, _subject(id_token, ONLINE))
        about = answer.get("associated_user")
        if not isinstance(about, dict) or not isinstance(about.get("id"), int):
            raise _incomplete()
        text = {name: value if isinstance(value := about.get(name), str) else "" for name in ("email", "locale")}
        return Somebody(str(about["id"]), text["email"], text["locale"], about.get("account_owner") is True)

    def by_code(self, shop: str, code: str) -> ShopToken:
        """The authorization-code grant of a self-hosted custom installation."""
        return self._token(*self._ask(shop, {"code": code, "expiring": "1"}))

    def refresh(self, shop: str, token: ShopToken) -> ShopToken:
        """NeedsReauth when the refresh token is dead: the merchant must open the app once."""
        try:
            asked = {"grant_type": "refresh_token", "refresh_token": token.refresh}
            return self._token(*self._ask(shop, asked))
        except Rejected as error:
            raise no_access(error.specific_code) from error

    def is_present(self, token: ShopToken) -> bool:
        """Whether it was got with the client secret in use; others end when the former secret is revoked."""
        return token.secret in ("", _mark(client_secrets(self._settings)[0]))

    def _ask(self, shop: str, fields: dict[str, str]) -> tuple[dict[str, Any], str]:
        """(answer, digest of the client secret it was got with)."""
        present, *former = client_secrets(self._settings)
        try:
            return self._ask_with(present, shop, fields), _mark(present)
        except Rejected as error:
            if error.specific_code != "invalid_client" or not former:
                raise
        return self._ask_with(former[0], shop, fields), _mark(former[0])

    def _ask_with(self, secret: bytes, shop: str, fields: dict[str, str]) -> dict[str, Any]:
        body = {"client_id": self._settings.shopify.client_id, "client_secret": secret.decode(), **fields}
        http = self._outbound.client("", f"{SERVICE}_login", shop_url(self._settings, shop))
        with speaking_to(SERVICE, writing=True):
            response = http.post("admin/oauth/access_token", json=body, headers={"Accept": "application/json"})
        return _answer(response)

    def _token(self, answer: dict[str, Any], secret: str) -> ShopToken:
        access, now = answer.get("access_token"), self._now()
        if not isinstance(access, str) or not access:
            raise _incomplete()
        scopes = frozenset(filter(None, (one.strip() for one in str(answer.get("scope", "")).split(","))))
        return ShopToken(
            access, scopes, _after(now, answer, "expires_in"), str(answer.get("refresh_token") or ""),
            _after(now, answer, "refresh_token_expires_in"), secret,
        )  # fmt: skip


def _subject(id_token: str, wanted: str) -> dict[str, str]:
    return {
        "grant_type": EXCHANGE, "subject_token": id_token, "subject_token_type": ID_TOKEN,
        "requested_token_type": wanted,
    }  # fmt: skip


def _answer(response: httpx.Response) -> dict[str, Any]:
    answer = _json(response)
    if 400 <= response.status_code < 500 and response.status_code not in (408, 429):
        code = str(answer.get("error", ""))[:60] or "token_refused"
        raise Rejected("Shopify did not accept this sign-in. Open the app again.", status=401, code=code)
    raise_for(response, service=SERVICE)
    return answer


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


def _mark(secret: bytes) -> str:
    return hashlib.sha256(b"shopify-secret|" + secret).hexdigest()[:16]


def _incomplete() -> Rejected:
    return Rejected("Shopify's answer to this sign-in was not complete. Open the app again.", code="bad_token_answer")


def no_access(code: str = "needs_reauth") -> NeedsReauth:
    """The shop's access is over; `code` is what Shopify said."""
    hint = "Open the app once in the Shopify admin; the work that waits goes on by itself."
    if code == "invalid_client":
        hint += " If that does not help, the operator compares ECM_SHOPIFY__CLIENT_SECRET with the app's client secret."
    return NeedsReauth(
        "Shopify no longer accepts the app's access to this shop.", upstream=SERVICE, code=code, hint=hint
    )


class ShopAccess:
    """The token to use now. Thread safe; all threads and processes together refresh once."""

    def __init__(
        self, shop: str, known: str, keeper: TokenKeeper, door: TokenDoor, now: Callable[[], datetime]
    ) -> None:
        self._shop, self._keeper, self._door, self._now = shop, keeper, door, now
        self._known = ShopToken.opened(known)
        self._secret_from = datetime.min.replace(tzinfo=UTC)
        self._turn = threading.Lock()

    def token(self) -> ShopToken:
        """One that lives for a while yet; where it cannot be renewed just now, one that still lives."""
        known = self._known
        if self._is_good(known):
            return known
        try:
            return self._renew(known)
        except Retryable:
            if not known.lives_at(self._now(), early=timedelta()):
                raise
            return known

    def renewed(self, refused: ShopToken) -> ShopToken:
        """After Shopify refused this one: another's newer one, or a fresh one."""
        return self._renew(refused)

    def renew(self) -> frozenset[str]:
        """A fresh token whatever the present one is good for; the scopes it has."""
        return self._renew(self._known).scopes

    def lasts_until(self) -> datetime | None:
        known = self._known
        return known.refresh_expires_at if known.refresh else known.expires_at

    def _is_good(self, token: ShopToken) -> bool:
        """A token that does not end cannot be got anew without a person, so it is used as long as it works."""
        now = self._now()
        may_stay = self._door.is_present(token) or not token.refresh or now < self._secret_from
        return token.lives_at(now) and may_stay

    def _renew(self, old: ShopToken) -> ShopToken:
        with self._turn:
            if self._known.access != old.access and self._is_good(self._known):
                return self._known  # another thread was first
            with self._keeper.holding():
                self._known = self._fresh(old)
            return self._known

    def _fresh(self, old: ShopToken) -> ShopToken:
        kept = self._keeper.load()
        present = ShopToken.opened(kept)
        if present.access != old.access and self._is_good(present):
            return present  # another process was first
        if not present.refresh:
            raise no_access()
        fresh = self._door.refresh(self._shop, present)
        if not self._door.is_present(fresh):
            self._secret_from = self._now() + SECRET_AGAIN
        if self._keeper.replace(kept, fresh.sealed(), fresh.scopes):
            return fresh
        return ShopToken.opened(self._keeper.load())  # the app was opened meanwhile, and brought another
