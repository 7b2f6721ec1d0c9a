"""The inbox's pages, whoever's it is: the list, one task beside what it is about, several with a summary.

Who may decide is asked of the workflow's engine at every click, never taken from the list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from app.engine.behind import StillAsking
from app.engine.deciding import by_mail, doing, tasks
from app.engine.deciding.tasks import Act, Held, Incomplete, Wish
from app.engine.deps import Deps
from app.engine.open_tasks import BY_MONEY, BY_TIME, OVERDUE, WITHIN, Inbox, Narrowed, OpenTask
from app.engine.sessions import Merchant, Role
from app.errors import AppError, Conflict
from app.opentext.workflows import Engine
from app.web import guards, language, templating, waiting
from app.web.inbox import views
from app.web.inbox.views import Ended
from app.web.language import _
from app.web.panel import decisions, why
from app.web.panel import views as panel_views
from app.web.panel.access import refusal
from app.web.panel.decisions import Refusal, Typed
from app.web.panel.seen import Seen

MOST_AT_ONCE = 20
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Room:
    """Whose inbox it is: how its tasks are read; who decides one of them, and its object as they see it."""

    deps: Deps
    read: Callable[[Narrowed], Inbox]
    look: Callable[[OpenTask], tuple[Merchant, Seen]]


@dataclass(frozen=True)
class Chosen:
    """What was ticked: the open tasks among it, how many are not open here any more, how many are left for later."""

    tasks: tuple[OpenTask, ...]
    gone: int = 0
    later: int = 0


# The list


def narrowed() -> Narrowed:
    """What this request's list is narrowed to."""
    given = request.args
    order, due = BY_TIME if given.get("sort") == BY_TIME else BY_MONEY, given.get("due", "")
    return Narrowed(
        kind=templating.checked(given, "kind", 60), assignee=templating.checked(given, "who", 200),
        store=templating.checked(given, "store", 100), due=due if due in (OVERDUE, *WITHIN) else "", order=order,
    )  # fmt: skip


def index(found: Inbox, wanted: Narrowed, *, stores: Choices | None = None, silent: str = "") -> str:
    """`stores`: what else can be chosen, where tasks are of several; `silent`: whose engine could not be asked."""
    kinds = [("", _("Any")), *((kind, views.kind_words(kind)) for kind in found.kinds)]
    people = [("", _("Anybody")), ("nobody", _("Taken by nobody")), *((one, _short(one)) for one in found.people)]
    dues = [("", _("Any time")), (OVERDUE, _("Overdue")), ("day", _("Within a day")), ("week", _("Within a week"))]
    return templating.page(
        "inbox/page.html", lines=[views.line(one) for one in found.tasks], narrowed=wanted, kinds=kinds,
        people=people if stores is None else [], more=found.count - len(found.tasks), look=found.sight.look.value,
        refusal=refusal(found.sight.contact) if not found.sight.allowed.sees_workflow else "", dues=dues,
        done=decisions.done(request.args.get("done", "")), is_decided=request.args.get("done") == Act.DECIDE,
        sorts=[(BY_MONEY, _("Most money")), (BY_TIME, _("Deadline"))],
        stores=[("", _("Any")), *stores] if stores and len(stores) > 1 else [], silent=silent,
    )  # fmt: skip


def _short(name: str) -> str:
    return decisions.who_must_act(name, ())


# One task


def task(
    deps: Deps, who: Merchant, found: Seen, ref: str, place: Mapping[str, str], typed: Typed, refused: Refusal | None
) -> AnyResponse:
    """The task with its buttons, or in their place why there are none; beside it what it is about."""
    g.seen, g.access = found, found.access
    language.read_in(found.shown.shop.timezone)
    held: Held | None = None
    try:
        if refused is None or not (refused.is_over or refused.status == 503):
            held = waiting.ask(deps, who, lambda: doing.offered(deps, who, found.rows, found.shown, found.sight, ref))
        elif not refused.is_over:
            held = tasks.held(found.shown).get(ref)
    except StillAsking:
        raise
    except AppError as error:
        refused = refused or decisions.refused(error)
    may_look = refused is not None and refused.status == 403  # what it is about is theirs to see all the same
    known = held or (tasks.held(found.shown).get(ref) if may_look else None)
    run = next((one for one in found.shown.runs if known and one.id == known.run_id), None)
    can_ask = bool(held and held.options and not held.is_lent and held.run_id) and not found.access.is_personal
    can_ask = can_ask and who.role.covers(Role.MANAGER)
    page = templating.page(
        "inbox/task.html", held=held, known=known, ref=ref, typed=typed, refusal=refused, words=decisions,
        access=found.access,
        acts=tasks.acts(found.sight, held) if held else (),
        view=panel_views.panel(found.shown, found.orders, found.sight),
        answers=views.answers(held, run.scenario if run else "") if held else (),
        reasons=why.reasons(run) if run else (), decided=views.decided(run, found.shown) if run else {},
        facts=found.shown.snapshot.facts if found.shown.snapshot else {}, longest=tasks.LONGEST_COMMENT,
        shop=found.shown.shop.name, place=place,
        can_ask=can_ask, was_withdrawn=request.args.get("done") == "withdrawn", workflow=_own_name(found, known),
        done=decisions.done(request.args.get("done", "")) if refused is None else "",
        given_out=by_mail.given_out(deps, who, found.rows, found.sight, held) if can_ask and held else (),
    )  # fmt: skip
    return Response(page, refused.status if refused else 200, mimetype="text/html")


def _own_name(found: Seen, held: Held | None) -> str:
    """What OpenText's people call a workflow that is none of ours; its tasks alone say little."""
    if held is None or held.engine is not Engine.CONTENT_SERVER or found.shown.link is None:
        return ""
    flows = found.shown.link.workflows
    return next((str(one.get("name") or "") for one in flows if one.get("id") == held.instance_id), "")


# Several


def chosen(room: Room) -> str:
    """What would happen to each, before anything is done."""
    return _summary(_chosen(room, request.args.getlist("key")), Typed(), "")


def decide_chosen(room: Room) -> str | Response:
    found, typed = _chosen(room, request.form.getlist("key")), decisions.typed_in(request.form)
    try:
        wish = decisions.wish(request.form, guards.merchant())
        if wish.act is not Act.DECIDE:
            raise Incomplete("outcome")
    except Incomplete as error:
        return Response(_summary(found, typed, decisions.refused(error).sentence), 422)
    if not found.tasks:
        return Response(_summary(found, typed, ""))
    ended = [_decided(room, one, replace(wish, click=f"{wish.click}:{one.held.ref}")) for one in found.tasks]
    return templating.page("inbox/done.html", ended=ended, good=sum(not one.problem for one in ended), gone=found.gone)


def _chosen(room: Room, keys: list[str]) -> Chosen:
    """Of the tasks this person sees those that were ticked; what is decided meanwhile is not among them any more."""
    keys = list(dict.fromkeys(keys))
    if not keys:
        raise Conflict("Nothing was chosen.", code="nothing_chosen")
    wanted = frozenset(keys[:MOST_AT_ONCE])
    found = [one for one in room.read(Narrowed(keys=wanted)).tasks if views.can_choose(one)]
    gone, later = len(wanted) - len(found), max(0, len(keys) - MOST_AT_ONCE)
    return Chosen(tuple(_offered(room, one) for one in found), gone, later)


def _offered(room: Room, task: OpenTask) -> OpenTask:
    """With its options, which Content Server tells only of a task that is opened; without any where it does not."""
    if task.held.engine is not Engine.CONTENT_SERVER:
        return task
    try:
        who, found = room.look(task)
        held = waiting.ask(
            room.deps, who, lambda: doing.offered(room.deps, who, found.rows, found.shown, found.sight, task.held.ref),
            about=task.key,
        )  # fmt: skip
    except StillAsking:  # the whole page looks again
        raise
    except AppError:
        return task
    return replace(task, held=held)


def _summary(found: Chosen, typed: Typed, wrong: str) -> str:
    return templating.page(
        "inbox/chosen.html", lines=[views.line(one) for one in found.tasks], answers=views.common(found.tasks),
        typed=typed, wrong=wrong, longest=tasks.LONGEST_COMMENT, sums=views.sums(found.tasks), gone=found.gone,
        later=found.later, most=MOST_AT_ONCE,
    )  # fmt: skip


def _decided(room: Room, task: OpenTask, wish: Wish) -> Ended:
    """One of several: its refusal stops none of the others."""
    line = views.line(task)
    try:
        who, found = room.look(task)
        doing.act(room.deps, who, found.rows, found.shown, found.sight, task.held.ref, wish)
    except AppError as error:
        return views.ended(line, decisions.refused(error))
    return views.ended(line, None)
