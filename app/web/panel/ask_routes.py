"""The doors for what a person asks for by name: first what will happen, then the request, kept once."""

from flask import Blueprint, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db.session import reading
from app.domain.ids import Provider
from app.domain.scenario import Mode
from app.engine import preferences, rights
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import NotFound
from app.scenarios import ALL
from app.web import asking, guards, language, templating, texts
from app.web.kinds import KIND, KINDS
from app.web.panel import asks
from app.web.panel.asks import Typed
from app.web.panel.seen import Seen, seen


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/ask/<what>")
    def new_ask(kind: str, object_id: str, what: str) -> str:
        found = _offered(seen(deps, KINDS[kind], object_id), what)
        return _form(deps, found, what, Typed(asks.suggested(what, request.args), {}, {}))

    @bp.post(f"/{KIND}/<object_id>/ask/<what>")
    @guards.requires("manager")
    def ask(kind: str, object_id: str, what: str) -> AnyResponse:
        found = _offered(seen(deps, KINDS[kind], object_id), what)
        rights.demand(found.sight, rights.may_create(found.sight))
        typed = asks.read(what, request.form, found.shown)
        if typed.errors or _switched_off(deps, KINDS[kind], what):
            return AnyResponse(_form(deps, found, what, typed), status=422, mimetype="text/html")
        asking.ask(deps, what, KINDS[kind], object_id, **typed.detail)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


def provider() -> Provider:
    """The platform of the signed-in person's store."""
    return Provider(guards.merchant().store_id.partition(":")[0])


def _offered(found: Seen, what: str) -> Seen:
    if all(one.name != what for one in asks.offers(found.shown, provider())):
        raise NotFound("There is nothing of that name to ask for here.")
    return found


def _switched_off(deps: Deps, object_type: str, what: str) -> str:
    """The scenario to switch on, where every one that answers to it is off: nothing would come of asking."""
    who, on = guards.merchant(), provider()
    answering = [one for one in ALL if one.subject == object_type and what in one.requests and on in one.providers]
    with reading(deps.database) as session:
        chosen = preferences.load_all(session, who.store_id, answering)
    return answering[0].slug if {one.mode for one in chosen.values()} == {Mode.OFF} else ""


def _form(deps: Deps, found: Seen, what: str, typed: Typed) -> str:
    g.seen, g.access = found, found.access
    language.read_in(found.rows.shop.timezone)
    object_type, object_id = found.rows.object_type, found.rows.object_id
    name = found.rows.snapshot.name if found.rows.snapshot else object_id
    fields = [(one, asks.options(one, found.shown)) for one in asks.fields(what)]
    off = _switched_off(deps, object_type, what)
    return templating.page(
        "panel/ask.html", off=off, off_title=texts.scenario(off), title=asks.title(what),
        sentence=asks.sentence(what), what=what, object_type=object_type,
        object_id=object_id, object_name=name, fields=fields, typed=typed, access=found.access,
        can_act=guards.merchant().role.covers(Role.MANAGER),
    )  # fmt: skip
