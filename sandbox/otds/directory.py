"""OTDS's own decisions: who is who, whose is this ticket or token. Content Server asks here too."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from sandbox.otds.state import Client, OtdsState, SigningKey, SsoTicket, User, make_state, new_pem

if TYPE_CHECKING:
    from sandbox.kernel.world import World

SYSTEM = "otds"
TICKET_LIFE = timedelta(hours=2)
TICKET_PREFIX = "*OTDSSSO*"


@dataclass(frozen=True)
class Token:
    """A checked access token. `user` is None when it stands for no user."""

    claims: dict[str, Any]
    user: User | None


class TokenRefused(Exception):
    """Not a token of ours, expired or revoked."""


class Directory:
    """Reads and changes OTDS's state under its lock; safe to call from another stand-in's handler."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.lock = world.lock(SYSTEM)

    @property
    def state(self) -> OtdsState:
        with self.lock:
            return self.world.state(SYSTEM, make_state)

    def now(self) -> datetime:
        return self.world.clock.now()

    def find_user(self, name: str) -> User | None:
        """By `user@partition`, or by the bare name where one partition alone has it. Case does not matter."""
        wanted = name.casefold()
        users = list(self.state.users.values())
        exact = [user for user in users if user.id.casefold() == wanted]
        bare = [user for user in users if user.name.casefold() == wanted]
        found = exact or bare
        return found[0] if len(found) == 1 else None

    def check_password(self, name: str, password: str) -> User | None:
        user = self.find_user(name)
        if user is None or not secrets.compare_digest(user.password.encode(), password.encode()):
            return None
        return user

    def issue_ticket(self, user: User) -> str:
        with self.lock:
            state, now = self.state, self.now()
            state.tickets = {value: ticket for value, ticket in state.tickets.items() if ticket.expires > now}
            value = TICKET_PREFIX + base64.b64encode(secrets.token_bytes(48)).decode() + "*"
            state.tickets[value] = SsoTicket(user.id, now + TICKET_LIFE)
            return value

    def user_of_ticket(self, value: str) -> User | None:
        ticket = self.state.tickets.get(value)
        if ticket is None or ticket.expires <= self.now():
            return None
        return self.state.users.get(ticket.user_id)

    def issue_token(self, issuer: str, client: Client, user: User | None, scope: str) -> str:
        """A signed access token. `sub` is the user's id, or the client's where there is no user."""
        with self.lock:
            state, now = self.state, int(self.now().timestamp())
            state.issued += 1
            claims: dict[str, Any] = {
                "iss": issuer,
                "sub": user.id if user else client.id,
                "aud": client.id,
                "client_id": client.id,
                "iat": now,
                "nbf": now,
                "exp": now + client.access_token_life,
                "jti": f"otds-{state.issued}-{secrets.token_hex(8)}",
                "scope": scope,
            }
            if user:
                claims |= {"uname": user.name, "partition": user.partition, "name": _full_name(user)}
            key = state.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "JWT"}, claims, _private(key))

    def service_user(self, client: Client) -> User | None:
        """Whom a token by client credentials stands for; None: the client is mapped to nobody."""
        return self.state.users.get(client.service_user or "")

    def read_token(self, value: str) -> Token:
        """The claims of a token of ours that is still good. Raises TokenRefused."""
        try:
            token = jwt.decode(value, self.key_set(), algorithms=["RS256"])
            expires, token_id = int(token.claims["exp"]), str(token.claims["jti"])
        except (JoseError, ValueError, KeyError) as error:
            raise TokenRefused("not a token of this directory") from error
        if expires <= self.now().timestamp() or token_id in self.state.revoked:
            raise TokenRefused("expired or revoked")
        return Token(token.claims, self.state.users.get(str(token.claims["sub"])))

    def key_set(self) -> KeySet:
        return KeySet([_private(key) for key in self.state.keys])

    def public_keys(self) -> dict[str, Any]:
        keys = [
            RSAKey.import_key(key.pem, {"kid": key.kid, "use": "sig", "alg": "RS256"}).as_dict(private=False)
            for key in self.state.keys
        ]
        return {"keys": keys}

    def rotate_key(self) -> str:
        """Sign with a fresh key from now on; earlier ones stay published until the next world."""
        with self.lock:
            state = self.state
            state.keys.append(SigningKey(f"otds-{len(state.keys) + 1}", new_pem()))
            self.world.touched()
            return state.keys[-1].kid


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _private(key: SigningKey) -> RSAKey:
    return _imported(key.kid, key.pem)


@lru_cache(maxsize=16)
def _imported(kid: str, pem: str) -> RSAKey:
    return RSAKey.import_key(pem, {"kid": kid})


def _full_name(user: User) -> str:
    return f"{user.first_name} {user.last_name}".strip() or user.name
