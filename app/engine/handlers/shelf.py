"""Steps that let a buyer read documents."""

import tempfile
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from app.db.links import FiledDocument
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.commerce import Order
from app.domain.ids import NodeId
from app.domain.steps import ShareWithBuyer
from app.engine import knowledge, shelves, subjects
from app.engine.handlers.timers import day_in_store
from app.engine.runs import Context, Done, Result, Skipped


def share_with_buyer(context: Context, step: ShareWithBuyer) -> Result:
    """Exactly the versions as filed (or as they stand now, where a person chose them), behind one expiring link."""
    found = [*_filed(context, step), *_chosen(context)]
    subject = context.subject
    if not found and not (step.products and isinstance(subject, Order)):
        return Skipped("There is no document to share with the buyer.")
    products = [str(line.product_id) for line in subject.lines if line.product_id] if isinstance(subject, Order) else []
    until = utc_now() + context.deps.settings.periods.document_link
    with unit_of_work(context.deps.database) as uow:
        shelf = shelves.ensure(
            uow.session, context.store_id, context.subject_type.value, context.subject_id, subjects.name(subject),
            until, products,
        )  # fmt: skip
        for one in found:
            named = (one["name"], one["mime_type"])
            shelves.put(uow.session, shelf, one["node_id"], one["version"], one["sha256"], *named)
        shelf_id, until = shelf.id, shelf.expires_at
    names = "”, “".join(one["name"] for one in found)
    what = f"“{names}”" if found else "The approved documents of the order's products"
    words = f"{what} can be read by the buyer until {day_in_store(context, until)}; copy the link from this page."
    return Done(words, {"shelf": shelf_id}, {"shelf": shelf_id})


def _filed(context: Context, step: ShareWithBuyer) -> list[dict[str, Any]]:
    documents = context.facts.get("documents", {})
    return [documents[name] for name in step.documents if name in documents]


def _chosen(context: Context) -> list[dict[str, Any]]:
    """Documents a person ticked (fact `nodes`): only those of this object's own workspace count."""
    asked = {int(one) for one in str(context.facts.get("nodes", "")).split(",") if one.strip().isdigit()}
    if not asked:
        return []
    with reading(context.deps.database) as session:
        link = knowledge.link_of(session, context.store_id, context.subject_type.value, context.subject_id)
        rows = session.execute(
            select(FiledDocument).where(
                col(FiledDocument.link_id) == (link.id if link else ""), col(FiledDocument.node_id).in_(asked)
            )
        ).scalars()
        known = {row.node_id for row in rows}
    return [_as_it_is(context, NodeId(node)) for node in sorted(known)]


def _as_it_is(context: Context, node: NodeId) -> dict[str, Any]:
    document = context.opentext.documents.get(node)
    with tempfile.TemporaryFile() as sink:
        sha256 = context.opentext.documents.download(node, document.version, sink)
    return {
        "node_id": node, "version": document.version, "sha256": sha256, "name": document.name,
        "mime_type": document.mime_type,
    }  # fmt: skip
