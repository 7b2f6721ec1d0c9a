"""Planning: an event and the subject as it stands now, against every scenario. Pure, so a dry run is the same call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.events import Event, Source, Topic
from app.domain.ids import Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Mode, Preferences, Scenario, Subject


@dataclass(frozen=True)
class PlannedRun:
    """One scenario that applies, why, and the occasion that makes a second plan for the same cause harmless."""

    scenario: Scenario
    occasion: str
    reasons: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    is_shadow: bool = False  # written down, not done


def plan(
    event: Event,
    subject: Subject,
    scenarios: Iterable[Scenario],
    preferences: Mapping[str, Preferences],
    provider: Provider,
) -> tuple[PlannedRun, ...]:
    """Every scenario that applies to this subject now. `preferences` by scenario slug; a missing one means defaults.

    What a person asks for by name is never done in shadow: it is done, or the scenario is off.
    """
    planned: list[PlannedRun] = []
    for scenario in scenarios:
        chosen = preferences.get(scenario.slug) or scenario.preferences()
        if chosen.mode is Mode.OFF or not _is_triggered(scenario, event, provider):
            continue
        reasons = scenario.when(subject, chosen)
        if event.topic is Topic.REQUESTED:
            reasons = reasons or ("Asked for by a person",)
        if reasons:
            planned.extend(
                PlannedRun(scenario, one.key, one.reasons or reasons, one.facts, _is_shadow(chosen, event))
                for one in scenario.each(event, subject, chosen)
            )
    return tuple(planned)


def needs(
    event: Event, scenarios: Iterable[Scenario], preferences: Mapping[str, Preferences], provider: Provider
) -> frozenset[OrderPart]:
    """The parts of an order that somebody's condition looks at for this event."""
    wanted: set[OrderPart] = set()
    for scenario in scenarios:
        chosen = preferences.get(scenario.slug) or scenario.preferences()
        if chosen.mode is not Mode.OFF and _is_triggered(scenario, event, provider):
            wanted |= scenario.needs
    return frozenset(wanted)


def _is_shadow(chosen: Preferences, event: Event) -> bool:
    return chosen.mode is Mode.SHADOW and event.topic is not Topic.REQUESTED


def _is_triggered(scenario: Scenario, event: Event, provider: Provider) -> bool:
    if provider not in scenario.providers or event.object_type != scenario.subject:
        return False
    if event.topic is Topic.REQUESTED:
        return event.detail.get("request", "") in scenario.requests
    if event.source is Source.IMPORT and not scenario.for_history:
        return False
    return event.topic in scenario.triggers
