"""A workflow's picture: every model we ship is drawn, the step where it stands is lit, and words say the same."""

import re

import pytest
from sqlmodel import select

from app.db.links import WorkflowLink
from app.db.runs import StepRow
from app.db.session import unit_of_work
from app.opentext.workflow_service.diagrams import EXPRESSION, diagram
from app.opentext.workflow_service.models import MODELS, model_file
from app.web.panel.lines import LETTER, WIDTH, line
from tests.unit.web_pages.shop import Shop

HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize("process", MODELS)
def test_every_step_of_a_model_has_its_place_and_its_tasks_are_known_again(process: str) -> None:
    found = diagram(process)
    assert found is not None
    xml = model_file(process)
    assert {one.id for one in found.shapes} == set(re.findall(r'BPMNShape id="\w+" bpmnElement="(\w+)"', xml))
    assert len(found.edges) == xml.count("<sequenceFlow ")
    for number, name in re.findall(r'<userTask id="(\w+)" name="([^"]+)"', xml):
        assert found.step_of(EXPRESSION.sub("1001", name)) == number
    for one in found.shapes:
        assert found.left <= one.x <= one.x + one.width <= found.left + found.width
        assert found.top <= one.y <= one.y + one.height <= found.top + found.height


def lit(page: str, shape: str = "flat") -> list[str]:
    """What is written on the steps that are lit, in the wide picture or in the one for a narrow column."""
    picture = page.partition(f'<svg class="{shape}"')[2].partition("</svg>")[0]
    groups = re.findall(r'<g class="lit"[^>]*>(.*?)</g>', picture, re.DOTALL)
    return [" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", one)) for one in groups]


@pytest.mark.parametrize("process", MODELS)
def test_in_a_narrow_column_every_task_has_its_line_and_its_ways(process: str) -> None:
    found = diagram(process)
    assert found is not None
    drawn = line(found, {found.stops[0].id}, {})
    names = re.findall(r'<userTask id="\w+" name="([^"]+)"', model_file(process))
    assert len(drawn.stops) == len(names) + 1
    assert [one.is_lit for one in drawn.stops] == [True] + [False] * len(names)
    assert [one.is_end for one in drawn.stops] == [False] * len(names) + [True]
    assert sorted(one.y for one in drawn.stops) == [one.y for one in drawn.stops]
    for one in drawn.stops:
        assert one.lines
        assert all(drawn.text_x + len(text) * LETTER <= WIDTH for _y, text in one.lines)
    ends = {end for _start, end in found.ways()}
    assert ends >= set(range(1, len(drawn.stops))), "a stop nobody comes to"
    assert {start for start, _end in found.ways()} == set(range(len(names))), "a task that leads nowhere"
    for points in re.findall(r"-?\d+ -?\d+", drawn.onward + drawn.back):
        x, y = (int(number) for number in points.split())
        assert -drawn.x <= x <= drawn.x  # an arc's aim lies outside, the arc itself three quarters of the way
        assert 0 <= y <= drawn.height


def test_a_question_leads_back_to_who_asked() -> None:
    found = diagram("sf_order_review")
    assert found is not None
    assert found.ways() == {(0, 1), (1, 0), (0, 2), (1, 2)}


def test_the_panel_lights_the_task_that_is_open_and_then_the_end(shop: Shop) -> None:
    run = shop.order_under_review("1001")
    viewer = shop.sign_in("viewer")
    page = viewer.text("/panel/orders/1001")
    assert lit(page) == lit(page, "tall") == ["Review order"]
    assert "Order review, step by step: Review order (now); " in page
    with unit_of_work(shop.deps.database) as uow:
        flow = uow.session.get_one(WorkflowLink, run.id)
        flow.tasks = [{**flow.tasks[0], "name": "Provide information for order 1001"}]
    assert lit(viewer.text("/panel/orders/1001")) == ["Provide information for order"]
    with unit_of_work(shop.deps.database) as uow:
        flow = uow.session.get_one(WorkflowLink, run.id)
        flow.tasks = [{**flow.tasks[0], "name": HOSTILE}]
    page = viewer.text("/panel/orders/1001")
    assert lit(page) == []
    assert "<script>alert" not in page
    shop.order_under_review("1002", outcome="approved")
    page = viewer.text("/panel/orders/1002")
    assert lit(page) == lit(page, "tall") == ["Decided"]


def test_a_model_that_is_not_ours_has_no_picture(shop: Shop) -> None:
    run = shop.order_under_review("1001")
    with unit_of_work(shop.deps.database) as uow:
        for row in uow.session.exec(select(StepRow).where(StepRow.run_id == run.id, StepRow.kind == "start_workflow")):
            row.params = row.params | {"process": "../../secret"}
    page = shop.sign_in().text("/panel/orders/1001")
    assert 'class="picture"' not in page
    assert "Who must act" in page
