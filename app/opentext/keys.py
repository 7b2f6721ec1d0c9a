"""A tenant's OTDS keys: checks a bearer token that somebody presents to us, without asking about the token.

RS256 only, the key picked by `kid` from what the configured address publishes; nothing in the token leads anywhere.
Source: OTDS OIDC endpoints (`{otds}/oauth2/jwks`, issuer `{otds}/oauth2`); RFC 7515, 7519.
"""

import base64
import json
import re
import threading
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from pydantic import Field

from app.errors import AppError, Retryable
from app.opentext.answers import OTDS, Payload, read
from app.opentext.connection import Connection
from app.outbound import Outbound, raise_for, speaking_to

KEPT = 600.0  # seconds the published keys are believed
LOOK_AGAIN = 60.0  # an unknown key id makes us look at most that often
LONGEST = 8_192
LEEWAY = 10
SHAPE = re.compile(r"[A-Za-z0-9_-]{2,2000}\.[A-Za-z0-9_-]{2,6000}\.[A-Za-z0-9_-]{2,2000}")
KEY_ID = re.compile(r"[A-Za-z0-9._~=-]{1,100}")
HEADER = frozenset({"alg", "kid", "typ"})  # whatever else a header asks for (jku, jwk, crit, zip, …), we do not do
WITHIN = 5.0  # seconds; somebody waits at a door


class _Jwks(Payload):
    keys: list[dict[str, Any]] = Field(max_length=50)


class OtdsKeys:
    """Keys of one connection's OTDS. Thread safe; one look at a time."""

    def __init__(self, connection: Connection, outbound: Outbound) -> None:
        of = connection.content_server
        self._issuer, self._client_id = f"{of.otds_url.rstrip('/')}/oauth2", of.client_id
        self._otds = outbound.client(connection.tenant, OTDS, of.otds_url)
        self._lock = threading.Lock()
        self._keys: dict[str, RSAKey] = {}
        self._looked_at = float("-inf")

    def subject(self, token: str, now: int) -> str | None:
        """Who the token stands for, or None: not of this OTDS, not for our client, or over.

        Raises Retryable where the keys cannot be had.
        """
        key_id = _key_id(token)
        if key_id is None:
            return None
        key = self._key(key_id)
        claims = self._claims(token, key, now) if key is not None else None
        return str(claims["sub"]) if claims is not None else None

    def _claims(self, token: str, key: RSAKey, now: int) -> dict[str, Any] | None:
        registry = jwt.JWTClaimsRegistry(
            now=now, leeway=LEEWAY, iss={"essential": True, "value": self._issuer}, sub={"essential": True},
            exp={"essential": True}, iat={"essential": True},
        )  # fmt: skip
        try:
            claims = jwt.decode(token, key, algorithms=["RS256"]).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError):
            return None
        times = all(type(claims[name]) is int for name in ("iat", "exp"))
        named = isinstance(claims["sub"], str) and claims["sub"]
        return claims if times and named and claims.get("aud") in (self._client_id, [self._client_id]) else None

    def _key(self, key_id: str) -> RSAKey | None:
        with self._lock:
            age = time.monotonic() - self._looked_at
            if age > KEPT or (key_id not in self._keys and age > LOOK_AGAIN):
                self._look(is_first=not self._keys)
            return self._keys.get(key_id)

    def _look(self, *, is_first: bool) -> None:
        """A failed look keeps what is known, and waits for its time like any other."""
        try:
            with speaking_to(OTDS):
                response = self._otds.get("oauth2/jwks", extensions={"within": WITHIN})
            raise_for(response, service=OTDS)
            found = read(_Jwks, response, service=OTDS)
        except AppError as error:
            self._looked_at = time.monotonic() - KEPT + LOOK_AGAIN if not is_first else self._looked_at
            if is_first:
                raise Retryable("OTDS does not show its keys.", code="keys_unavailable") from error
            return
        self._keys = {key_id: key for each in found.keys if (key_id := _id_of(each)) and (key := _rsa(each))}
        self._looked_at = time.monotonic()


def _id_of(key: dict[str, Any]) -> str:
    found = key.get("kid")
    return found if isinstance(found, str) and KEY_ID.fullmatch(found) else ""


def _rsa(key: dict[str, Any]) -> RSAKey | None:
    """A public RSA key that may sign; anything else is left out, a private or symmetric one too."""
    if key.get("kty") != "RSA" or key.get("use", "sig") != "sig" or key.get("alg", "RS256") != "RS256":
        return None
    try:
        found = RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return found if found.raw_value.key_size >= 2048 else None


def _key_id(token: str) -> str | None:
    """The key id of a token whose header asks for nothing but RS256."""
    if len(token) > LONGEST or not SHAPE.fullmatch(token):
        return None
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not set(header) <= HEADER or header.get("alg") != "RS256":
        return None
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) and KEY_ID.fullmatch(key_id) else None


__all__ = ["OtdsKeys"]
