"""OpenText's published OpenAPI files as judges of single exchanges: request and answer, one finding per difference."""

import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from werkzeug.formparser import parse_form_data

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "opentext"
FILES = (
    "opentext-business-workspaces-rest-api-v1-and-v2.yaml",
    "opentext-records-management-26.1.json",
    "content-server-rest-api-2.0.2.yaml",
)
ATTRIBUTE_KEY = re.compile(r"\d+(_\d+)+")
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
Finding = tuple[str, str]  # "METHOD /path/{template}", what differs


class Published:
    """The calls of all three files; the more special file is asked first."""

    def __init__(self) -> None:
        self._calls: list[tuple[re.Pattern[str], str, str, str]] = []  # pattern, method, template, file
        self.documents = {name: _load(name) for name in FILES}
        self._registry = Registry[Any]()
        for name, document in self.documents.items():
            resource = Resource(contents=document, specification=DRAFT4)
            self._registry = self._registry.with_resource(f"urn:{name}", resource)
            for template, item in document["paths"].items():
                pattern = re.compile(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template.rstrip("/"))) + "$")
                self._calls += [(pattern, method, template, name) for method in item if method in METHODS]

    def findings(self, request: httpx.Request, response: httpx.Response, base: str) -> Iterator[Finding]:
        """What of one exchange the files contradict. `base` is what stands before /v1 and /v2."""
        path = request.url.raw_path.decode().partition("?")[0].removeprefix(base)
        fitting = [c for c in self._calls if c[1] == request.method.lower() and c[0].match(path)]
        if not fitting:
            yield f"{request.method} {path}", "call is in none of the files"
            return
        found = min(fitting, key=lambda each: each[2].count("{"))  # "latest" before "{version_number}"
        call = f"{request.method} {found[2]}"
        pointer = f"urn:{found[3]}#/paths/{_escaped(found[2])}/{found[1]}"
        operation = self.documents[found[3]]["paths"][found[2]][found[1]]
        for text in self._request(operation, pointer, request, found[3]):
            yield call, f"request: {text}"
        for text in self._answer(operation, pointer, response):
            yield call, f"answer {response.status_code}: {text}"

    # Requests

    def _request(self, operation: dict[str, Any], pointer: str, request: httpx.Request, name: str) -> Iterator[str]:
        parameters = [self._resolved(each, name) for each in operation.get("parameters", [])]
        queries = {each["name"]: each for each in parameters if each["in"] == "query"}
        sent = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        for key, value in sent:
            if key not in queries:
                yield f"query {key} is not documented"
            else:
                schema = queries[key].get("schema", {})
                yield from self._checked(_typed(schema, value), schema)
        names = {key for key, _ in sent}
        yield from (f"query {k} is required" for k, v in queries.items() if v.get("required") and k not in names)
        if request.content:
            yield from self._body(operation, pointer, request)

    def _body(self, operation: dict[str, Any], pointer: str, request: httpx.Request) -> Iterator[str]:
        content = operation.get("requestBody", {}).get("content", {})
        kind = request.headers["content-type"].partition(";")[0]
        documented = kind if kind in content else next(iter(content), "")
        if kind not in content:
            yield f"body as {kind}, documented is {', '.join(content) or 'none'}"
        if not documented:
            return
        schema = f"{pointer}/requestBody/content/{_escaped(documented)}/schema"
        body = _sent(request, kind)
        known = self._at(schema)
        if isinstance(body, dict) and "properties" in known:
            unknown = sorted(set(body) - set(known["properties"]))
            if "{attribute_key}" in known["properties"]:
                unknown = [each for each in unknown if not ATTRIBUTE_KEY.fullmatch(each)]
            names = {ATTRIBUTE_KEY.sub("{attribute_key}", each) for each in unknown}
            yield from (f"field {each} is not documented" for each in sorted(names))
            body = {key: _typed(known["properties"].get(key, {}), value) for key, value in body.items()}
        yield from self._checked(body, {"$ref": schema})

    # Answers

    def _answer(self, operation: dict[str, Any], pointer: str, response: httpx.Response) -> Iterator[str]:
        status = str(response.status_code)
        if status not in operation["responses"]:
            yield "status is not documented"
            return
        content = operation["responses"][status].get("content") or {}
        kind = response.headers.get("content-type", "").partition(";")[0]
        if "application/json" not in content or kind != "application/json":
            return
        schema = f"{pointer}/responses/{status}/content/application~1json/schema"
        yield from self._checked(response.json(), {"$ref": schema})

    def _checked(self, value: Any, schema: dict[str, Any]) -> Iterator[str]:
        validator = OAS30Validator(schema, registry=self._registry)
        for error in validator.iter_errors(value):
            if error.instance is None:
                continue  # the files mark nothing as nullable; servers send null for whatever is empty
            where = ".".join("*" if isinstance(part, int) else str(part) for part in error.absolute_path)
            yield f"{where or 'value'}: {_plainly(error)}"

    def _at(self, reference: str) -> dict[str, Any]:
        resolved: dict[str, Any] = self._registry.resolver().lookup(reference).contents
        while "$ref" in resolved:
            resolved = self._registry.resolver(reference.partition("#")[0]).lookup(resolved["$ref"]).contents
        return resolved

    def _resolved(self, parameter: dict[str, Any], name: str) -> dict[str, Any]:
        return self._at(f"urn:{name}{parameter['$ref']}") if "$ref" in parameter else parameter


@cache
def _load(name: str) -> Any:
    text = (FOLDER / name).read_text(encoding="utf-8")
    if not name.endswith(".json"):
        text = json.dumps(yaml.load(text, yaml.CSafeLoader), default=str)  # the safe loader, in C
    return json.loads(text)  # keys are texts then, statuses too


def _plainly(error: Any) -> str:
    if error.validator == "type":
        return f"is no {error.validator_value}"
    if error.validator == "enum":
        return "is none of the listed values"
    return str(error.message)[:120]


def _sent(request: httpx.Request, kind: str) -> Any:
    """The fields of a form; the JSON document where the form's one field is `body`."""
    if kind == "application/json":
        return json.loads(request.content)
    if kind == "multipart/form-data":
        stream = io.BytesIO(request.content)
        environ = {
            "wsgi.input": stream, "CONTENT_TYPE": request.headers["content-type"], "REQUEST_METHOD": "POST",
            "CONTENT_LENGTH": str(len(request.content)),
        }  # fmt: skip
        _, form, files = parse_form_data(environ)
        for file in files.values():
            file.close()
        fields: dict[str, Any] = dict(form.items()) | dict.fromkeys(files, "file")
    else:
        fields = {}
        for key, value in parse_qsl(request.content.decode(), keep_blank_values=True):
            fields[key] = [*fields[key], value] if isinstance(fields.get(key), list) else value
            if key == "ids":
                fields[key] = fields[key] if isinstance(fields[key], list) else [fields[key]]
    inner = json.loads(fields.pop("body")) if "body" in fields else {}
    return fields | inner


def _typed(schema: dict[str, Any], value: Any) -> Any:
    """A form or query value as what it stands for, where that can be."""
    if isinstance(value, list):
        return [_typed(schema.get("items", {}), each) for each in value]
    if not isinstance(value, str):
        return value
    kind = schema.get("type")
    if kind == "array":
        return [_typed(schema.get("items", {}), value)]
    if kind in ("integer", "number") and re.fullmatch(r"-?\d+", value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
