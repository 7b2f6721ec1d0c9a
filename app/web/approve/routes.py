"""The doors of the inbox for approvers: the same pages as a store's inbox, over every store OpenText has tasks in."""

from functools import partial

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import approver_tasks, approvers, person_sign_in, rights
from app.engine.approver_tasks import Across, Looked
from app.engine.approvers import Approver
from app.engine.behind import StillAsking
from app.engine.deciding import doing
from app.engine.deciding.tasks import LONGEST_COMMENT, LONGEST_NAME
from app.engine.deps import Deps
from app.engine.open_tasks import Narrowed, OpenTask
from app.engine.sessions import Merchant
from app.errors import AppError, NotFound
from app.web import display, guards, language, templating, waiting
from app.web.approve import doors
from app.web.inbox import pages
from app.web.inbox.pages import Room
from app.web.kinds import KIND, KINDS, MANY, checked
from app.web.language import _
from app.web.panel import decisions
from app.web.panel.access import access
from app.web.panel.decisions import Refusal, Typed
from app.web.panel.seen import Seen

TASK = f"/<tenant>/{KIND}/<object_id>/<ref>"


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("approve", __name__)
    bp.record_once(templating.install)
    waiting.add(bp)
    room = Room(deps, lambda narrowed: _read(deps, narrowed).inbox, lambda task: _of_task(deps, task))

    @bp.get("")
    def index() -> str:
        narrowed = pages.narrowed()
        found = _read(deps, narrowed)
        return pages.index(
            found.inbox, narrowed, stores=[(one.id, one.name or one.id) for one in found.stores],
            silent=", ".join(found.silent),
        )  # fmt: skip

    @bp.get("/chosen")
    def chosen() -> str:
        return pages.chosen(room)

    @bp.post("/chosen")
    def decide_chosen() -> str | Response:
        return pages.decide_chosen(room)

    @bp.post("/sign-out")
    def sign_out() -> AnyResponse:
        who = _who()
        approvers.sign_out(deps, who)
        response = redirect(url_for("approve_entrance.show", tenant=person_sign_in.tenant(who.store_id)), 303)
        doors.let_out(response, deps.settings)
        return response

    _add_one(bp, deps)
    return bp


def _add_one(bp: Blueprint, deps: Deps) -> None:
    @bp.get(TASK)
    def task(tenant: str, kind: str, object_id: str, ref: str) -> AnyResponse:
        try:
            found = _look(deps, tenant, KINDS[kind], object_id)
        except StillAsking:
            raise
        except AppError as error:
            return _gone(_refused(error), Typed())
        return _task(deps, found, ref, Typed(), None)

    @bp.post(TASK)
    def decide(tenant: str, kind: str, object_id: str, ref: str) -> AnyResponse:
        """Nothing here lets anybody decide: the workflow's engine says who may."""
        typed, found = decisions.typed_in(request.form), None
        try:
            found = _look(deps, tenant, KINDS[kind], object_id)
            wish = decisions.wish(request.form, found.who)
            approver_tasks.demand_mine(deps, found, ref)
            doing.act(deps, found.who, found.rows, found.shown, found.sight, ref, wish)
        except AppError as error:
            return _task(deps, found, ref, typed, _refused(error)) if found else _gone(_refused(error), typed)
        if wish.act in doing.ENDS_IT:
            return redirect(url_for("approve.index", done=decisions.ended_as(wish)), 303)
        done = decisions.ended_as(wish)
        return redirect(url_for("approve.task", tenant=tenant, kind=kind, object_id=object_id, ref=ref, done=done), 303)


def _who() -> Approver:
    found: Approver = g.approver
    return found


def _read(deps: Deps, narrowed: Narrowed) -> Across:
    who = _who()
    own = next((one for one in approvers.stores(deps, who) if one.id == who.store_id), None)
    language.read_in(own.timezone if own else "UTC")
    patience = _patience(deps)
    return waiting.ask(
        deps, guards.merchant(), lambda: approver_tasks.read(deps, who, narrowed, patience), about="list"
    )


def _patience(deps: Deps) -> float:
    """Behind a page the question may go on for longer than anybody waits."""
    is_behind = waiting.is_reading() and not deps.behind.is_at_once
    return rights.BEHIND_PAGE if is_behind else rights.PATIENCE


def _look(deps: Deps, tenant: str, object_type: str, object_id: str, *, at_once: bool = False) -> Looked:
    """`at_once`: one of several, whose answers are needed together. Raises NotFound alike for what is nobody's, of a
    store of others, or unknown; SignedOut or Retryable."""
    store = approvers.store_of(tenant)
    if store is None:
        raise NotFound("There is no such task.", code="no_such_task")
    known, patience = checked(object_id, object_type), rights.PATIENCE if at_once else _patience(deps)
    look = partial(approver_tasks.look, deps, _who(), store, object_type, known, patience)
    found = look() if at_once else waiting.ask(deps, guards.merchant(), look, about=f"{store} {object_type} {known}")
    rights.demand(found.sight, found.sight.is_known)
    return found


def _of_task(deps: Deps, task: OpenTask) -> tuple[Merchant, Seen]:
    found = _look(deps, person_sign_in.tenant(task.store_id), task.object_type, task.object_id, at_once=True)
    return found.who, _seen(found)


def _seen(found: Looked) -> Seen:
    return Seen(found.rows, found.shown, (), found.sight, access(found.rows, found.shown, found.sight, found.who))


def _task(deps: Deps, found: Looked, ref: str, typed: Typed, refused: Refusal | None) -> AnyResponse:
    """The task beside what it is about, for whom the engine names; of anything else not a word about the store."""
    if ref not in found.mine:
        return _gone(refused, typed)
    place = {
        "tenant": person_sign_in.tenant(found.who.store_id), "kind": MANY[found.rows.object_type],
        "object_id": found.rows.object_id, "ref": ref,
    }  # fmt: skip
    return pages.task(deps, found.who, _seen(found), ref, place, typed, refused)


def _refused(error: AppError) -> Refusal | None:
    return None if isinstance(error, NotFound) else decisions.refused(error)


def _gone(refused: Refusal | None, typed: Typed) -> Response:
    """Nothing of the task, which nobody may know is there. Where nobody answered, the same press is kept to be tried
    again: here there is no other button."""
    words = _("This task is not in your inbox: it was decided or handed on, or it is somebody else’s.")
    refused = refused or Refusal(words, 404)
    press = display.clean(request.form.get("press", ""), LONGEST_NAME) if request.method == "POST" else ""
    page = templating.page(
        "approve/gone.html", refusal=refused, typed=typed, press=press, is_silent=refused.status == 503,
        longest=LONGEST_COMMENT,
    )  # fmt: skip
    return Response(page, refused.status)
