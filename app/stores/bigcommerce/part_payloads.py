"""What belongs to an order, as BigCommerce sends it: shipments, transactions, refunds, messages, stock.

Source: BigCommerce API reference, Orders V2 (shipments, messages), Orders V3 (transactions, refunds), Inventory V3.
"""

from decimal import Decimal

from app.stores.bigcommerce.payloads import Address, Amount, Payload, Text, Time


class ShipmentItem(Payload):
    order_product_id: int
    quantity: int


class Shipment(Payload):
    """`tracking_link` is what the merchant typed, `generated_tracking_link` what the store made of the number."""

    id: int
    date_created: Time
    tracking_number: Text = ""
    tracking_link: Text = ""
    generated_tracking_link: Text = ""
    shipping_provider: Text = ""
    shipping_provider_display_name: Text = ""
    shipping_method: Text = ""
    comments: Text = ""
    shipping_address: Address = Address()
    items: tuple[ShipmentItem, ...] = ()


class CheckResult(Payload):
    """The answer of an address (AVS) or security code (CVV) check."""

    code: Text = ""
    message: Text = ""


class Card(Payload):
    card_last4: Text = ""


class ProviderResult(Payload):
    fraud_response: Text = ""


class Named(Payload):
    """How an offline or custom payment is called."""

    display_name: Text = ""
    payment_method: Text = ""


class Transaction(Payload):
    """`event`: purchase, authorization, capture, refund, void, pending, settled. `status`: ok or error."""

    id: int = 0
    event: Text = ""
    status: Text = ""
    method: Text = ""
    amount: Amount = Decimal(0)
    currency: Text = ""
    gateway: Text = ""
    gateway_transaction_id: Text = ""
    date_created: Time | None = None
    fraud_review: bool | None = None
    avs_result: CheckResult | None = None
    cvv_result: CheckResult | None = None
    credit_card: Card | None = None
    offline: Named | None = None
    custom: Named | None = None
    custom_provider_field_result: ProviderResult | None = None


class Adjustment(Payload):
    amount: Amount = Decimal(0)


class RefundItem(Payload):
    """`item_type`: PRODUCT, GIFT_WRAPPING, SHIPPING, HANDLING, ORDER, TAX, FEE. Each reads `item_id` in its own way."""

    item_type: Text
    item_id: int
    quantity: int | None = None
    requested_amount: Amount | None = None
    adjustments: tuple[Adjustment, ...] = ()
    reason: Text = ""


class RefundPayment(Payload):
    provider_id: Text = ""
    amount: Amount = Decimal(0)
    is_declined: bool | None = False


class Refund(Payload):
    id: int
    order_id: int
    created: Time
    reason: Text = ""
    total_amount: Amount
    total_tax: Amount = Decimal(0)
    items: tuple[RefundItem, ...] = ()
    payments: tuple[RefundPayment, ...] = ()


class RefundWay(Payload):
    """One payment of one way to give the money back."""

    provider_id: str
    provider_description: Text = ""
    amount: Amount
    offline: bool = False


class RefundQuote(Payload):
    """`refund_methods`: alternatives, each a list of payments that go together."""

    order_id: int
    total_refund_amount: Amount
    total_refund_tax_amount: Amount = Decimal(0)
    refund_methods: tuple[tuple[RefundWay, ...], ...] = ()


class Message(Payload):
    """`staff_id` 0: the buyer wrote."""

    id: int
    staff_id: int | None = 0
    type: Text = ""
    subject: Text = ""
    message: Text = ""
    date_created: Time


class StockIdentity(Payload):
    sku: Text = ""
    variant_id: int | None = None
    product_id: int | None = None


class StockSettings(Payload):
    is_in_stock: bool | None = None


class StockPlace(Payload):
    """Stock at one location."""

    total_inventory_onhand: int | None = None
    available_to_sell: int | None = None
    location_enabled: bool | None = True
    settings: StockSettings = StockSettings()


class InventoryItem(Payload):
    identity: StockIdentity
    locations: tuple[StockPlace, ...] = ()


class InventorySettings(Payload):
    """`update_stock_behavior`: order_placed or order_completed_or_shipped; null where a channel keeps the store's."""

    update_stock_behavior: Text = ""
