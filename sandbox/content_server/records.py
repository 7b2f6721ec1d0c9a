"""Records Management on nodes: classify, describe, declare official, finalize. Source: section 6.

A finalized record cannot be changed, receive versions or be deleted. Every write changes the record's token.
"""

import calendar
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.content_server import attributes, audit, tree
from sandbox.content_server.model import EDIT_ATTRIBUTES, RM_CLASSIFICATION, Attribute, Node, Rsi, State
from sandbox.content_server.permissions import Actor, require
from sandbox.content_server.refusal import Refusal, edit_conflict

ACTIVE = "ACTIVE"
CODES: dict[str, tuple[tuple[str, str], ...]] = {
    "file_status": ((ACTIVE, "Active"), ("CLOSED", "Closed"), ("SUPERSEDED", "Superseded")),
    "essential": (("NR", "Not reviewed"), ("ESS", "Essential"), ("NON", "Not essential")),
    "storage": (("EL", "Electronic"), ("PA", "Paper")),
    "accession": (("NARA", "National archives"),),
}
CYCLES = {365: "Daily", 7: "Weekly", 1: "Monthly", 2: "Semi-annual", 3: "Quarterly", 12: "Annual"}
TEXTS = ("subject", "addressee", "sent_to", "originator", "establishment")
DATES = ("record_date", "status_date", "received_date", "next_review_date", "last_review_date")


def token_of(node: Node) -> str:
    return hashlib.md5(f"{node.id}:{node.record.token}".encode(), usedforsecurity=False).hexdigest()


def check_class(state: State, class_id: Any) -> None:
    """Nothing, or an RM classification. Raises Refusal."""
    if class_id is None or class_id == "":
        return
    node = state.nodes.get(int(class_id)) if str(class_id).isdigit() else None
    if node is None or node.type != RM_CLASSIFICATION:
        raise Refusal(f"Could not get an RM Classification for {class_id}")


def classify(actor: Actor, node: Node, class_id: int, token: str | None = None, sent: Any = None) -> None:
    """The first classification needs no token, another one does."""
    check_class(actor.state, class_id)
    record = node.record
    if (record.class_id not in (None, class_id) and record.inherited_from is None) or token is not None:
        check_token(node, token)
    fields, rsi, official = checked(actor.state, sent or {})
    _require_writable(actor, node)
    classification = actor.state.nodes[class_id]
    record.class_id, record.inherited_from = class_id, None
    record.fields = tree.record_fields(actor.now) | record.fields | fields
    record.rsis = [rsi] if rsi else [classification.rsi] if classification.rsi else []
    record.official = record.official if official is None else official
    _changed(actor, node, 264)


def describe(actor: Actor, node: Node, token: str | None, sent: dict[str, Any]) -> None:
    if node.record.class_id is None:
        raise Refusal(f"The item '{node.name}' has no RM Classification.")
    check_token(node, token)
    fields, rsi, official = checked(actor.state, sent)
    _require_writable(actor, node)
    node.record.fields |= fields
    if rsi:
        node.record.rsis = [rsi]
    node.record.official = node.record.official if official is None else official
    _changed(actor, node, 270)


def declassify(actor: Actor, node: Node, class_id: int, token: str | None = None) -> None:
    if node.record.class_id != class_id:
        raise Refusal("Could not delete records in table RM_PartRecords")
    if token is not None:
        check_token(node, token)
    _require_writable(actor, node)
    node.record.class_id, node.record.rsis, node.record.official = None, [], False
    node.record.inherited_from = None
    _changed(actor, node, 265)


def set_rsi(actor: Actor, node: Node, rsi: str, *, present: bool) -> None:
    if rsi not in actor.state.rsis:
        raise Refusal(f"Unknown RSI '{rsi}'")
    _require_writable(actor, node)
    node.record.rsis = [code for code in node.record.rsis if code != rsi] + ([rsi] if present else [])
    _changed(actor, node, 270)


def finalize(actor: Actor, node: Node) -> None:
    """For ever. Needs a classification."""
    if node.record.class_id is None:
        raise Refusal(f"The item '{node.name}' has no RM Classification.")
    if node.record.finalized:
        return
    _require_writable(actor, node)
    node.record.finalized, node.record.official = True, True
    node.record.finalized_by, node.record.finalized_on = actor.user.id, actor.now
    _changed(actor, node, 271)


def check_token(node: Node, token: str | None) -> None:
    if token != token_of(node):
        raise edit_conflict()


def checked(state: State, sent: dict[str, Any]) -> tuple[dict[str, Any], str | None, bool | None]:
    """Fields, RSI and official mark from a request, every code known. Clients write `status` or `file_status`."""
    values = {name: value for name, value in sent.items() if value not in (None, "")}
    if "status" in values:
        values.setdefault("file_status", values["status"])
    fields: dict[str, Any] = {name: str(values[name]) for name in TEXTS if name in values}
    for name, codes in CODES.items():
        if name in values:
            if values[name] not in [code for code, _ in codes]:
                raise Refusal(f"Incorrect value '{values[name]}' for {name} specified.")
            fields[name] = values[name]
    for name in DATES:
        if name in values:
            fields[name] = attributes.checked(state, Attribute(0, name, "Date"), values[name])
    if "cycle_period" in values:
        if str(values["cycle_period"]) not in map(str, CYCLES):
            raise Refusal("Incorrect Cycle Period specified.")
        fields["cycle_period"] = int(values["cycle_period"])
    rsi = values.get("rsi")
    if rsi is not None and rsi not in state.rsis:
        raise Refusal(f"Unknown RSI '{rsi}'")
    official = values.get("official")
    return fields, rsi, None if official is None else str(official).lower() in ("true", "1")


def details(state: State, node: Node) -> dict[str, Any]:
    """One row of `data`; no row without a classification."""
    record = node.record
    if record.class_id is None:
        return {}
    classification = state.nodes[record.class_id]
    rsi = record.rsis[0] if record.rsis else None
    row: dict[str, Any] = {
        "inherited_rmclassification_id": record.class_id if record.inherited_from else None,
        "default_rmclassification_id": None,
        "multiple_classifications": [
            {"classNumber": record.class_id, "fileNumber": file_number(classification), "primary": 1, "RSI": rsi}
        ],
        "rmclassification_id": record.class_id,
        "file_number": file_number(classification),
        "rsi": rsi,
        "record_date": None,
        "file_status": ACTIVE,
        "status_date": None,
        "received_date": None,
        "essential": "NR",
        "cycle_period": None,
        "last_review_date": None,
        "next_review_date": None,
        "official": record.official,
        "storage": "EL",
        "accession": None,
        "subject": None,
        "originator": None,
        "addressee": None,
        "sent_to": None,
        "establishment": None,
        "record_officer_id": None,
        "record_officer_name": None,
        "records_manager_id": None,
        "records_manager_name": None,
        "record_type": 1 if record.finalized else 0,
        "secondary_class_ids": list(record.secondary),
        "name": classification.name,
        "type": classification.type,
        "class_selectable": True,
        "is_primary": True,
        "management_type": "manual",
        "score": None,
        "inherit_from": record.inherited_from is not None,
        "extradata": None,
    }
    row |= record.fields
    return row | {"status": row["file_status"]}


def file_number(classification: Node) -> str:
    return f"{classification.id:06d}"


RULES = {1: "Calculated Date", 2: "Calendar", 3: "Event Based", 4: "Fixed Date", 5: "Permanent"}


def schedule(node: Node, rsi: Rsi) -> dict[str, Any]:
    """A schedule as it applies to one node; a date is worked out from the node's own where the schedule does so."""
    start = _start(node, rsi)
    due = rsi.fixed_date if rsi.event_type == 4 else None
    if start is not None and rsi.event_type == 1:
        due = _later(start, rsi)
    return {
        "Stage": "Final",
        "RetentionRule": RULES[rsi.event_type],
        "MetEventRule": False,
        "CalculatedDate": due.strftime(attributes.STORED_DATE) if due else "",
        "ActionToPerform": rsi.action_code,
        "Disposition": "",
        "Comment": "",
        "RuleCode": "",
        "DateToUse": DATE_NAMES.get(rsi.date_to_use, ""),
        "DateToUseValue": start.strftime(attributes.STORED_DATE) if start else "",
        "RetentionYears": rsi.years,
        "RetentionMonths": rsi.months,
        "RetentionDays": rsi.days,
        "Year-EndMonth": 12,
        "Year-EndDay": 31,
        "Intervals": 0,
        "EventBased": rsi.event_type == 3,
        "FixedDate": rsi.event_type == 4,
        "Permanent": rsi.event_type == 5,
    }


DATE_NAMES = {"91": "Create Date", "93": "Modification Date", "94": "Status Date", "95": "Record Date"}


def _start(node: Node, rsi: Rsi) -> datetime | None:
    if rsi.date_to_use == "91":
        return node.create_date
    if rsi.date_to_use == "93":
        return node.modify_date
    text = node.record.fields.get("status_date" if rsi.date_to_use == "94" else "record_date")
    return datetime.strptime(text, attributes.STORED_DATE).replace(tzinfo=UTC) if text else None


def _later(start: datetime, rsi: Rsi) -> datetime:
    """The same day years and months later; the last of its month where that is shorter."""
    months = start.month - 1 + rsi.months
    year, month = start.year + rsi.years + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return start.replace(year=year, month=month, day=min(start.day, last)) + timedelta(days=rsi.days)


def _require_writable(actor: Actor, node: Node) -> None:
    require(actor, node, EDIT_ATTRIBUTES)
    tree.check_not_finalized(node)


def _changed(actor: Actor, node: Node, event: int) -> None:
    node.record.token += 1
    tree.touch(actor, node)
    audit.note(actor.state, node.id, event, actor.user.id, actor.now)
