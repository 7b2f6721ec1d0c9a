"""Records Management: documents under classifications, how long they are kept, what stands against deleting them.

Source: OpenText Records Management REST API 26.1; OpenText's own Python client where the two differ.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.domain.content import DeletionObstacle, DispositionStage, Obstacle, RecordDetails
from app.domain.ids import NodeId
from app.domain.retention import in_words
from app.errors import NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.holds import Holds
from app.opentext.content_server.nodes import (
    CLASSIFICATION,
    CLASSIFICATION_TREE,
    DOCUMENT,
    FOLDER,
    RM_CLASSIFICATION,
    plain,
    search_below,
)
from app.opentext.content_server.payloads import OneNode, Properties
from app.opentext.content_server.record_payloads import NodeRecord, NodeSchedules, Record, ScheduleStages, Volume
from app.opentext.content_server.retention import ACTIONS, Dates, Schedules

WANTED = frozenset({RM_CLASSIFICATION, CLASSIFICATION})
CONTAINERS = frozenset({RM_CLASSIFICATION, CLASSIFICATION, CLASSIFICATION_TREE, FOLDER})
AT_ONCE = 250  # items per call; no maximum is documented
OWN_DATES = {"fields": "properties{id,create_date,modify_date}"}
OWN_STATE = {"fields": "properties{id,name,type,size,reserved_user_id,create_date,modify_date}"}


@dataclass(frozen=True)
class RecordChanges:
    """What of a record's metadata is to change; None leaves it as it is. Codes are the server's ("ACTIVE", "ESS")."""

    official: bool | None = None
    status: str | None = None
    status_date: date | None = None
    record_date: date | None = None
    essential: str | None = None
    storage: str | None = None
    schedule: str | None = None


class Records:
    """Declaring documents as records. Classification ids are looked up by name once and kept."""

    def __init__(self, server: ContentServer, holds: Holds | None = None, schedules: Schedules | None = None) -> None:
        self._server = server
        self._holds, self._schedules = holds or Holds(server), schedules or Schedules(server)
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

    def details(
        self, node: NodeId, *, created_at: datetime | None = None, modified_at: datetime | None = None
    ) -> RecordDetails | None:
        """A document's record details, retention and holds, or None where it is not under records management.

        Two calls; now and then one more, for the schedules. Where a schedule counts from the document's own dates and
        these are not given, they are asked for.
        """
        answer = self._server.get(NodeRecord, "v1", "nodes", node, "rmclassifications")
        record = _primary(answer.data)
        if record is None:
            return None
        codes = [code for each in answer.data for code in (each.rsi, *(more.rsi for more in each.further))]

        def own_dates() -> tuple[datetime | None, datetime | None]:
            if created_at is not None or modified_at is not None:
                return created_at, modified_at
            found = self._server.get(OneNode, "v2", "nodes", node, query=OWN_DATES).results.data.properties
            return (found.create_date, found.modify_date) if found else (None, None)

        retention = self._schedules.retention(codes, Dates(record.record_date, record.status_date, own_dates))
        return RecordDetails(
            classification=record.name,
            schedule=record.rsi,
            status=record.status,
            is_official=bool(record.official),
            # No member says "finalized"; an official record that cannot be finalized any more is.
            is_finalized=bool(record.finalized or (record.official and answer.can_finalize is False)),
            recorded_at=record.record_date,
            kept_until=retention.until if retention else None,
            holds=self.holds(node),
            retention=retention,
            essential=record.essential,
            storage=record.storage,
            status_at=record.status_date,
            class_id=record.class_id,
        )

    def holds(self, node: NodeId) -> tuple[str, ...]:
        """The names of the active holds on a document, direct and inherited."""
        return self._holds.active_on(node)

    def update(self, node: NodeId, changes: RecordChanges) -> None:
        """Change one record's metadata. Idempotent. Raises NotFound, Retryable (`locked`: somebody changed it in
        between) or Permanent (no record, finalized, an unknown code)."""
        fields = _changed(changes, _SINGLE)
        if not fields:
            return
        token = self._server.get(NodeRecord, "v1", "nodes", node, "rmclassifications").token
        fields["rm_metadataToken"] = token
        self._server.form(Anything, "PUT", "v1", "nodes", node, "rmclassifications", fields=fields)

    def update_many(self, nodes: Sequence[NodeId], changes: RecordChanges) -> None:
        """The same for many, one call for all. Idempotent.

        The server passes over a record it refuses (no right, finalized) without a word: read `details` to be sure.
        """
        fields = _changed(changes, _MANY)
        if fields:
            self._bulk("POST", "RMMetadata", nodes, **fields)

    def disposition(self, node: NodeId) -> list[DispositionStage]:
        """What the server says is to happen to a record and when, stage by stage; empty without a schedule.

        One call for its schedules and one for each. Raises NotFound.
        """
        codes = [row.rsi for row in self._server.get(NodeSchedules, "v1", "nodes", node, "rsis").data if row.rsi]
        found: list[DispositionStage] = []
        for code in dict.fromkeys(codes):
            answer = self._server.get(ScheduleStages, "v1", "nodes", node, "rsi", code, "GetRSIDetails")
            found += [
                DispositionStage(
                    stage=each.stage,
                    rule=each.rule,
                    action=ACTIONS.get(each.action or 0, ""),
                    due=each.due,
                    is_permanent=bool(each.permanent),
                    awaits_event=bool(each.event_based and not each.event_met),
                )
                for each in answer.data
            ]
        return found

    def obstacles(self, node: NodeId, now: datetime | None = None) -> list[DeletionObstacle]:
        """Everything that stands against deleting an item, in words for people; empty when nothing does.

        Three calls. Raises NotFound. What lies below a container is not looked at: one that holds anything is not
        to be deleted.
        """
        found = self._server.get(OneNode, "v2", "nodes", node, query=OWN_STATE).results.data.properties
        if found is None:
            raise NotFound("Content Server does not have this item.", node=node)
        record = self.details(node, created_at=found.create_date, modified_at=found.modify_date)
        holds = record.holds if record else self.holds(node)
        reasons = [DeletionObstacle(Obstacle.HOLD, f"It is on the hold “{name}”") for name in holds]
        if record is not None:
            reasons += _of_record(record, now or datetime.now(UTC))
        if found.reserved_user_id:
            reasons.append(DeletionObstacle(Obstacle.RESERVED, "Somebody has reserved it to work on it"))
        if found.type != DOCUMENT and found.size:
            count = f"{found.size} item{'' if found.size == 1 else 's'}"
            reasons.append(DeletionObstacle(Obstacle.NOT_EMPTY, f"It still holds {count}"))
        return reasons

    def finalize(self, nodes: Sequence[NodeId]) -> None:
        """Declare records final: nobody can change them any more. Cannot be undone."""
        self._bulk("PUT", "finalizerecords", nodes)

    def classification(self, name: str) -> int:
        """A classification's id by our name of it. Raises NotFound or Permanent (`ambiguous_classification`)."""
        name = self.called(name)
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

    def called(self, classification: str) -> str:
        """The name a classification of ours has on this server."""
        return self._server.called("classification", classification)

    def classifications(self) -> Iterator[Properties]:
        """All classifications we may see, nearest the volume first."""
        volume = self._server.get(Volume, "v2", "classificationvolume").node
        if volume is None:
            raise NotFound("Content Server names no classification volume.", code="no_classification_volume")
        return search_below(self._server, volume, wanted=WANTED, containers=CONTAINERS)

    def _bulk(self, method: str, call: str, nodes: Sequence[NodeId], **more: int | str) -> None:
        for start in range(0, len(nodes), AT_ONCE):
            fields = {"ids": [str(node) for node in nodes[start : start + AT_ONCE]], **more}
            self._server.form(Anything, method, "v1", "rmclassifications", call, fields=fields)


def _of_record(record: RecordDetails, now: datetime) -> Iterator[DeletionObstacle]:
    if record.is_finalized:
        yield DeletionObstacle(Obstacle.FINALIZED, f"It is a final record of class {record.classification}")
    elif record.is_official:
        yield DeletionObstacle(Obstacle.OFFICIAL, f"It is an official record of class {record.classification}")
    if record.retention is not None and (record.kept_until is None or record.kept_until > now):
        yield DeletionObstacle(Obstacle.RETENTION, in_words(record.retention))


# What the two calls call the same things. One file documents `status`, real servers are sent `file_status`: both.
_SINGLE = {
    "official": ("official",),
    "status": ("status", "file_status"),
    "status_date": ("status_date",),
    "record_date": ("record_date",),
    "essential": ("essential",),
    "storage": ("storage",),
    "schedule": ("rsi",),
}
_MANY = {
    "official": ("official",),
    "status": ("fileStatus",),
    "status_date": ("statusDate",),
    "record_date": ("docDate",),
    "essential": ("essential",),
    "storage": ("storage",),
    "schedule": ("rsi",),
}


def _changed(changes: RecordChanges, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Form fields for what is to change: dates as days, the official mark as true/false or, in bulk, 1/0."""
    fields: dict[str, str] = {}
    for own, sent in names.items():
        value = getattr(changes, own)
        if value is None:
            continue
        if isinstance(value, bool):
            text = str(int(value)) if names is _MANY else str(value).lower()
        elif isinstance(value, date):
            text = value.strftime("%Y-%m-%d")
        else:
            text = str(value)
        fields |= dict.fromkeys(sent, text)
    return fields


def _primary(records: Sequence[Record]) -> Record | None:
    return next((record for record in records if record.is_primary), records[0] if records else None)
