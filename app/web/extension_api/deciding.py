"""Deciding and downloading from an extension. Refusals are sentences; what was typed is the extension's to keep."""

from typing import Any

from flask import Blueprint, request

from app.engine import panel_files
from app.engine.behind import StillAsking
from app.engine.deciding import doing, tasks
from app.engine.deps import Deps
from app.errors import AppError
from app.web import guards, language, waiting
from app.web.extension_api import downloads, shapes
from app.web.panel import decisions
from app.web.panel.decisions import Refusal
from app.web.panel.seen import Seen, seen

JSON = dict[str, Any]
KINDS = {"orders": "order", "products": "product", "customers": "customer", "companies": "company"}
KIND = "<any(orders, products, customers, companies):kind>"


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/panel/{KIND}/<object_id>/tasks/<ref>")
    def task(kind: str, object_id: str, ref: str) -> JSON | tuple[JSON, int]:
        """An open task with what this person may press; Content Server's own is asked for now."""
        found = _seen(deps, kind, object_id)
        try:
            who = guards.merchant()
            held = waiting.ask(deps, who, lambda: doing.offered(deps, who, found.rows, found.shown, found.sight, ref))
        except StillAsking:
            raise  # the extension asks again
        except AppError as error:
            return _said(decisions.refused(error))
        url = found.shown.link.url if found.shown.link else ""
        return shapes.open_task(held, tasks.acts(found.sight, held), url)

    @bp.post(f"/panel/{KIND}/<object_id>/tasks/<ref>")
    @guards.requires("viewer")
    def decide(kind: str, object_id: str, ref: str) -> JSON | tuple[JSON, int]:
        """Press one: `press`, `comment`, `to`, and `click`, the window's own key. The engine says who may."""
        found, who = _seen(deps, kind, object_id), guards.merchant()
        try:
            wish = decisions.wish(request.form, who)
            doing.act(deps, who, found.rows, found.shown, found.sight, ref, wish)
        except AppError as error:
            return _said(decisions.refused(error))
        return {"done": decisions.done_words(wish.act)}

    @bp.post(f"/panel/{KIND}/<object_id>/documents/<document_id>/address")
    @guards.requires("viewer")
    def address(kind: str, object_id: str, document_id: str) -> JSON:
        """Where the browser finds a document for a minute: an extension cannot save a file itself."""
        found = _seen(deps, kind, object_id)
        panel_files.document(found.rows, found.sight, document_id)
        about = downloads.About(guards.merchant().session_id, found.rows.object_type, object_id, document_id)
        return {"url": downloads.address(deps, about)}


def _seen(deps: Deps, kind: str, object_id: str) -> Seen:
    found = seen(deps, KINDS[kind], object_id)
    language.read_in(found.shown.shop.timezone)
    return found


def _said(refusal: Refusal) -> tuple[JSON, int]:
    told = {
        "error": refusal.sentence, "field": refusal.field, "needs_sign_in": refusal.needs_sign_in,
        "is_over": refusal.is_over,
    }  # fmt: skip
    return told, refusal.status
