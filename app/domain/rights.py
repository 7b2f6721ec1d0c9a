"""Rights: what one person may see of an object's record and do with it. The one place where it is decided; pure.

Two modes. *Service*: OpenText is asked with the app's own account, and a store's map limits who sees what of it.
*Person*: everybody signs in to OpenText, and sees what OpenText answers to that person's own request. What is not known
to be allowed is not shown.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

ORDINAL = re.compile(r"^\d{1,2}[\s._-]+(?=\S)")  # "02 Payment" is the folder people call "Payment"
EMAIL = re.compile(r"[^\s@<>\"']{1,64}@[^\s@<>\"']{1,190}")
MOST_ENTRIES, MOST_NAMES, LONGEST_NAME, LONGEST_CONTACT = 100, 20, 100, 120
OWNER, MANAGERS, VIEWERS, EVERYBODY = "owner", "managers", "viewers", "everyone"
GROUPS = (OWNER, MANAGERS, VIEWERS, EVERYBODY)
ROLE_OF = {OWNER: "owner", MANAGERS: "manager", VIEWERS: "viewer"}


class Mode(StrEnum):
    """Whose rights count: the map's, or the person's own in OpenText."""

    SERVICE = "service"
    PERSON = "person"


class Scope(StrEnum):
    """Which documents: all, only the named ones, all but the named ones, none."""

    ALL = "all"
    ONLY = "only"
    EXCEPT = "except"
    NONE = "none"


class Flow(StrEnum):
    """Workflows: nothing but the outcome's word, seen, seen and started, decided too (as the app's own account)."""

    NONE = "none"
    SEE = "see"
    ACT = "act"
    DECIDE = "decide"


@dataclass(frozen=True)
class Traits:
    """What a rule looks at in a document. None means that nobody has looked yet, which is not the same as none.

    `folders` from the workspace down, without it; `types` are classifications.
    """

    folders: tuple[str, ...] | None = None
    types: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    record_class: str = ""


UNKNOWN = Traits()


@dataclass(frozen=True)
class Allowed:
    """What somebody may see and do. Names compare without case, punctuation and a leading ordinal.

    A document is named by any of its folders, its document types (or record class) or its categories.
    """

    documents: Scope = Scope.ALL
    folders: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    records: bool = True
    workflow: Flow = Flow.ACT
    upload: bool = True
    publish: bool = True

    @property
    def sees_workspace(self) -> bool:
        return self.documents is not Scope.NONE

    @property
    def sees_workflow(self) -> bool:
        return self.workflow is not Flow.NONE

    @property
    def starts_workflows(self) -> bool:
        return self.workflow in (Flow.ACT, Flow.DECIDE)

    @property
    def is_whole(self) -> bool:
        """Nothing is hidden from this reader by the map."""
        return self.documents is Scope.ALL and self.records and self.sees_workflow

    @property
    def needs_details(self) -> bool:
        """Whether types or categories have to be known, which a listing does not tell."""
        return self.documents in (Scope.ONLY, Scope.EXCEPT) and bool(self.types or self.categories)

    def sees(self, traits: Traits) -> bool:
        """Whether a document of these traits may be seen; what is not known counts against it."""
        if self.documents in (Scope.ALL, Scope.NONE):
            return self.documents is Scope.ALL
        matches = (
            _named(self.folders, traits.folders),
            _typed(self.types, traits),
            _named(self.categories, traits.categories),
        )
        if self.documents is Scope.ONLY:
            return any(match is True for match in matches)
        return all(match is False for match in matches)

    def may_file_in(self, folders: tuple[str, ...]) -> bool:
        """Whether a new document may be put there, where its reader would see it again."""
        return self.upload and self.sees(Traits(folders=folders, types=(), categories=()))


EVERYTHING = Allowed()
NOTHING = Allowed(documents=Scope.NONE, records=False, workflow=Flow.NONE, upload=False, publish=False)
PRESETS: Mapping[str, Allowed] = {
    "everything": EVERYTHING,
    "support": Allowed(
        documents=Scope.EXCEPT, folders=("Payment", "Payments"), types=("Payment record", "Invoices"),
        workflow=Flow.SEE, publish=False,
    ),
    "status": NOTHING,
}  # fmt: skip
OWN = "own"


def plain(name: str) -> str:
    """A name as people compare it: without case, punctuation and a leading ordinal."""
    text = ORDINAL.sub("", unicodedata.normalize("NFKC", name).strip())
    letters = "".join(letter for letter in text.casefold() if letter.isalnum())
    return letters or name.strip().casefold()


def _named(names: tuple[str, ...], found: tuple[str, ...] | None) -> bool | None:
    """Whether any of the names is among those found; None where nobody has looked."""
    if not names:
        return False
    if found is None:
        return None
    return not {plain(name) for name in names}.isdisjoint(plain(one) for one in found)


def _typed(names: tuple[str, ...], traits: Traits) -> bool | None:
    known = (traits.record_class,) if traits.record_class else ()
    if _named(names, known):
        return True
    return _named(names, traits.types)


@dataclass(frozen=True)
class Entry:
    """One line of the map: who, and a preset's name or `own` with what was chosen."""

    who: str
    preset: str = "everything"
    own: Allowed = EVERYTHING

    @property
    def allowed(self) -> Allowed:
        """An unknown preset allows nothing."""
        return self.own if self.preset == OWN else PRESETS.get(self.preset, NOTHING)

    def is_about(self, email: str, role: str) -> bool:
        if self.who == EVERYBODY:
            return True
        if self.who in ROLE_OF:
            return ROLE_OF[self.who] == role
        return bool(email) and self.who.casefold() == email.casefold()


@dataclass(frozen=True)
class Rights:
    """A store's choice. Of the entries the first that is about somebody counts; no entries at all: everything."""

    mode: Mode = Mode.SERVICE
    contact: str = ""
    entries: tuple[Entry, ...] = ()
    version: int = 0

    def allowed_for(self, email: str, role: str) -> Allowed:
        """What the map allows; in the mode of persons OpenText decides instead."""
        if self.mode is Mode.PERSON or not self.entries:
            return EVERYTHING
        return next((one.allowed for one in self.entries if one.is_about(email, role)), NOTHING)

    @property
    def needs_details(self) -> bool:
        return self.mode is Mode.SERVICE and any(one.allowed.needs_details for one in self.entries)


UNLIMITED = Rights()


class Look(StrEnum):
    """How it is known what a person may see: by the map, by OpenText's answer, or not at all (yet)."""

    MAP = "map"
    ASKED = "asked"
    SIGN_IN = "sign_in"
    ASKING = "asking"
    SILENT = "silent"


@dataclass(frozen=True)
class Sight:
    """What one person may see of one object now. `nodes`: what OpenText answered that this person may see; None by map.

    `holds`: (document, hold) as OpenText named them to this person. `person` is whom OpenText takes them for.
    """

    allowed: Allowed = EVERYTHING
    look: Look = Look.MAP
    nodes: frozenset[int] | None = None
    holds: frozenset[tuple[int, str]] = field(default=frozenset())
    person: str = ""
    contact: str = ""

    @property
    def is_known(self) -> bool:
        return self.look in (Look.MAP, Look.ASKED)

    def sees_node(self, node: int) -> bool:
        """A workspace, or a classification."""
        return self.allowed.sees_workspace if self.nodes is None else node in self.nodes

    def sees_document(self, node: int, traits: Traits) -> bool:
        return self.allowed.sees(traits) if self.nodes is None else node in self.nodes

    def sees_class(self, node: int | None) -> bool:
        """A record's classification, by its node; one whose node is not known stays hidden from persons."""
        return self.allowed.records if self.nodes is None else node is not None and node in self.nodes

    def sees_hold(self, document: int, hold: str) -> bool:
        return self.allowed.records if self.nodes is None else (document, hold) in self.holds


BLIND = Sight(NOTHING, Look.SILENT, frozenset())


def blind(sight: Sight, look: Look) -> Sight:
    """The same person, of whom nothing is known: nothing restricted is shown."""
    return replace(sight, allowed=NOTHING, look=look, nodes=frozenset(), holds=frozenset())


# Kept as JSON


def entry_json(entry: Entry) -> dict[str, Any]:
    kept: dict[str, Any] = {"who": entry.who, "preset": entry.preset}
    if entry.preset == OWN:
        own = entry.own
        kept["own"] = {
            "documents": own.documents.value, "folders": list(own.folders), "types": list(own.types),
            "categories": list(own.categories), "records": own.records, "workflow": own.workflow.value,
            "upload": own.upload, "publish": own.publish,
        }  # fmt: skip
    return kept


def read_entries(kept: Any) -> tuple[Entry, ...]:
    """What was kept. From a line that cannot be read on, nobody is allowed anything."""
    if not isinstance(kept, list):
        return (Entry(EVERYBODY, OWN, NOTHING),)
    return tuple(_entry(one) for one in kept)


def _entry(kept: Any) -> Entry:
    try:
        own = kept.get("own")
        return Entry(str(kept["who"]), str(kept["preset"]), _own(own) if own is not None else NOTHING)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Entry(EVERYBODY, OWN, NOTHING)


def _own(kept: Mapping[str, Any]) -> Allowed:
    lists = {name: tuple(str(one) for one in kept.get(name, ())) for name in ("folders", "types", "categories")}
    flags = {name: kept.get(name) is True for name in ("records", "upload", "publish")}
    return Allowed(documents=Scope(kept["documents"]), workflow=Flow(kept["workflow"]), **lists, **flags)  # type: ignore[arg-type]


# Checked before it is kept


class BadMap(ValueError):
    """What somebody entered cannot be a map. `line` counts from 0; `reason` is one of a few words."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.reason = line, reason


def check_entries(entries: tuple[Entry, ...]) -> None:
    """Everybody is somebody's line: the last is for everyone else, nobody has two. Raises BadMap."""
    if len(entries) > MOST_ENTRIES:
        raise BadMap(MOST_ENTRIES, "too_many")
    seen: set[str] = set()
    for number, one in enumerate(entries):
        who = one.who.casefold()
        if one.who not in GROUPS and not EMAIL.fullmatch(one.who):
            raise BadMap(number, "who")
        if who in seen:
            raise BadMap(number, "twice")
        if (one.who == EVERYBODY) != (number == len(entries) - 1):
            raise BadMap(number, "last")
        seen.add(who)
        _check_allowed(number, one)


def _check_allowed(number: int, entry: Entry) -> None:
    if entry.preset != OWN:
        if entry.preset not in PRESETS:
            raise BadMap(number, "preset")
        return
    lists = (entry.own.folders, entry.own.types, entry.own.categories)
    if entry.own.documents in (Scope.ONLY, Scope.EXCEPT) and not any(lists):
        raise BadMap(number, "names")
    if any(len(names) > MOST_NAMES or any(not 0 < len(name) <= LONGEST_NAME for name in names) for names in lists):
        raise BadMap(number, "long")
