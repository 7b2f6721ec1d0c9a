"""The fixed order statuses and what moves with them."""

from typing import TYPE_CHECKING

from sandbox.bigcommerce.wire import rfc2822

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.state import JSON, Store

# id: (label, place in the list, description)
STATUSES: dict[int, tuple[str, int, str]] = {
    0: ("Incomplete", 0, "A shopper reached the payment page and did not finish."),
    1: ("Pending", 1, "The checkout was started and not completed."),
    2: ("Shipped", 8, "Everything was shipped, receipt is not confirmed."),
    3: ("Partially Shipped", 6, "Some items were shipped."),
    4: ("Refunded", 11, "The seller refunded the order."),
    5: ("Cancelled", 9, "The seller cancelled the order."),
    6: ("Declined", 10, "The seller declined the order."),
    7: ("Awaiting Payment", 2, "The checkout is complete, payment is not confirmed."),
    8: ("Awaiting Pickup", 5, "The order was packed and awaits the customer."),
    9: ("Awaiting Shipment", 4, "The order was packed and awaits the carrier."),
    10: ("Completed", 7, "The order was shipped or picked up, or its files can be downloaded."),
    11: ("Awaiting Fulfillment", 3, "The checkout is complete and the payment confirmed."),
    12: ("Manual Verification Required", 13, "The order is on hold until something is verified by hand."),
    13: ("Disputed", 12, "The customer opened a dispute at the payment provider."),
    14: ("Partially Refunded", 14, "The seller refunded part of the order."),
}
INCOMPLETE, SHIPPED, PARTIALLY_SHIPPED, REFUNDED, AWAITING_FULFILLMENT, PARTIALLY_REFUNDED = (
    0,
    2,
    3,
    4,
    11,
    14,
)


def label(store: "Store", status_id: int) -> str:
    return store.status_labels.get(status_id, STATUSES[status_id][0])


def shown(store: "Store", status_id: int) -> "JSON":
    name, _, description = STATUSES[status_id]
    return {
        "id": status_id,
        "name": name,
        "system_label": name,
        "custom_label": label(store, status_id),
        "system_description": description,
    }


def move(shop: "Shop", order: "JSON", status_id: int) -> None:
    """Give the order a status. No event: the caller reports the whole change with `changed`."""
    order["status_id"] = status_id
    order["status"] = STATUSES[status_id][0]
    order["custom_status"] = label(shop.store, status_id)
    if status_id == SHIPPED and not order["date_shipped"]:
        order["date_shipped"] = rfc2822(shop.now())


def changed(shop: "Shop", order: "JSON", before: int) -> None:
    """Stamp the order and send what a change sends: statusUpdated when the status moved, updated always."""
    order["date_modified"] = rfc2822(shop.now())
    if order["status_id"] != before:
        status = {"previous_status_id": before, "new_status_id": order["status_id"]}
        tell(shop, order, "statusUpdated", {"status": status})
    tell(shop, order, "updated")


def tell(shop: "Shop", order: "JSON", event: str, more: "JSON | None" = None) -> None:
    """An order event for the whole store, and its twin for the order's channel (whose data has another key)."""
    shop.emit(f"store/order/{event}", {"type": "order", "id": order["id"]} | (more or {}))
    shop.emit(f"store/channel/{order['channel_id']}/order/{event}", {"order_id": order["id"]})
