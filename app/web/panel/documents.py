"""Documents from the panel and into it: fetched and filed as far as the reader may, never named where they may not."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, g, redirect, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from app.db.panel_facts import DocumentFacts
from app.domain import files
from app.domain.rights import Mode
from app.engine import panel_files, rights
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.panel_files import Place
from app.engine.rights import NoAccess, OpenTextSilent
from app.engine.sessions import Merchant
from app.engine.uploads_check import Sent
from app.errors import AppError, Conflict, Retryable
from app.opentext.people import SignedOut
from app.web import display, documents, guards, language, sentences, templating, waiting
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import completeness
from app.web.panel.access import refusal
from app.web.panel.seen import Seen, seen

IN_MEMORY = 1_000_000
LONGEST_NAME = 200
GUESSED, UNTYPED = "", "-"  # choices of a document type beside the types themselves
MOST_FILES = 10


@dataclass(frozen=True)
class Typed:
    """What somebody typed into the form; kept whatever happens."""

    name: str = ""
    place: int = 0
    folder: str = ""  # what that place is called
    type: str = GUESSED


@dataclass(frozen=True)
class Outcome:
    """What became of one file. `state`: filed, queued or refused; `type` is the document type it was given."""

    name: str
    state: str
    type: str = ""
    sentence: str = ""
    needs_sign_in: bool = False


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
        return _form(found, places_now(deps, found)[0], _suggested(found, request.args.get("type", "")), "")

    @bp.post(f"/{KIND}/<object_id>/documents")
    @guards.requires("manager")
    @guards.takes(files.MOST_BYTES)
    def file(kind: str, object_id: str) -> AnyResponse:
        """File what was chosen. A refusal leaves everything that was typed and chosen where it is; of several files
        each has its own outcome, and what cannot be filed now waits here where it may."""
        typed, sent = typed_in(), [one for one in request.files.getlist("file") if one.filename]
        try:
            found = seen(deps, KINDS[kind], object_id)
            if len(sent) > 1 or (sent and request.form.get("from") == "panel"):
                outcomes = tuple(_outcome(deps, found, typed, one) for one in sent[:MOST_FILES])
                return _filed(found, outcomes, len(sent) - MOST_FILES)
            file_or_keep(deps, found, typed, sent[0] if sent else None)
        except (NoAccess, SignedOut, Retryable, Conflict, Refused) as error:
            return _again(deps, kind, object_id, typed, error)
        return redirect(url_for(f"panel.{KINDS[kind]}", object_id=object_id), 303)


class Refused(AppError):
    """The file is none we take; the message is for people."""


def download(deps: Deps, found: Seen, document_id: str, version: int) -> Response:
    """A version as a file, or else the newest; never a page of ours. Raises as `panel_files.fetch`."""
    who = guards.merchant()
    panel_files.document(found.rows, found.sight, document_id)
    document, sink = waiting.ask(deps, who, lambda: _fetched(deps, who, found, document_id, version))
    try:
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


def _fetched(deps: Deps, who: Merchant, found: Seen, document_id: str, version: int) -> tuple[DocumentFacts, BinaryIO]:
    sink = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  # closed with the answer
    try:
        document = panel_files.fetch(deps, who, found.rows, found.sight, document_id, sink, version=version)
    except BaseException:
        sink.close()
        raise
    sink.seek(0)
    return document, sink


def typed_in() -> Typed:
    """The form's fields beside the file."""
    place = request.form.get("place", "")
    known = int(place) if place.isascii() and place.isdigit() and len(place) <= 15 else 0
    folder = templating.checked(request.form, f"folder-{known}", LONGEST_NAME)
    chosen = templating.checked(request.form, "type", LONGEST_NAME)
    return Typed(templating.checked(request.form, "name", LONGEST_NAME), known, folder, chosen)


def _suggested(found: Seen, name: str) -> Typed:
    """What the link beside a missing document chooses: its type, and the folder it belongs into."""
    if name not in types_of(found) or not completeness.may_know(found.sight, name):
        return Typed()
    return Typed(place=completeness.folder_of(found.rows, name), type=name)


def _file(deps: Deps, found: Seen, typed: Typed, sent: FileStorage | None) -> Outcome:
    if sent is None or not sent.filename:
        raise Refused(_("Choose a file first."))
    name = _name(typed, sent)
    kind = _kind(name, sent)
    about = (deps, guards.merchant(), found.rows)
    content = cast(BinaryIO, sent.stream)
    document = panel_files.file(*about, found.sight, typed.place, name, content, kind.mime_type, folder=typed.folder)
    wanted = _type(found, typed, name)
    return Outcome(name, "filed", wanted if panel_files.give_type(*about, document, wanted) else "")


def _kind(name: str, sent: FileStorage) -> files.Kind:
    """What it is, by name and beginning. Raises Refused: empty, or nothing we take."""
    beginning = sent.stream.read(files.LOOK_AT)
    sent.stream.seek(0)
    if not beginning:
        raise Refused(_("This file is empty."))
    kind = files.kind_of(name, beginning)
    if kind is None:
        raise Refused(not_taken(name))
    return kind


def _type(found: Seen, typed: Typed, name: str) -> str:
    """The document type that was chosen, of those OpenText has for this workspace; or guessed from the name."""
    known = types_of(found)
    if typed.type == GUESSED:
        return files.guessed_type(name, known)
    return typed.type if typed.type in known else ""


def types_of(found: Seen) -> tuple[str, ...]:
    """Names of the document types of this object's workspace, as OpenText last told."""
    kept = found.rows.link.completeness if found.rows.link else {}
    return tuple(str(one) for one in kept.get("types", ()))


def file_or_keep(deps: Deps, found: Seen, typed: Typed, sent: FileStorage | None) -> Outcome:
    """File it; where OpenText does not answer it is kept here and filed by itself later, where that may be."""
    try:
        return _file(deps, found, typed, sent)
    except Retryable:
        if sent is None or found.rows.rights.mode is not Mode.SERVICE:
            raise
        name = _name(typed, sent)
        sent.stream.seek(0)
        kept = Sent("1", name, sent.stream.read())
        try:
            panel_files.keep_for_later(
                deps, guards.merchant(), found.rows, found.sight, typed.folder, _type(found, typed, name), kept
            )
        except Conflict:
            pass  # not one that can wait: what OpenText said counts
        else:
            return Outcome(name, "queued")
        raise


def _outcome(deps: Deps, found: Seen, typed: Typed, sent: FileStorage) -> Outcome:
    """One of several: its own name, and its own sentence where it is not filed."""
    own = replace(typed, name="")
    try:
        return file_or_keep(deps, found, own, sent)
    except (NoAccess, SignedOut, Retryable, Conflict, Refused) as error:
        return Outcome(_name(own, sent), "refused", "", words_of(error)[0], isinstance(error, SignedOut))


def _filed(found: Seen, outcomes: tuple[Outcome, ...], left_out: int) -> Response:
    language.read_in(found.shown.shop.timezone)
    page = templating.page(
        "panel/filed.html", object_type=found.rows.object_type, object_id=found.rows.object_id, title=title(found),
        outcomes=outcomes, left_out=max(0, left_out), most=MOST_FILES,
        needs_sign_in=any(one.needs_sign_in for one in outcomes),
    )  # fmt: skip
    return Response(page, 422 if all(one.state == "refused" for one in outcomes) else 200)


def places_now(deps: Deps, found: Seen) -> tuple[tuple[Place, ...], bool]:
    """Where this person may file; while OpenText does not answer, the folders we know of. And whether it is still
    being asked, so that its answer is there in a moment."""
    who = guards.merchant()
    try:
        return waiting.ask(deps, who, lambda: panel_files.places(deps, who, found.rows, found.sight)), False
    except OpenTextSilent:
        raise
    except StillAsking:
        rights.demand(found.sight, rights.may_upload(found.rows, found.sight))
        return panel_files.known_places(found.rows, found.sight), True
    except Retryable:
        known = panel_files.known_folders(found.rows, found.sight)
        return tuple(Place(number, name) for number, name in enumerate(known, start=1)), False


def not_taken(name: str) -> str:
    """Why a file of this name is refused: its type, or what is in it."""
    ending = PurePosixPath(name).suffix.casefold()
    if ending in files.ENDINGS:
        return _(
            "This file is not filed: its type should be %(ending)s, but what is in it is something else. Save it anew "
            "as that type and send it again.", ending=ending,
        )  # fmt: skip
    taken = " ".join(files.ENDINGS)
    return _("This file is not filed: its type is not taken. These are: %(endings)s.", endings=taken)


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
        places, _is_asking = places_now(deps, found)
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
    return sentences.said(error.message), 422


def _form(found: Seen, places: tuple[Place, ...], typed: Typed, sentence: str, *, needs_sign_in: bool = False) -> str:
    language.read_in(found.shown.shop.timezone)
    g.access = found.access
    return templating.page(
        "panel/upload.html", object_type=found.rows.object_type, object_id=found.rows.object_id, access=found.access,
        title=title(found), places=places, typed=typed, sentence=sentence, needs_sign_in=needs_sign_in,
        endings=files.ENDINGS, most=files.MOST_BYTES, types=types_of(found), most_files=MOST_FILES,
    )  # fmt: skip


def title(found: Seen) -> str:
    snapshot: Any = found.shown.snapshot
    return snapshot.name if snapshot and snapshot.name else found.rows.object_id
