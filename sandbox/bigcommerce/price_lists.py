"""Price lists and their assignments (V3)."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import cursors, filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing, v3_body
from sandbox.bigcommerce.fields import Field, Fields, check, check_list
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import no_content, v3, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

FIELDS: Fields = {"name": Field("string", required=True, least=1), "active": Field("boolean")}
ASSIGNMENT: Fields = {
    "price_list_id": Field("integer", always=True),
    "customer_group_id": Field("integer"),
    "channel_id": Field("integer"),
}
UPSERT: Fields = {"customer_group_id": Field("integer", always=True), "channel_id": Field("integer", always=True)}
ASSIGNMENTS_MOST = 25
FILTERS: filters.Declared = {
    "id": ("integer", ("in",)),
    "name": ("string", ("", "like")),
    "date_created": ("date", ("", "min", "max")),
    "date_modified": ("date", ("", "min", "max")),
}
ASSIGNMENT_FILTERS: filters.Declared = dict.fromkeys(
    ("id", "price_list_id", "customer_group_id", "channel_id"), ("integer", ("", "in"))
)


def routes(api: "BigCommerce") -> None:
    one = "/pricelists/<int:price_list_id>"
    api.v3("GET", "/pricelists", PRODUCTS, list_lists)
    api.v3("POST", "/pricelists", PRODUCTS, create_list)
    api.v3("DELETE", "/pricelists", PRODUCTS, delete_lists)
    api.v3("GET", one, PRODUCTS, show_list)
    api.v3("PUT", one, PRODUCTS, update_list)
    api.v3("DELETE", one, PRODUCTS, delete_list)
    api.v3("GET", "/pricelists/assignments", PRODUCTS, list_assignments)
    api.v3("POST", "/pricelists/assignments", PRODUCTS, create_assignments)
    api.v3("DELETE", "/pricelists/assignments", PRODUCTS, delete_assignments)
    api.v3("PUT", f"{one}/assignments", PRODUCTS, put_assignment)


def list_lists(shop: Shop, call: Call) -> Response:
    return cursors.listed(call, filters.apply(call, shop.store.price_lists.values(), FILTERS, cursors.NAMES))


def show_list(shop: Shop, call: Call, price_list_id: int) -> Response:
    only(call, (), 422)
    return v3(find(shop, price_list_id))


def create_list(shop: Shop, call: Call) -> Response:
    made = create(shop, check(json_of(call), FIELDS, "v3", creating=True))
    call.effect = f"price list {made['id']} created"
    return v3(made)


def update_list(shop: Shop, call: Call, price_list_id: int) -> Response:
    price_list = find(shop, price_list_id)
    change(shop, price_list, check(json_of(call), FIELDS, "v3", creating=False))
    call.effect = f"price list {price_list_id} changed"
    return v3(price_list)


def delete_list(shop: Shop, call: Call, price_list_id: int) -> Response:
    find(shop, price_list_id)
    forget(shop, price_list_id)
    shop.emit("store/priceList/deleted", {"price_list_id": price_list_id})
    call.effect = f"price list {price_list_id} deleted"
    return no_content()


def delete_lists(shop: Shop, call: Call) -> Response:
    if not call.args:
        raise Refused(422, "A filter is required to delete price lists.", {"id:in": "error.path.missing"})
    declared: filters.Declared = {"id": ("integer", ("in",)), "name": ("string", ("",))}
    gone = [p["id"] for p in filters.apply(call, shop.store.price_lists.values(), declared)]
    for number in gone:
        forget(shop, number)
    if gone:
        shop.emit("store/priceLists/deleted", {"price_list_ids": gone})
        call.effect = f"price lists {', '.join(map(str, gone))} deleted"
    return no_content()


def list_assignments(shop: Shop, call: Call) -> Response:
    found = filters.apply(call, shop.store.price_assignments.values(), ASSIGNMENT_FILTERS, cursors.NAMES)
    return cursors.listed(call, found)


def create_assignments(shop: Shop, call: Call) -> Response:
    """A batch that stops at the first bad entry; the good ones before it are kept and counted."""
    bodies = check_list(json_of(call), ASSIGNMENT, creating=True, most=ASSIGNMENTS_MOST)
    for place, body in enumerate(bodies):
        try:
            assign(shop, body["price_list_id"], body.get("customer_group_id"), body.get("channel_id"))
        except Refused as refused:
            answer = v3_body(422, refused.title, {f"{place}": refused.title})
            call.effect = f"{place} price list assignments set" if place else ""
            raise Refused(422, refused.title, body=answer | {"meta": {"saved_records": place}}) from refused
    call.effect = f"{len(bodies)} price list assignments set"
    return Response(status=200)


def put_assignment(shop: Shop, call: Call, price_list_id: int) -> Response:
    find(shop, price_list_id)
    body = check(json_of(call), UPSERT, "v3", creating=True)
    made = assign(shop, price_list_id, body["customer_group_id"], body["channel_id"])
    call.effect = f"price list {price_list_id} assigned to group {body['customer_group_id']}"
    return v3(made)


def delete_assignments(shop: Shop, call: Call) -> Response:
    if not call.args:
        raise Refused(422, "A filter is required to delete assignments.", {"id": "error.path.missing"})
    for gone in filters.apply(call, shop.store.price_assignments.values(), ASSIGNMENT_FILTERS):
        del shop.store.price_assignments[gone["id"]]
        shop.emit("store/priceList/assignment/deleted", {n: v for n, v in gone.items() if n != "id"})
        call.effect = "price list assignments deleted"
    return no_content()


# What others use too


def find(shop: Shop, price_list_id: int) -> JSON:
    found = shop.store.price_lists.get(price_list_id)
    if found is None:
        raise missing("Price List", price_list_id)
    return found


def create(shop: Shop, body: JSON) -> JSON:
    _check_name(shop, body, None)
    number, at = shop.store.next("price_list"), zulu(shop.now())
    made = {"id": number, "name": body["name"], "active": body.get("active", True)}
    shop.store.price_lists[number] = made | {"date_created": at, "date_modified": at}
    shop.emit("store/priceList/created", {"price_list_id": number})
    return shop.store.price_lists[number]


def change(shop: Shop, price_list: JSON, body: JSON) -> None:
    _check_name(shop, body, price_list)
    before = price_list["active"]
    price_list |= body | {"date_modified": zulu(shop.now())}
    about = {"price_list_id": price_list["id"]}
    if price_list["active"] != before:
        shop.emit(f"store/priceList/{'activated' if price_list['active'] else 'deactivated'}", about)
    shop.emit("store/priceList/updated", about)


def forget(shop: Shop, price_list_id: int) -> None:
    """A price list takes its records and assignments along."""
    del shop.store.price_lists[price_list_id]
    for key in [k for k in shop.store.price_records if k[0] == price_list_id]:
        del shop.store.price_records[key]
    for number in [n for n, a in shop.store.price_assignments.items() if a["price_list_id"] == price_list_id]:
        del shop.store.price_assignments[number]


def assign(shop: Shop, price_list_id: int, group_id: int | None, channel_id: int | None) -> JSON:
    """One list for a group and channel: a former assignment of the pair is replaced."""
    if price_list_id not in shop.store.price_lists:
        raise Refused(422, f"price list {price_list_id} does not exist")
    if group_id is None and channel_id is None:
        raise Refused(422, "customer_group_id or channel_id is required")
    if group_id is not None and group_id not in shop.store.groups:
        raise Refused(422, f"customer group {group_id} does not exist")
    if channel_id is not None and channel_id not in shop.store.channels:
        raise Refused(422, f"channel {channel_id} does not exist")
    pair = {"customer_group_id": group_id, "channel_id": channel_id}
    known = next((a for a in shop.store.price_assignments.values() if a | pair == a), None)
    if known is None:
        number = shop.store.next("price_assignment")
        known = shop.store.price_assignments[number] = {"id": number, **pair}
    known["price_list_id"] = price_list_id
    shop.emit("store/priceList/assignment/updated", {"price_list_id": price_list_id, **_shown(pair)})
    return _shown(known)


def _shown(assignment: JSON) -> JSON:
    return {name: value for name, value in assignment.items() if value is not None}


def _check_name(shop: Shop, body: JSON, own: JSON | None) -> None:
    name = body.get("name", "").lower()
    if name and any(p["name"].lower() == name for p in shop.store.price_lists.values() if p is not own):
        raise Refused(409, "The price list name is a duplicate", {"name": f"'{body['name']}' is in use already"})
