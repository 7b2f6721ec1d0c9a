"""Retention schedules (RSIs): read all at once, kept, and applied to a record's dates.

Source: OpenText Records Management REST API 26.1, RSIs and their schedules.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.domain.content import Retention, RetentionBasis
from app.domain.retention import end_of_period, strictest
from app.errors import NeedsReauth, Permanent
from app.opentext.answers import CONTENT_SERVER
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.record_payloads import Rsi, RsiList

PAGE = 100
KEPT = 3600.0  # seconds; schedules change a few times a year
AGAIN = 300.0  # seconds before an unknown schedule makes us read all of them again
CLASSIFIED = "LIV"  # schedules of classified items; "LRM" are those of the classifications themselves
DESTROY = 32
CREATED, MODIFIED, STATUS, RECORDED = "91", "93", "94", "95"
BASES = {
    1: RetentionBasis.DATE,
    2: RetentionBasis.CALENDAR,
    3: RetentionBasis.EVENT,
    4: RetentionBasis.DATE,
    5: RetentionBasis.PERMANENT,
}
FIXED = 4
ACTIONS = {
    0: "None",
    1: "Change status",
    7: "Close",
    8: "Finalize record",
    9: "Mark official",
    10: "Export",
    11: "Update storage provider",
    12: "Delete electronic format",
    15: "Purge versions",
    16: "Make rendition",
    DESTROY: "Destroy",
}
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Dates:
    """A record's own dates; `node` fetches when it was created and last changed, which some schedules count from."""

    recorded: datetime | None
    status: datetime | None
    node: Callable[[], tuple[datetime | None, datetime | None]]


class Schedules:
    """All schedules of one server, by code. One call (per 100 schedules) an hour; safe for many threads."""

    def __init__(self, server: ContentServer, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._server, self._monotonic = server, monotonic
        self._lock = threading.Lock()
        self._stages: dict[str, tuple[Rsi, ...]] = {}
        self._read_at: float | None = None

    def retention(self, codes: Sequence[str], dates: Dates) -> Retention | None:
        """What the schedules of a record come to, None without a schedule. Raises Retryable or NeedsReauth.

        A schedule that is unknown, or that our user may not read, gives its code and no date.
        """
        return strictest([self._one(code, dates) for code in dict.fromkeys(codes) if code])

    def _one(self, code: str, dates: Dates) -> Retention:
        stage = _last_stage(self.stages(code))
        if stage is None:
            return Retention(code, code, RetentionBasis.UNKNOWN)
        basis = BASES.get(stage.event_type or 0, RetentionBasis.UNKNOWN)
        return Retention(
            schedule=code,
            title=stage.title or code,
            basis=basis,
            years=stage.years or 0,
            months=stage.months or 0,
            days=stage.days or 0,
            until=_until(stage, dates) if basis is RetentionBasis.DATE else None,
            action=stage.action_description or ACTIONS.get(_number(stage.action_code), ""),
        )

    def stages(self, code: str) -> tuple[Rsi, ...]:
        """The stages of one schedule for classified items; empty where it is unknown."""
        with self._lock:  # whoever comes while the schedules are read waits for them
            age = KEPT if self._read_at is None else self._monotonic() - self._read_at
            if age >= KEPT or (code not in self._stages and age >= AGAIN):
                self._stages = self._read()
                self._read_at = self._monotonic()
            return self._stages.get(code, ())

    def _read(self) -> dict[str, tuple[Rsi, ...]]:
        found: dict[str, tuple[Rsi, ...]] = {}
        try:
            for row in self._rows():
                if row.object_type in ("", CLASSIFIED):
                    found[row.code] = (*found.get(row.code, ()), row)
        except Permanent as error:
            log.warning("schedules_not_readable", upstream=CONTENT_SERVER, code=error.specific_code)
        except NeedsReauth as error:
            if error.specific_code != "missing_right":  # reading schedules is a right of its own, and only a nicety
                raise
            log.warning("schedules_not_readable", upstream=CONTENT_SERVER, code=error.specific_code)
        return found

    def _rows(self) -> list[Rsi]:
        rows: list[Rsi] = []
        page = 1
        while True:
            answer = self._server.get(RsiList, "v2", "rsis", query={"page": page, "limit": PAGE})
            rows += answer.results.data.rsis
            if page >= answer.collection.paging.page_total or not answer.results.data.rsis:
                return rows
            page += 1


def _last_stage(stages: Sequence[Rsi]) -> Rsi | None:
    """The stage that ends a record's life: the one that destroys it, else the last one."""
    ordered = sorted(stages, key=lambda stage: stage.schedule_id or 0)
    destroying = [stage for stage in ordered if _number(stage.action_code) == DESTROY]
    return next(reversed(destroying or ordered), None)


def _until(stage: Rsi, dates: Dates) -> datetime | None:
    """The day after which the stage's action may be done; None where it counts from a date we do not know."""
    if stage.event_type == FIXED:
        return end_of_period(stage.fixed_date, 0, 0, 0) if stage.fixed_date else None
    start = _start(stage.date_to_use, dates)
    return end_of_period(start, stage.years or 0, stage.months or 0, stage.days or 0) if start else None


def _start(date_to_use: str, dates: Dates) -> datetime | None:
    if date_to_use == RECORDED:
        return dates.recorded
    if date_to_use == STATUS:
        return dates.status
    if date_to_use in (CREATED, MODIFIED):
        created, modified = dates.node()
        return created if date_to_use == CREATED else modified
    return None


def _number(code: str) -> int:
    return int(code) if code.isdecimal() else 0
