"""The search syntax of list queries: `field:value`, comparisons, quotes, AND, OR, NOT, parentheses.

An unknown filter field does not fail: it is ignored and told in `extensions.search`. Source: API search syntax.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

TOKEN = re.compile(r"""\s*(?:(\()|(\))|((?:-?[A-Za-z_][\w.]*:(?:<=|>=|<|>)?)?(?:"[^"]*"|'[^']*'|[^\s()]+)))""")
TERM = re.compile(r"""(-?)([A-Za-z_][\w.]*):(<=|>=|<|>)?(.*)""", re.DOTALL)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
JSON = dict[str, Any]
# What a filter reads of a node: a plain value, a list (any of them), or None.
Reader = Callable[[JSON], Any]
Test = Callable[[JSON], bool]


@dataclass
class Search:
    """A parsed query. `warnings`: fields that are no filters here."""

    matches: Test
    warnings: list[JSON] = field(default_factory=list)


def parse(text: str, filters: Mapping[str, Reader], free_text: Reader, now: datetime) -> Search:
    """`filters`: field -> what it reads; `free_text`: what a bare word is looked for in."""
    tokens = [next(part for part in found.groups() if part) for found in TOKEN.finditer(text) if any(found.groups())]
    parser = _Parser(tokens, filters, free_text, now)
    test = parser.either() if tokens else (lambda _node: True)
    return Search(test, parser.warnings)


class _Parser:
    """Recursive descent over the tokens; an unfinished query matches as far as it goes."""

    def __init__(self, tokens: list[str], filters: Mapping[str, Reader], free_text: Reader, now: datetime) -> None:
        self._tokens, self._at = tokens, 0
        self._filters, self._free, self._now = filters, free_text, now
        self.warnings: list[JSON] = []

    def either(self) -> Test:
        tests = [self._both()]
        while self._peek() == "OR":
            self._at += 1
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else (lambda node: any(test(node) for test in tests))

    def _both(self) -> Test:
        tests = [self._one()]
        while (token := self._peek()) is not None and token not in ("OR", ")"):
            if token == "AND":
                self._at += 1
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else (lambda node: all(test(node) for test in tests))

    def _one(self) -> Test:
        token = self._peek()
        if token is None:
            return lambda _node: True
        self._at += 1
        if token == "NOT":
            inner = self._one()
            return lambda node: not inner(node)
        if token == "(":
            inside = self.either()
            if self._peek() == ")":
                self._at += 1
            return inside
        return self._term(token)

    def _term(self, token: str) -> Test:
        found = TERM.fullmatch(token)
        if found is None:
            word = _unquoted(token).lower()
            return lambda node: any(word in str(value).lower() for value in _values(self._free(node)))
        negated, name, operator, raw = found[1] == "-", found[2], found[3] or "", _unquoted(found[4])
        reader = self._filters.get(name)
        if reader is None:
            said = "Invalid search field for this query."
            self.warnings.append({"field": name, "message": said, "code": "invalid_field"})
            return lambda _node: True
        now = self._now
        return lambda node: _fits(reader(node), operator, raw, now) is not negated

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def _values(found: Any) -> list[Any]:
    if found is None:
        return []
    return list(found) if isinstance(found, (list, tuple, set)) else [found]


def _fits(found: Any, operator: str, wanted: str, now: datetime) -> bool:
    values = _values(found)
    if wanted == "*" and not operator:
        return any(value not in ("", None) for value in values)
    return any(_compare(value, operator, wanted, now) for value in values)


def _compare(value: Any, operator: str, wanted: str, now: datetime) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    if isinstance(value, datetime):
        return _by_time(value, operator, wanted, now)
    if isinstance(value, (int, float)):
        return _by_number(float(value), operator, wanted)
    said, asked = str(value).lower(), wanted.lower()
    if operator:
        return _ordered(said, operator, asked)
    if asked.endswith("*"):
        return said.startswith(asked[:-1])
    return said == asked or said in [part.strip() for part in asked.split(",")]


def _by_time(value: datetime, operator: str, wanted: str, now: datetime) -> bool:
    if wanted.lower() == "now":
        return _ordered(value, operator or "<=", now)
    try:
        asked = datetime.fromisoformat(wanted)
    except ValueError:
        return False
    asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    if not operator and DAY.fullmatch(wanted):
        return value.astimezone(UTC).date() == asked.date()
    # The API compares whole seconds.
    return _ordered(value.replace(microsecond=0), operator or "=", asked.replace(microsecond=0))


def _by_number(value: float, operator: str, wanted: str) -> bool:
    try:
        asked = [float(part) for part in wanted.split(",")]
    except ValueError:
        return False
    return _ordered(value, operator, asked[0]) if operator else value in asked


def _ordered(value: Any, operator: str, wanted: Any) -> bool:
    if operator == "<":
        return bool(value < wanted)
    if operator == "<=":
        return bool(value <= wanted)
    if operator == ">":
        return bool(value > wanted)
    if operator == ">=":
        return bool(value >= wanted)
    return bool(value == wanted)
