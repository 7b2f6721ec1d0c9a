"""Records and holds on a document's page: what OpenText says now, put on a hold and taken off with a reason."""

from dataclasses import dataclass

from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from app.engine import panel_holds
from app.engine.deps import Deps
from app.engine.panel_holds import LONGEST_NAME, LONGEST_REASON, Standing
from app.engine.sessions import Role
from app.errors import AppError, Conflict, Permanent, Retryable
from app.opentext.people import SignedOut
from app.web import asking, guards, templating
from app.web.language import _
from app.web.panel import document_page, documents
from app.web.panel.document_page import ID, KIND, KINDS
from app.web.panel.seen import Seen, seen


@dataclass(frozen=True)
class Typed:
    """What was typed, and what is wrong with it."""

    name: str = ""
    reason: str = ""
    problem: str = ""


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/documents/{ID}/holds")
    def holds(kind: str, object_id: str, document_id: str) -> str:
        """What OpenText says now, alone where a script puts it into the page, else a page of its own."""
        return _show(deps, seen(deps, KINDS[kind], object_id), document_id, Typed())

    @bp.post(f"/{KIND}/<object_id>/documents/{ID}/holds")
    @guards.requires("manager")
    def hold(kind: str, object_id: str, document_id: str) -> AnyResponse:
        """Apply (`do`: document or workspace) or release; a reason is always needed."""
        found, typed = seen(deps, KINDS[kind], object_id), _typed()
        said, status = (typed.problem, 422) if typed.problem else _act(deps, found, document_id, typed)
        page = _show(deps, found, document_id, typed, said, is_refused=status >= 400)
        # A script puts only what was answered with 200 into the page.
        return AnyResponse(page, 200 if _is_card() else status, mimetype="text/html")


def _typed() -> Typed:
    name = templating.checked(request.form, "hold", LONGEST_NAME)
    reason = templating.checked(request.form, "reason", LONGEST_REASON)
    problem = "" if name and reason else _("Name the hold and give a reason; both are kept.")
    return Typed(name, reason, problem)


def _act(deps: Deps, found: Seen, document_id: str, typed: Typed) -> tuple[str, int]:
    """What came of it in a sentence, and the status."""
    who, do = guards.merchant(), request.form.get("do", "")
    about = (deps, who, found.rows, found.sight, document_id, typed.name, typed.reason)
    try:
        if do == "release":
            done = panel_holds.release(*about)
            said = _("It came off the hold “%(name)s”.") if done else _("It was not on the hold “%(name)s”.")
        else:
            done = panel_holds.apply(*about, whole=do == "workspace")
            said = _("It is on the hold “%(name)s”.") if done else _("It was on the hold “%(name)s” already.")
    except (Retryable, Conflict, Permanent, SignedOut) as error:
        return _why_not(error)
    asking.ask(deps, "recheck", found.rows.object_type, found.rows.object_id)
    return said % {"name": typed.name}, 200


def _why_not(error: AppError) -> tuple[str, int]:
    if isinstance(error, Conflict):
        return _("This hold comes from a folder above the workspace. Release it there, in OpenText."), 409
    if isinstance(error, Permanent):
        return _(error.message), 422
    if isinstance(error, SignedOut):
        return documents.words_of(error)
    return _("OpenText is not answering right now. Nothing was changed; try again in a moment."), 503


def _is_card() -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _show(deps: Deps, found: Seen, document_id: str, typed: Typed, said: str = "", *, is_refused: bool = False) -> str:
    known = document_page.known_document(found, document_id)
    now, silence = _standing(deps, found, document_id)
    is_card = _is_card()
    return document_page.render(
        "panel/_holds.html" if is_card else "panel/holds.html", found, known, now=now, silence=silence, said=said,
        typed=typed, can_hold=guards.merchant().role.covers(Role.MANAGER) and panel_holds.may_hold(found.sight),
        is_card=is_card, is_refused=is_refused, longest_name=LONGEST_NAME, longest_reason=LONGEST_REASON,
    )  # fmt: skip


def _standing(deps: Deps, found: Seen, document_id: str) -> tuple[Standing | None, str]:
    try:
        return panel_holds.standing(deps, guards.merchant(), found.rows, found.sight, document_id), ""
    except (Retryable, Permanent):
        return None, _("OpenText is not answering right now. Above you see what we last knew.")
