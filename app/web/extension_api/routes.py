"""The routes; the guard has already said who asks. Each object is looked up in that person's own store."""

from typing import Any

from flask import Blueprint, Response, g, request

from app.domain import files
from app.engine import panel_files, panel_print, rights
from app.engine.deps import Deps
from app.engine.panel_print import Wanted
from app.errors import AppError, Conflict, NotFound, Permanent, Rejected, Retryable
from app.opentext.people import SignedOut
from app.web import asking, guards, language, texts
from app.web.extension_api import deciding, guard, shapes
from app.web.kinds import KINDS
from app.web.language import _
from app.web.panel import asks, documents, views
from app.web.panel.offers import ASK
from app.web.panel.seen import Seen, seen

JSON = dict[str, Any]
KIND = "<any(orders, products, customers, companies):kind>"
HAVING_WORKSPACES = "<any(products, customers, companies):kind>"  # by a click; an order gets one by its review
MOST_ORDERS = 20


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("extension_api", __name__)
    guard.share(bp)
    _add_panel(bp, deps)
    _add_filing(bp, deps)
    _add_printing(bp, deps)
    deciding.add(bp, deps)

    @bp.route("/<path:_any>", methods=["OPTIONS"])
    def preflight(_any: str) -> Response:
        return guard.preflight()

    return bp


def _add_panel(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/panel/{KIND}/<object_id>")
    def panel(kind: str, object_id: str) -> Response | JSON:
        """Everything; 204 when nothing shown has changed since `seen`."""
        found = _found(deps, kind, object_id)
        view = views.panel(found.shown, found.orders)
        if request.args.get("seen") == view.digest:
            return Response(status=204)
        return shapes.panel(view, found.shown, found.access)

    @bp.get(f"/panel/{KIND}/<object_id>/summary")
    def summary(kind: str, object_id: str) -> JSON:
        """One line, and whether an action has anything to offer."""
        found = _found(deps, kind, object_id)
        return shapes.summary(views.panel(found.shown, found.orders), found.shown, found.access)

    @bp.post(f"/panel/{KIND}/<object_id>/recheck")
    @guards.requires("viewer")
    def recheck(kind: str, object_id: str) -> tuple[JSON, int]:
        asking.ask(deps, "recheck", KINDS[kind], _found(deps, kind, object_id).rows.object_id)
        return {"asked": shapes.RECHECK}, 202

    @bp.post("/panel/orders/<object_id>/review")
    @guards.requires("manager")
    def review(object_id: str) -> tuple[JSON, int]:
        found = _found(deps, "orders", object_id)
        rights.demand(found.sight, rights.may_review(found.rows, found.sight))
        asking.ask(deps, "review_order", "order", object_id)
        return {"asked": shapes.REVIEW}, 202

    @bp.post(f"/panel/{HAVING_WORKSPACES}/<object_id>/workspace")
    @guards.requires("manager")
    def workspace(kind: str, object_id: str) -> tuple[JSON, int]:
        found = _found(deps, kind, object_id)
        rights.demand(found.sight, rights.may_create(found.sight))
        if off := asks.switched_off(deps, KINDS[kind], ASK):
            return {"error": _("“%(name)s” is switched off in this store.", name=texts.scenario(off))}, 422
        asking.ask(deps, ASK, KINDS[kind], object_id)
        return {"asked": shapes.WORKSPACE}, 202


def _add_filing(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/panel/{KIND}/<object_id>/places")
    def places(kind: str, object_id: str) -> JSON | tuple[JSON, int]:
        """Where this person may file, and what is taken."""
        found = _found(deps, kind, object_id)
        try:
            known = panel_files.places(deps, guards.merchant(), found.rows, found.sight)
        except (rights.NoAccess, SignedOut, Retryable) as error:
            return _refused(error)
        return {
            "places": [{"id": one.node, "name": one.name or _("The workspace itself")} for one in known],
            "accept": list(files.ENDINGS),
            "most_bytes": files.MOST_BYTES,
        }

    @bp.post(f"/panel/{KIND}/<object_id>/documents")
    @guards.requires("manager")
    @guards.takes(files.MOST_BYTES)
    def file(kind: str, object_id: str) -> tuple[JSON, int]:
        """File what was dropped. A refusal is a sentence; nothing was filed then."""
        try:
            name = documents.file_typed(deps, _found(deps, kind, object_id), documents.typed_in())
        except (rights.NoAccess, SignedOut, Retryable, Conflict, documents.Refused) as error:
            return _refused(error)
        return {"filed": name}, 201


def _add_printing(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/printable")
    def printable() -> JSON:
        """Which documents of these orders can be put on paper."""
        found = [_found(deps, "orders", one) for one in _orders()]
        return {"orders": [_printable(one) for one in found]}

    @bp.get("/print")
    def printed() -> Response | tuple[JSON, int]:
        """One PDF of the documents chosen; all of them where none is named."""
        chosen = frozenset(filter(None, request.args.get("documents", "").split(",")))
        found = [_found(deps, "orders", one) for one in _orders()]
        wanted = [Wanted(one.rows, one.shown, one.sight, chosen) for one in found]
        try:
            pdf = panel_print.printed(deps, guards.merchant(), wanted)
        except NotFound:
            raise
        except Permanent:
            return {"error": _("These are too many documents to print at once. Choose fewer.")}, 422
        except (rights.NoAccess, SignedOut, Retryable) as error:
            return _refused(error)
        response = Response(pdf, mimetype="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="documents.pdf"'
        return response


def _printable(found: Seen) -> JSON:
    shown = [one for one in found.shown.documents if panel_print.can_print(one)] if found.access.is_known else []
    view = views.panel(found.shown, found.orders)
    return {
        "id": view.object_id,
        "title": view.title,
        "documents": [{"id": one.id, "name": one.name, "folder": one.folder} for one in shown],
    }


def _orders() -> list[str]:
    asked = list(dict.fromkeys(filter(None, request.args.get("orders", "").split(","))))
    if not 0 < len(asked) <= MOST_ORDERS:
        raise Rejected("Between one and twenty orders can be printed at once.", status=422, code="orders")
    return asked


def _found(deps: Deps, kind: str, object_id: str) -> Seen:
    found = seen(deps, KINDS[kind], object_id)
    g.seen, g.access = found, found.access
    language.read_in(found.shown.shop.timezone)
    return found


def _refused(error: AppError) -> tuple[JSON, int]:
    sentence, status = documents.words_of(error)
    return {"error": sentence, "needs_sign_in": isinstance(error, SignedOut)}, status
