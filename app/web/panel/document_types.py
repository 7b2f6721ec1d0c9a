"""The form that corrects a document's type: what was chosen, what OpenText then tells, why it was not changed."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import panel_types
from app.engine.deps import Deps
from app.engine.rights import NoAccess
from app.errors import AppError, NeedsReauth, NotFound, Retryable
from app.opentext.people import SignedOut
from app.web import asking, guards
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import document_page, documents
from app.web.panel.document_page import ID
from app.web.panel.seen import seen


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post(f"/{KIND}/<object_id>/documents/{ID}/type")
    @guards.requires("manager")
    def correct_type(kind: str, object_id: str, document_id: str) -> AnyResponse:
        found = seen(deps, KINDS[kind], object_id)
        known = document_page.known_document(found, document_id)
        name = request.form.get("type", "")
        try:
            if name not in documents.types_of(found):
                raise NotFound("No such type.", code="no_such_type")
            panel_types.retype(deps, guards.merchant(), found.rows, found.sight, document_id, name)
        except AppError as error:
            sentence, status = _words(error)
            page = document_page.made_page(
                found, known, sentence, needs_sign_in=isinstance(error, SignedOut), failed="type"
            )
            return Response(page, status)
        asking.ask(deps, "recheck", KINDS[kind], object_id)  # what is missing may have changed with it
        address = url_for("panel.document", kind=kind, object_id=object_id, document_id=document_id, typed=1)
        return redirect(address, 303)


def _words(error: AppError) -> tuple[str, int]:
    if isinstance(error, (NoAccess, SignedOut)):
        return documents.words_of(error)
    if error.specific_code == "no_such_type":
        return _("Choose one of the document types OpenText has for this workspace. Nothing was changed."), 422
    if error.specific_code == "not_read_back":
        return _("OpenText took the type, and then told another one. Look at the document there."), 409
    if isinstance(error, (Retryable, NeedsReauth)):
        return _("OpenText is not answering right now. Nothing was changed; try again in a moment."), 503
    return _("OpenText refused to change the type, as it does for some records. Nothing was changed."), 409
