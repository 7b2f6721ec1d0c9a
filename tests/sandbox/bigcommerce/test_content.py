"""Content pages and promotions."""

from typing import Any

import pytest

from tests.sandbox.bigcommerce.bench import Bench
from tests.sandbox.bigcommerce.walk import RULE

PAGES, PROMOTIONS = "/v3/content/pages", "/v3/promotions"


def test_a_body_is_shown_only_where_it_is_asked_for(demo: Bench) -> None:
    plain = demo.api.get(f"{PAGES}/12").json()["data"]
    whole = demo.api.get(f"{PAGES}/12?include=body").json()["data"]
    assert "body" not in plain
    assert whole["body"].startswith("<h1>Terms of sale</h1>")
    assert demo.api.get(f"{PAGES}/12?channel_id=667159").status_code == 404


def test_pages_are_announced_on_their_channel_but_not_when_deleted(bench: Bench) -> None:
    bench.hook("store/channel/1/page/*")
    made = bench.api.post(PAGES, json={"name": "Terms", "type": "page", "body": "<p>1</p>"}).json()["data"]["id"]
    bench.api.put(f"{PAGES}/{made}", json={"body": "<p>2</p>"})
    bench.api.delete(f"{PAGES}/{made}")
    seen = bench.app.take()
    assert [one.json["scope"].rsplit("/")[-1] for one in seen] == ["created", "updated"]
    assert seen[0].json["data"] == {"page_id": made}


@pytest.mark.parametrize(
    "page",
    [
        {"name": "x"},
        {"name": "x", "type": "raw"},
        {"name": "x", "type": "link"},
        {"name": "x", "type": "blog"},
        {"name": "x", "type": "contact_form", "email": "a@b.example", "contact_fields": "fullname,shoe_size"},
        {"name": "x" * 101, "type": "page"},
        {"name": "x", "type": "page", "channel_id": 9},
        {"name": "x", "type": "page", "html": "<p>"},
        {"name": "Taken", "type": "page"},
    ],
)
def test_bad_pages_are_refused_with_a_problem_document(bench: Bench, page: dict[str, Any]) -> None:
    bench.api.post(PAGES, json={"name": "taken", "type": "page"})
    response = bench.api.post(PAGES, json=page)
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"]


def test_of_an_array_the_good_pages_are_made_although_the_answer_is_422(bench: Bench) -> None:
    body = [{"name": "One", "type": "page"}, {"name": "Two"}, {"name": "Three", "type": "page"}]
    assert bench.api.post(PAGES, json=body).status_code == 422
    assert [p["name"] for p in bench.api.get(PAGES).json()["data"]] == ["One", "Three"]


def test_promotions_have_no_webhooks_and_keep_what_they_were_given(bench: Bench) -> None:
    body = {"redemption_type": "AUTOMATIC", "name": "Approved: spring", "rules": [RULE], "status": "DISABLED"}
    made = bench.api.post(PROMOTIONS, json=body).json()["data"]
    assert made["rules"] == [RULE]
    assert (made["status"], made["created_from"], made["current_uses"]) == ("DISABLED", "api", 0)
    assert bench.api.get(f"{PROMOTIONS}?status=DISABLED&query=spring").json()["data"] == [made]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"action": {"cart_value": {"discount": {"percentage_amount": 10}}}}, "action.cart_value.discount"),
        ({"action": {"cart_value": {}}}, "action.cart_value.discount"),
        ({"action": {"free_beer": {}}}, "action"),
        ({"action": {"gift_item": {"product_id": 1}}}, "action.gift_item.quantity"),
        ({"action": RULE["action"], "condition": {"cart": {"items": {"products": [1]}}}}, "minimum_quantity"),
        ({"action": RULE["action"], "condition": {"and": [{"cart": {"x": 1}}]}}, "condition.and[0].cart.x"),
        ({"action": {"cart_items": {**RULE["action"]["cart_items"], "items": {"not": {"products": "all"}}}}}, "not"),
        ({"action": RULE["action"], "always": True}, "always"),
        ({}, "action"),
    ],
)
def test_rules_are_held_against_their_grammar(bench: Bench, rule: dict[str, Any], path: str) -> None:
    response = bench.api.post(PROMOTIONS, json={"redemption_type": "AUTOMATIC", "name": "x", "rules": [rule]})
    assert response.status_code == 422
    assert any(path in name for name in response.json()["errors"])


@pytest.mark.parametrize(
    "change",
    [
        {"customer": {"group_ids": [1], "excluded_group_ids": [2]}},
        {"channels": [{"id": 9}]},
        {"status": "INVALID"},
        {"coupon_type": "BULK"},
        {"rules": []},
        {"end_date": "soon"},
    ],
)
def test_bad_promotions_are_refused(bench: Bench, change: dict[str, Any]) -> None:
    body = {"redemption_type": "AUTOMATIC", "name": "x", "rules": [RULE]}
    assert bench.api.post(PROMOTIONS, json=body | change).status_code == 422
    assert bench.api.get(PROMOTIONS).json()["data"] == []


def test_codes_belong_to_coupons_and_are_unique(bench: Bench) -> None:
    automatic = bench.merchant.create("promotions", {})["id"]
    single = bench.merchant.create("promotions", {"redemption_type": "COUPON", "coupon_type": "SINGLE"})["id"]
    bulk = bench.merchant.create("promotions", {"redemption_type": "COUPON", "coupon_type": "BULK"})["id"]
    assert bench.api.post(f"{PROMOTIONS}/{automatic}/codes", json={"code": "A"}).status_code == 422
    assert bench.api.post(f"{PROMOTIONS}/{single}/codes", json={"code": "A"}).status_code == 201
    assert bench.api.post(f"{PROMOTIONS}/{single}/codes", json={"code": "B"}).status_code == 422
    assert bench.api.post(f"{PROMOTIONS}/{bulk}/codes", json={"code": "A"}).status_code == 422
    assert bench.api.post(f"{PROMOTIONS}/{bulk}/codes", json={"code": "x" * 51}).status_code == 422
    made = bench.api.post(f"{PROMOTIONS}/{bulk}/codegen", json={"batch_size": 5}).json()["data"]["codes"]
    assert len({code["code"] for code in made}) == 5
    assert bench.api.post(f"{PROMOTIONS}/{bulk}/codegen", json={"batch_size": 251}).status_code == 422
