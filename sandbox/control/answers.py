"""How the control API answers, and how it says no: always JSON, always naming what is wrong."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.wrappers import Request, Response

from sandbox.kernel.standin import json_response

WRONG_QUERY = "The query is not what this operation takes."


class Problem(Exception):
    """Becomes `{"error": …, …}` with `status`. `more` is added to the body."""

    def __init__(self, status: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status, self.body = status, {"error": error} | more


class Body(BaseModel):
    """A request's body: unknown fields are refused by name, and text is not taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


Given = TypeVar("Given", bound=BaseModel)


def read(request: Request, model: type[Given]) -> Given:
    """The body as `model`; no body is an empty object. Raises Problem (415, 422)."""
    raw = raw_json(request)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise Problem(422, "The body is not what this operation takes.", fields=fields_of(error)) from error


def raw_json(request: Request) -> bytes:
    """The body's bytes, `{}` when there is none. Raises Problem (415) for another content type."""
    raw = request.get_data()
    if raw and request.mimetype != "application/json":
        raise Problem(415, "Send JSON: Content-Type: application/json.")
    return raw or b"{}"


def fields_of(error: ValidationError) -> dict[str, str]:
    """Path of each wrong field -> what is wrong with it."""
    found: dict[str, str] = {}
    for entry in error.errors(include_url=False, include_context=False, include_input=False):
        # Of alternatives, each of which was tried, pydantic names the kind: "literal['a','b']".
        path = [str(part) for part in entry["loc"] if "[" not in str(part)]
        said = "unknown field" if entry["type"] == "extra_forbidden" else entry["msg"]
        name = ".".join(path) or "body"
        found[name] = f"{found[name]}; {said}" if name in found else said
    return found


def query(request: Request, names: Iterable[str]) -> dict[str, str]:
    """The query's parameters; unknown or repeated ones are refused. Raises Problem (422)."""
    known = set(names)
    strange = {name: "unknown parameter" for name in request.args if name not in known}
    strange |= {name: "given twice" for name in request.args if len(request.args.getlist(name)) > 1}
    if strange:
        raise Problem(422, WRONG_QUERY, fields=strange)
    return request.args.to_dict()


def whole(values: dict[str, str], name: str, default: int = 0) -> int:
    """A number of the query, 0 or more. Raises Problem (422)."""
    text = values.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise Problem(422, WRONG_QUERY, fields={name: "must be a whole number, 0 or more"})
    return int(text)


def answer(data: Any, status: int = 200) -> Response:
    return json_response(data, status, headers={"Cache-Control": "no-store"})
