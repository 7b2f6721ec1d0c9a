"""The doors of a store's inbox: the list, one decision beside what it is about, several with a summary."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.engine import open_tasks
from app.engine.deciding import doing
from app.engine.deps import Deps
from app.engine.open_tasks import Inbox, Narrowed, OpenTask
from app.engine.sessions import Merchant
from app.errors import AppError
from app.web import display, guards, language, templating, waiting
from app.web.inbox import by_mail_routes, pages
from app.web.inbox.pages import Room
from app.web.kinds import KIND, KINDS, MANY
from app.web.panel import decisions
from app.web.panel.decisions import Refusal, Typed
from app.web.panel.seen import Seen, seen


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("inbox", __name__)
    bp.record_once(templating.install)
    waiting.add(bp)
    room = Room(deps, lambda narrowed: _read(deps, narrowed), lambda task: _look(deps, task))

    @bp.get("")
    def index() -> str:
        narrowed = pages.narrowed()
        return pages.index(_read(deps, narrowed), narrowed)

    @bp.get("/chosen")
    def chosen() -> str:
        return pages.chosen(room)

    @bp.post("/chosen")
    @guards.requires("viewer")
    def decide_chosen() -> str | Response:
        return pages.decide_chosen(room)

    _add_one(bp, deps)
    by_mail_routes.add(bp, deps, lambda found, ref, refused: _task(deps, found, ref, _asked(), refused))
    return bp


def _asked() -> Typed:
    """The mail address as it was typed."""
    return Typed(asked=" ".join(display.clean(request.form.get("asked", ""), 200).split()))


def _add_one(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/<ref>")
    def task(kind: str, object_id: str, ref: str) -> AnyResponse:
        return _task(deps, seen(deps, KINDS[kind], object_id), ref, Typed(), None)

    @bp.post(f"/{KIND}/<object_id>/<ref>")
    @guards.requires("viewer")
    def decide(kind: str, object_id: str, ref: str) -> AnyResponse:
        """A role in the store alone lets nobody decide: the workflow's engine says who may."""
        found, who = seen(deps, KINDS[kind], object_id), guards.merchant()
        language.read_in(found.shown.shop.timezone)
        try:
            wish = decisions.wish(request.form, who)
            doing.act(deps, who, found.rows, found.shown, found.sight, ref, wish)
        except AppError as error:
            return _task(deps, found, ref, decisions.typed_in(request.form), decisions.refused(error))
        if wish.act in doing.ENDS_IT:
            return redirect(url_for("inbox.index", done=decisions.ended_as(wish)), 303)
        done = decisions.ended_as(wish)
        return redirect(url_for("inbox.task", kind=kind, object_id=object_id, ref=ref, done=done), 303)


def _task(deps: Deps, found: Seen, ref: str, typed: Typed, refused: Refusal | None) -> AnyResponse:
    place = {"kind": MANY[found.rows.object_type], "object_id": found.rows.object_id, "ref": ref}
    return pages.task(deps, guards.merchant(), found, ref, place, typed, refused)


def _look(deps: Deps, task: OpenTask) -> tuple[Merchant, Seen]:
    return guards.merchant(), seen(deps, task.object_type, task.object_id)


def _read(deps: Deps, narrowed: Narrowed) -> Inbox:
    who = guards.merchant()
    with reading(deps.database) as session:
        store = activity.store(session, who.store_id)
    language.read_in(store.timezone if store else "UTC")
    return open_tasks.read(deps, who, narrowed, is_page=waiting.is_reading())
