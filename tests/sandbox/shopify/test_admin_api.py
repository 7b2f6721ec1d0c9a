"""The API as an app meets it: tokens, scopes, budget, user errors, bulk operations, deliveries that fail."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox import credentials
from sandbox.shopify.hands import Merchant
from sandbox.stage import Stage
from tests.sandbox.shopify.published import SAMPLES, needs_publications
from tests.shopify_app import StandInApp

SHOP, OTHER = credentials.SHOPIFY_SHOP, credentials.SHOPIFY_SHOPS[1][0]
API = f"https://{SHOP}/admin/api/2026-10/graphql.json"
TOKENS = f"https://{SHOP}/admin/oauth/access_token"
SHOP_NAME = "{ shop { name } }"
CAPTURE = "mutation($input: OrderCaptureInput!) { orderCapture(input: $input) { userErrors { field message } } }"


@dataclass
class Bench:
    """One app in the demo shop."""

    stage: Stage
    app: StandInApp
    http: httpx.Client

    def run(self, token: str, document: str, status: int = 200, /, **variables: Any) -> Any:
        body = {"query": document, "variables": variables}
        answer = self.http.post(API, json=body, headers={"X-Shopify-Access-Token": token})
        assert answer.status_code == status, answer.text
        return answer.json()

    def token(self, **given: str) -> httpx.Response:
        known = {"client_id": credentials.SHOPIFY_CLIENT_ID, "client_secret": credentials.SHOPIFY_CLIENT_SECRET}
        return self.http.post(TOKENS, json=known | given)

    def exchanged(self) -> Any:
        """As an app does with a fresh ID token."""
        answer = self.token(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token=self.stage.shopify_admin.id_token(),
            subject_token_type="urn:ietf:params:oauth:token-type:id_token",
            requested_token_type="urn:shopify:params:oauth:token-type:offline-access-token",
            expiring="1",
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, text: str) -> httpx.Response:
        return self.token(grant_type="refresh_token", refresh_token=text)

    def pass_time(self, **by: float) -> None:
        self.stage.world.clock.advance(timedelta(**by))


@pytest.fixture
def bench() -> Bench:
    app = StandInApp()
    stage = Stage.in_process(app, seeded=True)
    stage.shopify_admin.install()
    assert stage.transport is not None
    return Bench(stage, app, httpx.Client(transport=stage.transport))


@pytest.fixture
def token(bench: Bench) -> str:
    return bench.stage.shopify_admin.issue_token()


def code_of(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


# Tokens


def test_a_lost_answer_of_a_refresh_can_be_asked_for_again(bench: Bench):
    first = bench.exchanged()
    lost = bench.refresh(first["refresh_token"]).json()
    again = bench.refresh(first["refresh_token"]).json()
    assert bench.refresh(again["refresh_token"]).status_code == 200  # now the first one is used up
    assert bench.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert bench.refresh(lost["refresh_token"]).json()["error"] == "invalid_grant"


def test_tokens_end_after_an_hour_and_with_the_secret_that_made_them(bench: Bench):
    held = bench.exchanged()["access_token"]
    bench.run(held, SHOP_NAME)
    bench.pass_time(minutes=61)
    bench.run(held, SHOP_NAME, 401)
    fresh = bench.exchanged()["access_token"]
    bench.stage.shopify_admin.rotate_secret("another-client-secret-0123456789")
    bench.run(fresh, SHOP_NAME)
    bench.stage.shopify_admin.revoke_old_secrets()
    bench.run(fresh, SHOP_NAME, 401)


def test_an_old_id_token_and_a_wrong_secret_bring_nothing(bench: Bench):
    stale = bench.stage.shopify_admin.id_token(exp=1, nbf=0)
    kinds = {
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    }
    answer = bench.token(subject_token=stale, expiring="1", **kinds)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_subject_token")
    assert bench.token(client_secret="wrong", subject_token=stale, **kinds).json()["error"] == "invalid_client"


def test_a_token_of_one_shop_is_none_in_another(bench: Bench, token: str):
    url = API.replace(SHOP, OTHER)
    assert bench.http.post(url, json={"query": SHOP_NAME}, headers={"X-Shopify-Access-Token": token}).status_code == 401


# Scopes, fields, errors


def test_a_missing_scope_blanks_the_field_and_names_itself(bench: Bench):
    poor = bench.stage.shopify_admin.issue_token(granted=["read_products"])
    answer = bench.run(poor, "{ shop { name } orders(first: 1) { nodes { id } } }")
    assert code_of(answer) == "ACCESS_DENIED"
    assert "read_orders" in answer["errors"][0]["extensions"]["requiredAccess"]


def test_unknown_fields_and_versions_are_refused(bench: Bench, token: str):
    assert code_of(bench.run(token, "{ shop { nmae } }")) == "undefinedField"
    headers = {"X-Shopify-Access-Token": token}
    old = bench.http.post(API.replace("2026-10", "2019-04"), json={"query": SHOP_NAME}, headers=headers)
    assert old.headers["X-Shopify-API-Version"] != "2019-04"  # the oldest that is still served answers
    assert bench.http.post(API.replace("2026-10", "newest"), json={"query": SHOP_NAME}).status_code == 404


def test_user_errors_name_the_field_and_change_nothing(bench: Bench, token: str):
    made = Merchant(bench.stage.shopify).create("orders", {"total": "100", "payment_status": "authorized"})
    wanted = {"id": made["gid"], "parentTransactionId": made["transactions"][0]["gid"], "amount": "900"}
    (error,) = bench.run(token, CAPTURE, input=wanted)["data"]["orderCapture"]["userErrors"]
    assert error["field"] == ["input", "amount"]
    assert Merchant(bench.stage.shopify).get("orders", made["id"])["displayFinancialStatus"] == "AUTHORIZED"


def test_refunds_must_carry_an_idempotency_key_and_the_same_one_does_nothing_twice(bench: Bench, token: str):
    made = Merchant(bench.stage.shopify).create("orders", {"total": "100"})
    paid = made["transactions"][0]
    part = {
        "orderId": made["gid"],
        "parentId": paid["gid"],
        "kind": "REFUND",
        "gateway": paid["gateway"],
        "amount": "10",
    }
    given = {"input": {"orderId": made["gid"], "transactions": [part]}}
    plain = "mutation($input: RefundInput!) { refundCreate(input: $input) { refund { id } userErrors { message } } }"
    assert "@idempotent" in bench.run(token, plain, **given)["errors"][0]["message"]
    keyed = plain.replace("refundCreate(input: $input)", 'refundCreate(input: $input) @idempotent(key: "k1")')
    once, twice = (bench.run(token, keyed, **given)["data"]["refundCreate"] for _ in range(2))
    assert once == twice
    assert len(Merchant(bench.stage.shopify).get("orders", made["id"])["refunds"]) == 1


# Budget


def test_a_query_that_could_cost_too_much_is_not_run(bench: Bench, token: str):
    answer = bench.run(token, "{ orders(first: 250) { nodes { lineItems(first: 100) { nodes { id } } } } }")
    assert code_of(answer) == "MAX_COST_EXCEEDED"


def test_the_budget_is_charged_told_and_comes_back(bench: Bench, token: str):
    before = bench.run(token, "{ products(first: 5) { nodes { id } } }")["extensions"]["cost"]
    assert before["actualQueryCost"] <= before["requestedQueryCost"]
    assert before["throttleStatus"]["restoreRate"] == 1000.0
    bench.stage.shopify_admin.throttle(30)
    refused = bench.run(token, SHOP_NAME.replace("name", "name shopPolicies { id }"))
    assert (code_of(refused), refused["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]) == ("THROTTLED", 0)
    bench.pass_time(seconds=60)
    bench.run(token, SHOP_NAME)


def test_a_rival_spends_what_would_have_come_back(bench: Bench, token: str):
    bench.stage.shopify_admin.rival(1000)
    left = [
        bench.run(token, "{ products(first: 50) { nodes { id } } }")["extensions"]["cost"]["throttleStatus"]
        for _ in range(2)
    ]
    assert left[1]["currentlyAvailable"] < left[0]["currentlyAvailable"]


# Bulk operations


def test_a_bulk_query_lays_its_lines_on_the_cdn_and_tells(bench: Bench, token: str):
    query = "{ orders { edges { node { id lineItems { edges { node { id sku } } } } } } }"
    start = (
        "mutation($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: false) "
        "{ bulkOperation { id status } userErrors { message } } }"
    )
    begun = bench.run(token, start, query=query)["data"]["bulkOperationRunQuery"]
    assert begun["userErrors"] == []
    asked = "query($id: ID!) { bulkOperation(id: $id) { status objectCount url } }"
    done = bench.run(token, asked, id=begun["bulkOperation"]["id"])["data"]["bulkOperation"]
    lines = [json.loads(line) for line in bench.http.get(done["url"]).text.splitlines()]
    assert (done["status"], int(done["objectCount"])) == ("COMPLETED", len(lines))
    parents = {line["id"] for line in lines if "__parentId" not in line}
    assert {line["__parentId"] for line in lines if "__parentId" in line} <= parents
    assert "bulk_operations/finish" in bench.app.topics()
    refused = bench.run(token, start, query=SHOP_NAME)["data"]["bulkOperationRunQuery"]
    assert "connection" in refused["userErrors"][0]["message"]


# Deliveries


def test_failures_delete_a_subscription_made_by_api_and_keep_the_configured_one(bench: Bench, token: str):
    made = (
        "mutation { webhookSubscriptionCreate(topic: PRODUCTS_UPDATE, webhookSubscription: "
        '{uri: "http://app.test/own"}) { webhookSubscription { id } userErrors { message } } }'
    )
    assert bench.run(token, made)["data"]["webhookSubscriptionCreate"]["userErrors"] == []
    bench.app.status = 500
    Merchant(bench.stage.shopify).patch("products", 1001, {"title": "Jacket"})
    for _ in range(9):
        bench.pass_time(hours=2)
        bench.stage.tick()
    own = [sent for sent in bench.app.received if sent.path == "/own"]
    assert len(own) == 9
    assert len({(sent.headers["X-Shopify-Webhook-Id"], sent.body) for sent in own}) == 1
    assert Merchant(bench.stage.shopify).list("subscriptions") == []
    bench.app.status, bench.app.received = 200, []
    Merchant(bench.stage.shopify).patch("products", 1001, {"title": "Coat"})
    assert [sent.path for sent in bench.app.received] == ["/shopify/webhooks"]


ACTS: tuple[tuple[str, Callable[[Merchant], Any]], ...] = (
    ("orders/create", lambda hands: hands.create("orders", {"total": "10", "customer": 1001})),
    ("products/update", lambda hands: hands.patch("products", 1001, {"title": "Jacket"})),
    ("customers/update", lambda hands: hands.patch("customers", 1001, {"note": "x"})),
    ("companies/update", lambda hands: hands.patch("companies", 1001, {"note": "x"})),
    ("returns/request", lambda hands: hands.create("returns", {"order_id": 1001})),
    ("refunds/create", lambda hands: hands.create("refunds", {"order_id": 1005})),
    ("checkouts/create", lambda hands: hands.create("checkouts", {"customer": 1001})),
)


@needs_publications
def test_what_is_sent_has_the_shape_of_the_published_samples(bench: Bench):
    hands, found = Merchant(bench.stage.shopify), {}
    for topic, act in ACTS:
        bench.app.received.clear()
        act(hands)
        sent = next(sent.data for sent in bench.app.received if sent.topic == topic)
        sample = json.loads((SAMPLES / f"{topic}.json").read_text("utf-8"))
        found[topic] = _strange(sent, sample.get("payload", sample))
    assert found == {topic: [] for topic, _ in ACTS}


def _strange(sent: Any, sample: Any) -> list[str]:
    """Fields that the published sample does not have."""
    return sorted(set(sent) - set(sample)) if isinstance(sent, dict) and isinstance(sample, dict) else []
