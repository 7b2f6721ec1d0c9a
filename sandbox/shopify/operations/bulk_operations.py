"""Bulk operations: begun here, run by the clock. Source: Admin GraphQL API reference, bulkOperationRunQuery."""

from sandbox.shopify import bulk
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import number_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

AT_ONCE = 5
LARGEST_INPUT = 100 * 1024 * 1024
RUNNING = ("CREATED", "RUNNING", "CANCELING")


def own(shop: Shop) -> list[JSON]:
    return [b for b in shop.all("BulkOperation") if b["clientId"] == shop.client_id]


@query("bulkOperation")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    found = shop.get("BulkOperation", args["id"])
    return found if found and found["clientId"] == shop.client_id else None


@query("bulkOperations")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    del args
    sorts = {"CREATED_AT": lambda b: (b["createdAt"], number_of(b["id"])), "COMPLETED_AT": lambda b: b["completedAt"]}
    sorts["CREATED_AT"] = lambda b: b["createdAt"]
    return Listing(own(shop), sorts, "CREATED_AT")


@query("currentBulkOperation")
def current(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    found = [b for b in own(shop) if b["type"] == (args.get("type") or "QUERY")]
    return found[-1] if found else None


COUNTS: dict[str, Resolver] = {
    "objectCount": lambda _s, b, _a: str(b["objectCount"]),
    "rootObjectCount": lambda _s, b, _a: str(b["rootObjectCount"]),
    "fileSize": lambda _s, b, _a: None if b["fileSize"] is None else str(b["fileSize"]),
}
for _name, _resolver in COUNTS.items():
    field("BulkOperation", _name)(_resolver)


@mutation("bulkOperationRunQuery")
def run_query(shop: Shop, args: JSON) -> JSON:
    _check_free(shop, "QUERY", ["query"])
    try:
        bulk.checked_query(args["query"])
    except bulk.Unfit as unfit:
        raise UserError(str(unfit), ["query"], "INVALID") from unfit
    return {"bulkOperation": _begin(shop, "QUERY", args["query"])}


@mutation("bulkOperationRunMutation")
def run_mutation(shop: Shop, args: JSON) -> JSON:
    _check_free(shop, "MUTATION", ["mutation"])
    try:
        bulk.checked_mutation(args["mutation"])
    except bulk.Unfit as unfit:
        raise UserError(str(unfit), ["mutation"], "INVALID_MUTATION") from unfit
    upload = shop.store.uploads.get(args["stagedUploadPath"])
    if upload is None or upload.data is None:
        said = "The JSONL file could not be found. Try uploading the file again."
        raise UserError(said, ["stagedUploadPath"], "NO_SUCH_FILE")
    if upload.resource != "BULK_MUTATION_VARIABLES" or len(upload.data) > LARGEST_INPUT:
        said = "The file is not one of variables, or larger than 100 MB."
        raise UserError(said, ["stagedUploadPath"], "INVALID_STAGED_UPLOAD_FILE")
    return {"bulkOperation": _begin(shop, "MUTATION", args["mutation"], upload=args["stagedUploadPath"])}


def _check_free(shop: Shop, kind: str, path: list[str]) -> None:
    if sum(b["type"] == kind and b["status"] in RUNNING for b in own(shop)) >= AT_ONCE:
        said = f"{AT_ONCE} bulk operations of this kind are running for this app and shop already."
        raise UserError(said, path, "LIMIT_REACHED")


def _begin(shop: Shop, kind: str, text: str, **about: str) -> JSON:
    made = shop.new(
        "BulkOperation", type=kind, status="CREATED", errorCode=None, createdAt=shop.stamp(), completedAt=None,
        objectCount=0, rootObjectCount=0, fileSize=None, url=None, partialDataUrl=None, query=text,
        clientId=shop.client_id, updatedAt=shop.stamp(),
    )  # fmt: skip
    shown = dict(made)
    shop.later(shop.store.bulk_seconds, "bulk operation", operation=made["id"], **about)
    return shown


def finish(shop: Shop, about: JSON) -> None:
    record = shop.find("BulkOperation", about["operation"])
    if record is None:
        return
    if record["status"] == "CANCELING":
        bulk.finish(shop, record, "CANCELED", [])
    elif record["type"] == "QUERY":
        bulk.run_query(shop, record)
    else:
        upload = shop.store.uploads[about["upload"]]
        bulk.run_mutation(shop, record, upload.data or b"")


@mutation("bulkOperationCancel")
def cancel(shop: Shop, args: JSON) -> JSON:
    record = one(shop, {}, args)
    if record is None:
        raise UserError("Bulk operation does not exist", ["id"])
    if record["status"] not in RUNNING:
        said = f"A bulk operation cannot be canceled when it is {record['status'].lower()}"
        raise UserError(said, ["id"])
    record["status"] = "CANCELING"
    return {"bulkOperation": record}


FINISH = {"bulk operation": finish}
