"""What an Orders V2 request may hold."""

from sandbox.bigcommerce.fields import Field, Fields

TEXT = Field("string")
MONEY = Field("money", least=0)
WHOLE = Field("integer", least=0)

FORM_FIELDS = Field("array", of={"name": TEXT, "value": Field("any")})
ADDRESS: Fields = {
    "first_name": TEXT, "last_name": TEXT, "company": TEXT, "street_1": TEXT, "street_2": TEXT, "city": TEXT,
    "state": TEXT, "zip": TEXT, "country": TEXT, "country_iso2": Field("string", most=2), "phone": TEXT,
    "email": TEXT,
}  # fmt: skip
BILLING: Fields = {**ADDRESS, "form_fields": FORM_FIELDS}
SHIPPING: Fields = {**ADDRESS, "shipping_method": TEXT}
SHIPPING_UPDATE: Fields = {**SHIPPING, "form_fields": FORM_FIELDS}

OPTION: Fields = {
    "id": WHOLE, "value": TEXT, "display_name": TEXT, "display_name_customer": TEXT,
    "display_name_merchant": TEXT, "display_value": TEXT, "display_value_merchant": TEXT,
    "display_value_customer": TEXT,
}  # fmt: skip
LINE: Fields = {
    "product_id": WHOLE,
    "name": Field("string", least=1, most=250),
    "name_customer": TEXT,
    "name_merchant": TEXT,
    "product_options": Field("array", of=OPTION),
    "quantity": Field("integer", least=0),
    "price_inc_tax": Field("number", least=0),
    "price_ex_tax": Field("number", least=0),
    "upc": TEXT,
    "sku": TEXT,
    "variant_id": WHOLE,
    "wrapping_id": WHOLE,
    "wrapping_name": TEXT,
    "wrapping_message": TEXT,
    "wrapping_cost_ex_tax": Field("number", least=0),
    "wrapping_cost_inc_tax": Field("number", least=0),
}
FEE: Fields = {
    "type": Field("string", choices=("custom_fee",)), "display_name_customer": TEXT, "display_name_merchant": TEXT,
    "source": TEXT, "base_cost": MONEY, "cost_ex_tax": MONEY, "cost_inc_tax": MONEY, "cost_tax": MONEY,
    "tax_class_id": Field("integer", nullable=True),
}  # fmt: skip

COMMON: Fields = {
    "base_handling_cost": MONEY, "base_shipping_cost": MONEY, "base_wrapping_cost": MONEY,
    "channel_id": WHOLE, "customer_id": WHOLE, "customer_message": TEXT, "date_created": TEXT,
    "discount_amount": MONEY, "order_source": TEXT, "ebay_order_id": TEXT,
    "external_id": Field("string", read_only=True),
    "external_merchant_id": Field("string", nullable=True), "external_source": Field("string", nullable=True),
    "geoip_country": TEXT, "geoip_country_iso2": TEXT,
    "handling_cost_ex_tax": MONEY, "handling_cost_inc_tax": MONEY,
    "ip_address": Field("string", most=30), "ip_address_v6": Field("string", most=39),
    "items_shipped": WHOLE, "items_total": WHOLE, "order_is_digital": Field("boolean"),
    "payment_method": TEXT, "payment_provider_id": Field("any", nullable=True),
    "refunded_amount": Field("money", read_only=True),
    "shipping_cost_ex_tax": MONEY, "shipping_cost_inc_tax": MONEY,
    "staff_notes": Field("string", most=65_535), "status_id": Field("integer", choices=tuple(range(15))),
    "subtotal_ex_tax": MONEY, "subtotal_inc_tax": MONEY, "tax_provider_id": TEXT, "customer_locale": TEXT,
    "total_ex_tax": MONEY, "total_inc_tax": MONEY, "wrapping_cost_ex_tax": MONEY, "wrapping_cost_inc_tax": MONEY,
}  # fmt: skip
READ_ONLY: Fields = {
    name: Field("any", read_only=True)
    for name in (
        "id", "date_modified", "date_shipped", "status", "custom_status", "payment_status", "total_tax",
        "subtotal_tax", "store_credit_amount", "gift_certificate_amount", "coupon_discount", "currency_code",
        "currency_id", "geoip", "credit_card_type", "shipping_address_count", "is_email_opt_in", "cart_id",
    )
}  # fmt: skip
CREATE: Fields = {
    **COMMON, **READ_ONLY,
    "billing_address": Field("object", required=True, of=BILLING),
    "products": Field(
        "array", required=True, least=1, of={**LINE, "quantity": Field("integer", required=True, least=1)}
    ),
    "shipping_addresses": Field("array", of=SHIPPING),
    "default_currency_code": Field("string", least=3, most=3),
    "external_order_id": TEXT,
    "fees": Field("array", of=FEE),
}  # fmt: skip
UPDATE: Fields = {
    **COMMON, **READ_ONLY,
    "default_currency_code": Field("string", read_only=True),
    "billing_address": Field("object", of=BILLING),
    "products": Field("array", of={**LINE, "id": WHOLE}),
    "shipping_addresses": Field("array", of={**SHIPPING_UPDATE, "id": WHOLE}),
    "external_order_id": Field("string", nullable=True),
    "is_deleted": Field("boolean"),
    "fees": Field("array", of=FEE),
}  # fmt: skip
