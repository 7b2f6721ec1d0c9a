"""Shopify's words become ours; nothing beyond this file knows its statuses.

Source: Shopify Admin GraphQL API 2026-10, Order (display statuses, risk, cancel reasons), Product (status), Customer.
Shopify has no status that can be set freely: "under review" is a hold of our own on what is to be shipped.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from zoneinfo import available_timezones

from app.domain.commerce import Address, Customer, Money, Order, OrderLine, OrderStatus, StoreProfile
from app.domain.communications import TEXTS
from app.domain.ids import CompanyId, CustomerId, OrderId, ProductId
from app.stores.shopify import payloads

SUBSCRIBED = "SUBSCRIBED"
HIDDEN = "_"  # how the names of line properties begin that themes keep from buyers
REVIEW_TAG = "ECM under review"
REVIEW_HANDLE = "ecm-review"
PAID = frozenset({"AUTHORIZED", "PAID", "PARTIALLY_REFUNDED"})
DISPUTED = frozenset({"NEEDS_RESPONSE", "UNDER_REVIEW"})
REFUSING = frozenset({"FRAUD", "DECLINED"})
ADVICE = {
    "INVESTIGATE": "Shopify advises to look into the order",
    "CANCEL": "Shopify advises to cancel the order",
}
LABELS = {
    OrderStatus.UNDER_REVIEW: "On hold for review",
    OrderStatus.AWAITING_PAYMENT: "Payment pending",
    OrderStatus.AWAITING_FULFILLMENT: "Unfulfilled",
    OrderStatus.AWAITING_SHIPMENT: "In progress",
    OrderStatus.PARTIALLY_SHIPPED: "Partially fulfilled",
    OrderStatus.SHIPPED: "Fulfilled",
    OrderStatus.COMPLETED: "Archived",
    OrderStatus.CANCELLED: "Cancelled",
    OrderStatus.DECLINED: "Cancelled as declined",
    OrderStatus.DISPUTED: "In dispute",
    OrderStatus.PARTIALLY_REFUNDED: "Partially refunded",
    OrderStatus.REFUNDED: "Refunded",
}
_BY_FULFILLMENT = {
    "FULFILLED": OrderStatus.SHIPPED,
    "PARTIALLY_FULFILLED": OrderStatus.PARTIALLY_SHIPPED,
    "IN_PROGRESS": OrderStatus.AWAITING_SHIPMENT,
    "PENDING_FULFILLMENT": OrderStatus.AWAITING_SHIPMENT,
}
_TIMEZONES = available_timezones()


def order(found: payloads.Order, lines: Iterable[payloads.OrderLine] = ()) -> Order:
    """`lines`: what further pages gave."""
    included = found.taxes_included
    tax = _amount(found.total_tax_set)
    billing = address(found.billing_address, _email(found))
    where = status(found)
    return Order(
        id=OrderId(found.id),
        number=found.name.removeprefix("#"),
        status=where,
        status_label=LABELS[where],
        placed_at=found.processed_at or found.created_at,
        modified_at=found.updated_at,
        version=order_version(found),
        total=money(found.total_price_set),
        subtotal=Money(_amount(found.subtotal_price_set) - (tax if included else 0), currency(found)),
        shipping_cost=money(found.total_shipping_price_set),
        tax=Money(tax, currency(found)),
        discount=Money(_amount(found.total_discounts_set), currency(found)),
        payment_method=", ".join(name.replace("_", " ") for name in found.payment_gateway_names),
        payment_status=found.display_financial_status.replace("_", " ").lower(),
        is_paid=found.display_financial_status in PAID,
        customer_id=CustomerId(found.customer.id) if found.customer else None,
        customer_name=(found.customer.display_name if found.customer else "") or billing.name,
        customer_email=_email(found),
        billing=billing,
        shipping=(address(found.shipping_address, _email(found)),) if found.shipping_address else (),
        lines=tuple(line(entry, included=included) for entry in (*found.line_items.nodes, *lines)),
        staff_notes=found.note,
        manual_check=manual_check(found),
        company_id=_company(found),
        language=language(found.customer_locale),
    )


def status(found: payloads.Order) -> OrderStatus:
    """One word for an order: what ended it first, then who holds it, then its payment, then its goods."""
    if found.cancelled_at is not None:
        return OrderStatus.DECLINED if found.cancel_reason in REFUSING else OrderStatus.CANCELLED
    if any(entry.status in DISPUTED for entry in found.disputes):
        return OrderStatus.DISPUTED
    if found.display_financial_status == "REFUNDED":
        return OrderStatus.REFUNDED
    if found.closed_at is not None:
        return OrderStatus.COMPLETED
    if under_review(found.fulfillment_orders.nodes, found.tags):
        return OrderStatus.UNDER_REVIEW
    goods = _BY_FULFILLMENT.get(found.display_fulfillment_status)
    if goods is not None:
        return goods
    if found.display_financial_status == "PARTIALLY_REFUNDED":
        return OrderStatus.PARTIALLY_REFUNDED
    if found.display_financial_status not in PAID:
        return OrderStatus.AWAITING_PAYMENT
    return OrderStatus.AWAITING_FULFILLMENT


def under_review(orders: Iterable[payloads.FulfillmentOrder], tags: Iterable[str]) -> bool:
    """Our hold on anything to be shipped. Where nothing is, our tag says it; where a person let go of the hold, it
    says nothing any more.
    """
    open_orders = [entry for entry in orders if entry.is_open]
    if open_orders:
        return any(review_holds(entry) for entry in open_orders)
    return REVIEW_TAG in tags


def review_holds(found: payloads.FulfillmentOrder) -> list[payloads.Hold]:
    """Our own holds for a review; those of merchants, other apps and other reasons of ours are not touched."""
    return [one for one in found.fulfillment_holds if one.held_by_requesting_app and one.handle == REVIEW_HANDLE]


def manual_check(found: payloads.Order) -> tuple[str, ...]:
    """The reasons Shopify and its payment provider give for a manual check, as a merchant reads them."""
    reasons = [ADVICE[found.risk.recommendation]] if found.risk.recommendation in ADVICE else []
    if found.display_financial_status == "EXPIRED":
        reasons.append("the payment's authorization has expired")
    return tuple(reasons)


def order_version(found: payloads.OrderHead) -> str:
    """Changes whenever the order did; the same from a list and from a single answer. Shopify's times have seconds
    only, so everything a list gives is part of it.
    """
    parts = found.model_dump(mode="json", include=set(payloads.OrderHead.model_fields))
    return f"{found.updated_at:%Y%m%dT%H%M%SZ}-{fingerprint(parts)}"


def currency(found: payloads.OrderHead) -> str:
    """What the buyer pays in; all amounts of the order are in it."""
    return found.current_total_price_set.presentment_money.currency_code


def line(found: payloads.OrderLine, *, included: bool) -> OrderLine:
    """Without tax, whether or not the shop's prices include it."""
    gross = found.discounted_total_set.presentment_money
    tax = sum((entry.price_set.presentment_money.amount for entry in found.tax_lines), Decimal(0)) if included else 0
    unit = found.original_unit_price_set.presentment_money.amount
    share = (gross.amount - tax) / gross.amount if gross.amount else Decimal(1)
    return OrderLine(
        line_id=found.id,
        product_id=ProductId(found.product.id) if found.product else None,
        sku=found.sku,
        name=found.name,
        quantity=found.quantity,
        unit_price=Money((unit * share).quantize(Decimal("0.0001")).normalize() + 0, gross.currency_code),
        total=Money(gross.amount - tax, gross.currency_code),
        shipped=max(0, found.current_quantity - found.unfulfilled_quantity),
        refunded=max(0, found.quantity - found.current_quantity),
        variant_id=found.variant.id if found.variant else "",
        is_physical=found.requires_shipping,
        options=tuple((one.key, one.value) for one in found.custom_attributes if one.value and one.key[:1] != HIDDEN),
    )


def address(found: payloads.Address | None, email: str = "") -> Address:
    if found is None:
        return Address(email=email)
    return Address(
        name=found.name.strip(),
        company=found.company,
        street="\n".join(filter(None, (found.address1, found.address2))),
        city=found.city,
        state=found.province,
        postcode=found.zip,
        country=found.country,
        country_code=found.country_code.upper(),
        email=email,
        phone=found.phone,
    )


def customer(found: payloads.Customer) -> Customer:
    """A customer's groups are tags here, as merchants use them; the company is the one they buy for."""
    email = found.email.email_address if found.email else ""
    contact = next((entry.company for entry in found.contacts if entry.company), None)
    places = found.addresses.nodes or ((found.default_address,) if found.default_address else ())
    company = contact.name if contact else (found.default_address.company if found.default_address else "")
    attributes = dict(pairs(found.facts))
    return Customer(
        id=CustomerId(found.id),
        name=found.display_name,
        email=email,
        company=company,
        group=", ".join(found.tags),
        since=found.created_at,
        version=customer_version(found),
        phone=found.phone.phone_number if found.phone else "",
        language=language(found.locale),
        consents=consents(found),
        addresses=tuple(address(entry, email) for entry in places),
        attributes={"tax exempt": "yes"} | attributes if found.tax_exempt else attributes,
        company_id=CompanyId(contact.id) if contact else None,
    )


def consents(found: payloads.Customer) -> frozenset[str]:
    """Shopify asks for each way apart. Its consent to marketing by mail is the one for mails about carts as well."""
    given = {"newsletter", "abandoned_cart"} if found.email and found.email.marketing_state == SUBSCRIBED else set()
    return frozenset(given | ({TEXTS} if found.phone and found.phone.marketing_state == SUBSCRIBED else set()))


def customer_version(found: payloads.CustomerHead) -> str:
    parts = found.model_dump(mode="json", include=set(payloads.CustomerHead.model_fields))
    return fingerprint(parts)


def profile(found: payloads.Shop, admin: str, language_code: str = "en") -> StoreProfile:
    handle = found.myshopify_domain.removesuffix(".myshopify.com")
    return StoreProfile(
        name=found.name,
        admin_url=f"{admin}/store/{handle}",
        storefront_url=found.primary_domain.url,
        currency=found.currency_code,
        timezone=found.iana_timezone if found.iana_timezone in _TIMEZONES else "UTC",
        country=found.shop_address.country_code.upper(),
        language=language_code,
        extra={"store_id": found.id, "plan": found.plan.name},
    )


def pairs(found: payloads.Metafield | None) -> tuple[tuple[str, str], ...]:
    """Names and values that we keep on an object as one list; nothing where somebody else wrote there."""
    try:
        kept = json.loads(found.value) if found else []
    except ValueError:
        return ()
    listed = kept if isinstance(kept, list) else []
    return tuple((one[0], one[1]) for one in listed if isinstance(one, list) and [*map(type, one)] == [str, str])


def money(found: payloads.Paid) -> Money:
    return Money(found.presentment_money.amount, found.presentment_money.currency_code)


def _amount(found: payloads.Paid | None) -> Decimal:
    return found.presentment_money.amount if found else Decimal(0)


def _email(found: payloads.Order) -> str:
    known = found.customer.email.email_address if found.customer and found.customer.email else ""
    return found.email or known


def _company(found: payloads.Order) -> CompanyId | None:
    entity = found.purchasing_entity
    return CompanyId(entity.company.id) if entity and entity.company else None


def language(locale: str) -> str:
    """`de-DE` and `de` are BCP 47 tags already; empty for what is none."""
    name, _, region = locale.strip().replace("_", "-").partition("-")
    if not name.isalpha() or not name.isascii() or len(name) > 3:
        return ""
    return f"{name.lower()}-{region.upper()}" if region.isalnum() and len(region) in (2, 3) else name.lower()


def fingerprint(parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
