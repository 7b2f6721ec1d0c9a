"""Metafields of orders, products, variants and customers, one by one and in batches."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import cursors, filters
from sandbox.bigcommerce.body import json_of
from sandbox.bigcommerce.errors import Refused, missing, v3_body
from sandbox.bigcommerce.fields import Field, check, problems_of
from sandbox.bigcommerce.scopes import CUSTOMERS, ORDERS, PRODUCTS, Needs
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, iso, no_content, v3
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

PERMISSIONS = ("app_only", "read", "write", "read_and_sf_access", "write_and_sf_access")
PER_RESOURCE, PER_BATCH = 250, 50
FIELDS = {
    "permission_set": Field("string", required=True, choices=PERMISSIONS),
    "namespace": Field("string", required=True, least=1, most=64),
    "key": Field("string", required=True, least=1, most=64),
    "value": Field("string", required=True, least=1, most=65_535),
    "description": Field("string", most=255),
}
BATCH_CREATE = {**FIELDS, "resource_id": Field("integer", required=True)}
BATCH_UPDATE = {**FIELDS, "id": Field("integer", always=True)}
FILTERS: filters.Declared = {
    "key": ("string", ("", "in")),
    "namespace": ("string", ("", "in")),
    "resource_id": ("integer", ("in",)),
    "date_created": ("date", ("", "min", "max")),
    "date_modified": ("date", ("", "min", "max")),
}


@dataclass(frozen=True)
class Resource:
    """What metafields hang on. `one` holds the id as `resource_id`; `scope` is the webhook family of its events."""

    type: str
    one: str
    many: str
    needs: Needs
    of: Callable[[Shop], dict[int, JSON]]
    scope: str = ""


RESOURCES = (
    Resource(
        "order", "/orders/<int:resource_id>", "/orders", ORDERS, lambda s: s.store.orders, "store/order/metafield"
    ),
    Resource(
        "variant", "/catalog/products/<int:product_id>/variants/<int:resource_id>", "/catalog/variants", PRODUCTS,
        lambda s: s.store.variants, "store/product/variant/metafield",
    ),
    Resource(
        "product", "/catalog/products/<int:resource_id>", "/catalog/products", PRODUCTS, lambda s: s.store.products,
        "store/product/metafield",
    ),
    Resource("customer", "/customers/<int:resource_id>", "/customers", CUSTOMERS, lambda s: s.store.customers),
)  # fmt: skip


def routes(api: "BigCommerce") -> None:
    for resource in RESOURCES:
        _routes(api, resource)


def _routes(api: "BigCommerce", r: Resource) -> None:
    def bound(handler: Callable[..., Response]) -> Callable[..., Response]:
        return lambda shop, call, **ids: handler(shop, call, r, **ids)

    many, one = f"{r.one}/metafields", f"{r.one}/metafields/<int:metafield_id>"
    api.v3("GET", many, r.needs, bound(list_of))
    api.v3("POST", many, r.needs, bound(create_one))
    api.v3("GET", one, r.needs, bound(show_one))
    api.v3("PUT", one, r.needs, bound(update_one))
    api.v3("DELETE", one, r.needs, bound(delete_one))
    api.v3("GET", f"{r.many}/metafields", r.needs, bound(list_all))
    api.v3("POST", f"{r.many}/metafields", r.needs, bound(create_many))
    api.v3("PUT", f"{r.many}/metafields", r.needs, bound(update_many))
    api.v3("DELETE", f"{r.many}/metafields", r.needs, bound(delete_many))


def list_of(shop: Shop, call: Call, r: Resource, resource_id: int, product_id: int | None = None) -> Response:
    _check_resource(shop, r, resource_id, product_id)
    return _listed(shop, call, [m for m in _visible(shop, r) if m["resource_id"] == resource_id])


def list_all(shop: Shop, call: Call, r: Resource) -> Response:
    return _listed(shop, call, _visible(shop, r))


def create_one(shop: Shop, call: Call, r: Resource, resource_id: int, product_id: int | None = None) -> Response:
    _check_resource(shop, r, resource_id, product_id)
    field = create(shop, r, resource_id, check(json_of(call), FIELDS, "v3", creating=True))
    call.effect = f"{r.type} {resource_id} metafield {field['namespace']}.{field['key']} created"
    return v3(field)


def show_one(
    shop: Shop, call: Call, r: Resource, resource_id: int, metafield_id: int, product_id: int | None = None
) -> Response:
    del call
    _check_resource(shop, r, resource_id, product_id)
    return v3(_own(shop, r, metafield_id, resource_id))


def update_one(
    shop: Shop, call: Call, r: Resource, resource_id: int, metafield_id: int, product_id: int | None = None
) -> Response:
    _check_resource(shop, r, resource_id, product_id)
    field = _writable(shop, _own(shop, r, metafield_id, resource_id))
    update(shop, r, field, check(json_of(call), FIELDS, "v3", creating=False))
    call.effect = f"{r.type} {resource_id} metafield {field['namespace']}.{field['key']} changed"
    return v3(field)


def delete_one(
    shop: Shop, call: Call, r: Resource, resource_id: int, metafield_id: int, product_id: int | None = None
) -> Response:
    _check_resource(shop, r, resource_id, product_id)
    field = _writable(shop, _own(shop, r, metafield_id, resource_id))
    delete(shop, r, field)
    call.effect = f"{r.type} {resource_id} metafield {field['namespace']}.{field['key']} deleted"
    return no_content()


def create_many(shop: Shop, call: Call, r: Resource) -> Response:
    def work(entry: JSON) -> JSON:
        _check_resource(shop, r, entry["resource_id"], None)
        return create(shop, r, entry["resource_id"], {n: v for n, v in entry.items() if n != "resource_id"})

    return _batch(call, f"{r.type} metafields created", work, lambda e: problems_of(e, BATCH_CREATE, creating=True))


def update_many(shop: Shop, call: Call, r: Resource) -> Response:
    def work(entry: JSON) -> JSON:
        field = _writable(shop, _own(shop, r, entry["id"], None))
        update(shop, r, field, {n: v for n, v in entry.items() if n != "id"})
        return field

    return _batch(call, f"{r.type} metafields changed", work, lambda e: problems_of(e, BATCH_UPDATE, creating=False))


def delete_many(shop: Shop, call: Call, r: Resource) -> Response:
    def work(number: Any) -> int:
        delete(shop, r, _writable(shop, _own(shop, r, number, None)))
        return int(number)

    def wrong(number: Any) -> dict[str, str]:
        good = isinstance(number, int) and not isinstance(number, bool)
        return {} if good else {"id": "error.expected.jsnumber"}

    return _batch(call, f"{r.type} metafields deleted", work, wrong)


# What others use too


def resource(name: str) -> Resource:
    return next(r for r in RESOURCES if r.type == name)


def create(shop: Shop, r: Resource, resource_id: int, body: JSON) -> JSON:
    own = [m for m in _all(shop, r) if m["resource_id"] == resource_id and m["owner_client_id"] == shop.client_id]
    _check_unique(own, body, None)
    if len(own) >= PER_RESOURCE:
        raise Refused(422, errors={"metafields": f"at most {PER_RESOURCE} for each resource"})
    key, at = shop.store.next("metafield"), iso(shop.now())
    field: JSON = {
        "id": key, "key": body["key"], "value": body["value"], "namespace": body["namespace"],
        "permission_set": body["permission_set"], "resource_type": r.type, "resource_id": resource_id,
        "description": body.get("description", ""), "date_created": at, "date_modified": at,
        "owner_client_id": shop.client_id,
    }  # fmt: skip
    shop.store.metafields[key] = field
    _tell(shop, r, field, "created")
    return field


def update(shop: Shop, r: Resource, field: JSON, body: JSON) -> None:
    beside = [
        m
        for m in _all(shop, r)
        if (m["resource_id"], m["owner_client_id"]) == (field["resource_id"], field["owner_client_id"])
    ]
    _check_unique(beside, {n: field[n] for n in ("namespace", "key")} | body, field)
    field |= body | {"date_modified": iso(shop.now())}
    _tell(shop, r, field, "updated")


def delete(shop: Shop, r: Resource, field: JSON) -> None:
    del shop.store.metafields[field["id"]]
    _tell(shop, r, field, "deleted")


def _tell(shop: Shop, r: Resource, field: JSON, event: str) -> None:
    """Order events have a name of their own; those of products and variants arrive as `store/metafield/…`."""
    data = {"metafield_id": field["id"], "resource_id": str(field["resource_id"])}
    typed, common = data | {"resource_type": r.type}, f"store/metafield/{event}"
    if r.type == "order":
        shop.emit(f"{r.scope}/{event}", data)
    elif r.scope:
        shop.emit(f"{r.scope}/{event}", typed, deliver_as=common)
    shop.emit(common, typed)


def _batch(call: Call, effect: str, work: Callable[[Any], Any], wrong: Callable[[Any], dict[str, str]]) -> Response:
    """Each entry by itself; one failure makes the answer 422, with what was done."""
    entries = json_of(call)
    if not isinstance(entries, list) or not 1 <= len(entries) <= PER_BATCH:
        raise Refused(422, errors={"body": f"must be an array of 1 to {PER_BATCH} entries"})
    done: list[Any] = []
    failed: list[JSON] = []
    for place, entry in enumerate(entries):
        try:
            errors = wrong(entry)
            if errors:
                raise Refused(422, errors=errors)
            done.append(work(entry))
        except Refused as refused:
            named = {f"{place}.{name}": text for name, text in refused.errors.items()} or {f"{place}": refused.title}
            failed.append(v3_body(refused.status, refused.title, named))
    call.effect = f"{len(done)} {effect}" if done else ""
    meta = {"total": len(entries), "success": len(done), "failed": len(failed)}
    return json_response({"data": done, "errors": failed, "meta": meta}, 422 if failed else 200)


def _listed(shop: Shop, call: Call, found: list[JSON]) -> Response:
    others = ("direction", "include_fields", *cursors.NAMES)
    found = filters.apply(call, found, FILTERS, others)
    found = filters.sort(found, "id", call.args.get("direction", "asc"), ("id",))
    wanted = comma(call.args.get("include_fields", ""))
    del shop
    return cursors.listed(call, [{n: v for n, v in m.items() if n == "id" or not wanted or n in wanted} for m in found])


def _all(shop: Shop, r: Resource) -> list[JSON]:
    return [m for m in shop.store.metafields.values() if m["resource_type"] == r.type]


def _visible(shop: Shop, r: Resource) -> list[JSON]:
    return [m for m in _all(shop, r) if m["permission_set"] != "app_only" or m["owner_client_id"] == shop.client_id]


def _own(shop: Shop, r: Resource, metafield_id: Any, resource_id: int | None) -> JSON:
    for field in _visible(shop, r):
        if field["id"] == metafield_id and resource_id in (None, field["resource_id"]):
            return field
    raise missing("Metafield", metafield_id)


def _writable(shop: Shop, field: JSON) -> JSON:
    if field["owner_client_id"] != shop.client_id and not field["permission_set"].startswith("write"):
        raise Refused(403, "The metafield belongs to another API account and is read-only for others.")
    return field


def _check_resource(shop: Shop, r: Resource, resource_id: int, product_id: int | None) -> None:
    found = r.of(shop).get(resource_id)
    if found is None or (product_id is not None and found["product_id"] != product_id):
        raise missing(r.type.capitalize(), resource_id)


def _check_unique(beside: list[JSON], body: JSON, own: JSON | None) -> None:
    pair = (body["namespace"], body["key"])
    if any((m["namespace"], m["key"]) == pair for m in beside if m is not own):
        raise Refused(409, "Unable to create metafield: the namespace and key exist already", {"key": body["key"]})
