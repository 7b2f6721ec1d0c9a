"""The category "Approval": where Content Server keeps who approved which version of a document, and when."""

from collections.abc import Mapping
from typing import Any

from app.domain.content import Approval
from app.opentext.answers import instant
from app.opentext.content_server.categories import Values
from app.opentext.content_server.nodes import plain

APPROVAL = "Approval"
STATUSES = ("Pending", "Approved", "Rejected", "Changes requested")


def approval_of(categories: Mapping[str, Values]) -> Approval:
    """The approval in a node's category values. Attribute names are compared without case and punctuation."""
    found = next((values for name, values in categories.items() if plain(name) == plain(APPROVAL)), {})
    values = {plain(name): value for name, value in found.items()}

    def first(*names: str) -> Any:
        return next((values[name] for name in names if values.get(name) not in (None, "", [])), None)

    status = str(first("status", "approvalstatus") or "")
    version = first("approvedversion", "version")
    return Approval(
        status=next((known for known in STATUSES if plain(known) == plain(status)), status),
        version=int(version) if str(version or "").isdecimal() else None,
        by=str(first("approvedby", "decidedby", "by", "approver") or ""),
        at=instant(first("approvedon", "approvedat", "decidedon", "decidedat", "date", "on", "at")),
        comment=str(first("comment", "comments", "remark") or ""),
    )
