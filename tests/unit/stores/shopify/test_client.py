"""Calls to a shop: what they cost, when they wait, and what each refusal becomes."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from app.db.circuits import Circuit
from app.db.session import reading
from app.engine.circuits import Circuits, background
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.outbound import Outbound
from app.stores.shopify import documents
from app.stores.shopify.client import Budget, ScopeMissing, ShopifyClient
from tests.unit.stores.shopify.conftest import GRAPHQL, SHOP, STORE, Bench


@pytest.fixture
def client(bench: Bench) -> ShopifyClient:
    bench.install()
    return bench.client()


def failing(code: str, **extensions: Any) -> dict[str, Any]:
    return {"data": None, "errors": [{"message": "No", "extensions": {"code": code, **extensions}}]}


def test_every_answer_tells_what_is_left(client: ShopifyClient):
    assert client.budget is None
    client.run("ShopInfo")
    assert client.budget is not None
    assert (client.budget.most, client.budget.rate) == (20000, 1000)
    assert 0 < client.budget.left <= 20000


@pytest.mark.parametrize(("left", "passed", "points", "wait"), [
    (1000, 0, 100, 0), (50, 0, 100, 0.5), (50, 0.5, 100, 0), (0, 0, 5000, 20), (0, 100, 5000, 0),
])  # fmt: skip
def test_the_wait_for_points_follows_the_bucket(left, passed, points, wait):
    assert Budget(left, 100, 2000, at=10).wait(points, 10 + passed) == pytest.approx(wait)
    assert Budget(left, 0, 2000).wait(points, 0) == 0  # a bucket that never fills says nothing


def test_a_throttled_call_waits_a_little_and_is_made_again(bench: Bench, client: ShopifyClient):
    client.run("ShopInfo")
    bench.admin.throttle(1, SHOP)
    assert client.run("ShopInfo")["shop"]["name"] == "Nordwind Supply"
    assert bench.waits
    assert sum(bench.waits) <= 10


def test_a_shop_throttled_for_a_minute_is_left_to_the_caller_to_plan(bench: Bench, client: ShopifyClient):
    client.run("ShopInfo")
    bench.admin.throttle(60, SHOP)
    with pytest.raises(RateLimited) as caught:
        client.run("ShopInfo")
    assert caught.value.retry_after >= 15
    bench.pass_time(seconds=60)
    assert client.run("ShopInfo")


def test_a_call_that_is_known_to_cost_more_than_there_is_waits_first(bench: Bench, client: ShopifyClient):
    client.run("ShopInfo")
    points = bench.stage.shopify.store(SHOP).buckets
    client.budget = Budget(0, 1, 2000, at=client.budget.at)
    client._costs["ShopInfo"] = 5
    client.run("ShopInfo")
    assert bench.waits == [pytest.approx(5, abs=0.5)]
    client.budget = Budget(0, 1, 2000, at=client.budget.at + 1)
    client._costs["ShopInfo"] = 1900
    with pytest.raises(RateLimited):
        client.run("ShopInfo")
    assert points


def page(name: str, after: str | None, left: float) -> dict[str, Any]:
    told = {"maximumAvailable": 2000, "currentlyAvailable": left, "restoreRate": 100}
    info = {"hasNextPage": bool(after), "endCursor": after}
    return {
        "data": {"priceLists": {"nodes": [{"id": name}], "pageInfo": info}},
        "extensions": {"cost": {"requestedQueryCost": 100, "throttleStatus": told}},
    }  # fmt: skip


def test_long_lists_leave_half_of_the_bucket_to_others(bench: Bench, client: ShopifyClient):
    told = iter((page("1", "a", 1900), page("2", "b", 200), page("3", None, 900)))
    bench.fault(GRAPHQL, status=200, body=next(told), count=1)
    read = []
    for one in client.pages("PriceLists", "priceLists"):
        read.append(one["id"])
        for answer in itertools.islice(told, 1):
            bench.fault(GRAPHQL, status=200, body=answer, count=1)
    assert read == ["1", "2", "3"]
    assert bench.waits == [pytest.approx(8, abs=0.2)]


def test_background_work_stops_at_the_reserve_and_people_do_not(bench: Bench):
    bench.install()
    gate = Circuits(bench.database, bench.settings.periods)
    bench.outbound = Outbound(bench.settings, bench.stage.transport, gate)
    client = bench.client()
    with background():
        client.run("ShopInfo")
    for one in bench.stage.shopify.store(SHOP).buckets.values():
        one.available = one.size * 0.1
        one.at = bench.now()
    client.run("ShopInfo")
    with background(), pytest.raises(RateLimited) as caught:
        client.run("ShopInfo")
    assert caught.value.specific_code == "quota_reserve"
    assert 0 < caught.value.retry_after <= 10
    assert client.run("ShopInfo")
    with reading(bench.database) as session:
        assert session.get(Circuit, (STORE, "shopify")).saving_until > 0


ANSWERS = [
    (failing("ACCESS_DENIED", requiredAccess="`read_orders` access scope."), ScopeMissing, "missing_scope"),
    ({"data": {"order": None}, "errors": [{"message": "This app is not approved to access the Order object."}]},
     ScopeMissing, "missing_scope"),
    (failing("SHOP_INACTIVE"), RateLimited, "shop_paused"),
    (failing("INTERNAL_SERVER_ERROR"), Retryable, "server_error"),
    (failing("MAX_COST_EXCEEDED", cost=2000, maxCost=1000), Permanent, "too_costly"),
    (failing("undefinedField"), Permanent, "refused"),
    ({"data": None}, Permanent, "unexpected_answer"),
    (["x"], Permanent, "unexpected_answer"),
]  # fmt: skip
STATUSES = [
    (400, Permanent, "refused"), (401, NeedsReauth, "needs_reauth"), (402, RateLimited, "shop_paused"),
    (403, ScopeMissing, "missing_scope"), (404, Permanent, "wrong_address"), (423, RateLimited, "shop_paused"),
    (500, Retryable, "server_error"), (502, Retryable, "server_error"), (503, Retryable, "server_error"),
]  # fmt: skip


def test_what_an_answer_refuses_becomes_one_of_our_errors(bench: Bench, client: ShopifyClient):
    for body, error, code in ANSWERS:
        bench.fault(GRAPHQL, status=200, body=body, count=1)
        with pytest.raises(error) as caught:
            client.run("ShopInfo")
        assert caught.value.specific_code == code, body


def test_a_status_becomes_one_of_our_errors(bench: Bench, client: ShopifyClient):
    for status, error, code in STATUSES:
        bench.fault(GRAPHQL, status=status)
        with pytest.raises(error) as caught:
            client.run("ShopInfo")
        assert caught.value.specific_code == code, status
        assert not isinstance(caught.value, NotFound)  # an object that is gone is a null, never a status
        bench.stage.world.faults.remove()


def test_a_missing_scope_names_the_access_to_give(bench: Bench, client: ShopifyClient):
    bench.fault(GRAPHQL, status=200, body=failing("ACCESS_DENIED", requiredAccess="`read_discounts` access scope."))
    with pytest.raises(ScopeMissing) as caught:
        client.run("ShopInfo")
    assert "read_discounts" in caught.value.hint


def test_of_a_change_that_was_cut_off_nobody_knows_the_outcome(bench: Bench, client: ShopifyClient):
    change = next(name for name in documents.names() if documents.is_mutation(name))
    for kind in ("drop_after", "truncate"):
        bench.fault(GRAPHQL, kind, count=1)
        with pytest.raises(Retryable) as caught:
            client.run(change)
        assert caught.value.unknown_outcome
    bench.fault(GRAPHQL, "drop_after", count=1)
    with pytest.raises(Retryable) as caught:
        client.run("ShopInfo")
    assert not caught.value.unknown_outcome


def test_user_errors_become_ours_and_carry_shopifys_words(bench: Bench, client: ShopifyClient):
    for code, error in (("NOT_FOUND", NotFound), ("TAKEN", Conflict), ("INVALID", Permanent), (None, Permanent)):
        said = {"field": ["input", "note"], "message": "Note is too long", "code": code}
        bench.fault(GRAPHQL, status=200, body={"data": {"tagsAdd": {"userErrors": [said]}}}, count=1)
        with pytest.raises(error) as caught:
            client.change("TagsAdd", "tagsAdd", id="gid://shopify/Order/1", tags=["x"])
        assert "Note is too long" in caught.value.message
        assert caught.value.context["path"] == "input.note"


def test_no_token_is_in_any_error(bench: Bench, client: ShopifyClient):
    token = bench.kept()
    for status in (401, 500, 400):
        bench.fault(GRAPHQL, status=status, count=2)
        with pytest.raises((NeedsReauth, Retryable, Permanent)) as caught:
            client.run("ShopInfo")
        told = f"{caught.value.message}{caught.value.hint}{caught.value.context}"
        assert token.access not in told
        assert token.refresh not in told
        bench.stage.world.faults.remove()


def test_a_shop_on_an_expired_token_goes_on_by_itself(bench: Bench, client: ShopifyClient):
    bench.admin.expire_tokens(SHOP)
    assert client.run("ShopInfo")["shop"]["name"] == "Nordwind Supply"
    bench.pass_time(hours=1.5)
    assert client.run("ShopInfo")
    assert bench.now() - bench.kept().expires_at < timedelta(0)


def test_work_in_the_background_is_waited_for_a_little(bench: Bench, client: ShopifyClient):
    def state(done: bool) -> dict[str, Any]:
        return {"data": {"job": {"id": "gid://shopify/Job/1", "done": done}}}

    assert client.finished(None)
    assert client.finished({"id": "gid://shopify/Job/1", "done": True})
    assert bench.waits == []
    bench.fault(GRAPHQL, status=200, body=state(done=False), count=1)
    bench.fault(GRAPHQL, status=200, body=state(done=True), count=1)
    assert client.finished({"id": "gid://shopify/Job/1", "done": False})
    assert bench.waits == [0.5, 0.5]
    bench.fault(GRAPHQL, status=200, body=state(done=False))
    assert not client.finished({"id": "gid://shopify/Job/1", "done": False})
