"""The doors of activity: lists, one run, and trying again one, several or a whole group."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.db import activity
from app.db import panel as rows
from app.db.activity import Filter
from app.db.session import reading
from app.domain.rights import Look
from app.engine import replay, rights
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import Conflict, NotFound
from app.scenarios import ALL
from app.web import guards, language, templating, texts, waiting
from app.web.activity import views

MOST_AT_ONCE = 500


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("activity", __name__)
    bp.record_once(templating.install)
    _add_lists(bp, deps)
    waiting.add(bp)
    _add_gaps(bp, deps)
    _add_actions(bp, deps)
    return bp


def _add_lists(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/")
    def runs() -> str:
        chosen, store_id = _filter(), guards.merchant().store_id
        with reading(deps.database) as session:
            _read_in_store_time(session, store_id)
            found = rights.shown_lines(session, guards.merchant(), activity.runs(session, store_id, chosen))
            groups = rights.shown_lines(session, guards.merchant(), activity.failures(session, store_id))
        return _page(
            "activity/runs.html", lines=[views.line(one) for one in found], groups=[views.group(one) for one in groups],
            chosen=chosen, states=_words(texts.RUN_STATES),
            causes={one.error_code: texts.cause(one.error_code) for one in groups},
            scenarios={one.slug: texts.scenario(one.slug) for one in ALL}, older=_older(found), replayed=_replayed(),
        )  # fmt: skip

    @bp.get("/deliveries")
    def deliveries() -> str:
        chosen, store_id = _filter(), guards.merchant().store_id
        with reading(deps.database) as session:
            _read_in_store_time(session, store_id)
            found = rights.shown_lines(session, guards.merchant(), activity.deliveries(session, store_id, chosen))
        older = found[-1].received_at.isoformat() if len(found) == activity.PAGE else ""
        return _page(
            "activity/deliveries.html", lines=[views.letter(one) for one in found], chosen=chosen,
            states=_words(texts.DELIVERY_STATES), older=older, replayed=_replayed(),
        )  # fmt: skip

    @bp.get("/runs/<run_id>")
    def run(run_id: str) -> str:
        store_id = guards.merchant().store_id
        with reading(deps.database) as session:
            _read_in_store_time(session, store_id)
            found = rows.run(session, store_id, run_id)
        if found is None:
            raise NotFound("There is no such run.")
        run, kind, object_id = found
        shown, look = rights.shown_run(deps, guards.merchant(), run, kind, object_id)
        view = views.run_page(shown, kind, object_id)
        return _page("activity/run.html", view=view, is_asking=look is Look.ASKING)


def _add_gaps(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/gaps")
    def gaps() -> str:
        """Every comparison with the store: what no message had told us, and what became of it."""
        store_id = guards.merchant().store_id
        with reading(deps.database) as session:
            _read_in_store_time(session, store_id)
            found = activity.comparisons(session, store_id)
        lines = [(one, texts.state_of(texts.RUN_STATES, one.state)) for one in found]
        return _page("activity/gaps.html", lines=lines)


def _add_actions(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/replay")
    def preview() -> str:
        """What trying again would do, before anything is done: the first of three clicks ends here."""
        who = guards.require("manager")
        selection, origin = _selection(request.args, who.store_id), _origin(request.args)
        with reading(deps.database) as session:
            _read_in_store_time(session, who.store_id)
            found, is_whole = replay.preview(session, selection), rights.is_whole(session, who)
        return _page(
            "activity/replay.html", runs=[views.effects(one, is_whole=is_whole) for one in found.runs],
            ids=found.ids[:MOST_AT_ONCE], events=found.events, origin=origin,
        )  # fmt: skip

    @bp.post("/replay")
    @guards.requires("manager")
    def replay_chosen() -> AnyResponse:
        """Try again what is set aside: chosen lines, or everything with one cause. Nothing happens twice."""
        who = guards.merchant()
        done = replay.replay(deps, _selection(request.form, who.store_id), f"user:{who.user_id}")
        target = "activity.deliveries" if _origin(request.form) == "deliveries" else "activity.runs"
        return redirect(url_for(target, replayed=len(done)), 303)

    @bp.post("/runs/<run_id>/skip")
    @guards.requires("manager")
    def skip(run_id: str) -> AnyResponse:
        """Leave out the step a stopped run stands at; the rest goes on."""
        who = guards.merchant()
        if not replay.skip(deps, who.store_id, run_id, f"user:{who.user_id}"):
            raise Conflict("This run does not stand still any more.")
        return redirect(url_for("activity.run", run_id=run_id), 303)


def _selection(given: MultiDict[str, str], store_id: str) -> replay.Selection:
    """Ticked lines, or everything with one cause at one kind of step. Raises Conflict where nothing was chosen."""
    ids, code = tuple(given.getlist("id"))[:MOST_AT_ONCE], templating.checked(given, "code", 60)
    if not ids and not code:
        raise Conflict("Nothing was chosen.", code="nothing_chosen")
    return replay.Selection(ids=ids, store_id=store_id, code=code, step=templating.checked(given, "step", 60))


def _origin(given: MultiDict[str, str]) -> str:
    return "deliveries" if given.get("list") == "deliveries" else "runs"


def _filter() -> Filter:
    """What the address asks for; a value we do not know is none."""
    given = request.args
    return Filter(
        state=templating.checked(given, "state", 20),
        scenario=templating.checked(given, "scenario", 60),
        text=templating.checked(given, "text", 100),
        error_code=templating.checked(given, "code", 60),
        before=language.parse_moment(templating.checked(given, "before", 40)),
    )


def _older(found: tuple[activity.RunLine, ...]) -> str:
    return found[-1].started_at.isoformat() if len(found) == activity.PAGE else ""


def _replayed() -> int | None:
    text = request.args.get("replayed", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _words(table: dict[str, texts.State]) -> dict[str, str]:
    return {key: texts.state_of(table, key).word for key in table}


def _read_in_store_time(session: Any, store_id: str) -> None:
    store = activity.store(session, store_id)
    language.read_in(store.timezone if store else "UTC")


def _page(template: str, **values: Any) -> str:
    can_act = guards.merchant().role.covers(Role.MANAGER)
    return templating.page(template, can_act=can_act, **values)
