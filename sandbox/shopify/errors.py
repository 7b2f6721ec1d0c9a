"""How Shopify says no: HTTP refusals, top-level GraphQL errors, user errors in a mutation's payload."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

JSON = dict[str, Any]
LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"
SCOPES_PAGE = "https://shopify.dev/api/usage/access-scopes"
PROTECTED_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data"
BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"


class Refused(Exception):
    """The whole request is refused with an HTTP status; `body` is sent as JSON."""

    def __init__(self, status: int, body: JSON, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers or {}


class UserError(Exception):
    """One or more entries of `userErrors`. `field`: the path into the variables, None when it is about the whole."""

    def __init__(self, message: str, field: Sequence[str] | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.entries: list[JSON] = [entry(message, field, code)]

    @classmethod
    def many(cls, entries: Sequence[JSON]) -> "UserError":
        made = cls("")
        made.entries = list(entries)
        return made


def entry(message: str, field: Sequence[str] | None = None, code: str | None = None, **more: Any) -> JSON:
    return {"field": list(field) if field is not None else None, "message": message, "code": code} | more


def failed(message: str, code: str, **more: Any) -> GraphQLError:
    """A top-level error with `extensions.code`."""
    return GraphQLError(message, extensions={"code": code} | more)


def denied(field: str, needed: str) -> GraphQLError:
    return failed(
        f"Access denied for {field} field. Required access: {needed}",
        "ACCESS_DENIED", documentation=SCOPES_PAGE, requiredAccess=needed,
    )  # fmt: skip


def not_approved(kind: str) -> GraphQLError:
    """Protected customer data was not granted to this app."""
    said = f"This app is not approved to access the {kind} object. See {PROTECTED_PAGE} for more details."
    return failed(said, "ACCESS_DENIED", documentation=PROTECTED_PAGE)


def wrong_id(text: str) -> GraphQLError:
    return failed(f"Invalid id: {text}", "RESOURCE_NOT_FOUND")
