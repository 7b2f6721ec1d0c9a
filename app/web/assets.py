"""Our few static files, served from memory under an address that names their content: kept by browsers for ever.

Compressed once, at the start; what we wrote goes without notes and indents. Pages are not compressed here: they hold
the page token beside text from elsewhere, and lengths of such answers tell (BREACH); a proxy in front may decide
otherwise.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from app.engine.deps import Deps
from app.errors import NotFound

STATIC = Path(__file__).parent / "static"
FILES = {
    "app.js": "text/javascript; charset=utf-8",
    "in_admin.js": "text/javascript; charset=utf-8",
    "typed.js": "text/javascript; charset=utf-8",
    "vendor/htmx.min.js": "text/javascript; charset=utf-8",
}
# Around these no blank or new line has a meaning; no text of ours has them, which a test holds.
LOOSE = re.compile(rb" (=>|===|!==|&&|\|\||=) |(?<=\)) (\{)\n?|([{;,(])\n")
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes
    mime_type: str
    digest: str


@cache
def asset(name: str) -> Asset:
    """A file of the list. Raises NotFound for anything else; the name never becomes a path."""
    if name not in FILES:
        raise NotFound("There is no such file.")
    content = (STATIC / name).read_bytes()
    if not name.startswith("vendor/"):
        lines = (line.partition(b"  // ")[0].strip() for line in content.split(b"\n"))  # no text of ours has either
        content = b"\n".join(line for line in lines if line and not line.startswith(b"//"))
        content = LOOSE.sub(rb"\1\2\3", content)
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, gzip.compress(content, 9, mtime=0), FILES[name], digest)


def asset_url(name: str) -> str:
    return url_for("assets.file", digest=asset(name).digest, name=name)


def make_blueprint(deps: Deps) -> Blueprint:  # noqa: ARG001  # every surface is made from deps
    """`/<digest>/<name>`. The digest is for caches only: an old one gets the present file."""
    bp = Blueprint("assets", __name__)

    @bp.get("/<digest>/<path:name>")
    def file(digest: str, name: str) -> Response:  # noqa: ARG001  # the digest only makes the address new
        found = asset(name)
        accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        response = Response(found.packed if accepts_gzip else found.content, mimetype=found.mime_type)
        response.headers["Content-Type"] = found.mime_type
        response.headers["Cache-Control"] = FOR_EVER
        response.headers["Vary"] = "Accept-Encoding"
        if accepts_gzip:
            response.headers["Content-Encoding"] = "gzip"
        return response

    return bp
