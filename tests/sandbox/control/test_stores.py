"""Stores from outside: installing, and everything in them."""

import pytest

from sandbox import credentials
from tests.sandbox.control.conftest import Outsider, a_worker


def test_installing_walks_through_the_apps_own_pages(outsider: Outsider) -> None:
    with a_worker(outsider.house):
        found = outsider.post("/stores/bigcommerce/install")
    assert found["installed"] is True
    assert found["extensions"] == ["CUSTOMERS", "ORDERS", "PRODUCTS"]
    assert "store/order/created" in found["hooks"]
    assert {"sf_content_approval", "sf_order_review"} <= set(found["workflow_models"])
    assert outsider.get("")["bigcommerce"]["stores"][0]["installed"] is True


def test_installing_can_leave_opentext_unconnected(outsider: Outsider) -> None:
    with a_worker(outsider.house):
        found = outsider.post("/stores/bigcommerce/install", {"connect": False})
    assert found["workflow_models"] == []
    assert found["hooks"]


def test_a_second_store_is_made_by_installing_into_it(installed: Outsider) -> None:
    with a_worker(installed.house):
        found = installed.post("/stores/bigcommerce/install", {"store_hash": "second22", "name": "Second"})
    assert (found["store_hash"], found["installed"]) == ("second22", True)
    made = installed.post("/stores/bigcommerce/orders?store=second22", {"total": "10"}, 201)
    assert made["id"] in {o["id"] for o in installed.get("/stores/bigcommerce/orders", store="second22")["orders"]}


def test_the_step_that_failed_is_named(outsider: Outsider) -> None:
    outsider.post("/faults", {"system": "bigcommerce", "path": "/oauth2/token", "kind": "status", "status": 500}, 201)
    assert outsider.post("/stores/bigcommerce/install", status=502)["step"] == "install"


def test_uninstalling_and_removing_users(installed: Outsider) -> None:
    staff = next(u for u in installed.get("")["bigcommerce"]["stores"][0]["users"] if u["role"] != "owner")
    removed = installed.post("/stores/bigcommerce/remove_user", {"user": staff["id"]})
    assert removed["removed"] == staff["id"]
    assert installed.post("/stores/bigcommerce/remove_user", {"user": "x@y.example"}, 422)["fields"]
    assert installed.post("/stores/bigcommerce/uninstall")["installed"] is False
    installed.post("/stores/bigcommerce/uninstall", status=409)


def test_opening_gives_a_signed_address_for_one_use(installed: Outsider) -> None:
    url = installed.post("/stores/bigcommerce/open", {"path": "/orders/100"})["url"]
    assert url.startswith("http://app.test/bigcommerce/load?signed_payload_jwt=")
    for path, title in (
        ("/orders/100", "<title>Order 100"),
        ("/settings/set-up/store", "<title>Set-up"),
        ("/x", "ECM"),
    ):
        url = installed.post("/stores/bigcommerce/open", {"path": path})["url"]
        shown = installed.house.flask.test_client().get(url, follow_redirects=True)
        assert title in shown.get_data(as_text=True), path
    assert installed.post("/stores/bigcommerce/open", {"user": 1}, 422)["error"]


def test_an_order_is_made_changed_and_read_with_its_webhooks(installed: Outsider) -> None:
    made = installed.post(
        "/stores/bigcommerce/orders",
        {"total": "749.90", "billing": {"country_iso2": "DE"}, "shipping": {"country_iso2": "NG"}},
        201,
    )
    assert {e.object_id for e in installed.house.events(topic="order.changed")} >= {str(made["id"])}
    changed = installed.patch(f"/stores/bigcommerce/orders/{made['id']}", {"status_id": 2})
    assert changed["status"] == "Shipped"
    read = installed.get(f"/stores/bigcommerce/orders/{made['id']}")
    assert (read["status_id"], read["total_inc_tax"]) == (2, "749.9000")
    assert read["shipping_addresses"][0]["country_iso2"] == "NG"


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("products", {"name": "Trail lamp", "price": 49.5, "description": "<p>Bright.</p>"}),
        ("customers", {"email": "new@example.com", "first_name": "Nia", "last_name": "Okoye"}),
        ("pages", {"name": "Terms", "body": "<p>…</p>"}),
        ("promotions", {"name": "Spring"}),
        ("price_lists", {"name": "Contract 7"}),
    ],
)
def test_other_things_are_made_and_found(outsider: Outsider, resource: str, body: dict[str, object]) -> None:
    made = outsider.post(f"/stores/bigcommerce/{resource}", body, 201)
    assert outsider.get(f"/stores/bigcommerce/{resource}/{made['id']}")["id"] == made["id"]
    assert made["id"] in {entry["id"] for entry in outsider.get(f"/stores/bigcommerce/{resource}")[resource]}


def test_what_belongs_to_an_order_is_made_with_its_number(outsider: Outsider) -> None:
    order = outsider.post("/stores/bigcommerce/orders", {"total": "60"}, 201)["id"]
    assert outsider.post("/stores/bigcommerce/shipments", {"order_id": order}, 201)["order_id"] == order
    assert (
        outsider.post("/stores/bigcommerce/messages", {"order_id": order, "message": "Where?"}, 201)["order_id"]
        == order
    )
    assert outsider.post("/stores/bigcommerce/refunds", {"order_id": order, "amount": 5}, 201)["order_id"] == order


def test_things_can_be_deleted_where_a_merchant_can(outsider: Outsider) -> None:
    made = outsider.post("/stores/bigcommerce/products", {"name": "Short lived"}, 201)
    outsider.delete(f"/stores/bigcommerce/products/{made['id']}")
    outsider.get(f"/stores/bigcommerce/products/{made['id']}", 404)
    outsider.delete("/stores/bigcommerce/refunds/1", 405)


def test_the_demo_store_is_the_usual_one(outsider: Outsider) -> None:
    assert outsider.get("/stores/bigcommerce/store/1")["id"] == credentials.STORE_HASH
