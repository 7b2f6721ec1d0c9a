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


Steps = OpenCase | CloseCase
__all__ = ["CloseCase", "OpenCase"]
