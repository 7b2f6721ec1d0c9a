"""Shopify from outside: what merchants, buyers, banks and Shopify itself do, each with its webhooks."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from sandbox import credentials
from sandbox.control import make_control
from sandbox.stage import Stage
from tests.sandbox.control.conftest import Outsider, a_worker
from tests.shopify_app import StandInApp


@pytest.fixture
def app() -> StandInApp:
    return StandInApp()


@pytest.fixture
def shop(app: StandInApp) -> Outsider:
    """A seeded stage whose app only notes what it is sent; it is installed in the demo shop."""
    stage = Stage.in_process(app, seeded=True)
    stage.shopify_admin.install()
    control: Any = make_control(stage, app)
    client = httpx.Client(transport=httpx.WSGITransport(app=control), base_url="http://control.test")
    return Outsider(client, stage, app)


def test_every_resource_lists_and_shows_what_it_lists(shop: Outsider) -> None:
    for resource in ("orders", "products", "customers", "companies", "company_locations", "pages", "policies"):
        found = shop.get(f"/stores/shopify/{resource}")[resource]
        assert found, resource
        assert shop.get(f"/stores/shopify/{resource}/{found[0]['id']}")["gid"] == found[0]["gid"]


def test_an_order_goes_its_whole_way(shop: Outsider, app: StandInApp) -> None:
    made = shop.post(
        "/stores/shopify/orders",
        {"total": "749.90", "billing": {"country_iso2": "DE"}, "shipping": {"countryCode": "NG"},
         "payment_status": "authorized", "risk": "HIGH"},
        201,
    )  # fmt: skip
    assert (made["displayFinancialStatus"], made["risk"]["recommendation"]) == ("AUTHORIZED", "CANCEL")
    assert {"orders/create", "orders/risk_assessment_changed"} <= set(app.topics())
    at = f"/stores/shopify/orders/{made['id']}"
    assert shop.patch(at, {"payment_status": "paid", "tags": ["checked"]})["displayFinancialStatus"] == "PAID"
    sent = shop.post("/stores/shopify/fulfillments", {"order_id": made["id"], "tracking": {"number": "1Z"}}, 201)
    assert sent["trackingInfo"][0]["number"] == "1Z"
    back = shop.post("/stores/shopify/returns", {"order_id": made["id"], "note": "broken"}, 201)
    assert (back["status"], app.topics()[-2:]) == ("REQUESTED", ["returns/request", "orders/updated"])
    shop.patch(f"/stores/shopify/returns/{back['id']}", {"status": "OPEN"})
    assert shop.patch(f"/stores/shopify/returns/{back['id']}", {"process": True})["status"] == "CLOSED"
    assert shop.get(at)["displayFinancialStatus"] == "REFUNDED"


def test_an_order_is_edited_and_cancelled(shop: Outsider, app: StandInApp) -> None:
    made = shop.post("/stores/shopify/orders", {"items": [{"sku": "NS-TORCH", "quantity": 3}]}, 201)
    at = f"/stores/shopify/orders/{made['id']}"
    edited = shop.patch(at, {"edit": [{"sku": "NS-TORCH", "quantity": 1}, {"sku": "NS-STV-TI", "quantity": 1}]})
    assert [(x["sku"], x["currentQuantity"]) for x in edited["lineItems"]] == [("NS-TORCH", 1), ("NS-STV-TI", 1)]
    gone = shop.patch(at, {"cancel": {"reason": "FRAUD"}})
    assert (gone["cancelReason"], gone["displayFinancialStatus"]) == ("FRAUD", "REFUNDED")
    assert {"orders/edited", "orders/cancelled", "refunds/create"} <= set(app.topics())
    assert "already" in shop.patch(at, {"cancel": {}}, 422)["fields"]["orderId"]


def test_part_of_an_order_is_sent_and_refunded(shop: Outsider) -> None:
    made = shop.post("/stores/shopify/orders", {"items": [{"sku": "NS-TORCH", "quantity": 3}]}, 201)
    part = [{"sku": "NS-TORCH", "quantity": 1}]
    shop.post("/stores/shopify/fulfillments", {"order_id": made["id"], "items": part}, 201)
    refund = shop.post("/stores/shopify/refunds", {"order_id": made["id"], "items": part, "note": "late"}, 201)
    assert refund["totalRefundedSet"]["shopMoney"]["amount"] == "79.90"
    found = shop.get(f"/stores/shopify/orders/{made['id']}")
    assert (found["displayFulfillmentStatus"], found["displayFinancialStatus"]) == (
        "PARTIALLY_FULFILLED",
        "PARTIALLY_REFUNDED",
    )
    assert shop.post("/stores/shopify/refunds", {"order_id": made["id"], "amount": "900"}, 422)["fields"]["amount"]


def test_goods_on_hold_are_not_sent(shop: Outsider, app: StandInApp) -> None:
    made = shop.post("/stores/shopify/orders", {"items": [{"sku": "NS-TORCH"}]}, 201)
    at = f"/stores/shopify/fulfillment_orders/{made['fulfillmentOrders'][0]['id']}"
    assert shop.patch(at, {"hold": "AWAITING_PAYMENT", "note": "ask"})["status"] == "ON_HOLD"
    assert "held" in shop.post("/stores/shopify/fulfillments", {"order_id": made["id"]}, 422)["fields"]["order_id"]
    assert shop.patch(at, {"release": True})["status"] == "OPEN"
    assert {"fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released"} <= set(app.topics())


def test_a_dispute_comes_from_the_bank_and_is_decided_there(shop: Outsider, app: StandInApp) -> None:
    shop.post("/stores/shopify/grant_scopes", {"scopes": ["read_shopify_payments_disputes"]})
    app.listen("disputes/create", "disputes/update", stage=shop.house)
    order = shop.post("/stores/shopify/orders", {"total": "120.00"}, 201)
    made = shop.post("/stores/shopify/disputes", {"order_id": order["id"], "reason": "PRODUCT_NOT_RECEIVED"}, 201)
    assert (made["status"], made["amount"]["amount"]) == ("NEEDS_RESPONSE", "120.00")
    assert shop.patch(f"/stores/shopify/disputes/{made['id']}", {"status": "WON"})["finalizedOn"]
    assert {"disputes/create", "disputes/update"} <= set(app.topics())


def test_carts_are_left_and_come_back(shop: Outsider, app: StandInApp) -> None:
    cart = {"customer": 1001, "items": [{"sku": "NS-TORCH", "quantity": 2}]}
    made = shop.post("/stores/shopify/checkouts", cart, 201)
    assert made["totalPriceSet"]["shopMoney"]["amount"] == "159.80"
    assert "checkouts/create" in app.topics()
    assert shop.patch(f"/stores/shopify/checkouts/{made['id']}", {"completed": True})["completedAt"]


def test_a_company_orders_through_its_contact(shop: Outsider, app: StandInApp) -> None:
    company = shop.post(
        "/stores/shopify/companies",
        {"name": "Alpenblick GmbH", "externalId": "ERP-1", "contact": {"email": "kauf@alpenblick.example"},
         "address": {"country_iso2": "AT", "city": "Graz"}, "taxExempt": True},
        201,
    )  # fmt: skip
    assert "companies/create" in app.topics()
    order = shop.post("/stores/shopify/orders", {"company": company["id"], "total": "90"}, 201)
    assert order["purchasingEntity"]["company"]["gid"] == company["gid"]
    place = shop.get(f"/stores/shopify/company_locations/{company['locations'][0]['id']}")
    assert (place["taxSettings"]["taxExempt"], place["shippingAddress"]["city"]) == (True, "Graz")
    assert shop.patch(f"/stores/shopify/companies/{company['id']}", {"note": "key account"})["note"] == "key account"
    assert shop.post("/stores/shopify/companies", {"name": "X", "externalId": "ERP-1"}, 422)["fields"]


def test_products_are_edited_by_hand(shop: Outsider, app: StandInApp) -> None:
    made = shop.post("/stores/shopify/products", {"title": "Trail lamp", "price": 49.5, "sku": "TL-1"}, 201)
    changed = shop.patch(
        f"/stores/shopify/products/{made['id']}", {"descriptionHtml": "<p>Brighter.</p>", "quantity": 7}
    )
    assert (changed["descriptionHtml"], changed["totalInventory"]) == ("<p>Brighter.</p>", 7)
    assert {"products/create", "products/update"} <= set(app.topics())
    assert "titel" in shop.patch(f"/stores/shopify/products/{made['id']}", {"titel": "x"}, 422)["error"]
    shop.delete(f"/stores/shopify/products/{made['id']}")
    shop.get(f"/stores/shopify/products/{made['id']}", 404)


def test_drafts_become_orders_of_the_same_amount(shop: Outsider) -> None:
    line = {
        "title": "Engraving",
        "quantity": 3,
        "originalUnitPriceWithCurrency": {"amount": "19.99", "currencyCode": "EUR"},
    }
    discount = {"value": 10.0, "valueType": "PERCENTAGE", "title": "Trade"}
    body = {"lineItems": [line | {"appliedDiscount": discount}], "email": "b@c.example", "appliedDiscount": discount}
    made = shop.post("/stores/shopify/draft_orders", body, 201)
    done = shop.patch(f"/stores/shopify/draft_orders/{made['id']}", {"completed": True})
    order = shop.get(f"/stores/shopify/orders/{done['order']['id']}")
    assert order["totalPriceSet"] == made["totalPriceSet"] == done["totalPriceSet"]
    assert order["totalPriceSet"]["shopMoney"]["amount"] == "48.58"  # 59.97 less 10 %, less 10 % of the rest


def test_fixed_discounts_shipping_and_exemption_survive_completion_too(shop: Outsider) -> None:
    price, off = {"amount": "20.00", "currencyCode": "EUR"}, {"value": 2.0, "valueType": "FIXED_AMOUNT"}
    body = {
        "lineItems": [
            {"title": "Engraving", "quantity": 3, "originalUnitPriceWithCurrency": price, "appliedDiscount": off}
        ],
        "appliedDiscount": {"value": 5.0, "valueType": "FIXED_AMOUNT"}, "email": "b@c.example", "taxExempt": True,
        "shippingLine": {"title": "Express", "priceWithCurrency": {"amount": "9.00", "currencyCode": "EUR"}},
    }  # fmt: skip
    made = shop.post("/stores/shopify/draft_orders", body, 201)
    done = shop.patch(f"/stores/shopify/draft_orders/{made['id']}", {"completed": True})
    order = shop.get(f"/stores/shopify/orders/{done['order']['id']}")
    assert order["totalPriceSet"] == made["totalPriceSet"]
    assert order["displayFinancialStatus"] == "PAID"


def test_policies_pages_and_the_shop_are_changed_by_people(shop: Outsider, app: StandInApp) -> None:
    assert "14 days" in shop.patch("/stores/shopify/policies/REFUND_POLICY", {"body": "<p>14 days</p>"})["body"]
    page = shop.post("/stores/shopify/pages", {"title": "Recall", "body": "<p>Bring it back.</p>"}, 201)
    assert shop.patch(f"/stores/shopify/pages/{page['id']}", {"isPublished": False})["isPublished"] is False
    shop.delete(f"/stores/shopify/pages/{page['id']}")
    assert shop.patch("/stores/shopify/store/1", {"name": "Nordwind Nord"})["name"] == "Nordwind Nord"
    assert app.topics() == ["shop/update"]


NONSENSE: tuple[tuple[str, Any, str], ...] = (
    ("orders", {"totl": "5"}, "totl"),
    ("orders", {"total": "five"}, "total"),
    ("orders", {"total": "5", "items": [{"sku": "NS-TORCH"}, {"sku": "NS-STV-TI"}]}, "total"),
    ("orders", {"items": [{"sku": "NOPE"}]}, "items.0.sku"),
    ("orders", {"total": "5", "currency": "XAU"}, "currency"),
    ("orders", {"total": "5", "billing": {"countryCode": "ZZ"}}, "billing.countryCode"),
    ("orders", {"customer": 99, "total": "5"}, "customer"),
    ("returns", {"order_id": 1010}, "items"),
    ("returns", {"order_id": 1001, "reason": "bored"}, "reason"),
    ("fulfillments", {"order_id": 1001}, "order_id"),
    ("refunds", {"order_id": 1001, "items": [{"sku": "NOPE"}]}, "items.0"),
)


def test_what_makes_no_sense_is_refused_by_name(shop: Outsider) -> None:
    for resource, body, field in NONSENSE:
        assert field in shop.post(f"/stores/shopify/{resource}", body, 422)["fields"], (resource, body)


def test_the_overview_says_how_to_get_in(shop: Outsider) -> None:
    found = shop.get("")["shopify"]
    assert found["client_id"] == credentials.SHOPIFY_CLIENT_ID
    assert [store["installed"] for store in found["stores"]] == [True, False]


def test_webhooks_are_signed_over_the_body_alone(shop: Outsider, app: StandInApp) -> None:
    shop.post("/stores/shopify/orders", {"total": "20"}, 201)
    for sent in app.received:
        digest = hmac.new(credentials.SHOPIFY_CLIENT_SECRET.encode(), sent.body, hashlib.sha256).digest()
        assert sent.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()
        assert sent.path == "/shopify/webhooks"


def test_secrets_rotate_and_the_old_one_signs_until_it_is_revoked(shop: Outsider, app: StandInApp) -> None:
    new = "another-client-secret-0123456789"
    assert shop.post("/stores/shopify/rotate_secret", {"secret": new})["client_secrets"][-1] == new
    shop.patch("/stores/shopify/store/1", {"name": "A"})
    assert app.received[-1].is_signed_with(credentials.SHOPIFY_CLIENT_SECRET)
    assert shop.post("/stores/shopify/revoke_old_secrets")["client_secrets"] == [new]
    shop.patch("/stores/shopify/store/1", {"name": "B"})
    assert app.received[-1].is_signed_with(new)


def test_scopes_come_and_go_and_the_app_is_told(shop: Outsider, app: StandInApp) -> None:
    dropped = shop.post("/stores/shopify/drop_scopes", {"scopes": ["write_returns"]})
    assert "write_returns" not in dropped["scopes"]
    assert app.topics() == ["app/scopes_update"]
    assert "write_returns" in json.loads(app.received[0].body)["previous"]
    assert shop.post("/stores/shopify/drop_scopes", {"scopes": ["write_moon"]}, 422)["fields"] == {
        "scopes": "unknown write_moon"
    }


def test_opening_gives_an_address_with_a_token_of_this_person(shop: Outsider) -> None:
    found = shop.post("/stores/shopify/open", {"path": "/orders/1001", "user": "rene.muller@nordwind-supply.example"})
    assert found["url"].startswith("http://app.test/shopify/orders/1001?embedded=1&shop=nordwind-supply.myshopify.com")
    assert found["id_token"].count(".") == 2
    assert shop.post("/stores/shopify/open", {"user": 7}, 422)["fields"]["user"]
    assert shop.post("/stores/shopify/open", {"store": "nobody"}, 404)["stores"]


def test_uninstalling_and_forgetting(shop: Outsider, app: StandInApp) -> None:
    shop.post("/stores/shopify/request_data", {"customer": 1001})
    shop.post("/stores/shopify/redact_customer", {"customer": "misaki.yamada@example.jp"})
    assert shop.post("/stores/shopify/redact_customer", {"customer": 5}, 422)["fields"]["customer"]
    shop.post("/stores/shopify/uninstall")
    shop.post("/stores/shopify/uninstall", status=409)
    shop.post("/stores/shopify/redact_shop")
    assert app.topics() == ["customers/data_request", "customers/redact", "app/uninstalled", "shop/redact"]


def test_installing_walks_through_the_apps_own_pages(outsider: Outsider) -> None:
    with a_worker(outsider.house):
        found = outsider.post("/stores/shopify/install", {"store": "kueste-und-kai"})
    assert (found["store"], found["installed"]) == ("kueste-und-kai.myshopify.com", True)
    assert "write_orders" in found["scopes"]
    assert {"sf_content_approval", "sf_order_review"} <= set(found["workflow_models"])
    assert outsider.post("/stores/shopify/install", {"user": "nobody@x.example"}, 422)["fields"]["user"]
