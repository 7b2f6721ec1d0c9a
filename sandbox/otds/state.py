"""What OTDS remembers: users, OAuth clients, codes, refresh tokens, single sign-on tickets and its keys.

Source: OpenText's Content Server REST documentation; client settings are named as in OpenText's own
Python client (pyxecm).
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from joserfc.jwk import RSAKey

from sandbox.credentials import OTDS_CLIENT_ID, OTDS_CLIENT_SECRET
from sandbox.people import GROUPS, PARTITION, PASSWORD, PEOPLE

MEMBERS = "Content Server Members"
DEMO = PARTITION
DEMO_PASSWORD = PASSWORD
REDIRECTS = ["http://app.test/*", "http://127.0.0.1:*/*", "http://localhost:*/*"]


@dataclass
class User:
    """One person or service. `resource_name` is the login name in Content Server; None: has none there."""

    name: str
    partition: str
    password: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    resource_name: str | None = None

    @property
    def id(self) -> str:
        return f"{self.name}@{self.partition}"


@dataclass
class Client:
    """An OAuth client. Lives in seconds; `redirect_urls` are patterns with `*`; `service_user` is a user id.

    A token by client credentials stands for `service_user`; without one it is a token of nobody, which
    Content Server refuses. `allow_impersonation` lets the client exchange a user id for that user's token.
    """

    id: str
    secret: str | None
    redirect_urls: list[str] = field(default_factory=list)
    service_user: str | None = None
    allow_impersonation: bool = False
    allow_refresh_token: bool = True
    access_token_life: int = 3600
    refresh_token_life: int = 1_209_600
    auth_code_life: int = 60
    allowed_scopes: list[str] = field(default_factory=list)

    @property
    def confidential(self) -> bool:
        return self.secret is not None


@dataclass
class Group:
    """A group of a partition; `members` are user ids."""

    name: str
    partition: str
    description: str = ""
    members: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"{self.name}@{self.partition}"


@dataclass
class Grant:
    """An authorization code or a refresh token: whose, for which client, until when."""

    client_id: str
    user_id: str
    scope: str
    expires: datetime
    redirect_uri: str = ""
    challenge: str = ""


@dataclass
class SsoTicket:
    user_id: str
    expires: datetime


@dataclass
class SigningKey:
    """An RS256 private key in PEM; the newest of the list signs, all are published."""

    kid: str
    pem: str


@dataclass
class OtdsState:
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    keys: list[SigningKey] = field(default_factory=list)
    codes: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    tickets: dict[str, SsoTicket] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    groups: dict[str, Group] = field(default_factory=dict)
    resources: dict[str, bool] = field(default_factory=lambda: {"cs": True})  # name -> impersonation allowed
    trusted_sites: list[str] = field(default_factory=list)
    issued: int = 0


@lru_cache(maxsize=1)
def _first_pem() -> str:
    """Made once per process: a 2048-bit key costs a tenth of a second and a test makes many worlds."""
    return new_pem()


def new_pem() -> str:
    return RSAKey.generate_key(2048, private=True).as_pem(private=True).decode("ascii")


def make_state() -> OtdsState:
    state = OtdsState(keys=[SigningKey("otds-1", _first_pem())])
    for each in PEOPLE:
        _add(state, User(each.name, DEMO, DEMO_PASSWORD, each.first, each.last, each.email, each.login))
    for name in GROUPS:
        members = [f"{each.name}@{DEMO}" for each in PEOPLE if name in each.groups]
        group = Group(name, DEMO, members=members)
        state.groups[group.id] = group
    _add(state, User("admin", MEMBERS, DEMO_PASSWORD, "Admin", "", "admin@example.com", "admin"))
    service = User("svc-storefront", MEMBERS, DEMO_PASSWORD, "Storefront", "Service", "", "svc-storefront")
    _add(state, service)
    _add(state, User("nora.nowhere", DEMO, DEMO_PASSWORD, "Nora", "Nowhere", "nora.nowhere@example.com"))
    state.clients = {
        client.id: client
        for client in (
            Client(OTDS_CLIENT_ID, OTDS_CLIENT_SECRET, REDIRECTS, service.id, allow_impersonation=True),
            Client("unmapped-client", "unmapped-demo-secret-0123456789"),
            Client("smart-view", None, REDIRECTS),
        )
    }
    return state


def _add(state: OtdsState, user: User) -> None:
    state.users[user.id] = user
