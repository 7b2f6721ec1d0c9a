"""Approvals kept as records: what was decided about exactly which version, by whom, and the record that proves it."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import Session, col

from app.db.publications import ApprovalRow
from app.db.session import unit_of_work
from app.domain.ids import NodeId, ObjectType, StoreId
from app.domain.publication import ApprovedSource
from app.engine.deps import Deps

APPROVED = "approved"  # outcomes that begin so approve: "approved", "approved_modified", "approved_prepay"


@dataclass(frozen=True)
class Decided:
    """One decision. `source` is what was decided about: a document version, or the approval record of a workflow."""

    about: str
    source: ApprovedSource
    url: str
    outcome: str
    comment: str = ""

    @property
    def is_approved(self) -> bool:
        return self.outcome.lower().startswith(APPROVED)


@dataclass(frozen=True)
class Kept:
    """The record that proves it."""

    node_id: int
    name: str
    classification: str


def keep(
    deps: Deps, store_id: StoreId, object_type: ObjectType, object_id: str, run_id: str, decided: Decided, record: Kept
) -> str:
    """Write it down, once for each version; decided anew, the newest decision counts. The row's id."""
    source = decided.source
    with unit_of_work(deps.database) as uow:
        row = _find(uow.session, store_id, object_type, object_id, source) or ApprovalRow(
            store_id=store_id, run_id=run_id, object_type=object_type.value, object_id=object_id, about=decided.about,
            node_id=source.node_id, version=source.version, sha256=source.sha256, name=source.name,
            is_approved=False, outcome="", decided_by="", record_node_id=0, record_name="", record_class="",
        )  # fmt: skip
        row.run_id, row.url, row.comment, row.sha256 = run_id, decided.url, decided.comment, source.sha256
        row.outcome, row.is_approved = decided.outcome, decided.is_approved
        row.decided_by, row.decided_at = source.approved_by, source.approved_at
        row.record_node_id, row.record_name, row.record_class = record.node_id, record.name, record.classification
        uow.session.add(row)
        return row.id


def _find(
    session: Session, store_id: StoreId, object_type: ObjectType, object_id: str, source: ApprovedSource
) -> ApprovalRow | None:
    statement = select(ApprovalRow).where(
        col(ApprovalRow.store_id) == store_id,
        col(ApprovalRow.object_type) == object_type.value,
        col(ApprovalRow.object_id) == object_id,
        col(ApprovalRow.node_id) == source.node_id,
        col(ApprovalRow.version) == source.version,
    )
    return session.execute(statement).scalar_one_or_none()


def withdraw(session: Session, store_id: StoreId, node_id: NodeId, version: int) -> None:
    """This version is approved no more; the record of the day it was stays."""
    session.execute(
        update(ApprovalRow)
        .where(
            col(ApprovalRow.store_id) == store_id, col(ApprovalRow.node_id) == node_id,
            col(ApprovalRow.version) == version,
        )
        .values(is_approved=False)
    )  # fmt: skip


def of_version(
    session: Session, store_id: StoreId, object_type: ObjectType, object_id: str, node_id: NodeId, version: int
) -> ApprovalRow | None:
    """The approval of exactly this version, if it stands."""
    source = ApprovedSource(node_id, version, "", "", "", None)
    row = _find(session, store_id, object_type, object_id, source)
    return row if row is not None and row.is_approved else None


def of_run(session: Session, run_id: str) -> ApprovalRow | None:
    """The decision this run kept, the newest where it kept several."""
    statement = (
        select(ApprovalRow)
        .where(col(ApprovalRow.run_id) == run_id)
        .order_by(col(ApprovalRow.created_at).desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()


def source_of(row: ApprovalRow) -> ApprovedSource:
    """As a publication's source."""
    return ApprovedSource(NodeId(row.node_id), row.version, row.sha256, row.name, row.decided_by, row.decided_at)
