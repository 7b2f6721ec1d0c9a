"""One document on a page of its own: shown, its versions and who had them, the next version filed.

The page itself is made from what we know; what only OpenText can tell (versions, the content) comes behind it.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.db import readings
from app.db.panel_facts import DocumentFacts
from app.db.session import reading
from app.domain import files
from app.engine import panel_files, panel_types, previews, rights
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.engine.panel_files import VersionLine
from app.engine.previews import Preview
from app.engine.sessions import Role
from app.errors import AppError, Conflict, Permanent, Retryable
from app.opentext.people import SignedOut
from app.web import display, guards, headers, language, templating, waiting
from app.web.kinds import KIND, KINDS
from app.web.language import _
from app.web.panel import documents, views
from app.web.panel.seen import Seen, seen
from app.web.texts import N_

ID = "<string(length=32):document_id>"  # `new` is another door
LARGEST_NUMBER = 1_000_000

ACTIONS = {
    "document.fetched": N_("downloaded"),
    "document.previewed": N_("opened here"),
    "document.filed": N_("filed"),
    "document.version_filed": N_("filed as a new version"),
}
WHY_NOT = {
    "too_large": N_("This document is too large to be shown here. Download it instead."),
    "no_preview": N_("Documents of this type are not shown here. Download it, or open it in OpenText."),
    "not_drawn": N_("The pages of this PDF cannot be shown here: it is protected or damaged. Download it instead."),
}


class Whole(str):
    """Printed whole, where other values are cut: made by us, or cleaned already. Escaped like any other."""

    __slots__ = ()


@dataclass(frozen=True)
class ReadingLine:
    """Who did what with which version when, in words."""

    who: str
    what: str
    version: int
    at: datetime


def add(bp: Blueprint, deps: Deps) -> None:
    @bp.get(f"/{KIND}/<object_id>/documents/{ID}")
    def document(kind: str, object_id: str, document_id: str) -> str:
        found = seen(deps, KINDS[kind], object_id)
        known = panel_files.document(found.rows, found.sight, document_id)
        return made_page(found, known, "", is_filed="filed" in request.args, is_typed="typed" in request.args)

    @bp.get(f"/{KIND}/<object_id>/documents/{ID}/versions")
    def versions(kind: str, object_id: str, document_id: str) -> str:
        """The list alone where a script puts it into the page, else a page of its own."""
        found = seen(deps, KINDS[kind], object_id)
        known = panel_files.document(found.rows, found.sight, document_id)
        lines, sentence, is_asking = _versions(deps, found, known)
        is_card = waiting.is_part()
        return render(
            "panel/_versions.html" if is_card else "panel/versions.html", found, known, versions=lines,
            sentence=sentence, readings=_readings(deps, known), is_card=is_card, is_asking=is_asking,
        )  # fmt: skip

    @bp.post(f"/{KIND}/<object_id>/documents/{ID}/preview")
    @guards.requires("viewer")
    def preview(kind: str, object_id: str, document_id: str) -> Response:
        """For the frame on the document's page. A form, for the page token has to come along where cookies do not."""
        found = seen(deps, KINDS[kind], object_id)
        return _framed(deps, found, document_id)

    @bp.post(f"/{KIND}/<object_id>/documents/{ID}/version")
    @guards.requires("manager")
    @guards.takes(files.MOST_BYTES)
    def new_version(kind: str, object_id: str, document_id: str) -> AnyResponse:
        found = seen(deps, KINDS[kind], object_id)
        known = panel_files.document(found.rows, found.sight, document_id)
        try:
            _file_version(deps, found, known)
        except (rights.NoAccess, SignedOut, Retryable, Conflict, Permanent, documents.Refused) as error:
            return _not_filed(found, known, error)
        page = url_for("panel.document", kind=kind, object_id=object_id, document_id=document_id, filed=1)
        return redirect(page, 303)


def made_page(
    found: Seen,
    known: DocumentFacts,
    sentence: str,
    *,
    needs_sign_in: bool = False,
    is_filed: bool = False,
    is_typed: bool = False,
    failed: str = "file",
) -> str:
    """`sentence`: why something was not done; `failed`: file or type."""
    can_file = guards.merchant().role.covers(Role.MANAGER) and rights.may_upload(found.rows, found.sight)
    return render(
        "panel/document.html", found, known, sentence=sentence, needs_sign_in=needs_sign_in, is_filed=is_filed,
        can_file=can_file and panel_files.may_add_version(found.sight, known), most=files.MOST_BYTES,
        is_typed=is_typed, failed=failed,
        types=documents.types_of(found) if can_file and panel_types.may_retype(found.rows, found.sight, known) else (),
        own_types=known.traits.types or (),
        ending=f".{known.name.rpartition('.')[2].casefold()}" if "." in known.name else "",
    )  # fmt: skip


def known_document(found: Seen, document_id: str) -> DocumentFacts:
    """Raises NotFound, NoAccess, SignedOut or OpenTextSilent."""
    return panel_files.document(found.rows, found.sight, document_id)


def render(template: str, found: Seen, known: DocumentFacts, **values: object) -> str:
    g.seen, g.access = found, found.access
    language.read_in(found.rows.shop.timezone)
    shown = next(one for one in found.shown.documents if one.id == known.id)
    return templating.page(
        template, document=views.document(found.shown, shown), object_type=found.rows.object_type,
        object_id=found.rows.object_id, title=documents.title(found), access=found.access,
        can_act=guards.merchant().role.covers(Role.MANAGER), **values,
    )  # fmt: skip


def _versions(deps: Deps, found: Seen, known: DocumentFacts) -> tuple[tuple[VersionLine, ...], str, bool]:
    """What OpenText tells; where it does not answer (yet), the version we know and a sentence."""
    who, own = guards.merchant(), (VersionLine(known.version, known.size, known.modified_at, ""),)
    try:
        return (
            waiting.ask(deps, who, lambda: panel_files.versions(deps, who, found.rows, found.sight, known.id)),
            "",
            False,
        )
    except StillAsking:
        return own, _("OpenText takes its time. This is the version we know of; the others follow."), True
    except (Retryable, Permanent):
        return own, _("OpenText is not answering right now. This is the version we know of."), False


def _readings(deps: Deps, known: DocumentFacts) -> tuple[ReadingLine, ...]:
    with reading(deps.database) as session:
        found = readings.of_document(session, guards.merchant().store_id, known.node_id)
    return tuple(ReadingLine(one.who or _("somebody"), _(ACTIONS[one.action]), one.version, one.at) for one in found)


def number(name: str) -> int:
    """A version or page of the form; 0 where none was given."""
    text = request.form.get(name, "")
    return min(int(text), LARGEST_NUMBER) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _framed(deps: Deps, found: Seen, document_id: str) -> Response:
    language.read_in(found.rows.shop.timezone)
    sentence, shown = "", Preview("")
    try:
        shown = previews.preview(
            deps, guards.merchant(), found.rows, found.sight, document_id, version=number("version"),
            page=number("page") or 1,
        )  # fmt: skip
        sentence = _(WHY_NOT[shown.why_not]) if shown.why_not else ""
    except AppError as error:
        sentence = _why_not_now(error)
    pictures = [Whole(f"data:{mime};base64,{base64.b64encode(one).decode()}") for mime, one in shown.pictures]
    text = Whole(display.clean(shown.text, previews.MOST_TEXT))
    page = render_template("panel/preview.html", shown=shown, text=text, pictures=pictures, sentence=sentence)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = headers.sandboxed_policy()
    return response


def _why_not_now(error: AppError) -> str:
    if isinstance(error, (Retryable, SignedOut)) and error.specific_code != "gone":
        return _("OpenText is not answering right now, so the document cannot be shown. Try again in a moment.")
    return documents.words_of(error)[0]


def _file_version(deps: Deps, found: Seen, known: DocumentFacts) -> None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise documents.Refused(_("Choose a file first."))
    beginning = sent.stream.read(files.LOOK_AT)
    sent.stream.seek(0)
    if not beginning:
        raise documents.Refused(_("This file is empty."))
    kind, is_same = files.kind_of(sent.filename, beginning), files.kind_of(known.name, beginning)
    if kind is None:
        raise documents.Refused(documents.not_taken(sent.filename))
    if is_same is None or is_same.mime_type != kind.mime_type:
        text = _("A new version has to be of the same type as “%(name)s”. File it as a document of its own instead.")
        raise documents.Refused(text % {"name": known.name[:120]})
    content = cast(BinaryIO, sent.stream)
    panel_files.add_version(deps, guards.merchant(), found.rows, found.sight, known.id, content, kind.mime_type)


def _not_filed(found: Seen, known: DocumentFacts, error: AppError) -> Response:
    sentence, status = documents.words_of(error)
    needs_sign_in = isinstance(error, SignedOut)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        page = templating.page("panel/_notice.html", sentence=sentence, needs_sign_in=needs_sign_in)
        return Response(page, status)
    return Response(made_page(found, known, sentence, needs_sign_in=needs_sign_in), status)
