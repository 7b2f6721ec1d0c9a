"""What became of a document on its way to its buyer, for the document's line in a panel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.db.communications import CommunicationDelivery, CommunicationRow
from app.db.nested import Rows, when

MOST = 60
REQUEST = "REQUEST"  # the template of mails that ask for documents; their variant is the request
DELIVERY: Any = CommunicationDelivery
COMMUNICATION: Any = CommunicationRow


@dataclass(frozen=True)
class DeliveryFacts:
    """The latest attempt for one document. `address` is masked; `reason` says why it failed or is not known."""

    channel: str
    state: str
    address: str
    reason: str
    asked_at: datetime | None
    delivered_at: datetime | None
    opened_at: datetime | None


def deliveries_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    """The latest deliveries about one object, as nested rows."""
    c, d = COMMUNICATION, DELIVERY
    return (
        select(c.outputs, c.template, c.variant, d.attempt, d.channel, d.state, d.recipients, d.reason, d.asked_at)
        .join(d, d.job_key == c.job_key)
        .where(c.store_id == store_id, c.object_type == object_type, c.object_id == object_id)
        .order_by(d.asked_at.desc())
        .limit(MOST)
    )


def by_request(rows: Rows) -> dict[str, DeliveryFacts]:
    """Request for documents → the latest mail that asked for them."""
    asked = [row for row in rows if row["template"] == REQUEST]
    return {row["variant"]: _facts(row) for row in sorted(asked, key=lambda one: str(one["asked_at"]))}


def by_document(rows: Rows) -> dict[int, DeliveryFacts]:
    """Node id of the document that was sent → its latest attempt."""
    found: dict[int, DeliveryFacts] = {}
    for row in sorted(rows, key=lambda one: str(one["asked_at"])):
        if row["outputs"]:
            found[int(row["outputs"][0]["document"])] = _facts(row)
    return found


def _facts(row: dict[str, Any]) -> DeliveryFacts:
    told = (row["recipients"] or [{}])[0]
    return DeliveryFacts(
        row["channel"], row["state"], str(told.get("address") or ""), row["reason"], when(row["asked_at"]),
        when(told.get("delivered_at") or None), when(told.get("opened_at") or None),
    )  # fmt: skip
