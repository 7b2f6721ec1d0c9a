"""How BigCommerce says no: an array of messages in V2, one object in V3, plain words at the gateway."""

from typing import Any, Literal

from werkzeug.wrappers import Response

from sandbox.kernel.standin import json_response

Family = Literal["v2", "v3", "problem", "typed", "graphql"]
STATUS_CODES_PAGE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"

TITLES = {
    400: "Input is invalid.",
    401: "Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store.",
    403: "You don't have a required scope to access the endpoint",
    404: "The requested resource was not found.",
    405: "The specified method is not allowed for this resource.",
    406: "The requested content type cannot be served.",
    409: "The resource conflicts with another one.",
    413: "The request contains too many items.",
    415: "Unsupported Media Type",
    422: "JSON data is missing or invalid",
    429: "Too many requests. Please wait and try again.",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    507: "The store has reached a limit of its plan.",
}


class Refused(Exception):
    """A request that is answered with an error. `errors` maps a field path to its message; `body` replaces all."""

    def __init__(
        self,
        status: int,
        title: str | None = None,
        errors: dict[str, str] | None = None,
        *,
        body: Any = None,
    ) -> None:
        self.status, self.title, self.errors, self.body = status, title or TITLES[status], errors or {}, body
        super().__init__(f"{status} {self.title} {self.errors or ''}".strip())


def missing(what: str, number: object) -> Refused:
    return Refused(404, f"{what} with ID {number} not found.")


def answer(refused: Refused, family: Family) -> Response:
    """The error as the family of the endpoint words it."""
    if refused.body is not None:
        return json_response(refused.body, refused.status)
    if family == "v2":
        return json_response(v2_body(refused.status, refused.title, refused.errors), refused.status)
    if family == "graphql" and refused.status not in (401, 403, 415, 429):
        return json_response({"errors": [{"message": refused.title, **_paths(refused.errors)}]})
    if family == "problem":
        return problem(refused)
    if family == "typed":
        body = v3_body(refused.status, refused.title, refused.errors)
        return json_response(body, refused.status, content_type="application/problem+json")
    return json_response(v3_body(refused.status, refused.title, refused.errors), refused.status)


def problem(refused: Refused) -> Response:
    """Content pages answer with `application/problem+json`: a detail, and a list of messages."""
    body = v3_body(refused.status, TITLES.get(refused.status, ""))
    said = [refused.title] if refused.title != body["title"] else list(refused.errors.values())
    body |= {"detail": said[0] if said else body["title"], "errors": said}
    return json_response(body, refused.status, content_type="application/problem+json")


def v2_body(status: int, title: str, errors: dict[str, str] | None = None) -> list[dict[str, Any]]:
    if not errors:
        return [{"status": status, "message": title}]
    return [{"status": status, "message": message} for message in errors.values()]


def v3_body(status: int, title: str, errors: dict[str, str] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"status": status, "title": title, "type": STATUS_CODES_PAGE}
    if errors or status in (403, 409, 422):
        body["errors"] = errors or {}
    return body


def _paths(errors: dict[str, str]) -> dict[str, Any]:
    return {"extensions": {"errors": errors}} if errors else {}
