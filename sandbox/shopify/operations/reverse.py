"""The way back: reverse fulfillment orders, parcels with a label, what becomes of the goods.

Source: Admin GraphQL API reference, reverseDeliveryCreateWithShipping, reverseFulfillmentOrderDispose.
"""

from sandbox.shopify import placing, returning, stock
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import returns
from sandbox.shopify.payloads import fulfillment as payloads
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON


@query("reverseFulfillmentOrder")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("ReverseFulfillmentOrder", args["id"])


@query("reverseDelivery")
def delivery(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("ReverseDelivery", args["id"])


FACTS: dict[str, Resolver] = {
    "order": lambda s, r, _: s.find("Order", r["orderId"]),
    "lineItems": lambda s, r, _: returning.expected_lines(s, r),
    "reverseDeliveries": lambda s, r, _: s.where("ReverseDelivery", reverseId=r["id"]),
}
for _name, _resolver in FACTS.items():
    field("ReverseFulfillmentOrder", _name)(_resolver)

field("ReverseFulfillmentOrderLineItem", "fulfillmentLineItem")(
    lambda s, x, _: s.find("FulfillmentLineItem", x["fulfillmentLineItemId"])
)
field("ReverseFulfillmentOrderDisposition", "location")(lambda s, d, _: s.find("Location", d["locationId"]))
field("ReverseDelivery", "reverseFulfillmentOrder")(lambda s, d, _: s.find("ReverseFulfillmentOrder", d["reverseId"]))
field("ReverseDeliveryLineItem", "reverseFulfillmentOrderLineItem")(
    lambda s, x, _: s.find("ReverseFulfillmentOrderLineItem", x["lineId"])
)


@field("ReverseDeliveryLineItem", "dispositions")
def dispositions(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    line = shop.find("ReverseFulfillmentOrderLineItem", node["lineId"])
    return list(line["dispositions"]) if line else []


@field("ReverseDelivery", "deliverable")
def deliverable(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    if not node["tracking"] and not node["labelUrl"]:
        return None
    label = {"publicFileUrl": node["labelUrl"]} if node["labelUrl"] else None
    return {"__typename": "ReverseDeliveryShippingDeliverable", "label": label, "tracking": node["tracking"]}


@field("ReverseDelivery", "reverseDeliveryLineItems")
def delivery_lines(_shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return list(node["lines"])


@mutation("reverseDeliveryCreateWithShipping")
def create(shop: Shop, args: JSON) -> JSON:
    expected = shop.need("ReverseFulfillmentOrder", args["reverseFulfillmentOrderId"], ["reverseFulfillmentOrderId"])
    if expected["status"] != "OPEN":
        raise UserError("The reverse fulfillment order is not open.", ["reverseFulfillmentOrderId"], "INVALID_STATE")
    own = {line["id"]: line for line in returning.expected_lines(shop, expected)}
    given = args["reverseDeliveryLineItems"] or [
        {"reverseFulfillmentOrderLineItemId": line["id"], "quantity": line["totalQuantity"]} for line in own.values()
    ]
    lines = []
    for place, asked in enumerate(given):
        line = own.get(asked["reverseFulfillmentOrderLineItemId"])
        if line is None or not 0 < asked["quantity"] <= line["totalQuantity"]:
            raise UserError("Quantity is invalid.", ["reverseDeliveryLineItems", str(place), "quantity"], "INVALID")
        number = gid("ReverseDeliveryLineItem", shop.next("ReverseDeliveryLineItem"))
        lines.append({"__typename": "ReverseDeliveryLineItem", "id": number, "lineId": line["id"],
                      "quantity": asked["quantity"]})  # fmt: skip
    label = args.get("labelInput") or {}
    url = label.get("fileUrl")
    if url and not url.startswith(shop.api.base_url) and shop.api.fetch(url) is None:
        raise UserError("The label could not be fetched.", ["labelInput", "fileUrl"], "INVALID")
    tracking = args.get("trackingInput")
    made = shop.new(
        "ReverseDelivery", reverseId=expected["id"], returnId=expected["returnId"], lines=lines, labelUrl=url,
        tracking={"number": tracking.get("number"), "url": tracking.get("url"), "carrierName": None}
        if tracking else None, createdAt=shop.stamp(),
    )  # fmt: skip
    if tracking or url:
        shop.emit("reverse_deliveries/attach_deliverable", payloads.attached(shop, made))
    return {"reverseDelivery": made}


@mutation("reverseFulfillmentOrderDispose")
def dispose(shop: Shop, args: JSON) -> JSON:
    given = args["dispositionInputs"]
    lines = [returns.check_disposition(shop, one, ["dispositionInputs", str(n)]) for n, one in enumerate(given)]
    made = [returning.dispose(shop, line, one) for line, one in zip(lines, given, strict=True)]
    for line, one_disposition in zip(lines, made, strict=True):
        if one_disposition["type"] == "RESTOCKED":
            _restock(shop, line, one_disposition)
    expected = shop.find("ReverseFulfillmentOrder", lines[0]["reverseId"]) if lines else None
    if expected is not None:
        shop.emit("reverse_fulfillment_orders/dispose", payloads.dispose(shop, expected, made))
    return {"reverseFulfillmentOrderLineItems": list({line["id"]: line for line in lines}.values())}


def _restock(shop: Shop, line: JSON, made: JSON) -> None:
    part = shop.find("FulfillmentLineItem", line["fulfillmentLineItemId"])
    sold = shop.find("LineItem", part["lineItemId"]) if part else None
    variant = shop.find("ProductVariant", sold["variantId"]) if sold else None
    if variant is not None and stock.item_of(shop, variant)["tracked"]:
        location = shop.find("Location", made["locationId"]) or placing.main_location(shop)
        level = stock.level_at(shop, stock.item_of(shop, variant), location)
        stock.put(shop, level, "available", int(level["quantities"]["available"]) + made["quantity"])
