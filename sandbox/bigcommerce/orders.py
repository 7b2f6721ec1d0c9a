"""Orders V2: list, count, read, change, archive."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import order_making, order_parts, order_status
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.fields import check
from sandbox.bigcommerce.order_fields import CREATE, UPDATE
from sandbox.bigcommerce.scopes import ORDERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.undo import whole_or_nothing
from sandbox.bigcommerce.wire import comma, decimal, no_content, rfc2822, v2_page, when, whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

SORTS = ("id", "customer_id", "date_created", "date_modified", "status_id", "channel_id", "external_id")
INCLUDES = ("consignments", "consignments.line_items", "fees")
Test = Callable[[JSON, str], bool]


def _at_least(field: str) -> Test:
    return lambda order, text: bool(when(order[field]) >= when(text))


def _at_most(field: str) -> Test:
    return lambda order, text: bool(when(order[field]) <= when(text))


def _same(field: str) -> Test:
    return lambda order, text: str(order[field] or "") == text


FILTERS: dict[str, Test] = {
    "min_id": lambda order, text: order["id"] >= whole(text, "min_id", 400),
    "max_id": lambda order, text: order["id"] <= whole(text, "max_id", 400),
    "min_total": lambda order, text: decimal(order["total_inc_tax"]) >= decimal(text),
    "max_total": lambda order, text: decimal(order["total_inc_tax"]) <= decimal(text),
    "customer_id": lambda order, text: order["customer_id"] == whole(text, "customer_id", 400),
    "email": lambda order, text: order["billing_address"]["email"].lower() == text.lower(),
    "status_id": lambda order, text: order["status_id"] == whole(text, "status_id", 400),
    "cart_id": _same("cart_id"),
    "payment_method": _same("payment_method"),
    "min_date_created": _at_least("date_created"),
    "max_date_created": _at_most("date_created"),
    "min_date_modified": _at_least("date_modified"),
    "max_date_modified": _at_most("date_modified"),
    "channel_id": lambda order, text: order["channel_id"] == whole(text, "channel_id", 400),
    "external_order_id": _same("external_order_id"),
}


def routes(api: "BigCommerce") -> None:
    api.v2("GET", "/orders", ORDERS, list_orders)
    api.v2("POST", "/orders", ORDERS, create_order)
    api.v2("GET", "/orders/count", ORDERS, count_orders)
    api.v2("GET", "/orders/<int:order_id>", ORDERS, show_order)
    api.v2("PUT", "/orders/<int:order_id>", ORDERS, update_order)
    api.v2("DELETE", "/orders/<int:order_id>", ORDERS, archive_order)
    api.v2("GET", "/order_statuses", ORDERS, list_statuses)
    api.v2("GET", "/order_statuses/<int:status_id>", ORDERS, show_status)


def list_orders(shop: Shop, call: Call) -> Response:
    only(call, (*FILTERS, "sort", "page", "limit", "include", "consignment_structure"), 400)
    found = _sorted(_filtered(shop, call), call.args.get("sort", "id:asc"))
    return v2_page(call, [shown(shop, order, _includes(call)) for order in found])


def count_orders(shop: Shop, call: Call) -> Response:
    only(call, FILTERS, 400)
    found = _filtered(shop, call)
    statuses = []
    for status_id, (_, place, _text) in sorted(order_status.STATUSES.items(), key=lambda item: item[1][1]):
        count = sum(order["status_id"] == status_id for order in found)
        statuses.append(order_status.shown(shop.store, status_id) | {"count": count, "sort_order": place})
    return json_response({"statuses": statuses, "count": len(found)})


def show_order(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("include", "consignment_structure"), 400)
    return json_response(shown(shop, find(shop, order_id), _includes(call)))


def create_order(shop: Shop, call: Call) -> Response:
    only(call, ("include", "consignment_structure"), 400)
    order = order_making.create(shop, check(json_of(call), CREATE, "v2", creating=True))
    call.effect = f"order {order['id']} created with status {order['status_id']}"
    return json_response(shown(shop, order, _includes(call)))


def update_order(shop: Shop, call: Call, order_id: int) -> Response:
    only(call, ("include", "consignment_structure"), 400)
    order = find(shop, order_id)
    call.effect = change(shop, order, json_of(call))
    return json_response(shown(shop, order, _includes(call)))


def archive_order(shop: Shop, call: Call, order_id: int) -> Response:
    archive(shop, find(shop, order_id))
    call.effect = f"order {order_id} archived"
    return no_content()


def list_statuses(shop: Shop, call: Call) -> Response:
    only(call, (), 400)
    places = {status_id: place for status_id, (_, place, _text) in order_status.STATUSES.items()}
    return json_response([order_status.shown(shop.store, n) | {"order": places[n]} for n in sorted(places)])


def show_status(shop: Shop, call: Call, status_id: int) -> Response:
    only(call, (), 400)
    if status_id not in order_status.STATUSES:
        raise Refused(404)
    return json_response(order_status.shown(shop.store, status_id))


# What others use too


def find(shop: Shop, order_id: int) -> JSON:
    order = shop.store.orders.get(order_id)
    if order is None:
        raise Refused(404)
    return order


def change(shop: Shop, order: JSON, given: Any) -> str:
    """A partial update, announced; the effect for the ledger."""
    body = check(given, UPDATE, "v2", creating=False)
    before, said = order["status_id"], [f"order {order['id']}"]
    with whole_or_nothing(shop.store, "order_id", order["id"], "orders", *order_making.PARTS):
        _apply(shop, order, body)
    if "status_id" in body:
        order_status.move(shop, order, body["status_id"])
        said.append(f"status {before} -> {order['status_id']}")
    others = sorted(set(body) - {"status_id"})
    said += [f"changed {', '.join(others)}"] if others else []
    order_status.changed(shop, order, before)
    if body.get("is_deleted"):
        archive(shop, order)
    return " ".join(said)


def _apply(shop: Shop, order: JSON, body: JSON) -> None:
    if "products" in body:
        order_parts.change_lines(shop, order, body["products"])
    if "shipping_addresses" in body:
        order_parts.change_addresses(shop, order, body["shipping_addresses"])
    if "fees" in body:
        order_making.set_fees(shop, order, body["fees"])
    if {"products", "fees"} & set(body):
        order_making.add_up(shop.store, order)
    order_making.take_over(order, body)


def archive(shop: Shop, order: JSON) -> None:
    order["is_deleted"] = True
    order["date_modified"] = rfc2822(shop.now())
    order_status.tell(shop, order, "archived")


def shown(shop: Shop, order: JSON, includes: frozenset[str] = frozenset()) -> JSON:
    """The order as the API shows it; `refunded_amount` is always zero."""
    seen = dict(order) | {"custom_status": order_status.label(shop.store, order["status_id"])}
    if "fees" in includes:
        seen["fees"] = shop.store.order_fees.get(order["id"], [])
    if includes & {"consignments", "consignments.line_items"}:
        seen["consignments"] = order_parts.consignments(shop, order, lines="consignments.line_items" in includes)
    return seen


def _filtered(shop: Shop, call: Call) -> list[JSON]:
    tests = [(FILTERS[name], text) for name, text in call.args.items() if name in FILTERS]
    orders = [order for order in shop.store.orders.values() if not order["is_deleted"]]
    return [order for order in orders if all(test(order, text) for test, text in tests)]


def _sorted(orders: list[JSON], sort: str) -> list[JSON]:
    field, _, direction = sort.partition(":")
    if field not in SORTS or direction not in ("", "asc", "desc"):
        raise Refused(400, errors={"sort": "The field 'sort' is invalid."})

    def key(order: JSON) -> tuple[Any, int]:
        value = order[field]
        return (when(value) if field.startswith("date_") else value or 0, order["id"])

    return sorted(orders, key=key, reverse=direction == "desc")


def _includes(call: Call) -> frozenset[str]:
    names = frozenset(comma(call.args.get("include", "")))
    if names - set(INCLUDES) or call.args.get("consignment_structure", "object") != "object":
        raise Refused(400, errors={"include": "The field 'include' is invalid."})
    return names
