"""The panel's doors: a page for each kind of object, its cards for refreshing, what a person may ask for there."""

from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import panel as rows
from app.db.session import reading
from app.domain import files
from app.domain.rights import Look
from app.engine import nudge, panel_files, rights
from app.engine.deps import Deps
from app.engine.sessions import Role
from app.errors import Conflict, NotFound
from app.web import asking, guards, language, templating, waiting
from app.web.kinds import KIND, KINDS, checked
from app.web.panel import (
    access_requests,
    ask_routes,
    asks,
    buyer_links,
    case_routes,
    choice_routes,
    decide_routes,
    document_holds,
    document_page,
    document_types,
    documents,
    fields,
    search_routes,
    sign_in,
    timeline,
    views,
)
from app.web.panel.fields import PublicationView
from app.web.panel.seen import seen
from app.web.panel.states import stage_words
from app.web.panel.views import PanelView


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("panel", __name__)
    bp.record_once(templating.install)
    _add_pages(bp, deps)
    _add_requests(bp, deps)
    _add_publications(bp, deps)
    documents.add(bp, deps)
    waiting.add(bp)
    document_page.add(bp, deps)
    document_types.add(bp, deps)
    search_routes.add(bp, deps)
    document_holds.add(bp, deps)
    case_routes.add(bp, deps)
    choice_routes.add(bp, deps)
    decide_routes.add(bp, deps)
    ask_routes.add(bp, deps)
    buyer_links.add(bp, deps)
    sign_in.add(bp, deps)
    access_requests.add(bp, deps)
    return bp


def _add_pages(bp: Blueprint, deps: Deps) -> None:
    def show(kind: str, object_id: str) -> str | Response:
        if kind == "products" and _comes_from_a_page_without_its_pictures(deps):
            return Response(status=204, headers={"HX-Redirect": request.path})
        view, publications = _view(deps, KINDS[kind], object_id)
        places = panel_files.known_places(g.seen.rows, g.seen.sight) if g.access.can_upload else ()
        return _page("panel/page.html", view, publications=publications, places=places, most=files.MOST_BYTES)

    for many, one in KINDS.items():
        bp.add_url_rule(f"/{many}/<object_id>", one, show, methods=["GET"], defaults={"kind": many})

    @bp.get(f"/{KIND}/<object_id>/cards")
    def cards(kind: str, object_id: str) -> Response:
        """What changes while work goes on; 204 when nothing shown has changed since `seen`."""
        view, publications = _view(deps, KINDS[kind], object_id)
        is_same = request.args.get("seen") == view.digest
        if is_same or g.access.look == Look.ASKING:  # what is shown stays until there is something else to show
            return Response(status=204)
        announce = request.args.get("was") != view.state.word
        return Response(_page("panel/_refreshed.html", view, publications=publications, announce=announce))

    @bp.get(f"/{KIND}/<object_id>/timeline")
    def history(kind: str, object_id: str) -> str:
        """Everything that happened on both sides in one list; what failed first, with the way out."""
        view, _publications = _view(deps, KINDS[kind], object_id)
        return _page("panel/timeline.html", view, entries=timeline.entries(g.seen.shown))


def _add_requests(bp: Blueprint, deps: Deps) -> None:
    @bp.post(f"/{KIND}/<object_id>/recheck")
    @guards.requires("viewer")
    def recheck(kind: str, object_id: str) -> AnyResponse:
        asking.ask(deps, "recheck", KINDS[kind], checked(object_id, KINDS[kind]))
        is_card = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
        return Response(status=204) if is_card else _back(KINDS[kind], object_id)

    @bp.post("/orders/<object_id>/review")
    @guards.requires("manager")
    def review(object_id: str) -> AnyResponse:
        found = seen(deps, "order", object_id)
        rights.demand(found.sight, rights.may_review(found.rows, found.sight))
        asking.ask(deps, "review_order", "order", object_id)
        return _back("order", object_id)

    @bp.post("/products/<object_id>/workspace")
    @guards.requires("manager")
    def workspace(object_id: str) -> AnyResponse:
        found = seen(deps, "product", object_id)
        rights.demand(found.sight, rights.may_create(found.sight))
        asking.ask(deps, "create_workspace", "product", object_id)
        return _back("product", object_id)

    @bp.post("/runs/<run_id>/try")
    @guards.requires("manager")
    def try_now(run_id: str) -> AnyResponse:
        who = guards.merchant()
        with reading(deps.database) as session:
            found = rows.run(session, who.store_id, run_id)
        if found is None:
            raise NotFound("There is no such run.")
        nudge.try_now(deps, who.store_id, run_id, f"user:{who.user_id}")
        _run, kind, object_id = found
        if kind not in KINDS.values():
            return redirect(url_for("activity.run", run_id=run_id), 303)
        return _back(kind, object_id)


def _add_publications(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/publications/<publication_id>/undo")
    def confirm_undo(kind: str, object_id: str, publication_id: str) -> str:
        """What undoing would do, field by field, before anything is done."""
        view, publications = _view(deps, KINDS[kind], object_id)
        return _page("panel/undo.html", view, publication=_one(publications, publication_id))

    @bp.post(f"/{KIND}/<object_id>/publications/<publication_id>/undo")
    @guards.requires("manager")
    def undo(kind: str, object_id: str, publication_id: str) -> AnyResponse:
        if not _publishable(deps, KINDS[kind], object_id, publication_id).can_undo:
            raise Conflict("This publication cannot be undone any more.")
        asking.ask(deps, "undo", KINDS[kind], object_id, publication_id=publication_id, fields="")
        return _back(KINDS[kind], object_id)

    @bp.post(f"/{KIND}/<object_id>/publications/<publication_id>/restore")
    @guards.requires("manager")
    def restore(kind: str, object_id: str, publication_id: str) -> AnyResponse:
        drifted = _publishable(deps, KINDS[kind], object_id, publication_id).drifted
        chosen = [name for name in request.form.getlist("field") if name in drifted]
        if not chosen:
            raise Conflict("These fields show the approved values already.")
        asking.ask(deps, "restore", KINDS[kind], object_id, publication_id=publication_id, fields=",".join(chosen))
        return _back(KINDS[kind], object_id)


def _view(deps: Deps, kind: str, object_id: str) -> tuple[PanelView, tuple[PublicationView, ...]]:
    """The page's values: what this reader may see of the object."""
    found = seen(deps, kind, object_id)
    shown = found.shown
    g.seen, g.access = found, found.access
    g.links = buyer_links.views(deps, shown, found.sight)
    g.may_ask, g.asked_at = access_requests.may_ask(found), access_requests.asked_at(deps, found)
    language.read_in(shown.shop.timezone)
    snapshot = shown.snapshot.facts if shown.snapshot else {}
    images = fields.image_addresses(snapshot, allow_http=deps.settings.allow_plain_http)
    g.csp_img_sources = fields.origins(images) if kind == "product" else ()
    publications = tuple(fields.publication_view(one, images) for one in shown.publications)
    view = views.panel(shown, found.orders, found.sight)
    g.asks = asks.offers(shown, asks.provider(), has_offer=view.offer is not None)
    return view, publications


def _page(template: str, view: PanelView, **values: Any) -> str:
    can_act = guards.merchant().role.covers(Role.MANAGER)
    return templating.page(
        template,
        view=view,
        access=g.access,
        can_act=can_act,
        stage_words=stage_words(),
        asks=g.asks,
        links=g.links,
        may_ask=g.may_ask,
        asked_at=g.asked_at,
        **values,
    )


def _comes_from_a_page_without_its_pictures(deps: Deps) -> bool:
    """A page swapped in keeps the first page's policy, which names no picture hosts: ask for a full load.

    Only where the cookie is there; a browser without it would arrive without its page token.
    """
    is_swapped = "HX-Boosted" in request.headers and guards.cookie_name(deps.settings) in request.cookies
    return is_swapped and "/panel/products/" not in request.headers.get("HX-Current-URL", "")


def _one(publications: tuple[PublicationView, ...], publication_id: str) -> PublicationView:
    found = next((one for one in publications if one.id == publication_id), None)
    if found is None:
        raise NotFound("There is no such publication.")
    return found


def _publishable(deps: Deps, kind: str, object_id: str, publication_id: str) -> PublicationView:
    """A publication this reader may undo or restore."""
    _view_of, publications = _view(deps, kind, object_id)
    found = _one(publications, publication_id)
    rights.demand(g.seen.sight, rights.may_publish(g.seen.rows, g.seen.sight, publication_id))
    return found


def _back(kind: str, object_id: str) -> AnyResponse:
    """Show the panel again; the request is on it, on its way."""
    return redirect(url_for(f"panel.{kind}", object_id=object_id), 303)
