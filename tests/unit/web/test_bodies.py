"""Bodies: forms and models."""

import pytest
from pydantic import BaseModel, Field

from app.errors import Rejected
from app.web.bodies import form_fields, parse


class Example(BaseModel):
    name: str = Field(max_length=5)
    count: int = 0


def refused(raw: bytes | dict[str, str]) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parse(Example, raw)
    return caught.value


def test_a_good_body_becomes_its_model():
    assert parse(Example, b'{"name": "a", "count": 2}') == Example(name="a", count=2)
    assert parse(Example, {"name": "a", "count": "2"}) == Example(name="a", count=2)


def test_what_is_no_json_is_a_400_and_wrong_fields_a_422_by_name():
    assert refused(b"{").status == 400
    assert refused(b"[" * 100_000).status == 400
    error = refused(b'{"name": "too long", "count": "x"}')
    assert (error.status, error.context["fields"]) == (422, ("count", "name"))


def test_an_unknown_fields_own_name_is_never_repeated():
    class Closed(BaseModel, extra="forbid"):
        name: str = ""

    with pytest.raises(Rejected) as caught:
        parse(Closed, b'{"<script>": 1}')
    assert caught.value.context["fields"] == ()


def test_forms_have_each_field_once():
    assert form_fields(b"a=1&b=%C3%A9&c=") == {"a": "1", "b": "é", "c": ""}
    for raw in (b"a=1&a=2", b"a=%ff", b"\xff", b"&".join(b"f%d=1" % n for n in range(60))):
        with pytest.raises(Rejected):
            form_fields(raw)
