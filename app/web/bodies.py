"""Bodies of programs' requests: raw bytes of a known length and type, then one strict model. Never `get_json`."""

from typing import TypeVar
from urllib.parse import parse_qsl

from flask import request
from pydantic import BaseModel, ValidationError

from app.errors import Rejected

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 50
M = TypeVar("M", bound=BaseModel)


def raw_body(*types: str) -> bytes:
    """The bytes as sent. Raises Rejected: 411 without a length, 415 for another type, 400 when cut short."""
    if not request.environ.get("CONTENT_LENGTH"):
        raise Rejected("The length is missing.", status=411, code="no_length")
    if request.mimetype not in types:
        raise Rejected("This type is not taken here.", status=415, code="content_type")
    raw = request.get_data(cache=True, parse_form_data=False)
    if len(raw) != request.content_length:
        raise Rejected("The body was cut short.", status=400, code="body_cut")
    return raw


def form_fields(raw: bytes) -> dict[str, str]:
    """The fields of a URL-encoded form, each once. Raises Rejected (400)."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Rejected("The form cannot be read.", status=400, code="bad_form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Rejected("A field is given twice.", status=400, code="repeated_parameter")
    return fields


def parse(model: type[M], raw: bytes | dict[str, str]) -> M:
    """A body as its model. Raises Rejected: 400 for what is no JSON, 422 with the names of wrong fields."""
    try:
        return model.model_validate_json(raw) if isinstance(raw, bytes) else model.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        if any(problem["type"] == "json_invalid" for problem in problems):
            raise Rejected("The body is not JSON.", status=400, code="bad_json") from error
        wrong = {str(problem["loc"][0]) for problem in problems if problem["loc"]} & set(model.model_fields)
        names = tuple(sorted(wrong))
        raise Rejected("Some fields are not valid.", status=422, code="bad_fields", fields=names) from error
