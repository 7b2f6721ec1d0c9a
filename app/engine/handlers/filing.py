"""Steps that file documents and make them records."""

from collections import defaultdict
from typing import Any

from app.db.session import unit_of_work
from app.domain.cases import Case
from app.domain.content import Document
from app.domain.ids import NodeId
from app.domain.steps import ClassifyRecord, FilePaper
from app.engine import completeness, knowledge, subjects
from app.engine.papers import registry
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.opentext.content_server.client import UnknownRoute

PDF = "application/pdf"


def file_paper(context: Context, step: FilePaper) -> Result:
    """Write the paper as things stand now and file it, once; a record at once where it has a class."""
    name, folder = step.document or step.paper, folder_in_words(step.folder, context.facts)
    if step.paper not in registry.OF_CASES and isinstance(context.subject, Case) and not context.subject.order_id:
        return Skipped("This case is about no order, so there is no such paper.")
    written = registry.PAPERS[step.paper](context)
    filed = file_once(context, name, folder, written.file_name, written.content, PDF)
    give_type(context, filed, "" if step.document else registry.type_of(step.paper, context))
    words = f"The {written.words} was filed in “{folder}”."
    if step.classification:
        classify(context, filed, step.classification)
        words = f"The {written.words} was filed in “{folder}” as a record of class {step.classification}."
    return Done(words, with_document(context, name, filed), filed)


def give_type(context: Context, filed: dict[str, Any], name: str) -> None:
    """So that Content Server counts our paper as the document it asks for; no rule about that type: nothing to do."""
    if not name:
        return
    reports = context.opentext.completeness
    try:
        type_id = reports.type_id(_workspace(context), name)
        if type_id is not None:
            context.effects.still_mine()
            reports.give_type(NodeId(filed["node_id"]), type_id)
            with unit_of_work(context.deps.database) as uow:
                completeness.note_filed(_link(uow.session, context), reports.called(name))
    except UnknownRoute:
        return  # this server makes no such reports


def folder_in_words(folder: str, facts: dict[str, Any]) -> str:
    """A folder's path with the run's facts in it; a slash in a fact makes no folder."""
    texts = defaultdict(str, {name: value.replace("/", "-") for name, value in facts.items() if isinstance(value, str)})
    return folder.format_map(texts)


def classify_record(context: Context, step: ClassifyRecord) -> Result:
    """Under records management: from now on kept as the classification's schedule says."""
    filed = context.facts["documents"][step.document]
    classify(context, filed, step.classification)
    return Done(f"“{filed['name']}” is a record of class {step.classification}.")


def classify(context: Context, filed: dict[str, Any], classification: str) -> None:
    """Idempotent on the server's side; what the record looks like now is written down for the panel."""
    document = from_facts(filed)
    context.effects.still_mine()
    context.opentext.records.classify([document.id], classification)
    details = context.opentext.records.details(document.id)
    called = context.opentext.records.called(classification)
    if details is None or details.classification != called:  # a refusal is passed over silently
        raise Permanent(
            f"Content Server did not make “{document.name}” a record of class {classification}.", code="not_classified",
            hint=f"Check that the class {classification} exists and that our user may classify, then try again.",
        )  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        link = _link(uow.session, context)
        knowledge.remember_document(uow.session, link, document, record=details)


def _workspace(context: Context) -> NodeId:
    """This run's workspace, or the one linked before it. Permanent where there is none."""
    if "workspace_id" not in context.facts:
        about = (context.store_id, context.subject_type.value, context.subject_id)
        found = subjects.workspace_of(context.deps, *about)
        if found is None:
            raise Permanent(
                "There is no workspace to file into.", code="no_workspace", hint="Create the workspace, then try again."
            )
        context.facts["workspace_id"] = found
    return NodeId(int(context.facts["workspace_id"]))


def file_once(
    context: Context, name: str, folder: str, file_name: str, content: bytes, mime_type: str
) -> dict[str, Any]:
    """File under the effect ledger; a filing whose outcome is unknown is looked for by folder and name first."""
    workspace_id, documents = _workspace(context), context.opentext.documents
    path = folder.split("/")

    def look_up() -> dict[str, Any] | None:
        found = documents.find(documents.folder_at(workspace_id, *path), file_name)
        return as_facts(found, folder) if found else None

    def act() -> dict[str, Any]:
        filed = documents.upload(documents.folder_at(workspace_id, *path), file_name, content, mime_type)
        return as_facts(filed, folder)

    filed = context.effects.once(context.key(f"file:{name}"), act, look_up=look_up)
    with unit_of_work(context.deps.database) as uow:
        link = _link(uow.session, context)
        knowledge.remember_document(uow.session, link, from_facts(filed), ours=True)
    return filed


def _link(session: Any, context: Context) -> Any:
    link = knowledge.link_of(session, context.store_id, context.subject_type.value, context.subject_id)
    assert link is not None  # noqa: S101  # ensure_workspace ran before, in this run
    return link


def with_document(context: Context, name: str, filed: dict[str, Any]) -> dict[str, Any]:
    return {"documents": context.facts.get("documents", {}) | {name: filed}}


def as_facts(document: Document, folder: str) -> dict[str, Any]:
    return {
        "node_id": document.id, "name": document.name, "version": document.version, "size": document.size,
        "mime_type": document.mime_type, "sha256": document.sha256, "folder": folder, "url": document.url,
    }  # fmt: skip


def from_facts(filed: dict[str, Any]) -> Document:
    return Document(
        NodeId(filed["node_id"]), filed["name"], filed["version"], filed["size"], filed["mime_type"], filed["folder"],
        None, filed["url"], filed["sha256"], folders=(filed["folder"],) if filed["folder"] else None,
    )  # fmt: skip
