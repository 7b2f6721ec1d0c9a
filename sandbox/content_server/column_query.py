"""`where_column_query`: `<column> <operator> <literal> {AND|OR …}`, NOT and parentheses. Source: section 4.6.

Strings are quoted and know the wildcards `*` and `?` with LIKE; a trailing `<column> ASC|DESC` is accepted.
"""

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from sandbox.content_server.model import Node
from sandbox.content_server.refusal import Refusal

TOKEN = re.compile(r"""\s*(?:(\()|(\))|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(<>|>=|<=|=|>|<)|([^\s()<>=]+))""")
Columns = dict[str, Any]
Test = Callable[[Columns], bool]


def matcher(text: str, columns_of: Callable[[Node], Columns]) -> Callable[[Node], bool]:
    test = _Parser(text).parse()
    return lambda node: test(columns_of(node))


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)

    def parse(self) -> Test:
        test = self._either()
        if self._tokens and self._peek(1).upper() in ("ASC", "DESC"):
            del self._tokens[:2]
        if self._tokens:
            raise _bad()
        return test

    def _either(self) -> Test:
        left = self._both()
        while self._peek().upper() == "OR":
            self._next()
            left = _or(left, self._both())
        return left

    def _both(self) -> Test:
        left = self._one()
        while self._peek().upper() == "AND":
            self._next()
            left = _and(left, self._one())
        return left

    def _one(self) -> Test:
        token = self._next()
        if token.upper() == "NOT":
            inner = self._one()
            return lambda row: not inner(row)
        if token == "(":
            test = self._either()
            if self._next() != ")":
                raise _bad()
            return test
        return _comparison(token.upper(), self._next().upper(), self._next())

    def _peek(self, ahead: int = 0) -> str:
        return self._tokens[ahead] if len(self._tokens) > ahead else ""

    def _next(self) -> str:
        if not self._tokens:
            raise _bad()
        return self._tokens.pop(0)


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise _bad()
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


def _bad() -> Refusal:
    return Refusal("The column query is invalid.")


def _or(left: Test, right: Test) -> Test:
    return lambda row: left(row) or right(row)


def _and(left: Test, right: Test) -> Test:
    return lambda row: left(row) and right(row)


def _comparison(column: str, operator: str, literal: str) -> Test:
    value = _literal(literal)
    tests: dict[str, Callable[[Any], bool]] = {
        "=": lambda held: _same(held, value),
        "<>": lambda held: not _same(held, value),
        "LIKE": lambda held: fnmatchcase(str(held or "").casefold(), str(value).casefold()),
        ">": lambda held: _order(held, value) > 0,
        ">=": lambda held: _order(held, value) >= 0,
        "<": lambda held: _order(held, value) < 0,
        "<=": lambda held: _order(held, value) <= 0,
    }
    if operator not in tests:
        raise _bad()
    test = tests[operator]
    return lambda row: column in row and row[column] is not None and test(row[column])


def _literal(text: str) -> Any:
    if text in ("(", ")", "<>", ">=", "<=", "=", ">", "<"):
        raise _bad()
    if text[0] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def _same(held: Any, value: Any) -> bool:
    if isinstance(held, list):
        return any(_same(item, value) for item in held)
    return _order(held, value) == 0


def _order(held: Any, value: Any) -> int:
    if not isinstance(held, int) or not isinstance(value, int):
        held, value = str(held).casefold(), str(value).casefold()
    return 1 if held > value else -1 if held < value else 0
