"""The GraphQL language as far as a client of one endpoint needs it: one operation, variables, nested selections."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.bigcommerce.errors import Refused

TOKEN = re.compile(
    r'[\s,\ufeff]+|#[^\n]*|(?P<name>[_A-Za-z]\w*)|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<sign>\.\.\.|[!$():=@\[\]{|}])"
)
CONSTANTS = {"true": True, "false": False, "null": None}


@dataclass
class Selected:
    """One selected field: its name, arguments with variables filled in, and what is selected below it."""

    name: str
    arguments: dict[str, Any]
    alias: str = ""
    fields: "list[Selected]" = field(default_factory=list)

    @property
    def key(self) -> str:
        return self.alias or self.name


def parse(document: str, variables: dict[str, Any]) -> tuple[str, list[Selected]]:
    """(query or mutation, selected fields) of a document with one operation. Refused (400) when it is no GraphQL."""
    return _Parser(document, variables).operation()


class _Parser:
    def __init__(self, document: str, variables: dict[str, Any]) -> None:
        self._tokens, self._at = list(_tokens(document)), 0
        self._variables, self._declared = variables, set[str]()

    def operation(self) -> tuple[str, list[Selected]]:
        kind = "query"
        if self._peek() != "{":
            kind = self._next()
            if kind not in ("query", "mutation"):
                raise _wrong(kind)
            if self._peek() not in ("{", "("):
                self._name()
            if self._peek() == "(":
                self._variable_definitions()
        selected = self._selection()
        if self._at < len(self._tokens):
            raise _wrong(self._peek())
        strange = sorted(set(self._variables) - self._declared)
        if strange:
            raise Refused(400, f"Variable ${strange[0]} is not defined by the operation.")
        return kind, selected

    def _variable_definitions(self) -> None:
        self._expect("(")
        while self._peek() != ")":
            self._expect("$")
            name = self._name()
            self._expect(":")
            required = self._type()
            if self._peek() == "=":
                self._next()
                self._variables.setdefault(name, self._value())
            self._declared.add(name)
            if required and self._variables.get(name) is None:
                raise Refused(400, f"Variable ${name} of a required type was not provided.")
        self._expect(")")

    def _type(self) -> bool:
        if self._peek() == "[":
            self._next()
            self._type()
            self._expect("]")
        else:
            self._name()
        if self._peek() == "!":
            self._next()
            return True
        return False

    def _selection(self) -> list[Selected]:
        self._expect("{")
        found = []
        while self._peek() != "}":
            found.append(self._field())
        self._expect("}")
        if not found:
            raise _wrong("}")
        return found

    def _field(self) -> Selected:
        name, alias = self._name(), ""
        if self._peek() == ":":
            self._next()
            name, alias = self._name(), name
        arguments = self._arguments() if self._peek() == "(" else {}
        return Selected(name, arguments, alias, self._selection() if self._peek() == "{" else [])

    def _arguments(self) -> dict[str, Any]:
        self._expect("(")
        found = {}
        while self._peek() != ")":
            name = self._name()
            self._expect(":")
            found[name] = self._value()
        self._expect(")")
        return found

    def _value(self) -> Any:
        token = self._next()
        if token == "$":
            name = self._name()
            if name not in self._declared:
                raise Refused(400, f"Variable ${name} is not defined by the operation.")
            return self._variables.get(name)
        if token == "{":
            found = {}
            while self._peek() != "}":
                name = self._name()
                self._expect(":")
                found[name] = self._value()
            self._next()
            return found
        if token == "[":
            entries = []
            while self._peek() != "]":
                entries.append(self._value())
            self._next()
            return entries
        return _scalar(token)

    def _peek(self) -> str:
        if self._at >= len(self._tokens):
            raise _wrong("<EOF>")
        return self._tokens[self._at]

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _name(self) -> str:
        token = self._next()
        if not re.fullmatch(r"[_A-Za-z]\w*", token):
            raise _wrong(token)
        return token

    def _expect(self, sign: str) -> None:
        token = self._next()
        if token != sign:
            raise _wrong(token)


def _tokens(document: str) -> "list[str]":
    found, at = [], 0
    while at < len(document):
        match = TOKEN.match(document, at)
        if match is None:
            raise _wrong(document[at])
        if match.lastgroup:
            found.append(match.group())
        at = match.end()
    return found


def _scalar(token: str) -> Any:
    """A string, number, boolean, null, or an enum value as its bare name."""
    if token.startswith('"') or token.lstrip("-")[:1].isdigit():
        return json.loads(token)
    if re.fullmatch(r"[_A-Za-z]\w*", token):
        return CONSTANTS.get(token, token)
    raise _wrong(token)


def _wrong(token: str) -> Refused:
    return Refused(400, f"Syntax error: Unexpected {token!r}.")
