"""What Shopify answers, one model per shape, naming only the fields our documents ask for.

Source: Shopify Admin GraphQL API 2026-10. Lists arrive as connections (`nodes`, `pageInfo`); money as decimal text in
the buyer's currency (`presentmentMoney`); times as ISO 8601 UTC; ids as global ids, of which we keep the number.
"""

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import AfterValidator, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as NotAsExpected
from pydantic.alias_generators import to_camel

from app.errors import Permanent
from app.stores.shopify.names import number

T = TypeVar("T")


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Number = Annotated[str, AfterValidator(number)]  # of a global id
Time = Annotated[datetime, AfterValidator(_utc)]


class Payload(BaseModel):
    """Base of all shapes. Values never appear in the text of a validation error: they may be personal."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, alias_generator=to_camel, populate_by_name=True
    )


class PageInfo(Payload):
    has_next_page: bool = False
    end_cursor: Text = ""


class Nodes(Payload, Generic[T]):
    """A connection."""

    nodes: tuple[T, ...] = ()
    page_info: PageInfo = PageInfo()


class Amount(Payload):
    amount: Decimal
    currency_code: str


class Paid(Payload):
    """MoneyBag, of which we read what the buyer pays in."""

    presentment_money: Amount


class Node(Payload):
    id: Number


class Metafield(Payload):
    value: str
    key: str = ""
    compare_digest: Text = ""


class Address(Payload):
    name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    province: Text = ""
    zip: Text = ""
    country: Text = ""
    country_code: Text = Field(default="", alias="countryCodeV2")
    phone: Text = ""


class Email(Payload):
    email_address: Text = ""


# Orders


class OrderHead(Payload):
    """What lists of orders give: enough for a version."""

    id: Number
    updated_at: Time
    display_financial_status: Text = ""
    display_fulfillment_status: Text = ""
    return_status: Text = ""
    cancelled_at: Time | None = None
    cancel_reason: Text = ""
    closed_at: Time | None = None
    note: Text = ""
    tags: tuple[str, ...] = ()
    po_number: Text = ""
    email: Text = ""
    current_total_price_set: Paid


class TaxLine(Payload):
    price_set: Paid


class Attribute(Payload):
    key: str
    value: Text = ""


class OrderLine(Payload):
    id: Number
    name: str
    sku: Text = ""
    quantity: int
    current_quantity: int
    unfulfilled_quantity: int
    requires_shipping: bool
    original_unit_price_set: Paid
    discounted_total_set: Paid
    product: Node | None = None
    variant: Node | None = None
    custom_attributes: tuple[Attribute, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()


class Hold(Payload):
    id: str  # the whole global id: what a release names
    handle: Text = ""
    held_by_requesting_app: bool = False


class FulfillmentOrder(Payload):
    id: str
    status: str
    fulfillment_holds: tuple[Hold, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status in ("OPEN", "ON_HOLD", "SCHEDULED")


class OrderCustomer(Payload):
    id: Number
    display_name: Text = ""
    email: Email | None = Field(default=None, alias="defaultEmailAddress")


class Purchasing(Payload):
    company: Node | None = None


class Risk(Payload):
    recommendation: Text = ""


class OrderDispute(Payload):
    id: Number
    status: str
    initiated_as: Text = ""


class Order(OrderHead):
    """`line_items` may have further pages."""

    name: str
    created_at: Time
    processed_at: Time | None = None
    phone: Text = ""
    customer_locale: Text = ""
    taxes_included: bool = False
    payment_gateway_names: tuple[str, ...] = ()
    total_price_set: Paid
    subtotal_price_set: Paid | None = None
    total_tax_set: Paid | None = None
    total_discounts_set: Paid | None = None
    total_shipping_price_set: Paid
    billing_address: Address | None = None
    shipping_address: Address | None = None
    customer: OrderCustomer | None = None
    purchasing_entity: Purchasing | None = None
    risk: Risk = Risk()
    disputes: tuple[OrderDispute, ...] = ()
    fulfillment_orders: Nodes[FulfillmentOrder] = Nodes()
    line_items: Nodes[OrderLine] = Nodes()


class Standing(Payload):
    """What decides how an order stands, and what a write to it must know."""

    id: str
    note: Text = ""
    tags: tuple[str, ...] = ()
    cancelled_at: Time | None = None
    cancel_reason: Text = ""
    closed_at: Time | None = None
    requires_shipping: bool = False
    display_fulfillment_status: Text = ""
    fulfillment_orders: Nodes[FulfillmentOrder] = Nodes()

    @property
    def waits_for_routing(self) -> bool:
        """Just placed: from where its goods are shipped Shopify works out in the next moments."""
        is_new = self.display_fulfillment_status == "UNFULFILLED" and not self.fulfillment_orders.nodes
        return self.requires_shipping and is_new


class Card(Payload):
    company: Text = ""
    number: Text = ""
    avs_result_code: Text = ""
    cvv_result_code: Text = ""


class Transaction(Payload):
    id: str
    kind: str
    status: str
    gateway: Text = ""
    formatted_gateway: Text = ""
    processed_at: Time | None = None
    created_at: Time
    authorization_expires_at: Time | None = None
    multi_capturable: bool = False
    payment_id: Text = ""
    amount_set: Paid
    parent_id: str = Field(default="", validation_alias=AliasPath("parentTransaction", "id"))
    payment_details: Card | None = None


class OrderPayments(Payload):
    presentment_currency_code: str
    total_outstanding_set: Paid
    transactions: tuple[Transaction, ...] = ()


class RefundLine(Payload):
    quantity: int
    line_item: Node
    total_tax_set: Paid | None = None


class RefundShipping(Payload):
    subtotal_amount_set: Paid


class RefundStatus(Payload):
    status: str


class Refund(Payload):
    id: Number
    created_at: Time = Field(alias="processedAt")
    note: Text = ""
    total_refunded_set: Paid
    refund_line_items: Nodes[RefundLine] = Nodes()
    refund_shipping_lines: Nodes[RefundShipping] = Nodes()
    transactions: Nodes[RefundStatus] = Nodes()

    @property
    def gives_back(self) -> bool:
        """Lines taken off an order are refunds there, too, of nothing."""
        return bool(self.transactions.nodes or self.total_refunded_set.presentment_money.amount)


class SuggestedPayment(Payload):
    gateway: Text = ""
    amount_set: Paid
    parent_id: str = Field(default="", validation_alias=AliasPath("parentTransaction", "id"))


class SuggestedRefund(Payload):
    amount_set: Paid
    maximum_refundable_set: Paid
    suggested_transactions: tuple[SuggestedPayment, ...] = ()


class Tracking(Payload):
    company: Text = ""
    number: Text = ""
    url: Text = ""


class NamedLine(Payload):
    id: Number
    name: str
    sku: Text = ""


class FulfilledLine(Payload):
    quantity: int | None = None
    line_item: NamedLine


class Fulfillment(Payload):
    id: Number
    status: str
    created_at: Time
    tracking_info: tuple[Tracking, ...] = ()
    fulfillment_line_items: Nodes[FulfilledLine] = Nodes()


class StockItem(Payload):
    tracked: bool = False


class StockVariant(Payload):
    id: Number
    inventory_quantity: int | None = None
    inventory_item: StockItem = StockItem()


class StockLine(NamedLine):
    unfulfilled_quantity: int
    requires_shipping: bool
    variant: StockVariant | None = None


# Products


class Seo(Payload):
    title: Text = ""
    description: Text = ""


class PriceRange(Payload):
    min_variant_price: Amount


class ProductHead(Payload):
    """What lists of products give: enough for a version, but for the pictures."""

    id: Number
    title: str
    status: str
    description_html: Text = ""
    vendor: Text = ""
    updated_at: Time
    online_store_url: Text = ""
    seo: Seo = Seo()
    price_range: PriceRange | None = Field(default=None, alias="priceRangeV2")
    keywords: Metafield | None = None
    facts: Metafield | None = None
    sale: Metafield | None = None


class Image(Payload):
    url: Text = ""


class Media(Payload):
    """A picture; without an address while Shopify works on it. Other media have no address here at all."""

    id: str
    alt: Text = ""
    status: Text = ""
    media_content_type: Text = ""
    image: Image | None = None


class Variant(Payload):
    id: Number
    title: Text = ""
    sku: Text = ""


class Kept(Metafield):
    type: Text = ""


class Product(ProductHead):
    """`kept`: the merchant's own metafields."""

    product_type: Text = ""
    kept: Nodes[Kept] = Nodes()
    media: Nodes[Media] = Nodes()
    variants: Nodes[Variant] = Nodes()


# Customers and the shop


class Marketing(Email):
    marketing_state: Text = ""


class Phone(Payload):
    phone_number: Text = ""
    marketing_state: Text = Field(default="", validation_alias=AliasPath("smsMarketingConsent", "state"))


class NamedNode(Node):
    name: Text = ""


class Contact(Payload):
    company: NamedNode | None = None


class CustomerHead(Payload):
    id: Number
    display_name: Text = ""
    note: Text = ""
    tags: tuple[str, ...] = ()
    tax_exempt: bool = False
    locale: Text = ""
    created_at: Time
    updated_at: Time
    email: Marketing | None = Field(default=None, alias="defaultEmailAddress")
    phone: Phone | None = Field(default=None, alias="defaultPhoneNumber")


class Customer(CustomerHead):
    default_address: Address | None = None
    addresses: Nodes[Address] = Field(default=Nodes(), alias="addressesV2")
    contacts: tuple[Contact, ...] = Field(default=(), alias="companyContactProfiles")
    facts: Metafield | None = None


class Domain(Payload):
    url: str
    host: str = ""


class Country(Payload):
    country_code: Text = Field(default="", alias="countryCodeV2")


class Plan(Payload):
    name: Text = Field(default="", alias="publicDisplayName")
    shopify_plus: bool = False


class Shop(Payload):
    id: Number
    name: str
    myshopify_domain: str
    currency_code: str
    iana_timezone: Text = ""
    primary_domain: Domain
    shop_address: Country = Country()
    plan: Plan = Plan()
    has_b2b: bool = Field(default=False, validation_alias=AliasPath("entitlements", "b2b", "enabled"))
    assigns_directly: bool = Field(
        default=False, validation_alias=AliasPath("features", "directConnectionCatalogAssignmentEnabled")
    )


def parse(value: Any, shape: type[T]) -> T:
    """An answer's part as a shape. Permanent when Shopify sends something else."""
    try:
        found: T = _adapter(cast(Any, shape)).validate_python(value)
        return found
    except NotAsExpected as error:
        places = "; ".join(".".join(map(str, one["loc"])) for one in error.errors()[:5])
        raise Permanent(
            "Shopify sent an answer we do not know.", code="unexpected_answer", service="shopify", places=places
        ) from error


@lru_cache(maxsize=64)  # making one takes a hundred times longer than using it
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
