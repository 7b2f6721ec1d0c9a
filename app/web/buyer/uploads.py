"""/up/<token>: a buyer's page for sending what is missing. Made for a phone, works without JavaScript."""

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response as AnyResponse

from app.db.types import utc_now
from app.domain.uploads import KINDS
from app.engine import uploads
from app.engine.deps import Deps
from app.engine.uploads import LinkState, Slot, Visit
from app.engine.uploads_check import Sent
from app.errors import Conflict, Rejected
from app.web import language, sentences, templating
from app.web.buyer.holder import holder_cookie
from app.web.buyer.reading import about, page, read_as_buyer
from app.web.display import web_url
from app.web.language import _, ngettext

MOST_PARTS = 60
R = TypeVar("R", bound=AnyResponse)
FORM_BYTES = 100_000  # beside the files
EXTENSIONS = {kind: f".{ending}" for kind, (ending, _words) in KINDS.items()}


@dataclass(frozen=True)
class FileView:
    name: str
    size: str
    is_taken: bool
    reason: str


@dataclass(frozen=True)
class SlotView:
    """One thing asked for. `accept` is the input's attribute; `hint` says which kinds where not all are taken."""

    key: str
    name: str
    hint: str
    accept: str
    several: bool
    is_received: bool
    is_taking: bool
    files: tuple[FileView, ...]


@dataclass(frozen=True)
class PageView:
    """The whole page, in words."""

    state: LinkState
    shop: str
    shop_url: str
    about: str
    purpose: str
    until: str
    progress: str
    slots: tuple[SlotView, ...]
    is_all_there: bool
    most: str
    problem: str = ""


def make_blueprint(deps: Deps) -> Blueprint:
    """GET the page, POST files, POST done."""
    bp = Blueprint("upload", __name__)
    bp.record_once(templating.install)

    @bp.get("/<token>")
    def show(token: str) -> Response:  # noqa: ARG001  # the guard has looked at it
        visited: Visit = g.visit
        read_as_buyer(visited.timezone)
        uploads.note_opened(deps, visited)
        status = 200 if visited.state in (LinkState.OPEN, LinkState.COMPLETE) else 410
        response = page("buyer/upload.html", status, view=_view(deps, visited))
        return _with_holder(deps, response, visited)

    @bp.post("/<token>")
    def send(token: str) -> AnyResponse:
        sent, visited = _files(deps), g.visit
        if not sent and visited.state is LinkState.OPEN:
            read_as_buyer(visited.timezone)
            problem = _("Nothing was sent. Choose a file first, then send it.")
            return _with_holder(deps, page("buyer/upload.html", 422, view=_view(deps, visited, problem)), visited)
        with suppress(Conflict):  # the page says why: used up, expired, withdrawn or another browser's
            uploads.receive(deps, token, g.holder, sent)
        return _with_holder(deps, redirect(url_for("upload.show", token=token), 303), g.visit)

    @bp.post("/<token>/done")
    def done(token: str) -> AnyResponse:
        with suppress(Conflict):  # likewise
            uploads.finish(deps, token, g.holder)
        return redirect(url_for("upload.show", token=token), 303)

    return bp


def _with_holder(deps: Deps, response: R, visited: Visit) -> R:
    """Leave the browser its own secret, by which it is known again after the first file."""
    if visited.state is not LinkState.OPEN or g.has_holder:
        return response
    left = visited.request.expires_at - utc_now()
    response.set_cookie(
        holder_cookie(visited.request.id), g.holder, path="/up/", httponly=True, samesite="Lax",
        secure=deps.settings.public_url.startswith("https:"), max_age=max(60, int(left.total_seconds())),
    )  # fmt: skip
    return response


def _files(deps: Deps) -> list[Sent]:
    """The form's files, never written to disk in clear. Raises Rejected."""
    if request.mimetype != "multipart/form-data":
        raise Rejected("Files come in a form.", status=415, code="content_type")
    most = deps.settings.limits.upload_bytes + FORM_BYTES
    parser = FormDataParser(
        stream_factory=lambda *_args, **_kw: io.BytesIO(), max_form_memory_size=FORM_BYTES, max_content_length=most,
        max_form_parts=MOST_PARTS, silent=False,
    )  # fmt: skip
    try:
        _stream, _form, files = parser.parse(
            request.environ["wsgi.input"], request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise Rejected("The files are too large.", status=413, code="upload_body_size") from None
    except ValueError as error:
        raise Rejected("The form cannot be read.", status=400, code="bad_form") from error
    return [_sent(key, file) for key, file in files.items(multi=True) if file.filename]


def _sent(key: str, file: FileStorage) -> Sent:
    return Sent(key, (file.filename or "")[:1000], file.stream.read())


def _view(deps: Deps, visited: Visit, problem: str = "") -> PageView:
    request_row, slots = visited.request, visited.slots
    received = sum(slot.is_received for slot in slots)
    words = ngettext(
        "%(done)s of %(n)s document received", "%(done)s of %(n)s documents received", len(slots), done=received
    )
    return PageView(
        state=visited.state, shop=visited.shop or _("the shop"), shop_url=web_url(visited.shop_url),
        about=about(request_row.object_type, request_row.object_name), purpose=request_row.purpose,
        until=language.moment(request_row.expires_at),
        progress=words, slots=tuple(_slot(slot) for slot in slots),
        is_all_there=received == len(slots), most=language.size(deps.settings.limits.upload_bytes), problem=problem,
    )  # fmt: skip


def _slot(slot: Slot) -> SlotView:
    wanted = slot.wanted
    return SlotView(
        key=wanted.key, name=wanted.name, hint=wanted.in_words,
        accept=",".join([*wanted.taken, *(EXTENSIONS[one] for one in wanted.taken)]), several=wanted.several,
        is_received=slot.is_received, is_taking=slot.is_taking,
        files=tuple(
            FileView(file.name, language.size(file.size), file.state != "refused", sentences.said(file.reason))
            for file in slot.files
        ),
    )  # fmt: skip
