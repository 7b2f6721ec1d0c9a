"""Where several workspaces match: which one is meant, said once by who may have workspaces made."""

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import workspace_choice
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.rights import NoAccess
from app.errors import AppError
from app.opentext.people import SignedOut
from app.web import guards, language, templating, waiting
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import documents
from app.web.panel.seen import Seen, seen


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/workspaces")
    @guards.requires("manager")
    def workspaces(kind: str, object_id: str) -> Response:
        found = seen(deps, KINDS[kind], object_id)
        return _page(deps, found)

    @bp.post(f"/{KIND}/<object_id>/workspaces")
    @guards.requires("manager")
    def choose_workspace(kind: str, object_id: str) -> AnyResponse:
        """The button's value is "<kind of object>:<node>"; it is looked up among the candidates anew."""
        found = seen(deps, KINDS[kind], object_id)
        about, _colon, number = request.form.get("workspace", "").partition(":")
        node = int(number) if number.isascii() and number.isdigit() and len(number) <= 15 else 0
        try:
            workspace_choice.choose(deps, guards.merchant(), found.rows, found.sight, about, node)
        except AppError as error:
            return _page(deps, found, error)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


def _page(deps: Deps, found: Seen, error: AppError | None = None) -> Response:
    """The candidates; without OpenText a sentence, and the panel keeps saying that a choice is due."""
    choices: tuple[workspace_choice.Choice, ...] = ()
    try:
        who = guards.merchant()
        choices = waiting.ask(deps, who, lambda: workspace_choice.choices(deps, who, found.rows, found.sight))
    except StillAsking:
        raise  # nothing is known of candidates but what OpenText says
    except AppError as silent:
        error = error or silent
    g.access = found.access
    language.read_in(found.rows.shop.timezone)
    sentence, status = _words(error) if error else ("", 200)
    page = templating.page(
        "panel/workspaces.html", choices=choices, sentence=sentence, object_type=found.rows.object_type,
        object_id=found.rows.object_id, title=documents.title(found), access=found.access,
        needs_sign_in=isinstance(error, SignedOut),
    )  # fmt: skip
    return Response(page, status)


def _words(error: AppError) -> tuple[str, int]:
    if isinstance(error, (NoAccess, SignedOut)):
        return documents.words_of(error)
    return _("OpenText is not answering right now. Nothing was chosen; try again in a moment."), 503
