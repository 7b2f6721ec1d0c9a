"""Reading what OpenText answers: parsed models, tolerant dates, error texts that are safe to show.

Source: Content Server Rest API 2.0.2, general notes on answers; public examples for the date spellings.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from app.errors import Permanent, Retryable
from app.outbound import NAMES

# What our services are called in errors, limits and rows (`upstream`).
OTDS = "otds"
CONTENT_SERVER = "content_server"
WORKFLOW = "workflow"

M = TypeVar("M", bound=BaseModel)


class Payload(BaseModel):
    """Base of what we read. Unknown members are dropped on purpose; a failure never repeats the input."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, coerce_numbers_to_str=True)


class Anything(Payload):
    """For answers we do not read."""


def read(model: type[M], response: httpx.Response, *, service: str, writing: bool = False) -> M:
    """Parse a successful answer. An empty body counts as `{}`.

    Raises Retryable (no JSON: a login page, a proxy's text; a write may have happened) or Permanent (JSON of
    another shape; the error names the fields, never their values).
    """
    try:
        return model.model_validate_json(response.content.strip() or b"{}")
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
    name = NAMES.get(service, service)
    if any(problem["type"] == "json_invalid" for problem in problems):
        raise Retryable(
            f"{name} answered with something that is not JSON.",
            code="unreadable_answer", unknown_outcome=writing, service=service, status=response.status_code,
        )  # fmt: skip
    fields = ", ".join(".".join(map(str, problem["loc"])) for problem in problems[:5])
    text = f"{name} answered in an unexpected shape."
    raise Permanent(text, code="unexpected_answer", service=service, fields=fields)


def said(response: httpx.Response, *secrets: str) -> str:
    """What a refusal says: the first known text member, else the beginning of the body; up to 300 characters.

    Shapes: `{"error", "errorDetail"}` (Content Server), `{"error", "error_description"}` (OAuth),
    `{"exception"}` and `{"fault": {"faultstring"}}` (Workflow Service and its gateway), `{"message"}`.
    """
    text = _said(response)
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    return " ".join(text.split())[:300]


def _said(response: httpx.Response) -> str:
    try:
        data = json.loads(response.content)
    except ValueError:
        return "" if is_html(response) else response.content[:600].decode("utf-8", "replace")
    if not isinstance(data, dict):
        return str(data)[:600]
    fault = data.get("fault")
    if isinstance(fault, dict):
        data = {"message": fault.get("faultstring", "")} | data
    for name in ("errorDetail", "error_description", "exception", "error", "message"):
        if isinstance(data.get(name), str) and data[name]:
            return str(data[name])
    return ""


def is_html(response: httpx.Response) -> bool:
    head = response.content[:200].lstrip().lower()
    return "html" in response.headers.get("content-type", "") or head.startswith((b"<!doctype", b"<html"))


def instant(value: object) -> datetime | None:
    """Aware UTC from any of the spellings in use, None for empty or unreadable ones. No zone means UTC.

    Seen: `2025-01-19T06:57:04Z`, `2023-09-02T11:07:06`, `2018-04-17T10:17:43.902+0000`,
    `2020-04-02T17:20:18.722+05:30`.
    """
    moment: datetime | None = value if isinstance(value, datetime) else None
    if isinstance(value, str):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value.strip())
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    with suppress(OverflowError):
        return moment.astimezone(UTC)
    return None


def _text(value: object) -> object:
    return "" if value is None else value


Instant = Annotated[datetime | None, BeforeValidator(instant)]
Text = Annotated[str, BeforeValidator(_text)]  # null and absent are both the empty text


def route(*parts: object) -> str:
    """A relative path; every part percent-encoded, so that a slash in a name stays in its part."""
    encoded = [quote(str(part), safe="") for part in parts]
    if any(part in ("", ".", "..") for part in encoded):
        raise Permanent("A name that cannot stand in an address.", code="bad_name")
    return "/".join(encoded)


def json_text(value: Any) -> str:
    """Compact JSON for a form field."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
