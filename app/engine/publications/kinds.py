"""Every kind of publication by its name; `Publication.kind` holds these."""

from app.engine.publications.content import ContentKind
from app.engine.publications.kind import Kind

CONTENT = "content"

KINDS: dict[str, Kind] = {CONTENT: ContentKind()}
