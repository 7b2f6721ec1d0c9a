"""The shop's own returns. Ids are the numbers of their global ids.

Source: Shopify Admin GraphQL API 2026-10, Return (state machine), returnApproveRequest, returnDeclineRequest,
returnProcess. REQUESTED becomes OPEN or DECLINED; an OPEN one closes by itself once everything is processed.
"""

from collections.abc import Sequence
from decimal import Decimal

from pydantic import AliasPath, Field

from app.domain.aftersale import ReturnAsked, ReturnId, ReturnItem, ReturnState, StoreReturn
from app.domain.commerce import Money
from app.domain.ids import OrderId
from app.errors import Conflict, NotFound, Permanent
from app.stores.shopify.client import Data, ScopeMissing, ShopifyClient
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.part_mapping import refundable
from app.stores.shopify.payloads import (
    NamedLine,
    Node,
    Nodes,
    OrderPayments,
    Payload,
    SuggestedPayment,
    Text,
    Time,
    parse,
)

STATES = {
    "REQUESTED": ReturnState.REQUESTED, "OPEN": ReturnState.OPEN, "DECLINED": ReturnState.DECLINED,
    "CANCELED": ReturnState.CANCELLED, "CLOSED": ReturnState.CLOSED,
}  # fmt: skip
# Handles of the standard reasons for returns -> our codes; a shop's own reasons are "other".
CODES = {
    "defective": "defective", "wrong-item": "wrong_item", "not-as-described": "not_as_described", "damaged": "damaged",
    "unwanted": "changed_mind", "size-too-small": "changed_mind", "size-too-large": "changed_mind",
    "style": "changed_mind", "color": "changed_mind",
}  # fmt: skip
HANDLES = {
    "damaged": "defective", "defective": "defective", "warranty": "defective", "wrong_item": "wrong-item",
    "not_as_described": "not-as-described", "changed_mind": "unwanted",
}  # fmt: skip
NOTE = 500  # characters of why it was declined
REASON_NOTE = 255
PROCESS_NOTE = 1000
AGREED = frozenset({ReturnState.OPEN, ReturnState.CLOSED})


class LineNode(Payload):
    id: str
    quantity: int
    unprocessed_quantity: int
    reason: Text = Field(default="", validation_alias=AliasPath("returnReasonDefinition", "name"))
    handle: Text = Field(default="", validation_alias=AliasPath("returnReasonDefinition", "handle"))
    return_reason_note: Text = ""
    customer_note: Text = ""
    line: NamedLine | None = Field(default=None, validation_alias=AliasPath("fulfillmentLineItem", "lineItem"))


class ReturnNode(Payload):
    id: str
    name: str
    status: str
    created_at: Time
    why: Text = Field(default="", validation_alias=AliasPath("decline", "note"))
    order: Node
    refunds: Nodes[Node] = Nodes()
    items: Nodes[LineNode] = Field(default=Nodes(), alias="returnLineItems")


class ReturnablePart(Payload):
    quantity: int
    id: Text = Field(default="", validation_alias=AliasPath("fulfillmentLineItem", "id"))
    line: NamedLine | None = Field(default=None, validation_alias=AliasPath("fulfillmentLineItem", "lineItem"))


class ReturnableNode(Payload):
    parts: Nodes[ReturnablePart] = Field(default=Nodes(), alias="returnableFulfillmentLineItems")


class Disposed(Payload):
    quantity: int
    type: str


class ReverseLine(Payload):
    total_quantity: int
    dispositions: tuple[Disposed, ...] = ()

    @property
    def is_back(self) -> bool:
        """Somebody looked at all of it; what is missing did not come back."""
        return sum(one.quantity for one in self.dispositions if one.type != "MISSING") >= self.total_quantity


class ReverseOrder(Payload):
    lines: Nodes[ReverseLine] = Field(default=Nodes(), alias="lineItems")


class ReturnReading:
    """The returns' part of StoreReader."""

    _client: ShopifyClient

    def returns_of(self, order_id: OrderId) -> list[StoreReturn]:
        """The first three of an order: more no order has in practice. None where the app may not see them."""
        try:
            return self._returns_of(order_id)
        except ScopeMissing:
            return []

    def _returns_of(self, order_id: OrderId) -> list[StoreReturn]:
        node = self._client.run("OrderReturns", id=gid("Order", order_id)).get("order")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this order.", service=SERVICE)
        return [_return(parse(one, ReturnNode)) for one in node["returns"]["nodes"]]

    def store_return(self, return_id: ReturnId) -> StoreReturn:
        return _return(self._return_node(return_id))

    def return_owed(self, return_id: ReturnId) -> Money:
        node = self._return_node(return_id)
        parts = self._suggested(node.id, _open_lines(node))
        currency = parts[0].amount_set.presentment_money.currency_code if parts else self._payments_of(node)[0]
        return Money(sum((one.amount_set.presentment_money.amount for one in parts), Decimal(0)), currency)

    def return_is_back(self, return_id: ReturnId) -> bool:
        found = self._client.run("ReturnGoods", id=gid("Return", return_id)).get("return") or {}
        orders = parse(found.get("reverseFulfillmentOrders") or {}, Nodes[ReverseOrder]).nodes
        lines = [line for order in orders for line in order.lines.nodes]
        return bool(lines) and all(line.is_back for line in lines)

    def _suggested(self, owner: str, lines: list[Data]) -> list[SuggestedPayment]:
        """What Shopify says is to go back for these lines, by payment."""
        if not lines:
            return []
        found = self._client.run("ReturnOutcome", id=owner, items=lines)["return"]["suggestedFinancialOutcome"] or {}
        told = (found.get("financialTransfer") or {}).get("suggestedTransactions") or []
        parts = parse(told, list[SuggestedPayment])
        return [one for one in parts if one.amount_set.presentment_money.amount > 0]

    def _payments_of(self, found: ReturnNode) -> tuple[str, list[tuple[str, Decimal]]]:
        """The order's currency; (payment, what of it was not given back yet)."""
        node = self._client.run("OrderTransactions", id=gid("Order", found.order.id)).get("order")
        paid = parse(node, OrderPayments)
        left = [(one.id, refundable(one, paid.transactions)) for one in paid.transactions]
        return paid.presentment_currency_code, [(owner, amount) for owner, amount in left if amount > 0]

    def _return_node(self, return_id: str) -> ReturnNode:
        node = self._client.run("ReturnRead", id=gid("Return", return_id)).get("return")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this return.", service=SERVICE)
        return parse(node, ReturnNode)


class ReturnWriting(ReturnReading):
    """The returns' part of StorePublisher."""

    def approve_return(self, return_id: ReturnId) -> StoreReturn:
        found = self.store_return(return_id)
        if found.state in AGREED:
            return found
        _refuse_decided(found)
        wanted = {"id": gid("Return", return_id), "notifyCustomer": True}
        self._client.change("ReturnApprove", "returnApproveRequest", input=wanted)
        return self.store_return(return_id)

    def decline_return(self, return_id: ReturnId, note: str) -> StoreReturn:
        found = self.store_return(return_id)
        if found.state is ReturnState.DECLINED:
            return found
        _refuse_decided(found)
        wanted = {
            "id": gid("Return", return_id), "declineReason": "OTHER", "declineNote": note[:NOTE],
            "notifyCustomer": True,
        }  # fmt: skip
        self._client.change("ReturnDecline", "returnDeclineRequest", input=wanted)
        return self.store_return(return_id)

    def create_return(self, order_id: OrderId, items: Sequence[ReturnAsked], note: str) -> StoreReturn:
        """Only what was shipped and is not coming back yet can be returned: Conflict where that is not all of it."""
        nodes = self._client.run("Returnable", id=gid("Order", order_id))["returnableFulfillments"]["nodes"]
        parts = [part for one in parse(nodes, list[ReturnableNode]) for part in one.parts.nodes]
        wanted: Data = {
            "orderId": gid("Order", order_id),
            "returnLineItems": [
                line | {"returnReasonNote": note[:REASON_NOTE]}
                for asked in items
                for line in _of_shipped(asked, parts, self._reason(asked.code))
            ],
        }
        made = self._client.change("ReturnCreate", "returnCreate", input=wanted)["return"]
        return self.store_return(ReturnId(number(str(made["id"]))))

    def _reason(self, code: str) -> Data:
        handles = [HANDLES.get(code, "other"), "other"]
        nodes = self._client.run("ReturnReasons", handles=handles)["returnReasonDefinitions"]["nodes"]
        by_handle = {one["handle"]: one["id"] for one in nodes}
        known = next((by_handle[one] for one in handles if one in by_handle), None)
        return {"returnReasonDefinitionId": known} if known else {}

    def process_return(
        self, return_id: ReturnId, *, refund: bool, amount: Money | None = None, note: str = ""
    ) -> StoreReturn:  # fmt: skip
        node = self._return_node(return_id)
        lines = _open_lines(node)
        if node.status == "CLOSED" or (node.status == "OPEN" and not lines):
            return _return(node)
        if node.status != "OPEN":
            raise Conflict("Only a return that was agreed to can be processed.", service=SERVICE)
        wanted: Data = {"returnId": node.id, "returnLineItems": lines, "notifyCustomer": False}
        if note:
            wanted["note"] = note[:PROCESS_NOTE]
        if refund and (parts := self._of_amount(node, amount) if amount else self._owed(node.id, lines)):
            wanted["financialTransfer"] = {"issueRefund": {"orderTransactions": parts}}
        self._client.change("ReturnProcess", "returnProcess", input=wanted)
        return self.store_return(return_id)

    def _owed(self, owner: str, lines: list[Data]) -> list[Data]:
        return [
            _transaction(one.parent_id, one.amount_set.presentment_money.amount,
                         one.amount_set.presentment_money.currency_code)
            for one in self._suggested(owner, lines)
        ]  # fmt: skip

    def _of_amount(self, node: ReturnNode, amount: Money) -> list[Data]:
        """The amount, spread over what was paid. Permanent when that is not enough."""
        currency, payments = self._payments_of(node)
        if currency != amount.currency:
            raise Permanent(f"This order was paid in {currency}, not in {amount.currency}.", code="wrong_currency",
                            service=SERVICE)  # fmt: skip
        left, parts = amount.amount, list[Data]()
        for parent, most in payments:
            share = min(left, most)
            if share > 0:
                parts.append(_transaction(parent, share, currency))
                left -= share
        if left:
            raise Permanent(
                f"{amount} would be more than the {Money(amount.amount - left, currency)} that can still be paid back.",
                code="refund_too_large", service=SERVICE,
                hint="Decide a smaller amount in the store, then leave this step out.",
            )  # fmt: skip
        return parts


def _open_lines(node: ReturnNode) -> list[Data]:
    return [
        {"id": one.id, "quantity": one.unprocessed_quantity} for one in node.items.nodes if one.unprocessed_quantity
    ]


def _transaction(parent: str, amount: Decimal, currency: str) -> Data:
    return {"parentId": parent, "transactionAmount": {"amount": str(amount), "currencyCode": currency}}


def _of_shipped(asked: ReturnAsked, parts: list[ReturnablePart], reason: Data) -> list[Data]:
    """The parts of shipments that make up what was asked for."""
    left, found = asked.quantity, list[Data]()
    for part in parts:
        share = min(left, part.quantity) if part.line is not None and part.line.id == asked.line_id else 0
        if share:
            found.append({"fulfillmentLineItemId": part.id, "quantity": share, **reason})
            left -= share
    if left:
        raise Conflict("Not all of it was shipped, or some of it is coming back already.", code="not_returnable",
                       service=SERVICE)  # fmt: skip
    return found


def _refuse_decided(found: StoreReturn) -> None:
    if found.state is not ReturnState.REQUESTED:
        raise Conflict(f"The return is {found.state.value} already; somebody decided it first.", service=SERVICE)


def _return(found: ReturnNode) -> StoreReturn:
    return StoreReturn(
        id=ReturnId(number(found.id)),
        name=found.name.removeprefix("#"),
        order_id=OrderId(found.order.id),
        state=STATES.get(found.status, ReturnState.OPEN),
        requested_at=found.created_at,
        items=tuple(_item(one) for one in found.items.nodes),
        version=fingerprint(found.model_dump(mode="json")),
        note=found.why,
        refunds=tuple(one.id for one in found.refunds.nodes),
    )


def _item(found: LineNode) -> ReturnItem:
    line = found.line
    return ReturnItem(
        id=number(found.id),
        line_id=line.id if line else "",
        sku=line.sku if line else "",
        name=line.name if line else "",
        quantity=found.quantity,
        open=found.unprocessed_quantity,
        reason=found.reason,
        note=found.customer_note or found.return_reason_note,
        code=CODES.get(found.handle, "other") if found.handle else "",
    )


__all__ = ["ReturnReading", "ReturnWriting"]
