"""BigCommerce's words become ours; nothing beyond this file knows its status ids and spellings.

Source: BigCommerce API reference, Orders V2 (order statuses, `payment_status`), Orders V3 (transactions),
Catalog V3.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from zoneinfo import available_timezones

from app.domain.commerce import (
    MANUAL_VERIFICATION,
    Address,
    Customer,
    Money,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    ProductImage,
    SaleState,
    StoreProfile,
)
from app.domain.ids import CustomerId, OrderId, ProductId
from app.domain.publication import TEXT_FIELDS
from app.errors import Permanent
from app.stores.bigcommerce import part_payloads, payloads

STATUS_BY_ID = {
    0: OrderStatus.INCOMPLETE,
    1: OrderStatus.PENDING,
    2: OrderStatus.SHIPPED,
    3: OrderStatus.PARTIALLY_SHIPPED,
    4: OrderStatus.REFUNDED,
    5: OrderStatus.CANCELLED,
    6: OrderStatus.DECLINED,
    7: OrderStatus.AWAITING_PAYMENT,
    8: OrderStatus.AWAITING_PICKUP,
    9: OrderStatus.AWAITING_SHIPMENT,
    10: OrderStatus.COMPLETED,
    11: OrderStatus.AWAITING_FULFILLMENT,
    12: OrderStatus.UNDER_REVIEW,
    13: OrderStatus.DISPUTED,
    14: OrderStatus.PARTIALLY_REFUNDED,
}
ID_BY_STATUS = {status: status_id for status_id, status in STATUS_BY_ID.items()}

# Whether the buyer's payment went through: at least authorised, so that nothing is left for the buyer to do.
PAID = frozenset({"captured", "paid", "authorized", "capture pending", "partially refunded"})
NOT_PAID = frozenset({"declined", "void", "void pending", "refunded"})
HELD = "held for review"
PAID_STATUSES = frozenset(
    {
        OrderStatus.AWAITING_FULFILLMENT,
        OrderStatus.AWAITING_SHIPMENT,
        OrderStatus.AWAITING_PICKUP,
        OrderStatus.PARTIALLY_SHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.COMPLETED,
        OrderStatus.PARTIALLY_REFUNDED,
    }
)
UNCLEAR_STATUSES = frozenset({OrderStatus.PENDING, OrderStatus.UNDER_REVIEW})
PAYING_EVENTS = frozenset({"purchase", "capture", "settled", "authorization"})
HARMLESS_RESPONSES = frozenset({"", "accept", "accepted", "approve", "approved", "none", "ok", "pass", "passed"})

_COPY_SUFFIX = re.compile(r"(?:__\d+)+$")  # BigCommerce adds "__<digits>" to a picture's name, once per copy
_TIMEZONES = available_timezones()


def status(status_id: int) -> OrderStatus:
    found = STATUS_BY_ID.get(status_id)
    if found is None:
        message = f"BigCommerce names an order status we do not know ({status_id})."
        raise Permanent(message, code="unexpected_answer")
    return found


def needs_transactions(order: payloads.OrderHead) -> bool:
    """Whether the order alone does not tell if it is paid, or if the gateway wants it checked."""
    if order.payment_status == HELD:
        return True
    settled = order.payment_status in PAID or order.payment_status in NOT_PAID
    return status(order.status_id) in UNCLEAR_STATUSES and not settled


def order(found: payloads.Order, transactions: Iterable[part_payloads.Transaction] = ()) -> Order:
    """The order with its lines and addresses. `transactions` where `needs_transactions` says so.

    Subtotal, shipping cost and lines are without tax, so that with tax and discount they add up to the total.
    """
    transactions = tuple(transactions)
    money = currency(found)
    billing = address(found.billing_address)
    return Order(
        id=OrderId(str(found.id)),
        number=str(found.id),
        status=status(found.status_id),
        status_label=found.custom_status or found.status,
        placed_at=found.date_created,
        modified_at=found.date_modified,
        version=order_version(found),
        total=Money(found.total_inc_tax, money),
        subtotal=Money(found.subtotal_ex_tax, money),
        shipping_cost=Money(found.shipping_cost_ex_tax, money),
        tax=Money(found.total_tax, money),
        discount=Money(found.discount_amount + found.coupon_discount, money),
        payment_method=found.payment_method,
        payment_status=found.payment_status,
        is_paid=is_paid(found, transactions),
        customer_id=CustomerId(str(found.customer_id)) if found.customer_id else None,
        customer_name=billing.name,
        customer_email=billing.email,
        billing=billing,
        shipping=tuple(address(entry) for entry in found.consignments.shipping),
        lines=tuple(_line(line, money) for line in lines(found.consignments)),
        staff_notes=found.staff_notes,
        customer_message=found.customer_message,
        ip_country_code=found.geoip_country_iso2.upper(),
        channel_id=str(found.channel_id),
        manual_check=manual_check(found, transactions),
        language=language(found.customer_locale),
    )


def currency(found: payloads.OrderHead) -> str:
    """What the shopper pays in; all amounts of the order are in it."""
    return found.default_currency_code or found.currency_code


def language(locale: str) -> str:
    """`de_DE` or `de-de` as a BCP 47 tag: `de-DE`. Empty for what is none."""
    name, _, region = locale.strip().replace("_", "-").partition("-")
    if not name.isalpha() or not name.isascii() or len(name) > 3:
        return ""
    return f"{name.lower()}-{region.upper()}" if region.isalnum() and len(region) in (2, 3) else name.lower()


def order_version(found: payloads.OrderHead) -> str:
    """Changes whenever the order did. Its time has seconds only, so everything we read of it is part of it.

    The same from a list and from a single answer: changed lines and addresses show in the order's time alone.
    """
    parts = found.model_dump(mode="json", include=set(payloads.OrderHead.model_fields))
    return f"{found.date_modified:%Y%m%dT%H%M%SZ}-{found.status_id}-{fingerprint(parts)}"


def is_paid(found: payloads.OrderHead, transactions: Iterable[part_payloads.Transaction] = ()) -> bool:
    """Paid, or authorised. Where `payment_status` is silent, the status or a transaction tells."""
    where = status(found.status_id)
    if where is OrderStatus.INCOMPLETE or found.payment_status in NOT_PAID or found.payment_status == HELD:
        return False
    if found.payment_status in PAID or where in PAID_STATUSES:
        return True
    events = {t.event for t in transactions if t.status == "ok"}
    return where in UNCLEAR_STATUSES and bool(events & PAYING_EVENTS) and "void" not in events


def manual_check(found: payloads.OrderHead, transactions: Iterable[part_payloads.Transaction] = ()) -> tuple[str, ...]:
    """The reasons the store or its payment gateway gives for a manual check, as a merchant reads them."""
    reasons = []
    if found.payment_status == HELD:
        reasons.append("payment held for review")
    if status(found.status_id) is OrderStatus.UNDER_REVIEW:
        reasons.append(MANUAL_VERIFICATION)
    for transaction in transactions:
        if transaction.fraud_review:
            reasons.append("payment gateway asks for a fraud review")
        result = transaction.custom_provider_field_result
        if result is not None and result.fraud_response.strip().lower() not in HARMLESS_RESPONSES:
            reasons.append("payment gateway reports a fraud warning")
    return tuple(dict.fromkeys(reasons))


def address(found: payloads.Address) -> Address:
    return Address(
        name=" ".join(filter(None, (found.first_name.strip(), found.last_name.strip()))),
        company=found.company,
        street="\n".join(filter(None, (found.street_1, found.street_2))),
        city=found.city,
        state=found.state,
        postcode=found.zip,
        country=found.country,
        country_code=found.country_iso2.strip().upper(),
        email=found.email,
        phone=found.phone,
    )


def product(found: payloads.Product, currency: str = "", brand: str = "") -> Product:
    """`currency`: the store's own, in which catalogue prices are; without one the price is left out."""
    fields = {name: str(getattr(found, name)) for name in TEXT_FIELDS}
    images = tuple(image(entry) for entry in found.images)
    custom_fields = tuple((field.name, field.value) for field in found.custom_fields)
    variants = [entry for entry in found.variants if entry.option_values]
    return Product(
        id=ProductId(str(found.id)),
        sku=found.sku,
        modified_at=found.date_modified,
        version=product_version(found),
        fields=fields,
        is_visible=found.is_visible,
        images=images,
        custom_fields=custom_fields,
        sale=sale_state(found),
        price=Money(found.price, currency) if currency else None,
        variants=tuple(entry.sku for entry in variants if entry.sku),
        brand=brand,
        warranty=found.warranty,
        url=found.custom_url.url,
    )


def product_version(found: payloads.Product) -> str:
    """Not its time: that moves with every order (`total_sold`). The same from a list and from a single answer."""
    names = (*TEXT_FIELDS, "sku", "warranty", "is_visible", "availability", "availability_description", "brand_id")
    plain = [str(getattr(found, name)) for name in names]
    images = [vars(image(entry)) for entry in found.images]
    custom_fields = [(field.name, field.value) for field in found.custom_fields]
    return fingerprint((plain, str(found.price.normalize()), found.custom_url.url, images, custom_fields))


def sale_state(found: payloads.Product) -> SaleState:
    """Not for sale: the product as a whole, or every one of its variants. The words are those beside the button."""
    held = [entry for entry in found.variants if entry.purchasing_disabled]
    if found.availability == "disabled":
        return SaleState(found.is_visible, is_purchasable=False, message=found.availability_description)
    if held and len(held) == len(found.variants):
        message = next((entry.purchasing_disabled_message for entry in held if entry.purchasing_disabled_message), "")
        return SaleState(found.is_visible, is_purchasable=False, message=message)
    return SaleState(found.is_visible, is_purchasable=True)


def image(found: payloads.Image) -> ProductImage:
    return ProductImage(
        id=str(found.id),
        file_name=reported_name(found.image_file),
        alt=found.description,
        is_thumbnail=found.is_thumbnail,
        url=found.url_standard,
    )


def reported_name(image_file: str) -> str:
    """`a/521/front-view__60806.jpg` → `front-view.jpg`: the name a picture was uploaded under."""
    path = PurePosixPath(image_file)
    return f"{_COPY_SUFFIX.sub('', path.stem)}{path.suffix}"


def customer(
    found: payloads.Customer,
    group: str,
    names: Mapping[int, str] | None = None,
    subscribers: Iterable[payloads.Subscriber] = (),
) -> Customer:
    """`names`: attribute id to name; `subscribers`: the entries of this e-mail address on the newsletter list."""
    values = {(names or {}).get(v.attribute_id, str(v.attribute_id)): v.attribute_value for v in found.attributes}
    return Customer(
        id=CustomerId(str(found.id)),
        name=_full_name(found),
        email=found.email,
        company=found.company,
        group=group,
        since=found.date_created,
        version=customer_version(found),
        group_id=str(found.customer_group_id) if found.customer_group_id else "",
        phone=found.phone,
        consents=_consents(found, subscribers),
        addresses=tuple(_customer_address(entry, found.email) for entry in found.addresses),
        attributes={field.name: _form_text(field.value) for field in found.form_fields} | values,
    )


def customer_version(found: payloads.Customer) -> str:
    """The same from a list and from a single answer."""
    parts = (_full_name(found), found.email, found.company, found.phone, found.customer_group_id)
    return fingerprint((parts, str(found.date_modified)))


def _full_name(found: payloads.Customer | payloads.CustomerAddress) -> str:
    return " ".join(filter(None, (found.first_name.strip(), found.last_name.strip())))


def _consents(found: payloads.Customer, subscribers: Iterable[payloads.Subscriber]) -> frozenset[str]:
    """To be on the list is consent to the newsletter, unless the entry says to what."""
    consents = {"abandoned_cart"} if found.accepts_product_review_abandoned_cart_emails else set[str]()
    for entry in subscribers:
        given = ("marketing_newsletter",) if entry.consents is None else entry.consents
        consents |= {name.removeprefix("marketing_") for name in given}
    return frozenset(consents)


def _customer_address(found: payloads.CustomerAddress, email: str) -> Address:
    return Address(
        name=_full_name(found),
        company=found.company,
        street="\n".join(filter(None, (found.address1, found.address2))),
        city=found.city,
        state=found.state_or_province,
        postcode=found.postal_code,
        country=found.country,
        country_code=found.country_code.strip().upper(),
        email=email,
        phone=found.phone,
    )


def _form_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(entry) for entry in value)
    return "" if value is None else str(value)


def profile(found: payloads.StoreInformation) -> StoreProfile:
    extra = {
        "store_id": found.store_id,
        "default_channel_id": found.default_channel_id,
        "plan": found.plan_name,
    }
    return StoreProfile(
        name=found.name,
        admin_url=found.control_panel_base_url,
        storefront_url=found.secure_url or (f"https://{found.domain}" if found.domain else ""),
        currency=found.currency,
        timezone=found.timezone.name if found.timezone.name in _TIMEZONES else "UTC",
        country=found.country_code.upper(),
        language=found.language or "en",
        extra={name: value for name, value in extra.items() if value},
    )


def lines(found: payloads.Consignments) -> list[payloads.Line]:
    """Every line once, in the order's own sequence."""
    groups = (*found.shipping, *found.pickups, *found.downloads, *found.email.gift_certificates)
    by_id = {line.id: line for group in groups for line in group.line_items}
    return [by_id[line_id] for line_id in sorted(by_id)]


def _line(found: payloads.Line, currency: str) -> OrderLine:
    return OrderLine(
        line_id=str(found.id),
        product_id=ProductId(str(found.product_id)) if found.product_id else None,
        sku=found.sku,
        name=found.name,
        quantity=found.quantity,
        unit_price=Money(found.price_ex_tax, currency),
        total=Money(found.total_ex_tax, currency),
        shipped=found.quantity_shipped,
        refunded=found.quantity_refunded,
        variant_id=str(found.variant_id) if found.variant_id else "",
        is_physical=found.type == "physical",
        options=tuple((one.display_name, one.display_value) for one in found.product_options if one.display_value),
    )


def fingerprint(parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
