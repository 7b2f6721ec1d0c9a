"""/decide: what somebody opens from a mail. Nothing is shown before "Continue", nothing done before a button."""

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db.types import utc_now
from app.engine.deciding import by_mail
from app.engine.deciding.by_mail import Asked, LinkState
from app.engine.deciding.tasks import LONGEST_COMMENT
from app.engine.deps import Deps
from app.engine.vault import random_token
from app.errors import AppError, NotFound
from app.web import display, templating, texts
from app.web.buyer.reading import page, read_as_buyer
from app.web.guards import Check
from app.web.inbox import views
from app.web.limits import Window
from app.web.panel import decisions, why
from app.web.panel import views as panel_views

STATUS = {LinkState.UNOPENED: 200, LinkState.OPEN: 200, LinkState.DECIDED: 200, LinkState.ELSEWHERE: 403}


def asked_by_mail(deps: Deps) -> Check:
    """Who has the address, which holds 256 random bits. Leaves `g.asked`, and `g.holder`: the browser's own secret."""
    pace, guesses = Window(60, 60), Window(20, 300)

    def check() -> None:
        caller = request.remote_addr or ""
        pace.take(caller)
        token = (request.view_args or {}).get("token", "")
        g.holder = request.cookies.get(_cookie(token), "")
        try:
            g.asked = by_mail.look(deps, token, g.holder)
        except NotFound:
            guesses.take(caller)
            raise

    return check


def _cookie(token: str) -> str:
    return f"decide_{token[:12]}"


def make_mail_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("mailed", __name__)
    bp.record_once(templating.install)

    @bp.get("/<token>")
    def show(token: str) -> Response:  # noqa: ARG001  # the guard has read it
        return _page(g.asked, "")

    @bp.post("/<token>")
    def press(token: str) -> AnyResponse:
        asked: Asked = g.asked
        name, _colon, outcome = request.form.get("press", "").partition(":")
        comment = display.clean(request.form.get("comment", ""), LONGEST_COMMENT).strip()
        if name == "continue":
            return _taken(deps, asked, token)
        if name != "decide" or asked.state is not LinkState.OPEN:
            return _page(asked, "")
        try:
            by_mail.decide(deps, asked, outcome[:200], comment)
        except AppError as error:
            refused = decisions.refused(error)
            return _page(asked, refused.sentence, comment, refused.status)
        return redirect(url_for("mailed.show", token=token), 303)

    return bp


def _taken(deps: Deps, asked: Asked, token: str) -> AnyResponse:
    """Leave this browser its secret. Strict: no other site can press a button here."""
    holder = random_token()
    response = redirect(url_for("mailed.show", token=token), 303)
    if by_mail.take(deps, asked, holder):
        response.set_cookie(
            _cookie(token), holder, path="/decide/", httponly=True, samesite="Strict",
            secure=deps.settings.public_url.startswith("https:"),
            max_age=max(60, int((asked.link.expires_at - utc_now()).total_seconds())),
        )  # fmt: skip
    return response


def _page(asked: Asked, wrong: str, comment: str = "", status: int = 0) -> Response:
    read_as_buyer(asked.timezone)
    how = texts.state_of(texts.OUTCOMES, asked.decided.outcome) if asked.decided and asked.decided.outcome else None
    is_open = asked.state is LinkState.OPEN and asked.held is not None and asked.shown is not None
    return page(
        "inbox/mailed.html", status or STATUS.get(asked.state, 410), asked=asked, wrong=wrong, comment=comment, how=how,
        view=panel_views.panel(asked.shown) if is_open and asked.shown else None, longest=LONGEST_COMMENT,
        answers=views.answers(asked.held, asked.run.scenario if asked.run else "") if is_open and asked.held else (),
        due=decisions.due(asked.held) if asked.held else None, reasons=why.reasons(asked.run) if asked.run else (),
    )  # fmt: skip
