"""A store's preferences per scenario: typed, defaulted, validated when saved."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import structlog
from pydantic import ValidationError
from sqlmodel import Session, select

from app.db import audit
from app.db.stores import ScenarioPreference
from app.db.types import utc_now
from app.domain.ids import StoreId
from app.domain.scenario import Preferences, Scenario

log = structlog.get_logger(__name__)


def load(session: Session, store_id: StoreId, scenario: Scenario) -> Preferences:
    """The store's choice, or the defaults; also (logged) where a stored value no longer validates."""
    return _typed(session.get(ScenarioPreference, (store_id, scenario.slug)), store_id, scenario)


def _typed(row: ScenarioPreference | None, store_id: StoreId, scenario: Scenario) -> Preferences:
    if row is None:
        return _defaults(scenario.preferences)
    try:
        return scenario.preferences.model_validate(row.values)
    except ValidationError as error:
        log.warning("preferences_invalid", store_id=store_id, scenario=scenario.slug, problems=error.error_count())
        return scenario.preferences()


@cache
def _defaults(kind: type[Preferences]) -> Preferences:
    """They can't be changed, so one of each will do."""
    return kind()


def load_all(session: Session, store_id: StoreId, scenarios: Iterable[Scenario]) -> dict[str, Preferences]:
    """By slug, in one statement: every event asks for them."""
    rows = session.exec(select(ScenarioPreference).where(ScenarioPreference.store_id == store_id))
    kept = {row.scenario: row for row in rows}
    return {scenario.slug: _typed(kept.get(scenario.slug), store_id, scenario) for scenario in scenarios}


def save(session: Session, store_id: StoreId, scenario: Scenario, values: dict[str, Any], actor: str) -> Preferences:
    """Validate and keep, audited, in the caller's transaction. Raises pydantic.ValidationError."""
    chosen = scenario.preferences.model_validate(values)
    row = session.get(ScenarioPreference, (store_id, scenario.slug))
    row = row or ScenarioPreference(store_id=store_id, scenario=scenario.slug)
    row.values, row.changed_at, row.changed_by = chosen.model_dump(mode="json"), utc_now(), actor
    session.add(row)
    audit.record(session, store_id, actor, "preferences_changed", scenario.slug)
    return chosen
