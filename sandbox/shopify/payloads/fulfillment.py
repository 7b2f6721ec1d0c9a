"""Bodies of fulfillment orders, holds and shipment events (GraphQL-like: global ids, lower-case words)."""

from typing import TYPE_CHECKING

from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.payloads.common import identity, number
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def brief(record: JSON) -> JSON:
    return {"id": record["id"], "status": record["status"].lower()}


def hold(shop: "Shop", record: JSON) -> JSON:
    app = shop.api.state.apps.get(record["clientId"]) if record["clientId"] else None
    return {
        "id": record["id"], "reason": record["reason"].lower(), "reason_notes": record["reasonNotes"],
        "held_by_requesting_app": bool(record["clientId"]) and record["clientId"] == shop.client_id,
        "handle": record["handle"], "held_by_app": {"id": gid("App", app.number)} if app else None,
    }  # fmt: skip


def placed_on_hold(
    shop: "Shop", record: JSON, made: JSON, held: list[tuple[JSON, int]], remaining: JSON | None
) -> JSON:
    """`fulfillment_orders/placed_on_hold`."""
    holds = shop.where("FulfillmentHold", fulfillmentOrderId=record["id"])
    return {
        "fulfillment_order": brief(record) | {"fulfillment_holds": [hold(shop, one) for one in holds]},
        "remaining_fulfillment_order": brief(remaining) if remaining else None,
        "held_fulfillment_order_line_items": [{"id": part["id"], "quantity": count} for part, count in held],
        "created_fulfillment_hold": hold(shop, made),
    }


def hold_changed(shop: "Shop", record: JSON, one: JSON) -> JSON:
    """`fulfillment_holds/added`, `fulfillment_holds/released`."""
    return {"fulfillment_order": {"id": record["id"]}, "fulfillment_hold": hold(shop, one)}


def state(record: JSON) -> JSON:
    """`fulfillment_orders/hold_released`, `order_routing_complete`."""
    return {"fulfillment_order": brief(record)}


def rescheduled(record: JSON) -> JSON:
    return {"fulfillment_order": brief(record) | {"fulfill_at": record["fulfillAt"]}}


def cancelled(record: JSON, replacement: JSON | None = None) -> JSON:
    told = {"fulfillment_order": brief(record)}
    return told | {"replacement_fulfillment_order": brief(replacement) if replacement else None}


def moved(original: JSON, made: JSON, source: str, requested: list[tuple[JSON, int]]) -> JSON:
    return {
        "original_fulfillment_order": brief(original) | {"assigned_location_id": original["locationId"]},
        "moved_fulfillment_order": brief(made) | {"assigned_location_id": made["locationId"]},
        "destination_location_id": made["locationId"],
        "fulfillment_order_line_items_requested": [{"id": p["id"], "quantity": count} for p, count in requested],
        "source_location": {"id": source},
    }


def event(shop: "Shop", record: JSON) -> JSON:
    """`fulfillment_events/create` (REST-like)."""
    return {
        "id": number(record["id"]), "fulfillment_id": number(record["fulfillmentId"]),
        "status": record["status"].lower(), "message": record["message"], "happened_at": record["happenedAt"],
        **{name: record.get(name) for name in ("city", "province", "country", "zip", "address1")},
        "latitude": None, "longitude": None, "shop_id": number_of(shop.store.profile["id"]),
        "created_at": record["createdAt"], "updated_at": record["createdAt"],
        "estimated_delivery_at": record.get("estimatedDeliveryAt"), "order_id": number(record["orderId"]),
        "admin_graphql_api_id": record["id"],
    }  # fmt: skip


def dispose(shop: "Shop", record: JSON, made: list[JSON]) -> JSON:
    """`reverse_fulfillment_orders/dispose`."""
    del shop
    return identity(record) | {
        "dispositions": [
            {
                "reverse_fulfillment_order_line_item": _pair(one["lineId"]),
                "reverse_delivery_line_item": None,
                "type": one["type"].lower(),
                "location": _pair(one["locationId"]) if one["locationId"] else None,
                "quantity": one["quantity"],
            }
            for one in made
        ],
        "total_dispositions": len(made),
    }


def attached(shop: "Shop", record: JSON) -> JSON:
    """`reverse_deliveries/attach_deliverable`."""
    del shop
    tracking, label = record["tracking"] or {}, record["labelUrl"]
    return identity(record) | {
        "return": _pair(record["returnId"]),
        "shipping_deliverable": {
            "tracking": {
                "carrier_name": tracking.get("carrierName"), "tracking_number": tracking.get("number"),
                "tracking_url": tracking.get("url"),
            },
            "label": {"public_file_url": label, "created_at": record["createdAt"] if label else None},
        },
    }  # fmt: skip


def _pair(text: str) -> JSON:
    return {"id": number_of(text), "admin_graphql_api_id": text}
