"""Steps that keep things as they are: legal holds in OpenText, products off sale in the store."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class PlaceHold:
    """Put the workspaces this run is about (and everything in them) on the hold `name`, made once by its name.

    `name` may hold {placeholders}: number, name and facts. `reach` says which: the subject's own, or also the orders
    a recall found. What Content Server passed over is told as an error. `type` is one of the server's hold types.
    """

    name: str
    comment: str = ""
    type: str = "LEGAL"
    reach: Literal["subject", "recall"] = "subject"
    kind: Literal["place_hold"] = "place_hold"


@dataclass(frozen=True)
class ReleaseHold:
    """Take everything this run is about off the hold `name` again; other holds stay."""

    name: str
    comment: str = ""
    kind: Literal["release_hold"] = "release_hold"


@dataclass(frozen=True)
class HoldByHand:
    """Put what a person named on a hold, or take it off again, as that person and with their rights of now.

    The run's facts say the rest, as `engine.asked_holds` writes them: hold, reason, document, who asked.
    """

    do: Literal["apply", "release"]
    kind: Literal["hold_by_hand"] = "hold_by_hand"


@dataclass(frozen=True)
class SetVisibility:
    """Take products off sale for one `reason`, or let them back when no other reason of ours is left.

    `shown` False: hide them, and with `message` stop their sale with that text where buyers still see them. `shown`
    True: the state from before our first reason comes back, unless a person changed it since. `which`: the subject, or
    the products of the recall this run is about. `reason` may hold {placeholders}; "*" lifts every reason. `only_if`
    (may be empty) names a yes/no preference of the scenario.
    """

    reason: str
    shown: bool
    message: str = ""
    which: Literal["subject", "recall"] = "subject"
    only_if: str = ""
    kind: Literal["set_visibility"] = "set_visibility"


@dataclass(frozen=True)
class MarkInStore:
    """Leave small facts on the subject in the store (metafields, or what the store has in their place). Idempotent.

    Each is (name, value); values may hold {placeholders} of the run's facts.
    """

    values: tuple[tuple[str, str], ...]
    kind: Literal["mark_in_store"] = "mark_in_store"


@dataclass(frozen=True)
class Notice:
    """Say something to whoever looks at the panel. `text` may hold {placeholders} of the run's facts."""

    text: str
    kind: Literal["notice"] = "notice"


Steps = PlaceHold | ReleaseHold | HoldByHand | SetVisibility | MarkInStore | Notice
__all__ = ["HoldByHand", "MarkInStore", "Notice", "PlaceHold", "ReleaseHold", "SetVisibility"]
