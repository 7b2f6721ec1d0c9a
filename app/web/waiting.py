"""What a page asks OpenText while it is made: a reader waits a moment at most, whoever pressed a button a while."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, Response, g, request

from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.web import templating

T = TypeVar("T")


def is_reading() -> bool:
    """Whether somebody only looks, at a page or in an extension; what was pressed is waited for."""
    return request.method in ("GET", "HEAD") and not g.get("is_pressed", False)


def was_pressed() -> None:
    """Say of a request that only reads that it brings what somebody pressed a button for: they wait for it."""
    g.is_pressed = True


def is_part() -> bool:
    """Whether a script puts the answer into a page that is there already."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def ask(deps: Deps, who: Merchant, question: Callable[[], T], *, about: str = "") -> T:
    """OpenText's answer for this page. The question may not use the request: it goes on without it.

    `about` tells several questions of one page apart. Raises what the question raises, and where somebody only looks
    StillAsking: the same address brings it soon.
    """
    if not is_reading():
        return question()
    return deps.behind.ask((who.session_id, request.path, request.query_string, about), question)


def address() -> str:
    """This page's own address, to look again."""
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


def add(bp: Blueprint) -> None:
    """Say on every page of a surface that OpenText takes its time, and look again by itself."""

    @bp.app_context_processor
    def _here() -> dict[str, object]:
        return {"this_address": address}

    bp.register_error_handler(StillAsking, _not_yet)


def _not_yet(error: StillAsking) -> Response:
    del error
    return Response(templating.page("components/later.html" if is_part() else "panel/later.html"), 202)
