"""The evidence of a publication: what was live before, what was approved, what is live now; filed as a record."""

from typing import Any

from app.db.publications import Publication
from app.domain.publication import FieldState
from app.domain.steps import FileEvidence
from app.engine import subjects
from app.engine.handlers import filing, prices
from app.engine.papers import evidence
from app.engine.publications import ledger, shown
from app.engine.publications.kinds import PRICES
from app.engine.runs import Context, Done, Result, Skipped


def file_evidence(context: Context, step: FileEvidence) -> Result:
    """One paper for what this run published, undid or restored; a run that changed nothing has nothing to prove."""
    about = context.facts.get("publication")
    if about is None:
        return Skipped("Nothing was changed, so there is nothing to prove.")
    publication = ledger.get(context.deps, context.store_id, about["id"])
    assert publication is not None  # noqa: S101  # publications are never deleted
    if publication.kind == PRICES:
        return prices.file_report(context, step, publication, about)
    rows = ledger.fields_of(context.deps, publication.id)
    fields = [
        {"title": row.title, "field": row.field, "before": shown(row.before), "after": shown(row.after),
         "live": shown(row.live), "state": row.state, "note": row.note}
        for row in sorted(rows, key=lambda row: (row.state == FieldState.LIVE.value, row.seq))
    ]  # fmt: skip
    dated = publication.approved_at or publication.created_at
    title, facts = subjects.name(context.subject), _source_facts(publication, about)
    paper = evidence.write(title, context.external_store, about["action"].lower(), dated, facts, fields)
    name = f"{about['action']} version {publication.version} {about['published_at'][:19].replace(':', '.')}.pdf"
    filed = filing.file_once(context, "evidence", step.folder, name, paper, filing.PDF)
    filing.classify(context, filed, step.classification)
    return Done(f"The evidence was filed in “{step.folder}” as a record.", result=filed)


def _source_facts(publication: Publication, about: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    approved_at = publication.approved_at.isoformat() if publication.approved_at else ""
    facts = [
        ("Document", publication.document_name),
        ("Version", str(publication.version)),
        ("SHA-256", publication.sha256),
        ("Approved by", publication.approved_by),
        ("Approved on", approved_at),
        (about["action"], about["published_at"]),
    ]
    if publication.target_name:
        facts.insert(1, ("Published to", publication.target_name))
    return tuple(facts)
