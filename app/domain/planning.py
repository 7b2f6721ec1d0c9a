"""Planning: an event and the subject as it stands now, against every scenario. Pure, so a dry run is the same call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.events import Event, Topic
from app.domain.ids import Provider
from app.domain.scenario import Preferences, Scenario, Subject


@dataclass(frozen=True)
class PlannedRun:
    """One scenario that applies, why, and the occasion that makes a second plan for the same cause harmless."""

    scenario: Scenario
    occasion: str
    reasons: tuple[str, ...]


def plan(
    event: Event,
    subject: Subject,
    scenarios: Iterable[Scenario],
    preferences: Mapping[str, Preferences],
    provider: Provider,
) -> tuple[PlannedRun, ...]:
    """Every scenario that applies to this subject now. `preferences` by scenario slug; a missing one means defaults."""
    planned = []
    for scenario in scenarios:
        chosen = preferences.get(scenario.slug) or scenario.preferences()
        if not chosen.enabled or not _is_triggered(scenario, event, provider):
            continue
        reasons = scenario.when(subject, chosen)
        if event.topic is Topic.REQUESTED:
            reasons = reasons or ("Asked for by a person",)
        if reasons:
            planned.append(PlannedRun(scenario, _occasion(scenario, event), reasons))
    return tuple(planned)


def _is_triggered(scenario: Scenario, event: Event, provider: Provider) -> bool:
    if provider not in scenario.providers or event.object_type != scenario.subject:
        return False
    if event.topic is Topic.REQUESTED:
        return event.detail.get("request", "") in scenario.requests
    return event.topic in scenario.triggers


def _occasion(scenario: Scenario, event: Event) -> str:
    if scenario.occasion == "subject":
        return "once"
    return event.detail.get("occasion") or event.id
