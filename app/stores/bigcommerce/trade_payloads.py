"""Price lists, promotions, pages, checkout settings and carts as BigCommerce sends them.

Source: BigCommerce API reference: Price lists V3, Promotions V3, Pages V3, Checkouts V3 (settings), Carts V3,
Channels V3.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.stores.bigcommerce.payloads import Amount, Payload, Text, Time

Loose = Annotated[dict[str, Any], BeforeValidator(lambda value: value if isinstance(value, dict) else {})]


class PriceList(Payload):
    id: int
    name: str
    active: bool = True


class Tier(Payload):
    """`type`: fixed (the price itself), price (so much off) or percent (off)."""

    quantity_min: int
    type: str
    amount: Amount


class PriceRecord(Payload):
    """`include=bulk_pricing_tiers,sku`. `price` null: only a sale or list price is set."""

    variant_id: int
    sku: Text = ""
    currency: str
    price: Decimal | None = None
    calculated_price: Decimal | None = None
    bulk_pricing_tiers: tuple[Tier, ...] = ()


class RefusedRecord(Payload):
    """One entry of a batch's `batch_errors`: what was sent, and what is wrong with it."""

    data: Loose = Field(default_factory=dict)
    field_errors: Loose = Field(default_factory=dict)


class BatchErrors(Payload):
    batch_errors: tuple[RefusedRecord, ...]


class Assignment(Payload):
    price_list_id: int
    customer_group_id: int | None = None
    channel_id: int | None = None


class GroupRule(Payload):
    type: str = ""
    price_list_id: int | None = None


class GroupWithRules(Payload):
    id: int
    name: str
    discount_rules: Any = None

    @property
    def price_lists(self) -> list[int]:
        """The price lists its discount rules name; V2 shows one rule, or a list of them."""
        rules = self.discount_rules if isinstance(self.discount_rules, list) else [self.discount_rules]
        found = [GroupRule.model_validate(rule) for rule in rules if isinstance(rule, dict)]
        return [rule.price_list_id for rule in found if rule.type == "price_list" and rule.price_list_id]


class PromotionCustomer(Payload):
    group_ids: tuple[int, ...] | None = ()
    excluded_group_ids: tuple[int, ...] | None = ()
    minimum_order_count: int | None = 0
    segments: Any = None


class Promotion(Payload):
    """`rules` in BigCommerce's own grammar. `status`: ENABLED, DISABLED or INVALID."""

    id: int
    name: str
    redemption_type: Text = "AUTOMATIC"
    coupon_type: Text = ""
    rules: tuple[dict[str, Any], ...] = ()
    customer: PromotionCustomer = PromotionCustomer()
    status: Text = "ENABLED"
    start_date: Time | None = None
    end_date: Time | None = None
    max_uses: int | None = None
    currency_code: Text = ""


class Code(Payload):
    id: int
    code: str


class Page(Payload):
    """A content page with `include=body`; `type`: page, raw, contact_form, link or blog."""

    id: int
    name: str
    type: str
    body: str | None = None
    url: Text = ""
    channel_id: int = 1
    is_visible: bool = True


class CheckoutSettings(Payload):
    """What of a channel's checkout settings is about its terms; `order_terms_and_conditions_type`: link or textarea."""

    is_order_terms_and_conditions_enabled: bool | None = False
    order_terms_and_conditions_type: Text = ""
    order_terms_and_conditions_link: Text = ""
    order_terms_and_conditions_textarea: Text = ""


class Channel(Payload):
    id: int
    name: Text = ""
    status: Text = "active"


class CartItem(Payload):
    name: Text = ""


class CartItems(Payload):
    physical_items: tuple[CartItem, ...] = ()
    digital_items: tuple[CartItem, ...] = ()
    gift_certificates: tuple[CartItem, ...] = ()
    custom_items: tuple[CartItem, ...] = ()


class CartCurrency(Payload):
    code: Text = ""


class Cart(Payload):
    id: str
    customer_id: int | None = 0
    email: Text = ""
    currency: CartCurrency = CartCurrency()
    cart_amount: Amount = Decimal(0)
    line_items: CartItems = CartItems()
    updated_time: Time
