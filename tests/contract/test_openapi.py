"""The judge of exchanges, on a file small enough to see what is wrong."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.contract.openapi import Spec

ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "maxLength": 5},
        "note": {"type": "string", "nullable": True},
        "parent": {"$ref": "#/components/schemas/Item"},
        "when": {"type": "string", "format": "date-time"},
        "limit": {"type": "number", "maximum": 3, "exclusiveMaximum": True},
        "free": {"type": "object"},
    },
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.1",
    "servers": [{"url": "https://api.example.com/stores/{store}/v1"}],
    "paths": {
        "/items": {
            "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
            "get": {
                "parameters": [
                    {"name": "id:in", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "sort", "in": "query", "required": True, "schema": {"type": "string", "enum": ["id"]}},
                ],
                "responses": {"200": {"content": {"application/json": {"schema": {
                    "type": "array", "items": {"$ref": "#/components/schemas/Item"}}}}}},
            },
            "post": {
                "requestBody": {"required": True, "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Item"}},
                    "application/x-www-form-urlencoded": {"schema": {
                        "type": "object", "properties": {"count": {"type": "integer"}, "name": {"type": "string"}}}},
                    "multipart/form-data": {"schema": {"type": "object", "properties": {
                        "file": {"type": "string", "format": "binary"}, "name": {"type": "string"}}}},
                }},
                "responses": {"2XX": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Item"}}}}, "422": {"description": "no"}},
            },
        },
        "/items/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"204": {"description": "gone"}},
            }
        },
        "/items/count": {"get": {"responses": {"200": {"content": {"text/plain": {"schema": {"type": "string"}}}}}}},
    },
    "components": {"schemas": {"Item": ITEM}},
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    path: Path = tmp_path_factory.mktemp("spec") / "items.yml"
    path.write_text(yaml.safe_dump(DOCUMENT))
    assert Spec.load(path) is Spec.load(path)
    return Spec.load(path)


def post(spec: Spec, body: Any, **more: Any) -> list[str]:
    return spec.validate("POST", "/items", None, body, **more)


def test_a_good_exchange_has_no_problems(spec: Spec) -> None:
    item = {"id": 1, "name": "one", "note": None, "parent": {"id": 2, "name": "two"}}
    query = {"sort": "id", "id:in": "1,2", "page": "3"}
    assert spec.validate("get", "/items", query, None, 200, [item], strict_answer=True) == []


def test_the_path_may_begin_with_the_servers_path(spec: Spec) -> None:
    assert spec.validate("GET", "/stores/abc/v1/items", {"sort": "id"}, None, 200, []) == []
    assert spec.validate("GET", "/stores/abc/v2/items", {"sort": "id"}) == [
        "GET /stores/abc/v2/items is not described in items.yml"
    ]


def test_another_prefix_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "moved.yml"
    path.write_text(yaml.safe_dump(DOCUMENT))
    assert Spec.load(path, prefix="/cs/cs").validate("GET", "/cs/cs/items", {"sort": "id"}) == []


def test_a_literal_path_goes_before_one_with_a_variable(spec: Spec) -> None:
    assert spec.validate("GET", "/items/count", None, None, 200, "3", answer_type="text/plain") == []
    assert spec.validate("GET", "/items/7", None, None, 204) == []
    assert "path parameter id: 'seven' is not of type 'integer'" in spec.validate("GET", "/items/seven")


def test_query_parameters_are_named_typed_and_required(spec: Spec) -> None:
    problems = spec.validate("GET", "/items", {"page": "0", "id:in": "1,x", "colour": "red"})
    assert problems == [
        "query parameter colour is not declared",
        "query parameter sort is missing",
        "query parameter page: 0 is less than the minimum of 1",
        "query parameter id:in[1]: 'x' is not of type 'integer'",
    ]


def test_what_the_server_sets_is_required_of_answers_only(spec: Spec) -> None:
    assert post(spec, {"name": "one"}) == []
    assert post(spec, {"name": "one"}, status=201, response_body={"name": "one"}) == [
        "answer: 'id' is a required property"
    ]


def test_unknown_names_are_told_although_the_schema_is_open(spec: Spec) -> None:
    body = {"name": "one", "nmae": 1, "parent": {"name": "two", "x": 1}, "free": {"any": 1}}
    assert post(spec, body) == ["request.nmae is not declared", "request.parent.x is not declared"]
    answer = {"id": 1, "name": "one", "new": 1}
    assert post(spec, {"name": "one"}, status=200, response_body=answer) == []
    strict = post(spec, {"name": "one"}, status=200, response_body=answer, strict_answer=True)
    assert strict == ["answer.new is not declared"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"name": "longer"}, "request.name: 'longer' is too long"),
        ({"name": None}, "request.name: None is not of type 'string'"),
        ({"name": "a", "parent": {"name": 1}}, "request.parent.name: 1 is not of type 'string'"),
        ({"name": "a", "when": "yesterday"}, "request.when: 'yesterday' is not a 'date-time'"),
        ({"name": "a", "limit": 3}, "request.limit: 3 is greater than or equal to the maximum of 3"),
        ([], "request: [] is not of type 'object'"),
    ],
)
def test_values_are_held_against_their_schema(spec: Spec, body: Any, problem: str) -> None:
    assert post(spec, body) == [problem]


def test_forms_are_judged_by_their_own_schema(spec: Spec) -> None:
    form = "application/x-www-form-urlencoded"
    assert post(spec, {"count": "3"}, content_type=form) == []
    assert post(spec, {"count": "many", "x": "1"}, content_type=form) == [
        "request.count: 'many' is not of type 'integer'",
        "request.x is not declared",
    ]
    assert post(spec, "<x/>", content_type="text/xml")[0].startswith("content type text/xml is not declared")


def test_undeclared_statuses_and_bodies_are_told(spec: Spec) -> None:
    assert post(spec, {"name": "a"}, status=500)[0].startswith("status 500 is not declared")
    assert post(spec, {"name": "a"}, status=422, response_body={"a": 1}) == ["a body with status 422 is not declared"]
    assert post(spec, None) == ["the request body is missing"]
    assert spec.validate("GET", "/items/1", None, {"a": 1}) == ["a request body is not declared"]


def test_an_exchange_is_read_from_httpx(spec: Spec) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        return httpx.Response(201, json={"id": 1, "name": "toolong"})

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="https://api.example.com/stores/s/v1") as http:
        json_response = http.post("/items", json={"name": "one"})
        upload = http.post("/items", files={"file": ("a.txt", b"x")}, data={"name": "n", "more": "m"})
    assert spec.judge(json_response) == ["answer.name: 'toolong' is too long"]
    assert "request.more is not declared" in spec.judge(upload)
