"""Metafields and their definitions: where the app leaves its link on an object.

`$app` is the app's own namespace, `app--{app id}`; no other app can write it. `compareDigest` makes a write depend on
the state that was read. Source: Admin GraphQL API reference, metafieldsSet; custom data, limits.
"""

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from sandbox.shopify import scopes
from sandbox.shopify.errors import UserError, denied, entry
from sandbox.shopify.gids import kind_of, number_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

OWNER_TYPES = {
    "Order": "ORDER", "Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT", "Customer": "CUSTOMER",
    "Company": "COMPANY", "CompanyLocation": "COMPANY_LOCATION", "DraftOrder": "DRAFTORDER", "Page": "PAGE",
    "Shop": "SHOP", "Location": "LOCATION", "AppInstallation": "API_PERMISSION",
}  # fmt: skip
AT_ONCE, LARGEST_CALL = 25, 10 * 1024 * 1024
TEXT_MOST, JSON_MOST, SHORT_MOST, LIST_MOST = 64 * 1024, 128 * 1024, 2 * 1024, 128
DEFINITIONS_MOST = 256
KEY = re.compile(r"[A-Za-z0-9_-]{2,64}")
NAMESPACE = re.compile(r"[A-Za-z0-9_-]{3,255}")
SCALARS = (
    "single_line_text_field", "multi_line_text_field", "url", "json", "date", "date_time", "boolean", "number_integer",
    "number_decimal", "money", "color", "id", "rich_text_field", "file_reference", "metaobject_reference",
    "product_reference", "variant_reference", "page_reference", "customer_reference", "company_reference",
    "collection_reference", "order_reference",
)  # fmt: skip
TYPES = frozenset(SCALARS) | {f"list.{name}" for name in SCALARS if name not in ("json", "boolean", "money", "id")}


# Reading


def of_owner(shop: Shop, owner: JSON, args: JSON) -> list[JSON]:
    wanted = resolve_namespace(shop, args["namespace"]) if args.get("namespace") is not None else None
    keys = args.get("keys")
    found = [m for m in shop.where("Metafield", ownerId=owner["id"]) if _readable(shop, m)]
    if wanted is not None:
        found = [m for m in found if m["namespace"] == wanted]
    if keys is not None:
        pairs = [_pair(shop, key) for key in keys]
        found = [m for m in found if (m["namespace"], m["key"]) in pairs]
    return found


def one_of(shop: Shop, owner: JSON, args: JSON) -> JSON | None:
    namespace = resolve_namespace(shop, args.get("namespace") or "$app")
    found = [m for m in of_owner(shop, owner, {}) if (m["namespace"], m["key"]) == (namespace, args["key"])]
    return found[0] if found else None


for _kind in OWNER_TYPES:
    field(_kind, "metafields")(of_owner)
    field(_kind, "metafield")(one_of)


@field("Metafield", "compareDigest")
def compare_digest(_shop: Shop, node: JSON, _args: JSON) -> str:
    return digest(node)


def digest(node: JSON) -> str:
    return hashlib.sha256(json.dumps([node["value"], node["type"]]).encode()).hexdigest()


@field("Metafield", "legacyResourceId")
def legacy_id(_shop: Shop, node: JSON, _args: JSON) -> str:
    return str(number_of(node["id"]))


@field("Metafield", "jsonValue")
def json_value(_shop: Shop, node: JSON, _args: JSON) -> Any:
    if node["type"] == "json" or node["type"].startswith("list.") or node["type"] in ("boolean", "number_integer"):
        return json.loads(node["value"])
    return node["value"]


@field("Metafield", "sizeInBytes")
def size(_shop: Shop, node: JSON, _args: JSON) -> int:
    return len(node["value"].encode())


@field("Metafield", "definition")
def definition_of(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return _definition(shop, node["ownerType"], node["namespace"], node["key"])


def resolve_namespace(shop: Shop, text: str) -> str:
    """`$app` and `$app:more` are the caller's own; the merchant's hands stand for the demo's app."""
    if text != "$app" and not text.startswith("$app:"):
        return text
    app = shop.app or next(iter(shop.api.state.apps.values()))
    rest = text.removeprefix("$app").removeprefix(":")
    return f"app--{app.number}" + (f"--{rest}" if rest else "")


def _pair(shop: Shop, key: str) -> tuple[str, str]:
    namespace, _, name = key.rpartition(".")
    return resolve_namespace(shop, namespace or "$app"), name


def _readable(shop: Shop, node: JSON) -> bool:
    """Another app's own fields are hidden unless their definition opens them."""
    if not node["namespace"].startswith("app--") or not shop.client_id:
        return True
    if _is_own(shop, node["namespace"]):
        return True
    known = _definition(shop, node["ownerType"], node["namespace"], node["key"])
    return known is not None and known["access"]["admin"] in ("PUBLIC_READ", "PUBLIC_READ_WRITE")


def _is_own(shop: Shop, namespace: str) -> bool:
    own = resolve_namespace(shop, "$app")
    return namespace == own or namespace.startswith(f"{own}--")


# Writing


@mutation("metafieldsSet")
def set_many(shop: Shop, args: JSON) -> JSON:
    """All or nothing."""
    given = args["metafields"]
    if len(given) > AT_ONCE:
        said = f"Exceeded the maximum metafields input limit of {AT_ONCE}."
        raise UserError(said, ["metafields"], "LESS_THAN_OR_EQUAL_TO")
    if sum(len(one["value"].encode()) for one in given) > LARGEST_CALL:
        raise UserError("The input is larger than 10 MB.", ["metafields"], "TOO_LONG")
    errors: list[JSON] = []
    for place, one in enumerate(given):
        _check_scope(shop, one["ownerId"], "metafieldsSet")
        errors += [_at(place, error) for error in problems(shop, one)]
    if errors:
        raise UserError.many(errors)
    return {"metafields": [write(shop, one) for one in given]}


def write(shop: Shop, one: JSON) -> JSON:
    """Set a checked metafield. Its owner counts as changed, as in the admin."""
    namespace = resolve_namespace(shop, one.get("namespace") or "$app")
    owner_type = OWNER_TYPES[kind_of(one["ownerId"])]
    kind = one.get("type") or _type_of(shop, owner_type, namespace, one)
    known = _existing(shop, one["ownerId"], namespace, one["key"])
    if known is None:
        return shop.new(
            "Metafield", ownerId=one["ownerId"], ownerType=owner_type, namespace=namespace, key=one["key"],
            type=kind, value=one["value"], createdAt=shop.stamp(), updatedAt=shop.stamp(),
        )  # fmt: skip
    if (known["value"], known["type"]) != (one["value"], kind):
        known |= {"value": one["value"], "type": kind, "updatedAt": shop.stamp()}
    return known


def set_for(shop: Shop, owner: JSON, given: list[JSON] | None, path: list[str]) -> None:
    """The `metafields` of another input, on its owner. UserError at `path`."""
    wanted = [{**one, "ownerId": owner["id"]} for one in given or []]
    errors = [
        {**error, "field": [*path, str(place), *(error["field"] or [])]}
        for place, one in enumerate(wanted)
        for error in problems(shop, one)
    ]
    if errors:
        raise UserError.many(errors)
    for one in wanted:
        write(shop, one)


def problems(shop: Shop, one: JSON) -> list[JSON]:
    """What is wrong with one metafield input: entries with the path inside it."""
    if shop.any_of(one["ownerId"]) is None or kind_of(one["ownerId"]) not in OWNER_TYPES:
        return [entry("Owner does not exist.", ["ownerId"], "INVALID")]
    namespace = resolve_namespace(shop, one.get("namespace") or "$app")
    key = one.get("key") or ""
    if not KEY.fullmatch(key):
        code = "TOO_SHORT" if len(key) < 2 else "TOO_LONG" if len(key) > 64 else "INVALID"
        return [entry("Key must be 2 to 64 letters, digits, hyphens and underscores.", ["key"], code)]
    if not NAMESPACE.fullmatch(namespace):
        return [entry("Namespace must be 3 to 255 letters, digits, hyphens and underscores.", ["namespace"], "INVALID")]
    if namespace.startswith("app--") and not _is_own(shop, namespace):
        return [entry("Access to this namespace and key on Metafields for this resource type is not allowed.",
                      ["namespace"], "APP_NOT_AUTHORIZED")]  # fmt: skip
    return _value_problems(shop, one, namespace)


def _value_problems(shop: Shop, one: JSON, namespace: str) -> list[JSON]:
    owner_type = OWNER_TYPES[kind_of(one["ownerId"])]
    known = _existing(shop, one["ownerId"], namespace, one["key"])
    kind = one.get("type") or _type_of(shop, owner_type, namespace, one)
    if not kind:
        return [entry("Type can't be blank", ["type"], "BLANK")]
    if kind not in TYPES:
        return [entry(f"Type '{kind}' is not a valid metafield type.", ["type"], "INVALID_TYPE")]
    definition = _definition(shop, owner_type, namespace, one["key"])
    if definition is not None and definition["type"]["name"] != kind:
        said = f"Type must be consistent with the definition's type: '{definition['type']['name']}'."
        return [entry(said, ["type"], "INVALID_TYPE")]
    if "compareDigest" in one and (fault := _stale(one["compareDigest"], known)):
        return [fault]
    return [entry(said, ["value"], code) for said, code in _wrong_value(kind, one["value"])]


def _stale(wanted: str | None, known: JSON | None) -> JSON | None:
    present = digest(known) if known is not None else None
    if wanted == present:
        return None
    said = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."
    return entry(said, None, "STALE_OBJECT")


def _wrong_value(kind: str, value: str) -> list[tuple[str, str]]:
    if value == "":
        return [("Value can't be blank", "BLANK")]
    if kind.startswith("list."):
        try:
            items = json.loads(value)
        except ValueError:
            items = None
        if not isinstance(items, list):
            return [("Value is invalid JSON: a list is expected.", "INVALID_VALUE")]
        if len(items) > LIST_MOST:
            return [(f"Value has more than {LIST_MOST} entries.", "INVALID_VALUE")]
        return [fault for item in items for fault in _wrong_value(kind[5:], str(item))]
    most = JSON_MOST if kind == "json" else SHORT_MOST if kind == "url" or kind.endswith("reference") else TEXT_MOST
    if len(value.encode()) > most:
        return [(f"Value is too long (maximum is {most} bytes)", "TOO_LONG")]
    return [] if _is_of(kind, value) else [(f"Value is not valid for {kind}.", "INVALID_VALUE")]


def _is_of(kind: str, value: str) -> bool:
    try:
        if kind == "json":
            json.loads(value)
        elif kind in ("date", "date_time"):
            datetime.fromisoformat(value)
        elif kind == "number_integer":
            int(value)
        elif kind == "number_decimal":
            float(value)
    except ValueError:
        return False
    if kind == "boolean":
        return value in ("true", "false")
    if kind == "url":
        return re.match(r"(https?|mailto|sms|tel):", value) is not None
    if kind.endswith("_reference"):
        return bool(kind_of(value))
    return kind != "single_line_text_field" or "\n" not in value


@mutation("metafieldsDelete")
def delete_many(shop: Shop, args: JSON) -> JSON:
    gone: list[JSON | None] = []
    for place, one in enumerate(args["metafields"]):
        _check_scope(shop, one["ownerId"], "metafieldsDelete")
        namespace = resolve_namespace(shop, one["namespace"])
        if namespace.startswith("app--") and not _is_own(shop, namespace):
            said = "Access to this namespace is not allowed."
            raise UserError(said, ["metafields", str(place), "namespace"], "APP_NOT_AUTHORIZED")
        known = _existing(shop, one["ownerId"], namespace, one["key"])
        if known is not None:
            shop.drop(known)
        told = {"ownerId": one["ownerId"], "namespace": one["namespace"], "key": one["key"]}
        gone.append(told if known is not None else None)
    return {"deletedMetafields": gone}


# Definitions


@query("metafieldDefinitions")
def definitions(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    found = shop.where("MetafieldDefinition", ownerType=args["ownerType"])
    if args.get("namespace") is not None:
        found = [d for d in found if d["namespace"] == resolve_namespace(shop, args["namespace"])]
    return [d for d in found if args.get("key") in (None, d["key"])]


@query("metafieldDefinition")
def definition(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    asked = args.get("identifier")
    if asked:
        namespace = resolve_namespace(shop, asked.get("namespace") or "$app")
        return _definition(shop, asked["ownerType"], namespace, asked["key"])
    return shop.get("MetafieldDefinition", args["id"]) if args.get("id") else None


@mutation("metafieldDefinitionCreate")
def create_definition(shop: Shop, args: JSON) -> JSON:
    given = args["definition"]
    namespace = resolve_namespace(shop, given.get("namespace") or "$app")
    if given["type"] not in TYPES:
        raise UserError(f"Type name {given['type']} is not a valid type.", ["definition", "type"], "INCLUSION")
    if _definition(shop, given["ownerType"], namespace, given["key"]) is not None:
        said = f"Key is in use for {given['ownerType'].title()} metafields on the '{namespace}' namespace."
        raise UserError(said, ["definition", "key"], "TAKEN")
    if len(shop.where("MetafieldDefinition", ownerType=given["ownerType"], namespace=namespace)) >= DEFINITIONS_MOST:
        said = f"Stores can only have {DEFINITIONS_MOST} definitions for each resource type."
        raise UserError(said, ["definition"], "RESOURCE_TYPE_LIMIT_EXCEEDED_BY_APP")
    access = given.get("access") or {}
    if access.get("admin") and not namespace.startswith("app--"):
        said = "Setting this access control is not permitted outside the app's own namespace."
        raise UserError(said, ["definition", "access"], "ADMIN_ACCESS_INPUT_NOT_ALLOWED")
    made = shop.new(
        "MetafieldDefinition", ownerType=given["ownerType"], namespace=namespace, key=given["key"], name=given["name"],
        description=given.get("description"), type={"name": given["type"], "category": given["type"].split("_")[0]},
        validations=[{**v, "type": "single_line_text_field"} for v in given.get("validations") or []],
        pinnedPosition=1 if given.get("pin") else None,
        access={"admin": access.get("admin", "MERCHANT_READ_WRITE"), "storefront": access.get("storefront", "NONE")},
    )  # fmt: skip
    return {"createdDefinition": made}


@mutation("metafieldDefinitionDelete")
def delete_definition(shop: Shop, args: JSON) -> JSON:
    known = definition(shop, {}, args)
    if known is None:
        raise UserError("Definition not found.", ["id"], "NOT_FOUND")
    shop.drop(known)
    if args.get("deleteAllAssociatedMetafields"):
        for one in _associated(shop, known):
            shop.drop(one)
    told = {name: known[name] for name in ("ownerType", "namespace", "key")}
    return {"deletedDefinitionId": known["id"], "deletedDefinition": told}


@field("MetafieldDefinition", "metafieldsCount")
def count(shop: Shop, node: JSON, _args: JSON) -> int:
    return len(_associated(shop, node))


def _associated(shop: Shop, node: JSON) -> list[JSON]:
    return shop.where("Metafield", ownerType=node["ownerType"], namespace=node["namespace"], key=node["key"])


def _existing(shop: Shop, owner: str, namespace: str, key: str) -> JSON | None:
    found = shop.where("Metafield", ownerId=owner, namespace=namespace, key=key)
    return found[0] if found else None


def _definition(shop: Shop, owner_type: str, namespace: str, key: str) -> JSON | None:
    found = shop.where("MetafieldDefinition", ownerType=owner_type, namespace=namespace, key=key)
    return found[0] if found else None


def _type_of(shop: Shop, owner_type: str, namespace: str, one: JSON) -> str:
    known = _existing(shop, one["ownerId"], namespace, one["key"])
    if known is not None:
        return str(known["type"])
    declared = _definition(shop, owner_type, namespace, one["key"])
    return str(declared["type"]["name"]) if declared else ""


def _check_scope(shop: Shop, owner: str, name: str) -> None:
    needed = scopes.OWNERS.get(kind_of(owner), ())
    if not scopes.met(needed, shop.scopes):
        raise denied(name, scopes.spelled(needed))


def _at(place: int, error: JSON) -> JSON:
    return {**error, "field": ["metafields", str(place), *(error["field"] or [])], "elementIndex": place}
