"""Steps about documents others must give: asked for by a link, awaited, filed when they come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.runs import Run, StepRow
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.db.uploads import UploadFile, UploadRequest
from app.domain.content import Completeness, DocumentType
from app.domain.ids import NodeId
from app.domain.steps import AwaitDocuments, FileUpload, RequestDocuments
from app.domain.uploads import KINDS, Wanted
from app.engine import knowledge, queue, subjects, uploads
from app.engine.handlers import filing
from app.engine.handlers.timers import day_in_store
from app.engine.runs import Branch, Context, Done, Result, Skipped, Wait
from app.errors import NotFound, Permanent

LOOK_EVERY = 600.0  # seconds; a file that arrives wakes the run at once


def workspace_id(context: Context) -> NodeId:
    """The subject's workspace: this run's, or the one linked before. Permanent where there is none."""
    if "workspace_id" in context.facts:
        return NodeId(int(context.facts["workspace_id"]))
    found = subjects.workspace_of(context.deps, context.store_id, context.subject_type.value, context.subject_id)
    if found is None:
        raise Permanent(
            "There is no workspace to look into.", code="no_workspace", hint="Create the workspace, then try again."
        )
    context.facts["workspace_id"] = found
    return found


# --- ask -------------------------------------------------------------------------------------------------------------


def request_documents(context: Context, step: RequestDocuments) -> Result:
    """A link for what is missing. The link itself is made when it is shown: rows hold no address that works."""
    wanted = _wanted(context, step)
    if not wanted:
        return Skipped("Nothing is missing, so nobody was asked for a document.")
    days = getattr(context.preferences, step.days_preference, step.days) if step.days_preference else step.days
    expires_at = utc_now() + timedelta(days=days)
    with unit_of_work(context.deps.database) as uow:
        queue.assert_mine(uow.session, context.claim)
        row = uploads.open_request(
            uow.session, context.store_id, context.subject_type.value, context.subject_id,
            subjects.name(context.subject), wanted, expires_at, purpose=str(context.facts.get("note") or step.purpose),
            run_id=context.run_id,
        )  # fmt: skip
        names = [one.name for one in uploads.wanted_of(row)]
        facts = {"upload_request": row.id, "missing_documents": names, "upload_until": row.expires_at.isoformat()}
        until = row.expires_at
    words = f"A link was made to send us {_listed(names)}; it works until {day_in_store(context, until)}."
    return Done(f"{words} Copy it from this page.", facts, {"upload_request": facts["upload_request"]})


def _wanted(context: Context, step: RequestDocuments) -> list[Wanted]:
    node = workspace_id(context)
    reports = context.opentext.completeness
    names = _names(context, step)
    if names:
        known = {one.name.casefold(): one for one in reports.types(node)}
        found = [known.get(name.casefold()) or DocumentType(0, name) for name in names]
    else:
        found = reports.missing(node)
    folders = {one.id: one.name for one in context.opentext.documents.folders(node)} if found else {}
    return [
        Wanted(str(number), one.name, folders.get(one.folder or NodeId(0), step.folder), one.id, one.mime_types,
               step.several)
        for number, one in enumerate(found, start=1)
    ]  # fmt: skip


def _names(context: Context, step: RequestDocuments) -> list[str]:
    preferred = getattr(context.preferences, step.types_preference, "") if step.types_preference else ""
    text = str(context.facts.get("document_types") or preferred or ",".join(step.types))
    return list(dict.fromkeys(name for part in text.split(",") if (name := " ".join(part.split())[:120])))


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


# --- wait ------------------------------------------------------------------------------------------------------------


def await_documents(context: Context, step: AwaitDocuments) -> Result:
    """Content Server's own report decides; a file that only arrived here does not count yet."""
    state = context.opentext.completeness.of(workspace_id(context))
    lacking = lacking_words(state, _asked_types(context))
    if not lacking:
        return _branch(step, "complete", "Everything that was asked for is there.", {"documents_complete": "yes"})
    until = context.step_result.get("until") or _until(context, step)
    if utc_now() >= datetime.fromisoformat(until):
        return _branch(step, "overdue", f"The time is over: {'; '.join(lacking)}.", {"lacking": lacking})
    left = (datetime.fromisoformat(until) - utc_now()).total_seconds()
    day = day_in_store(context, datetime.fromisoformat(until))
    return Wait(f"Waiting until {day}: {'; '.join(lacking)}.", min(LOOK_EVERY, max(1.0, left)), {"until": until})


def _until(context: Context, step: AwaitDocuments) -> str:
    days = getattr(context.preferences, step.days_preference, step.days) if step.days_preference else step.days
    return (utc_now() + timedelta(days=days)).isoformat()


def _branch(step: AwaitDocuments, value: str, words: str, facts: dict[str, Any]) -> Branch:
    outcome = next(one for one in step.outcomes if one.value == value)
    return Branch(words, value, outcome.steps, facts)


def _asked_types(context: Context) -> frozenset[int] | None:
    """The document types this run asked for; None: whatever the workspace must hold."""
    request_id = str(context.facts.get("upload_request", ""))
    if not request_id:
        return None
    with reading(context.deps.database) as session:
        row = session.get(UploadRequest, request_id)
    return frozenset(one.type_id for one in uploads.wanted_of(row) if one.type_id) or None if row else None


def lacking_words(state: Completeness, types: frozenset[int] | None) -> list[str]:
    """What Content Server still misses, holds undecided or finds too old, in words; empty: complete."""

    def counts(type_id: int | None) -> bool:
        return types is None or type_id in types

    return [
        *(f"“{one.name}” is missing" for one in state.missing if counts(one.id)),
        *(f"“{one.name}” waits for approval" for one in state.in_process if counts(one.type)),
        *(f"“{one.name}” is out of date" for one in state.outdated if counts(one.type)),
    ]


# --- file ------------------------------------------------------------------------------------------------------------


def file_upload(context: Context, _step: FileUpload) -> Result:
    """What the buyer sent, filed under a name of ours; the bytes are checked against what was kept."""
    with reading(context.deps.database) as session:
        file = session.get(UploadFile, str(context.facts.get("file", "")))
        if file is None or file.store_id != context.store_id:
            return Skipped("There is no such file any more.")
        if file.state == "filed":
            return Skipped(f"“{file.filed_name}” was filed before.")
        request = session.get_one(UploadRequest, file.request_id)
        number = uploads.number_of(session, file)
    wanted = next(one for one in uploads.wanted_of(request) if one.key == file.wanted)
    filed = _file(context, file, wanted, number)
    with unit_of_work(context.deps.database) as uow:
        uploads.note_filed(uow.session, file.id, filed["name"], filed["node_id"])
        woken = _wake_waiting(uow.session, context)
        if woken:
            uow.after_commit(context.deps.doorbell.ring)
    facts = filing.with_document(context, "upload", filed)
    return Done(f"“{file.name}” was filed as “{filed['name']}” in “{wanted.folder}”.", facts, filed)


def _file(context: Context, file: UploadFile, wanted: Wanted, number: int) -> dict[str, Any]:
    documents, node = context.opentext.documents, workspace_id(context)
    counted = f" {number}" if wanted.several or number > 1 else ""
    name = f"{wanted.name}{counted}.{KINDS[file.mime_type][0]}"

    def look_up() -> dict[str, Any] | None:
        found = documents.find(documents.folder(node, wanted.folder), name)
        return filing.as_facts(found, wanted.folder) if found else None

    def act() -> dict[str, Any]:
        content = uploads.content(context.deps, file.id)
        sent = documents.upload(documents.folder(node, wanted.folder), name, content, file.mime_type)
        return filing.as_facts(sent, wanted.folder)

    filed = context.effects.once(f"upload:{file.id}", act, look_up=look_up)
    type_id = wanted.type_id
    if wanted.type_name and not type_id:
        type_id = context.opentext.completeness.type_id(node, wanted.type_name) or 0
    if type_id:
        context.effects.still_mine()
        context.opentext.completeness.give_type(NodeId(filed["node_id"]), type_id)
    with unit_of_work(context.deps.database) as uow:
        link = knowledge.link_of(uow.session, context.store_id, context.subject_type.value, context.subject_id)
        if link is None:
            raise NotFound("The workspace is not linked any more.", code="no_workspace")
        knowledge.remember_document(uow.session, link, filing.from_facts(filed), ours=True)
    return filed


def _wake_waiting(session: Session, context: Context) -> int:
    """Runs about the same object that wait for documents look again now."""
    waiting = session.execute(
        select(col(Run.id))
        .join(StepRow, col(StepRow.run_id) == col(Run.id))
        .where(
            col(Run.store_id) == context.store_id, col(Run.subject_type) == context.subject_type.value,
            col(Run.subject_id) == context.subject_id, col(StepRow.kind) == "await_documents",
            col(StepRow.status) == "waiting",
        )
    ).scalars()  # fmt: skip
    return sum(queue.wake(session, "run", run_id) for run_id in waiting)
