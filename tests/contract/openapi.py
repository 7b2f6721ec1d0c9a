"""Holds requests and answers against a published OpenAPI 3.0 file.

A file is read once for a whole test session, and only the schemas an exchange touches are prepared for checking.
Because published files mostly leave `additionalProperties` open, names of request fields are compared with the
declared ones.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

JSON = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
KEPT = (
    "type", "enum", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems", "pattern",
    "format", "multipleOf", "minProperties", "maxProperties",
)  # fmt: skip
FORMATS = FormatChecker(("date-time", "uuid"))
SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"
WHY_SKIPPED = "the vendors' specifications are not beside the project (../shared/specs)"


class Spec:
    """One OpenAPI file. `prefix` replaces the path of the file's first server, where ours is another."""

    def __init__(self, document: JSON, name: str, prefix: str | None = None) -> None:
        self.document, self.name = document, name
        server = (document.get("servers") or [{"url": ""}])[0]["url"]
        self.prefix = urlsplit(server).path.rstrip("/") if prefix is None else prefix.rstrip("/")
        self._validators: dict[tuple[str, str, str], Draft202012Validator | None] = {}

    @classmethod
    def load(cls, path: Path | str, prefix: str | None = None) -> "Spec":
        return _load(Path(path), prefix)

    def validate(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        request_body: Any = None,
        status: int | None = None,
        response_body: Any = None,
        *,
        content_type: str = "application/json",
        answer_type: str = "application/json",
        strict_answer: bool = False,
    ) -> list[str]:
        """What is wrong with an exchange; empty when nothing is. No status: the request alone is judged.

        `path` is relative to the server, or begins with its path. A form or multipart body is a dict of strings.
        `strict_answer` also names answer fields that the file does not declare.
        """
        template, values = self._template(path)
        item = self.document["paths"].get(template, {})
        operation = item.get(method.lower())
        if operation is None:
            return [f"{method.upper()} {path} is not described in {self.name}"]
        problems = list(self._parameters(item, operation, query or {}, values))
        problems += self._request(template, method.lower(), operation, request_body, content_type)
        if status is not None:
            problems += self._answer(
                template, method.lower(), operation, status, response_body, answer_type, strict=strict_answer
            )
        return problems

    def judge(self, response: httpx.Response, *, strict_answer: bool = False) -> list[str]:
        """An exchange as httpx saw it."""
        request = response.request
        kind = request.headers.get("Content-Type", "").split(";")[0]
        body = _body_of(request)
        answer = response.headers.get("Content-Type", "").split(";")[0]
        text = response.text if response.content else None
        found = json.loads(text) if text and "json" in answer else text
        return self.validate(
            request.method, request.url.path, dict(request.url.params), body, response.status_code, found,
            content_type=kind or "application/json", answer_type=answer or "application/json",
            strict_answer=strict_answer,
        )  # fmt: skip

    def operations(self) -> Iterator[tuple[str, str]]:
        """(method, path template) of everything described."""
        for template, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), template

    # Finding the operation

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        """Literal paths before those with variables, so that `/orders/count` is not an order."""

        def pattern(template: str) -> re.Pattern[str]:
            parts = re.split(r"(\{[^}]+\})", template)
            return re.compile("".join("([^/]+)" if p.startswith("{") else re.escape(p) for p in parts) + "/?")

        ordered = sorted(self.document["paths"], key=lambda t: (t.count("{"), -len(t)))
        return [(pattern(t), t) for t in ordered]

    def _template(self, path: str) -> tuple[str, dict[str, str]]:
        variables = re.sub(r"\{[^}]+\}", "[^/]+", self.prefix)
        relative = re.sub(f"^{variables}(?=/)", "", path) if self.prefix else path
        for candidate in dict.fromkeys((relative, path)):
            for pattern, template in self._templates:
                if match := pattern.fullmatch(candidate):
                    names = re.findall(r"\{([^}]+)\}", template)
                    return template, dict(zip(names, map(unquote, match.groups()), strict=True))
        return path, {}

    # Judging the parts

    def _parameters(
        self, item: JSON, operation: JSON, query: Mapping[str, str], values: Mapping[str, str]
    ) -> Iterator[str]:
        declared = [self._resolve(p) for p in (*item.get("parameters", ()), *operation.get("parameters", ()))]
        known = {p["name"]: p for p in declared if p["in"] == "query"}
        # `name[]=` and `name[]=…` spellings of arrays are one parameter.
        given = {name.removesuffix("[]"): value for name, value in query.items()}
        for name in given:
            if name not in known and f"{name}[]" not in known:
                yield f"query parameter {name} is not declared"
        for name, parameter in known.items():
            if parameter.get("required") and name.removesuffix("[]") not in given:
                yield f"query parameter {name} is missing"
        places = {"query": given, "path": values}
        for parameter in declared:
            text = places.get(parameter["in"], {}).get(parameter["name"])
            if text is not None:
                yield from self._parameter(parameter, text)

    def _parameter(self, parameter: JSON, text: str) -> Iterator[str]:
        schema = self._resolve(parameter.get("schema", {}))
        value = self._coerced(text, schema)
        key = ("parameter", parameter["in"], json.dumps(parameter, sort_keys=True, default=str))
        yield from self._errors(key, schema, value, f"{parameter['in']} parameter {parameter['name']}", "request")

    def _request(self, template: str, method: str, operation: JSON, body: Any, kind: str) -> Iterator[str]:
        declared = self._resolve(operation.get("requestBody", {}))
        if body is None:
            if declared.get("required"):
                yield "the request body is missing"
            return
        if not declared:
            if body not in ("", {}, []):
                yield "a request body is not declared"
            return
        media = _media(declared.get("content", {}), kind)
        if media is None:
            yield f"content type {kind} is not declared, but {', '.join(declared.get('content', {}))}"
            return
        schema = media.get("schema", {})
        if "json" not in kind and isinstance(body, dict):
            fields = self._properties(schema)
            body = {n: self._coerced(v, self._resolve(fields.get(n, {}))) for n, v in body.items()}
        yield from self._errors((template, method, kind), schema, body, "request", "request")
        yield from self._undeclared(schema, body, "request")

    def _answer(
        self, template: str, method: str, operation: JSON, status: int, body: Any, kind: str, *, strict: bool
    ) -> Iterator[str]:
        answers = operation.get("responses", {})
        found = next((str(k) for k in answers if str(k) in (str(status), f"{status // 100}XX", "default")), None)
        if found is None:
            yield f"status {status} is not declared, but {', '.join(map(str, answers))}"
            return
        declared = answers[found] if found in answers else answers[int(found)]
        content = self._resolve(declared).get("content", {})
        if not content:
            if body not in (None, "", {}):
                yield f"a body with status {status} is not declared"
            return
        media = _media(content, kind)
        if media is None:
            if body not in (None, ""):
                yield f"answer type {kind} is not declared, but {', '.join(content)}"
            return
        if body is None:
            if status != 204:
                yield f"the answer with status {status} has no body"
            return
        schema = media.get("schema", {})
        yield from self._errors((template, method, f"{found} {kind}"), schema, body, "answer", "response")
        if strict:
            yield from self._undeclared(schema, body, "answer")

    def _errors(self, key: tuple[str, str, str], schema: JSON, value: Any, where: str, mode: str) -> Iterator[str]:
        if key not in self._validators:
            prepared = _Preparation(self.document, mode).whole(schema)
            self._validators[key] = Draft202012Validator(prepared, format_checker=FORMATS) if prepared else None
        validator = self._validators[key]
        if validator is None:
            return
        for error in validator.iter_errors(value):
            yield _said(where, error)

    def _undeclared(self, schema: JSON, value: Any, where: str) -> Iterator[str]:
        """Names in the value that no alternative of the schema declares."""
        if isinstance(value, list):
            items = [s["items"] for s in self._alternatives(schema) if "items" in s]
            for n, entry in enumerate(value if items else ()):
                yield from self._undeclared({"anyOf": items}, entry, f"{where}[{n}]")
        if not isinstance(value, dict):
            return
        alternatives = list(self._alternatives(schema))
        declared = self._properties(schema)
        if not declared or any(s.get("additionalProperties") not in (None, False) for s in alternatives):
            return
        for name, entry in value.items():
            if name not in declared:
                yield f"{where}.{name} is not declared"
            else:
                yield from self._undeclared(declared[name], entry, f"{where}.{name}")

    def _alternatives(self, schema: JSON, depth: int = 0) -> Iterator[JSON]:
        """The schema and everything it is combined of."""
        schema = self._resolve(schema)
        yield schema
        for kind in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(kind, ()) if depth < 12 else ():
                yield from self._alternatives(part, depth + 1)

    def _properties(self, schema: JSON) -> JSON:
        """Declared fields; what several alternatives declare under one name is joined."""
        found: dict[str, list[JSON]] = {}
        for part in self._alternatives(schema):
            for name, below in (part.get("properties") or {}).items():
                found.setdefault(str(name), []).append(below)
        return {name: parts[0] if len(parts) == 1 else {"anyOf": parts} for name, parts in found.items()}

    def _coerced(self, text: Any, schema: JSON) -> Any:
        """A string of a query or form as the type its schema names."""
        kinds = {s.get("type") for s in self._alternatives(schema)}
        if not isinstance(text, str) or "string" in kinds:
            return text
        if "array" in kinds:
            items = self._resolve(next((s["items"] for s in self._alternatives(schema) if "items" in s), {}))
            return [self._coerced(part, items) for part in text.split(",")]
        if {"integer", "number"} & kinds and re.fullmatch(r"-?\d+", text):
            return int(text)
        if "number" in kinds and re.fullmatch(r"-?\d+\.\d+", text):
            return float(text)
        if "boolean" in kinds and text in ("true", "false"):
            return text == "true"
        if "object" in kinds and text.startswith("{"):
            return json.loads(text)
        return text

    def _resolve(self, node: Any) -> JSON:
        while isinstance(node, dict) and "$ref" in node:
            node = _at(self.document, node["$ref"])
        return node if isinstance(node, dict) else {}


class _Preparation:
    """Turns an OpenAPI 3.0 schema into JSON Schema, with only the definitions it reaches.

    `mode`: in a request fields that only the server sets are not required, in a response those that only the client
    sends.
    """

    def __init__(self, document: JSON, mode: str) -> None:
        self._document, self._hidden = document, "readOnly" if mode == "request" else "writeOnly"
        self._definitions: JSON = {}

    def whole(self, schema: JSON) -> JSON:
        prepared = self._one(schema)
        return prepared | {"$defs": self._definitions} if self._definitions else prepared

    def _one(self, node: Any) -> JSON:
        if not isinstance(node, dict):
            return {}
        if "$ref" in node:
            return self._reference(node["$ref"])
        made: JSON = {name: node[name] for name in KEPT if name in node}
        self._limits(node, made)
        if not _compiles(made.get("pattern", "")):
            del made["pattern"]
        for name in ("allOf", "anyOf", "oneOf"):
            if name in node:
                made[name] = [self._one(part) for part in node[name]]
        if "not" in node:
            made["not"] = self._one(node["not"])
        if "items" in node:
            made["items"] = self._one(node["items"])
        self._object(node, made)
        return _nullable(made) if node.get("nullable") else made

    def _object(self, node: JSON, made: JSON) -> None:
        properties = node.get("properties") or {}
        if properties:
            made["properties"] = {str(name): self._one(below) for name, below in properties.items()}
        required = node.get("required")
        if isinstance(required, list):
            seen = [n for n in required if not self._field(properties.get(n)).get(self._hidden)]
            if seen:
                made["required"] = seen
        more = node.get("additionalProperties")
        if more is False:
            made["additionalProperties"] = False
        elif isinstance(more, dict) and more:
            made["additionalProperties"] = self._one(more)

    def _field(self, node: Any) -> JSON:
        while isinstance(node, dict) and "$ref" in node:
            node = _at(self._document, node["$ref"])
        return node if isinstance(node, dict) else {}

    def _limits(self, node: JSON, made: JSON) -> None:
        """`exclusiveMinimum: true` is a modifier in OpenAPI 3.0, a value in JSON Schema."""
        for plain, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if node.get(exclusive) is True and plain in made:
                made[exclusive] = made.pop(plain)

    def _reference(self, reference: str) -> JSON:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", reference)
        if name not in self._definitions:
            self._definitions[name] = {}
            self._definitions[name] |= self._one(_at(self._document, reference))
        return {"$ref": f"#/$defs/{name}"}


@cache
def _load(path: Path, prefix: str | None) -> Spec:
    text = path.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=loader)  # noqa: S506
    return Spec(document, path.name, prefix)


def _at(document: JSON, reference: str) -> Any:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[unquote(part).replace("~1", "/").replace("~0", "~")]
    return node


def _compiles(pattern: str) -> bool:
    """Published patterns are of another dialect now and then; those cannot be judged."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _nullable(schema: JSON) -> JSON:
    if isinstance(schema.get("type"), str):
        made = schema | {"type": [schema["type"], "null"]}
        return made | {"enum": [*schema["enum"], None]} if "enum" in schema else made
    return {"anyOf": [schema, {"type": "null"}]} if schema else {}


def _media(content: JSON, kind: str) -> JSON | None:
    """The declared media type that covers this one."""
    wanted = kind.split(";")[0].strip().lower()
    for declared, media in content.items():
        name = str(declared).split(";")[0].strip().lower()
        if name in (wanted, "*/*") or (name.endswith("/*") and wanted.startswith(name[:-1])):
            return dict(media or {})
    return None


def _body_of(request: httpx.Request) -> Any:
    content = request.content
    kind = request.headers.get("Content-Type", "")
    if not content:
        return None
    if "json" in kind:
        return _parsed(content)
    if "urlencoded" in kind:
        return dict(httpx.QueryParams(content.decode()))
    if "multipart" in kind:
        return _names(content)
    return content.decode("utf-8", "replace")


def _parsed(content: bytes) -> Any:
    """The JSON, or the text of what is none, which then fits no schema."""
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def _names(content: bytes) -> dict[str, str]:
    """Field names and text values of a multipart body; files count with an empty text."""
    found = {}
    pattern = rb'name="([^"]+)"(; filename="[^"]*")?[^\r]*\r\n(?:[^\r]+\r\n)*\r\n([^\r]*)'
    for name, file, value in re.findall(pattern, content):
        found[name.decode()] = "" if file else value.decode("utf-8", "replace")
    return found


def _said(where: str, error: ValidationError) -> str:
    """One line: where, what; of alternatives the one that fits best."""
    inner = best_match([error]) if error.context else error
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in (inner or error).absolute_path)
    return f"{where}{path}: {_short(inner or error)}"


def _short(error: ValidationError) -> str:
    """The message, of a long value or long alternatives only the beginning; the verdict between them is kept."""
    value = repr(error.instance)
    said = error.message.replace(value, value if len(value) < 120 else value[:120] + "…", 1)
    return said if len(said) < 300 else said[:300] + "…"
