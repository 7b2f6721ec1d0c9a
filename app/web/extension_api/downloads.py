"""A document for somebody whose extension may not save files: an address of its own, for a minute.

It names the person's session and one document, signed; what that person may see is asked anew when it is opened.
"""

import re
import time
from dataclasses import dataclass

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from app.engine import sessions
from app.engine.behind import StillAsking
from app.engine.deps import Deps
from app.errors import Rejected
from app.web import language, notices, templating
from app.web.guards import Check
from app.web.limits import Window
from app.web.panel import documents
from app.web.panel.seen import seen
from app.web.texts import N_

SECONDS = 60
AGAIN = 2  # seconds until the browser asks anew for what OpenText has not sent yet
PURPOSE = "extension-download"
TOKEN = re.compile(r"([0-9a-f]{32})-([a-z]{1,20})-(\d{1,20})-([0-9a-f]{32})-(\d{10})-([0-9a-f]{64})")


@dataclass(frozen=True)
class About:
    """Whose address it is, and of which document of which object."""

    session_id: str
    object_type: str
    object_id: str
    document_id: str


def address(deps: Deps, about: About) -> str:
    """An address below our own."""
    message = _message(about, int(time.time()) + SECONDS)
    return f"{deps.settings.public_url}/shopify/files/{message}-{deps.vault.sign(PURPOSE, message)}"


def _message(about: About, ends: int) -> str:
    return f"{about.session_id}-{about.object_type}-{about.object_id}-{about.document_id}-{ends}"


def signed_download(deps: Deps) -> Check:
    """An address we gave out within the last minute to somebody who is still signed in. Leaves `g.merchant`, `g.about`.

    One refusal for all reasons.
    """
    pace = Window(60, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")
        found = TOKEN.fullmatch((request.view_args or {}).get("token", ""))
        if found is None or not deps.vault.is_signed(PURPOSE, found[0].rpartition("-")[0], found[6]):
            raise _over()
        about = About(found[1], found[2], found[3], found[4])
        who = sessions.by_id(deps, about.session_id) if time.time() <= int(found[5]) else None
        if who is None:
            raise _over()
        g.merchant, g.about = who, about

    return check


def _over() -> Rejected:
    return Rejected("This address is over. Go back and ask for the document again.", status=401, code="address_over")


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("extension_files", __name__)
    bp.record_once(templating.install)
    bp.register_error_handler(StillAsking, _not_yet)

    @bp.get("/<token>")
    def file(token: str) -> Response:  # noqa: ARG001  # the guard has read it
        found = seen(deps, g.about.object_type, g.about.object_id)
        language.read_in(found.shown.shop.timezone)
        return documents.download(deps, found, g.about.document_id, 0)

    return bp


def _not_yet(error: StillAsking) -> Response:
    """A page that asks for the file again by itself, without scripts: a file has no page to be put into."""
    del error
    text = N_("Your document is on its way from OpenText. It is saved as soon as it is here; nothing is lost.")
    response = notices.notice(N_("OpenText takes its time"), text, 202)
    response.headers["Refresh"] = str(AGAIN)
    return response
