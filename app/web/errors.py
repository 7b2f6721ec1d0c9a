"""Standard answers: constant text, in the reader's language, never a hint about what is inside.

A door answers in one of four ways: a page for people, JSON for programs, an empty body for senders of deliveries, plain
text where no door was found. Source of the list: the project's security rules, "Standard answers".
"""

import json
from enum import StrEnum

import structlog
from flask import Flask, Response, g, has_request_context, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from app.engine.readiness import UNWELL
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, Rejected, Retryable
from app.web import language
from app.web.texts import N_

log = structlog.get_logger(__name__)


class Answers(StrEnum):
    """How a door speaks when it refuses."""

    PAGE = "page"
    JSON = "json"
    EMPTY = "empty"
    PLAIN = "plain"


# status: (code for programs, title and sentence for people)
STANDARD = {
    400: ("invalid_request", N_("Not understood"), N_("This request is not one the app makes.")),
    401: ("invalid_token", N_("Please open the app again"), N_("Open the app again from your store.")),
    403: ("forbidden", N_("Not allowed"), N_("Your role does not allow this, or the page is too old: reload it.")),
    404: ("not_found", N_("Not found"), N_("There is nothing here.")),
    405: ("method_not_allowed", N_("Not allowed here"), N_("This address does not take that kind of request.")),
    409: ("conflict", N_("Changed meanwhile"), N_("Somebody changed this first. Reload the page and look again.")),
    410: ("gone", N_("No longer available"), N_("This document was withdrawn.")),
    411: ("length_required", N_("Length missing"), N_("The request must say how long it is.")),
    413: ("too_large", N_("Too large"), N_("The request is larger than allowed.")),
    414: ("uri_too_long", N_("Address too long"), N_("The address is longer than allowed.")),
    415: ("unsupported_media_type", N_("Wrong type"), N_("This content type is not taken here.")),
    422: ("invalid_fields", N_("Not accepted"), N_("Some of what was sent is not valid.")),
    429: ("too_many_requests", N_("Too many requests"), N_("Please wait a moment, then try again.")),
    431: ("headers_too_large", N_("Headers too large"), N_("The request's headers are larger than allowed.")),
    500: ("internal_error", N_("Something went wrong"), N_("The error was recorded. Please try again.")),
    503: ("unavailable", N_("Not available right now"), N_("Please try again in a moment.")),
}
RETRY_AFTER = {429: 60, 503: 30}

# What people read instead, where a reason has a better sentence. Constant too.
REASONS = {
    "missing_scopes": (N_("Permissions are missing"), N_("Install again from your store and accept every permission.")),
    "exchange_refused": (N_("Not installed"), N_("Start the installation again from your store.")),
    "bad_token_answer": (N_("Not installed"), N_("Start the installation again from your store.")),
    "upload_body_size": (
        N_("Too large"),
        N_("These files are too large together. Go back and send them one after the other."),
    ),
    "upload_slow_bodies": (
        N_("Busy right now"),
        N_("Many people are sending files. Go back and try again in a minute."),
    ),
    "upload_body_cut": (N_("Not complete"), N_("The files did not arrive completely. Go back and send them again.")),
    "no_room": (N_("Busy right now"), N_("Your files cannot be kept at the moment. Please try again later.")),
    "too_many_refused": (N_("Too many files"), N_("Too many files could not be taken. Please ask the shop for help.")),
    "no_link": (
        N_("No such link"),
        N_("This link is not complete or not ours. Copy the whole address from the message."),
    ),
    "no_desk": (
        N_("No such link"),
        N_("This link is not complete or not ours. Copy the whole address from the settings."),
    ),
    "desk_over": (N_("This page is over"), N_("Reload the side bar. If that does not help, ask for a new link.")),
    "desk_outside": (N_("Only in the help desk"), N_("This page is shown inside the side bar of your help desk only.")),
    "not_connected_yet": (
        N_("Not available right now"),
        N_("Connect OpenText first: the case’s documents and decisions live there."),
    ),
    "order_not_read": (
        N_("Not available right now"),
        N_("We have not read this order anew yet. Press “Check now” on its page, then open the case."),
    ),
    "case_closed": (N_("Changed meanwhile"), N_("This case is closed already.")),
    "shelf_expired": (N_("This link has expired"), N_("Please ask the shop for a new one.")),
    "bad_install": (N_("Not installed"), N_("Start the installation again from your store.")),
    "store_mismatch": (N_("Not installed"), N_("Start the installation again from your store.")),
    "no_entrance": (
        N_("Nobody can sign in here"),
        N_("This address is not complete or no longer in use. Ask your administrator for the right one."),
    ),
    "approver_over": (
        N_("You are not signed in"),
        N_("Open the address your administrator gave you for deciding, and sign in there with your OpenText name."),
    ),
    "approver_sign_in_over": (
        N_("Not signed in"),
        N_("This sign-in was used, is too old or began elsewhere. Open the address for deciding and sign in again."),
    ),
    "sign_in_over": (
        N_("Not signed in"),
        N_("This sign-in was used, is too old or began elsewhere. Start it in the panel again."),
    ),
}

PAGE = (
    '<!doctype html><html lang="{lang}" dir="{direction}"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    '<title>{title}</title><link rel="stylesheet" href="/static/notice.css"><main><h1>{title}</h1><p>{text}</p>'
    "{more}</main></html>"
)


def notice(title: str, text: str, status: int = 200, more: str = "") -> Response:
    """A small styled page of constant text, in the reader's language."""
    who = _reader()
    page = PAGE.format(
        lang=who.language.language,
        direction=who.direction,
        title=escape(_in_words(who, title)),
        text=escape(_in_words(who, text)),
        more=more,
    )
    return Response(page, status, mimetype="text/html")


def _in_words(who: language.Reader, text: str) -> str:
    return str(who.texts.ugettext(text))


def _reader() -> language.Reader:
    """Who is signed in, else whoever speaks what the browser asks for."""
    if not has_request_context():
        return language.reader_for(language.DEFAULT)
    if "reader" not in g and g.get("merchant") is None:
        g.reader = language.reader_for(request.accept_languages.best or language.DEFAULT)
    return language.reader()


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
        more = f"<p><small>{_in_words(_reader(), N_('Request'))} {escape(shown)}</small></p>" if shown else ""
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
