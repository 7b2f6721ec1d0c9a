"""Names picked from the server: read by a job, kept with their age, marked when they go, chosen where they differ."""

import re

import pytest

from app.db.links import FiledDocument
from app.db.server_names import ServerNames
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.engine import server_names
from app.engine.sessions import Role
from sandbox.content_server.model import Node
from sandbox.control.install_walk import Forms
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER, Browser, Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on

PAGE = "/settings/names"


@pytest.fixture
def doors(installed_house: House) -> Doors:
    return Doors(installed_house)


def words(browser: Browser, path: str = PAGE) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return words_on(answer.get_data(as_text=True))


def read(doors: Doors, browser: Browser) -> dict[str, server_names.Known]:
    assert browser.post(f"{PAGE}/read").headers["Location"] == f"{PAGE}?done=asked"
    doors.house.drain()
    return server_names.known(doors.house.deps, doors.house.store_id)


def classification(house: House, name: str) -> Node:
    nodes = house.stage.content_server.state.nodes.values()
    return next(node for node in nodes if node.name == name and node.type == 551)


def test_what_the_server_has_is_offered_with_its_age_and_stays_when_the_server_is_down(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    assert "Never read" in words(owner)
    assert "The names of our set-up; Content Server was not read yet." in words(owner, "/settings/rights")
    known = read(doors, owner)
    assert "Orders" in known["classification"].names
    assert "Import licence" in known["document_type"].names
    assert "Customer" in known["category"].names
    assert "Order exception" in known["workspace_type"].names
    assert {"BigCommerce", "Shopify"} <= set(known["external_system"].names)
    assert "Read just now" in words(owner)
    assert "Order exception There" in words(owner)
    rule = house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    again = read(doors, owner)
    assert again["classification"].names == known["classification"].names
    assert again["classification"].problem
    assert "These are the names of the last look." in words(owner)
    house.stage.world.faults.remove(rule.id)
    assert doors.signed_in(OTHER, role=Role.VIEWER).post(f"{PAGE}/read").status_code == 403


def test_a_name_that_goes_is_marked_and_another_one_stands_for_ours(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    classification(house, "Orders").name = "Sales orders"
    nodes = house.stage.content_server.state.nodes.values()
    next(node for node in nodes if (node.name, node.type) == ("Approval", 131)).name = "Freigabe"
    read(doors, owner)
    page = words(owner)
    assert "Content Server has no such name any more." in page
    assert "Orders (not on the server)" in page
    kept = {}
    for kind, ours, theirs in (("classification", "Orders", "Sales orders"), ("category", "Approval", "Freigabe")):
        kept[f"{kind}-{server_names.ours()[kind].index(ours)}"] = theirs
    owner.post(PAGE, {**kept, "document_type-0": "not on the server"})
    assert server_names.chosen(house.deps, house.store_id) == {
        "classification": {"Orders": "Sales orders"}, "category": {"Approval": "Freigabe"},
    }  # fmt: skip
    assert "Content Server has no such name any more." not in words(owner)
    order = house.place_order("120.00")
    house.request(house.store_id, "order", order, "file_record")
    house.drain()
    assert house.run_of("record-on-request", order).state == "done"
    (document,) = house.rows(FiledDocument, filed_by_us=True)
    assert document.record_class == "Sales orders"


def test_scenarios_and_the_map_of_rights_take_ticked_names(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    read(doors, owner)
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(ServerNames, (house.store_id, "document_type"))
        row.names = ["Import licence", "Safety data sheet"]
    path = "/settings/scenarios/order-documents"
    fields = {"mode": "on", "upload_days": "14", "document_types": ["Import licence", "Passport"]}
    page = owner.get(path).get_data(as_text=True)
    assert 'name="document_types" value="Import licence" checked' in page
    saved = owner.post(path, {**fields_of(page), **fields})
    assert saved.status_code == 303, words_on(saved.get_data(as_text=True))
    after = owner.get(path).get_data(as_text=True)
    assert ">Passport</textarea>" in after
    assert "These are not on the server" in after
    line = {"mode": "service", "lines": "1", "group-0": "everyone", "preset-0": "own", "documents-0": "only",
            "folders-0": ["02 Payment", ""], "types-0": ["Safety data sheet", "Gone type"], "workflow-0": "see",
            "version": "0"}  # fmt: skip
    assert owner.post("/settings/rights", line).headers["Location"] == "/settings/rights?done=saved"
    rights = owner.get("/settings/rights").get_data(as_text=True)
    assert 'name="types-0" value="Safety data sheet" checked' in rights
    assert 'name="folders-0" value="02 Payment" checked' in rights
    assert "Gone type</textarea>" in rights


def test_a_group_that_decides_is_chosen_from_the_servers_and_typed_where_it_cannot_be_asked(doors: Doors) -> None:
    house, owner, path = doors.house, doors.signed_in(), "/settings/scenarios/order-review"
    before = owner.get(path).get_data(as_text=True)
    assert re.search(r'<input id="order-review-review_group"[^>]*value="Order Review"', before)
    assert "OpenText’s groups were not read yet. Type the name" in before
    known = read(doors, owner)
    assert {"Order Review", "Finance"} <= set(known["group"].names)
    assert "anna.berg@demo" not in known["group"].names, "people are no groups"
    page = owner.get(path).get_data(as_text=True)
    assert '<option value="Order Review" selected>' in page
    assert "nobody gets the task" not in page
    assert owner.post(path, {**fields_of(page), "review_group": "Fraud team"}).status_code == 303
    page = owner.get(path).get_data(as_text=True)
    assert "nobody gets the task" in page
    assert '<option value="Fraud team" selected>Fraud team (not on the server)' in page
    assert "Fraud team Not on the server" in words(owner)
    assert "1 name is not on the server" in words(owner, "/settings/")
    house.stage.world.faults.add(FaultRule(system="content_server", path="*/v2/members", kind="status", status=503))
    again = read(doors, owner)
    assert again["group"].names == known["group"].names
    page = owner.get(path).get_data(as_text=True)
    assert "OpenText’s groups could not be read" in page
    assert re.search(r'<input id="order-review-review_group"[^>]*value="Fraud team"', page)
    assert '<option value="Finance"></option>' in page, "what was known is still suggested"


def fields_of(page: str) -> dict[str, str]:
    """What the page's form for choices would send."""

    form = next(one for one in Forms(page).forms if "mode" in one.fields)
    return {name: value for name, value in form.fields.items() if name != "page_token"}


def test_the_start_page_says_in_a_line_how_each_room_stands(doors: Doors) -> None:
    house, owner = doors.house, doors.signed_in()
    page = words(owner, "/settings/")
    assert "OpenText connection" in page
    assert re.search(r"OpenText connection .{0,80}Connected, tested (just now|\d+ (second|minute)s? ago)", page)
    assert "Never read" in page
    assert "1 owner" in page
    assert "Audit log" in page
    classification(house, "Orders").name = "Sales orders"
    read(doors, owner)
    assert "1 name is not on the server; read just now" in words(owner, "/settings/")
    with unit_of_work(house.deps.database) as uow:
        uow.session.get_one(OpenTextConnection, house.store_id).state = "needs_reauth"
    assert "OpenText no longer accepts our credentials" in words(owner, "/settings/")
    viewer = doors.signed_in(OTHER, role=Role.VIEWER)
    page = viewer.get("/settings/").get_data(as_text=True)
    assert "/settings/people" in page
    assert "/settings/audit" not in page, "a room they may not open"
    assert "/settings/privacy" not in page
    beside = viewer.get("/settings/people").get_data(as_text=True)
    assert 'href="/settings/rights"' in beside
    assert 'href="/settings/opentext"' not in beside, "only what stands beside it"
