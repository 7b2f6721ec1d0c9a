"""Steps that keep approvals as records."""

import tempfile
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.domain.content import Approval
from app.domain.ids import NodeId
from app.domain.publication import ApprovedSource, document_kind
from app.domain.steps import RecordApproval
from app.engine import approvals, queue, subjects
from app.engine.approvals import Decided, Kept
from app.engine.handlers import filing
from app.engine.handlers.publishing import workspace_of
from app.engine.papers import document_approval
from app.engine.runs import Context, Done, Result, Skipped


def record_approval(context: Context, step: RecordApproval) -> Result:
    """Read the approval again; what is not the approved version any more is told and left."""
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    approval = context.opentext.documents.approval(node_id)
    workspace = workspace_of(context)
    if not approval.is_approved or approval.version != version:
        with unit_of_work(context.deps.database) as uow:
            approvals.withdraw(uow.session, context.store_id, node_id, version)
        return Skipped(f"Version {version} is no longer the approved one.", workspace)
    source = source_in(context, node_id, approval)
    about = document_kind(source.name)
    title = subjects.name(context.subject)
    paper = document_approval.write(title, context.external_store, about, source, approval)
    name = f"Approval of {source.name} version {version}.pdf"
    filed = filing.file_once(context, f"approval:{node_id}:{version}", step.folder, name, paper, filing.PDF)
    filing.classify(context, filed, step.classification)
    url = context.opentext.workspaces.url(node_id)
    keep(context, Decided(about, source, url, approval.status, approval.comment), filed, step.classification)
    _wake_waiting(context)
    facts = workspace | filing.with_document(context, "approval_record", filed)
    return Done(f"The approval of “{source.name}”, version {version}, is kept as a record.", facts, filed)


def _wake_waiting(context: Context) -> None:
    """Publications of the same object that wait for this approval look again now."""
    waiting = select(col(StepRow.run_id)).where(
        col(StepRow.kind) == "publish_promotions", col(StepRow.status) == "waiting",
        col(StepRow.run_id) == col(Run.id),
    )  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        runs = uow.session.execute(
            select(col(Run.id)).where(
                col(Run.store_id) == context.store_id, col(Run.subject_type) == context.subject_type.value,
                col(Run.subject_id) == context.subject_id, waiting.exists(),
            )
        ).scalars()  # fmt: skip
        for run_id in runs:
            queue.wake(uow.session, "run", run_id)
            uow.after_commit(context.deps.doorbell.ring)


def source_in(context: Context, node_id: NodeId, approval: Approval) -> ApprovedSource:
    """Exactly what was approved, the digest of its bytes included."""
    assert approval.version is not None  # noqa: S101  # it is approved
    with tempfile.TemporaryFile() as sink:
        sha256 = context.opentext.documents.download(node_id, approval.version, sink)
    name = context.opentext.documents.get(node_id).name
    return ApprovedSource(node_id, approval.version, sha256, name, approval.by, approval.at)


def keep(context: Context, decided: Decided, filed: dict[str, Any], classification: str) -> str:
    """The row that lets it be published."""
    return approvals.keep(
        context.deps, context.store_id, context.subject_type, context.subject_id, context.run_id, decided,
        Kept(filed["node_id"], filed["name"], classification),
    )  # fmt: skip


def keep_decision(context: Context, filed: dict[str, Any], classification: str) -> None:
    """What a workflow decided, after its approval record was filed.

    Where it was about a document (facts `node_id`, `version`), that is what may be published; else the record itself.
    """
    decision, facts = context.facts["decision"], context.facts
    at = datetime.fromisoformat(decision["at"]) if decision.get("at") else None
    node_id, version, sha256 = NodeId(int(filed["node_id"])), int(filed["version"]), filed["sha256"]
    if facts.get("node_id") and facts.get("version"):
        node_id, version, sha256 = NodeId(int(facts["node_id"])), int(facts["version"]), ""
    with tempfile.TemporaryFile() as sink:
        sha256 = sha256 or context.opentext.documents.download(node_id, version, sink)
    name = filed["name"] if node_id == filed["node_id"] else context.opentext.documents.get(node_id).name
    source = ApprovedSource(node_id, version, sha256, name, decision["by"], at)
    url = context.opentext.workspaces.url(node_id)
    keep(context, Decided(context.scenario.title, source, url, decision["value"], decision["comment"]), filed,
         classification)  # fmt: skip
