"""Steps about time: what an object shall be reminded of."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SetTimer:
    """Remind the subject: TIME_CAME with {"timer": name}, once; set again, the newer time counts.

    From the time in the run's fact `fact` ("decision.at"; empty: from now on), `days` and `hours` later (negative:
    earlier), and `preference` names a whole number of days among the scenario's preferences that is added as well.
    """

    name: str
    fact: str = ""
    days: int = 0
    hours: int = 0
    preference: str = ""
    kind: Literal["set_timer"] = "set_timer"


Steps = SetTimer
__all__ = ["SetTimer"]
