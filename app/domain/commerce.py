"""What a store has: orders, products, customers. The same nouns for every provider."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.ids import CustomerId, OrderId, ProductId


@dataclass(frozen=True)
class Money:
    """An amount with its ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


class OrderStatus(StrEnum):
    """Where an order stands, in the field's own words."""

    INCOMPLETE = "incomplete"
    PENDING = "pending"
    AWAITING_PAYMENT = "awaiting_payment"
    UNDER_REVIEW = "under_review"  # BigCommerce: Manual Verification Required
    AWAITING_FULFILLMENT = "awaiting_fulfillment"
    AWAITING_SHIPMENT = "awaiting_shipment"
    AWAITING_PICKUP = "awaiting_pickup"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    DISPUTED = "disputed"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


# An order in one of these is paid (or being checked) and nothing has left the house: a review can still hold it.
REVIEWABLE = frozenset(
    {OrderStatus.PENDING, OrderStatus.UNDER_REVIEW, OrderStatus.AWAITING_FULFILLMENT, OrderStatus.AWAITING_SHIPMENT}
)


@dataclass(frozen=True)
class Address:
    """A postal address as the buyer typed it. `country_code` is ISO 3166-1 alpha-2, upper case, or empty."""

    name: str = ""
    company: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    country_code: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OrderLine:
    """One line. `line_id` is the store's id of the line; `product_id` is empty for a custom line."""

    line_id: str
    product_id: ProductId | None
    sku: str
    name: str
    quantity: int
    unit_price: Money
    total: Money


@dataclass(frozen=True)
class Order:
    """An order as it stands now. Times are aware UTC. `version` changes whenever the store changed the order.

    `manual_check` lists the reasons the store itself gives for a manual check ("payment held for review", …).
    """

    id: OrderId
    number: str
    status: OrderStatus
    status_label: str
    placed_at: datetime
    modified_at: datetime
    version: str
    total: Money
    subtotal: Money
    shipping_cost: Money
    tax: Money
    discount: Money
    payment_method: str
    payment_status: str
    is_paid: bool
    customer_id: CustomerId | None
    customer_name: str
    customer_email: str
    billing: Address
    shipping: tuple[Address, ...]
    lines: tuple[OrderLine, ...]
    staff_notes: str = ""
    customer_message: str = ""
    ip_country_code: str = ""
    channel_id: str = ""
    manual_check: tuple[str, ...] = ()

    @property
    def shipping_country_codes(self) -> tuple[str, ...]:
        return tuple(sorted({a.country_code for a in self.shipping if a.country_code}))


@dataclass(frozen=True)
class ProductImage:
    """One picture of a product. `url` is where the store serves it."""

    id: str
    file_name: str
    alt: str
    is_thumbnail: bool
    url: str


@dataclass(frozen=True)
class Product:
    """A product as it stands now. `fields` are the governed texts by field name (see publication.TEXT_FIELDS)."""

    id: ProductId
    sku: str
    modified_at: datetime
    version: str
    fields: dict[str, str]
    is_visible: bool
    images: tuple[ProductImage, ...] = ()
    custom_fields: tuple[tuple[str, str], ...] = ()  # (name, value), in the store's order

    @property
    def name(self) -> str:
        return self.fields["name"]


@dataclass(frozen=True)
class Customer:
    """A buyer with an account."""

    id: CustomerId
    name: str
    email: str
    company: str
    group: str
    since: datetime | None
    version: str


@dataclass(frozen=True)
class StoreProfile:
    """What we show and need of the store itself."""

    name: str
    admin_url: str
    storefront_url: str
    currency: str
    timezone: str  # IANA name, "UTC" when the store names none we know
    country: str = ""
    language: str = "en"
    extra: dict[str, str] = field(default_factory=dict)
