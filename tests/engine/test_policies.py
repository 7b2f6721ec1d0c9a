"""Terms and policies: every version a buyer could read is kept, and every order says under which it was placed."""

from app.db.links import WorkspaceLink
from app.db.policies import PolicyVersion
from app.domain.ids import NodeId
from tests.engine import office
from tests.house import House

FIRST, SECOND = "<p>Goods stay ours until paid.</p>", "<p>Goods stay ours until paid in full.</p>"


def terms(house: House, body: str, page: int | None = None) -> int:
    """The merchant writes (or changes) the terms; we learn of it."""
    made = {"name": "Terms and conditions", "type": "page", "body": body, "is_visible": True}
    if page is None:
        page = int(house.store_api.post("v3/content/pages", json={**made, "channel_id": 1}).json()["data"]["id"])
    else:
        assert house.store_api.put(f"v3/content/pages/{page}", json=made).status_code == 200
    house.drain()
    house.advance(minutes=1)  # the store tells the time of an order in whole seconds
    return page


def placed_under(house: House, order: str) -> list[str]:
    """What the order's workspace in OpenText says."""
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order)
    values = house.deps.opentext(house.store_id).categories.values(NodeId(link.workspace_id))["Order"]
    found = values["Policies in force"]
    return [found] if isinstance(found, str) else [one for one in found if one]


def test_each_order_names_the_versions_it_was_placed_under(installed_house):
    house = installed_house
    page = terms(house, FIRST)
    before = office.buy(house, total="950")
    terms(house, SECOND, page)
    after = office.buy(house, total="950")
    (old,), (new,) = placed_under(house, before), placed_under(house, after)
    assert old.startswith("Terms and conditions, version 1 of ")
    assert new.startswith("Terms and conditions, version 2 of ")
    assert [row.number for row in house.rows(PolicyVersion, page_id=f"page:{page}")] == [1, 2]


def test_a_change_nobody_can_read_is_no_version_and_an_old_text_that_comes_back_is_one(installed_house):
    house = installed_house
    page = terms(house, FIRST)
    terms(house, FIRST, page)
    house.store_api.put(f"v3/content/pages/{page}", json={"sort_order": 7})
    house.drain()
    assert len(house.rows(PolicyVersion, page_id=f"page:{page}")) == 1
    terms(house, SECOND, page)
    terms(house, FIRST, page)
    versions = house.rows(PolicyVersion, page_id=f"page:{page}")
    assert len(versions) == 3
    assert [row.in_force_to is None for row in versions] == [False, False, True]
    assert versions[0].sha256 == versions[2].sha256


def test_a_page_that_is_hidden_or_deleted_is_in_force_no_more(installed_house):
    house = installed_house
    page = terms(house, FIRST)
    assert house.store_api.put(f"v3/content/pages/{page}", json={"is_visible": False}).status_code == 200
    house.drain()
    assert house.rows(PolicyVersion)[0].in_force_to is not None
    shown = terms(house, SECOND, page)
    assert house.store_api.delete(f"v3/content/pages/{shown}").status_code == 204
    house.request(house.store_id, "store", "demostore1", "look_at_pages")
    house.drain()
    assert all(row.in_force_to for row in house.rows(PolicyVersion))
    house.advance(minutes=1)
    order = office.buy(house, total="950")
    assert placed_under(house, order) == []


def test_the_versions_of_any_page_are_kept_when_a_person_asks(installed_house):
    house = installed_house
    made = {"name": "Our story", "type": "page", "body": "<p>Since 1950.</p>", "is_visible": True, "channel_id": 1}
    number = house.store_api.post("v3/content/pages", json=made).json()["data"]["id"]
    house.drain()
    assert house.rows(PolicyVersion) == [], "it is no policy by its title"
    page, browser = f"page:{number}", office.browser(house)
    house.request(house.store_id, "page", page, "recheck")
    house.drain()
    assert "Keep the versions of this page" in browser.get(f"/panel/pages/{page}").get_data(as_text=True)
    assert browser.post(f"/panel/pages/{page}/ask/create_workspace").status_code == 303
    house.drain()
    shown = browser.get(f"/panel/pages/{page}").get_data(as_text=True)
    assert set(office.papers(house, "page", page)) == {"Our story version 1.pdf", "Our story version 1.html"}
    assert "Our story version 1.pdf" in shown
    assert "still in force" in shown


def test_a_case_gets_its_workspace_when_a_person_asks_and_nothing_else_happens(installed_house):
    house = installed_house
    office.switch(house, "complaint-case", "off")
    order = office.buy(house)
    case = office.open_case(house, order, "complaint", reason="goods", text="Scratched", severity="normal")
    assert house.rows(WorkspaceLink, object_type="case") == []
    browser = office.browser(house)
    assert "Give this case a workspace" in browser.get(f"/panel/cases/{case.id}").get_data(as_text=True)
    assert browser.post(f"/panel/cases/{case.id}/ask/create_workspace").status_code == 303
    house.drain()
    (link,) = house.rows(WorkspaceLink, object_type="case", object_id=case.id)
    assert link.business_object_type == "COMPLAINT"
    assert house.rows(WorkspaceLink, object_type="order", object_id=order), "it hangs below its order"
    assert house.run_of("case-workspace", case.id).state == "done"
    assert house.stage.workflow.engine.instances() == []
