"""Standard answers: constant text, in the reader's language, never a hint about what is inside.

A door answers in one of four ways: a page for people, JSON for programs, an empty body for senders of deliveries, plain
text where no door was found. Source of the list: the project's security rules, "Standard answers".
"""

import json

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from app.engine.readiness import UNWELL
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, Rejected, Retryable
from app.web.answers import Answers
from app.web.notices import STANDARD, is_person, refusal

RETRY_AFTER = {429: 60, 503: 30}
log = structlog.get_logger(__name__)


def answer(
    status: int,
    answers: Answers,
    *,
    code: str = "",
    fields: tuple[str, ...] = (),
    retry_after: float | None = None,
    request_id: str = "",
    locale: str = "",
) -> Response:
    """The standard answer for a status. `request_id` is shown on 500 only, so that support can find the log line.

    `locale` is the reader's where the answer is given before Flask knows of the request.
    """
    standard, title, _text = STANDARD.get(status, STANDARD[400 if status < 500 else 500])
    shown = request_id if status >= 500 and status != 503 else ""
    if answers is Answers.PAGE:
        response = refusal(status, code, shown, locale=locale)
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


def _manner() -> Answers:
    """As the door says; where none was found, a page for a browser that is about to show one."""
    if "answers" in g:
        return Answers(g.answers)
    if not is_person(request.headers.get("Sec-Fetch-Mode", ""), request.headers.get("HX-Boosted", "")):
        return Answers.PLAIN
    g.answers, g.is_framed = Answers.PAGE, True
    return Answers.PAGE


def _ours(error: AppError) -> Response:
    status = status_of(error)
    g.reason = error.specific_code
    if status >= 500 and status != 503:
        return _unexpected(error)
    answers = _manner()
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
    return answer(status, _manner())


def _unwell(error: Exception) -> Response:
    g.reason = "database"
    log.error("request_failed", exc_info=error)
    return answer(503, _manner())


def _unexpected(error: Exception) -> Response:
    g.reason = "internal_error"
    log.error("request_failed", exc_info=error)
    return answer(500, _manner(), request_id=g.get("request_id", ""))
