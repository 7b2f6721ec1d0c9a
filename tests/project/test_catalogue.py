"""The vocabulary, its handlers and the catalogue hold together."""

from typing import get_args

import pytest

from app.domain.ids import Provider
from app.domain.scenario import always, every_event, once
from app.domain.steps import Step
from app.engine.handlers import HANDLERS
from app.scenarios import ALL, BY_SLUG, CLASSIFICATIONS, RUNNABLE
from app.scenarios.catalogue import ROWS
from sandbox.content_server import seed


def kinds() -> set[str]:
    union = get_args(Step)[0]
    return {one.__dataclass_fields__["kind"].default for one in get_args(union)}


def all_steps(steps):
    for step in steps:
        yield step
        for outcome in getattr(step, "outcomes", ()):
            yield from all_steps(outcome.steps)


def test_every_kind_of_step_has_its_handler_and_no_handler_is_idle():
    assert set(HANDLERS) == kinds()


def test_slugs_are_unique():
    assert len(BY_SLUG) == len(ALL)


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_a_scenario_says_what_it_is_and_what_it_leaves_behind(scenario):
    assert scenario.title
    assert scenario.outcome.endswith(".")
    assert set(scenario.catalogue) <= set(ROWS)
    assert scenario.triggers or scenario.requests


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_a_store_it_does_not_work_in_is_told_why(scenario):
    assert not set(scenario.unavailable) & scenario.providers
    assert scenario.providers | set(scenario.unavailable) == set(Provider), "say why: Scenario.unavailable"
    assert all(why.endswith(".") for why in scenario.unavailable.values())


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_a_condition_is_told_in_words(scenario):
    """Where a scenario does not apply whenever it is triggered, `applies` says when it does."""
    always_applies = scenario.when is always and scenario.each in (once, every_event)
    assert always_applies or scenario.applies.endswith("."), "say in words when it applies: Scenario.applies"


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.slug)
def test_every_preference_has_words_for_the_form(scenario):
    for name, field in scenario.preferences.model_fields.items():
        assert name == "mode" or (field.title and field.description), name


def test_every_kind_of_step_is_used_by_a_scenario():
    used = {step.kind for scenario in RUNNABLE.values() for step in all_steps(scenario.steps)}
    assert used == kinds()


def test_the_stand_in_knows_every_classification_we_file_under():
    known = {value for value in vars(seed).values() if isinstance(value, str)} | set(str(vars(seed)).split("'"))
    assert set(CLASSIFICATIONS) <= known
