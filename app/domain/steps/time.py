"""Steps about time: what an object shall be reminded of, waiting, the calendar."""

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


@dataclass(frozen=True)
class PassOn:
    """Pass the store's day or month, which this run is about, on to each of its customers or companies, once each.

    Nobody is told where no scenario in use waits for it. Customers: those with an account whose orders we have seen.
    """

    to: Literal["customer", "company"]
    kind: Literal["pass_on"] = "pass_on"


Steps = SetTimer | WaitDays | PassOn
__all__ = ["PassOn", "SetTimer", "WaitDays"]
