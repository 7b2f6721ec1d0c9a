"""Approved documents for shoppers, under a long random address. Always a download, never a page of our origin."""

from flask import Blueprint, Response, send_file

from app.engine.deps import Deps
from app.engine.shared_documents import Readable, SharedDocuments

# What a browser is told; anything else is bytes. HTML, SVG and XML are not on the list on purpose.
TYPES = frozenset(
    {
        "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/csv",
        "application/msword", "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)  # fmt: skip
BYTES = "application/octet-stream"


def make_blueprint(deps: Deps) -> Blueprint:
    """GET /documents/<token>, with or without the document's name behind it."""
    bp = Blueprint("documents", __name__)
    shared = SharedDocuments(deps)

    @bp.get("/<token>")
    @bp.get("/<token>/<path:name>")
    def document(token: str, name: str = "") -> Response:  # noqa: ARG001  # the name is for people's eyes
        return as_download(shared.open(token))

    return bp


def as_download(found: Readable) -> Response:
    """Always a download, never a page of our origin, never kept by anybody between."""
    response = send_file(
        found.source,
        mimetype=found.mime_type if found.mime_type in TYPES else BYTES,
        as_attachment=True,
        download_name=found.name,
        etag=found.sha256,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-cache"  # asked again each time: it may be withdrawn
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
