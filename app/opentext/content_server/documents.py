"""Documents and their versions: filed under clean names, never twice, read back exactly.

Source: Content Server Rest API 2.0.2, nodes, versions and content.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from app.domain.content import Approval, Document, Folder
from app.domain.ids import NodeId
from app.errors import Conflict, NotFound, Permanent, Retryable
from app.opentext.answers import Anything, json_text
from app.opentext.content_server.approval import approval_of
from app.opentext.content_server.categories import Categories, Values
from app.opentext.content_server.client import ContentServer, Query
from app.opentext.content_server.names import file_name
from app.opentext.content_server.nodes import BRIEF, DOCUMENT, FOLDER, each_child
from app.opentext.content_server.payloads import (
    Classified,
    LatestVersion,
    NodeResult,
    OneMember,
    OneNode,
    Properties,
    Version,
    VersionList,
)
from app.opentext.content_server.streams import Hashing, seekable, sha256_and_size

WITH_VERSION = (BRIEF, "versions.element(0)")
DEFAULT_LIMIT = 200_000_000  # bytes a download may have when nothing else is said
DEEPEST = 3  # levels of folders looked into below a workspace


class Documents:
    """Documents in workspaces. Folder ids are kept; a kept folder that is gone is looked up again."""

    def __init__(self, server: ContentServer, categories: Categories, max_bytes: int = DEFAULT_LIMIT) -> None:
        self._server, self._categories, self._max_bytes = server, categories, max_bytes
        self._folders: dict[tuple[int, str], NodeId] = {}
        self._folder_names: dict[int, str] = {}
        self._folder_paths: dict[int, tuple[str, ...]] = {}  # from the workspace down
        self._members: dict[int, str] = {}
        self._lock = threading.Lock()

    # Reading

    def get(self, node: NodeId) -> Document:
        """A document as it stands. Raises NotFound, also where the node is something else."""
        result = self._server.get(OneNode, "v2", "nodes", node, query={"fields": WITH_VERSION}).results
        if result.data.properties is None or result.data.properties.type != DOCUMENT:
            raise NotFound("This item is not a document.", node=node)
        return self._document(result.data.properties, result.data.versions)

    def children(self, parent: NodeId) -> list[Document]:
        """All documents directly in a folder or workspace. Raises NotFound."""
        return list(self.each(parent))

    def each(self, parent: NodeId) -> Iterator[Document]:
        """The same, one by one; a page is held at a time."""
        for result in each_child(self._server, parent, {"where_type": DOCUMENT, "fields": WITH_VERSION}):
            if result.data.properties is not None and result.data.properties.type == DOCUMENT:
                yield self._document(result.data.properties, result.data.versions)

    def in_workspace(self, workspace: NodeId) -> list[Document]:
        """All documents of a workspace, three levels of folders deep; a call for each folder."""
        found: list[Document] = []
        waiting: list[tuple[int, tuple[str, ...]]] = [(workspace, ())]
        for folder, path in waiting:
            for result in each_child(self._server, folder, {"fields": WITH_VERSION}):
                child = result.data.properties
                if child is not None and child.type == DOCUMENT:
                    document = self._document(child, result.data.versions, parent=folder)
                    found.append(replace(document, folders=path))
                elif child is not None and child.type == FOLDER and len(path) < DEEPEST and child.size != 0:
                    self._folder_names[child.id] = child.name
                    self._folder_paths[child.id] = (*path, child.name)
                    waiting.append((child.id, (*path, child.name)))
        return found

    def find(self, parent: NodeId, name: str) -> Document | None:
        """The document of this name (after the name rules) in a folder, or None."""
        wanted = file_name(name)
        query: Query = {"where_type": DOCUMENT, "where_name": wanted, "fields": WITH_VERSION}
        found = _named(each_child(self._server, parent, query), wanted, DOCUMENT)
        if found is None or found.data.properties is None:
            return None
        return self._document(found.data.properties, found.data.versions)

    def folders(self, parent: NodeId) -> list[Folder]:
        """The folders directly in a workspace or folder, with how much lies in each. Raises NotFound."""
        found = []
        for result in each_child(self._server, parent, {"where_type": FOLDER, "fields": BRIEF}):
            child = result.data.properties
            if child is not None and child.type == FOLDER:
                found.append(Folder(NodeId(child.id), child.name, child.size or 0))
        return found

    def versions(self, node: NodeId) -> list[Version]:
        """All versions, oldest first. Raises NotFound."""
        answer = self._server.get(VersionList, "v2", "nodes", node, "versions")
        return sorted(answer.all(), key=lambda version: version.version_number)

    def names(self, members: Iterable[int]) -> dict[int, str]:
        """How Content Server calls these members, a call for each it was not asked about before; who is not visible
        has no name here."""
        found: dict[int, str] = {}
        for member in members:
            with self._lock:
                known = self._members.get(member)
            if known is None:
                try:
                    told = self._server.get(OneMember, "v2", "members", member).results.data.properties
                except (NotFound, Permanent):
                    continue
                known = told.display_name or told.name_formatted or told.name
                with self._lock:
                    self._members[member] = known
            found[member] = known
        return found

    def download(self, node: NodeId, version: int, sink: BinaryIO) -> str:
        """Stream one version to `sink`; gives its SHA-256. After an error throw away what the sink holds."""
        hashing = Hashing(sink)
        self._server.download(
            "v1", "nodes", node, "versions", version, "content",
            sink=hashing, max_bytes=self._max_bytes,  # type: ignore[arg-type]  # writes are all that is asked of it
        )  # fmt: skip
        return hashing.digest.hexdigest()

    def types(self, node: NodeId) -> tuple[str, ...]:
        """The names of a document's types: its classifications, those of records apart. Raises NotFound."""
        answer = self._server.get(Classified, "v1", "nodes", node, "classifications")
        return tuple(row.name for row in answer.data if row.name)

    def approval(self, node: NodeId) -> Approval:
        """What the category "Approval" says of a document; an empty status where it has none."""
        return approval_of(self._categories.values(node))

    # Writing

    def folder(self, workspace: NodeId, name: str) -> NodeId:
        """The folder of that name directly in a workspace, created when missing. Raises NotFound."""
        wanted = file_name(name)
        with self._lock:
            kept = self._folders.get((workspace, wanted))
        if kept is not None:
            return kept
        found = self._find_folder(workspace, wanted)
        if found is None:
            found = self._create_folder(workspace, wanted)
        with self._lock:
            self._folders[workspace, wanted] = found
            self._folder_names[found] = wanted
            self._folder_paths[found] = (*self._folder_paths.get(workspace, ()), wanted)
        return found

    def folder_at(self, workspace: NodeId, *names: str) -> NodeId:
        """A folder several levels down, each created when missing. Raises NotFound."""
        found = workspace
        for name in names:
            found = self.folder(found, name)
        return found

    def upload(
        self,
        parent: NodeId,
        name: str,
        content: bytes | BinaryIO,
        mime_type: str,
        *,
        categories: Mapping[str, Values] | None = None,
    ) -> Document:
        """File a document; one call. The name is made fit (see `file_name`); a stream is read from its start.

        Where the name is taken by a document whose latest version has the same bytes, that is the document;
        other bytes become its next version. Categories by name are set in the same call once their keys are
        known. Raises Conflict (the name is something else's), Retryable (also `folder_gone`), NeedsReauth.
        """
        name = file_name(name)
        known, later = self._known(categories or {})
        body: dict[str, Any] = {"type": DOCUMENT, "parent_id": parent, "name": name}
        if known:
            body["roles"] = {"categories": known}
        with seekable(content) as stream:
            sha256, size = sha256_and_size(stream)
            try:
                document = self._create(parent, body, (name, stream, mime_type), sha256, size)
            except Conflict as error:
                existing = self.find(parent, name)
                if existing is None:
                    raise error from None
                document = self._next_version(existing, stream, mime_type, sha256, size)
                later = dict(categories or {})
        for category, values in later.items():
            self._categories.write(document.id, category, values)
        return document

    def add_version(self, node: NodeId, content: bytes | BinaryIO, mime_type: str) -> Document:
        """Add a version unless the latest one has the same bytes already. Raises NotFound."""
        existing = self.get(node)
        with seekable(content) as stream:
            sha256, size = sha256_and_size(stream)
            return self._next_version(existing, stream, mime_type, sha256, size)

    # How

    def _create(
        self, parent: NodeId, body: dict[str, Any], file: tuple[str, BinaryIO, str], sha256: str, size: int
    ) -> Document:
        try:
            answer = self._server.upload(OneNode, "v2", "nodes", fields={"body": json_text(body)}, file=file, size=size)
        except NotFound as error:
            if self._forget_folder(parent):
                raise Retryable("The folder is gone; it is looked up again.", code="folder_gone") from error
            raise
        properties = answer.results.data.properties
        if properties is None:
            raise Retryable(
                "Content Server did not say which document it created.", code="unknown_document",
                unknown_outcome=True,
            )  # fmt: skip
        new = Version(version_number=1, file_size=size, mime_type=file[2])
        return self._document(properties, (new,), sha256=sha256, parent=parent)

    def _next_version(self, existing: Document, stream: BinaryIO, mime_type: str, sha256: str, size: int) -> Document:
        if existing.size == size and self._same(existing, sha256):
            return replace(existing, sha256=sha256)
        self._server.upload(
            Anything, "v2", "nodes", existing.id, "versions",
            fields={"description": f"SHA-256 {sha256}"}, file=(existing.name, stream, mime_type), size=size,
        )  # fmt: skip
        latest = self._server.get(LatestVersion, "v1", "nodes", existing.id, "versions", "latest").data
        return replace(
            existing, version=latest.version_number, size=size, mime_type=latest.mime_type or mime_type,
            modified_at=latest.modify_date or existing.modified_at, sha256=sha256,
        )  # fmt: skip

    def _same(self, existing: Document, sha256: str) -> bool:
        with SpooledTemporaryFile(max_size=1 << 20) as scratch:
            return self.download(existing.id, existing.version, scratch) == sha256  # type: ignore[arg-type]

    def _find_folder(self, workspace: NodeId, name: str) -> NodeId | None:
        query: Query = {"where_type": FOLDER, "where_name": name, "fields": BRIEF}
        found = _named(each_child(self._server, workspace, query), name, FOLDER)
        return NodeId(found.data.properties.id) if found and found.data.properties else None

    def _create_folder(self, workspace: NodeId, name: str) -> NodeId:
        body = {"type": FOLDER, "parent_id": workspace, "name": name}
        try:
            made = self._server.write(OneNode, "POST", "v2", "nodes", body=body).results.data.properties
        except Conflict:
            found = self._find_folder(workspace, name)  # somebody was faster
            if found is None:
                raise
            return found
        if made is None:
            raise Retryable("Content Server did not say which folder it created.", code="unknown_folder")
        return NodeId(made.id)

    def _forget_folder(self, folder: int) -> bool:
        with self._lock:
            kept = [key for key, node in self._folders.items() if node == folder]
            for key in kept:
                del self._folders[key]
        return bool(kept)

    def _known(self, categories: Mapping[str, Values]) -> tuple[Values, dict[str, Values]]:
        """Category values ready for the upload's own call, and those whose keys must be learned first."""
        ready: Values = {}
        later: dict[str, Values] = {}
        for category, values in categories.items():
            known = self._categories.map(category)
            if known is None:
                later[category] = values
            else:
                ready |= known.fields(values)
        return ready, later

    def _document(
        self,
        properties: Properties,
        versions: tuple[Version, ...],
        sha256: str = "",
        parent: int | None = None,
    ) -> Document:
        latest = max(versions, key=lambda version: version.version_number, default=None)
        folder = parent if parent is not None else properties.parent_id
        return Document(
            id=NodeId(properties.id),
            name=properties.name,
            version=latest.version_number if latest else 1,
            size=latest.file_size if latest else properties.size or 0,
            mime_type=(latest.mime_type if latest else "") or properties.mime_type,
            folder=self._folder_names.get(folder, "") if folder is not None else "",
            modified_at=properties.modify_date or (latest.modify_date if latest else None),
            url=self._server.node_url(properties.id),
            sha256=sha256,
            created_at=properties.create_date,
            folders=self._folder_paths.get(folder) if folder is not None else None,
        )


def _named(results: Iterator[NodeResult], name: str, node_type: int) -> NodeResult | None:
    """The one with this name: the server's filter is a substring match, its uniqueness ignores case."""
    close: NodeResult | None = None
    for result in results:
        found = result.data.properties
        if found is None or found.type != node_type:
            continue
        if found.name.strip() == name:
            return result
        if found.name.strip().casefold() == name.casefold():
            close = result
    return close
