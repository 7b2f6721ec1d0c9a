"""View models of the home page: health in words, what waits for a person, today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo

from app.db.activity import Attention, Drift, Pulse, RunLine, StoreState, Tally
from app.db.types import utc_now
from app.domain.silence import silent_since
from app.domain.zones import zone_of
from app.web import language, texts
from app.web.kinds import MANY
from app.web.language import _, ngettext
from app.web.texts import State

SLOW_AFTER, LATE_AFTER, SILENT_AFTER = timedelta(minutes=2), timedelta(minutes=15), timedelta(seconds=30)


@dataclass(frozen=True)
class Health:
    """Green, amber or red, in words. `notes` are facts about the other sides, one line each."""

    state: State
    lead: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One thing that needs a person."""

    title: str
    text: str
    kind: str
    object_id: str
    run_id: str
    state: State

    @property
    def has_panel(self) -> bool:
        return self.kind in MANY


@dataclass(frozen=True)
class Count:
    """What of one kind was started today: how it stands, how often."""

    title: str
    states: tuple[tuple[State, int], ...]


def health(
    store: StoreState, pulse: Pulse, silence: timedelta = timedelta(days=1), missing: Sequence[str] = ()
) -> Health:
    """Red: work stands still until somebody acts. Amber: slow, silent, or single things stopped. Green: neither.

    `silence`: so long a store may be quiet where nothing else was chosen for it. `missing`: permissions the app
    needs there.
    """
    notes = (*_lacking(store, missing), *_notes(store, pulse, silence))
    found = _health(store, pulse)
    if notes and found.state.tone == "good":
        found = _amber(_("Everything we were told has been worked off. Something is worth a look:"))
    return replace(found, notes=notes)


def _lacking(store: StoreState, missing: Sequence[str]) -> tuple[str, ...]:
    if not missing or not store.scopes or store.state != "installed":
        return ()
    words = _("Your store does not give the app what it needs: %(names)s. What needs it waits. Give it under Settings, "
              "or open the app from your store and accept.", names=", ".join(missing))  # fmt: skip
    return (words,)


def _notes(store: StoreState, pulse: Pulse, silence: timedelta) -> tuple[str, ...]:
    found, now = [], utc_now()
    opentext, own = store.opentext_silent_since, store.store_silent_since
    if opentext and now - opentext > SILENT_AFTER:
        found.append(
            _("OpenText has not answered since %(since)s. What waits for it goes on by itself; nothing is lost.",
              since=language.clock(opentext))
        )  # fmt: skip
    if own and now - own > SILENT_AFTER:
        found.append(
            _("Your store has not answered since %(since)s. What waits for it goes on by itself; nothing is lost.",
              since=language.clock(own))
        )  # fmt: skip
    if store.is_saving_quota:
        found.append(
            _("Your store’s request quota, which all apps share, is nearly used up. Background work waits a moment.")
        )
    if is_silent(store, pulse, silence):
        quiet = now - silent_since(pulse.last_delivery_at, store.installed_at)
        found.append(
            ngettext(
                "Nothing received from your store for %(n)s hour. We look for missed changes by ourselves.",
                "Nothing received from your store for %(n)s hours. We look for missed changes by ourselves.",
                int(quiet.total_seconds() // 3600),
            )
        )
    return tuple(found)


def is_silent(store: StoreState, pulse: Pulse, otherwise: timedelta) -> bool:
    """Whether the store has told us nothing for longer than was chosen for it; `otherwise`: the operator's choice."""
    since = silent_since(pulse.last_delivery_at, store.installed_at)
    zone = zone_of(store.timezone)
    return store.state == "installed" and store.silence.is_too_long(since, utc_now(), zone, otherwise)


def _health(store: StoreState, pulse: Pulse) -> Health:
    if store.state == "needs_reauth":
        return _red(_("The connection to your store has to be renewed: open the app from your store again."))
    if store.opentext_state == "needs_reauth":
        return _red(_("OpenText no longer accepts our credentials. Work for it waits until you renew the connection."))
    if not store.opentext_state:
        return _amber(_("OpenText is not connected yet. What your store tells us is kept and waits."))
    waiting = utc_now() - pulse.oldest_open_at if pulse.oldest_open_at else timedelta()
    if waiting > LATE_AFTER and pulse.queue:
        return _red(_("Work has been waiting for a long time. Nothing is lost, but the operator should look."))
    stopped = pulse.stuck_runs + pulse.stuck_deliveries
    if stopped:
        return _amber(
            ngettext("%(n)s thing stopped and needs a person.", "%(n)s things stopped and need a person.", stopped)
        )
    if pulse.retrying:
        return _amber(_("The other side does not answer at times. We keep trying; nothing is lost."))
    if waiting > SLOW_AFTER and pulse.queue:
        return _amber(_("Work takes longer than usual. Nothing is lost."))
    return Health(State(_("All is well"), "good"), _("Everything your store and OpenText told us has been worked off."))


def _red(lead: str) -> Health:
    return Health(State(_("Stands still"), "bad"), lead)


def _amber(lead: str) -> Health:
    return Health(State(_("Needs a look"), "wait"), lead)


def tasks(attention: Attention) -> tuple[Task, ...]:
    """What needs a person, stopped runs first."""
    return (*(_stopped(line) for line in attention.runs), *(_drifted(one) for one in attention.drifts))


def _stopped(line: RunLine) -> Task:
    text = texts.failure(line.error_code, line.error_message)
    name = line.subject_name or texts.scenario(line.scenario)
    state = texts.state_of(texts.RUN_STATES, line.state)
    words = f"{texts.step_title(line.step_kind, line.step_params)}: {text}" if line.step_kind else text
    return Task(name, words, line.subject_type, line.subject_id, line.id, state)


def _drifted(drift: Drift) -> Task:
    text = ngettext(
        "%(n)s field shows something else than was approved.", "%(n)s fields show something else than was approved.",
        drift.fields,
    )  # fmt: skip
    name = drift.object_name or _("Product %(id)s", id=drift.object_id)
    return Task(name, text, drift.object_type, drift.object_id, "", texts.state_of(texts.FIELD_STATES, "drifted"))


def counts(tallies: tuple[Tally, ...]) -> tuple[Count, ...]:
    """Today's runs by scenario and how they stand."""
    found: dict[str, tuple[tuple[State, int], ...]] = {}
    for one in tallies:
        table, key = (texts.OUTCOMES, one.outcome) if one.outcome else (texts.RUN_STATES, one.state)
        found[one.scenario] = (*found.get(one.scenario, ()), (texts.state_of(table, key), one.count))
    return tuple(Count(texts.scenario(scenario), states) for scenario, states in found.items())


def midnight(zone: tzinfo) -> datetime:
    """When today began where the store is."""
    today = utc_now().astimezone(zone).date()
    return datetime.combine(today, time.min, zone)
