"""The control panel's pages do what a merchant's hands would."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.desk.conftest import Visitor, said

STAFF = "24654"
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace"}


def frame_target(visitor: Visitor, query: str) -> str:
    answer = visitor.client.get(f"/store/frame?{query}", follow_redirects=False)
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_installing_frames_the_apps_answer(visitor: Visitor) -> None:
    assert "store_v2_orders" in visitor.open("/store/apps")
    page = visitor.send("/store/apps/install", back="/store/apps")
    assert '<iframe class="app-frame" src="/store/frame?install=1"' in page
    target = frame_target(visitor, "install=1")
    assert target.startswith("http://app.test/bigcommerce/auth?code=")
    assert parse_qs(urlsplit(target).query)["context"] == ["stores/demostore1"]


def test_the_app_opens_only_when_it_is_installed(visitor: Visitor) -> None:
    assert said(visitor.open("/store/app")) == "The app is not installed yet."


def test_each_frame_gets_a_signature_of_its_own(at_work: Visitor) -> None:
    first, second = frame_target(at_work, "path=/orders/100"), frame_target(at_work, "path=/orders/100")
    assert first.startswith("http://app.test/bigcommerce/load?signed_payload_jwt=")
    assert first != second
    assert at_work.client.get("/store/frame?path=orders").status_code == 404


def test_the_apps_items_stand_in_the_rows_menus(at_work: Visitor) -> None:
    order = at_work.merchant.list("orders")[0]["id"]
    product = at_work.merchant.list("products")[0]["id"]
    customer = at_work.merchant.create("customers", ADA)["id"]
    assert f'data-panel="/orders/{order}"' in at_work.open("/store/orders")
    assert f'data-panel="/orders/{order}"' in at_work.open(f"/store/orders/{order}")
    assert f'data-panel="/products/{product}"' in at_work.open("/store/products")
    assert f'data-panel="/customers/{customer}"' in at_work.open("/store/customers")
    at_work.send("/store/apps/uninstall", back="/store/apps")
    assert "data-panel" not in at_work.open("/store/orders")


def test_a_panel_is_a_page_of_its_own_without_scripts(at_work: Visitor) -> None:
    page = at_work.open("/store/panel?path=/orders/100&title=ECM")
    assert 'src="/store/frame?path=/orders/100"' in page


def test_an_order_is_placed_with_its_countries_and_flag(visitor: Visitor) -> None:
    page = visitor.send(
        "/store/orders", back="/store/orders", total="1,249.50", currency="EUR", billing_country="DE",
        shipping_country="NG", flagged="on",
    )  # fmt: skip
    assert "was placed and paid" in said(page)
    made = visitor.merchant.get("orders", visitor.merchant.list("orders")[0]["id"])
    assert made["total_inc_tax"] == "1249.5000"
    assert made["billing_address"]["country_iso2"] == "DE"
    assert made["shipping_addresses"][0]["country_iso2"] == "NG"
    assert made["payment_status"] == "held for review"


def test_an_order_of_a_customer_and_a_product(visitor: Visitor) -> None:
    customer, product = visitor.merchant.create("customers", ADA), visitor.merchant.create("products", {"name": "Lamp"})
    visitor.send("/store/orders", total="80", customer=str(customer["id"]), product=str(product["id"]))
    made = visitor.merchant.get("orders", visitor.merchant.list("orders")[0]["id"])
    assert made["customer_id"] == customer["id"]
    assert made["products"][0]["product_id"] == product["id"]


@pytest.mark.parametrize("total", ["", "cheap", "-5", "1e3"])
def test_an_amount_that_is_none_is_explained(visitor: Visitor, total: str) -> None:
    before = len(visitor.merchant.list("orders"))
    assert "must be a number" in said(visitor.send("/store/orders", back="/store/orders", total=total))
    assert len(visitor.merchant.list("orders")) == before


def test_an_orders_status_is_changed_by_hand(at_work: Visitor) -> None:
    order = at_work.merchant.list("orders")[0]["id"]
    page = at_work.send(f"/store/orders/{order}", back=f"/store/orders/{order}", status_id="2")
    assert said(page) == "Saved."
    assert at_work.merchant.get("orders", order)["status"] == "Shipped"


def test_a_product_edited_by_hand_reaches_the_app(at_work: Visitor) -> None:
    product = at_work.merchant.list("products")[0]
    before = len(at_work.house.events(topic="product.changed"))
    at_work.send(
        f"/store/products/{product['id']}", back="/", name="Renamed", description="<p>By hand</p>", price="21.50",
        is_visible="on",
    )  # fmt: skip
    changed = at_work.merchant.get("products", product["id"])
    assert (changed["name"], changed["description"], changed["price"]) == ("Renamed", "<p>By hand</p>", 21.5)
    assert changed["is_visible"] is True
    assert len(at_work.house.events(topic="product.changed")) > before


def test_a_description_is_shown_where_it_can_run_nothing(visitor: Visitor) -> None:
    made = visitor.merchant.create("products", {"name": "Odd", "description": "<script>alert(1)</script><p>x</p>"})
    answer = visitor.client.get(f"/store/products/{made['id']}/preview")
    assert "<script>alert(1)</script>" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "<script>alert(1)</script>" not in visitor.open(f"/store/products/{made['id']}")


def test_text_of_shoppers_is_text(visitor: Visitor) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    visitor.merchant.create("orders", {"total": "10", "billing": {"name": f"{nasty} Smith"}})
    page = visitor.open("/store/orders")
    assert nasty not in page
    assert "&lt;img" in page


def test_users_are_removed_by_the_owner_only(at_work: Visitor) -> None:
    at_work.send("/sit", back="/store/users", user=STAFF)
    assert "Only the store owner" in said(at_work.send("/store/users/24655/remove", back="/store/users"))
    assert "Only the store owner" in said(at_work.send("/store/apps/uninstall", back="/store/apps"))
    at_work.send("/sit", back="/store/users", user="12345")
    at_work.send(f"/store/users/{STAFF}/remove", back="/store/users")
    assert not re.search(rf'value="{STAFF}"', at_work.open("/store/users"))
