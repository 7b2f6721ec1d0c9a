"""ID tokens (session tokens): who opens a page of ours in the Shopify admin, proven anew in every request.

Source: Shopify developer documentation, "Session tokens". HS256 with the client secret, one minute, ten seconds of
leeway; the shop is `dest`, the person `sub`. A token lives so shortly that it may be used more than once.
"""

import re
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey

from app.errors import Rejected
from app.settings import Settings
from app.stores.port import SignedIn
from app.stores.shopify.names import client_secrets, is_shop

LEEWAY = 10  # seconds the two clocks may differ
LONGEST_LIFE = 15 * 60  # seconds; Shopify's live for one minute
LONGEST_TOKEN = 8192
_USER = re.compile(r"[1-9][0-9]{0,19}")
_TEXT = re.compile(r"[\x21-\x7e]{1,200}")


def read(settings: Settings, token: str, now: datetime) -> SignedIn:
    """The person behind a genuine token. Rejected (401) for anything else; it never says what was wrong."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise not_genuine()
    for secret in client_secrets(settings):
        try:
            claims = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims
        except Exception:  # noqa: S112  # whatever is wrong with it, it is not genuine; the next secret may fit
            continue
        return _person(settings, claims, now)
    raise not_genuine()


def _person(settings: Settings, claims: dict[str, Any], now: datetime) -> SignedIn:
    try:
        _registry(settings, now).validate(claims)
        shop = _host(claims["dest"])
        issued, expires = int(claims["iat"]), int(claims["exp"])
    except Exception as error:
        raise not_genuine() from error
    user, name = claims["sub"], claims["jti"]
    good = (
        claims["aud"] == settings.shopify.client_id  # exactly ours, not a list with ours in it
        and is_shop(settings, shop)
        and claims["iss"] == f"{claims['dest']}/admin"
        and expires - issued <= LONGEST_LIFE
        and isinstance(user, str) and _USER.fullmatch(user) is not None
        and isinstance(name, str) and _TEXT.fullmatch(name) is not None
    )  # fmt: skip
    if not good:
        raise not_genuine()
    sid = claims.get("sid")
    return SignedIn(
        external_id=shop, token_id=name, issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC), user_id=user, user_email="", locale="", is_owner=False,
        path="/", sign_in=sid if isinstance(sid, str) and _TEXT.fullmatch(sid) else "",
    )  # fmt: skip


def _host(dest: str) -> str:
    scheme, _, host = dest.partition("://")
    return host if scheme == "https" else ""


def _registry(settings: Settings, now: datetime) -> jwt.JWTClaimsRegistry:
    client_id: Any = settings.shopify.client_id
    required: Any = {name: {"essential": True} for name in ("iss", "dest", "sub", "exp", "nbf", "iat", "jti")}
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()), leeway=LEEWAY, aud={"essential": True, "value": client_id}, **required
    )


def not_genuine() -> Rejected:
    return Rejected("Open the app again from your store.", status=401, code="bad_token")
