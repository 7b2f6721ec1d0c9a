"""The start page."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import access_requests, activity, setup_drafts, trends
from app.db.session import reading, unit_of_work
from app.domain.ids import Provider
from app.engine import rights
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import NotFound
from app.web import asking, guards, language, set_up, templating, texts
from app.web.home import plots, views


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("home", __name__)
    bp.record_once(templating.install)

    @bp.get("/")
    def index() -> str:
        return templating.page("home/page.html", **_values(deps))

    @bp.get("/home/cards")
    def cards() -> Response:
        """The health card, refreshed behind the page."""
        return Response(templating.page("home/_pulse.html", **_pulse(deps)))

    @bp.post("/home/compare")
    @guards.requires("manager")
    def compare() -> AnyResponse:
        """The nightly comparison with the store, now."""
        asking.ask_store(deps, "report_gaps")
        return redirect(url_for("home.index", compared=1), 303)

    @bp.post("/home/access/<int:number>")
    @guards.requires("manager")
    def answer_access(number: int) -> AnyResponse:
        """Somebody's request for access was dealt with. A second click finds it over, which is no error."""
        who = guards.merchant()
        with unit_of_work(deps.database) as uow:
            access_requests.answer(uow.session, who.store_id, who.user_id, number)
        return redirect(url_for("home.index"), 303)

    return bp


def _pulse(deps: Deps) -> dict[str, Any]:
    store_id = guards.merchant().store_id
    with reading(deps.database) as session:
        store = activity.store(session, store_id)
        if store is None:
            raise NotFound("There is no such store.")
        language.read_in(store.timezone)
        pulse = activity.pulse(session, store_id)
    missing = deps.door(Provider(store_id.partition(":")[0])).missing_scopes(frozenset(store.scopes.split()))
    silence = deps.settings.periods.silence
    return {"store": store, "pulse": pulse, "health": views.health(store, pulse, silence, missing)}


def _values(deps: Deps) -> dict[str, Any]:
    values, store_id = _pulse(deps), guards.merchant().store_id
    with reading(deps.database) as session:
        attention = activity.attention(session, store_id)
        attention = replace(attention, runs=rights.shown_lines(session, guards.merchant(), attention.runs))
        manages = guards.merchant().role.covers(Role.MANAGER)
        asking_for_access = access_requests.waiting(session, store_id) if manages else ()
        compared = activity.compared(session, store_id)
        standing = setup_drafts.standing(session, store_id)
        days = trends.days(session, store_id, marks := plots.midnights(language.reader().zone))
        times = trends.times_to_workspace(session, store_id, marks[0])
        # How many decisions wait tells of OpenText, so it is told to who may see all of it.
        waiting = trends.waiting_since(session, store_id) if rights.is_whole(session, guards.merchant()) else None
        today = activity.tallies(session, store_id, views.midnight(language.reader().zone))
    steps = set_up.steps(values["store"], standing)
    return values | {
        "steps": steps,
        "is_set_up": all(step.status == "done" for step in steps),
        "tasks": views.tasks(attention),
        "asking_for_access": asking_for_access,
        "decisions": len(waiting or ()),
        "today": views.counts(today),
        "plots": (plots.of_days(days), plots.of_times(days, times), *_waiting(waiting)),
        "compared": compared,
        "compared_state": texts.state_of(texts.RUN_STATES, compared.state) if compared else None,
        "compares": "compared" in request.args,
    }


def _waiting(since: tuple[datetime, ...] | None) -> tuple[plots.Plot, ...]:
    return () if since is None else (plots.of_waiting(since),)
