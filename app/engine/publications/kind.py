"""What one kind of publication must know: how to read its fields from the store, and how to write them there.

Everything else (before-image, order of things, read-back, drift, restore, undo, superseding) is the same for all and
stands in ledger.py and handlers/publishing.py. A kind holds no state.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.scenario import Subject
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.stores.port import Store


@dataclass(frozen=True)
class PlannedField:
    """One field to be published: what is there now, what shall be. With `note` it is refused, and that is why."""

    field: str
    title: str
    before: Value
    after: Value
    note: str = ""


class Row(Protocol):
    """What `live` needs of a field: a PlannedField or a stored one."""

    @property
    def field(self) -> str: ...

    @property
    def after(self) -> Value: ...


@dataclass(frozen=True)
class Wanted:
    """One field to write: `value` shall be there ({}: nothing), `now` is."""

    field: str
    title: str
    value: Value
    now: Value


# Told as writes succeed, so that a publication broken off goes on where it stood: (fields written, field → why not).
Report = Callable[[Collection[str], Mapping[str, str]], None]


class Kind(Protocol):
    """One kind of publication. `skips_changed`: what differs from its before-image when its turn comes is skipped.

    `changes_subject`: what it writes is the run's own subject, which is then read again.
    """

    skips_changed: bool
    changes_subject: bool

    def live(
        self, store: Store, target: str, rows: Sequence[Row], subject: Subject | None = None
    ) -> Mapping[str, Value]:
        """What the store holds now, by field; a field it does not have is {}. `subject`, if given, is just read."""
        ...

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        """Put every value there; safe to repeat. The last call, where buyers look, in as few calls as there are."""
        ...
