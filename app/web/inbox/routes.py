"""The doors of the inbox: the list, one decision beside what it is about, several with a summary before anything is
done. Who may decide is asked of the workflow's engine at every click, never taken from this list."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db.session import reading
from app.engine import open_tasks
from app.engine.deciding import by_mail, doing, tasks
from app.engine.deciding.tasks import Act, Held, Incomplete
from app.engine.deps import Deps
from app.engine.open_tasks import BY_MONEY, BY_TIME, Inbox, Narrowed, OpenTask
from app.engine.sessions import Role
from app.errors import AppError, Conflict
from app.web import guards, language, templating, texts
from app.web.inbox import by_mail_routes, views
from app.web.inbox.views import Ended
from app.web.language import _
from app.web.panel import decisions
from app.web.panel import views as panel_views
from app.web.panel.access import refusal
from app.web.panel.decisions import Refusal, Typed
from app.web.panel.seen import Seen, seen

PANELS = ("order", "product", "customer", "case")
MOST_AT_ONCE = 20
SHOWN = 100


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("inbox", __name__)
    bp.record_once(templating.install)
    _add_list(bp, deps)
    _add_one(bp, deps)
    by_mail_routes.add(bp, deps, lambda found, ref, refused: _form(deps, found, ref, Typed(), refused))
    _add_several(bp, deps)
    return bp


def _add_list(bp: Blueprint, deps: Deps) -> None:
    @bp.get("")
    def index() -> str:
        narrowed = _narrowed()
        found = _read(deps, narrowed)
        kinds = [("", _("Any")), *((slug, texts.scenario(slug)) for slug in found.scenarios)]
        people = [("", _("Anybody")), ("nobody", _("Taken by nobody")), *((one, _short(one)) for one in found.people)]
        return templating.page(
            "inbox/page.html", lines=[views.line(one) for one in found.tasks[:SHOWN]], narrowed=narrowed, kinds=kinds,
            people=people, more=max(0, len(found.tasks) - SHOWN), look=found.sight.look.value,
            refusal=refusal(found.sight.contact) if not found.sight.allowed.sees_workflow else "",
            done=request.args.get("done", "")[:20], sorts=[(BY_MONEY, _("Most money first")), (BY_TIME, _("Deadline"))],
        )  # fmt: skip


def _narrowed() -> Narrowed:
    given = request.args
    order = BY_TIME if given.get("sort") == BY_TIME else BY_MONEY
    return Narrowed(templating.checked(given, "kind", 60), templating.checked(given, "who", 200), order)


def _short(name: str) -> str:
    return decisions.who_must_act(name, ())


def _read(deps: Deps, narrowed: Narrowed) -> Inbox:
    who = guards.merchant()
    with reading(deps.database) as session:
        store = activity.store(session, who.store_id)
    language.read_in(store.timezone if store else "UTC")
    return open_tasks.read(deps, who, narrowed)


def _add_one(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{views.KIND}/<object_id>/<ref>")
    def task(kind: str, object_id: str, ref: str) -> AnyResponse:
        return _form(deps, seen(deps, views.OBJECTS[kind], object_id), ref, Typed(), None)

    @bp.post(f"/{views.KIND}/<object_id>/<ref>")
    @guards.requires("viewer")
    def decide(kind: str, object_id: str, ref: str) -> AnyResponse:
        """A role in the store alone lets nobody decide: the workflow's engine says who may."""
        found, who = seen(deps, views.OBJECTS[kind], object_id), guards.merchant()
        language.read_in(found.shown.shop.timezone)
        try:
            wish = decisions.wish(request.form, who)
            doing.act(deps, who, found.rows, found.shown, found.sight, ref, wish)
        except AppError as error:
            return _form(deps, found, ref, decisions.typed_in(request.form), decisions.refused(error))
        if wish.act in doing.ENDS_IT:
            return redirect(url_for("inbox.index", done=wish.act.value), 303)
        return redirect(url_for("inbox.task", kind=kind, object_id=object_id, ref=ref), 303)


def _form(deps: Deps, found: Seen, ref: str, typed: Typed, refused: Refusal | None) -> AnyResponse:
    """The task with its buttons, or in their place why there are none; beside it what it is about."""
    g.seen, g.access = found, found.access
    language.read_in(found.shown.shop.timezone)
    held: Held | None = None
    try:
        if refused is None or not (refused.is_over or refused.status == 503):
            held = doing.offered(deps, guards.merchant(), found.rows, found.shown, found.sight, ref)
        elif not refused.is_over:
            held = tasks.held(found.shown).get(ref)
    except AppError as error:
        refused = refused or decisions.refused(error)
    run = next((one for one in found.shown.runs if held and one.id == held.run_id), None)
    can_ask = bool(held and held.options and not held.is_lent and held.run_id) and not found.access.is_personal
    can_ask = can_ask and guards.merchant().role.covers(Role.MANAGER)
    page = templating.page(
        "inbox/task.html", held=held, ref=ref, typed=typed, refusal=refused, words=decisions, access=found.access,
        acts=tasks.acts(found.sight, held) if held else (), view=panel_views.panel(found.shown, found.orders),
        answers=views.answers(held, run.scenario if run else "") if held else (), reasons=run.reasons if run else (),
        facts=found.shown.snapshot.facts if found.shown.snapshot else {}, longest=tasks.LONGEST_COMMENT,
        has_panel=found.rows.object_type in PANELS, path=views.PATHS[found.rows.object_type],
        can_ask=can_ask, was_withdrawn=request.args.get("done") == "withdrawn",
        given_out=by_mail.given_out(deps, guards.merchant(), found.rows, found.sight, held) if can_ask and held else (),
    )  # fmt: skip
    return Response(page, refused.status if refused else 200, mimetype="text/html")


def _add_several(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/chosen")
    def chosen() -> str:
        """What would happen to each, before anything is done."""
        return _summary(_chosen(deps, request.args.getlist("key")), Typed(), "")

    @bp.post("/chosen")
    @guards.requires("viewer")
    def decide_chosen() -> AnyResponse:
        found, typed = _chosen(deps, request.form.getlist("key")), decisions.typed_in(request.form)
        try:
            wish = decisions.wish(request.form, guards.merchant())
            if wish.act is not Act.DECIDE:
                raise Incomplete("outcome")
        except Incomplete as error:
            return Response(_summary(found, typed, decisions.refused(error).sentence), 422)
        if not found:
            return Response(_summary(found, typed, ""))
        ended = [_decided(deps, one, replace(wish, click=f"{wish.click}:{one.held.ref}")) for one in found]
        good = sum(not one.problem for one in ended)
        return Response(templating.page("inbox/done.html", ended=ended, good=good))


def _chosen(deps: Deps, keys: list[str]) -> tuple[OpenTask, ...]:
    """Of the tasks this person sees those that were ticked; what is decided meanwhile is not among them any more."""
    if not keys:
        raise Conflict("Nothing was chosen.")
    wanted = set(keys[:MOST_AT_ONCE])
    return tuple(one for one in _read(deps, Narrowed()).tasks if one.key in wanted and views.line(one).can_choose)


def _summary(found: tuple[OpenTask, ...], typed: Typed, wrong: str) -> str:
    sums: dict[str, Any] = {}
    for one in found:
        if one.amount is not None:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount
    return templating.page(
        "inbox/chosen.html", lines=[views.line(one) for one in found], answers=views.common(found), typed=typed,
        wrong=wrong, longest=tasks.LONGEST_COMMENT,
        sums=[language.money({"amount": str(value), "currency": currency}) for currency, value in sums.items()],
    )  # fmt: skip


def _decided(deps: Deps, task: OpenTask, wish: tasks.Wish) -> Ended:
    """One of several: its refusal stops none of the others."""
    who, line = guards.merchant(), views.line(task)
    try:
        found = seen(deps, task.object_type, task.object_id)
        doing.act(deps, who, found.rows, found.shown, found.sight, task.held.ref, wish)
    except AppError as error:
        return views.ended(line, decisions.refused(error))
    return views.ended(line, None)
