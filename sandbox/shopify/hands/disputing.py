"""Disputes as the buyer's bank has them, and carts that buyers left."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field

from sandbox.shopify import changed
from sandbox.shopify import order_facts as facts
from sandbox.shopify.hands import placing_orders, reads
from sandbox.shopify.hands.asking import Friendly, checked, every, need, shown
from sandbox.shopify.hands.placing_orders import Amount, Id, Item, amount
from sandbox.shopify.money import text
from sandbox.shopify.operations import checkouts as left_carts
from sandbox.shopify.operations import disputes
from sandbox.shopify.scalars import moment
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

ANSWER_WITHIN = timedelta(days=9)


class Dispute(Friendly):
    """The buyer's bank takes a payment back, or asks about it (INQUIRY). All of the order unless `amount` is given."""

    order_id: Id | None = None
    type: Literal["CHARGEBACK", "INQUIRY"] = "CHARGEBACK"
    reason: str = "FRAUDULENT"
    amount: Amount | None = None
    due_in_days: int = Field(default=ANSWER_WITHIN.days, ge=0, le=90)


class DisputePatch(Friendly):
    """What the bank decides."""

    status: Literal["WON", "LOST", "ACCEPTED", "UNDER_REVIEW"]


def create_dispute(shop: Shop, given: JSON) -> JSON:
    asked = checked(Dispute, given)
    order = need(shop, "Order", asked.order_id, "order_id") if asked.order_id is not None else None
    usual = facts.received(shop, order) if order else Decimal("100.00")
    about = {
        "type": asked.type, "reason": asked.reason,
        "amount": text(amount(asked.amount, "amount") if asked.amount is not None else usual),
        "evidenceDueBy": moment(shop.now() + timedelta(days=asked.due_in_days)),
    }  # fmt: skip
    return get_dispute(shop, disputes.opened(shop, order, about)["id"])


def patch_dispute(shop: Shop, number: Any, given: JSON) -> JSON:
    found, asked = need(shop, "ShopifyPaymentsDispute", number, status=404), checked(DisputePatch, given)
    over = asked.status != "UNDER_REVIEW"
    found |= {"status": asked.status, "finalizedOn": shop.stamp() if over else found["finalizedOn"]}
    changed.tell(shop, found)
    return get_dispute(shop, found["id"])


def get_dispute(shop: Shop, number: Any) -> JSON:
    return shown(shop, "ShopifyPaymentsDispute", number, reads.DISPUTE)


def list_disputes(shop: Shop) -> list[JSON]:
    return every(shop, "ShopifyPaymentsDispute", reads.DISPUTE)


class Checkout(Friendly):
    """A cart with a name on it that nobody paid for."""

    customer: Id | None = None
    email: str | None = None
    items: list[Item] = Field(default_factory=list)
    total: Amount | None = None


class CheckoutPatch(Friendly):
    """`completed`: the buyer came back and ordered."""

    completed: bool


def create_checkout(shop: Shop, given: JSON) -> JSON:
    asked = checked(Checkout, given)
    customer = need(shop, "Customer", asked.customer, "customer") if asked.customer is not None else None
    order = placing_orders.Order(items=asked.items, total=asked.total)
    made = left_carts.leave(shop, customer, placing_orders.lines(shop, order), asked.email)
    return get_checkout(shop, made["id"])


def patch_checkout(shop: Shop, number: Any, given: JSON) -> JSON:
    found, asked = need(shop, "AbandonedCheckout", number, status=404), checked(CheckoutPatch, given)
    found["completedAt"] = shop.stamp() if asked.completed else None
    changed.tell(shop, found)
    return get_checkout(shop, found["id"])


def get_checkout(shop: Shop, number: Any) -> JSON:
    return shown(shop, "AbandonedCheckout", number, reads.CHECKOUT)


def list_checkouts(shop: Shop) -> list[JSON]:
    return every(shop, "AbandonedCheckout", reads.CHECKOUT)
