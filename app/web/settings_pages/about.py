"""A scenario in words, from the same data the engine works by: for its page, the catalogue and the README."""

from dataclasses import dataclass

from app.domain.scenario import Scenario
from app.domain.steps import STEP, Step
from app.scenarios.catalogue import ROWS
from app.web import texts
from app.web.language import _


@dataclass(frozen=True)
class StepWords:
    """A step in words; `branches`: (decision, what follows)."""

    title: str
    branches: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class About:
    """Everything a merchant should know of a scenario before switching it on."""

    title: str
    sentence: str
    starts: tuple[str, ...]
    applies: str
    steps: tuple[StepWords, ...]
    outcome: str
    works_by: str
    rows: tuple[str, ...]
    choices: tuple[str, ...]


def about(scenario: Scenario) -> About:
    """The scenario in words, from the same data the engine works by."""
    starts = [_(texts.TOPICS[topic.value]) for topic in sorted(scenario.triggers)]
    starts += [_("Somebody asks for it: %(what)s", what=_(texts.REQUESTS.get(one, one))) for one in
               sorted(scenario.requests)]  # fmt: skip
    rows = tuple(f"{number} {_(ROWS[number].title)}" for number in scenario.catalogue)
    steps = tuple(_step(step) for step in scenario.steps)
    return About(
        texts.scenario(scenario.slug), _(scenario.title), tuple(starts), _(scenario.applies) if scenario.applies
        else _("Always."), steps, _(scenario.outcome), _(scenario.works_by), rows, choices(scenario),
    )  # fmt: skip


def choices(scenario: Scenario) -> tuple[str, ...]:
    """What a merchant may choose, by the names on the form: every scenario is on, in shadow or off besides."""
    return tuple(_(info.title or name) for name, info in scenario.preferences.model_fields.items() if name != "mode")


def _step(step: Step) -> StepWords:
    outcomes = getattr(step, "outcomes", ())
    branches = tuple((_(one.title), tuple(_title(follows) for follows in one.steps)) for one in outcomes)
    return StepWords(_title(step), branches)


def _title(step: Step) -> str:
    return texts.step_title(step.kind, STEP.dump_python(step, mode="json"))
