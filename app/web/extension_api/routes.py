"""The routes; the guard has already said who asks. Each object is looked up in that person's own store."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from app.domain import files
from app.domain.rights import Look
from app.engine import panel_print, rights
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.panel_files import Place
from app.engine.panel_print import Wanted
from app.errors import AppError, Conflict, NotFound, Permanent, Rejected, Retryable
from app.opentext.people import SignedOut
from app.web import asking, guards, language, texts, waiting
from app.web.extension_api import deciding, guard, shapes
from app.web.kinds import KINDS
from app.web.language import _
from app.web.panel import asks, documents, views
from app.web.panel.offers import ASK
from app.web.panel.seen import Seen, seen, seen_together

JSON = dict[str, Any]
KIND = "<any(orders, products, customers, companies):kind>"
HAVING_WORKSPACES = "<any(products, customers, companies):kind>"  # by a click; an order gets one by its review
MOST_ORDERS = 20
PRINTING = 40.0  # seconds the admin waits for a PDF


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("extension_api", __name__)
    guard.share(bp)
    bp.register_error_handler(StillAsking, lambda _error: (shapes.NOT_YET, 202))
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
        """Everything; 204 when nothing shown has changed since `seen`. What is shown stays while OpenText is asked."""
        found = _found(deps, kind, object_id)
        if request.args.get("seen") and found.access.look == Look.ASKING:
            raise StillAsking("OpenText has not answered yet.")
        view = views.panel(found.shown, found.orders, found.sight)
        if request.args.get("seen") == view.digest:
            return Response(status=204)
        return shapes.panel(view, found.shown, found.access)

    @bp.get(f"/panel/{KIND}/<object_id>/summary")
    def summary(kind: str, object_id: str) -> JSON:
        """One line, and whether an action has anything to offer."""
        found = _found(deps, kind, object_id)
        return shapes.summary(views.panel(found.shown, found.orders, found.sight), found.shown, found.access)

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
        """Where this person may file, and what is taken; the folders we know of while OpenText takes its time."""
        found = _found(deps, kind, object_id)
        try:
            known, is_asking = documents.places_now(deps, found)
        except StillAsking:
            raise
        except (rights.NoAccess, SignedOut, Retryable) as error:
            return _refused(error)
        return {
            "places": [_place(one) for one in known],
            "accept": list(files.ENDINGS),
            "most_bytes": files.MOST_BYTES,
            "most": language.size(files.MOST_BYTES),
            **(shapes.NOT_YET if is_asking else {}),
        }

    @bp.post(f"/panel/{KIND}/<object_id>/documents")
    @guards.requires("manager")
    @guards.takes(files.MOST_BYTES)
    def file(kind: str, object_id: str) -> tuple[JSON, int]:
        """File what was dropped. While OpenText does not answer it waits here, where it may, and is `kept`.

        A refusal is a sentence; nothing was filed then.
        """
        try:
            found = _found(deps, kind, object_id)
            outcome = documents.file_or_keep(deps, found, documents.typed_in(), request.files.get("file"))
        except (rights.NoAccess, SignedOut, Retryable, Conflict, documents.Refused) as error:
            return _refused(error)
        return ({"kept": outcome.name}, 202) if outcome.state == "queued" else ({"filed": outcome.name}, 201)


def _add_printing(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/printable")
    def printable() -> JSON:
        """Which documents of these orders can be put on paper."""
        found = _together(deps)
        is_asking = any(one.access.look == Look.ASKING for one in found)
        return {"orders": [_printable(one) for one in found], **(shapes.NOT_YET if is_asking else {})}

    @bp.get("/print/ready")
    def ready() -> JSON | tuple[JSON, int]:
        """Whether `print` has its PDF, which is begun behind this. Asked before the admin is told where to fetch it."""
        return _answered(lambda: _bound(deps, is_kept=True)) or {"is_ready": True}

    @bp.get("/print")
    def printed() -> Response | tuple[JSON, int]:
        """One PDF of the documents chosen; all of them where none is named. The file itself, so it is waited for."""
        waiting.was_pressed()
        made: list[bytes] = []
        if refused := _answered(lambda: made.append(_bound(deps, moment=PRINTING))):
            return refused
        response = Response(made[0], mimetype="application/pdf")
        response.headers["Content-Disposition"] = 'inline; filename="documents.pdf"'
        return response


def _bound(deps: Deps, *, moment: float | None = None, is_kept: bool = False) -> bytes:
    """The PDF, made once for who asks whether it is ready and then for it. Raises as `panel_print.printed`."""
    who, found = guards.merchant(), _together(deps)
    chosen = frozenset(filter(None, request.args.get("documents", "").split(",")))
    wanted = [Wanted(one.rows, one.shown, one.sight, chosen) for one in found]
    if found[0].access.look == Look.ASKING:
        raise StillAsking("OpenText has not answered yet.")
    key = ("print", who.session_id, tuple(document.id for one in wanted for document in one.chosen()))
    return deps.behind.ask(key, lambda: panel_print.printed(deps, who, wanted), moment=moment, is_kept=is_kept)


def _answered(make: Callable[[], object]) -> tuple[JSON, int] | None:
    """Nothing once it is made, else why it cannot be, in a sentence."""
    try:
        make()
    except (NotFound, StillAsking):
        raise
    except (rights.NoAccess, SignedOut, Retryable) as error:
        return _refused(error)
    except Permanent:
        return {"error": _("These are too many documents to print at once. Choose fewer.")}, 422
    return None


def _together(deps: Deps) -> list[Seen]:
    found = seen_together(deps, "order", _orders())
    language.read_in(found[0].shown.shop.timezone)
    return found


def _place(one: Place) -> JSON:
    """`folder` goes along with a file, for a place that was offered while OpenText was slow has no number there."""
    return {"id": one.node, "name": one.name or _("The workspace itself"), "folder": one.name}


def _printable(found: Seen) -> JSON:
    shown = [one for one in found.shown.documents if panel_print.can_print(one)] if found.access.is_known else []
    view = views.panel(found.shown, found.orders, found.sight)
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
