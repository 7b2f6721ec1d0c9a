"""The audit trail of a node. Numbers 9, 10, 92 and 264 are documented (section 3.8); the others are ours."""

from datetime import datetime

from sandbox.content_server.model import AuditEntry, State

EVENTS = {
    1: "Create",
    2: "Delete",
    3: "Move",
    4: "Rename",
    5: "Restore",
    9: "Permission Changed",
    10: "Attribute Value Changed",
    11: "Version Added",
    12: "Version Deleted",
    13: "Fetch",
    92: "Create from Copy",
    264: "Classification Applied",
    265: "Classification Removed",
    270: "Record Details Changed",
    271: "Record Finalized",
    272: "Hold Applied",
    273: "Hold Removed",
    280: "Workflow Initiated",
    281: "Workflow Completed",
}


def note(state: State, node_id: int, event: int, user_id: int, at: datetime) -> None:
    state.audit.setdefault(node_id, []).append(AuditEntry(node_id, event, EVENTS[event], at, user_id))
