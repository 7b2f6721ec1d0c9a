"""Records Management: documents under classifications, their holds, finalizing.

Source: OpenText Records Management REST API 26.1; OpenText's own Python client where the two differ.
"""

import threading
from collections.abc import Iterator, Sequence

from app.domain.content import RecordDetails
from app.domain.ids import NodeId
from app.errors import NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.nodes import (
    CLASSIFICATION,
    CLASSIFICATION_TREE,
    FOLDER,
    RM_CLASSIFICATION,
    plain,
    search_below,
)
from app.opentext.content_server.payloads import NodeHolds, NodeRecord, Properties, Record, Volume

WANTED = frozenset({RM_CLASSIFICATION, CLASSIFICATION})
CONTAINERS = frozenset({RM_CLASSIFICATION, CLASSIFICATION, CLASSIFICATION_TREE, FOLDER})


class Records:
    """Declaring documents as records. Classification ids are looked up by name once and kept."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._classifications: dict[str, int] = {}
        self._lock = threading.Lock()

    def classify(self, nodes: Sequence[NodeId], classification: str) -> None:
        """Put documents under a classification, all in one call. Idempotent.

        The server passes over a document it refuses (no right, finalized) without a word: read `details` to be
        sure. Raises NotFound (`no_such_classification`), Permanent (`ambiguous_classification`), NeedsReauth.
        """
        if not nodes:
            return
        class_id = self.classification(classification)
        try:
            self._bulk("POST", "batchAddClassification", nodes, classID=class_id)
        except NotFound:
            with self._lock:
                self._classifications.pop(plain(classification), None)  # perhaps it is what is gone
            raise

    def details(self, node: NodeId) -> RecordDetails | None:
        """A document's record details and holds, or None where it is not under records management."""
        answer = self._server.get(NodeRecord, "v1", "nodes", node, "rmclassifications")
        record = _primary(answer.data)
        if record is None:
            return None
        return RecordDetails(
            classification=record.name,
            schedule=record.rsi,
            status=record.status,
            is_official=bool(record.official),
            # No member says "finalized"; an official record that cannot be finalized any more is.
            is_finalized=bool(record.finalized or (record.official and answer.can_finalize is False)),
            recorded_at=record.record_date,
            holds=self.holds(node),
        )

    def holds(self, node: NodeId) -> tuple[str, ...]:
        """The names of the active holds on a document, direct and inherited."""
        answer = self._server.get(NodeHolds, "v1", "nodes", node, "holds")
        active = (hold for hold in answer.data if hold.active in (None, True, 1))
        return tuple(dict.fromkeys(hold.hold_name or hold.name for hold in active))

    def finalize(self, nodes: Sequence[NodeId]) -> None:
        """Declare records final: nobody can change them any more. Cannot be undone."""
        if nodes:
            self._bulk("PUT", "finalizerecords", nodes)

    def classification(self, name: str) -> int:
        """A classification's id by its name. Raises NotFound or Permanent (`ambiguous_classification`)."""
        with self._lock:
            kept = self._classifications.get(plain(name))
        if kept is not None:
            return kept
        found = {each.id for each in self.classifications() if plain(each.name) == plain(name)}
        if not found:
            raise NotFound(
                f"There is no classification {name} in Content Server.", code="no_such_classification",
                classification=name, hint="Create it, or give our user the right to see it.",
            )  # fmt: skip
        if len(found) > 1:
            raise Permanent(
                f"Several classifications are called {name}.", code="ambiguous_classification",
                classification=name, hint="Give each classification a name of its own.",
            )  # fmt: skip
        with self._lock:
            return self._classifications.setdefault(plain(name), found.pop())

    def classifications(self) -> Iterator[Properties]:
        """All classifications we may see, nearest the volume first."""
        volume = self._server.get(Volume, "v2", "classificationvolume").node
        if volume is None:
            raise NotFound("Content Server names no classification volume.", code="no_classification_volume")
        return search_below(self._server, volume, wanted=WANTED, containers=CONTAINERS)

    def _bulk(self, method: str, call: str, nodes: Sequence[NodeId], **more: int) -> None:
        fields = {"ids": [str(node) for node in nodes], **more}
        self._server.form(Anything, method, "v1", "rmclassifications", call, fields=fields)


def _primary(records: Sequence[Record]) -> Record | None:
    return next((record for record in records if record.is_primary), records[0] if records else None)
