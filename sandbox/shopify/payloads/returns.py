"""Bodies of returns (GraphQL-like)."""

from typing import TYPE_CHECKING

from sandbox.shopify.gids import number_of
from sandbox.shopify.money import decimal
from sandbox.shopify.payloads.common import identity, number, sums
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def whole(shop: "Shop", record: JSON) -> JSON:
    """`returns/request`, `returns/approve`."""
    lines = shop.where("ReturnLineItem", returnId=record["id"])
    fees, exchanged = record["shippingFees"], shop.where("ExchangeLineItem", returnId=record["id"])
    return identity(record) | {
        "status": record["status"].lower(), "order": _order(record),
        "total_return_line_items": sum(line["quantity"] for line in lines), "name": record["name"],
        "return_line_items": [_line(shop, line) for line in lines],
        "return_shipping_fees": [
            {"id": number(fee["id"]), "admin_graphql_api_id": fee["id"], "price": sums(shop, decimal(fee["amount"]))}
            for fee in fees
        ],
        "exchange_line_items": [identity(one) | {"line_item": None} for one in exchanged],
        "total_exchange_line_items": sum(one["quantity"] for one in exchanged),
    }  # fmt: skip


def _line(shop: "Shop", line: JSON) -> JSON:
    reason = shop.find("ReturnReasonDefinition", line["reasonId"])
    part = shop.find("FulfillmentLineItem", line["fulfillmentLineItemId"])
    return identity(line) | {
        "fulfillment_line_item": {
            "id": number_of(line["fulfillmentLineItemId"]), "admin_graphql_api_id": line["fulfillmentLineItemId"],
            "line_item": {"id": number_of(part["lineItemId"]), "admin_graphql_api_id": part["lineItemId"]},
        } if part else None,
        "quantity": line["quantity"], "return_reason": reason["handle"] if reason else "unknown",
        "return_reason_note": line["returnReasonNote"], "customer_note": line["customerNote"],
    }  # fmt: skip


def declined(shop: "Shop", record: JSON) -> JSON:
    """`returns/decline`."""
    del shop
    told = identity(record) | {"status": record["status"].lower(), "order": _order(record)}
    decline = record["decline"]
    return told | {"decline": {"reason": decline["reason"].lower(), "note": decline["note"]}}


def state(shop: "Shop", record: JSON) -> JSON:
    """`returns/cancel`, `returns/close`, `returns/reopen`."""
    del shop
    return identity(record) | {"order_id": number(record["orderId"]), "status": record["status"].lower()}


def updated(record: JSON, removals: list[tuple[JSON, int]]) -> JSON:
    """`returns/update`: only what changed."""
    return {
        "admin_graphql_api_id": record["id"],
        "return_line_items": {
            "removals": [{"admin_graphql_api_id": line["id"], "delta": count} for line, count in removals]
        },
        "restocking_fees": {"updates": [], "removals": []},
        "return_shipping_fees": {"updates": [], "removals": []},
    }


def _order(record: JSON) -> JSON:
    return {"id": number(record["orderId"]), "admin_graphql_api_id": record["orderId"]}
