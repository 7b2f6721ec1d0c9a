"""A recall in a Shopify shop: off sale, orders found by SKU, what waits held, buyers told, everything let go after."""

from app.db.cases import CaseRow
from app.db.recalls import RecallOrder
from app.db.runs import Run
from tests.engine import aftersale as shop
from tests.engine import office
from tests.house import House

WORDS = "The battery may overheat. Stop using it."


def lamp(house: House) -> str:
    (found,) = [one for one in shop.merchant(house).list("products") if one["title"] == "Lamp"]
    return shop.number(found)


def recall(house: House) -> CaseRow:
    """A person asks for it on the product's page."""
    house.request(house.store_id, "product", lamp(house), "open_recall", case_text=WORDS)
    house.drain()
    house.stage.tick()
    house.drain()
    (case,) = house.rows(CaseRow, kind="recall")
    assert isinstance(case, CaseRow)
    return case


def holds(house: House, order: str) -> list[str]:
    return [one["status"] for one in shop.order_of(house, order)["fulfillmentOrders"]]


def steps(house: House, scenario: str, subject: str) -> dict[str, str]:
    return {step.kind: step.summary for step in house.steps_of(house.run_of(scenario, subject))}


def test_a_recall_hides_finds_holds_tells_and_lets_go(selling):
    house = selling
    house.stage.shopify_admin.grant(["write_content", "read_all_orders"], shop.SHOP)
    house.drain()
    sent, waiting = shop.sell(house), shop.sell(house, shipped=False)
    case = recall(house)
    product = lamp(house)
    assert shop.merchant(house).get("products", product)["status"] == "DRAFT"
    assert {one.order_id for one in house.rows(RecallOrder)} == {sent, waiting}
    assert holds(house, waiting) == ["ON_HOLD"]
    note = shop.order_of(house, waiting)["note"]
    assert f"Held: recall {case.number} concerns this order." in note
    assert "Held" not in (shop.order_of(house, sent)["note"] or "")
    told = house.rows(Run, scenario="recall-letter")
    assert {run.subject_id for run in told} == {sent, waiting}
    (page,) = [one for one in shop.merchant(house).list("pages") if "recall" in one["title"].casefold()]
    assert page["isPublished"]
    house.request(house.store_id, "order", waiting, "recall_remedy", case=case.id, remedy="not_affected")
    house.drain()
    assert holds(house, waiting) == ["OPEN"]
    assert house.run_of("recall-hold", waiting).state == "done"


def test_without_its_optional_access_a_recall_goes_on_and_says_what_to_grant(selling):
    house = selling
    order = shop.sell(house, shipped=False)
    case = recall(house)
    said = steps(house, "recall-run", case.id)
    assert "write_content" in said["publish_notice"]
    assert "put the notice into your store by hand" in said["publish_notice"]
    assert "read_all_orders" in said["find_affected"]
    assert holds(house, order) == ["ON_HOLD"]
    house.request(house.store_id, "order", order, "recall_remedy", case=case.id, remedy="refund")
    house.drain()
    assert holds(house, order) == ["ON_HOLD"], "what was refunded is not sent"
    assert "stays held" in steps(house, "recall-hold", order)["await_remedy"]


def test_another_hold_of_ours_ending_does_not_let_a_recalled_order_go(selling):
    house = selling
    order = shop.sell(house, quantity=30, shipped=False)
    assert house.run_of("order-review", order).state == "waiting"
    recall(house)
    office.decide(house, "sf_order_review", "approved", user="anna.berg@demo")
    assert holds(house, order) == ["ON_HOLD"]
