"""The form of who sees what: lines as typed, kept and read back; a wrong one says what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.rights import (
    EVERYBODY,
    EVERYTHING,
    GROUPS,
    LONGEST_CONTACT,
    LONGEST_NAME,
    MOST_ENTRIES,
    MOST_NAMES,
    OWN,
    PRESETS,
    Allowed,
    BadMap,
    Entry,
    Flow,
    Mode,
    Rights,
    Scope,
)
from app.web import display
from app.web.language import _
from app.web.settings_pages import names
from app.web.texts import N_

PERSON = "person"
LONGEST_EMAIL, LONGEST_LIST = 256, MOST_NAMES * (LONGEST_NAME + 2)
WRONG = {
    "who": N_("Enter the e-mail address this person has in the store."),
    "twice": N_("There is a line about them already; the first one would count."),
    "last": N_("Everyone else comes last, once."),
    "preset": N_("Choose what they may see."),
    "names": N_("Name at least one folder, document type or category."),
    "long": N_("At most 20 names on a list, each of at most 100 characters."),
    "too_many": N_("There are too many lines. Use the groups instead of single people."),
}


@dataclass(frozen=True)
class Line:
    """One line as it is on the page. `group` is one of the groups or `person`, lists are one name a line of text."""

    group: str = PERSON
    email: str = ""
    preset: str = "everything"
    documents: str = Scope.ALL.value
    folders: str = ""
    types: str = ""
    categories: str = ""
    records: bool = True
    workflow: str = Flow.ACT.value
    upload: bool = True
    publish: bool = True
    error: str = ""


LAST = Line(group=EVERYBODY)


@dataclass(frozen=True)
class Form:
    """The whole form; the last line is for everyone else."""

    mode: str
    contact: str
    version: int
    lines: tuple[Line, ...] = field(default=(LAST,))

    @property
    def has_errors(self) -> bool:
        return any(one.error for one in self.lines)


def of_rights(rights: Rights) -> Form:
    lines = tuple(_line(one) for one in rights.entries) or (LAST,)
    return Form(rights.mode.value, rights.contact, rights.version, lines)


def _line(entry: Entry) -> Line:
    own = entry.allowed
    is_group = entry.who in GROUPS
    return Line(
        entry.who if is_group else PERSON, "" if is_group else entry.who, entry.preset, own.documents.value,
        "\n".join(own.folders), "\n".join(own.types), "\n".join(own.categories), own.records, own.workflow.value,
        own.upload, own.publish,
    )  # fmt: skip


def typed(given: Mapping[str, str]) -> Form:
    """What a browser sent, our fields only; numbers that are none count as nothing."""
    count = min(_number(given.get("lines", "")), MOST_ENTRIES + 1)
    lines = tuple(_typed_line(given, number) for number in range(count))
    if not lines or lines[-1].group != EVERYBODY:
        lines = (*lines, LAST)
    mode = given.get("mode", "")
    contact = " ".join(display.clean(given.get("contact", "")).split())[:LONGEST_CONTACT]
    return Form(mode if mode in set(Mode) else Mode.SERVICE.value, contact, _number(given.get("version", "")), lines)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _typed_line(given: Mapping[str, str], number: int) -> Line:
    def text(name: str, longest: int) -> str:
        return display.clean(given.get(f"{name}-{number}", ""), longest).strip()

    def several(name: str) -> str:
        """Ticked names and typed ones, one a line."""
        return "\n".join(one for one in names.several(given, f"{name}-{number}") if one.strip())[:LONGEST_LIST].strip()

    def one_of(name: str, values: set[str], default: str) -> str:
        found = text(name, 40)
        return found if found in values else default

    return Line(
        one_of("group", {*GROUPS, PERSON}, PERSON), text("email", LONGEST_EMAIL),
        one_of("preset", {*PRESETS, OWN}, "status"), one_of("documents", set(Scope), Scope.NONE.value),
        several("folders"), several("types"), several("categories"),
        f"records-{number}" in given, one_of("workflow", set(Flow), Flow.NONE.value),
        f"upload-{number}" in given, f"publish-{number}" in given,
    )  # fmt: skip


def changed(form: Form, do: str) -> Form | None:
    """The form after a button for one line was pressed; None for any other button."""
    what, _dash, text = do.partition("-")
    lines, at = list(form.lines), _number(text)
    if what == "add" and len(lines) < MOST_ENTRIES:
        lines.insert(len(lines) - 1, Line(preset="support"))
    elif what in ("remove", "up") and at < len(lines) - 1:
        line = lines.pop(at)
        if what == "up":
            lines.insert(max(at - 1, 0), line)
    else:
        return None
    return replace(form, lines=tuple(lines))


def chosen(form: Form) -> Rights:
    """What was typed, as rights; not checked yet."""
    is_default = len(form.lines) == 1 and form.lines[0].preset == "everything"
    entries = () if is_default else tuple(_entry(one) for one in form.lines)
    return Rights(Mode(form.mode), form.contact, entries, form.version)


def _entry(line: Line) -> Entry:
    who = line.email if line.group == PERSON else line.group
    if line.preset != OWN:
        return Entry(who, line.preset, EVERYTHING)
    own = Allowed(
        Scope(line.documents), _names(line.folders), _names(line.types), _names(line.categories), line.records,
        Flow(line.workflow), line.upload, line.publish,
    )  # fmt: skip
    return Entry(who, OWN, own)


def _names(text: str) -> tuple[str, ...]:
    found = (" ".join(one.split()) for one in text.splitlines())
    return tuple(dict.fromkeys(one for one in found if one))


def refused(form: Form, error: BadMap) -> Form:
    """The form with what is wrong beside its line."""
    at = min(error.line, len(form.lines) - 1)
    lines = list(form.lines)
    lines[at] = replace(lines[at], error=_(WRONG.get(error.reason, error.reason)))
    return replace(form, lines=tuple(lines))
