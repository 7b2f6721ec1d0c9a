"""Logs and metrics: one redaction processor for everything that is logged, one list of metric names.

An event name is constant, values are fields. Whatever a field is called like a secret, or looks like one, is removed;
control characters are escaped so that no value can forge a line.
"""

import bisect
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TextIO

import structlog

from app.errors import AppError
from app.settings import Settings

REMOVED = "[removed]"
SECRET_NAMES = frozenset(
    {
        "access_token", "authorization", "body", "client_secret", "code", "cookie", "id_token", "operator_token",
        "otcsticket", "otdsticket", "page_token", "password", "raw", "refresh_token", "secret", "secret_key",
        "set_cookie", "signed_payload_jwt", "ticket", "token", "webhook_signature", "x_auth_token", "x_case_token",
        "x_shopify_access_token", "x_storefront_key", "x_storefront_signature", "x_storefront_ticket",
    }
)  # fmt: skip
# What looks like a secret or a person inside any text.
PATTERNS = (
    (re.compile(r"eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*"), "[token]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 [token]"),
    (re.compile(r"(?i)\b(signed_payload_jwt|code|token|secret|password|otdsticket|otcsticket|client_secret)=[^&\s]+"),
     r"\1=[removed]"),
    (re.compile(r"\*OTDSSSO\*\S*"), "[token]"),
    (re.compile(r"shp(at|ss|ca|pa)_[A-Za-z0-9]+"), "[token]"),
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"), "[e-mail]"),
    (re.compile(r"\+\d[\d ().-]{6,}\d"), "[phone]"),
)  # fmt: skip
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
LONGEST = 2_000
QUIET = ("httpx", "httpcore", "sqlalchemy", "rq", "werkzeug", "urllib3", "asyncio", "alembic")
Event = MutableMapping[str, Any]


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', through one chain to standard error. Safe to call again."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        explain_exception,
        redact,
    ]
    is_json = settings.log_format == "json"
    renderer: Any = structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def explain_exception(_logger: Any, _method: str, event: Event) -> Event:
    """Replace `exc_info` by where it was raised and what it says; the frames' variables and SQL parameters stay out."""
    info = event.pop("exc_info", None)
    if not info:
        return event
    error = info if isinstance(info, BaseException) else (info if isinstance(info, tuple) else sys.exc_info())[1]
    if error is None:
        return event
    event["error"] = type(error).__name__
    event["said"] = error.message if isinstance(error, AppError) else str(error).partition("\n")[0][:300]
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    event["where"] = [f"{frame.filename.rpartition('/app/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    if isinstance(error, AppError):
        event["error_code"] = error.specific_code
        event.update({f"error_{name}": _clean(name, value) for name, value in error.context.items()})
    return event


def redact(_logger: Any, _method: str, event: Event) -> Event:
    """Remove what is secret or personal from every field, at any depth."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if name.lower().replace("-", "_") in SECRET_NAMES:
        return REMOVED
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bytes):
        return REMOVED
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _clean(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return clean_text(str(value)) if not name.startswith("_") else value


def clean_text(text: str) -> str:
    """A text without tokens, e-mail addresses, phone numbers; control and direction characters escaped; cut."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text[:LONGEST])


# Metrics: every name, once. Counts and ages are read from the database when asked, so that all processes agree.


@dataclass(frozen=True)
class Metric:
    """One metric: kind is counter, gauge or histogram; the unit is in the name."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


METRICS = (
    Metric("ecm_acks_total", "counter", "Deliveries and callbacks from outside that were acknowledged"),
    Metric("ecm_ends_total", "counter", "Acknowledged deliveries that reached an end", ("state",)),
    Metric("ecm_runs", "gauge", "Runs by state", ("state",)),
    Metric("ecm_oldest_open_event_seconds", "gauge", "Age of the oldest event that has reached no end, 0 when none"),
    Metric("ecm_quarantine_size", "gauge", "Deliveries and runs set aside for a person"),
    Metric("ecm_queue_depth", "gauge", "Pieces of work: due now, waiting for their time, parked", ("place",)),
    Metric("ecm_stores", "gauge", "Stores by state", ("state",)),
    Metric("ecm_upstreams_failing", "gauge", "Stores whose upstream has not answered its latest calls", ("upstream",)),
    Metric("ecm_circuits_open", "gauge", "Stores whose upstream is left alone for now", ("upstream",)),
    Metric("ecm_quota_savings", "gauge", "Stores whose quota has come to its reserve for people", ("upstream",)),
    Metric("ecm_free_disk_bytes", "gauge", "Free space where the data lies"),
    Metric("ecm_upstream_call_seconds", "histogram", "Calls to stores and OpenText", ("upstream", "outcome")),
)
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 40.0)  # seconds; what is slower is in the last, open one


@dataclass
class Timing:
    """Calls of one upstream and outcome that this process has not handed over yet."""

    count: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))


class CallTimes:
    """What this process's calls to others took, until somebody takes it to the database. Thread safe."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, str], Timing] = {}
        self._lock = threading.Lock()

    def record(self, upstream: str, status: int | None, seconds: float) -> None:
        """`status` is None for a call that got no answer."""
        outcome = f"{status // 100}xx" if status else "failed"
        with self._lock:
            timing = self._times.setdefault((upstream, outcome), Timing())
            timing.count += 1
            timing.seconds += seconds
            timing.buckets[bisect.bisect_left(BUCKETS, seconds)] += 1

    def take(self) -> dict[tuple[str, str], Timing]:
        """Everything recorded since the last time, which is forgotten here."""
        with self._lock:
            taken, self._times = self._times, {}
        return taken

    def give_back(self, taken: dict[tuple[str, str], Timing]) -> None:
        """What could not be handed over counts again."""
        with self._lock:
            for key, timing in taken.items():
                mine = self._times.setdefault(key, Timing())
                mine.count += timing.count
                mine.seconds += timing.seconds
                mine.buckets = [one + other for one, other in zip(mine.buckets, timing.buckets, strict=True)]


call_times = CallTimes()
