"""The step that composes what a buyer gets and files it.

Composing is not idempotent on the other side: the composed bytes are kept sealed under their job's key until they are
filed, and every composition asked for is counted.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.db import communications as rows
from app.db.communications import CommunicationRow
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.content import Communication, Document, FiledOutput, Output
from app.domain.ids import NodeId
from app.domain.steps import ComposeCommunication
from app.engine import communications, drivers, knowledge, queue
from app.engine.drivers import reading as driver_reading
from app.engine.handlers import filing
from app.engine.runs import Context, Done, Result
from app.engine.vault import sha256_hex
from app.errors import NeedsReauth, Permanent, Retryable
from app.opentext.exstream.filing import file_first

MOST_UNKNOWN = 4  # compositions that may each have been counted, before a person is asked
RECORDS = ("application/pdf", "text/html")  # what of a communication is declared a record: all that may be sent


def compose_communication(context: Context, step: ComposeCommunication) -> Result:
    """Once per run and document: composed bytes kept, every output filed, the record declared where asked."""
    workspace = _workspace(context)
    variant = step.variant or str(context.facts.get(step.variant_fact, ""))
    row = begin(context, step.document, step.template, variant)
    if row.state != "filed":
        communication = _kept(context, row) or _compose(context, step, row)
        kept = file_first(communication, lambda output: _file(context, row, workspace, step.folder, output))
        row = filed(context, row, kept.outputs)
    documents = [_as_facts(each, step.folder) for each in row.outputs]
    if step.classification:
        for each in (one for one in documents if one["mime_type"] in RECORDS):
            filing.classify(context, each, step.classification)
    words = f"“{row.name}” was composed (template version {row.template_version}) and filed in “{step.folder}”."
    remarks = f" Note: {'; '.join(row.notes)}." if row.notes else ""
    facts = filing.with_document(context, step.document, documents[0])
    return Done(f"{words}{remarks}", facts, documents[0] | {"job_key": row.job_key})


def _workspace(context: Context) -> NodeId:
    """The subject's workspace: of this run, or as linked by an earlier one."""
    if "workspace_id" not in context.facts:
        with reading(context.deps.database) as session:
            link = knowledge.link_of(session, context.store_id, context.subject_type.value, context.subject_id)
        if link is None:
            raise Permanent(
                "There is no workspace to file the document in.", code="no_workspace",
                hint="Let the scenario open the workspace first, then try again.",
            )  # fmt: skip
        context.facts |= {"workspace_id": link.workspace_id, "workspace_url": link.workspace_url}
    return NodeId(int(context.facts["workspace_id"]))


def begin(
    context: Context, document: str, template: str, variant: str, composed_at: datetime | None = None
) -> CommunicationRow:
    """The row of this run's document; its job key is the next of its template and object, for ever.

    `composed_at`: for what is written here and waits for nobody to compose it.
    """
    prefix = f"{context.provider}:{context.external_store}:{context.subject_type}:{context.subject_id}:{template}:"
    with unit_of_work(context.deps.database) as uow:
        session = uow.session
        queue.assert_mine(session, context.claim)
        found = rows.of_run(session, context.run_id, document)
        if found is not None:
            return found
        row = CommunicationRow(
            job_key=f"{prefix}{rows.how_many(session, prefix) + 1}", store_id=context.store_id, run_id=context.run_id,
            object_type=context.subject_type.value, object_id=context.subject_id, document=document,
            template=template, variant=variant, composed_at=composed_at,
        )  # fmt: skip
        session.add(row)
        return row


def _compose(context: Context, step: ComposeCommunication, row: CommunicationRow) -> Communication:
    """Compose, and keep the bytes before anything else is done with them. Counted before the call."""
    composer = communications.connected(context.opentext).composer
    driver = drivers.build(driver_reading.material(context, step.template, row.variant, row.job_key))
    _count(context, row, 1)
    context.effects.still_mine()
    try:
        made = composer.compose(step.template, driver, row.job_key)
    except Retryable as error:
        if not error.unknown_outcome or error.context.get("status") == 503:
            _count(context, row, -1)
        elif row.compositions >= MOST_UNKNOWN:
            raise Permanent(
                f"Exstream was asked {row.compositions} times and gave no document. {error.message}",
                code="composition_unknown",
                hint="Each try may count for your licence. Ask the administrator of Exstream, then try again.",
            ) from error
        raise
    except (Permanent, NeedsReauth):
        _count(context, row, -1)
        raise
    _keep(context, row, made)
    return made


def _count(context: Context, row: CommunicationRow, change: int) -> None:
    with unit_of_work(context.deps.database) as uow:
        kept = uow.session.get_one(CommunicationRow, row.job_key)
        kept.compositions = row.compositions = max(0, kept.compositions + change)


def _keep(context: Context, row: CommunicationRow, made: Communication) -> None:
    sealed = context.deps.vault.encrypt(_packed(made), _place(row))
    with unit_of_work(context.deps.database) as uow:
        kept = uow.session.get_one(CommunicationRow, row.job_key)
        kept.state, kept.contents, kept.composed_at = "composed", sealed, made.composed_at
        kept.template_version, kept.domain = made.template_version, made.domain
        kept.communication_id, kept.driver_sha256 = made.communication_id, made.driver_sha256
        kept.elapsed_ms, kept.notes = made.elapsed_ms, list(made.notes)


def _kept(context: Context, row: CommunicationRow) -> Communication | None:
    """What an earlier try composed, byte for byte."""
    if row.contents is None:
        return None
    return _unpacked(context.deps.vault.decrypt(row.contents, _place(row)), row)


def _place(row: CommunicationRow) -> str:
    return f"communication:contents:{row.job_key}"


def _packed(made: Communication) -> bytes:
    outputs = [
        {"file_name": o.file_name, "mime_type": o.mime_type, "queue": o.queue, "customer": o.customer,
         "content": base64.b64encode(o.content).decode("ascii")}
        for o in made.outputs
    ]  # fmt: skip
    return json.dumps({"driver": base64.b64encode(made.driver).decode("ascii"), "outputs": outputs}).encode()


def _unpacked(packed: bytes, row: CommunicationRow) -> Communication:
    found = json.loads(packed)
    outputs = tuple(
        Output(o["file_name"], o["mime_type"], o["queue"], base64.b64decode(o["content"]), o["customer"])
        for o in found["outputs"]
    )
    return Communication(
        row.job_key, row.template, row.template_version, row.domain, row.communication_id,
        base64.b64decode(found["driver"]), outputs, row.composed_at or row.created_at, row.elapsed_ms,
        tuple(row.notes),
    )  # fmt: skip


def _file(context: Context, row: CommunicationRow, workspace: NodeId, folder: str, output: Output) -> Document:
    """One output, once. Filing an equal document again finds it; another of that name becomes its next version."""
    documents = context.opentext.documents

    def act() -> dict[str, Any]:
        parent = documents.folder(workspace, folder)
        return filing.as_facts(documents.upload(parent, output.file_name, output.content, output.mime_type), folder)

    name = f"communication:{row.job_key}:{sha256_hex(output.file_name)[:16]}"
    document = filing.from_facts(context.effects.once(context.key(name), act))
    with unit_of_work(context.deps.database) as uow:
        link = knowledge.link_of(uow.session, context.store_id, context.subject_type.value, context.subject_id)
        if link is not None:
            knowledge.remember_document(uow.session, link, document, ours=True)
    return document


def filed(context: Context, row: CommunicationRow, outputs: Sequence[FiledOutput]) -> CommunicationRow:
    """From here on the workspace holds it, and we no longer do."""
    with unit_of_work(context.deps.database) as uow:
        kept = uow.session.get_one(CommunicationRow, row.job_key)
        kept.outputs, kept.name = communications.outputs_as_json(outputs), outputs[0].name
        kept.state, kept.contents, kept.filed_at = "filed", None, utc_now()
        return kept


def _as_facts(output: dict[str, Any], folder: str) -> dict[str, Any]:
    return {
        "node_id": output["document"], "name": output["name"], "version": output["version"], "size": output["size"],
        "mime_type": output["mime_type"], "sha256": output["sha256"], "folder": folder, "url": "",
    }  # fmt: skip
