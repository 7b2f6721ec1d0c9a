"""Steps about cases: what stores have no object for."""

from dataclasses import dataclass
from typing import Literal

from app.domain.cases import CaseKind, CaseState


@dataclass(frozen=True)
class OpenCase:
    """Open a case of this kind about the subject, once for this run; its number becomes the fact `case_number`.

    Where a case of the kind about the same order is open already, what happened is added to that one instead. The
    run's facts `case_reason`, `case_external_id` and `message_id` say what it is about; without them its reasons do.
    `due_preference` names a whole number of days among the scenario's preferences: until when it must be answered.
    """

    case: CaseKind
    due_preference: str = ""
    kind: Literal["open_case"] = "open_case"


@dataclass(frozen=True)
class CloseCase:
    """Bring the subject, a case, to `state` with the run's decision (or `outcome`) as its outcome. Idempotent."""

    state: CaseState = CaseState.CLOSED
    outcome: str = ""
    kind: Literal["close_case"] = "close_case"


@dataclass(frozen=True)
class FollowReturn:
    """Bring the case of the store's own return (fact `return_id`) up to it: opened once, told of what changed there.

    What somebody decided in the store holds: a return declined, cancelled or closed there closes its case.
    """

    kind: Literal["follow_return"] = "follow_return"


@dataclass(frozen=True)
class AgreeReturn:
    """Agree to the store's return of the case, once; what was decided there meanwhile stays as it is, and is said.

    A case without one gets one where the store has returns, the goods were shipped and the switch `make` is on.
    """

    make: str = ""
    kind: Literal["agree_return"] = "agree_return"


@dataclass(frozen=True)
class DeclineReturn:
    """Decline the store's return of the case with the decision's comment for the buyer, once; as AgreeReturn else."""

    kind: Literal["decline_return"] = "decline_return"


@dataclass(frozen=True)
class AwaitGoods:
    """With the switch `preference` on: park until the store says that the goods of its return are back.

    `announce` (may be empty) is announced before, for whoever tells the buyer how to send them.
    """

    preference: str
    announce: str = ""
    kind: Literal["await_goods"] = "await_goods"


@dataclass(frozen=True)
class FollowDispute:
    """Bring the case of the store's own dispute (fact `dispute_id`) up to it: opened once with its deadline, told of
    what changed there, closed when it was won, lost or accepted.

    `due_preference` names the days to answer where the store does not say the deadline.
    """

    due_preference: str = ""
    kind: Literal["follow_dispute"] = "follow_dispute"


@dataclass(frozen=True)
class SendEvidence:
    """Keep what we know as texts with the store's dispute of the case; with `final` they are sent, and nothing can be
    added. Left out where the store has no such dispute.
    """

    final: bool = False
    kind: Literal["send_evidence"] = "send_evidence"


@dataclass(frozen=True)
class TakeTag:
    """Take the tag that a preference of the scenario names off the customer: what it asked for has begun."""

    preference: str
    kind: Literal["take_tag"] = "take_tag"


@dataclass(frozen=True)
class DraftReplacement:
    """Make a draft in the store that sends the case's items (all of the order where it names none) again for nothing.

    A person looks at it and completes it there; in a store without drafts the note asks to send it by hand.
    """

    kind: Literal["draft_replacement"] = "draft_replacement"


Steps = (
    OpenCase
    | CloseCase
    | FollowReturn
    | AgreeReturn
    | DeclineReturn
    | AwaitGoods
    | FollowDispute
    | SendEvidence
    | TakeTag
    | DraftReplacement
)
__all__ = [
    "AgreeReturn",
    "AwaitGoods",
    "CloseCase",
    "DeclineReturn",
    "DraftReplacement",
    "FollowDispute",
    "FollowReturn",
    "OpenCase",
    "SendEvidence",
    "TakeTag",
]
