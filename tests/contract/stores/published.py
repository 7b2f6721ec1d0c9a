"""BigCommerce's published OpenAPI files as judges of single exchanges: one finding per difference."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "specs" / "bigcommerce"
FILES = (
    "orders.v2.oas2.yml",
    "orders.v3.yml",
    "catalog/products_catalog.v3.yml",
    "customers.v2.yml",
    "customers.v3.yml",
    "store_information.v2.yml",
    "webhooks.v3.yml",
)
METHODS = frozenset({"get", "put", "post", "delete"})
Finding = tuple[str, str]  # "METHOD /v3/path/{template}", what differs


class Published:
    """The operations of all files. Paths are taken relative to `/stores/{store_hash}`."""

    def __init__(self) -> None:
        self._registry: Registry[Any] = Registry()
        self._operations: list[tuple[re.Pattern[str], str, str]] = []  # pattern, template, file
        self.documents = {name: _load(name) for name in FILES}
        for name, document in self.documents.items():
            resource = Resource(contents=document, specification=DRAFT4)
            self._registry = self._registry.with_resource(f"urn:{name}", resource)
            version = urlsplit(document["servers"][0]["url"]).path.rpartition("/")[2]
            for template in document["paths"]:
                pattern = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template))
                self._operations.append((re.compile(f"/{version}{pattern}$"), template, name))

    def findings(self, request: httpx.Request, response: httpx.Response) -> Iterator[Finding]:
        path = re.sub(r"^/stores/[a-z0-9]+", "", unquote(request.url.path))
        method = request.method.lower()
        for pattern, template, name in self._operations:
            if pattern.match(path) and method in self.documents[name]["paths"][template]:
                break
        else:
            yield f"{request.method} {re.sub(r'/[0-9]+', '/{id}', path)}", "operation is in none of the files"
            return
        operation = f"{request.method} {path[:3]}{template}"
        found = _Operation(self._registry, name, self.documents[name]["paths"][template], method)
        yield from ((operation, f"request: {text}") for text in found.request(request, template, path))
        yield from ((operation, f"answer {response.status_code}: {text}") for text in found.answer(response))


class _Operation:
    """One operation of one file."""

    def __init__(self, registry: "Registry[Any]", name: str, item: dict[str, Any], method: str) -> None:
        self._registry, self._base = registry, f"urn:{name}"
        self._operation = item[method]
        both = [*item.get("parameters", []), *self._operation.get("parameters", [])]
        self._parameters = [self._plain(each) for each in both]

    def request(self, request: httpx.Request, template: str, path: str) -> Iterator[str]:
        sent: dict[str, Mapping[str, str]] = {
            "query": dict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
            "header": request.headers,
            "path": _filled(template, path),
        }
        declared = {(each["in"], each["name"]) for each in self._parameters}
        yield from (f"query {key} is not declared" for key in sent["query"] if ("query", key) not in declared)
        for each in self._parameters:
            value = sent.get(each["in"], {}).get(each["name"])
            if value is not None:
                schema = self._plain(each.get("schema", {}))
                yield from self._differences(f"{each['in']} {each['name']}", _typed(value, schema, self._plain), schema)
            elif each.get("required"):
                yield f"{each['in']} {each['name']} is required"
        if request.method in ("POST", "PUT"):
            yield from self._body(request)

    def answer(self, response: httpx.Response) -> Iterator[str]:
        known = self._operation["responses"]
        if str(response.status_code) not in known:
            yield "status is not declared"
            return
        content = self._plain(known[str(response.status_code)]).get("content") or {}
        if response.status_code != 204 and "application/json" in content and content["application/json"].get("schema"):
            yield from self._differences("body", response.json(), content["application/json"]["schema"])

    def _body(self, request: httpx.Request) -> Iterator[str]:
        content = self._plain(self._operation.get("requestBody", {})).get("content", {})
        kind = request.headers["content-type"].partition(";")[0]
        if kind not in content:
            yield f"body as {kind} is not declared"
            return
        schema = content[kind]["schema"]
        if kind == "multipart/form-data":
            names = re.findall(rb'form-data; name="([^"]+)"', request.content)
            body: Any = dict.fromkeys((name.decode() for name in names), None)
        else:
            body = json.loads(request.content)
            yield from self._differences("body", body, schema)
        strange = sorted(set(body) - self._properties(schema)) if isinstance(body, dict) else []
        yield from (f"body field {name} is not declared" for name in strange)

    def _differences(self, where: str, value: Any, schema: dict[str, Any]) -> Iterator[str]:
        validator = OAS30Validator(_anchored(schema, self._base), registry=self._registry)
        for error in validator.iter_errors(value):
            if error.validator == "oneOf" and not error.context:
                continue  # fits several of them: the files' alternatives overlap in many places
            place = ".".join("*" if isinstance(part, int) else str(part) for part in error.absolute_path)
            yield f"{where} {place}: {error.message}"[:160]

    def _properties(self, schema: dict[str, Any]) -> set[str]:
        schema = self._plain(schema)
        parts = [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, [])]
        return set(schema.get("properties", {})).union(*(self._properties(part) for part in parts))

    def _plain(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            node = self._registry.resolver().lookup(f"{self._base}{node['$ref']}").contents
        return node


@cache
def _load(name: str) -> Any:
    document = yaml.load((FOLDER / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
    return _repaired(document)


def _repaired(node: Any) -> Any:
    """The files' known defect: exclusive limits that are false and have no limit beside them."""
    if isinstance(node, dict):
        return {
            str(key): _repaired(value)
            for key, value in node.items()
            if not (key in ("exclusiveMaximum", "exclusiveMinimum") and value is False)
        }
    return [_repaired(value) for value in node] if isinstance(node, list) else node


def _anchored(node: Any, base: str) -> Any:
    """References of a part of a file, made to hold outside of it."""
    if isinstance(node, dict):
        return {k: f"{base}{v}" if k == "$ref" else _anchored(v, base) for k, v in node.items()}
    return [_anchored(value, base) for value in node] if isinstance(node, list) else node


def _filled(template: str, path: str) -> dict[str, str]:
    names = re.findall(r"\{([^/]+)\}", template)
    pattern = re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template)) + "$"
    found = re.search(pattern, path)
    return dict(zip(names, found.groups() if found else (), strict=True))


def _typed(value: str, schema: dict[str, Any], plain: Any) -> Any:
    """A text of the query or path as what it stands for."""
    kind = schema.get("type")
    if kind == "array":
        return [_typed(part, plain(schema.get("items", {})), plain) for part in value.split(",")]
    if kind in ("integer", "number") and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value
