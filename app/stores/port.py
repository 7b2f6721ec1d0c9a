"""What we need from any store. Each Protocol is a document: shapes, units, errors, idempotency. No vendor is named.

Any method may raise Retryable, RateLimited, Permanent, NotFound or NeedsReauth (app.errors). Money is Decimal with its
currency; times are aware UTC. A write may have happened when it raises Retryable with `unknown_outcome`: every write
here is safe to repeat, or says which look-up tells whether it happened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from app.domain.commerce import Customer, Order, OrderStatus, Product, ProductImage, StoreProfile
from app.domain.events import Topic
from app.domain.ids import CustomerId, ObjectType, OrderId, ProductId


@dataclass(frozen=True)
class Installed:
    """What a completed installation hands over. `granted` are the scopes actually given."""

    external_id: str
    token: str
    granted: frozenset[str]
    user_id: str
    user_email: str
    owner_id: str
    owner_email: str


@dataclass(frozen=True)
class SignedIn:
    """A verified request to open, uninstall or lose a user. `path` is a deep link or "/"; `token_id` is used once."""

    external_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    user_id: str
    user_email: str
    locale: str
    is_owner: bool
    path: str


@dataclass(frozen=True)
class Delivery:
    """A verified webhook delivery, reduced to what the intake needs. `detail` holds ids and enumerations only."""

    external_id: str
    delivery_key: str
    topic: Topic
    object_type: str
    object_id: str
    detail: dict[str, str]
    is_readable: bool = True  # False: signed by the store but not of a shape we know; kept and set aside


class StoreReader(Protocol):
    """Reading the store's present state."""

    def order(self, order_id: OrderId) -> Order: ...

    def product(self, product_id: ProductId) -> Product: ...

    def customer(self, customer_id: CustomerId) -> Customer: ...

    def profile(self) -> StoreProfile: ...

    def orders_changed_since(self, since: datetime) -> Iterator[tuple[OrderId, str]]:
        """(id, version) of orders changed since then, oldest change first, every page followed."""
        ...

    def products_changed_since(self, since: datetime) -> Iterator[tuple[ProductId, str]]:
        """(id, version) of products changed since then, oldest change first."""
        ...


class StorePublisher(Protocol):
    """Writing back. Absolute values; the last call wins."""

    def set_order_status(self, order_id: OrderId, status: OrderStatus) -> None:
        """Idempotent. The caller has checked that the present status allows it."""
        ...

    def append_staff_note(self, order_id: OrderId, text: str) -> None:
        """Append one line to the staff notes unless that very line is there. Never shortens what others wrote."""
        ...

    def write_product_fields(self, product_id: ProductId, fields: Mapping[str, str]) -> None:
        """Write governed texts (publication.TEXT_FIELDS) in one call. Idempotent."""
        ...

    def add_product_image(
        self, product_id: ProductId, content: BinaryIO, file_name: str, *, alt: str, thumbnail: bool
    ) -> ProductImage:
        """Not idempotent: look for publication.image_name(file_name), its name there, among product.images first."""
        ...

    def change_product_image(self, product_id: ProductId, image_id: str, *, alt: str, thumbnail: bool) -> None: ...

    def remove_product_image(self, product_id: ProductId, image_id: str) -> None:
        """Idempotent: an image already gone is success."""
        ...

    def set_product_custom_field(self, product_id: ProductId, name: str, value: str | None) -> None:
        """Set the custom field of that name (created as needed; duplicates of the name removed); None removes it."""
        ...

    def link(self, object_type: ObjectType, object_id: str, values: Mapping[str, str]) -> None:
        """Leave small facts (workspace id, address) on the object where other tools can see them. Idempotent upsert."""
        ...


class StoreSetup(Protocol):
    """What we register in the store. All idempotent: list first, create what is missing, change what differs."""

    def ensure_webhooks(self, destination: str, headers: Mapping[str, str]) -> dict[str, str]:
        """Topic → what was done ("kept", "created", "changed", "reactivated"), for every topic we need."""
        ...

    def ensure_panels(self) -> dict[str, str]:
        """Object type → what was done, for the panels on orders, products, customers."""
        ...


class StoreDoor(Protocol):
    """Verifying what comes in at the app's doors; needs the app's credentials only, no store token.

    Raises Rejected (401/400) for anything not genuine.
    """

    def complete_install(self, query: Mapping[str, str], redirect_uri: str) -> Installed:
        """Exchange the one-time code. The store is taken from the token answer and must equal the query's."""
        ...

    def signed_request(self, query: Mapping[str, str], now: datetime) -> SignedIn:
        """Verify the signed payload of load, uninstall and remove-user requests."""
        ...

    def hook_headers(self, external_id: str) -> dict[str, str]:
        """The headers we ask the store to send with every delivery: a second factor beside the signature."""
        ...

    def delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """Verify a webhook over its raw body and reduce it. Headers by lower-case name."""
        ...


@dataclass(frozen=True)
class Store:
    """Everything about one installed store that the engine may call."""

    read: StoreReader
    publish: StorePublisher
    setup: StoreSetup
