"""Documents from the panel and into it: fetched and filed as far as the reader may, never named where they may not."""

import tempfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, g, redirect, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from app.domain import files
from app.engine import panel_files
from app.engine.deps import Deps
from app.engine.panel_files import Place
from app.engine.rights import NoAccess, OpenTextSilent
from app.errors import AppError, Conflict, Retryable
from app.opentext.people import SignedOut
from app.web import display, documents, guards, language, templating
from app.web.language import _
from app.web.panel.access import refusal
from app.web.panel.seen import Seen, seen

KINDS = {"orders": "order", "products": "product", "customers": "customer", "cases": "case"}
KIND = "<any(orders, products, customers, cases):kind>"
IN_MEMORY = 1_000_000
LONGEST_NAME = 200


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the form; kept whatever happens."""

    name: str = ""
    place: int = 0


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.post(f"/{KIND}/<object_id>/documents/fetch")
    @guards.requires("viewer")
    def fetch(kind: str, object_id: str) -> AnyResponse:
        """A document as a file. A form, for the page token has to come along where cookies do not."""
        found = seen(deps, KINDS[kind], object_id)
        version = request.form.get("version", "")
        known = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
        return download(deps, found, request.form.get("document", ""), known)

    @bp.get(f"/{KIND}/<object_id>/documents/new")
    def new_document(kind: str, object_id: str) -> str:
        found = seen(deps, KINDS[kind], object_id)
        places = panel_files.places(deps, guards.merchant(), found.rows, found.sight)
        return _form(found, places, Typed(), "")

    @bp.post(f"/{KIND}/<object_id>/documents")
    @guards.requires("manager")
    @guards.takes(files.MOST_BYTES)
    def file(kind: str, object_id: str) -> AnyResponse:
        """File what was chosen. A refusal leaves everything that was typed and chosen where it is."""
        typed = typed_in()
        try:
            found = seen(deps, KINDS[kind], object_id)
            file_typed(deps, found, typed)
        except (NoAccess, SignedOut, Retryable, Conflict, Refused) as error:
            return _again(deps, kind, object_id, typed, error)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


class Refused(AppError):
    """The file is none we take; the message is for people."""


def download(deps: Deps, found: Seen, document_id: str, version: int) -> Response:
    """A version as a file, or else the newest; never a page of ours. Raises as `panel_files.fetch`."""
    sink = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  # closed with the answer
    try:
        document = panel_files.fetch(
            deps, guards.merchant(), found.rows, found.sight, document_id, sink, version=version
        )
        sink.seek(0)
        known = document.mime_type in documents.TYPES
        response = send_file(
            sink, mimetype=document.mime_type if known else documents.BYTES, as_attachment=True,
            download_name=display.clean(document.name), max_age=0,
        )  # fmt: skip
    except BaseException:
        sink.close()
        raise
    response.call_on_close(sink.close)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store, private"
    return response


def typed_in() -> Typed:
    """The form's fields beside the file."""
    place = request.form.get("place", "")
    known = int(place) if place.isascii() and place.isdigit() and len(place) <= 15 else 0
    return Typed(templating.checked(request.form, "name", LONGEST_NAME), known)


def file_typed(deps: Deps, found: Seen, typed: Typed) -> str:
    """File what this request brings; gives its name. Raises Refused, and what `panel_files.file` raises."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refused(_("Choose a file first."))
    name = _name(typed, sent)
    beginning = sent.stream.read(files.LOOK_AT)
    sent.stream.seek(0)
    kind = files.kind_of(name, beginning)
    if not beginning:
        raise Refused(_("This file is empty."))
    if kind is None:
        raise Refused(not_taken())
    content = cast(BinaryIO, sent.stream)
    panel_files.file(deps, guards.merchant(), found.rows, found.sight, typed.place, name, content, kind.mime_type)
    return name


def not_taken() -> str:
    return _("This file is not filed: its type is not taken, or its content is not what its name says.")


def _name(typed: Typed, sent: FileStorage) -> str:
    """What was typed, with the file's own ending; else the file's name without a path."""
    own = display.clean(PurePosixPath((sent.filename or "").replace("\\", "/")).name)
    ending = PurePosixPath(own).suffix
    if not typed.name:
        return own if len(own) <= LONGEST_NAME else own[: LONGEST_NAME - len(ending)] + ending[:LONGEST_NAME]
    return typed.name if typed.name.casefold().endswith(ending.casefold()) else f"{typed.name}{ending}"


def _again(deps: Deps, kind: str, object_id: str, typed: Typed, error: AppError) -> Response:
    """Beside the form where a script keeps it on the page, file and all; else the form again with what was typed."""
    sentence, status = words_of(error)
    needs_sign_in = isinstance(error, SignedOut)
    if request.headers.get("HX-Request"):
        page = templating.page("panel/_notice.html", sentence=sentence, needs_sign_in=needs_sign_in)
        aside = {"HX-Retarget": "#upload-notice", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"}
        return Response(page, status, headers=aside)
    try:
        found = seen(deps, KINDS[kind], object_id)
        places = panel_files.places(deps, guards.merchant(), found.rows, found.sight)
    except AppError:
        places = (Place(typed.place, ""),) if typed.place else ()
    return Response(_form(found, places, typed, sentence, needs_sign_in=needs_sign_in), status)


def words_of(error: AppError) -> tuple[str, int]:
    """A refusal as a sentence for people, and its status."""
    if isinstance(error, NoAccess):
        return refusal(error.contact), 403
    if isinstance(error, SignedOut):
        return _("Your sign-in to OpenText has ended. Sign in again, then press the button once more."), 409
    if isinstance(error, Conflict):
        return _("Something else already has this name there. Type another name."), 409
    if isinstance(error, (OpenTextSilent, Retryable)):
        return _("OpenText is not answering right now. Nothing was filed; try again in a moment."), 503
    return error.message, 422


def _form(found: Seen, places: tuple[Place, ...], typed: Typed, sentence: str, *, needs_sign_in: bool = False) -> str:
    language.read_in(found.shown.shop.timezone)
    g.access = found.access
    return templating.page(
        "panel/upload.html", kind=f"{found.rows.object_type}s", object_id=found.rows.object_id, access=found.access,
        title=title(found), places=places, typed=typed, sentence=sentence, needs_sign_in=needs_sign_in,
        endings=files.ENDINGS, most=files.MOST_BYTES,
    )  # fmt: skip


def title(found: Seen) -> str:
    snapshot: Any = found.shown.snapshot
    return snapshot.name if snapshot and snapshot.name else found.rows.object_id
