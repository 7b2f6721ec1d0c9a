"""The diagram and the cards of the desk."""

import io
from datetime import datetime, timedelta
from itertools import pairwise

from PIL import Image

from app.opentext.workflow_service.models import load_model
from sandbox.workflow import desk, diagram
from tests.sandbox.workflow.harness import (
    ANNA,
    SAM,
    TOM,
    Harness,
    boundary_timer,
    flow,
    http_task,
    process,
    straight,
    user_task,
)

SERVICE_NAME = "storefront-workflow@OAuthClients"
HIGHLIGHT = tuple(int(diagram.HERE[i : i + 2], 16) for i in (1, 3, 5))


def picture(blob: bytes) -> Image.Image:
    return Image.open(io.BytesIO(blob)).convert("RGB")


def highlighted(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around everything in the highlight's colour."""
    found = [i for i, pixel in enumerate(image.get_flattened_data()) if pixel == HIGHLIGHT]
    columns, rows = [i % image.width for i in found], [i // image.width for i in found]
    return (min(columns), min(rows), max(columns), max(rows)) if found else None


def test_the_step_where_an_instance_stands_is_highlighted() -> None:
    xml = load_model("sf_order_review", "client", "secret")
    assert highlighted(picture(diagram.png(xml, set()))) is None
    assert highlighted(picture(diagram.png(xml, {"report"}))) == (540, 150, 660, 230)
    left, _, right, _ = highlighted(picture(diagram.png(xml, {"review", "report"}))) or (0, 0, 0, 0)
    assert (left, right) == (210, 660)


def test_everything_drawn_fits_the_picture() -> None:
    image = picture(diagram.png(load_model("sf_order_review", "client", "secret"), set()))
    assert image.width > 742 + 36
    assert image.height > 300


def test_a_model_without_a_diagram_is_laid_out() -> None:
    body = straight(user_task("a"), http_task("b")) + boundary_timer("late", "a", "PT1H") + flow("late", "b")
    image = picture(diagram.png(process(body), {"b"}))
    left, _, right, _ = highlighted(image) or (0, 0, 0, 0)
    assert 2 * diagram.COLUMN < left < right < image.width


def test_steps_of_one_column_do_not_cover_each_other() -> None:
    ways = "".join(user_task(id) + flow("fork", id) + flow(id, "end") for id in ("a", "b", "c"))
    body = '<startEvent id="start"/><endEvent id="end"/><parallelGateway id="fork"/>' + flow("start", "fork") + ways
    boxes = [highlighted(picture(diagram.png(process(body), {id}))) for id in ("a", "b", "c")]
    tops = sorted(box[1] for box in boxes if box)
    assert len(tops) == 3
    assert min(b - a for a, b in pairwise(tops)) > 70


def test_a_card_tells_who_may_take_a_task_and_how_it_may_end(flows: Harness) -> None:
    task = user_task(name="Look at ${n}", candidateGroups="Order Review", possibleOutcomes="Yes:yes,No:no")
    body = straight(task) + boundary_timer("late", "task", "PT1H") + flow("late", "end")
    flows.deploy(process(body))
    flows.start("p", n=5)
    (card,) = desk.task_cards(flows.engine)
    assert (card["name"], card["business_key"], card["process"], card["step"]) == ("Look at 5", "bk", "p", "task")
    assert card["may_claim"] == [ANNA, TOM]
    assert card["outcomes"] == [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]
    assert card["variables"] == {"n": 5}
    left = datetime.fromisoformat(card["due_at"]) - flows.world.clock.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_a_task_open_to_all_may_be_claimed_by_everybody(flows: Harness) -> None:
    flows.deploy(process(straight(user_task())))
    flows.start("p")
    assert SAM in desk.task_cards(flows.engine)[0]["may_claim"]


def test_an_instances_card_tells_its_trail_and_its_calls(flows: Harness) -> None:
    flows.deploy(process(straight(user_task(possibleOutcomes="Yes:yes", outcomeVariable="d"), http_task())))
    flows.start("p")
    (card,) = desk.instance_cards(flows.engine)
    assert (card["status"], card["waits_at"]) == ("RUNNING", ["task"])
    flows.decide(ANNA, "yes")
    (card,) = desk.instance_cards(flows.engine)
    assert (card["status"], card["waits_at"]) == ("COMPLETED", [])
    assert [(t["step"], t["who"], t["outcome"]) for t in card["trail"]] == [("task", ANNA, "yes")]
    assert card["trail"][0]["completed_by"] == SERVICE_NAME
    assert [(c["step"], c["status"]) for c in card["calls"]] == [("call", 202)]
    assert desk.picture(flows.engine, card["id"]).startswith(b"\x89PNG")


def test_statuses_follow_the_rule(flows: Harness) -> None:
    flows.deploy(process(straight(user_task())))
    instance = flows.start("p")
    flows.engine.set_suspended(instance["id"], True, flows.engine.person(ANNA))
    assert desk.status(flows.engine.instance(instance["id"])) == "SUSPENDED"
    flows.engine.terminate(instance["id"], flows.engine.person(ANNA))
    assert desk.status(flows.engine.instance(instance["id"])) == "TERMINATED"
