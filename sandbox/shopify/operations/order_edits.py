"""Editing an order: a draft of it (CalculatedOrder) that changes nothing until it is committed.

Source: Admin GraphQL API reference, orderEditBegin to orderEditCommit.
"""

from decimal import Decimal

from sandbox.shopify import changed, fulfilling, placing
from sandbox.shopify import order_facts as facts
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import bag, decimal, text
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import field
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON


@mutation("orderEditBegin")
def begin(shop: Shop, args: JSON) -> JSON:
    order = shop.need("Order", args["id"], ["id"], None, "The order does not exist")
    if order["cancelledAt"]:
        raise UserError("The order cannot be edited: it was cancelled", ["id"])
    lines = [
        _calculated(
            shop, line["title"], facts.current_quantity(shop, line), line["variantId"], line["id"], line["price"]
        )
        for line in facts.lines(shop, order)
        if facts.current_quantity(shop, line) > 0
    ]
    made = shop.new("CalculatedOrder", orderId=order["id"], lines=lines, committed=False)
    return {"calculatedOrder": made}


@field("CalculatedOrder", "lineItems")
def lines_of(_shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [line for line in node["lines"] if line["quantity"] > 0]


@field("CalculatedLineItem", "variant")
def variant_of(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return shop.find("ProductVariant", node["variantId"])


@field("CalculatedLineItem", "originalUnitPriceSet")
def unit_price(shop: Shop, node: JSON, _args: JSON) -> JSON:
    return bag(decimal(node["price"]), shop.currency)


@field("CalculatedLineItem", "discountedUnitPriceSet")
def discounted_unit_price(shop: Shop, node: JSON, _args: JSON) -> JSON:
    return bag(decimal(node["price"]) - decimal(node["discount"]) / max(1, node["quantity"]), shop.currency)


@mutation("orderEditAddVariant")
def add_variant(shop: Shop, args: JSON) -> JSON:
    edit, variant = _edit(shop, args), shop.need("ProductVariant", args["variantId"], ["variantId"], None)
    _positive(args["quantity"])
    if not args.get("allowDuplicates") and any(x["variantId"] == variant["id"] for x in lines_of(shop, edit, {})):
        raise UserError("The variant is already on the order", ["variantId"])
    product = shop.find("Product", variant["productId"])
    assert product is not None  # noqa: S101  # variants go with their product
    line = _calculated(shop, product["title"], args["quantity"], variant["id"], None, variant["price"])
    edit["lines"].append(line)
    return {"calculatedLineItem": line}


@mutation("orderEditAddCustomItem")
def add_custom_item(shop: Shop, args: JSON) -> JSON:
    edit = _edit(shop, args)
    _positive(args["quantity"])
    if args["price"]["currencyCode"] != shop.currency:
        raise UserError("The price must be in the order's currency", ["price", "currencyCode"])
    line = _calculated(shop, args["title"], args["quantity"], None, None, args["price"]["amount"])
    line["requiresShipping"] = bool(args.get("requiresShipping"))
    edit["lines"].append(line)
    return {"calculatedLineItem": line}


@mutation("orderEditSetQuantity")
def set_quantity(shop: Shop, args: JSON) -> JSON:
    edit = _edit(shop, args)
    line = _line(edit, args["lineItemId"])
    if args["quantity"] < 0:
        raise UserError("Quantity cannot be negative", ["quantity"])
    known = shop.find("LineItem", line["lineItemId"])
    if known is not None and args["quantity"] < facts.fulfilled_quantity(shop, known):
        raise UserError("Quantity cannot be below what was fulfilled", ["quantity"])
    line |= {"quantity": args["quantity"], "restock": bool(args.get("restock"))}
    return {"calculatedOrder": edit}


@mutation("orderEditAddLineItemDiscount")
def add_discount(shop: Shop, args: JSON) -> JSON:
    edit = _edit(shop, args)
    line, given = _line(edit, args["lineItemId"]), args["discount"]
    whole = decimal(line["price"]) * line["quantity"]
    if given.get("percentValue") is not None:
        amount = whole * decimal(given["percentValue"]) / 100
    elif given.get("fixedValue"):
        amount = decimal(given["fixedValue"]["amount"]) * line["quantity"]
    else:
        raise UserError("A fixed value or a percentage must be given", ["discount"])
    if not Decimal(0) < amount <= whole:
        raise UserError("The discount must be more than nothing and at most the price", ["discount"])
    line["discount"] = text(amount)
    return {"calculatedOrder": edit}


@mutation("orderEditRemoveDiscount")
def remove_discount(shop: Shop, args: JSON) -> JSON:
    """The discount of the line whose calculated id has this number."""
    edit = _edit(shop, args)
    wanted = number_of(args["discountApplicationId"])
    line = next((x for x in edit["lines"] if number_of(x["id"]) == wanted and decimal(x["discount"])), None)
    if line is None:
        raise UserError("The discount does not exist", ["discountApplicationId"], "INVALID")
    line["discount"] = "0"
    session = {"__typename": "OrderEditSession", "id": gid("OrderEditSession", number_of(edit["id"]))}
    return {"calculatedOrder": edit, "orderEditSession": session}


@mutation("orderEditCommit")
def commit(shop: Shop, args: JSON) -> JSON:
    edit = _edit(shop, args)
    order = shop.find("Order", edit["orderId"])
    assert order is not None  # noqa: S101  # the edit was begun on it
    additions, removals = [], []
    for line in edit["lines"]:
        known = shop.find("LineItem", line["lineItemId"])
        delta = line["quantity"] - (facts.current_quantity(shop, known) if known else 0)
        if known is not None and decimal(line["discount"]):
            known["discount"] = line["discount"]
        if delta > 0:
            made = _add(shop, order, line, known, delta)
            additions.append({"id": number_of(made["id"]), "delta": delta})
        elif delta < 0 and known is not None:
            _remove(shop, order, known, -delta, restock=bool(line.get("restock")))
            removals.append({"id": number_of(known["id"]), "delta": -delta})
    edit["committed"] = True
    order["edited"] = True
    placing.agree(shop, order, "OrderEditAgreement", "ORDER_EDIT")
    placing.note(shop, order, "edited", f"The order was edited. {args.get('staffNote') or ''}".strip())
    changed.tell(shop, order)
    shop.emit("orders/edited", _body(shop, edit, order, args, additions, removals))
    return {"order": order, "successMessages": ["Order updated"]}


def _body(shop: Shop, edit: JSON, order: JSON, args: JSON, additions: list[JSON], removals: list[JSON]) -> JSON:
    app = shop.app
    empty: JSON = {"line_item": {"additions": [], "removals": []}, "fulfillment": {"additions": [], "removals": []}}
    return {
        "order_edit": {
            "id": number_of(edit["id"]), "app_id": app.number if app else None, "created_at": shop.stamp(),
            "notify_customer": bool(args.get("notifyCustomer")), "order_id": number_of(order["id"]),
            "staff_note": args.get("staffNote") or "", "user_id": shop.user_id or None,
            "line_items": {"additions": additions, "removals": removals}, "discounts": empty,
            "shipping_lines": {"additions": [], "removals": []}, "committed_at": shop.stamp(),
        }
    }  # fmt: skip


def _add(shop: Shop, order: JSON, line: JSON, known: JSON | None, quantity: int) -> JSON:
    """More goods: a line of their own, sent with what is still open or by themselves."""
    variant = shop.find("ProductVariant", line["variantId"])
    fields = (
        placing.line_of(shop, variant, quantity)
        if variant is not None
        else {"title": line["title"], "quantity": quantity, "requiresShipping": line.get("requiresShipping", False)}
    )
    fields |= {"price": line["price"], "discount": "0" if known else line["discount"], "edited": True}
    made = placing.add_line(shop, order, fields)
    if made["requiresShipping"]:
        placing.fulfillment_order(shop, order, placing.main_location(shop), [(made, quantity)])
    return made


def _remove(shop: Shop, order: JSON, line: JSON, quantity: int, *, restock: bool) -> None:
    line["removed"] += quantity
    if restock:
        placing.give_back_stock(shop, line, quantity)
    left = quantity
    for found in facts.fulfillment_orders(shop, order):
        for part in fulfilling.lines(shop, found):
            if part["lineItemId"] == line["id"] and left:
                taken = min(left, part["remainingQuantity"])
                part["remainingQuantity"] -= taken
                part["totalQuantity"] -= taken
                left -= taken
        fulfilling.settle(shop, found)


def _calculated(shop: Shop, title: str, quantity: int, variant: str | None, line: str | None, price: str) -> JSON:
    return {
        "id": gid("CalculatedLineItem", shop.next("CalculatedLineItem")), "title": title, "quantity": quantity,
        "variantId": variant, "lineItemId": line, "price": text(price), "discount": "0",
    }  # fmt: skip


def _edit(shop: Shop, args: JSON) -> JSON:
    found = shop.find("CalculatedOrder", args["id"])
    if found is None or found["committed"]:
        raise UserError("The calculated order does not exist.", ["id"], "INVALID")
    return found


def _line(edit: JSON, text_id: str) -> JSON:
    wanted = number_of(text_id)
    lines: list[JSON] = edit["lines"]
    for line in lines:
        if text_id in (line["id"], line["lineItemId"]) or (
            line["lineItemId"] and number_of(line["lineItemId"]) == wanted
        ):
            return line
    raise UserError("The line item does not exist", ["lineItemId"])


def _positive(quantity: int) -> None:
    if quantity < 1:
        raise UserError("Quantity must be greater than 0", ["quantity"])
