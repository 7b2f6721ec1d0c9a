"""Scenarios about orders."""

from decimal import Decimal
from typing import Any

from pydantic import Field, field_validator

from app.domain.commerce import REVIEWABLE, Money, Order, OrderStatus
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Preferences, Scenario, Subject
from app.domain.steps import (
    AwaitDecision,
    ClassifyRecord,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    LinkInStore,
    Outcome,
    SetOrderStatus,
    StartWorkflow,
    UpdateWorkspace,
)


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
    review_group: str = Field(
        default="Order Review", min_length=1, max_length=120, title="Group that reviews",
        description="The OpenText group whose members may approve or reject.",
    )  # fmt: skip
    requester_group: str = Field(
        default="Order Review", min_length=1, max_length=120, title="Group that answers questions",
        description="Who gets the task when a reviewer asks for information.",
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
                raise ValueError(f"{code!r} is not a three-letter currency code such as EUR")
            if not amount.is_finite() or amount < 0:
                raise ValueError(f"the total for {code} must be 0 or more")
        return value

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
    if preferences.check_manual:
        reasons.extend(subject.manual_check)
    return tuple(reasons)


def _countries_differ(order: Order) -> bool:
    billing, shipping = order.billing.country_code, order.shipping_country_codes
    return bool(billing and shipping) and billing not in shipping


_DECIDED = (
    UpdateWorkspace(business_object_type="ORDER"),
    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
)

ORDER_REVIEW = Scenario(
    slug="order-review",
    title="Hold risky orders for a review, release or decline them on the decision",
    catalogue=(2, 16),
    providers=frozenset({Provider.BIGCOMMERCE}),
    subject=ObjectType.ORDER,
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
                    *_DECIDED,
                )),
                Outcome("rejected", "Rejected", (
                    SetOrderStatus(OrderStatus.DECLINED, only_from=(OrderStatus.UNDER_REVIEW,),
                                   note="Rejected by {decided_by}.{comment}"),
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

SCENARIOS = (ORDER_REVIEW,)
