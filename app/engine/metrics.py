"""The metrics as Prometheus reads them: counted in the database at the moment they are asked for.

Source: Prometheus text exposition format, by the official client library.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db.circuits import Circuit
from app.db.metrics import UpstreamCalls
from app.db.session import Database, database_time, reading, unit_of_work
from app.engine import admission, overview
from app.engine.deps import Deps
from app.observability import BUCKETS, METRICS, Timing, call_times

Samples = Iterable[tuple[tuple[str, ...], float]]


def render(deps: Deps) -> bytes:
    """The text a scraper gets."""
    flush(deps.database)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(deps))
    return generate_latest(registry)


def flush(database: Database) -> None:
    """Add this process's call times to everybody's: at each scrape, at the end of each drain. Never raises."""
    taken = call_times.take()
    if not taken:
        return
    try:
        with unit_of_work(database) as uow:
            for (upstream, outcome), timing in taken.items():
                row = uow.session.get(UpstreamCalls, (upstream, outcome), with_for_update=True)
                uow.session.add(_added(row or UpstreamCalls(upstream=upstream, outcome=outcome), timing))
    except SQLAlchemyError:  # a rival made the same new row, or the database is busy: next time
        call_times.give_back(taken)


def _added(row: UpstreamCalls, timing: Timing) -> UpstreamCalls:
    before = row.buckets or [0] * len(timing.buckets)
    row.count += timing.count
    row.seconds += timing.seconds
    row.buckets = [one + other for one, other in zip(before, timing.buckets, strict=True)]
    return row


class _Snapshot(Collector):
    """One scrape."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Family]:
        state = overview.state(self._deps)
        samples: dict[str, Samples] = {
            "ecm_acks_total": [((), state.acks_total)],
            "ecm_ends_total": [((end,), count) for end, count in state.ends.items()],
            "ecm_runs": [((kind,), count) for kind, count in state.runs.items()],
            "ecm_oldest_open_event_seconds": [((), state.oldest_open_event_seconds or 0.0)],
            "ecm_quarantine_size": [((), state.quarantine_size)],
            "ecm_queue_depth": [
                (("due",), state.queue_due), (("waiting",), state.queue_waiting), (("parked",), state.queue_parked)
            ],
            "ecm_stores": [((kind,), count) for kind, count in _count(one.state for one in state.stores.values())],
            **_upstreams(self._deps.database),
            "ecm_free_disk_bytes": [((), shutil.disk_usage(admission.data_folder(self._deps)).free)],
        }  # fmt: skip
        for metric in METRICS:
            if metric.kind == "histogram":
                yield self._calls(metric.name, metric.help, metric.labels)
                continue
            make = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
            family = make(metric.name, metric.help, labels=metric.labels)
            for labels, value in samples[metric.name]:
                family.add_metric(labels, value)
            yield family

    def _calls(self, name: str, text: str, labels: tuple[str, ...]) -> Family:
        family = HistogramMetricFamily(name, text, labels=labels)
        with reading(self._deps.database) as session:
            rows = list(session.execute(select(UpstreamCalls)).scalars())
        for row in rows:
            bounds, so_far = [], 0
            for bound, count in zip([*map(str, BUCKETS), "+Inf"], row.buckets, strict=True):
                so_far += count
                bounds.append((bound, float(so_far)))
            family.add_metric((row.upstream, row.outcome), bounds, row.seconds)
        return family


def _upstreams(database: Database) -> dict[str, Samples]:
    """Circuits by upstream: failing, open, and at their quota's reserve."""
    with reading(database) as session:
        now, rows = database_time(session), list(session.execute(select(Circuit)).scalars())
    names = sorted({row.upstream for row in rows})
    judges: dict[str, Callable[[Circuit], bool]] = {
        "ecm_upstreams_failing": lambda row: row.failing_since is not None,
        "ecm_circuits_open": lambda row: row.opened_for > 0,
        "ecm_quota_savings": lambda row: row.saving_until > now,
    }
    return {
        metric: [((name,), sum(row.upstream == name and judge(row) for row in rows)) for name in names]
        for metric, judge in judges.items()
    }


def _count(values: Iterable[str]) -> Iterable[tuple[str, int]]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts.items()
