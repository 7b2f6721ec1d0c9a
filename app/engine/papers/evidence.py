"""The publication's evidence: what was live before, what was approved, what was read back."""

from datetime import datetime
from typing import Any

from app.engine.papers.typesetting import Column, Paper, Section, typeset

FIELDS = (Column("Field"), Column("Before", wide=True), Column("Approved", wide=True), Column("State"))
SHOWN = 160


def write(
    title: str,
    store: str,
    action: str,
    dated: datetime,
    facts: tuple[tuple[str, str], ...],
    fields: list[dict[str, Any]],
) -> bytes:
    """PDF/A-3b with the full values attached as publication.json; the sheet shows the beginning of long ones."""
    rows = tuple((f["title"], _short(f["before"]), _short(f["after"]), f["state"]) for f in fields)
    return typeset(
        Paper(
            title=f"{title}: {action}",
            subtitle=f"Store {store} · evidence of publication",
            footer=f"Evidence · {title} · {store}",
            sections=(Section("Source", facts), Section("Fields", columns=FIELDS, rows=rows)),
            dated=dated,
            attachment_name="publication.json",
            attachment={"subject": title, "store": store, "action": action, "source": dict(facts), "fields": fields},
        )
    )


def _short(value: str) -> str:
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
