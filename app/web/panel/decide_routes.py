"""The doors for deciding: an open task's page, and what is pressed there. Plain forms; nothing typed is ever lost."""

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine.behind import StillAsking
from app.engine.deciding import doing, tasks
from app.engine.deciding.tasks import Held
from app.engine.deps import Deps
from app.errors import AppError
from app.web import guards, language, templating, waiting
from app.web.kinds import KIND, KINDS
from app.web.panel import decisions
from app.web.panel.decisions import Refusal, Typed
from app.web.panel.seen import Seen, seen


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/tasks/<ref>")
    def task(kind: str, object_id: str, ref: str) -> AnyResponse:
        found = seen(deps, KINDS[kind], object_id)
        return _form(deps, found, ref, Typed(), None)

    @bp.post(f"/{KIND}/<object_id>/tasks/<ref>")
    @guards.requires("viewer")
    def decide(kind: str, object_id: str, ref: str) -> AnyResponse:
        """The workflow's engine says who may; a role in the store alone lets nobody decide."""
        found = seen(deps, KINDS[kind], object_id)
        who = guards.merchant()
        language.read_in(found.shown.shop.timezone)
        try:
            wish = decisions.wish(request.form, who)
            doing.act(deps, who, found.rows, found.shown, found.sight, ref, wish)
        except AppError as error:
            return _form(deps, found, ref, decisions.typed_in(request.form), decisions.refused(error))
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


def _form(deps: Deps, found: Seen, ref: str, typed: Typed, refusal: Refusal | None) -> AnyResponse:
    """The task with its buttons, or in their place why there are none."""
    g.seen, g.access = found, found.access
    language.read_in(found.shown.shop.timezone)
    who = guards.merchant()
    held: Held | None = None
    try:
        if refusal is None:
            held = waiting.ask(deps, who, lambda: doing.offered(deps, who, found.rows, found.shown, found.sight, ref))
        elif not refusal.is_over:
            held = _as_known(deps, found, ref)
    except StillAsking:
        raise
    except AppError as error:
        refusal = decisions.refused(error)
    page = templating.page(
        "panel/decide.html", held=held, ref=ref, typed=typed, refusal=refusal, words=decisions, access=found.access,
        acts=tasks.acts(found.sight, held) if held else (), object_type=found.rows.object_type,
        object_id=found.rows.object_id, object_name=_name(found), documents=found.shown.documents[:20],
        workspace=found.shown.link, longest=tasks.LONGEST_COMMENT,
    )  # fmt: skip
    return Response(page, refusal.status if refusal else 200, mimetype="text/html")


def _as_known(deps: Deps, found: Seen, ref: str) -> Held | None:
    """The buttons again beside a refusal; where OpenText would have to be asked for them and does not answer, none."""
    held = tasks.held(found.shown).get(ref)
    if held is None or not tasks.may(found.sight, held) or held.options:
        return held if held and tasks.may(found.sight, held) else None
    try:
        return doing.offered(deps, guards.merchant(), found.rows, found.shown, found.sight, ref)
    except AppError:
        return held


def _name(found: Seen) -> str:
    return found.shown.snapshot.name if found.shown.snapshot else found.rows.object_id
