"""/shelf/<token>: the documents of one order or account, for its buyer; each one a download."""

from flask import Blueprint, Response, g

from app.engine.deps import Deps
from app.engine.shared_documents import SharedDocuments
from app.engine.shelves import Opened
from app.errors import NotFound
from app.web import templating
from app.web.buyer.reading import about, page, read_as_buyer
from app.web.display import web_url
from app.web.documents import as_download


def make_blueprint(deps: Deps) -> Blueprint:
    """GET the list, GET one document of it."""
    bp = Blueprint("shelf", __name__)
    bp.record_once(templating.install)
    shared = SharedDocuments(deps)

    @bp.get("/<token>")
    def show(token: str) -> Response:
        opened: Opened = g.shelf
        read_as_buyer(opened.timezone)
        of_what = about(opened.shelf.object_type, opened.shelf.object_name)
        return page("buyer/shelf.html", shelf=opened, token=token, about=of_what, shop_url=web_url(opened.shop_url))

    @bp.get("/<token>/<document>")
    @bp.get("/<token>/<document>/<path:name>")
    def document(token: str, document: str, name: str = "") -> Response:  # noqa: ARG001  # names are for people's eyes
        opened: Opened = g.shelf
        if document not in {one.token for one in opened.documents}:
            raise NotFound("There is no such document.")
        return as_download(shared.open(document, opened.shelf.id))

    return bp
