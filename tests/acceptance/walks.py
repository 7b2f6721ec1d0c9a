"""Walking one row of the catalogue, in each of its variants, and looking at what became of it on both sides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.ids import Provider
from tests.acceptance.outside import HEALING, OPENTEXT, Outside
from tests.acceptance.verbs import Verb

UNFINISHED = ("Trying again", "Needs attention", "Something went wrong on our side")  # never where a walk ends


class Variant(StrEnum):
    PLAIN = "plain"
    TROUBLED = "everything doubled and newest first, OpenText down for the first minute"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Effect:
    """A change in one system, and how often a walk makes it. `words` are looked for in the ledger's own text."""

    system: str  # "store": the one it is walked in
    words: str
    times: int = 1
    on: Provider | None = None  # where only one store does it so


@dataclass(frozen=True)
class Shown:
    """What a page of the app says afterwards; `never` must not stand there."""

    path: str
    words: Sequence[str]
    never: Sequence[str] = ()
    on: Provider | None = None


@dataclass(frozen=True)
class Kept:
    """How many documents lie in a folder of an object's workspace, as records of that class ("": as none)."""

    bo_type: str
    bo_id: str  # the store's own id; "" where there is only one workspace of the type
    folder: str
    record: str
    times: int


@dataclass(frozen=True)
class Ending:
    """What people decide, and what is so afterwards. Without verbs nobody has to decide."""

    verbs: Sequence[Verb]
    effects: Sequence[Effect]
    shown: Sequence[Shown]
    kept: Sequence[Kept] = ()
    after: Sequence[Verb] = ()  # what happens once everything has arrived


@dataclass(frozen=True)
class Row:
    """One row of the catalogue as somebody outside lives it.

    `before`: what is there already. `trigger`: what sets it off. `rejected` is None where nobody decides.
    `opentext_sets_off`: the trigger itself needs OpenText to answer people, so the outage begins behind it.
    """

    number: int
    trigger: Sequence[Verb]
    approved: Ending
    rejected: Ending | None = None
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    before: Sequence[Verb] = ()
    about: str = ""  # where a row has several walks
    also: tuple[int, ...] = ()  # rows of the catalogue that the same walk shows to be true
    stores: tuple[Provider, ...] = tuple(Provider)

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.number, *self.also

    @property
    def name(self) -> str:
        return f"{self.number}{self.about}"

    @property
    def variants(self) -> tuple[Variant, ...]:
        return tuple(one for one in Variant if one is not Variant.REJECTED or self.rejected is not None)


def walk(at: Outside, row: Row, variant: Variant) -> Counter[tuple[str, str]]:
    """From the trigger to the end; gives the effects made. Fails where the world is not as the row says."""
    ending = row.rejected if variant is Variant.REJECTED and row.rejected else row.approved
    for slug, chosen in row.choices.items():
        at.choose(slug, {"mode": "on"} | dict(chosen))
    _do(at, row.before)
    start = at.mark()
    _stage(at, row.trigger, variant, is_first=True)
    _stage(at, ending.verbs, variant, is_first=False)
    _do(at, ending.after)
    made = at.effects(start)
    _check(at, ending, made)
    return made


def _do(at: Outside, verbs: Sequence[Verb]) -> None:
    for verb in verbs:
        verb.do(at)
    at.work()


def _stage(at: Outside, verbs: Sequence[Verb], variant: Variant, *, is_first: bool) -> None:
    if variant is not Variant.TROUBLED:
        _do(at, verbs)
        return
    for system in OPENTEXT if is_first else ():
        at.fault(system=system, kind="status", status=503)
    _doubled(at, verbs)
    if is_first:
        at.pass_time(60)
        at.heal()
        for seconds in HEALING:
            at.pass_time(seconds)


def _doubled(at: Outside, verbs: Sequence[Verb]) -> None:
    """Whatever the store and OpenText tell comes late, newest first, everything twice."""
    rules = [at.fault(system="*", method="SEND", kind="duplicate")]
    for system in (at.store.provider.value, "content_server", "exstream"):
        rules.append(at.fault(system=system, method="SEND", kind="withhold"))
    _do(at, verbs)
    for rule in rules:
        at.heal_one(rule)
    at.post("/deliveries/release", {})
    at.work()


def _check(at: Outside, ending: Ending, made: Counter[tuple[str, str]]) -> None:
    assert at.set_aside() == []
    here = at.store.provider
    for effect in (one for one in ending.effects if one.on in (None, here)):
        words, where = at.told(effect.words), here.value if effect.system == "store" else effect.system
        found = {said: times for (system, said), times in made.items() if system == where and words in said}
        assert sum(found.values()) == effect.times, (words, found, sorted(made.items()))
    for kept in ending.kept:
        _check_kept(at, kept)
    for shown in (one for one in ending.shown if one.on in (None, here)):
        page = at.words(at.told(shown.path))
        for words in shown.words:
            assert at.told(words) in page, (at.told(words), page)
        for words in (*shown.never, *UNFINISHED):
            assert at.told(words) not in page, (at.told(words), page)


def _check_kept(at: Outside, kept: Kept) -> None:
    asked = {"bo_type": kept.bo_type} | ({"bo_id": at.told(kept.bo_id)} if kept.bo_id else {})
    (workspace,) = at.get("/opentext/workspaces", **asked)["workspaces"]
    found = [
        one["name"] for one in workspace["documents"]
        if one["folder"] == at.told(kept.folder) and (one["record"] or {}).get("classification", "") == kept.record
    ]  # fmt: skip
    there = [(one["folder"], one["name"], one["record"]) for one in workspace["documents"]]
    assert len(found) == kept.times, (kept, found, there)
