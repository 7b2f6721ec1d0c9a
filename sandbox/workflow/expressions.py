"""The `${...}` expressions of a process model: comparison, logic, navigation, `execution.setVariable`.

A value is what JSON can hold. `evaluate` gives the value of an expression, `text` fills a template. Unknown
names fail, as the engine's unified expression language does. Source: OpenText workflow reference, BPMN
dialect; the language is the subset of Jakarta Expression Language seen there.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from sandbox.workflow.errors import ProcessFailed


class Scope(Protocol):
    """What an expression may see: the variables of one execution."""

    instance_id: str
    business_key: str

    def has(self, name: str) -> bool: ...
    def get(self, name: str) -> Any: ...
    def set(self, name: str, value: Any) -> None: ...


TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>[A-Za-z_$][\w$]*)
    | (?P<op>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]}])
    )""",
    re.VERBOSE,
)
WORDS = {"and": "&&", "or": "||", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
         "not": "!", "div": "/", "mod": "%"}  # fmt: skip
LITERALS = {"true": True, "false": False, "null": None}


class Execution:
    """The name `execution` in an expression; only these methods may be called."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.methods: dict[str, Callable[..., Any]] = {
            "setVariable": scope.set,
            "getVariable": lambda name: scope.get(name) if scope.has(name) else None,
            "hasVariable": scope.has,
            "getProcessInstanceId": lambda: scope.instance_id,
            "getProcessInstanceBusinessKey": lambda: scope.business_key,
        }
        self.properties = {
            "processInstanceId": scope.instance_id,
            "processInstanceBusinessKey": scope.business_key,
        }


def evaluate(source: str, scope: Scope) -> Any:
    """The value of `${...}`; a text around it makes it a template, a text without it is itself."""
    stripped = source.strip()
    if stripped.startswith("${"):
        parser = _Parser(stripped, 2, scope)
        value = parser.whole()
        if parser.position == len(stripped):
            return value
    return text(source, scope)


def text(template: str, scope: Scope) -> str:
    """The template with every `${...}` replaced by its value's text; nothing is escaped."""
    parts, position = [], 0
    while (start := template.find("${", position)) >= 0:
        parts.append(template[position:start])
        parser = _Parser(template, start + 2, scope)
        parts.append(as_text(parser.whole()))
        position = parser.position
    return "".join([*parts, template[position:]])


def truth(source: str, scope: Scope) -> bool:
    """A condition's value; anything but true or false fails, as in the engine."""
    value = evaluate(source, scope)
    if not isinstance(value, bool):
        raise ProcessFailed(f"condition expression returns non-Boolean: {source}")
    return value


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Parser:
    """Recursive descent that computes as it reads. What logic leaves out is read `idle`: not looked up."""

    def __init__(self, source: str, position: int, scope: Scope) -> None:
        self.source, self.position, self.scope = source, position, scope
        self.idle = 0
        self.kind, self.token = "", ""
        self._next()

    def whole(self) -> Any:
        value = self._choice()
        if self.token != "}" or self.kind != "op":
            raise self._wrong()
        return value

    def _wrong(self) -> ProcessFailed:
        return ProcessFailed(f"Error parsing expression '{self.source}' at '{self.token}'")

    def _next(self) -> None:
        found = TOKEN.match(self.source, self.position)
        if self.token == "}" and self.kind == "op":
            return
        if found is None or found.lastgroup is None:
            raise ProcessFailed(f"Error parsing expression '{self.source}' at position {self.position}")
        self.kind, self.token, self.position = found.lastgroup, found[found.lastgroup], found.end()
        if self.kind == "name" and self.token in WORDS:
            self.kind, self.token = "op", WORDS[self.token]

    def _took(self, *tokens: str) -> str:
        if self.kind == "op" and self.token in tokens:
            token = self.token
            self._next()
            return token
        return ""

    def _expect(self, token: str) -> None:
        if not self._took(token):
            raise self._wrong()

    def _skipping(self, skip: bool, read: Callable[[], Any]) -> Any:
        self.idle += skip
        value = read()
        self.idle -= skip
        return value

    def _choice(self) -> Any:
        condition = self._or()
        if not self._took("?"):
            return condition
        yes = self._skipping(not condition, self._choice)
        self._expect(":")
        no = self._skipping(bool(condition), self._choice)
        return yes if condition else no

    def _or(self) -> Any:
        value = self._and()
        while self._took("||"):
            right = self._skipping(bool(value), self._and)
            value = bool(value) or bool(right)
        return value

    def _and(self) -> Any:
        value = self._comparison()
        while self._took("&&"):
            right = self._skipping(not value, self._comparison)
            value = bool(value) and bool(right)
        return value

    def _comparison(self) -> Any:
        value = self._sum()
        while operator := self._took("==", "!=", "<", ">", "<=", ">="):
            value = _compare(operator, value, self._sum())
        return value

    def _sum(self) -> Any:
        value = self._product()
        while operator := self._took("+", "-"):
            value = self._arithmetic(operator, value, self._product())
        return value

    def _product(self) -> Any:
        value = self._unary()
        while operator := self._took("*", "/", "%"):
            value = self._arithmetic(operator, value, self._unary())
        return value

    def _arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        if self.idle:
            return 0
        a, b = _number(left), _number(right)
        if a is None or b is None or (operator in "/%" and b == 0):
            raise ProcessFailed(f"Error evaluating expression '{self.source}': {left!r} {operator} {right!r}")
        if operator in "+-*":
            return a + b if operator == "+" else a - b if operator == "-" else a * b
        return a / b if operator == "/" else a % b

    def _unary(self) -> Any:
        if self._took("!"):
            return not self._unary()
        if self._took("-"):
            return self._arithmetic("-", 0, self._unary())
        if self.kind == "name" and self.token == "empty":
            self._next()
            return self._unary() in (None, "", [], {})
        return self._path()

    def _path(self) -> Any:
        value = self._first()
        while step := self._took(".", "["):
            if step == "[":
                key = self._choice()
                self._expect("]")
                value = self._member(value, key)
                continue
            name = self.token
            if self.kind != "name":
                raise self._wrong()
            self._next()
            value = self._call(value, name) if self._took("(") else self._member(value, name)
        return value

    def _first(self) -> Any:
        kind, token = self.kind, self.token
        if self._took("("):
            value = self._choice()
            self._expect(")")
            return value
        if kind == "op":
            raise self._wrong()
        self._next()
        if kind == "number":
            return float(token) if "." in token else int(token)
        if kind == "string":
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if token in LITERALS:
            return LITERALS[token]
        return self._variable(token)

    def _variable(self, name: str) -> Any:
        if self.idle:
            return None
        if name == "execution":
            return Execution(self.scope)
        if not self.scope.has(name):
            raise ProcessFailed(f"Unknown property used in expression: {self.source.strip()} (no variable '{name}')")
        return self.scope.get(name)

    def _member(self, value: Any, key: Any) -> Any:
        if self.idle:
            return None
        if isinstance(value, Execution):
            value = value.properties
        if isinstance(value, dict) and key in value:
            return value[key]
        if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            return value[key]
        raise ProcessFailed(f"Unknown property used in expression: {self.source.strip()} (no member '{key}')")

    def _call(self, value: Any, name: str) -> Any:
        arguments = []
        while not self._took(")"):
            arguments.append(self._choice())
            if not self._took(",") and self.token != ")":
                raise self._wrong()
        if self.idle:
            return None
        if not isinstance(value, Execution) or name not in value.methods:
            raise ProcessFailed(f"Unknown method used in expression: {self.source.strip()} ('{name}')")
        try:
            return value.methods[name](*arguments)
        except TypeError as error:
            raise ProcessFailed(f"Error invoking '{name}' in expression: {self.source.strip()}") from error


def _number(value: Any) -> float | int | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _compare(operator: str, left: Any, right: Any) -> bool:
    """Numbers compare as numbers, also where one side is text: the language's own coercion."""
    if isinstance(left, bool) != isinstance(right, bool):
        left, right = as_text(left).lower(), as_text(right).lower()
    elif not (isinstance(left, str) and isinstance(right, str)):
        a, b = _number(left), _number(right)
        if a is not None and b is not None:
            left, right = a, b
    if operator in ("==", "!="):
        return bool(left == right) is (operator == "==")
    if left is None or right is None or type(left) is bool:
        return False
    if isinstance(left, str) != isinstance(right, str):
        left, right = as_text(left), as_text(right)
    return bool({"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator])
