"""Looking for approvals: what in a workspace is approved, without the search index, which lags behind.

Source: Content Server Rest API 2.0.2, nodes (categories in lists cost much: small pages).
"""

from collections.abc import Iterator

from app.domain.content import Approval, Document
from app.domain.ids import NodeId
from app.opentext.content_server.approval import approval_of
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.documents import Documents
from app.opentext.content_server.nodes import BRIEF, DOCUMENT, FOLDER, each_child
from app.opentext.content_server.payloads import NodeResult

PAGE = 20


class Approvals:
    """Approved documents of a workspace, read from their "Approval" category."""

    def __init__(self, server: ContentServer, categories: Categories, documents: Documents) -> None:
        self._server, self._categories, self._documents = server, categories, documents

    def approved_documents(self, workspace: NodeId) -> list[tuple[Document, Approval]]:
        """Documents in the workspace and its folders whose category says Approved, with that approval."""
        found: list[tuple[Document, Approval]] = []
        for result in self._candidates(workspace):
            if result.data.properties is None:
                continue
            node = NodeId(result.data.properties.id)
            approval = self._approval(node, result)
            if approval.is_approved:
                found.append((self._documents.get(node), approval))
        return found

    def _approval(self, node: NodeId, result: NodeResult) -> Approval:
        """From the list where it carries categories whose names are known; else asked for."""
        flat = result.data.categories
        if not flat:
            return Approval("")
        if self._categories.unknown(flat):
            return approval_of(self._categories.values(node))
        return approval_of(self._categories.named(flat))

    def _candidates(self, workspace: NodeId) -> Iterator[NodeResult]:
        folders = [int(workspace)]
        for folder in folders:
            query = {"fields": (BRIEF, "categories")}
            for result in each_child(self._server, folder, query, limit=PAGE):
                child = result.data.properties
                if child is not None and child.type == DOCUMENT:
                    yield result
                elif child is not None and child.type == FOLDER and folder == workspace and child.size != 0:
                    folders.append(child.id)
