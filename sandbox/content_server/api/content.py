"""Versions, their bytes, and large uploads. Source: sections 3.4 to 3.6."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from sandbox.content_server import audit, categories, documents, shapes, tree
from sandbox.content_server.api.nodes import uploaded
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import Node, Upload, Version
from sandbox.content_server.permissions import require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal
from sandbox.content_server.wire import Exchange
from sandbox.kernel.standin import json_response

PART_SIZE, SMALLEST, LARGEST = 10 * 1024 * 1024, 1, 300 * 1024 * 1024
FETCH = 13  # of the audit trail
NOT_LOCATED = (500, "Could not locate node: {id}")


def add_version(x: Exchange, id: int) -> Response:
    version = _add(x, tree.find(x.actor, id))
    return x.answer({"data": {"versions": shapes.version(tree.find(x.actor, id), version)}})


def add_version_v1(x: Exchange, id: int) -> Response:
    version = _add(x, tree.find(x.actor, id))
    return json_response({"version_number": version.number})


def _add(x: Exchange, node: Node) -> Version:
    sent = x.sent
    documents.require_document(node)
    values = categories.flat(sent.mapping("roles").get("categories") or {})
    categories.check_all(x.state, node, values)
    content, mime, file_name = uploaded(x, sent, node.name)
    version = documents.add_version(x.actor, node, content, mime, file_name, sent.text("description"))
    version.external_create_date = sent.text("external_create_date") or None
    version.external_modify_date = sent.text("external_modify_date") or None
    for category_id, sent_values in values.items():
        categories.put(x.actor, node, category_id, sent_values)
    x.call.effect = f"document {node.id} version {version.number} added"
    return version


def versions(x: Exchange, id: int) -> Response:
    """Newest first."""
    node = _document(x, id)
    rows = [{"data": {"versions": shapes.version(node, item)}} for item in reversed(node.versions)]
    return x.answer(rows)


def versions_v1(x: Exchange, id: int) -> Response:
    node = _document(x, id)
    return json_response({"data": [shapes.version(node, item) for item in reversed(node.versions)]})


def version(x: Exchange, id: int, number: int) -> Response:
    node = _document(x, id)
    return x.answer({"data": {"versions": shapes.version(node, documents.version_of(node, number))}})


def version_v1(x: Exchange, id: int, number: int) -> Response:
    node = _document(x, id)
    return json_response({"data": shapes.version(node, documents.version_of(node, number))})


def latest(x: Exchange, id: int) -> Response:
    node = _document(x, id)
    return json_response({"data": shapes.version(node, documents.version_of(node))})


def describe_version(x: Exchange, id: int, number: int) -> Response:
    node = _document(x, id)
    found, text = documents.version_of(node, number), x.parameters().text("description")
    require(x.actor, node, "modify")
    tree.check_not_finalized(node)
    if len(text) > documents.DESCRIPTION_LIMIT:
        raise Refusal(f"The description is longer than {documents.DESCRIPTION_LIMIT} characters.")
    found.description = text
    x.call.effect = f"document {id} version {number} described"
    return x.answer({"data": {"versions": shapes.version(node, found)}})


def delete_version(x: Exchange, id: int, number: int) -> Response:
    documents.delete_version(x.actor, _document(x, id), number)
    x.call.effect = f"document {id} version {number} deleted"
    return x.answer({})


def purge(x: Exchange, id: int) -> Response:
    node, keep = _document(x, id), x.parameters().integer("number_to_keep")
    if keep is None:
        raise Refusal("Missing required parameter 'Number to Keep'", 500)
    documents.purge_versions(x.actor, node, keep)
    x.call.effect = f"document {id} purged to {keep} versions"
    return x.answer({})


def content(x: Exchange, id: int, filename: str = "") -> Response:  # noqa: ARG001  # part of the path
    return _bytes(x, id, None)


def version_content(x: Exchange, id: int, number: int, filename: str = "") -> Response:  # noqa: ARG001
    return _bytes(x, id, number)


def _bytes(x: Exchange, id: int, number: int | None) -> Response:
    node = tree.find(x.actor, id)
    if number is not None and all(item.number != number for item in node.versions):
        raise Refusal("The version is not found", 500)
    found, body = documents.read(x.actor, node, number)
    audit.note(x.state, node.id, FETCH, x.actor.user.id, x.actor.now)
    download = x.query.text("action") == "download" or "octet-stream" in x.call.headers.get("Accept", "")
    mime = documents.UNKNOWN_TYPE if download else found.mime_type
    disposition = "attachment" if download else "inline"
    name = quote(found.file_name)
    headers = {"Content-Disposition": f"{disposition}; filename*=UTF-8''{name}", "Content-Length": str(len(body))}
    return Response(body, headers=headers, content_type=mime)


def _document(x: Exchange, id: int) -> Node:
    node = tree.find(x.actor, id)
    documents.require_document(node)
    return node


# --- large files ---


def settings(x: Exchange) -> Response:
    return x.answer({"is_enabled": True, "max_size": LARGEST, "min_size": SMALLEST})


def start(x: Exchange) -> Response:
    sent = x.parameters()
    size = sent.required_integer("file_size")
    if not SMALLEST <= size <= LARGEST:
        raise Refusal(f"Invalid block size: File size must be between {SMALLEST} and {LARGEST} bytes.", 500)
    key = secrets.token_hex(16)
    x.state.uploads[key] = Upload(sent.required("file_name"), size, sent.text("mime_type"), x.actor.user.id)
    x.call.effect = f"upload of {size} bytes started"
    parts = -(-size // PART_SIZE)
    return x.answer({"upload_key": key, "max_retries": 3, "num_parts": parts, "part_size": PART_SIZE})


def part(x: Exchange, key: str, number: int) -> Response:
    upload = _upload(x, key)
    count = -(-upload.file_size // PART_SIZE)
    if not 1 <= number <= count:
        raise Refusal(f"Invalid BlockID: Expected BlockID between 1 and {count}", 500)
    if number in upload.parts:
        raise Refusal(f"Invalid BlockID: Block {number} was already uploaded", 500)
    found = x.file("part_content")
    if found is None:
        raise Refusal("Missing required parameter 'part_content'")
    expected = min(PART_SIZE, upload.file_size - (number - 1) * PART_SIZE)
    if len(found[1]) != expected:
        raise Refusal(f"Invalid block size: Expected {expected} bytes.", 500)
    upload.parts[number] = found[1]
    x.call.effect = f"part {number} of an upload"
    return x.answer({})


def close(x: Exchange, key: str) -> Response:
    upload = _upload(x, key)
    if upload.complete or len(upload.parts) != -(-upload.file_size // PART_SIZE):
        raise Refusal("Invalid status. Cannot close an empty or already closed upload.", 500)
    upload.complete = True
    x.call.effect = "upload closed"
    return x.answer({"upload_key": key})


def cancel(x: Exchange, key: str) -> Response:
    _upload(x, key)
    del x.state.uploads[key]
    x.call.effect = "upload cancelled"
    return x.answer({})


def _upload(x: Exchange, key: str) -> Upload:
    upload = x.state.uploads.get(key)
    if upload is None or upload.user_id != x.actor.user.id:
        raise Refusal(
            "Failed to complete request. Either the UploadKey is invalid, or you do not have permission to access "
            "this upload session.",
            500,
        )
    return upload


def _content(api: str, path: str, handler: Callable[..., Response]) -> list[Route]:
    unknown: tuple[int, str] = NOT_LOCATED if api == "v1" or "versions" in path else (500, NOT_ACCESSIBLE)
    whole = f"/{api}/nodes/<id>{path}/content"
    more: dict[str, Any] = {"unknown": unknown, "texts": ("filename",)}
    return [Route("GET", whole, handler, **more), Route("GET", f"{whole}/<filename>", handler, **more)]


ONE = "/nodes/<id>/versions/<number>"
ROUTES = (
    Route("POST", "/v2/nodes/<id>/versions", add_version, unknown=SORRY),
    Route("POST", "/v1/nodes/<id>/versions", add_version_v1, unknown=SORRY),
    Route("GET", "/v2/nodes/<id>/versions", versions, unknown=SORRY),
    Route("GET", "/v1/nodes/<id>/versions", versions_v1, unknown=SORRY),
    Route("DELETE", "/v2/nodes/<id>/versions", purge, unknown=(500, NOT_ACCESSIBLE)),
    Route("GET", "/v1/nodes/<id>/versions/latest", latest, unknown=SORRY),
    Route("GET", f"/v2{ONE}", version, unknown=SORRY),
    Route("GET", f"/v1{ONE}", version_v1, unknown=SORRY),
    Route("PUT", f"/v2{ONE}", describe_version, unknown=SORRY),
    Route("DELETE", f"/v2{ONE}", delete_version, unknown=SORRY),
    *_content("v1", "", content),
    *_content("v2", "", content),
    *_content("v1", "/versions/<number>", version_content),
    *_content("v2", "/versions/<number>", version_content),
    Route("GET", "/v2/multipart/settings", settings),
    Route("POST", "/v2/multipart", start),
    Route("POST", "/v2/multipart/<key>/<number>", part, ("key",)),
    Route("POST", "/v2/multipart/<key>", close, ("key",)),
    Route("DELETE", "/v2/multipart/<key>", cancel, ("key",)),
)
