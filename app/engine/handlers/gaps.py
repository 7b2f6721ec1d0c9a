"""The step that looks for what no delivery told, and says what became of it."""

from datetime import datetime, timedelta
from typing import Any

from app.db.session import reading
from app.db.types import utc_now
from app.domain.steps import ReportGaps
from app.engine import circuits, reconcile
from app.engine.handlers.publishing import listed
from app.engine.reconcile import Gaps
from app.engine.runs import Context, Done, Result, Wait

LOOK_AGAIN = 30.0  # seconds until what was found has been read
PATIENCE = timedelta(hours=2)  # then the report says what is still open
WORDS = {"order": "orders", "product": "products", "customer": "customers", "company": "companies"}


def report_gaps(context: Context, step: ReportGaps) -> Result:
    """Look once, then wait until everything found has been read again; the report counts from the last look on."""
    found = context.step_result
    if not found:
        found = _look(context, step)
        return Wait("What changed in the store is compared with what we know.", 0.0, found)
    with reading(context.deps.database) as session:
        gaps = reconcile.gaps(session, context.store_id, datetime.fromisoformat(found["since"]))
    if gaps.open and utc_now() - datetime.fromisoformat(found["looked_at"]) < PATIENCE:
        return Wait(f"{len(gaps.open)} missed changes are being made up for.", LOOK_AGAIN, found)
    counts = {"repaired": len(gaps.repaired), "open": len(gaps.open), "failed": len(gaps.failed)}
    return Done(_words(found["looked"], gaps), {"gaps": counts}, found | counts)


def _look(context: Context, step: ReportGaps) -> dict[str, Any]:
    now = utc_now()
    since = now - timedelta(days=step.days)
    with circuits.patiently():
        looked = reconcile.look_back(context.deps, context.store_id, since - reconcile.OVERLAP)
    return {"since": since.isoformat(), "looked_at": now.isoformat(), "looked": looked}


def _changes(number: int) -> str:
    return "1 change" if number == 1 else f"{number:,} changes"


def _words(looked: dict[str, int], gaps: Gaps) -> str:
    among = ", ".join(f"{number} {WORDS.get(kind, kind)}" for kind, number in looked.items() if number)
    words = f"Compared with your store: {among or 'nothing changed there'}."
    if not (gaps.repaired or gaps.open or gaps.failed):
        return f"{words} No change had been lost."
    if gaps.repaired:
        words += f" {_changes(len(gaps.repaired))} nobody had told us: made up for: {listed(list(gaps.repaired))}."
    stopped = sum(gaps.led_to.get(state, 0) for state in ("quarantined", "waiting_reauth"))
    if stopped:
        words += f" {stopped} of what they led to needs a person."
    if gaps.open:
        words += f" Still on their way: {listed(list(gaps.open))}."
    if gaps.failed:
        words += f" Could not be read: {listed(list(gaps.failed))}."
    return words
