"""What a store has: orders, products, customers. The same nouns for every provider."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.aftersale import Dispute, StoreReturn
from app.domain.ids import CompanyId, CustomerId, OrderId, ProductId
from app.domain.order_parts import Incident, Message, OrderPart, Payment, Refund, Shipment, Shortfall


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
MANUAL_VERIFICATION = "manual verification required"  # what the status says where the store itself set it
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
    shipped: int = 0
    refunded: int = 0
    variant_id: str = ""
    is_physical: bool = True
    options: tuple[tuple[str, str], ...] = ()  # what the buyer chose or had engraved: (name, value)

    @property
    def kept(self) -> int:
        """Pieces the order holds of it now."""
        return self.quantity - self.refunded


@dataclass(frozen=True)
class Order:
    """An order as it stands now. Times are aware UTC. `version` changes whenever the store changed the order.

    `manual_check` lists the reasons the store itself gives for a manual check ("payment held for review", …).
    `parts` names which of shipments, payments, refunds, … have been read; the others are empty.
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
    company_id: CompanyId | None = None
    language: str = ""  # the buyer's, as a BCP 47 tag; empty where the store does not say
    parts: frozenset[OrderPart] = frozenset()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    messages: tuple[Message, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    returns: tuple[StoreReturn, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    incidents: tuple[Incident, ...] = ()  # oldest first

    @property
    def pieces(self) -> dict[str, int]:
        """SKU → pieces the order holds now."""
        held: dict[str, int] = {}
        for line in self.lines:
            held[line.sku] = held.get(line.sku, 0) + line.kept
        return held

    @property
    def shipping_country_codes(self) -> tuple[str, ...]:
        return tuple(sorted({a.country_code for a in self.shipping if a.country_code}))


@dataclass(frozen=True)
class SaleState:
    """May buyers see it, may they buy it, and what they read when they may not."""

    is_visible: bool
    is_purchasable: bool
    message: str = ""


KIND_FIELDS = frozenset({"category", "type", "product type"})


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
    sale: "SaleState | None" = None
    price: Money | None = None
    variants: tuple[str, ...] = ()  # their SKUs; empty where the product is its only variant
    brand: str = ""
    warranty: str = ""
    url: str = ""  # where buyers see it, from the storefront's root
    more_fields: tuple[tuple[str, str], ...] = ()  # what the merchant keeps of it beside (name, value): only read

    @property
    def name(self) -> str:
        return self.fields["name"]

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Everything that is said of it by name: custom fields, and what the merchant keeps beside."""
        return (*self.custom_fields, *self.more_fields)

    @property
    def kinds(self) -> frozenset[str]:
        """What it is sold as, in small letters: its brand and its fields “Category”, “Type” and “Product type”."""
        named = {value for name, value in self.told if name.casefold() in KIND_FIELDS}
        return frozenset(one.strip().casefold() for one in {self.brand, *named} if one.strip())


@dataclass(frozen=True)
class Customer:
    """A buyer with an account. `consents`: what they agreed to ("newsletter", "abandoned_cart", "text_messages")."""

    id: CustomerId
    name: str
    email: str
    company: str
    group: str
    since: datetime | None
    version: str
    group_id: str = ""
    phone: str = ""
    language: str = ""
    consents: frozenset[str] = frozenset()
    addresses: tuple[Address, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)  # what the store or its account form keeps beside
    company_id: CompanyId | None = None  # the company they buy for, where the store has companies

    @property
    def groups(self) -> frozenset[str]:
        """What the customer is grouped by, in small letters: one group, or the tags of a store that has tags."""
        return frozenset(part.strip().casefold() for part in self.group.split(",") if part.strip())


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

    @property
    def locale(self) -> str:
        """Language and country, "de-AT": the country the language names, else the store's own."""
        tag = (self.language or "en").replace("_", "-")
        return tag if "-" in tag or not self.country else f"{tag}-{self.country}"
