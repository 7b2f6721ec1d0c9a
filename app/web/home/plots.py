"""Small plots people can read: bars with their values in words, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from app.db.trends import Day
from app.db.types import utc_now
from app.web import language
from app.web.language import _

DAYS = 14
WIDTH, HEIGHT, GAP, WIDEST = 280, 96, 4, 24
AGES = (timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7))


@dataclass(frozen=True)
class Box:
    """One piece of a bar, in the plot's own units."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Plot:
    """`lead` says in a sentence what the plot shows; `rows` is the table behind it.

    `labels` are (place, word, which end of it stands there); `keys` are tones with their words.
    """

    id: str
    title: str
    lead: str
    boxes: tuple[Box, ...]
    labels: tuple[tuple[float, str, str], ...]
    keys: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def midnights(zone: tzinfo, count: int = DAYS) -> tuple[datetime, ...]:
    """When each of the last days began where the store is, today included, and when today ends."""
    today = utc_now().astimezone(zone).date()
    return tuple(datetime.combine(today - timedelta(days=count - 1 - one), time.min, zone) for one in range(count + 1))


def of_days(days: tuple[Day, ...]) -> Plot:
    """Messages and what became of the work, by day."""
    bars = [((one.events, "busy"),) for one in days]
    work = [((one.done, "good"), (one.stopped, "bad")) for one in days]
    events, done = sum(one.events for one in days), sum(one.done for one in days)
    lead = _(
        "Messages in %(days)s days: %(events)s. Work done: %(done)s, stopped: %(stopped)s.",
        events=language.number(events), days=len(days), done=language.number(done),
        stopped=language.number(sum(one.stopped for one in days)),
    )  # fmt: skip
    pairs = [piece for pair in zip(bars, work, strict=True) for piece in pair]
    rows = tuple(
        (language.date(one.began_at), *(language.number(n) for n in (one.events, one.done, one.approved, one.rejected,
                                                                     one.stopped)))
        for one in days
    )  # fmt: skip
    return Plot(
        "plot-days", _("Messages and work by day"), lead, _boxes(pairs, per_group=2), _ends(days),
        (("busy", _("Messages")), ("good", _("Done")), ("bad", _("Stopped"))),
        (_("Day"), _("Messages"), _("Done"), _("Approved"), _("Rejected"), _("Stopped")), rows,
    )  # fmt: skip


def of_times(days: tuple[Day, ...], times: Sequence[tuple[datetime, float]]) -> Plot:
    """How long it took from a message to its workspace: the middle one of each day."""
    found = [[seconds for at, seconds in times if one.began_at <= at < _next(days, n)] for n, one in enumerate(days)]
    middles = [median(one) if one else None for one in found]
    known = [one for one in middles if one is not None]
    lead = (
        _(
            "Half of the workspaces were there within %(time)s.",
            time=language.span(median(s for one in found for s in one)),
        )
        if known
        else _("No workspace was made in these days.")
    )
    rows = tuple(
        (
            language.date(one.began_at),
            language.span(middle) if middle is not None else _("none"),
            language.number(len(each)),
        )
        for one, middle, each in zip(days, middles, found, strict=True)
    )
    return Plot(
        "plot-times", _("From message to workspace"), lead, _boxes([((one or 0, "busy"),) for one in middles]),
        _ends(days), (), (_("Day"), _("Half were there within"), _("Workspaces")), rows,
    )  # fmt: skip


def of_waiting(since: Sequence[datetime]) -> Plot:
    """Open decisions by how long they wait."""
    now = utc_now()
    bounds = [timedelta(0), *AGES, timedelta(days=100_000)]
    counts = [sum(low <= now - one < high for one in since) for low, high in pairwise(bounds)]
    words = (_("under 4 hours"), _("under a day"), _("under 3 days"), _("under a week"), _("a week or more"))
    tones = ("good", "good", "wait", "wait", "bad")
    oldest = language.ago(min(since)) if since else ""
    lead = _("The oldest began to wait %(ago)s.", ago=oldest) if since else _("No decision waits.")
    boxes = _boxes([((count, tone),) for count, tone in zip(counts, tones, strict=True)])
    step = WIDTH / len(words)
    short = (_("< 4 h"), _("< 1 day"), _("< 3 days"), _("< 7 days"), _("7 days +"))
    labels = tuple((round(step * (n + 0.5), 1), word, "middle") for n, word in enumerate(short))
    rows = tuple((word, language.number(count)) for word, count in zip(words, counts, strict=True))
    return Plot(
        "plot-waiting", _("Decisions waiting, by age"), lead, boxes, labels, (), (_("Waiting"), _("Decisions")), rows
    )


def _boxes(bars: Sequence[Sequence[tuple[float, str]]], per_group: int = 1) -> tuple[Box, ...]:
    """Bars side by side, their pieces on top of each other; the tallest fills the height. Nothing: a line of one."""
    most = max((sum(value for value, _tone in bar) for bar in bars), default=0) or 1
    group = WIDTH / max(1, len(bars) // per_group)
    width = min(WIDEST, (group - GAP) / per_group)
    left = (group - width * per_group) / 2
    boxes = []
    for number, bar in enumerate(bars):
        x, y = (number // per_group) * group + (number % per_group) * width + left, float(HEIGHT)
        for value, tone in bar:
            height = value / most * (HEIGHT - 4)
            y -= height
            if value:
                boxes.append(Box(round(x, 1), round(y, 1), round(width - 1, 1), round(max(height, 1.0), 1), tone))
    return tuple(boxes)


def _ends(days: tuple[Day, ...]) -> tuple[tuple[float, str, str], ...]:
    """The first and the last day; more would meet."""
    return (0.0, language.date(days[0].began_at), "start"), (WIDTH, language.date(days[-1].began_at), "end")


def _next(days: tuple[Day, ...], number: int) -> datetime:
    return days[number + 1].began_at if number + 1 < len(days) else utc_now() + timedelta(days=1)
