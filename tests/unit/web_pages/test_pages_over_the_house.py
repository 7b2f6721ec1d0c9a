"""The pages over rows the engine itself wrote: what people see is what has happened, on both sides."""

import re

from app.db.links import WorkspaceLink
from app.db.publications import Publication
from sandbox.kernel.faults import FaultRule
from tests.doors import Browser, Doors
from tests.engine.test_publishing import picture, sheet
from tests.house import House
from tests.unit.web_pages.test_order_panel import state_on, words_on


def a_merchant(house: House) -> Browser:
    house.move_in()
    return Doors(house).signed_in()


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_order_is_held_reviewed_and_released_before_ones_eyes(house: House) -> None:
    browser = a_merchant(house)
    order_id = house.place_order("950.00", ship_to="FR")
    house.drain()
    held = page(browser, f"/panel/orders/{order_id}")
    assert state_on(held) == "Under review"
    words = words_on(held)
    assert "is at or above your limit of" in words
    assert "Order Review decides in OpenText" in words
    assert "Record · Orders" in words
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    words = words_on(page(browser, f"/panel/orders/{order_id}"))
    assert "Still to come Decision record It is filed by itself with the decision." in words
    assert "Missing" not in words, "it is asked of nobody"
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order_id)
    assert link.completeness["ours"] == {"Order record": "order_record", "Decision record": "approval_record"}
    house.decide(order_id, "approved", comment="All fine")
    house.drain()
    released = page(browser, f"/panel/orders/{order_id}")
    assert state_on(released) == "Approved"
    chain = words_on(released)
    assert "anna.berg@demo" in chain
    assert "Order moved from “Manual Verification Required” to “Awaiting Fulfillment”." in chain
    assert f"Order {order_id} decision.pdf" in chain
    assert "The buyer is told about it, if your settings say so." in chain
    assert not re.search("Missing|Still to come", chain), "the record we filed is the one that was asked for"
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    words = words_on(page(browser, f"/panel/orders/{order_id}"))
    assert not re.search("Missing|Still to come", words), "OpenText says so too"


def test_a_review_by_hand_starts_with_the_button(house: House) -> None:
    browser = a_merchant(house)
    order_id = house.place_order("20.00")
    house.drain()
    assert "Open a review for this order" in page(browser, f"/panel/orders/{order_id}")
    assert browser.post(f"/panel/orders/{order_id}/review").status_code == 303
    house.drain()
    assert state_on(page(browser, f"/panel/orders/{order_id}")) == "Under review"


def test_while_opentext_is_down_the_panel_says_so_and_try_now_ends_it(house: House) -> None:
    browser = a_merchant(house)
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    order_id = house.place_order("950.00")
    house.drain()
    down = page(browser, f"/panel/orders/{order_id}")
    assert "OpenText is not answering right now" in down
    assert "Next try" in down
    house.stage.world.faults.remove()
    address = re.search(r'action="(/panel/runs/\w+/try)"', down)
    assert address
    assert browser.post(address[1]).status_code == 303
    house.drain()
    up = page(browser, f"/panel/orders/{order_id}")
    assert state_on(up) == "Under review"
    assert "OpenText is not answering" not in up


def test_content_goes_live_drifts_is_restored_and_undone(house: House) -> None:
    browser = a_merchant(house)
    product_id = house.make_product()
    house.drain()
    path = f"/panel/products/{product_id}"
    assert state_on(page(browser, path)) == "Ready"
    (link,) = house.rows(WorkspaceLink, object_type="product", object_id=product_id)
    house.write_document(link.workspace_id, "02 Images", "front.png", picture())
    content = sheet(images=[{"document": "front.png", "alt": "The lamp", "thumbnail": True}])
    node_id = house.write_document(link.workspace_id, "01 Content", "Product content.json", content)
    house.approve(node_id)
    house.drain()
    live = page(browser, path)
    assert state_on(live) == "Live"
    assert "by tom.okafor@demo" in words_on(live)
    assert "<img" in live

    house.store_api.put(f"v3/catalog/products/{product_id}", json={"name": "Lamp SALE"})
    house.drain()
    assert state_on(page(browser, path)) == "Drifted"
    (publication,) = house.rows(Publication, object_id=product_id)
    assert browser.post(f"{path}/publications/{publication.id}/restore", {"field": "name"}).status_code == 303
    house.drain()
    assert state_on(page(browser, path)) == "Live"
    assert house.product(product_id)["name"] == "Desk lamp Aurora"

    house.store_api.put(f"v3/catalog/products/{product_id}", json={"name": "Lamp SALE"})
    house.drain()
    assert "Left alone" in page(browser, f"{path}/publications/{publication.id}/undo")
    assert browser.post(f"{path}/publications/{publication.id}/undo").status_code == 303
    house.drain()
    undone = page(browser, path)
    assert state_on(undone) == "Undone"
    assert "because somebody changed it after it was published: Name." in words_on(undone)
    assert house.product(product_id)["name"] == "Lamp SALE"
    assert house.product(product_id)["description"] == "<p>Old text</p>"


def test_home_and_activity_tell_the_day(house: House) -> None:
    browser = a_merchant(house)
    order_id = house.place_order("950.00")
    house.drain()
    home = words_on(page(browser, "/"))
    assert "All is well" in home
    assert "Order review Waiting 1" in home
    assert f"Order {order_id}" in words_on(page(browser, "/activity/"))
    assert "An order was placed or changed" in words_on(page(browser, "/activity/deliveries"))
