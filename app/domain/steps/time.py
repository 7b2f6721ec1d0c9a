"""Steps about time: what an object shall be reminded of, and waiting."""

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


@dataclass(frozen=True)
class WaitDays:
    """Park the run for as many whole days as `preference` says, counted from when it came here; 0: go on at once."""

    preference: str
    kind: Literal["wait_days"] = "wait_days"


Steps = SetTimer | WaitDays
__all__ = ["SetTimer", "WaitDays"]
