"""A pack of scenarios: tried on past orders and put in shadow together; what only plans touches nothing."""

from app.db.audit import AuditEntry
from app.db.history import HistoryJob
from app.db.runs import Run
from app.db.session import reading
from app.domain.ids import Provider
from app.domain.scenario import Mode
from app.engine import history, preferences
from app.engine.sessions import Role
from app.scenarios import ALL
from tests.doors import OTHER, Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on

PACK = "/settings/scenarios/packs/order"


def modes(house: House) -> dict[str, Mode]:
    with reading(house.deps.database) as session:
        found = preferences.load_all(session, house.store_id, ALL)
    mine = [one for one in ALL if one.subject.value == "order" and Provider.BIGCOMMERCE in one.providers]
    return {one.slug: found[one.slug].mode for one in mine}


def test_a_pack_is_tried_on_past_orders_then_only_plans_then_works(installed_house: House) -> None:
    house, doors = installed_house, Doors(installed_house)
    owner = doors.signed_in()
    house.place_order("950.00", ship_to="FR")
    house.drain()
    before = house.effects("bigcommerce")
    assert owner.post(PACK, {"try": "yes", "days": "30"}).headers["Location"].endswith("?done=tried#pack-order")
    jobs = {one.scenario: one.id for one in house.rows(HistoryJob, kind="dry_run")}
    assert {"order-review", "order-records", "order-documents"} <= set(jobs)
    for slug in set(jobs) - {"order-review"}:
        history.stop(house.deps, house.store_id, jobs[slug], "tester")
    house.drain()
    assert house.effects("bigcommerce") == before
    page = words_on(owner.get("/settings/scenarios").get_data(as_text=True))
    assert "It would have acted 1 time." in page

    viewer = doors.signed_in(OTHER, role=Role.VIEWER)
    assert viewer.post(PACK, {"mode": "on"}).status_code == 403
    assert owner.post(PACK, {"mode": "always"}).status_code == 404
    assert owner.post("/settings/scenarios/packs/moons", {"mode": "on"}).status_code == 404

    assert owner.post(PACK, {"mode": "shadow"}).headers["Location"].endswith("?done=saved#pack-order")
    assert set(modes(house).values()) == {Mode.SHADOW}
    entries = len(house.rows(AuditEntry, action="preferences_changed"))
    owner.post(PACK, {"mode": "shadow"})
    assert len(house.rows(AuditEntry, action="preferences_changed")) == entries  # nothing changed, nothing written
    house.drain()  # webhooks for what was off are asked for
    hooks = {one["scope"] for one in house.store_api.get("v3/hooks?limit=250").json()["data"]}
    assert any(scope.startswith("store/shipment/") for scope in hooks)
    order = house.place_order("950.00", ship_to="FR")
    before = house.order(order)["status_id"]
    house.drain()
    runs = house.rows(Run, subject_type="order", subject_id=order)
    assert {run.state for run in runs} == {"shadow"}
    assert "order-review" in {run.scenario for run in runs}
    assert house.order(order)["status_id"] == before

    owner.post("/settings/scenarios/order-review", {"mode": "off"})  # refused: its other choices are missing
    assert modes(house)["order-review"] is Mode.SHADOW
    owner.post(PACK, {"mode": "off"})
    assert set(modes(house).values()) == {Mode.OFF}
