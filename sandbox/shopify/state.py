"""Everything the stand-in remembers: apps, installations, tokens and shops, as plain picklable data."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = dict[str, Any]


@dataclass
class User:
    """A member of staff. `id` is the `sub` of ID tokens; `owner` owns the shop."""

    id: int
    email: str
    first_name: str
    last_name: str
    locale: str = "en"
    owner: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass
class Subscription:
    """An app-specific webhook subscription, as `[[webhooks.subscriptions]]` of the app's configuration file."""

    topics: tuple[str, ...]
    uri: str
    filter: str = ""
    include_fields: tuple[str, ...] = ()
    name: str = ""


@dataclass
class App:
    """An app of the developer's account: credentials, addresses, scopes, app-specific subscriptions.

    `secrets`: the valid client secrets, oldest first; webhooks are signed with the oldest one, tokens minted with the
    newest. `managed`: whether Shopify asks for the scopes itself before the app opens.
    """

    client_id: str
    secrets: list[str]
    application_url: str
    handle: str = "storefront-ecm"
    title: str = "Storefront ECM"
    scopes: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()
    redirect_urls: tuple[str, ...] = ()
    webhook_version: str = "2026-10"
    subscriptions: list[Subscription] = field(default_factory=list)
    managed: bool = True
    number: int = 1


@dataclass
class Installation:
    """An app in a shop. `protected`: the approved level of customer data, 0 to 2."""

    client_id: str
    number: int
    scopes: frozenset[str]
    installed_at: datetime
    protected: int = 2


@dataclass
class AccessToken:
    """`user_id` 0: an offline token. `secret`: the client secret that minted it."""

    client_id: str
    shop: str
    secret: str
    expires: datetime | None
    user_id: int = 0
    scopes: frozenset[str] | None = None  # None: whatever the installation has


@dataclass
class RefreshToken:
    """`replaces` is the one whose use brought it. `retired`: its replacement was used, or it was voided."""

    client_id: str
    shop: str
    secret: str
    expires: datetime
    replaces: str = ""
    first_used: datetime | None = None
    retired: bool = False


@dataclass
class Grant:
    """An authorization code of the older install flow, good for one exchange."""

    client_id: str
    shop: str
    scopes: tuple[str, ...]
    user_id: int
    expires: datetime
    online: bool = False
    used: bool = False


@dataclass
class Bucket:
    """Points left to one app in one shop. `rival`: points a second that somebody else spends of it."""

    size: float
    restore: float
    available: float
    at: datetime
    rival: float = 0.0
    blocked_until: datetime | None = None


@dataclass
class Later:
    """Something Shopify finishes by itself: a job, a file, routing of fulfillment orders, a bulk operation."""

    due: datetime
    action: str
    about: JSON


@dataclass
class Upload:
    """A staged upload: what was announced, and the bytes once they are there."""

    resource: str
    filename: str
    mime_type: str
    method: str
    data: bytes | None = None
    client_id: str = ""


@dataclass
class Store:
    """One shop. `records`: GraphQL type -> number -> the node with the schema's field names, links as `...Id`."""

    domain: str
    profile: JSON
    users: list[User]
    plan: str = "plus"
    b2b: bool = True
    installations: dict[str, Installation] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    records: dict[str, dict[int, JSON]] = field(default_factory=dict)
    links: dict[str, list[int]] = field(default_factory=dict)  # "Type.field=value" -> numbers
    counters: Counter[str] = field(default_factory=Counter)
    later: list[Later] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path on the CDN -> (type, bytes)
    expiring: dict[str, datetime] = field(default_factory=dict)  # path on the CDN -> when it is gone
    idempotent: dict[str, JSON] = field(default_factory=dict)
    routing_seconds: int = 0
    job_seconds: int = 0
    bulk_seconds: int = 0
    file_seconds: int = 0
    decline_refunds: bool = False
    frozen: str = ""  # "402", "423": the shop as a whole does not answer

    @property
    def owner(self) -> User:
        return next(u for u in self.users if u.owner)

    @property
    def handle(self) -> str:
        return self.domain.partition(".")[0]

    def user(self, who: int | str | None) -> User:
        """By id or e-mail; None is the owner. ValueError when there is none."""
        if who is None:
            return self.owner
        for user in self.users:
            if who in (user.id, str(user.id), user.email):
                return user
        raise ValueError(f"user: {who} does not work in {self.domain}")

    def all(self, kind: str) -> dict[int, JSON]:
        return self.records.setdefault(kind, {})


@dataclass
class State:
    apps: dict[str, App] = field(default_factory=dict)
    shops: dict[str, Store] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh: dict[str, RefreshToken] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    serial: int = 0
