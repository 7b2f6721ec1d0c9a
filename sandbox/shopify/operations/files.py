"""Files and staged uploads. Source: Admin GraphQL API reference, stagedUploadsCreate, fileCreate, fileUpdate."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from sandbox.shopify import filing, lists, storage
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError, entry
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON, Upload

LONGEST_ALT, LONGEST_NAME = 512, 255
NEED_SIZE = ("VIDEO", "MODEL_3D")


@query("files")
def files(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "filename": lambda f: f["filename"],
        "ids": lambda f: f["id"].rpartition("/")[2],
        "media_type": lambda f: f["__typename"],
        "original_upload_size": lambda f: f["originalFileSize"],
        "product_id": lambda f: [i.rpartition("/")[2] for i in _products(shop, f)],
        "status": lambda f: f["fileStatus"],
        "used_in": lambda f: "product" if _products(shop, f) else "none",
    }
    sorts = {
        "CREATED_AT": lambda f: f["createdAt"], "UPDATED_AT": lambda f: f["updatedAt"],
        "FILENAME": lambda f: f["filename"], "ORIGINAL_UPLOAD_SIZE": lambda f: f["originalFileSize"] or 0,
    }  # fmt: skip
    found = sorted(filing.every(shop), key=lambda f: str(f["createdAt"]))
    return lists.listing(shop, found, args, filters, sorts, usual="CREATED_AT", words=("filename", "alt"))


def _products(shop: Shop, file: JSON) -> list[str]:
    return [p["id"] for p in shop.all("Product") if file["id"] in p["mediaIds"]]


for _kind in filing.KINDS.values():

    @field(_kind, "preview")
    def preview(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
        """A picture of it: its own for images, none for the others."""
        return {"image": node["image"]} if node["image"] and node["fileStatus"] == "READY" else {"image": None}


@field("MediaImage", "image")
def image(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    return node["image"] if node["fileStatus"] == "READY" else None


@mutation("stagedUploadsCreate")
def stage(shop: Shop, args: JSON) -> JSON:
    targets = []
    for place, given in enumerate(args["input"]):
        if given["resource"] in NEED_SIZE and not given.get("fileSize"):
            raise UserError("File size is required for this resource", ["input", str(place), "fileSize"])
        if not given["filename"].strip() or "/" in given["filename"]:
            raise UserError("Filename is invalid", ["input", str(place), "filename"])
        method = given.get("httpMethod") or "PUT"
        upload = Upload(given["resource"], given["filename"], given["mimeType"], method, client_id=shop.client_id)
        targets.append(storage.target(shop, upload))
    return {"stagedTargets": targets}


@mutation("fileCreate")
def create(shop: Shop, args: JSON) -> JSON:
    errors: list[JSON] = []
    for place, given in enumerate(args["files"]):
        errors += _problems(shop, given, ["files", str(place)])
    if errors:
        raise UserError.many(errors)
    return {"files": [_make(shop, given) for given in args["files"]]}


def _make(shop: Shop, given: JSON) -> JSON:
    name = given.get("filename") or filing.name_of(given["originalSource"])
    if given.get("duplicateResolutionMode") == "REPLACE":
        known = next((f for f in filing.every(shop) if f["filename"] == name), None)
        if known is not None:
            known["alt"] = given.get("alt", known["alt"])
            filing.begin(shop, known, given["originalSource"])
            return known
    kind = filing.kind_for(name, given.get("contentType"))
    return filing.make(shop, kind, filing.free_name(shop, name), given["originalSource"], given.get("alt"))


def _problems(shop: Shop, given: JSON, path: list[str]) -> list[JSON]:
    name = given.get("filename") or filing.name_of(given["originalSource"])
    mode, source = given.get("duplicateResolutionMode"), filing.name_of(given["originalSource"])
    if not given["originalSource"].startswith(("http://", "https://")):
        return [entry("The source is not a valid URL.", [*path, "originalSource"], "INVALID")]
    if not name or len(name) > LONGEST_NAME:
        return [entry("The filename is not valid.", [*path, "filename"], "INVALID_FILENAME")]
    if not PurePosixPath(name).suffix:
        return [entry("The filename has no extension.", [*path, "filename"], "INVALID_FILENAME_EXTENSION")]
    if given.get("filename") and PurePosixPath(source).suffix not in ("", PurePosixPath(name).suffix):
        said = "The extension is another one than the source's."
        return [entry(said, [*path, "filename"], "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE")]
    if len(given.get("alt") or "") > LONGEST_ALT:
        return [entry(f"Alt is too long (maximum is {LONGEST_ALT})", [*path, "alt"], "ALT_VALUE_LIMIT_EXCEEDED")]
    if given.get("contentType") in ("EXTERNAL_VIDEO", "MODEL_3D"):
        return [entry("This content type is not served here.", [*path, "contentType"], "UNACCEPTABLE_ASSET")]
    if mode == "REPLACE" and not given.get("filename"):
        said = "A filename is needed to replace."
        return [entry(said, [*path, "filename"], "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE")]
    if mode == "RAISE_ERROR" and any(f["filename"] == name for f in filing.every(shop)):
        return [entry("A file with this name exists already.", [*path, "filename"], "FILENAME_ALREADY_EXISTS")]
    return []


@mutation("fileUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    found = []
    for place, given in enumerate(args["files"]):
        path = ["files", str(place)]
        made = filing.find(shop, given["id"])
        if made is None:
            raise UserError(f"File id {given['id']} does not exist.", [*path, "id"], "FILE_DOES_NOT_EXIST")
        if made["fileStatus"] != "READY" and (given.get("originalSource") or given.get("filename")):
            raise UserError("Non-ready files cannot be updated.", [*path, "id"], "NON_READY_STATE")
        for text in [*(given.get("referencesToAdd") or []), *(given.get("referencesToRemove") or [])]:
            shop.need("Product", text, [*path, "referencesToAdd"], "REFERENCE_TARGET_DOES_NOT_EXIST")
        found.append((made, given))
    for made, given in found:
        _change(shop, made, given)
    return {"files": [made for made, _ in found]}


def _change(shop: Shop, made: JSON, given: JSON) -> None:
    made |= {n: given[n] for n in ("alt", "filename") if given.get(n) is not None}
    if made["image"]:
        made["image"]["altText"] = made["alt"]
    shop.touch(made)
    for text in given.get("referencesToAdd") or []:
        product = shop.find("Product", text)
        if product is not None and made["id"] not in product["mediaIds"]:
            product["mediaIds"].append(made["id"])
    for text in given.get("referencesToRemove") or []:
        product = shop.find("Product", text)
        if product is not None:
            product["mediaIds"] = [i for i in product["mediaIds"] if i != made["id"]]
    if given.get("originalSource"):
        filing.begin(shop, made, given["originalSource"])


@mutation("fileDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    found = []
    for place, text in enumerate(args["fileIds"]):
        made = filing.find(shop, text)
        if made is None:
            raise UserError(f"File id {text} does not exist.", ["fileIds", str(place)], "FILE_DOES_NOT_EXIST")
        found.append(made)
    for made in found:
        filing.delete(shop, made)
    return {"deletedFileIds": list(args["fileIds"])}


FINISH = filing.FINISH
