"""Scenarios about stock that does not cover a paid order."""

import json

from pydantic import Field

from app.domain.commerce import Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject
from app.domain.steps import (
    AddNote,
    AmendOrder,
    Announce,
    AwaitDecision,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    LinkInStore,
    Outcome,
    Refund,
    SetOrderStatus,
    SettlePayment,
    StartWorkflow,
    Step,
    UpdateWorkspace,
)

OPEN = (
    OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT, OrderStatus.AWAITING_FULFILLMENT, OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.AWAITING_PICKUP, OrderStatus.UNDER_REVIEW,
)  # fmt: skip


class StockPreferences(Preferences):
    """Who decides when stock does not cover an order."""

    mode: Mode = Mode.OFF
    ops_group: str = Field(
        default="Operations", min_length=1, max_length=120, title="Group that decides",
        description="The OpenText group that chooses: wait, substitute, split or cancel.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    support_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that asks the buyer",
        description="Who gets the task when the buyer has to be asked first.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    deadline_hours: int = Field(
        default=24, ge=1, le=720, title="Hours to decide",
        description="After this time without a decision a note on the order asks somebody to look at it.",
    )  # fmt: skip
    answer_hours: int = Field(
        default=72, ge=1, le=720, title="Hours the buyer has to answer",
        description="After this time the task goes back without an answer.",
    )  # fmt: skip


def is_short(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Order) or not subject.is_paid:
        return ()
    return tuple(f"{one.available} of {one.wanted} {one.name} ({one.sku}) can be shipped" for one in subject.shortfalls)


def each_shortage(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run for the same lines being short."""
    if not isinstance(subject, Order) or not subject.shortfalls:
        return ()
    short = subject.shortfalls
    owed = {line.line_id for line in subject.lines if line.is_physical and line.quantity > line.shipped + line.refunded}
    is_all = owed <= {one.line_id for one in short} and not any(one.available for one in short)
    items = [
        {"sku": one.sku, "name": one.name, "wanted": str(one.wanted), "available": str(one.available)} for one in short
    ]
    facts = {
        "items_json": json.dumps(items, ensure_ascii=False)[:3900],
        "all_short": "yes" if is_all and not subject.shipments else "no",
        "stage": "backorder",
        "short_json": json.dumps(_lines(subject)),
        "order_json": json.dumps(subject.pieces),
        "missing": ", ".join(f"{one.wanted - one.available} x {one.name} ({one.sku})" for one in short),
    }
    return (Occasion("short:" + ",".join(sorted(one.line_id for one in short)), facts),)


def _lines(order: Order) -> list[dict[str, str | int]]:
    """What is missing of which line, and what the order holds of it now."""
    lines = {line.line_id: line for line in order.lines}
    return [
        {"line_id": one.line_id, "variant_id": lines[one.line_id].variant_id, "sku": one.sku,
         "open": lines[one.line_id].kept, "missing": one.wanted - one.available}
        for one in order.shortfalls if one.line_id in lines
    ]  # fmt: skip


def _resolved(*steps: Step) -> tuple[Step, ...]:
    return (
        *steps,
        UpdateWorkspace(business_object_type="ORDER"),
        FileApprovalRecord(folder="05 Fulfilment", classification="Approvals"),
    )


STOCK_EXCEPTION = Scenario(
    slug="stock-exception",
    title="Ask what happens to a paid order that stock does not cover, and carry it out",
    catalogue=(19, 35),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is paid and stock does not cover it; once for the same lines.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_short,
    each=each_shortage,
    needs=frozenset({OrderPart.SHORTFALLS}),
    preferences=StockPreferences,
    steps=(
        EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,)),
        FilePaper("order_record", folder="05 Fulfilment", document="short_order", classification="Orders"),
        LinkInStore(ObjectType.ORDER),
        StartWorkflow(process="sf_backorder"),
        AwaitDecision(
            process="sf_backorder",
            outcomes=(
                Outcome("wait", "Wait for the goods", _resolved(
                    AddNote("order", "Backorder of {missing}: the buyer waits. {expected}{comment} "
                                     "Decided by {decided_by}."),
                    AddNote("customer", "Order {order_number}: waits for {missing}."),
                    Announce("delayed"),
                )),
                Outcome("substitute", "Send something else", _resolved(
                    AddNote("order", "Backorder of {missing}: send {substitute} instead.{comment} "
                                     "Decided by {decided_by}."),
                    AmendOrder("substitute"),
                    AddNote("customer", "Order {order_number}: something else is sent for {missing}."),
                )),
                Outcome("split_ship", "Ship in parts", _resolved(
                    SetOrderStatus(OrderStatus.AWAITING_SHIPMENT, only_from=(OrderStatus.AWAITING_FULFILLMENT,),
                                   note="Backorder of {missing}: ship what there is now, the rest later.{comment} "
                                        "Decided by {decided_by}.", is_wish=True),
                    AmendOrder("split"),
                    AddNote("customer", "Order {order_number}: sent in parts; {missing} follows."),
                )),
                Outcome("cancel", "Cancel what is missing", _resolved(
                    Refund("shortfall", reason="Not in stock: {missing}"),
                    SetOrderStatus(OrderStatus.CANCELLED, only_from=OPEN, only_if="all_short"),
                    SettlePayment("void", only_from=(OrderStatus.CANCELLED,)),
                    AddNote("order", "Backorder of {missing}: cancelled by {decided_by}. {refund}{comment}"),
                    AddNote("customer", "Order {order_number}: {missing} cancelled."),
                )),
                Outcome("expired", "No decision in time", _resolved(
                    AddNote("order", "Backorder of {missing}: nobody decided in time; please look at this order."),
                )),
            ),
        ),
    ),
    outcome="The order panel shows what is missing, who decides and what was decided; the store has notes and refund.",
    works_by="The store does not tell which orders a stock change touches: it is looked at when an order changes. At "
    "Shopify goods are exchanged in the order and what is missing is held back; at BigCommerce staff do it by hand.",
)  # fmt: skip

SCENARIOS = (STOCK_EXCEPTION,)
