"""Everything the stand-in remembers: apps, grants, tokens and stores, as plain picklable data."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

JSON = dict[str, Any]


@dataclass
class User:
    """A person of the control panel. `role` is the store's own word; the platform never sends it to an app."""

    id: int
    email: str
    name: str
    locale: str = "en-US"
    role: str = "staff"


@dataclass
class App:
    """An app profile of the Developer Portal: its credentials, callbacks and the scopes it asks for."""

    client_id: str
    client_secret: str
    auth_url: str
    load_url: str
    uninstall_url: str = ""
    remove_user_url: str = ""
    scopes: tuple[str, ...] = ()
    name: str = "ECM"


@dataclass
class Grant:
    """An authorization code, good for one exchange until `expires`."""

    client_id: str
    store_hash: str
    scopes: tuple[str, ...]
    user_id: int
    expires: datetime
    used: bool = False


@dataclass
class Token:
    """An API token of one app in one store. It never expires by itself."""

    client_id: str
    store_hash: str
    scopes: frozenset[str]
    app_level: bool = True


@dataclass
class Hook:
    """A webhook. `deactivated` tells the platform's own switching off from the owner's."""

    id: int
    client_id: str
    scope: str
    destination: str
    is_active: bool
    headers: dict[str, str] | None
    created_at: int
    updated_at: int
    last_event_at: int
    deactivated: bool = False


@dataclass
class Domain:
    """Recent attempts at one destination host, as (Unix seconds, success), and the end of a block."""

    attempts: list[tuple[int, bool]] = field(default_factory=list)
    blocked_until: int = 0
    reasons: list[JSON] = field(default_factory=list)
    last_notice_at: int = 0


@dataclass
class Image:
    """A product image with its bytes; `file` is the name it was uploaded under."""

    id: int
    product_id: int
    file: str
    content_type: str
    data: bytes
    is_thumbnail: bool
    sort_order: int
    description: str
    modified: datetime


@dataclass
class Extension:
    """An App Extension of one app."""

    id: str
    client_id: str
    context: str
    model: str
    url: str
    label: JSON


@dataclass
class Window:
    """The running rate-limit window."""

    started: datetime | None = None
    used: int = 0


@dataclass
class Later:
    """Something the platform finishes on its own: capture, void or refund at the provider, a stock adjustment."""

    due: datetime
    action: str
    order_id: int
    about: JSON


@dataclass
class Store:
    """One store. Collections map an id to the resource as the API shows it, without what is computed on reading."""

    hash: str
    profile: JSON
    users: list[User]
    quota: int = 4167
    window_ms: int = 30_000
    window: Window = field(default_factory=Window)
    counters: Counter[str] = field(default_factory=Counter)
    settle_seconds: int = 2
    decline_refunds: bool = False
    installed: dict[str, bool] = field(default_factory=dict)

    orders: dict[int, JSON] = field(default_factory=dict)
    order_lines: dict[int, JSON] = field(default_factory=dict)
    order_addresses: dict[int, JSON] = field(default_factory=dict)
    order_coupons: dict[int, list[JSON]] = field(default_factory=dict)
    order_fees: dict[int, list[JSON]] = field(default_factory=dict)
    messages: dict[int, JSON] = field(default_factory=dict)
    shipments: dict[int, JSON] = field(default_factory=dict)
    transactions: dict[int, JSON] = field(default_factory=dict)
    refunds: dict[int, JSON] = field(default_factory=dict)
    quotes: dict[int, list[JSON]] = field(default_factory=dict)
    status_labels: dict[int, str] = field(default_factory=dict)

    products: dict[int, JSON] = field(default_factory=dict)
    images: dict[int, Image] = field(default_factory=dict)
    custom_fields: dict[int, JSON] = field(default_factory=dict)
    variants: dict[int, JSON] = field(default_factory=dict)
    options: dict[int, JSON] = field(default_factory=dict)
    bulk_rules: dict[int, JSON] = field(default_factory=dict)
    videos: dict[int, JSON] = field(default_factory=dict)
    assignments: set[tuple[int, int]] = field(default_factory=set)
    brands: dict[int, str] = field(default_factory=dict)
    stock_settings: dict[int, JSON] = field(default_factory=dict)
    inventory_settings: dict[int, JSON] = field(default_factory=dict)

    customers: dict[int, JSON] = field(default_factory=dict)
    addresses: dict[int, JSON] = field(default_factory=dict)
    groups: dict[int, JSON] = field(default_factory=dict)
    attributes: dict[int, JSON] = field(default_factory=dict)
    attribute_values: dict[int, JSON] = field(default_factory=dict)
    subscribers: dict[int, JSON] = field(default_factory=dict)

    b2b: bool = False
    b2b_credit: bool = True
    b2b_window: Window = field(default_factory=Window)
    companies: dict[int, JSON] = field(default_factory=dict)
    company_users: dict[int, JSON] = field(default_factory=dict)
    company_credit: dict[int, JSON] = field(default_factory=dict)
    company_terms: dict[int, JSON] = field(default_factory=dict)
    company_attachments: dict[int, list[JSON]] = field(default_factory=dict)

    metafields: dict[int, JSON] = field(default_factory=dict)
    pages: dict[int, JSON] = field(default_factory=dict)
    price_lists: dict[int, JSON] = field(default_factory=dict)
    price_records: dict[tuple[int, int, str], JSON] = field(default_factory=dict)
    price_assignments: dict[int, JSON] = field(default_factory=dict)
    promotions: dict[int, JSON] = field(default_factory=dict)
    carts: dict[str, JSON] = field(default_factory=dict)
    channels: dict[int, JSON] = field(default_factory=dict)
    checkout_settings: dict[int, JSON] = field(default_factory=dict)

    system_log: dict[int, JSON] = field(default_factory=dict)

    hooks: dict[int, Hook] = field(default_factory=dict)
    hook_emails: dict[str, list[str]] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    extensions: dict[str, Extension] = field(default_factory=dict)
    later: list[Later] = field(default_factory=list)

    def next(self, what: str, first: int = 1) -> int:
        """The next id of a kind: counted up, never reused."""
        self.counters[what] = max(self.counters[what] + 1, first)
        return self.counters[what]

    def user(self, who: int | str | None) -> User:
        """A user by id or e-mail; the store owner when nobody is named. ValueError when unknown."""
        if who is None:
            return self.owner
        for user in self.users:
            if who in (user.id, user.email):
                return user
        raise ValueError(f"user: {who} is not a user of store {self.hash}")

    @property
    def owner(self) -> User:
        return next(user for user in self.users if user.role == "owner")


@dataclass
class State:
    """All of it. `account_uuid` is the Developer Portal account that registered the apps."""

    account_uuid: str
    apps: dict[str, App] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    serial: int = 0
