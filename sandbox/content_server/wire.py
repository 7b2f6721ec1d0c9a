"""What comes in and goes out: the accepted spellings of a request body, and the shapes of answers.

Source: OpenText's Content Server REST documentation. A write is accepted as form field `body`
with JSON, as plain form fields, as multipart and as raw JSON; numbers may come as strings.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from sandbox.content_server.model import State
from sandbox.content_server.permissions import Actor
from sandbox.content_server.refusal import NO_PARAMETERS, Refusal, missing, wrong_type
from sandbox.kernel.standin import Call, json_response

TRUE = ("true", "1", "yes", "")


class Params:
    """The members of a request, wherever they stood; a repeated form key is a list."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        value = self._one(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise wrong_type(name)
        return str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if value == "":
            raise missing(name)
        return value

    def integer(self, name: str) -> int | None:
        value = self._one(name)
        return None if value is None or value == "" else integer(name, value)

    def required_integer(self, name: str) -> int:
        value = self.integer(name)
        if value is None:
            raise missing(name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._one(name)
        return default if value is None else str(value).lower() in TRUE

    def integers(self, name: str) -> list[int]:
        """Repeated keys, a JSON list, `[1, 2]` or `{1,2}` as text, or `1,2`."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            value = [part for part in value.strip("[]{} ").split(",") if part.strip()]
        return [integer(name, item) for item in (value if isinstance(value, list) else [value])]

    def words(self, name: str) -> list[str]:
        """Like `integers`, for texts; Content Server's list spelling `{'a','b'}` too."""
        value = self.values.get(name)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        parts = [part for item in items for part in str(item).strip("[]{} ").split(",")]
        return [part.strip().strip("'\"") for part in parts if part.strip()]

    def mapping(self, name: str) -> dict[str, Any]:
        """A nested object, also when it came as JSON text in a plain form field."""
        value = self._one(name)
        if isinstance(value, str) and value:
            value = _json(name, value)
        if value is None or value == "":
            return {}
        if not isinstance(value, dict):
            raise wrong_type(name)
        return value

    def _one(self, name: str) -> Any:
        value = self.values.get(name)
        return value[0] if isinstance(value, list) and len(value) == 1 else value


@dataclass(frozen=True)
class Exchange:
    """One authenticated request at work: who asks, what was sent, the state."""

    call: Call
    actor: Actor
    address: str = ""

    @property
    def state(self) -> State:
        return self.actor.state

    @cached_property
    def query(self) -> Params:
        return Params(_flatten(self.call.args.to_dict(flat=False)))

    @cached_property
    def sent(self) -> Params:
        """Query and body together; the body wins. Raises Refusal for a body that cannot be read."""
        return Params({**self.query.values, **body_of(self.call)})

    def parameters(self) -> Params:
        """Like `sent`, but something must have been sent."""
        if not self.sent.values:
            raise Refusal(NO_PARAMETERS)
        return self.sent

    def file(self, name: str = "file") -> tuple[FileStorage, bytes] | None:
        upload = self.call.files.get(name)
        return (upload, upload.read()) if upload is not None else None

    def links(self) -> dict[str, Any]:
        path = self.call.path[self.call.path.index("/api/") :]
        query = self.call.query_string.decode("ascii", "replace")
        href = quote(path) + (f"?{query}" if query else "")
        link = {"body": "", "content_type": "", "href": href, "method": self.call.method, "name": ""}
        return {"data": {"self": link}}

    def answer(self, results: Any, **more: Any) -> Response:
        """A v2 answer."""
        return json_response({"links": self.links(), **more, "results": results})


def body_of(call: Call) -> dict[str, Any]:
    if call.mimetype == "application/json":
        raw = call.raw()
        return _object("body", raw) if raw else {}
    fields = _flatten(call.form.to_dict(flat=False))
    text = fields.pop("body", None)
    if isinstance(text, str) and text:
        return {**fields, **_object("body", text)}
    if text is not None and text != "":
        raise wrong_type("body")
    if not fields and not call.files and call.content_length and call.mimetype not in FORMS:
        raise Refusal(NO_PARAMETERS)
    return fields


FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def integer(name: str, value: object) -> int:
    try:
        if isinstance(value, (bool, float)):
            raise ValueError
        return int(str(value).strip())
    except ValueError as error:
        raise wrong_type(name) from error


def _flatten(values: dict[str, list[str]]) -> dict[str, Any]:
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _json(name: str, text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise wrong_type(name) from error


def _object(name: str, text: str | bytes) -> dict[str, Any]:
    value = _json(name, text)
    if not isinstance(value, dict):
        raise wrong_type(name)
    return value
