"""What we know of OpenText about an object, written down so that panels need not ask: workspace, documents, records."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from app.db import rights
from app.db.links import FiledDocument, WorkspaceLink
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.content import Approval, BusinessObject, Document, RecordDetails, Workspace
from app.domain.ids import NodeId, ObjectType, StoreId
from app.domain.publication import is_content_sheet
from app.domain.retention import in_words
from app.domain.rights import Traits
from app.engine import completeness, workflow_list
from app.engine.deps import Deps
from app.opentext import OpenText


def link_of(session: Session, store_id: StoreId, object_type: str, object_id: str) -> WorkspaceLink | None:
    return session.execute(
        select(WorkspaceLink).where(
            col(WorkspaceLink.store_id) == store_id,
            col(WorkspaceLink.object_type) == object_type,
            col(WorkspaceLink.object_id) == object_id,
        )
    ).scalar_one_or_none()


def documents_of(session: Session, link: WorkspaceLink, node_id: int | None = None) -> list[FiledDocument]:
    """What we know of a workspace's documents, or of the one."""
    wanted = select(FiledDocument).where(col(FiledDocument.link_id) == link.id)
    if node_id is not None:
        wanted = wanted.where(col(FiledDocument.node_id) == node_id)
    return list(session.execute(wanted).scalars())


def remember_workspace(
    session: Session, store_id: StoreId, object_type: str, object_id: str, object_name: str,
    business_object: BusinessObject, workspace: Workspace, version: str,
) -> WorkspaceLink:  # fmt: skip
    """Keep or renew the link, in the caller's transaction."""
    link = link_of(session, store_id, object_type, object_id) or WorkspaceLink(
        store_id=store_id, object_type=object_type, object_id=object_id, business_object_type=business_object.type,
        business_object_id=business_object.id, workspace_id=workspace.id, workspace_name=workspace.name,
        workspace_url=workspace.url,
    )  # fmt: skip
    link.object_name, link.object_version = object_name, version
    link.workspace_id, link.workspace_name, link.workspace_url = workspace.id, workspace.name, workspace.url
    link.seen_at = utc_now()
    session.add(link)
    session.flush()
    return link


def remember_document(
    session: Session, link: WorkspaceLink, document: Document, *, ours: bool = False,
    record: RecordDetails | None = None, approval: Approval | None = None, seen_at: datetime | None = None,
    traits: Traits | None = None,
) -> FiledDocument:  # fmt: skip
    """Keep or renew what is known of one document, in the caller's transaction. `traits`: as just looked up."""
    row = session.execute(
        select(FiledDocument).where(
            col(FiledDocument.store_id) == link.store_id, col(FiledDocument.node_id) == document.id
        )
    ).scalar_one_or_none()
    row = row or FiledDocument(store_id=link.store_id, link_id=link.id, node_id=document.id, name=document.name)
    if document.version != row.version and not document.sha256:
        row.sha256 = ""
    row.name, row.version, row.size, row.mime_type = document.name, document.version, document.size, document.mime_type
    row.folder, row.url = document.folder or row.folder, document.url or row.url
    row.sha256 = document.sha256 or row.sha256
    row.modified_at = document.modified_at or row.modified_at
    row.filed_by_us = row.filed_by_us or ours
    if record is not None:
        row.record_class, row.record_schedule = record.classification, record.schedule
        row.kept_until, row.holds = record.kept_until, list(record.holds)
        row.retention = in_words(record.retention) if record.retention else ""
        row.record_class_id = record.class_id
    if traits is not None:
        row.folders, row.types, row.categories = _kept(traits.folders), _kept(traits.types), _kept(traits.categories)
    elif row.folders is None:
        row.folders = _kept(document.folders)
    if approval is not None:
        row.approval_status, row.approval_version = approval.status, approval.version
    row.seen_at = seen_at or utc_now()
    session.add(row)
    return row


def _kept(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def refresh(deps: Deps, store_id: StoreId, object_type: ObjectType, object_id: str) -> None:
    """Ask OpenText about an object's workspace; write down documents, records, approvals and workflows."""
    with reading(deps.database) as session:
        link = link_of(session, store_id, object_type.value, object_id)
        needs_details = rights.of_store(session, store_id).needs_details
    if link is None:
        return
    opentext = deps.opentext(store_id)
    found = opentext.documents.in_workspace(NodeId(link.workspace_id))
    detailed = [
        (
            document, _record(opentext, document), _approval(opentext, object_type, document),
            _traits(opentext, document, needs_details=needs_details),
        )
        for document in found
    ]  # fmt: skip
    workflows = workflow_list.look(deps, opentext, link)
    report = completeness.look(opentext, link.workspace_id)
    with unit_of_work(deps.database) as uow:
        session = uow.session
        kept = session.get_one(WorkspaceLink, link.id)
        kept.seen_at = utc_now()
        workflow_list.remember(session, kept, workflows)
        kept.completeness = kept.completeness if report is None else report
        for document, record, approval, traits in detailed:
            remember_document(
                session, kept, document, record=record or RecordDetails(""), approval=approval, traits=traits
            )
        _forget_missing(session, kept, {document.id for document in found})


def _record(opentext: OpenText, document: Document) -> RecordDetails | None:
    """With the dates the listing brought, which some schedules count from."""
    return opentext.records.details(document.id, created_at=document.created_at, modified_at=document.modified_at)


def _traits(opentext: OpenText, document: Document, *, needs_details: bool) -> Traits:
    """What the store's map of rights looks at; two calls more, only where it names types or categories."""
    if not needs_details:
        return Traits(document.folders)
    return Traits(
        document.folders, opentext.documents.types(document.id), tuple(opentext.categories.values(document.id))
    )


def _approval(opentext: OpenText, object_type: ObjectType, document: Document) -> Approval | None:
    if object_type is ObjectType.PRODUCT and is_content_sheet(document.name):
        return opentext.documents.approval(document.id)
    return None


def _forget_missing(session: Session, link: WorkspaceLink, present: set[NodeId]) -> None:
    known = session.execute(select(FiledDocument).where(col(FiledDocument.link_id) == link.id)).scalars()
    for row in known:
        if row.node_id not in present:
            session.delete(row)
