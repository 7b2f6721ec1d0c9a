"""Steps about documents with a validity: checked against Content Server's report, shown on the product, reminded of."""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from app.db.links import SharedDocument
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.domain.content import Document, DocumentType
from app.domain.ids import NodeId
from app.domain.publication import ApprovedSource
from app.domain.steps import CheckDocuments, PublishCompliance
from app.engine import subjects, timers
from app.engine.handlers import publishing
from app.engine.handlers.documents import lacking_words, workspace_id
from app.engine.handlers.timers import day_in_store
from app.engine.publications import Draft, PlannedField, share
from app.engine.publications.compliance import FIELD, shared_as
from app.engine.publications.kinds import COMPLIANCE
from app.engine.runs import Branch, Context, Result, Skipped
from app.engine.vault import random_token

CERTIFICATE = "Certificate"
LONGEST_VALUE = 250  # of a custom field
LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True)
class Dated:
    """A document of a type with a validity: when Content Server finds it too old; None: never."""

    document: Document
    type: DocumentType
    until: datetime | None


# --- check -----------------------------------------------------------------------------------------------------------


def check_documents(context: Context, step: CheckDocuments) -> Result:
    """What is missing, undecided or out of date is Content Server's word; the reminders follow from its validity."""
    node = workspace_id(context)
    wanted = _types(context, node, step.folder)
    report = context.opentext.completeness.of(node)
    dated = _dated(context, node, step.folder, wanted)
    lacking = lacking_words(report, frozenset(wanted))
    _remind(context, step, dated, is_lacking=bool(lacking))
    facts = {
        "checked": [_as_json(one) for one in dated],
        "lacking": "; ".join(lacking),
        "valid_until": _first(dated) or "no end",
    }
    value = "incomplete" if lacking else "complete"
    outcome = next(one for one in step.outcomes if one.value == value)
    words = f"Not complete: {facts['lacking']}." if lacking else _complete_words(context, dated)
    return Branch(words, value, outcome.steps, facts)


def _types(context: Context, node: NodeId, folder: str) -> dict[int, DocumentType]:
    """The document types that belong into this folder of the workspace, by their id."""
    place = next((one.id for one in context.opentext.documents.folders(node) if one.name == folder), None)
    return {one.id: one for one in context.opentext.completeness.types(node) if one.folder == place and place}


def _dated(context: Context, node: NodeId, folder: str, wanted: dict[int, DocumentType]) -> list[Dated]:
    documents = context.opentext.documents
    by_name = {one.name: one for one in wanted.values()}
    found = []
    for document in documents.children(documents.folder(node, folder)):
        for name in documents.types(document.id):
            if name in by_name:
                found.append(Dated(document, by_name[name], _until(document, by_name[name])))
    return found


def _until(document: Document, kind: DocumentType) -> datetime | None:
    """Content Server counts months of validity from the last change of the document."""
    changed = document.modified_at or document.created_at
    if not kind.validity_months or changed is None:
        return None
    return changed + timedelta(days=365.2425 / 12 * kind.validity_months)


def _remind(context: Context, step: CheckDocuments, dated: Iterable[Dated], *, is_lacking: bool) -> None:
    """Timers before each document grows too old, and on the day; those of documents that are gone are forgotten."""
    wanted: dict[str, tuple[datetime, dict[str, str]]] = {}
    for one in dated:
        if one.until is None:
            continue
        for days in (*step.warn_days, 0):
            due = one.until - timedelta(days=days) if days else one.until + timedelta(seconds=60)
            if due > utc_now():
                detail = {"days": str(days), "document": one.type.name, "until": one.until.isoformat()}
                wanted[f"{step.reminder}:{days}:{one.document.id}"] = (due, detail)
    if is_lacking:
        wanted[f"{step.reminder}:look"] = (utc_now() + LOOK_AGAIN, {})
    about = (context.store_id, context.subject_type.value, context.subject_id)
    with unit_of_work(context.deps.database) as uow:
        for timer in timers.of(uow.session, *about, prefix=f"{step.reminder}:"):
            if timer.name not in wanted:
                timers.cancel(uow.session, *about, timer.name)
        for name, (due, detail) in wanted.items():
            timers.set(uow.session, *about, name, due, detail)


def _as_json(one: Dated) -> dict[str, Any]:
    return {"node_id": one.document.id, "name": one.document.name, "type": one.type.name,
            "until": one.until.isoformat() if one.until else ""}  # fmt: skip


def _first(dated: Iterable[Dated]) -> str:
    """The day on which the first of them ends ("2029-03-03"); empty: none ends."""
    ends = [one.until for one in dated if one.until is not None]
    return min(ends).date().isoformat() if ends else ""


def _complete_words(context: Context, dated: list[Dated]) -> str:
    first = _first(dated)
    if not first:
        return "Every required document is there."
    day = day_in_store(context, datetime.combine(datetime.fromisoformat(first).date(), time(12), UTC))
    return f"Every required document is there and valid until {day}."


# --- show ------------------------------------------------------------------------------------------------------------


def publish_compliance(context: Context, step: PublishCompliance) -> Result:
    """The approved version as a link on the product; before-image, write, read back, like all that is published."""
    node, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    approval = context.opentext.documents.approval(node)
    if not approval.is_approved or approval.version != version:
        return Skipped(f"Version {version} is no longer the approved one; nothing was published.")
    names = {one.name for one in _types(context, workspace_id(context), step.folder).values()}
    kind = next((name for name in context.opentext.documents.types(node) if name in names), None)
    document = context.opentext.documents.get(node)
    if kind is None:
        return Skipped(f"“{document.name}” is no compliance document, so it is not shown on the product.")
    with tempfile.TemporaryFile() as sink:
        sha256 = context.opentext.documents.download(node, version, sink)
    source = ApprovedSource(node, version, sha256, document.name, approval.by, approval.at)
    draft = _draft(context, source, kind, document)
    return publishing.published(context, publishing.publish(context, draft))


def _draft(context: Context, source: ApprovedSource, kind: str, document: Document) -> Draft:
    shared = share(
        context.deps,
        SharedDocument(token=random_token()[:32], store_id=context.store_id,
                       object_id=shared_as(context.subject_id, kind), node_id=source.node_id, version=source.version,
                       sha256=source.sha256, name=document.name, mime_type=document.mime_type),
    )  # fmt: skip
    after = {"text": _value(context, source.node_id, shared.token, document.name), "name": kind}
    fields = dict(getattr(context.subject, "custom_fields", ()))
    before = {"text": fields[kind], "name": kind} if kind in fields else {}
    return Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, COMPLIANCE, context.subject_id,
        subjects.name(context.subject), source, context.opentext.workspaces.url(source.node_id),
        [PlannedField(f"{FIELD}{kind}", kind, before, after)],
    )  # fmt: skip


def _value(context: Context, node: NodeId, token: str, name: str) -> str:
    """ "CE-4711 https://…": the certificate's number, where its category has one, and the address."""
    values = next((v for k, v in context.opentext.categories.values(node).items() if k == CERTIFICATE), {})
    number = str(values.get("Number") or "").strip()
    address = f"{context.deps.settings.public_url}/documents/{token}"
    full = f"{address}/{quote(name)}"
    for text in (f"{number} {full}", f"{number} {address}", address):
        if len(text.strip()) <= LONGEST_VALUE:
            return text.strip()
    return address
