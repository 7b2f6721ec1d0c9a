"""Documents of several orders on paper: fetched as the reader may, bound into one PDF in the order they were asked."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from app.db.panel_facts import DocumentFacts, PanelRows
from app.db.types import utc_now
from app.domain.rights import Sight
from app.engine import panel_files
from app.engine.deps import Deps
from app.engine.papers import binding
from app.engine.sessions import Merchant
from app.errors import NotFound, Permanent

MOST_DOCUMENTS = 50
MOST_BYTES = 50_000_000
PRINTABLE = frozenset({"application/pdf", *binding.PICTURES})


@dataclass(frozen=True)
class Wanted:
    """One object whose documents are to be printed. `documents`: ids, empty for all that can be put on paper."""

    rows: PanelRows
    shown: PanelRows
    sight: Sight
    documents: frozenset[str] = frozenset()

    def chosen(self) -> tuple[DocumentFacts, ...]:
        printable = tuple(one for one in self.shown.documents if can_print(one))
        return tuple(one for one in printable if not self.documents or one.id in self.documents)


def can_print(document: DocumentFacts) -> bool:
    return document.mime_type in PRINTABLE


def printed(deps: Deps, who: Merchant, wanted: Sequence[Wanted]) -> bytes:
    """One PDF. Raises NotFound where nothing is left to print, Permanent where it is too much, and as `fetch`."""
    chosen = [(one, document) for one in wanted for document in one.chosen()]
    if not chosen:
        raise NotFound("There is nothing to print.")
    if len(chosen) > MOST_DOCUMENTS or sum(document.size for _, document in chosen) > MOST_BYTES:
        raise Permanent("These are too many documents to print at once.", code="too_many_documents")
    parts = []
    for one, document in chosen:
        sink = io.BytesIO()
        panel_files.fetch(deps, who, one.rows, one.sight, document.id, sink)
        part = binding.readable(document.name, document.folder, sink.getvalue(), document.mime_type)
        parts += [part] if part.pages else []
    if not parts:
        raise NotFound("None of these documents can be put on paper.")
    return binding.joined(parts, "Storefront ECM", utc_now())
