"""The approval record: who decided what, when and why, as the workflow's history tells it."""

from datetime import UTC, datetime
from typing import Any

from app.engine.papers.order_record import moment
from app.engine.papers.typesetting import Column, Paper, Section, typeset

TRAIL = (Column("Step", wide=True), Column("Who"), Column("Answer"), Column("When"))


def write(title: str, store: str, reasons: tuple[str, ...], decision: dict[str, Any]) -> bytes:
    """PDF/A-3b with the decision and its trail attached as decision.json."""
    rows = tuple(
        (entry["task"], entry["who"] or "nobody", entry["outcome"] or "–", _when(entry["ended_at"]))
        for entry in decision["trail"]
    )
    sections = (
        Section("Decision", (("Decision", decision["title"]), ("Decided by", decision["by"] or "nobody (deadline)"),
                             ("Decided on", _when(decision["at"])), ("Comment", decision["comment"]))),
        Section("Why it was asked", lines=reasons),
        Section("Trail", columns=TRAIL, rows=rows),
    )  # fmt: skip
    return typeset(
        Paper(
            title=f"{title}: {decision['title'].lower()}",
            subtitle=f"Store {store} · approval record",
            footer=f"Approval record · {title} · {store}",
            sections=sections,
            dated=datetime.fromisoformat(decision["at"]) if decision["at"] else datetime.fromtimestamp(0, UTC),
            attachment_name="decision.json",
            attachment={"subject": title, "store": store, "reasons": list(reasons), "decision": decision},
        )
    )


def _when(text: str | None) -> str:
    return moment(datetime.fromisoformat(text)) if text else "–"
