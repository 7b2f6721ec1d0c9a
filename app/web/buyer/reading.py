"""How a buyer reads: the browser's language, the store's time zone; and what every page of theirs carries."""

import re
from typing import Any

from flask import Response, g, make_response, render_template, request

from app.web import language
from app.web.language import _

ORDER = re.compile(r"Order (\S{1,60})")  # as the engine names it


def read_as_buyer(time_zone: str) -> None:
    """From here on this request speaks the browser's language and shows times in the store's zone."""
    asked = request.accept_languages.best or language.DEFAULT
    g.reader = language.reader_for(asked, time_zone)


def about(kind: str, name: str) -> str:
    """An order as its buyer says it; all else by its own name."""
    order = ORDER.fullmatch(name) if kind == "order" else None
    return _("Order %(id)s", id=order[1]) if order else name


def page(template: str, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
