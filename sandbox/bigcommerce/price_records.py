"""Price records of a list (V3): single, in batches, and across lists. A bad entry does not stop the good ones."""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce import cursors, filters, price_lists
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import Field, Fields, check, problems_of
from sandbox.bigcommerce.order_making import CURRENCIES
from sandbox.bigcommerce.scopes import PRODUCTS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import comma, no_content, v3, zulu
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

PRICE = Field("number", least=0)
TIER: Fields = {
    "quantity_min": Field("integer", always=True, least=1),
    "quantity_max": Field("integer", nullable=True),
    "type": Field("string", always=True, choices=("fixed", "price", "percent")),
    "amount": Field("number", always=True, least=0),
}
PRICES: Fields = {
    **dict.fromkeys(("price", "sale_price", "retail_price", "map_price"), PRICE),
    "bulk_pricing_tiers": Field("array", of=TIER),
}
RECORD: Fields = {
    **PRICES,
    "variant_id": Field("integer"),
    "sku": Field("string"),
    "currency": Field("string", always=True, least=3, most=3),
}
ANY_LIST: Fields = {**RECORD, "price_list_id": Field("integer", always=True)}
UPSERT_MOST, CREATE_MOST = 1000, 100
NUMBERS = ("price", "sale_price", "retail_price", "map_price", "calculated_price")
FILTERS: filters.Declared = {
    "variant_id": ("integer", ("in",)),
    "product_id": ("integer", ("in",)),
    "sku": ("string", ("", "in")),
    "currency": ("string", ("", "in")),
    **dict.fromkeys(NUMBERS, ("number", ("", "min", "max"))),
    "date_created": ("date", ("", "min", "max")),
    "date_modified": ("date", ("", "min", "max")),
}
Key = tuple[int, int, str]


def routes(api: "BigCommerce") -> None:
    many = "/pricelists/<int:price_list_id>/records"
    one = f"{many}/<int:variant_id>/<currency>"
    api.v3("GET", many, PRODUCTS, list_records)
    api.v3("PUT", many, PRODUCTS, upsert_records)
    api.v3("POST", many, PRODUCTS, create_records)
    api.v3("DELETE", many, PRODUCTS, delete_records)
    api.v3("POST PUT", "/pricelists/records", PRODUCTS, write_across)
    api.v3("GET", f"{many}/<int:variant_id>", PRODUCTS, list_of_variant)
    api.v3("GET", one, PRODUCTS, show_record)
    api.v3("PUT", one, PRODUCTS, put_record)
    api.v3("DELETE", one, PRODUCTS, delete_record)


def list_records(shop: Shop, call: Call, price_list_id: int) -> Response:
    price_lists.find(shop, price_list_id)
    found = filters.apply(call, _of(shop, price_list_id), FILTERS, ("include", *cursors.NAMES))
    return cursors.listed(call, [_shown(call, record) for record in found], "variant_id")


def list_of_variant(shop: Shop, call: Call, price_list_id: int, variant_id: int) -> Response:
    only(call, ("include", "page", "limit", *cursors.NAMES), 422)
    price_lists.find(shop, price_list_id)
    found = [r for r in _of(shop, price_list_id) if r["variant_id"] == variant_id]
    return cursors.listed(call, [_shown(call, record) for record in found], "currency")


def show_record(shop: Shop, call: Call, price_list_id: int, variant_id: int, currency: str) -> Response:
    only(call, ("include",), 422)
    return v3(_shown(call, _own(shop, (price_list_id, variant_id, currency.lower()))))


def put_record(shop: Shop, call: Call, price_list_id: int, variant_id: int, currency: str) -> Response:
    price_lists.find(shop, price_list_id)
    body = check(json_of(call), PRICES, "v3", creating=True)
    if variant_id not in shop.store.variants:
        raise missing("Variant", variant_id)
    key, new = _write(shop, price_list_id, body | {"variant_id": variant_id, "currency": currency})
    shop.emit(f"store/priceList/record/{'created' if new else 'updated'}", _data(key))
    call.effect = f"price list {price_list_id} record of variant {variant_id} set"
    return v3(_shown(call, shop.store.price_records[key]))


def delete_record(shop: Shop, call: Call, price_list_id: int, variant_id: int, currency: str) -> Response:
    key = (price_list_id, variant_id, currency.lower())
    _own(shop, key)
    del shop.store.price_records[key]
    shop.emit("store/priceList/record/deleted", _data(key))
    call.effect = f"price list {price_list_id} record of variant {variant_id} deleted"
    return no_content()


def upsert_records(shop: Shop, call: Call, price_list_id: int) -> Response:
    price_lists.find(shop, price_list_id)
    return _batch(shop, call, price_list_id, creating=False, most=UPSERT_MOST)


def create_records(shop: Shop, call: Call, price_list_id: int) -> Response:
    """Fails for a record that exists."""
    price_lists.find(shop, price_list_id)
    return _batch(shop, call, price_list_id, creating=True, most=CREATE_MOST)


def write_across(shop: Shop, call: Call) -> Response:
    return _batch(shop, call, None, creating=call.method == "POST", most=CREATE_MOST)


def delete_records(shop: Shop, call: Call, price_list_id: int) -> Response:
    price_lists.find(shop, price_list_id)
    if not call.args:
        raise Refused(422, "A filter is required to delete records.", {"variant_id:in": "error.path.missing"})
    declared: filters.Declared = {
        "currency": ("string", ("",)),
        "variant_id": ("integer", ("in",)),
        "sku": ("string", ("in",)),
    }
    gone = [_key(record) for record in filters.apply(call, _of(shop, price_list_id), declared)]
    for key in gone:
        del shop.store.price_records[key]
    if gone:
        shop.emit("store/priceList/records/deleted", _listed(gone))
        call.effect = f"price list {price_list_id} {len(gone)} records deleted"
    return no_content()


def _batch(shop: Shop, call: Call, price_list_id: int | None, *, creating: bool, most: int) -> Response:
    entries = json_of(call)
    if not isinstance(entries, list) or not entries:
        raise Refused(422, errors={"body": "must be an array of records"})
    if len(entries) > most:
        raise Refused(413, f"The batch limit of {most} records was exceeded.")
    count, wrong = _write_all(shop, entries, price_list_id, creating=creating)
    call.effect = f"price list {price_list_id or 'several'} {count} records set" if count else ""
    return json_response({"batch_errors": wrong}, 422) if wrong else json_response({"data": {}, "meta": {}})


def put(shop: Shop, price_list_id: int, entries: list[JSON]) -> None:
    """Upsert, as the batch endpoint does. Refused when an entry is bad; the others are stored."""
    _, wrong = _write_all(shop, entries, price_list_id, creating=False)
    if wrong:
        raise Refused(422, errors={f"records.{n}": str(w["field_errors"]) for n, w in enumerate(wrong)})


def _write_all(shop: Shop, entries: list[Any], price_list_id: int | None, *, creating: bool) -> tuple[int, list[JSON]]:
    """(how many were stored, the errors of the others)."""
    done: dict[bool, list[Key]] = {True: [], False: []}
    wrong: list[JSON] = []
    for entry in entries:
        errors = _entry_errors(shop, entry, price_list_id, creating=creating)
        if errors:
            wrong.append({"data": _about(entry, price_list_id), "field_errors": errors})
        else:
            body = {n: v for n, v in entry.items() if n != "price_list_id"}
            key, new = _write(shop, price_list_id or entry["price_list_id"], body)
            done[new].append(key)
    for new, event in ((True, "created"), (False, "updated")):
        if done[new]:
            shop.emit(f"store/priceList/records/{event}", _listed(done[new]))
    return len(done[True]) + len(done[False]), wrong


def _entry_errors(shop: Shop, entry: Any, price_list_id: int | None, *, creating: bool) -> dict[str, str]:
    errors = problems_of(entry, ANY_LIST if price_list_id is None else RECORD, creating=True)
    if errors:
        return errors
    variant = _variant(shop, entry)
    if variant is None:
        return {"variant_id": "variant_id or sku must name an existing variant"}
    if entry["currency"].upper() not in CURRENCIES:
        return {"currency": "is not enabled"}
    number = price_list_id or entry["price_list_id"]
    if number not in shop.store.price_lists:
        return {"price_list_id": "does not exist"}
    if creating and (number, variant["id"], entry["currency"].lower()) in shop.store.price_records:
        return {"variant_id": "the record exists already"}
    return {}


def _write(shop: Shop, price_list_id: int, body: JSON) -> tuple[Key, bool]:
    """Upsert: the whole record is replaced by what is given. (key, whether it is new)."""
    variant = _variant(shop, body)
    if variant is None:
        raise Refused(422, errors={"variant_id": "does not exist"})
    currency = body["currency"].lower()
    if currency.upper() not in CURRENCIES:
        raise Refused(422, errors={"currency": "is not enabled"})
    key, at = (price_list_id, variant["id"], currency), zulu(shop.now())
    known = shop.store.price_records.get(key)
    prices = {name: body[name] for name in PRICES if name in body}
    record = {
        "price_list_id": price_list_id, "variant_id": variant["id"], "sku": variant["sku"], "currency": currency,
        "product_id": variant["product_id"], "bulk_pricing_tiers": [], **prices,
        "date_created": known["date_created"] if known else at, "date_modified": at,
    }  # fmt: skip
    listed = record.get("sale_price") or record.get("price")
    record["calculated_price"] = listed or shop.store.products[variant["product_id"]]["calculated_price"]
    shop.store.price_records[key] = record
    return key, known is None


def _variant(shop: Shop, entry: JSON) -> JSON | None:
    if "variant_id" in entry:
        return shop.store.variants.get(entry["variant_id"])
    return next((v for v in shop.store.variants.values() if v["sku"] and v["sku"] == entry.get("sku")), None)


def _of(shop: Shop, price_list_id: int) -> list[JSON]:
    return [record for key, record in shop.store.price_records.items() if key[0] == price_list_id]


def _own(shop: Shop, key: Key) -> JSON:
    record = shop.store.price_records.get(key)
    if record is None:
        raise missing("Price record of variant", key[1])
    return record


def _shown(call: Call, record: JSON) -> JSON:
    includes = set(comma(call.args.get("include", "")))
    if includes - {"bulk_pricing_tiers", "sku"}:
        raise Refused(422, errors={"include": "unknown include"})
    hidden = {"bulk_pricing_tiers", "sku"} - includes
    return {name: value for name, value in record.items() if name not in hidden}


def _about(entry: Any, price_list_id: int | None) -> JSON:
    given = entry if isinstance(entry, dict) else {}
    about = {n: given[n] for n in ("price_list_id", "variant_id", "sku", "currency") if n in given}
    return {"price_list_id": price_list_id} | about if price_list_id else about


def _key(record: JSON) -> Key:
    return record["price_list_id"], record["variant_id"], record["currency"]


def _data(key: Key) -> JSON:
    return {"price_list_id": key[0], "variant_id": key[1], "currency": key[2]}


def _listed(keys: list[Key]) -> Any:
    """Batches send one event whose data is an array."""
    return [_data(key) for key in keys]
