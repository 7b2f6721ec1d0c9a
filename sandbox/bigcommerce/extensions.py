"""App Extensions over GraphQL Admin: create, list, update, delete.

The schema is not published as a file; the four documented operations and their fields are all there is here.
Source: BigCommerce developer documentation, App Extensions guide.
"""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import json_of
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.graphql import Selected, parse
from sandbox.bigcommerce.scopes import EXTENSIONS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, Extension
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

CONTEXTS = ("PANEL", "LINK")
MODELS = ("ORDERS", "PRODUCTS", "CUSTOMERS", "PRODUCT_DESCRIPTION")
PER_MODEL, LONGEST = 2, 255
# What can be selected: a field with None has no fields of its own.
LABEL = {"defaultValue": None, "locales": {"value": None, "localeCode": None}}
EXTENSION: dict[str, Any] = {"id": None, "context": None, "model": None, "url": None, "label": LABEL}
SCHEMA: dict[str, Any] = {
    "query": {
        "store": {
            "appExtensions": {
                "edges": {"node": EXTENSION, "cursor": None},
                "pageInfo": {
                    "hasNextPage": None,
                    "hasPreviousPage": None,
                    "startCursor": None,
                    "endCursor": None,
                },
            }
        }
    },
    "mutation": {
        "appExtension": {
            "createAppExtension": {"appExtension": EXTENSION},
            "updateAppExtension": {"appExtension": EXTENSION},
            "deleteAppExtension": {"deletedAppExtensionId": None},
        }
    },
}
LIST_ARGUMENTS = {"first", "last", "after", "before"}


def routes(api: "BigCommerce") -> None:
    api.graphql("/graphql", EXTENSIONS, answer)


def answer(shop: Shop, call: Call) -> Response:
    body = json_of(call)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refused(400, "The request must hold a query.")
    strange = sorted(set(body) - {"query", "variables", "operationName"})
    variables = body.get("variables") or {}
    if strange or not isinstance(variables, dict):
        raise Refused(400, f"Unexpected: {', '.join(strange) or 'variables'}.")
    kind, selected = parse(body["query"], dict(variables))
    _check_selection(selected, SCHEMA[kind], "Query" if kind == "query" else "Mutation")
    effects: list[str] = []
    data = {field.key: _resolve(shop, field, effects) for field in selected}
    call.effect = "; ".join(effects)
    return json_response({"data": data}, headers={"x-bc-graphql-complexity": str(_complexity(selected))})


def of(shop: Shop, client_id: str) -> list[Extension]:
    return [e for e in shop.store.extensions.values() if e.client_id == client_id]


def _resolve(shop: Shop, field: Selected, effects: list[str]) -> JSON:
    if field.name == "store":
        return {f.key: _list(shop, f) for f in field.fields}
    work = {"createAppExtension": _create, "updateAppExtension": _update, "deleteAppExtension": _delete}
    found: JSON = {}
    for operation in field.fields:
        if set(operation.arguments) != {"input"} or not isinstance(operation.arguments["input"], dict):
            raise Refused(400, f"Field '{operation.name}' needs exactly the argument 'input'.")
        result = work[operation.name](shop, operation.arguments["input"], effects)
        found[operation.key] = _project(result, operation.fields)
    return found


def _list(shop: Shop, field: Selected) -> JSON:
    strange = sorted(set(field.arguments) - LIST_ARGUMENTS)
    if strange:
        raise Refused(400, f"Unknown argument '{strange[0]}' on field 'appExtensions'.")
    own = of(shop, shop.client_id)
    first = field.arguments.get("first") or 50
    after = field.arguments.get("after")
    start = next((n + 1 for n, e in enumerate(own) if e.id == after), 0)
    page = own[start : start + int(first)]
    edges = [{"cursor": e.id, "node": _shown(e)} for e in page]
    info = {
        "hasNextPage": start + len(page) < len(own),
        "hasPreviousPage": start > 0,
        "startCursor": page[0].id if page else None,
        "endCursor": page[-1].id if page else None,
    }
    found: JSON = _project({"edges": edges, "pageInfo": info}, field.fields)
    return found


def _create(shop: Shop, given: JSON, effects: list[str]) -> JSON:
    _only(given, {"context", "model", "url", "label"}, {"context", "model", "url", "label"})
    if given["context"] not in CONTEXTS:
        raise Refused(400, f"Value {given['context']!r} does not exist in AppExtensionContext.")
    if given["model"] not in MODELS:
        raise Refused(400, f"Value {given['model']!r} does not exist in AppExtensionModel.")
    if sum(e.model == given["model"] for e in of(shop, shop.client_id)) >= PER_MODEL:
        raise Refused(400, f"An app may have at most {PER_MODEL} App Extensions for {given['model']}.")
    number = f"bc/store/appExtension/{shop.store.next('extension')}"
    label = _label(given["label"])
    extension = Extension(number, shop.client_id, given["context"], given["model"], _url(given["url"]), label)
    shop.store.extensions[number] = extension
    effects.append(f"app extension {number} created for {extension.model}")
    return {"appExtension": _shown(extension)}


def _update(shop: Shop, given: JSON, effects: list[str]) -> JSON:
    _only(given, {"id", "data"}, {"id", "data"})
    extension = _own(shop, given["id"])
    _only(given["data"], {"url", "label"}, set())
    url = _url(given["data"]["url"]) if "url" in given["data"] else extension.url
    label = _label(given["data"]["label"]) if "label" in given["data"] else extension.label
    extension.url, extension.label = url, label
    effects.append(f"app extension {extension.id} updated")
    return {"appExtension": _shown(extension)}


def _delete(shop: Shop, given: JSON, effects: list[str]) -> JSON:
    _only(given, {"id"}, {"id"})
    extension = _own(shop, given["id"])
    del shop.store.extensions[extension.id]
    effects.append(f"app extension {extension.id} deleted")
    return {"deletedAppExtensionId": extension.id}


def _own(shop: Shop, number: Any) -> Extension:
    extension = shop.store.extensions.get(number) if isinstance(number, str) else None
    if extension is None or extension.client_id != shop.client_id:
        raise Refused(400, f"There is no App Extension {number!r}.")
    return extension


def _url(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("/") or value.startswith("//"):
        raise Refused(400, "url must be a path of the app, beginning with a slash.")
    if len(value) > LONGEST:
        raise Refused(400, f"url must be at most {LONGEST} characters.")
    return value


def _label(value: Any) -> JSON:
    """`defaultValue` and `locales`; leaving `locales` out is refused, as integrators report."""
    _only(value, {"defaultValue", "locales"}, {"defaultValue", "locales"})
    _text(value["defaultValue"], "label.defaultValue")
    if not isinstance(value["locales"], list):
        raise Refused(400, "label.locales must be a list.")
    seen: set[str] = set()
    for entry in value["locales"]:
        _only(entry, {"value", "localeCode"}, {"value", "localeCode"})
        _text(entry["value"], "label.locales.value")
        _text(entry["localeCode"], "label.locales.localeCode")
        if entry["localeCode"] in seen:
            raise Refused(400, f"label.locales holds {entry['localeCode']} twice.")
        seen.add(entry["localeCode"])
    return {"defaultValue": value["defaultValue"], "locales": [dict(entry) for entry in value["locales"]]}


def _text(value: Any, name: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST:
        raise Refused(400, f"{name} must have 1 to {LONGEST} characters.")


def _only(given: Any, known: set[str], required: set[str]) -> None:
    if not isinstance(given, dict):
        raise Refused(400, f"Expected an input object with {', '.join(sorted(known))}.")
    strange, lacking = sorted(set(given) - known), sorted(n for n in required if given.get(n) is None)
    if strange:
        raise Refused(400, f"Field '{strange[0]}' is not defined by the input type.")
    if lacking:
        raise Refused(400, f"Field '{lacking[0]}' of a required type was not provided.")


def _shown(extension: Extension) -> JSON:
    return {
        "id": extension.id,
        "context": extension.context,
        "model": extension.model,
        "url": extension.url,
        "label": extension.label,
    }


def _project(value: Any, fields: list[Selected]) -> Any:
    """Only what was selected, in that order."""
    if isinstance(value, list):
        return [_project(entry, fields) for entry in value]
    if not fields or value is None:
        return value
    return {f.key: _project(value[f.name], f.fields) for f in fields}


def _check_selection(fields: list[Selected], known: Any, where: str) -> None:
    for f in fields:
        if f.name not in known:
            raise Refused(400, f"Cannot query field '{f.name}' on type '{where}'.")
        below = known[f.name]
        if (below is None) is bool(f.fields):
            what = "must not have a selection" if below is None else "must have a selection of subfields"
            raise Refused(400, f"Field '{f.name}' {what}.")
        if below is not None:
            _check_selection(f.fields, below, f.name)


def _complexity(fields: list[Selected]) -> int:
    return sum(1 + _complexity(f.fields) for f in fields)
