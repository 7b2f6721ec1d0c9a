"""Metaobjects of the app's own types. Source: Admin GraphQL API reference, metaobjectUpsert."""

from sandbox.shopify import changed
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations.metafields import TYPES, resolve_namespace
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON


@query("metaobjectByHandle")
def by_handle(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return _find(shop, resolve_namespace(shop, args["handle"]["type"]), args["handle"]["handle"])


def _find(shop: Shop, kind: str, handle: str) -> JSON | None:
    return next((m for m in shop.all("Metaobject") if (m["type"], m["handle"]) == (kind, handle)), None)


def _definition(shop: Shop, kind: str) -> JSON | None:
    return next((d for d in shop.all("MetaobjectDefinition") if d["type"] == kind), None)


@mutation("metaobjectDefinitionCreate")
def define(shop: Shop, args: JSON) -> JSON:
    given = args["definition"]
    kind = resolve_namespace(shop, given["type"])
    if _definition(shop, kind) is not None:
        raise UserError("Type has already been taken", ["definition", "type"], "TAKEN")
    for place, one in enumerate(given.get("fieldDefinitions") or []):
        if one["type"] not in TYPES:
            path = ["definition", "fieldDefinitions", str(place), "type"]
            raise UserError(f"Type name {one['type']} is not a valid type", path, "INVALID_TYPE")
    made = shop.new(
        "MetaobjectDefinition", type=kind, name=given.get("name") or given["type"], createdAt=shop.stamp(),
        description=given.get("description"), displayNameKey=given.get("displayNameKey"), hasThumbnailField=False,
        updatedAt=shop.stamp(), fieldDefinitions=[dict(one) for one in given.get("fieldDefinitions") or []],
    )  # fmt: skip
    return {"metaobjectDefinition": made}


@field("MetaobjectDefinition", "metaobjectsCount")
def count(shop: Shop, node: JSON, _args: JSON) -> int:
    return sum(m["type"] == node["type"] for m in shop.all("Metaobject"))


@mutation("metaobjectUpsert")
def upsert(shop: Shop, args: JSON) -> JSON:
    handle, given = args["handle"], args.get("metaobject") or {}
    kind = resolve_namespace(shop, handle["type"])
    definition = _definition(shop, kind)
    if definition is None:
        said = f'No metaobject definition exists for type "{handle["type"]}"'
        raise UserError(said, ["handle", "type"], "UNDEFINED_OBJECT_TYPE")
    fields = _checked(definition, given.get("fields") or [])
    status = ((given.get("capabilities") or {}).get("publishable") or {}).get("status")
    made = _find(shop, kind, handle["handle"])
    is_new = made is None
    if made is None:
        _check_required(definition, fields)
        made = shop.new(
            "Metaobject", type=kind, handle=handle["handle"], definitionId=definition["id"], fields=[],
            publishStatus="DRAFT", createdAt=shop.stamp(), updatedAt=shop.stamp(), displayName=handle["handle"],
        )  # fmt: skip
    values = {f["key"]: f["value"] for f in made["fields"]} | {f["key"]: f["value"] for f in fields}
    made["fields"] = [{"key": key, "value": value} for key, value in values.items()]
    made["displayName"] = values.get(definition["displayNameKey"] or "", made["handle"])
    made["publishStatus"] = status or made["publishStatus"]
    if given.get("handle"):
        made["handle"] = given["handle"]
    changed.tell(shop, made, "create" if is_new else "update")
    return {"metaobject": made}


def _checked(definition: JSON, fields: list[JSON]) -> list[JSON]:
    known = {one["key"] for one in definition["fieldDefinitions"]}
    seen: set[str] = set()
    for place, one in enumerate(fields):
        path = ["metaobject", "fields", str(place)]
        if one["key"] not in known:
            said = f'Field definition "{one["key"]}" does not exist'
            raise UserError(said, path, "UNDEFINED_OBJECT_FIELD")
        if one["key"] in seen:
            raise UserError("The field is given twice", path, "DUPLICATE_FIELD_INPUT")
        seen.add(one["key"])
    return fields


def _check_required(definition: JSON, fields: list[JSON]) -> None:
    given = {one["key"] for one in fields}
    for one in definition["fieldDefinitions"]:
        if one.get("required") and one["key"] not in given:
            said = f"{one.get('name') or one['key']} can't be blank"
            raise UserError(said, ["metaobject"], "OBJECT_FIELD_REQUIRED")


@mutation("metaobjectDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Metaobject", args["id"], ["id"], "RECORD_NOT_FOUND")
    shop.drop(made)
    app = shop.app
    shop.emit(
        "metaobjects/delete",
        {"id": made["id"], "type": made["type"], "handle": made["handle"],
         "created_by_app_id": gid("ApiClient", app.number) if app else None},
    )  # fmt: skip
    return {"deletedId": made["id"]}
