"""Every text a person reads goes through the catalogue, and every state a row may have has its words."""

import re
from pathlib import Path
from typing import get_args

import pytest

from app.domain.publication import FieldState, PublicationState
from app.domain.steps import STEP, Step
from app.engine.papers import registry
from app.scenarios import ALL
from app.web import texts
from app.web.panel import fields
from scripts.texts import extracted
from tests.unit.web_pages.shop import Shop

WEB = Path(texts.__file__).parent
PAGES = sorted((WEB / "templates").rglob("*.html"))


def test_python_templates_scenarios_and_errors_give_one_catalogue() -> None:
    found = extracted()
    assert len(found) > 2000
    for text in ("What is happening", "Under review", "Try now", "Hold the order", "Documents complete",
                 ("%(n)s step, all done", "%(n)s steps, all done"), "Group that decides on returns",
                 "Make an agreement with the company."):  # fmt: skip
        assert text in found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_no_words_stand_outside_the_catalogue(page: Path) -> None:
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", page.read_text("utf-8"), flags=re.DOTALL)
    attributes = re.sub(r'[\w-]+="[^"]*"', "", bare)
    shown = re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>|&\w+;", " ", attributes, flags=re.DOTALL)
    assert re.findall(r"[^\W\d_]{2,}", shown) == []


def test_every_step_has_a_title_and_what_its_failure_means() -> None:
    kinds = {kind.__dataclass_fields__["kind"].default for kind in get_args(get_args(Step)[0])}
    assert kinds == set(texts.STEPS)
    assert kinds == set(texts.MEANINGS)


def test_every_step_of_the_catalogue_reads_as_words() -> None:
    for scenario in ALL:
        assert scenario.slug in texts.SCENARIOS
        for step in scenario.steps:
            assert STEP.dump_python(step, mode="json")["kind"] in texts.STEPS


def test_every_state_has_its_word() -> None:
    assert {state.value for state in FieldState} == set(texts.FIELD_STATES)
    assert {state.value for state in PublicationState} == set(fields.PUBLICATION_STATES)


def test_every_paper_has_its_title() -> None:
    assert set(texts.PAPERS) == set(registry.PAPERS)


def test_templates_lose_their_indentation_and_what_people_wrote_keeps_its_own(shop: Shop) -> None:
    template = shop.flask.jinja_env.from_string("<blockquote>\n    {{ said }}\n  </blockquote>")
    assert template.render(said="One\n\n  two") == "<blockquote>\nOne\n\n  two\n</blockquote>"
