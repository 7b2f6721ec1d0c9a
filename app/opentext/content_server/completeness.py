"""Which documents a workspace must have and how far it is: the server's own reports, nothing worked out by us.

Source: OpenText's own Python client (document types, missing and in-process documents, reports); no published
specification describes these calls.
"""

from app.domain.content import Completeness, DocumentType, ListedDocument
from app.domain.ids import NodeId
from app.errors import NotFound
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.payloads import (
    Classified,
    DocumentTypeList,
    DocumentTypeProperties,
    MissingAnswer,
    ReportAnswer,
    ReportRow,
)

OUTDATED = "outdatedDocuments"
RULES = {
    "skip_validation": "false",
    "document_type_rule": "true",
    "document_generation_only": "false",
    "skip_docgen_upload_only": "false",
    "sort_by": "Priority",
}


class CompletenessReports:
    """Reports on single workspaces. Where the module that makes them is missing, UnknownRoute is raised."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._type_ids: dict[str, int] = {}

    def of(self, workspace: NodeId) -> Completeness:
        """Everything about one workspace: four calls. Raises NotFound or UnknownRoute."""
        return Completeness(
            tuple(self.types(workspace)),
            tuple(self.missing(workspace)),
            tuple(self.in_process(workspace)),
            tuple(self.outdated(workspace)),
        )

    def types(self, workspace: NodeId) -> list[DocumentType]:
        """The document types whose rules apply to this workspace as it is now, the most important first."""
        answer = self._server.get(DocumentTypeList, "v2", "businessworkspaces", workspace, "doctypes", query=RULES)
        return [_type(row.data.properties) for row in answer.results]

    def type_id(self, workspace: NodeId, name: str) -> int | None:
        """The classification of the document type of that name, asked for once; None where no rule here names it."""
        if name not in self._type_ids:
            self._type_ids |= {one.name: one.id for one in self.types(workspace)}
        return self._type_ids.get(self._server.called("document_type", name)) or self._type_ids.get(name)

    def called(self, name: str) -> str:
        """What this server calls that document type."""
        return self._server.called("document_type", name)

    def missing(self, workspace: NodeId) -> list[DocumentType]:
        """Required document types of which the workspace holds no document."""
        answer = self._server.get(MissingAnswer, "v2", "businessworkspaces", workspace, "missingdocuments")
        return [_type(row) for row in answer.results.data]

    def in_process(self, workspace: NodeId) -> list[ListedDocument]:
        """Documents that are still being classified, reviewed or approved."""
        answer = self._server.get(ReportAnswer, "v2", "businessworkspaces", workspace, "inprocessdocuments")
        return self._listed(answer.results.data)

    def outdated(self, workspace: NodeId) -> list[ListedDocument]:
        """Documents older than their type's validity."""
        path = ("v2", "businessworkspace", workspace, "reports")  # the singular is the real one
        return self._listed(self._server.get(ReportAnswer, *path, query={"type": OUTDATED}).results.data)

    def give_type(self, document: NodeId, classification_id: int) -> None:
        """Make a document one of this type; types it has already stay. Idempotent. Raises NotFound.

        The server replaces the whole list, so the present ones are sent along.
        """
        path = ("v1", "nodes", document, "classifications")
        present = [row.id for row in self._server.get(Classified, *path).data if row.id]
        if classification_id in present:
            return
        self._server.write(Anything, "POST", *path, body={"class_id": [*present, classification_id]})

    def replace_type(self, workspace: NodeId, document: NodeId, name: str) -> tuple[str, ...]:
        """Make a document one of this type alone, of those with rules in its workspace; other classifications stay.

        Gives the document's types as the server then tells them. Idempotent. Raises NotFound (also for a type that has
        no rule here: `no_such_type`) and Permanent.
        """
        known = {one.id: one.name for one in self.types(workspace)}
        wanted = next((number for number, each in known.items() if each == name), None)
        if wanted is None:
            raise NotFound("The workspace has no such document type.", code="no_such_type")
        path = ("v1", "nodes", document, "classifications")
        present = [row.id for row in self._server.get(Classified, *path).data if row.id]
        after = [one for one in present if one not in known] + [wanted]
        if present != after:
            self._server.write(Anything, "POST", *path, body={"class_id": after})
        return tuple(row.name for row in self._server.get(Classified, *path).data if row.name)

    def _listed(self, rows: tuple[ReportRow, ...]) -> list[ListedDocument]:
        return [
            ListedDocument(
                NodeId(row.id), row.name, row.classification_id, row.modify_date, self._server.node_url(row.id)
            )
            for row in rows
        ]


def _type(row: DocumentTypeProperties) -> DocumentType:
    return DocumentType(
        id=row.classification_id,
        name=row.classification_name,
        is_required=bool(row.required),
        folder=NodeId(int(row.location)) if row.location.isdecimal() else None,
        mime_types=row.mime_types,
        validity_months=row.validity or 0,
    )
