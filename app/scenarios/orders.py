"""Scenarios about orders."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import Field, field_validator

from app.domain.commerce import REVIEWABLE, Money, Order, OrderStatus
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Mode, Preferences, Scenario, Subject, Unfit
from app.domain.steps import (
    Announce,
    AwaitDecision,
    ClassifyRecord,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    LinkInStore,
    Outcome,
    Refund,
    SetOrderStatus,
    SettlePayment,
    StartWorkflow,
    UpdateWorkspace,
)

MANY_ADDRESSES = 3
POST_BOX = re.compile(
    r"\b(p\.?\s?o\.?\s?box|post\s?office\s?box|postfach|packstation|apartado|bo[iî]te postale)\b", re.IGNORECASE
)
UNPAID = frozenset({OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT, OrderStatus.DECLINED, OrderStatus.UNDER_REVIEW})
TO_SHIP = frozenset({OrderStatus.AWAITING_FULFILLMENT, OrderStatus.AWAITING_SHIPMENT, OrderStatus.AWAITING_PICKUP})
CANCELLABLE = UNPAID | TO_SHIP


class OrderReviewPreferences(Preferences):
    """When a paid order is held for a review, and who reviews it."""

    amount_from: Decimal | None = Field(
        default=Decimal("500"), ge=0, max_digits=12, decimal_places=2, title="Review orders from this total",
        description="In the order's own currency. Leave empty to switch this check off.",
    )  # fmt: skip
    amount_by_currency: dict[str, Decimal] = Field(
        default_factory=dict, title="Other totals by currency",
        description="For currencies that need another figure, for example JPY=80000, SEK=6000.",
    )  # fmt: skip
    check_countries: bool = Field(
        default=True, title="Billing and shipping country differ",
        description="Hold an order whose billing country is none of its shipping countries.",
    )  # fmt: skip
    check_manual: bool = Field(
        default=True, title="Flagged by the store or the payment provider",
        description="Hold an order that the store marks for manual verification or whose payment is held for review.",
    )  # fmt: skip
    usual_countries: str = Field(
        default="", max_length=400, title="Countries you usually ship to",
        description="Hold an order that goes elsewhere, for example DE, AT, CH. Leave empty to switch this check off.",
    )  # fmt: skip
    check_shipping: bool = Field(
        default=True, title="Unusual shipping",
        description="Hold an order that goes to three addresses or more, to a post box, or was placed from a country "
        "it is neither billed nor shipped to.",
    )  # fmt: skip
    capture_approved: bool = Field(
        default=True, title="Take an authorised payment on approval",
        description="Where the payment is only authorised. Off: you take it yourself, for example when you ship.",
    )  # fmt: skip
    refund_rejected: bool = Field(
        default=False, title="Pay back a rejected order",
        description="Where the payment was taken already. An authorised payment is let go in any case.",
    )  # fmt: skip
    review_group: str = Field(
        default="Order Review", min_length=1, max_length=120, title="Group that reviews",
        description="The OpenText group whose members may approve or reject.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    requester_group: str = Field(
        default="Order Review", min_length=1, max_length=120, title="Group that answers questions",
        description="Who gets the task when a reviewer asks for information.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip

    deadline_hours: int = Field(
        default=4, ge=1, le=720, title="Hours to decide",
        description="After this time without a decision the order stays held and a note asks somebody to look at it.",
    )  # fmt: skip

    @field_validator("amount_by_currency", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        """Accept "JPY=80000, SEK=6000" as people type it."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.replace(";", ",").split(",") if part.strip()]
        return {code.strip(): amount.strip() for code, _, amount in pairs}

    @field_validator("amount_by_currency")
    @classmethod
    def _currency_codes(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        for code, amount in value.items():
            if len(code) != 3 or not code.isalpha() or not code.isupper():
                raise Unfit(f"“{code}” is not a three-letter currency code such as EUR.")
            if not amount.is_finite() or amount < 0:
                raise Unfit(f"The total for {code} must be 0 or more.")
        return value

    @field_validator("usual_countries")
    @classmethod
    def _country_codes(cls, value: str) -> str:
        codes = [one.strip().upper() for one in value.replace(";", ",").split(",") if one.strip()]
        for code in codes:
            if len(code) != 2 or not code.isascii() or not code.isalpha():
                raise Unfit(f"“{code}” is not a two-letter country code such as DE.")
        return ", ".join(codes)

    def limit(self, currency: str) -> Decimal | None:
        return self.amount_by_currency.get(currency, self.amount_from)


def needs_review(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """The reasons a paid, unshipped order is held; a reason is a sentence a merchant reads."""
    if not isinstance(subject, Order) or not isinstance(preferences, OrderReviewPreferences):
        return ()
    is_flagged = bool(subject.manual_check)
    if subject.status not in REVIEWABLE or not (subject.is_paid or is_flagged):
        return ()
    reasons = []
    limit = preferences.limit(subject.total.currency)
    if limit is not None and subject.total.amount >= limit:
        bar = Money(limit, subject.total.currency)
        reasons.append(f"Total {subject.total} is at or above your limit of {bar}")
    if preferences.check_countries and _countries_differ(subject):
        shipped_to = ", ".join(subject.shipping_country_codes)
        reasons.append(f"Billing country {subject.billing.country_code} differs from shipping country {shipped_to}")
    reasons.extend(_unusual_shipping(subject, preferences))
    if preferences.check_manual:
        reasons.extend(subject.manual_check)
    return tuple(reasons)


def _countries_differ(order: Order) -> bool:
    billing, shipping = order.billing.country_code, order.shipping_country_codes
    return bool(billing and shipping) and billing not in shipping


def _unusual_shipping(order: Order, preferences: OrderReviewPreferences) -> Iterator[str]:
    usual = {code for code in preferences.usual_countries.split(", ") if code}
    shipped_to = order.shipping_country_codes
    if usual and not usual.issuperset(shipped_to):
        yield f"Ships to {', '.join(code for code in shipped_to if code not in usual)}, where you do not usually ship"
    if not preferences.check_shipping:
        return
    if len(order.shipping) >= MANY_ADDRESSES:
        yield f"Ships to {len(order.shipping)} different addresses"
    if any(POST_BOX.search(address.street) for address in order.shipping):
        yield "Ships to a post box"
    known = {order.billing.country_code, *shipped_to} - {""}
    if order.ip_country_code and known and order.ip_country_code not in known:
        yield f"Placed from {order.ip_country_code}, but billed and shipped elsewhere"


_DECIDED = (
    UpdateWorkspace(business_object_type="ORDER"),
    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
)

ORDER_REVIEW = Scenario(
    slug="order-review",
    title="Hold risky orders for a review, release or decline them on the decision",
    catalogue=(2, 16),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies=(
        "The order is paid and not shipped, and it reaches your total, goes to another country than it is billed "
        "to or to an unusual place, or the store or the payment provider asks for a check."
    ),
    triggers=frozenset({Topic.ORDER_CHANGED}),
    requests=frozenset({"review_order"}),
    when=needs_review,
    preferences=OrderReviewPreferences,
    steps=(
        SetOrderStatus(
            OrderStatus.UNDER_REVIEW, only_from=tuple(sorted(REVIEWABLE)), note="Held for review: {reasons}."
        ),
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        FilePaper("order_record", folder="01 Order record"),
        ClassifyRecord(document="order_record", classification="Orders"),
        LinkInStore(ObjectType.ORDER),
        StartWorkflow(process="sf_order_review"),
        AwaitDecision(
            process="sf_order_review",
            outcomes=(
                Outcome("approved", "Approved", (
                    SetOrderStatus(OrderStatus.AWAITING_FULFILLMENT, only_from=(OrderStatus.UNDER_REVIEW,),
                                   note="Approved by {decided_by}.{comment}"),
                    SettlePayment("capture", only_from=(OrderStatus.AWAITING_FULFILLMENT,),
                                  preference="capture_approved"),
                    Announce("review_released"),
                    *_DECIDED,
                )),
                Outcome("rejected", "Rejected", (
                    SetOrderStatus(OrderStatus.DECLINED, only_from=(OrderStatus.UNDER_REVIEW,),
                                   note="Rejected by {decided_by}.{comment}"),
                    SettlePayment("void", only_from=(OrderStatus.DECLINED,)),
                    Refund("order", reason="Order rejected in the review", preference="refund_rejected"),
                    *_DECIDED,
                )),
                Outcome("expired", "No decision in time", (
                    SetOrderStatus(OrderStatus.UNDER_REVIEW, only_from=(OrderStatus.UNDER_REVIEW,),
                                   note="The review deadline passed without a decision; please look at this order."),
                    *_DECIDED,
                )),
            ),
        ),
    ),
    outcome=(
        "The order panel shows the case, why it was opened, who must decide and until when; after the decision the "
        "order moves on and the approval record is filed."
    ),
)  # fmt: skip


class OrderWorkspacePreferences(Preferences):
    """Which orders are worth a workspace from the start. Off until somebody switches it on."""

    mode: Mode = Mode.OFF
    amount_from: Decimal | None = Field(
        default=Decimal("1000"), ge=0, max_digits=12, decimal_places=2, title="Orders from this total",
        description="In the order's own currency. Leave empty to switch this off.",
    )  # fmt: skip
    configured: bool = Field(
        default=True, title="Made to the buyer's wishes",
        description="Orders with a line the buyer configured (an engraving, a size of their own), or one that is no "
        "product of the catalogue.",
    )  # fmt: skip
    for_companies: bool = Field(
        default=True, title="Bought by companies",
        description="Orders placed for a company of the store, or billed to one.",
    )  # fmt: skip


def deserves_workspace(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Order) or not isinstance(preferences, OrderWorkspacePreferences):
        return ()
    if subject.status is OrderStatus.INCOMPLETE:
        return ()
    reasons, limit = [], preferences.amount_from
    if limit is not None and subject.total.amount >= limit:
        reasons.append(f"Total {subject.total} is at or above your limit of {Money(limit, subject.total.currency)}")
    if preferences.configured:
        made = [line.name for line in subject.lines if line.options or line.product_id is None]
        reasons.extend(f"{name} is made to the buyer's wishes" for name in dict.fromkeys(made))
    if preferences.for_companies and (subject.company_id or subject.billing.company):
        reasons.append(f"Bought by {subject.billing.company or 'a company'}")
    return tuple(reasons)


ORDER_WORKSPACE = Scenario(
    slug="order-workspace",
    title="Open a workspace for orders that matter: high value, made to measure, bought by companies",
    catalogue=(32,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order reaches your total, was configured by the buyer, or was bought by a company, as you chose.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=deserves_workspace,
    needs=frozenset({OrderPart.PAYMENTS}),
    preferences=OrderWorkspacePreferences,
    steps=(
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER, ObjectType.COMPANY)),
        FilePaper("order_record", folder="01 Order record", classification="Orders"),
        FilePaper("payments", folder="02 Payment", classification="Payments"),
        LinkInStore(ObjectType.ORDER),
    ),
    outcome="The order's workspace hangs below its customer's and company's and holds order and payments as records; "
    "the panel says why it was opened.",
    for_history=True,
)  # fmt: skip

SCENARIOS = (ORDER_REVIEW, ORDER_WORKSPACE)
