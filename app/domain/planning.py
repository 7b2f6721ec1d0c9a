"""Planning: an event and the subject as it stands now, against every scenario. Pure, so a dry run is the same call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.events import Event, Topic
from app.domain.ids import Provider
from app.domain.order_parts import OrderPart
from app.domain.scenario import Preferences, Scenario, Subject


@dataclass(frozen=True)
class PlannedRun:
    """One scenario that applies, why, and the occasion that makes a second plan for the same cause harmless."""

    scenario: Scenario
    occasion: str
    reasons: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


def plan(
    event: Event,
    subject: Subject,
    scenarios: Iterable[Scenario],
    preferences: Mapping[str, Preferences],
    provider: Provider,
) -> tuple[PlannedRun, ...]:
    """Every scenario that applies to this subject now. `preferences` by scenario slug; a missing one means defaults."""
    planned: list[PlannedRun] = []
    for scenario in scenarios:
        chosen = preferences.get(scenario.slug) or scenario.preferences()
        if not chosen.enabled or not _is_triggered(scenario, event, provider):
            continue
        reasons = scenario.when(subject, chosen)
        if event.topic is Topic.REQUESTED:
            reasons = reasons or ("Asked for by a person",)
        if reasons:
            planned.extend(
                PlannedRun(scenario, one.key, one.reasons or reasons, one.facts)
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
        if chosen.enabled and _is_triggered(scenario, event, provider):
            wanted |= scenario.needs
    return frozenset(wanted)


def _is_triggered(scenario: Scenario, event: Event, provider: Provider) -> bool:
    if provider not in scenario.providers or event.object_type != scenario.subject:
        return False
    if event.topic is Topic.REQUESTED:
        return event.detail.get("request", "") in scenario.requests
    return event.topic in scenario.triggers
