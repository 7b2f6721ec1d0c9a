"""/desk: Find inside a help desk's side bar. A link opens a short entry; nothing can be changed there."""

from functools import partial

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import help_desk
from app.engine.deps import Deps
from app.engine.help_desk import Desk
from app.errors import Rejected
from app.web import headers, templating
from app.web.find.routes import LONGEST, look
from app.web.guards import Check
from app.web.limits import Window

LONGEST_TOKEN = 140
FRAMES = ("iframe", "frame", "")  # an older browser says nothing; the policy keeps other frames away


def side_bar(deps: Deps) -> Check:
    """A link or an entry of ours, inside a frame. Leaves `g.desk` and, as a nameless viewer, `g.merchant`."""
    pace, guesses = Window(240, 60), Window(20, 300)

    def check() -> None:
        caller = request.remote_addr or ""
        pace.take(caller)
        token = (request.view_args or {}).get("link")
        desk = help_desk.by_link(deps, token) if token else help_desk.by_entry(deps, _given_entry())
        if desk is None:
            guesses.take(caller)
            raise Rejected("Not a link of ours.", status=404, code="no_desk")
        g.desk = desk
        if not desk.is_open:
            raise Rejected("The link or entry is over.", status=410, code="desk_over")
        if request.headers.get("Sec-Fetch-Dest", "") not in FRAMES:
            raise Rejected("Shown inside the help desk only.", status=403, code="desk_outside")
        g.merchant = desk.reader(request.accept_languages.best or "en")

    return check


def _given_entry() -> str:
    token = request.args.get("entry", "")
    return token if len(token) <= LONGEST_TOKEN else ""


def make_desk_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("desk", __name__)
    bp.record_once(templating.install)

    @bp.get("/<link>")
    def opened(link: str) -> AnyResponse:  # noqa: ARG001  # the guard has read it
        """On to a short entry; what the help desk asks about (`q`, for example an e-mail address) goes along."""
        text = templating.checked(request.args, "q", LONGEST)
        return redirect(url_for("desk.find", entry=help_desk.entry(deps, g.desk), q=text or None), 303)

    @bp.get("/find")
    def find() -> str:
        desk: Desk = g.desk
        values = {"panel_url": None, "run_url": None, "entry": _given_entry()}
        found = look(deps, desk.store_id)
        return render_template(
            "find/desk.html", found=found, find_url=partial(url_for, "desk.find", entry=_given_entry()), **values
        )

    @bp.after_request
    def frame(response: Response) -> Response:
        """Only the help desk the link was made for may frame it, refusals included."""
        desk: Desk | None = g.get("desk")
        response.headers["Content-Security-Policy"] = headers.page_policy((desk.host,) if desk else ())
        return response

    return bp
