"""Steps of a recall: whom it concerns, telling them, and what became of each."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class FindAffected:
    """Find every order with one of the case's SKUs, placed within `window_preference` days before the case.

    Goes through the store's orders month by month, can stop anywhere and goes on where it stood. Facts: `recall_orders`
    and `recall_customers` (how many), `recall_products` (ids).
    """

    window_preference: str
    kind: Literal["find_affected"] = "find_affected"


@dataclass(frozen=True)
class PublishNotice:
    """Put a page with the recall's notice into the store (created once, found by its title), or hide it again."""

    shown: bool
    kind: Literal["publish_notice"] = "publish_notice"


@dataclass(frozen=True)
class TellAffected:
    """Ask for a letter to the buyer of every affected order, once each: a request `request` about the order."""

    request: str
    kind: Literal["tell_affected"] = "tell_affected"


@dataclass(frozen=True)
class AwaitRemedies:
    """Park the run until every affected order is remedied or closed without an answer, or the case is closed.

    What it waits for tells how many orders were found, told and remedied.
    """

    kind: Literal["await_remedies"] = "await_remedies"


@dataclass(frozen=True)
class NoteRecall:
    """Write down what became of one affected order (the subject): "told", or "remedied" by the fact `remedy`.

    The case is the fact `case`. The run of the recall looks at its counts again. "telling", before the letter, gives it
    what it says (fact `driver`) and writes nothing down.
    """

    state: Literal["telling", "told", "remedied"]
    kind: Literal["note_recall"] = "note_recall"


@dataclass(frozen=True)
class AwaitRemedy:
    """Park the run of one affected order (the subject) until it was dealt with or the recall is closed.

    Fact `release`: "yes" where the order may leave the house (repaired, replaced, not affected); else it stays held.
    """

    kind: Literal["await_remedy"] = "await_remedy"


Steps = FindAffected | PublishNotice | TellAffected | AwaitRemedies | AwaitRemedy | NoteRecall
__all__ = ["AwaitRemedies", "AwaitRemedy", "FindAffected", "NoteRecall", "PublishNotice", "TellAffected"]
