"""Standard answers: constant text, the same for everybody, never a hint about what is inside.

A door answers in one of four ways: a page for people, JSON for programs, an empty body for senders of deliveries, plain
text where no door was found. Source of the list: the project's security rules, "Standard answers".
"""

import json
from enum import StrEnum

import structlog
from flask import Flask, Response, g
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from app.engine.readiness import UNWELL
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, Rejected, Retryable

log = structlog.get_logger(__name__)


class Answers(StrEnum):
    """How a door speaks when it refuses."""

    PAGE = "page"
    JSON = "json"
    EMPTY = "empty"
    PLAIN = "plain"


# status: (code for programs, title and sentence for people)
STANDARD = {
    400: ("invalid_request", "Not understood", "This request is not one the app makes."),
    401: ("invalid_token", "Please open the app again", "Open the app again from your store."),
    403: ("forbidden", "Not allowed", "Your role does not allow this, or the page is too old: reload it."),
    404: ("not_found", "Not found", "There is nothing here."),
    405: ("method_not_allowed", "Not allowed here", "This address does not take that kind of request."),
    409: ("conflict", "Changed meanwhile", "Somebody changed this first. Reload the page and look again."),
    410: ("gone", "No longer available", "This document was withdrawn."),
    411: ("length_required", "Length missing", "The request must say how long it is."),
    413: ("too_large", "Too large", "The request is larger than allowed."),
    414: ("uri_too_long", "Address too long", "The address is longer than allowed."),
    415: ("unsupported_media_type", "Wrong type", "This content type is not taken here."),
    422: ("invalid_fields", "Not accepted", "Some of what was sent is not valid."),
    429: ("too_many_requests", "Too many requests", "Please wait a moment, then try again."),
    431: ("headers_too_large", "Headers too large", "The request's headers are larger than allowed."),
    500: ("internal_error", "Something went wrong", "The error was recorded. Please try again."),
    503: ("unavailable", "Not available right now", "Please try again in a moment."),
}
RETRY_AFTER = {429: 60, 503: 30}

# What people read instead, where a reason has a better sentence. Constant too.
REASONS = {
    "missing_scopes": ("Permissions are missing", "Install again from your store and accept every permission."),
    "exchange_refused": ("Not installed", "Start the installation again from your store."),
    "bad_token_answer": ("Not installed", "Start the installation again from your store."),
    "upload_body_size": ("Too large", "These files are too large together. Go back and send them one after the other."),
    "upload_slow_bodies": ("Busy right now", "Many people are sending files. Go back and try again in a minute."),
    "upload_body_cut": ("Not complete", "The files did not arrive completely. Go back and send them again."),
    "no_room": ("Busy right now", "Your files cannot be kept at the moment. Please try again later."),
    "too_many_refused": ("Too many files", "Too many files could not be taken. Please ask the shop for help."),
    "no_link": ("No such link", "This link is not complete or not ours. Copy the whole address from the message."),
    "no_desk": ("No such link", "This link is not complete or not ours. Copy the whole address from the settings."),
    "desk_over": ("This page is over", "Reload the side bar. If that does not help, ask for a new link."),
    "desk_outside": ("Only in the help desk", "This page is shown inside the side bar of your help desk only."),
    "shelf_expired": ("This link has expired", "Please ask the shop for a new one."),
    "bad_install": ("Not installed", "Start the installation again from your store."),
    "store_mismatch": ("Not installed", "Start the installation again from your store."),
    "sign_in_over": (
        "Not signed in",
        "This sign-in was used, is too old or began elsewhere. Start it in the panel again.",
    ),
}

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title}</title><link rel="stylesheet" href="/static/notice.css"><main><h1>{title}</h1><p>{text}</p>'
    "{more}</main></html>"
)


def notice(title: str, text: str, status: int = 200, more: str = "") -> Response:
    """A small styled page of constant text."""
    return Response(PAGE.format(title=title, text=text, more=more), status, mimetype="text/html")


def answer(
    status: int,
    answers: Answers,
    *,
    code: str = "",
    fields: tuple[str, ...] = (),
    retry_after: float | None = None,
    request_id: str = "",
) -> Response:
    """The standard answer for a status. `request_id` is shown on 500 only, so that support can find the log line."""
    standard, title, text = STANDARD.get(status, STANDARD[400 if status < 500 else 500])
    shown = request_id if status >= 500 and status != 503 else ""
    if answers is Answers.PAGE:
        title, text = REASONS.get(code, (title, text))
        more = f"<p><small>Request {escape(shown)}</small></p>" if shown else ""
        response = notice(title, text, status, more)
    elif answers is Answers.JSON:
        body: dict[str, object] = {"error": code or standard} | ({"fields": list(fields)} if fields else {})
        body |= {"request_id": shown} if shown else {}
        response = Response(json.dumps(body, separators=(",", ":")), status, mimetype="application/json")
    elif answers is Answers.PLAIN:
        response = Response(f"{title} {shown}".rstrip() + "\n", status, mimetype="text/plain")
    else:
        response = Response(b"", status)
        response.headers.remove("Content-Type")
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = str(max(1, round(retry_after or RETRY_AFTER[status])))
    return response


def status_of(error: AppError) -> int:
    """The HTTP status an error of ours becomes at a door."""
    if isinstance(error, Rejected):
        return error.status
    table = ((NotFound, 404), (Conflict, 409), (NeedsReauth, 409), (Retryable, 503), (Permanent, 422))
    return next((status for kind, status in table if isinstance(error, kind)), 500)


def register(app: Flask) -> None:
    """Every way a request can fail ends in one of the standard answers."""
    app.register_error_handler(AppError, _ours)
    app.register_error_handler(HTTPException, _http)
    for kind in UNWELL:
        app.register_error_handler(kind, _unwell)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: AppError) -> Response:
    status = status_of(error)
    g.reason = error.specific_code
    if status >= 500 and status != 503:
        return _unexpected(error)
    answers = g.get("answers", Answers.PLAIN)
    return answer(
        status,
        answers,
        code=error.specific_code if answers is Answers.PAGE else error.context.get("answer", ""),
        fields=error.context.get("fields", ()),
        retry_after=getattr(error, "retry_after", error.context.get("retry_after")),
    )


def _http(error: HTTPException) -> Response:
    status = error.code if error.code in STANDARD else 400 if (error.code or 500) < 500 else 500
    g.reason = STANDARD[status][0]
    return answer(status, g.get("answers", Answers.PLAIN))


def _unwell(error: Exception) -> Response:
    g.reason = "database"
    log.error("request_failed", exc_info=error)
    return answer(503, g.get("answers", Answers.PLAIN))


def _unexpected(error: Exception) -> Response:
    g.reason = "internal_error"
    log.error("request_failed", exc_info=error)
    return answer(500, g.get("answers", Answers.PLAIN), request_id=g.get("request_id", ""))
