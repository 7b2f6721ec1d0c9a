"""The approval of a document in Content Server as a paper of its own: exactly what, by whom, when."""

from datetime import UTC, datetime

from app.domain.content import Approval
from app.domain.publication import ApprovedSource
from app.engine.papers.order_record import moment
from app.engine.papers.typesetting import Paper, Section, typeset


def write(title: str, store: str, about: str, source: ApprovedSource, approval: Approval) -> bytes:
    """PDF/A-3b with the same facts attached as approval.json. `title` is the object's name, `about` what it is."""
    decided = moment(approval.at) if approval.at else "–"
    what = (("Document", source.name), ("Kind", about), ("Version", str(source.version)), ("SHA-256", source.sha256))
    decision = (("Decision", approval.status), ("Decided by", approval.by or "–"), ("Decided on", decided),
                ("Comment", approval.comment))  # fmt: skip
    return typeset(
        Paper(
            title=f"{title}: {about.lower()} {approval.status.lower()}",
            subtitle=f"Store {store} · approval record",
            footer=f"Approval record · {title} · {store}",
            sections=(Section("Decision", decision), Section("What was decided about", what)),
            dated=approval.at or datetime.fromtimestamp(0, UTC),
            attachment_name="approval.json",
            attachment={"subject": title, "store": store, "about": about, "source": dict(what),
                        "decision": dict(decision), "node": source.node_id},
        )
    )  # fmt: skip
