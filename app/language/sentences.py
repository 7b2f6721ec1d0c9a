"""Sentences that rows keep in English, values and all, told in the reader's language.

A row keeps one finished sentence: for logs, for OpenText, and for whoever reads it in English. Its template is known,
for `make texts` finds every one where it is written (`scripts/sentences.py`): “Version %(version)s was undone.” Here
the sentence is held against the templates, its values are taken out, written as the reader writes dates, money and
numbers, and put into the template's translation. So every row speaks the reader's language, also one from before this
was here; what fits no template is shown as it stands.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from app.domain.publication import TEXT_FIELDS
from app.domain.scenario import Scenario
from app.language import catalogues
from app.language.catalogues import N_
from app.language.reading import Reader
from app.opentext.workflow_service.diagrams import diagram
from app.opentext.workflow_service.models import MODELS
from app.scenarios import ALL

MOST = 2_000  # characters; what is longer than that is no sentence of ours
MOST_PARTS = 12
FEWEST = 4  # letters of a text that may fill a place: “Oil of roses” is no name with a value
AND = N_(" and ")  # before the last of several
PLACE = re.compile(r"%\((\w+)\)s")
END = re.compile(r"(?<=[.!?])\s+(?=\S)")
NAMES = re.compile(r"“[^“”]*”(?:(?:, | and )“[^“”]*”)*")  # nothing but names, each in its marks
NEXT = "”, “"  # between the names of a list that stands in marks
MARKS = re.compile(r"[“”]")
QUOTED = re.compile(r"“([^“”]*)”")
QUOTES = {"de": ("„", "“"), "fr": ("«\u00a0", "\u00a0»"), "es": ("«", "»")}  # each language's own
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONEY = re.compile(r"(-?[\d,]+\.\d{2}) ([A-Z]{3})")
DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2})(?: UTC|:\d{2}(?:\.\d+)?\+00:00)")
PERIOD = re.compile(r"(\d+) (year|month|day)s?")
NUMBER = re.compile(r"[\d,]+")
COUNTED = re.compile(r"([\d,]+) (\D+)")
NUMBERED = re.compile(r"(\D+) (\S*\d\S*)")
COUNT = re.compile(r"n\d?")
# What stands between the values of a list: names keep their own commas unless a part of them is a word of ours.
BETWEEN = re.compile(r"(; |, | (?=and [\d,]+ more$)|(?<=”) and (?=“)|(?<=[A-Z]{3}) and (?=\d))")


@dataclass(frozen=True)
class Template:
    """One text with places: `given` is what stands before, between and behind them.

    `weight`: how many characters are given; the more, the surer it is meant. `quoted`: places between quotation marks
    hold names, which are never translated.
    """

    one: str
    many: str
    places: tuple[str, ...]
    given: tuple[str, ...]
    anchor: str
    weight: int
    quoted: frozenset[str]

    @property
    def letters(self) -> int:
        return sum(one.isalpha() for part in self.given for one in part)

    def values(self, text: str) -> tuple[tuple[str, str], ...] | None:
        """What fills the places of this text; None where it is not made from this. One pass, whatever the text."""
        first, last = self.given[0], self.given[-1]
        end = len(text) - len(last)
        if self.anchor not in text or not text.startswith(first) or not text.endswith(last):
            return None
        at, found = len(first), []
        for number, (place, before, after) in enumerate(zip(self.places, self.given, self.given[1:], strict=False), 1):
            may_lack = before[-1:].isalnum()  # what touches a word may be missing: “failed%(why)s”
            stop = end if number == len(self.places) else text.find(after, at + (not may_lack), end)
            if stop < at + (not may_lack) or (place in self.quoted and MARKS.search(text[at:stop].replace(NEXT, ""))):
                return None
            found.append((place, text[at:stop]))
            at = stop + len(after)
        return tuple(found)


@dataclass(frozen=True)
class Part:
    """What a part of a text is: a template with its values, or without one as it stands."""

    text: str
    template: Template | None = None
    values: tuple[tuple[str, str], ...] = ()


def told(text: str, who: Reader) -> str:
    """A sentence of ours, or several, as they are kept in a row, in the reader's language."""
    return _told(text, who) if 0 < len(text) <= MOST else text


@lru_cache(maxsize=4096)
def _told(text: str, who: Reader) -> str:
    """Once for all who read alike: pages show the same rows again and again."""
    whole = _phrase(text, who)
    return whole if whole is not None else " ".join(_rendered(part, who) for part in _parts(text))


@cache
def templates() -> tuple[Template, ...]:
    """Every text with places, as the first language's catalogue lists them; all languages have the same."""
    return tuple(_template(one) for one in _messages("sentences") if PLACE.search(_last(one)))


@cache
def phrases() -> frozenset[str]:
    """Every text without places."""
    return _phrases("sentences") | _phrases("messages")


def _phrases(domain: str) -> frozenset[str]:
    return frozenset(one.id for one in _messages(domain) if isinstance(one.id, str) and not PLACE.search(one.id))


@cache
def words() -> frozenset[str]:
    """What may fill a place and is ours: whole sentences, and words; a thing called “Orders” keeps its name."""
    whole = {one for one in _phrases("messages") if one.endswith((".", "?"))}
    titles = {title for one in ALL for title in _outcomes(one)}
    titles |= {one.name for process in MODELS if (one := diagram(process))}
    return _phrases("sentences") | whole | titles | set(TEXT_FIELDS.values())


def _outcomes(scenario: Scenario) -> Iterator[str]:
    for step in scenario.steps:
        yield from (outcome.title for outcome in getattr(step, "outcomes", ()))


def _messages(domain: str) -> Iterator[Message]:
    with catalogues.catalogue_file(catalogues.languages()[1], domain).open("rb") as file:
        yield from (one for one in read_po(file) if one.id)


def _last(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[-1])


def _template(message: Message) -> Template:
    one, many = (message.id, "") if isinstance(message.id, str) else (str(message.id[0]), str(message.id[1]))
    pieces = PLACE.split(_last(message))
    given = [piece.replace("%%", "%") for piece in pieces[::2]]
    around = list(zip(pieces[1::2], given, given[1:], strict=False))
    quoted = frozenset(name for name, before, after in around if before.endswith("“") and after.startswith("”"))
    anchor = max(given, key=len)
    return Template(one, many, tuple(pieces[1::2]), tuple(given), anchor, sum(map(len, given)), quoted)


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[Part, ...]:
    """The text cut where sentences end, so that the most of it is known; what is not known stays as it is."""
    cuts = [0, *(found.end() for found in END.finditer(text)), len(text)]
    if len(cuts) > MOST_PARTS:
        return (_matched(text)[1],)
    best: list[tuple[int, int, tuple[Part, ...]]] = [(0, 0, ())]
    for end in range(1, len(cuts)):
        found = []
        for start in range(end):
            weight, part = _matched(text[cuts[start] : cuts[end]].strip())
            known, pieces, parts = best[start]
            found.append((known + weight, pieces - 1, (*parts, part)))
        best.append(max(found, key=lambda one: one[:2]))
    return best[-1][2]


def _matched(text: str) -> tuple[int, Part]:
    """The template it was made from, and how sure that is; 0 without one."""
    if text in phrases():
        return len(text), Part(text)
    found = [(one, values) for one in templates() if (values := one.values(text)) is not None]
    if not found:
        return _about(text)
    best, values = max(found, key=lambda one: one[0].weight)
    return best.weight, Part(text, best, values)


def _about(text: str) -> tuple[int, Part]:
    """ "Return R-1001: It is known." Who it is about stays, what is said is told."""
    _name, colon, rest = text.partition(": ")
    weight = _matched(rest)[0] if colon else 0
    return weight, Part(text)


def _rendered(part: Part, who: Reader) -> str:
    template = part.template
    if template is None:
        name, colon, rest = part.text.partition(": ")
        known = _phrase(part.text, who)
        if known is not None:
            return known
        return f"{_value(name, who)}: {told(rest, who)}" if colon and rest else part.text
    values = {
        name: _names(text, who) if name in template.quoted else _value(text, who, name) for name, text in part.values
    }
    return _text_of(template, _count(part), who) % values


def _text_of(template: Template, count: int, who: Reader) -> str:
    texts = who.told
    return str(texts.ungettext(template.one, template.many, count) if template.many else texts.ugettext(template.one))


def _names(text: str, who: Reader) -> str:
    """Names stay as they are; only what we call our own scenarios is told."""
    marks = QUOTES.get(who.language.language, ("“", "”"))
    titles = {one.title for one in ALL}
    names = [(_phrase(one, who) if one in titles else None) or one for one in text.split(NEXT)]
    return f"{marks[1]}, {marks[0]}".join(names)


def _count(part: Part) -> int:
    """What the plural goes by."""
    text = dict(part.values).get("n", "")
    return int(text.replace(",", "")) if NUMBER.fullmatch(text) else 2


def _phrase(text: str, who: Reader) -> str | None:
    """A text without places in the reader's language; None where it is none of ours."""
    return str(who.told.ugettext(text)) if text in phrases() else None


def worded(text: str, who: Reader) -> str:
    """Several facts in a line, each that is ours in the reader's words."""
    return _value(text, who)


def _value(text: str, who: Reader, place: str = "") -> str:
    """What fills a place, as the reader writes it: a day, money, a number, words of ours, several of them."""
    if COUNT.fullmatch(place) and NUMBER.fullmatch(text):
        return who.number(int(text.replace(",", "")))
    known = _listed(text, who) if NAMES.fullmatch(text) else _word(text, who)
    if known is not None:
        return known
    tokens = BETWEEN.split(text)
    if len(tokens) == 1:
        return _quoted(text, who)
    words_of = [_word(token, who) for token in tokens[::2]]
    if all(one is None for one in words_of) and not any(QUOTED.search(one) for one in tokens[::2]):
        return text
    values = [_quoted(token, who) if one is None else one for token, one in zip(tokens[::2], words_of, strict=True)]
    between = [who.text(AND) if one == " and " else one for one in tokens[1::2]]
    return values[0] + "".join(mark + value for mark, value in zip(between, values[1:], strict=True))


def _listed(text: str, who: Reader) -> str:
    """Names one after the other; only what stands between them is told."""
    joined = who.text(AND)
    pieces = re.split(r"(?<=”)( and |, )(?=“)", text)
    return "".join(joined if one == " and " else _quoted(one, who) for one in pieces)


def _quoted(text: str, who: Reader) -> str:
    """Names between the quotation marks of the reader's language."""
    marks = QUOTES.get(who.language.language)
    return QUOTED.sub(lambda found: f"{marks[0]}{found[1]}{marks[1]}", text) if marks else text


def _word(text: str, who: Reader) -> str | None:
    """A word, a sentence, “3 orders”, “Return R-1001”, money; None where nothing of it is ours."""
    for shape, write in SHAPES:
        if found := shape.fullmatch(text):
            return write(found, who)
    if text in words():
        return _phrase(text, who)
    parts = _parts(text)
    if any(part.template and part.template.letters >= FEWEST for part in parts):
        return " ".join(_rendered(part, who) for part in parts)
    about, colon, rest = text.partition(": ")
    if colon and (known := _word(rest, who)) is not None:
        return f"{about}: {known}"
    if found := COUNTED.fullmatch(text):
        return f"{found[1]} {_phrase(found[2], who)}" if found[2] in words() else None
    if found := NUMBERED.fullmatch(text):
        return f"{_phrase(found[1], who)} {found[2]}" if found[1] in words() else None
    return None


def _day(found: re.Match[str], who: Reader) -> str:
    day, month, year = found.groups()
    return who.day(datetime(int(year), MONTHS.index(month) + 1, int(day), tzinfo=UTC).date())


def _iso_day(found: re.Match[str], who: Reader) -> str:
    try:
        return who.day(datetime.fromisoformat(found[0]).date())
    except ValueError:
        return found[0]


def _moment(found: re.Match[str], who: Reader) -> str:
    return who.moment(datetime.fromisoformat(found[1]).replace(tzinfo=UTC))


def _money(found: re.Match[str], who: Reader) -> str:
    return who.money({"amount": found[1].replace(",", ""), "currency": found[2]})


def _period(found: re.Match[str], who: Reader) -> str:
    return who.period(int(found[1]), found[2])


SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Reader], str]], ...] = (
    (MONEY, _money), (DAY, _day), (ISO_DAY, _iso_day), (MOMENT, _moment), (PERIOD, _period),
)  # fmt: skip
