"""The shop's own returns. Ids are the numbers of their global ids.

Source: Shopify Admin GraphQL API 2026-10, Return (state machine), returnApproveRequest, returnDeclineRequest,
returnProcess. REQUESTED becomes OPEN or DECLINED; an OPEN one closes by itself once everything is processed.
"""

from pydantic import AliasPath, Field

from app.domain.aftersale import ReturnId, ReturnItem, ReturnState, StoreReturn
from app.domain.ids import OrderId
from app.errors import Conflict, NotFound
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.payloads import NamedLine, Node, Nodes, Payload, SuggestedPayment, Text, Time, parse

STATES = {
    "REQUESTED": ReturnState.REQUESTED, "OPEN": ReturnState.OPEN, "DECLINED": ReturnState.DECLINED,
    "CANCELED": ReturnState.CANCELLED, "CLOSED": ReturnState.CLOSED,
}  # fmt: skip
NOTE = 500  # characters of why it was declined
AGREED = frozenset({ReturnState.OPEN, ReturnState.CLOSED})


class LineNode(Payload):
    id: str
    quantity: int
    unprocessed_quantity: int
    reason: Text = Field(default="", validation_alias=AliasPath("returnReasonDefinition", "name"))
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
    items: Nodes[LineNode] = Field(default=Nodes(), alias="returnLineItems")


class ReturnReading:
    """The returns' part of StoreReader."""

    _client: ShopifyClient

    def returns_of(self, order_id: OrderId) -> list[StoreReturn]:
        """The first three of an order: more no order has in practice."""
        node = self._client.run("OrderReturns", id=gid("Order", order_id)).get("order")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this order.", service=SERVICE)
        return [_return(parse(one, ReturnNode)) for one in node["returns"]["nodes"]]

    def store_return(self, return_id: ReturnId) -> StoreReturn:
        return _return(self._return_node(return_id))

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

    def process_return(self, return_id: ReturnId, *, refund: bool) -> StoreReturn:
        node = self._return_node(return_id)
        lines = [
            {"id": one.id, "quantity": one.unprocessed_quantity} for one in node.items.nodes if one.unprocessed_quantity
        ]
        if node.status == "CLOSED" or (node.status == "OPEN" and not lines):
            return _return(node)
        if node.status != "OPEN":
            raise Conflict("Only a return that was agreed to can be processed.", service=SERVICE)
        wanted: Data = {"returnId": node.id, "returnLineItems": lines, "notifyCustomer": False}
        if refund and (parts := self._owed(node.id, lines)):
            wanted["financialTransfer"] = {"issueRefund": {"orderTransactions": parts}}
        self._client.change("ReturnProcess", "returnProcess", input=wanted)
        return self.store_return(return_id)

    def _owed(self, owner: str, lines: list[Data]) -> list[Data]:
        """What Shopify says is to go back, by payment."""
        found = self._client.run("ReturnOutcome", id=owner, items=lines)["return"]["suggestedFinancialOutcome"] or {}
        told = (found.get("financialTransfer") or {}).get("suggestedTransactions") or []
        parts = parse(told, list[SuggestedPayment])
        return [
            {"parentId": one.parent_id, "transactionAmount": {
                "amount": str(one.amount_set.presentment_money.amount),
                "currencyCode": one.amount_set.presentment_money.currency_code}}
            for one in parts
            if one.amount_set.presentment_money.amount > 0
        ]  # fmt: skip


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
    )


__all__ = ["ReturnReading", "ReturnWriting"]
