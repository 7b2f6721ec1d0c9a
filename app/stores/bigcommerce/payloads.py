"""What BigCommerce sends, one model per shape, naming only the fields we read; unknown fields are dropped.

Source: BigCommerce API reference: Orders V2 and V3, Catalog V3, Customers V3, Store information V2, Webhooks
V3, GraphQL Admin (App Extensions). V2 writes money as strings and dates as RFC 2822, V3 numbers and ISO 8601.
"""

from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

T = TypeVar("T")


def _text(value: Any) -> Any:
    """Null, and the objects V2 shows for some empty texts, are no text; numbers are their digits."""
    if value is None or value == {} or value == []:
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _money(value: Any) -> Any:
    return "0" if value in (None, "") else value


def _time(value: Any) -> Any:
    """RFC 2822 as a datetime; anything else is left to pydantic (ISO 8601)."""
    if not isinstance(value, str):
        return value
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return value


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Text = Annotated[str, BeforeValidator(_text)]
Amount = Annotated[Decimal, BeforeValidator(_money)]
Time = Annotated[datetime, BeforeValidator(_time), AfterValidator(_utc)]


class Payload(BaseModel):
    """Base of all shapes. Values never appear in the text of a validation error: they may be personal."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Pagination(Payload):
    current_page: int = 1
    total_pages: int = 1


class Meta(Payload):
    pagination: Pagination = Pagination()


class Data(Payload, Generic[T]):
    """The V3 wrapper. `meta` is `[]` in some answers without pages."""

    data: T
    meta: Annotated[Meta, BeforeValidator(lambda value: value if isinstance(value, dict) else {})] = Meta()


class Address(Payload):
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    city: Text = ""
    state: Text = ""
    zip: Text = ""
    country: Text = ""
    country_iso2: Text = ""
    phone: Text = ""
    email: Text = ""


class LineOption(Payload):
    display_name: Text = ""
    display_value: Text = ""


class Line(Payload):
    """A line of an order; `id` is the order product id. `product_id` 0: a custom line."""

    id: int
    product_id: int = 0
    variant_id: Annotated[int, BeforeValidator(lambda value: value or 0)] = 0
    name: Text = ""
    sku: Text = ""
    type: Text = "physical"
    quantity: int
    quantity_shipped: int = 0
    quantity_refunded: int = 0
    price_ex_tax: Amount = Decimal(0)
    total_ex_tax: Amount = Decimal(0)
    product_options: tuple[LineOption, ...] = ()


class Consignment(Payload):
    line_items: tuple[Line, ...] = ()


class ShippingConsignment(Address, Consignment):
    """An address, the lines that go there and what that costs. `id` is the order address's."""

    id: int = 0
    cost_inc_tax: Amount = Decimal(0)


class EmailConsignment(Payload):
    gift_certificates: tuple[Consignment, ...] = ()


class Consignments(Payload):
    """`include=consignments.line_items`: addresses and lines of an order in the order's own answer."""

    shipping: tuple[ShippingConsignment, ...] = ()
    pickups: tuple[Consignment, ...] = ()
    downloads: tuple[Consignment, ...] = ()
    email: Annotated[EmailConsignment, BeforeValidator(lambda value: value or {})] = EmailConsignment()


class OrderHead(Payload):
    """An order without its parts: what a list, and the look before a note, need."""

    id: int
    status_id: int
    status: Text = ""
    custom_status: Text = ""
    date_created: Time
    date_modified: Time
    currency_code: Text = ""
    default_currency_code: Text = ""  # what the shopper pays in; all amounts are in it
    total_inc_tax: Amount
    subtotal_ex_tax: Amount
    shipping_cost_ex_tax: Amount
    total_tax: Amount
    discount_amount: Amount = Decimal(0)
    coupon_discount: Amount = Decimal(0)
    payment_method: Text = ""
    payment_status: Text = ""
    customer_id: int = 0
    billing_address: Address = Address()
    items_total: int = 0
    staff_notes: Text = ""
    customer_message: Text = ""
    customer_locale: Text = ""
    geoip_country_iso2: Text = ""
    channel_id: int = 1
    is_deleted: bool = False


class Order(OrderHead):
    """An order with its lines and addresses."""

    consignments: Consignments


class Image(Payload):
    id: int
    image_file: Text = ""
    description: Text = ""
    is_thumbnail: bool = False
    url_standard: Text = ""


class CustomField(Payload):
    id: int
    name: str
    value: str


class OptionValue(Payload):
    option_display_name: Text = ""
    label: Text = ""


class Variant(Payload):
    """`price` and `cost_price` null: the product's own."""

    id: int
    product_id: int
    sku: Text = ""
    price: Decimal | None = None
    calculated_price: Decimal | None = None
    cost_price: Decimal | None = None
    inventory_level: int | None = None
    purchasing_disabled: bool = False
    purchasing_disabled_message: Text = ""
    option_values: tuple[OptionValue, ...] = ()


class CustomUrl(Payload):
    url: Text = ""


class Brand(Payload):
    name: Text = ""


class Product(Payload):
    """A product with `include=images,custom_fields`, a single one with `variants` as well."""

    id: int
    name: str
    sku: Text = ""
    description: Text = ""
    page_title: Text = ""
    meta_description: Text = ""
    search_keywords: Text = ""
    warranty: Text = ""
    is_visible: bool = True
    availability: Text = "available"
    availability_description: Text = ""
    price: Amount = Decimal(0)
    brand_id: Annotated[int, BeforeValidator(lambda value: value or 0)] = 0
    custom_url: Annotated[CustomUrl, BeforeValidator(lambda value: value or {})] = CustomUrl()
    date_modified: Time
    variants: tuple[Variant, ...] = ()
    images: tuple[Image, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()


class PricedProduct(Payload):
    """What of a product tells the prices, costs and stock of its variants, with `include=variants`."""

    id: int
    name: str
    sku: Text = ""
    price: Amount = Decimal(0)
    cost_price: Amount = Decimal(0)
    inventory_tracking: Text = "none"
    inventory_level: int | None = None
    base_variant_id: int | None = None
    variants: tuple[Variant, ...] = ()


class SaleProduct(Payload):
    """What of a product decides whether it is sold, with `include=variants`."""

    id: int
    is_visible: bool = True
    availability: Text = "available"
    availability_description: Text = ""
    preorder_release_date: str | None = None
    preorder_message: str | None = None
    is_preorder_only: bool | None = None
    variants: tuple[Variant, ...] = ()


class Partial(Payload):
    """What a 207 adds: which parts were not stored, and why."""

    errors: Any = None


class CustomerAddress(Payload):
    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    state_or_province: Text = ""
    postal_code: Text = ""
    country: Text = ""
    country_code: Text = ""
    phone: Text = ""


class AttributeValue(Payload):
    attribute_id: int
    attribute_value: Text = ""


class Attribute(Payload):
    """A definition: all customers of the store may have a value of it."""

    id: int
    name: str


class FormField(Payload):
    """An answer to the account form; several where many may be ticked."""

    name: str
    value: Any = None


class Subscriber(Payload):
    """Somebody on the newsletter list. `consents` is left out where the store keeps none apart."""

    email: Text = ""
    consents: tuple[Text, ...] | None = None


class Customer(Payload):
    """A customer with `include=addresses,attributes,formfields`; a list without."""

    id: int
    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""
    company: Text = ""
    phone: Text = ""
    notes: Text = ""
    customer_group_id: int | None = None
    accepts_product_review_abandoned_cart_emails: bool | None = False
    date_created: Time | None = None
    date_modified: Time | None = None
    addresses: tuple[CustomerAddress, ...] = ()
    attributes: tuple[AttributeValue, ...] = ()
    form_fields: tuple[FormField, ...] = ()


class CustomerGroup(Payload):
    id: int
    name: str


class TimeZone(Payload):
    name: Text = ""


class StoreInformation(Payload):
    id: str
    name: Text = ""
    domain: Text = ""
    secure_url: Text = ""
    control_panel_base_url: Text = ""
    currency: Text = ""
    country_code: Text = ""
    language: Text = ""
    timezone: TimeZone = TimeZone()
    store_id: Text = ""
    default_channel_id: Text = ""
    plan_name: Text = ""


class Metafield(Payload):
    id: int
    namespace: str
    key: str
    value: str


class Hook(Payload):
    id: int
    scope: str
    destination: str
    is_active: bool = True
    headers: Annotated[dict[str, str], BeforeValidator(lambda value: value or {})] = {}


class Label(Payload):
    default: str = Field("", alias="defaultValue")


class AppExtension(Payload):
    id: str
    context: str
    model: str
    url: str = ""
    label: Label = Label()


class AppExtensions(Payload):
    """The answer to the list of App Extensions, unwrapped from `store.appExtensions.edges[].node`."""

    found: tuple[AppExtension, ...]

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        try:
            return {"found": [edge["node"] for edge in data["store"]["appExtensions"]["edges"]]}
        except (KeyError, TypeError) as error:
            raise ValueError("no list of App Extensions") from error


class GraphQL(Payload):
    """A GraphQL answer: `errors` may stand beside or instead of `data`, also with status 200."""

    data: dict[str, Any] | None = None
    errors: list[Any] | None = None


class Person(Payload):
    id: Text
    email: Text = ""


class TokenAnswer(Payload):
    """The answer to the code exchange. The token has no expiry."""

    access_token: str = Field(min_length=1, max_length=4096)
    scope: str
    context: str
    user: Person
    owner: Person


StrictTime = Annotated[int, Field(strict=True, ge=0, le=253_402_300_799)]  # Unix seconds, up to the year 9999


class ClaimedUser(Payload):
    id: Annotated[int, Field(strict=True, ge=0)]
    email: Text = ""
    locale: Text = ""


class LoadClaims(Payload):
    """The claims of a `signed_payload_jwt`."""

    sub: str = Field(pattern=r"^stores/[a-z0-9]{1,64}$")
    jti: str = Field(min_length=1, max_length=200)
    iat: StrictTime
    exp: StrictTime
    user: ClaimedUser
    owner: ClaimedUser
    url: Text = "/"


class Producer(Payload):
    """The part of a delivery that names the store."""

    producer: str = Field(pattern=r"^stores/[a-z0-9]{1,64}$")


class HookBody(Producer):
    """The body of a delivery. `data` differs from scope to scope; of a batch it is an array."""

    scope: str = Field(pattern=r"^store/[A-Za-z0-9_/-]{1,120}$")
    hash: Text = ""
    created_at: int | None = None
    data: dict[str, Any] | list[Any] = {}
