"""Documents and their versions. Numbers count from 1 and are never given twice (section 3.4)."""

import hashlib
import mimetypes
from typing import Any

from sandbox.content_server import audit, tree
from sandbox.content_server.model import (
    ADD_MAJOR_VERSION,
    DELETE_VERSIONS,
    DOCUMENT,
    SEE_CONTENTS,
    Node,
    State,
    Version,
)
from sandbox.content_server.permissions import Actor, require
from sandbox.content_server.refusal import Refusal

DESCRIPTION_LIMIT = 255
UNKNOWN_TYPE = "application/octet-stream"


def create(actor: Actor, parent: Node, name: str, content: bytes, mime: str, *, api: int = 2, **members: Any) -> Node:
    file_name = members.pop("file_name", name)
    node = tree.create(actor, parent, DOCUMENT, name, api=api, **members)
    _append(actor, node, content, mime, file_name)
    return node


def add_version(
    actor: Actor, node: Node, content: bytes, mime: str, file_name: str = "", description: str = ""
) -> Version:
    require_document(node)
    require(actor, node, ADD_MAJOR_VERSION)
    tree.check_not_finalized(node)
    if node.reserved_user_id not in (0, actor.user.id):
        raise Refusal(f"The item '{node.name}' is reserved by another user.")
    if len(description) > DESCRIPTION_LIMIT:
        raise Refusal(f"The description is longer than {DESCRIPTION_LIMIT} characters.")
    version = _append(actor, node, content, mime, file_name or node.name, description)
    tree.touch(actor, node)
    audit.note(actor.state, node.id, 11, actor.user.id, actor.now)
    return version


def version_of(node: Node, number: int | None = None) -> Version:
    """One version, the newest without a number."""
    require_document(node)
    found = [item for item in node.versions if number is None or item.number == number]
    if not found:
        raise Refusal("Error getting version for node")
    return found[-1]


def read(actor: Actor, node: Node, number: int | None = None) -> tuple[Version, bytes]:
    require(actor, node, SEE_CONTENTS)
    version = version_of(node, number)
    return version, actor.state.blobs[version.sha256]


def delete_version(actor: Actor, node: Node, number: int) -> None:
    version = version_of(node, number)
    _require_removable(actor, node, [version])
    node.versions.remove(version)
    tree.touch(actor, node)
    audit.note(actor.state, node.id, 12, actor.user.id, actor.now)


def purge_versions(actor: Actor, node: Node, keep: int) -> None:
    require_document(node)
    if keep < 1:
        raise Refusal("number_to_keep must be at least 1")
    gone = node.versions[:-keep]
    if gone:
        _require_removable(actor, node, gone)
        node.versions = node.versions[-keep:]
        tree.touch(actor, node)
        audit.note(actor.state, node.id, 12, actor.user.id, actor.now)


def require_document(node: Node) -> None:
    if node.type != DOCUMENT:
        raise Refusal(f"The item '{node.name}' has no versions.")


def store(state: State, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    state.blobs.setdefault(digest, content)
    return digest


def mime_of(name: str, told: str | None) -> str:
    """What the upload said, unless it said nothing useful."""
    if told and told != UNKNOWN_TYPE:
        return told.split(";", 1)[0].strip()
    return mimetypes.guess_type(name)[0] or UNKNOWN_TYPE


def _append(actor: Actor, node: Node, content: bytes, mime: str, file_name: str, description: str = "") -> Version:
    state = actor.state
    state.next_version_id += 1
    version = Version(
        node.next_version,
        state.next_version_id,
        file_name,
        mime_of(file_name, mime),
        len(content),
        store(state, content),
        actor.user.id,
        actor.now,
        description,
    )
    node.versions.append(version)
    node.next_version += 1
    return version


def _require_removable(actor: Actor, node: Node, versions: list[Version]) -> None:
    require(actor, node, DELETE_VERSIONS)
    tree.check_not_finalized(node)
    tree.check_not_held(actor.state, node)
    if any(item.locked for item in versions):
        raise Refusal("The version is locked.")
    if len(versions) == len(node.versions):
        raise Refusal("The only version of a document cannot be deleted.")
