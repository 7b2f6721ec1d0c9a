"""ID tokens (session tokens): HS256 with the client secret, one minute. Source: Shopify developer docs, session tokens.

They are issued and judged in real time: their other reader, the app, lives there.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from sandbox.shopify.state import App, Store, User

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

LIFE, LEEWAY = 60, 10


def issue(api: "Shopify", store: Store, app: App, user: User, **claims: Any) -> str:
    """`claims` overrides claims, for tests."""
    issued = int(_real(api).timestamp())
    payload = {
        "iss": f"https://{store.domain}/admin",
        "dest": f"https://{store.domain}",
        "aud": app.client_id,
        "sub": str(user.id),
        "exp": issued + LIFE,
        "nbf": issued,
        "iat": issued,
        "jti": str(uuid4()),
        "sid": f"{user.id:032x}",
    } | claims
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, payload, OctKey.import_key(app.secrets[-1]))


def read(api: "Shopify", store: Store, app: App, text: str) -> dict[str, Any] | None:
    """The claims of a genuine, living token for this app and shop; None for anything else."""
    now = _real(api).timestamp()
    for secret in reversed(app.secrets):
        try:
            claims: dict[str, Any] = jwt.decode(text, OctKey.import_key(secret), algorithms=["HS256"]).claims
        except (JoseError, ValueError):
            continue
        lives = claims.get("nbf", 0) - LEEWAY <= now <= claims.get("exp", 0) + LEEWAY
        ours = claims.get("aud") == app.client_id and claims.get("dest") == f"https://{store.domain}"
        return claims if lives and ours else None
    return None


def _real(api: "Shopify") -> datetime:
    return api.world.clock.now() - api.world.clock.offset
