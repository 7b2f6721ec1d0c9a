"""Search: a small part of LQL over an index that may lag behind. Source: section 3.9.

Understood: `OTName: "x"`, `OTSubType: 848`, `OTLocation: 2000`, `OTParentID`, `OTDataID`, `OTMIMEType`,
`Attr_{cat}_{attr}: "v"`, bare words and phrases, `and`, `or`, `not`, parentheses; `*` ends a word open. A node changed
less than the lag ago is not in the index yet.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from sandbox.content_server import tree
from sandbox.content_server.model import VOLUMES, Node, State
from sandbox.content_server.permissions import Actor, may
from sandbox.content_server.refusal import Refusal

TOKEN = re.compile(r'\s*(?:([()])|(\w+)\s*:\s*("[^"]*"|\([^()]*\)|[^\s()]+)|"([^"]*)"|([^\s()"]+))')
QUOTED = '"'
Test = Callable[[Node], bool]
NAMES = ("OTName", "OTSubType", "OTLocation", "OTParentID", "OTDataID", "OTMIMEType", "OTDComment", "OTComments")


def find(actor: Actor, where: str, mode: str, locations: list[int]) -> list[Node]:
    """What the user may see and the index knows, newest first. Raises Refusal for a query it cannot read."""
    state = actor.state
    test = _test(state, where, mode.lower() or "complexquery")
    known_until = actor.now - timedelta(seconds=state.search_lag_seconds)
    found = [
        node
        for node in state.nodes.values()
        if node.type not in VOLUMES
        and node.modify_date <= known_until
        and test(node)
        and all(_below(state, node, location) for location in locations)
        and tree.is_live(state, node)
        and may(actor, node, "see")
    ]
    return sorted(found, key=lambda node: (node.modify_date, node.id), reverse=True)


def _test(state: State, where: str, mode: str) -> Test:
    if not where.strip():
        raise Refusal("Error Evaluating Query")
    if mode == "complexquery":
        return _Query(state, where).parse()
    if mode == "exactphrase":
        return _contains(state, where)
    words = [_contains(state, word) for word in where.split()]
    together = any if mode == "anywords" else all
    return lambda node: together(test(node) for test in words)


class _Query:
    def __init__(self, state: State, text: str) -> None:
        self._state, self._tokens = state, _tokens(text)

    def parse(self) -> Test:
        test = self._either()
        if self._tokens:
            raise Refusal("Error Evaluating Query")
        return test

    def _either(self) -> Test:
        test = self._both()
        while self._is("or"):
            self._tokens.pop(0)
            test = _either(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._one()
        while self._tokens and not self._is("or") and not self._is(")"):
            if self._is("and"):
                self._tokens.pop(0)
            test = _both(test, self._one())
        return test

    def _one(self) -> Test:
        if not self._tokens:
            raise Refusal("Error Evaluating Query")
        region, text = self._tokens.pop(0)
        if region == "" and text.lower() == "not":
            inner = self._one()
            return lambda node: not inner(node)
        if region == "" and text == "(":
            test = self._either()
            if not self._is(")"):
                raise Refusal("Error Evaluating Query")
            self._tokens.pop(0)
            return test
        if region == "" and text.lower() in (")", "and", "or"):
            raise Refusal("Error Evaluating Query")
        if region in ("", QUOTED):
            return _contains(self._state, text)
        return _region(self._state, region, text)

    def _is(self, word: str) -> bool:
        return bool(self._tokens) and self._tokens[0][0] == "" and self._tokens[0][1].lower() == word


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pairs of region and text; "" for a bare word, which may be an operator, a quote for a phrase, which is none."""
    tokens: list[tuple[str, str]] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise Refusal("Error Evaluating Query")
        bracket, region, value, phrase, word = match.groups()
        if region:
            tokens.append((region, value.strip('"()')))
        elif phrase is not None:
            tokens.append((QUOTED, phrase))
        else:
            tokens.append(("", bracket or word or ""))
        position = match.end()
    return tokens


def _region(state: State, region: str, text: str) -> Test:
    if region in ("OTLocation", "OTParentID", "OTSubType", "OTDataID"):
        numbers = [int(part) for part in text.split() if part.lstrip("-").isdigit()]
        tests: dict[str, Test] = {
            "OTSubType": lambda node: node.type in numbers,
            "OTDataID": lambda node: node.id in numbers,
            "OTParentID": lambda node: node.parent_id in [abs(number) for number in numbers],
            "OTLocation": lambda node: any(_below(state, node, number) for number in numbers),
        }
        return tests[region]
    if region == "OTName":
        return lambda node: _like(node.name, text)
    if region == "OTMIMEType":
        return lambda node: bool(node.versions) and node.versions[-1].mime_type == text
    if region.startswith("Attr_"):
        key = region.removeprefix("Attr_")
        return lambda node: any(_like(value, text) for value in _values(node, key))
    raise Refusal(f"Error Evaluating Query: unknown region '{region}'")


def _values(node: Node, key: str) -> list[Any]:
    held = next((item.values[key] for item in node.categories.values() if key in item.values), None)
    return held if isinstance(held, list) else [] if held is None else [held]


def _like(value: Any, text: str) -> bool:
    """Words of the text in the value, any case; `*` and `?` are wildcards."""
    held, wanted = str(value).casefold(), text.casefold()
    if "*" in wanted or "?" in wanted:
        return fnmatchcase(held, wanted)
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", held) is not None


def _contains(state: State, text: str) -> Test:
    def test(node: Node) -> bool:
        if _like(node.name, text) or _like(node.description, text):
            return True
        if any(_like(value, text) for held in node.categories.values() for value in held.values.values()):
            return True
        return bool(node.versions) and _in_content(state, node, text)

    return test


def _in_content(state: State, node: Node, text: str) -> bool:
    version = node.versions[-1]
    readable = version.mime_type.startswith("text/") or version.mime_type == "application/json"
    return readable and _like(state.blobs[version.sha256].decode("utf-8", "replace"), text)


def _below(state: State, node: Node, location: int) -> bool:
    return any(item.id == abs(location) for item in tree.ancestors(state, node)[:-1])


def _either(left: Test, right: Test) -> Test:
    return lambda node: left(node) or right(node)


def _both(left: Test, right: Test) -> Test:
    return lambda node: left(node) and right(node)
