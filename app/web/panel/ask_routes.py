"""The doors for what a person asks for by name, a workflow too: first what will happen, then the request, kept once."""

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db.session import reading
from app.engine import preferences, rights, starting
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.engine.starting import Obstacle, Start
from app.errors import NotFound
from app.web import asking, guards, language, templating, texts
from app.web.kinds import KIND, KINDS
from app.web.panel import asks, starts
from app.web.panel import views as panel_views
from app.web.panel.asks import Typed
from app.web.panel.seen import Seen, seen
from app.web.panel.starts import Chosen, StartView


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/ask/<what>")
    def new_ask(kind: str, object_id: str, what: str) -> str:
        found = _offered(seen(deps, KINDS[kind], object_id), what)
        return _form(deps, found, what, Typed(asks.suggested(what, request.args), {}, {}))

    @bp.post(f"/{KIND}/<object_id>/ask/<what>")
    @guards.requires("manager")
    def ask(kind: str, object_id: str, what: str) -> AnyResponse:
        found = _offered(seen(deps, KINDS[kind], object_id), what)
        start = _start(found, what)
        rights.demand(found.sight, _may(found, start))
        typed = asks.read(what, request.form, found.shown)
        chosen = starts.read(start, request.form, found.shown, found.sight) if start else Chosen(())
        is_in_the_way = bool(start and start.obstacle and start.obstacle is not Obstacle.OFF)
        if is_in_the_way or typed.errors or chosen.error or asks.switched_off(deps, KINDS[kind], what):
            page = _form(deps, found, what, typed, chosen)
            return AnyResponse(page, status=409 if is_in_the_way else 422, mimetype="text/html")
        asking.ask(deps, what, KINDS[kind], object_id, **typed.detail, **_of_start(deps, found, start, chosen))
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


def _offered(found: Seen, what: str) -> Seen:
    if all(one.name != what for one in asks.offers(found.shown, asks.provider())):
        raise NotFound("There is nothing of that name to ask for here.")
    return found


def _start(found: Seen, what: str) -> Start | None:
    """The workflow this request starts, where it starts one."""
    return next((one for one in starting.starts(found.rows, asks.provider()) if one.request == what), None)


def _may(found: Seen, start: Start | None) -> bool:
    return rights.may_review(found.rows, found.sight) if start else rights.may_create(found.sight)


def _of_start(deps: Deps, found: Seen, start: Start | None, chosen: Chosen) -> dict[str, str]:
    """What makes asking twice one workflow, and which documents go along."""
    if start is None:
        return {}
    who = guards.merchant()
    with reading(deps.database) as session:
        occasion = starting.occasion(session, who.store_id, found.rows, start)
    return {"occasion": occasion} | ({"attachments": ",".join(chosen.nodes)} if chosen.nodes else {})


def _start_view(deps: Deps, found: Seen, start: Start, chosen: Chosen | None) -> StartView:
    with reading(deps.database) as session:
        chosen_here = preferences.load(session, guards.merchant().store_id, start.scenario)
    return starts.view(start, chosen_here, found.shown, found.sight, chosen)


def _form(deps: Deps, found: Seen, what: str, typed: Typed, chosen: Chosen | None = None) -> str:
    g.seen, g.access = found, found.access
    language.read_in(found.rows.shop.timezone)
    object_type, object_id = found.rows.object_type, found.rows.object_id
    name = found.rows.snapshot.name if found.rows.snapshot else object_id
    fields = [(one, asks.options(one, found.shown)) for one in asks.fields(what)]
    off, start = asks.switched_off(deps, object_type, what), _start(found, what)
    return templating.page(
        "panel/ask.html", off=off, off_title=texts.scenario(off), title=asks.title(what),
        sentence=asks.sentence(what), what=what, object_type=object_type,
        object_id=object_id, object_name=name, fields=fields, typed=typed, access=found.access,
        can_act=guards.merchant().role.covers(Role.MANAGER), may=_may(found, start),
        start=_start_view(deps, found, start, chosen) if start else None, problem=chosen.error if chosen else "",
        is_silent=panel_views.is_silent(found.shown),
    )  # fmt: skip
