"""How a buyer reads: the browser's language, the store's time zone; and what every page of theirs carries."""

from typing import Any

from flask import Response, g, make_response, render_template, request

from app.web import language


def read_as_buyer(time_zone: str) -> None:
    """From here on this request speaks the browser's language and shows times in the store's zone."""
    asked = request.accept_languages.best or language.DEFAULT
    g.reader = language.reader_for(asked, time_zone)


def page(template: str, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
