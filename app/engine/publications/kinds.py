"""Every kind of publication by its name; `Publication.kind` holds these."""

from app.engine.publications.content import ContentKind
from app.engine.publications.kind import Kind
from app.engine.publications.prices import PricesKind

CONTENT, PRICES = "content", "prices"

KINDS: dict[str, Kind] = {CONTENT: ContentKind(), PRICES: PricesKind()}

COMPLETE = frozenset({PRICES})  # a document of these says everything: what its next version leaves out is taken back
