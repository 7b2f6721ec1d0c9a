"""Deliveries: envelope, signature, retries, deactivation, blocklist, who gets what."""

import base64
import hashlib
import re

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from sandbox import credentials
from sandbox.bigcommerce.webhooks import RETRY_AFTER
from sandbox.kernel.faults import FaultRule
from tests.sandbox.bigcommerce.bench import HOOK, Bench, Received

SECRET = base64.b64encode(credentials.APP_CLIENT_SECRET.encode()).decode()


def an_order(bench: Bench) -> int:
    number: int = bench.merchant.create("orders", {"total": "950.00"})["id"]
    return number


def signed(one: Received) -> dict[str, str]:
    return {name: value for name, value in one.headers.items() if name.startswith("webhook-")}


def test_the_envelope_is_compact_json_with_the_documented_fields(bench: Bench) -> None:
    order = an_order(bench)
    bench.hook("store/order/statusUpdated")
    bench.api.put(f"/v2/orders/{order}", json={"status_id": 12})
    (one,) = bench.app.take()
    body = one.json
    assert b": " not in one.body
    assert set(body) == {"created_at", "store_id", "producer", "scope", "hash", "data"}
    assert body["producer"] == "stores/demostore1"
    assert body["store_id"] == str(bench.store.profile["store_id"])
    assert re.fullmatch(r"[0-9a-f]{40}", body["hash"])
    status = {"previous_status_id": 11, "new_status_id": 12}
    assert body["data"] == {"type": "order", "id": order, "status": status}


def test_the_library_verifies_the_signature_with_the_client_secret(bench: Bench) -> None:
    bench.hook("store/order/created")
    an_order(bench)
    (one,) = bench.app.take()
    assert Webhook(SECRET).verify(one.body, signed(one))["scope"] == "store/order/created"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(one.body + b" ", signed(one))
    with pytest.raises(WebhookVerificationError):
        Webhook(base64.b64encode(b"another").decode()).verify(one.body, signed(one))


def test_signatures_hold_when_the_sandbox_clock_is_ahead(bench: Bench) -> None:
    bench.wait(days=10)
    bench.hook("store/order/created")
    an_order(bench)
    (one,) = bench.app.take()
    assert Webhook(SECRET).verify(one.body, signed(one))


def test_the_hooks_own_headers_come_along(bench: Bench) -> None:
    bench.hook("store/order/created", headers={"X-ECM-Hook": "per-store-secret"})
    an_order(bench)
    assert bench.app.take()[0].headers["x-ecm-hook"] == "per-store-secret"


def test_each_message_has_an_id_of_its_own_and_equal_changes_an_equal_hash(bench: Bench) -> None:
    order = an_order(bench)
    bench.hook("store/order/updated")
    for note in ("one", "two"):
        bench.api.put(f"/v2/orders/{order}", json={"staff_notes": note})
    first, second = bench.app.take()
    assert first.json["hash"] == second.json["hash"]
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_two_hooks_for_one_event_get_messages_of_their_own(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.hook("store/order/*", f"{HOOK}/all")
    an_order(bench)
    created = [one for one in bench.app.take() if one.json["scope"] == "store/order/created"]
    assert sorted(one.path for one in created) == ["/webhooks", "/webhooks/all"]
    assert len({one.headers["webhook-id"] for one in created}) == 2


def test_a_failed_delivery_is_repeated_on_the_documented_schedule(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.app.status = 500
    an_order(bench)
    first = bench.app.take()[0]
    for seconds in RETRY_AFTER[:3]:
        bench.wait(seconds=seconds - 2)
        assert bench.app.take() == []
        bench.wait(seconds=3)
        (again,) = bench.app.take()
        assert again.body == first.body
        assert again.headers["webhook-id"] == first.headers["webhook-id"]


def test_a_retry_keeps_the_age_of_its_message(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.app.status = 500
    an_order(bench)
    first = int(bench.app.take()[0].headers["webhook-timestamp"])
    bench.wait(seconds=61)
    again = bench.app.take()[0]
    assert first - int(again.headers["webhook-timestamp"]) in range(59, 64)


def test_success_ends_the_repetition(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.app.status = 503
    an_order(bench)
    bench.app.status = 202
    bench.wait(seconds=61)
    bench.wait(days=3)
    assert len(bench.app.take()) == 2


@pytest.mark.parametrize("status", [301, 404, 0])
def test_redirects_refusals_and_hang_ups_count_as_failures(bench: Bench, status: int) -> None:
    bench.hook("store/order/created")
    bench.app.status = status
    an_order(bench)
    bench.wait(seconds=61)
    assert len(bench.app.take()) == 2


def test_after_the_last_retry_the_hook_is_switched_off(bench: Bench) -> None:
    number = bench.hook("store/order/created")
    bench.app.status = 500
    an_order(bench)
    for seconds in RETRY_AFTER:
        assert bench.store.hooks[number].is_active
        bench.wait(seconds=seconds + 1)
    assert len(bench.app.take()) == 1 + len(RETRY_AFTER) == 12
    assert bench.api.get(f"/v3/hooks/{number}").json()["data"]["is_active"] is False
    listed = bench.api.get("/v3/hooks/admin").json()["data"]["hooks_list"]
    assert listed[0]["status"] == "deactivated"


def test_an_inactive_hook_gets_nothing_and_can_be_switched_on_again(bench: Bench) -> None:
    number = bench.hook("store/order/created", is_active=False)
    an_order(bench)
    assert bench.app.take() == []
    assert bench.api.put(f"/v3/hooks/{number}", json={"is_active": True}).status_code == 200
    an_order(bench)
    assert len(bench.app.take()) == 1


def test_a_hook_without_events_goes_dark_after_ninety_days(bench: Bench) -> None:
    quiet, busy = bench.hook("store/order/refund/created"), bench.hook("store/order/created", f"{HOOK}/b")
    bench.wait(days=60)
    an_order(bench)
    bench.wait(days=31)
    assert not bench.store.hooks[quiet].is_active
    assert bench.store.hooks[busy].is_active


def test_trouble_is_told_to_the_exception_hook_and_not_more_than_every_ten_minutes(bench: Bench) -> None:
    hook = bench.hook("store/order/created")
    bench.hook("store/hook/deliveryException", f"{HOOK}/trouble")
    bench.world.faults.add(FaultRule(system="bigcommerce", kind="withhold", method="SEND", path="/nowhere"))
    bench.app.status = 500
    an_order(bench)
    an_order(bench)
    told = [one for one in bench.app.take() if one.path.endswith("trouble")]
    assert len(told) == 1
    data = told[0].json["data"]
    assert (data["type"], data["id"], data["error_code"]) == ("webhook", hook, 90001)


def test_giving_up_is_told_with_its_code(bench: Bench) -> None:
    bench.hook("store/order/created")
    bench.hook("store/hook/deliveryException", f"{HOOK}/trouble")
    bench.app.status = 500
    an_order(bench)
    bench.app.take()
    for seconds in RETRY_AFTER:
        bench.wait(seconds=seconds + 1)
    codes = [one.json["data"]["error_code"] for one in bench.app.take() if one.path.endswith("trouble")]
    assert codes.count(90002) >= 1


def test_a_destination_that_fails_too_often_is_blocked_for_three_minutes(bench: Bench) -> None:
    order = an_order(bench)
    bench.hook("store/order/updated")
    bench.app.status = 500
    for n in range(100):
        bench.api.put(f"/v2/orders/{order}", json={"staff_notes": str(n)})
    assert len(bench.app.take()) == 100
    blocked = bench.api.get("/v3/hooks/admin").json()["data"]["blocked_domains"]
    assert [(b["destination"], b["time_left"] > 170) for b in blocked] == [("https://app.test", True)]
    bench.app.status = 200
    bench.api.put(f"/v2/orders/{order}", json={"staff_notes": "held back"})
    assert bench.app.take() == []
    bench.wait(seconds=181)
    assert len(bench.app.take()) == 101


def test_withheld_deliveries_come_later_and_out_of_order(bench: Bench) -> None:
    bench.hook("store/order/created")
    rule = bench.world.faults.add(FaultRule(system="bigcommerce", kind="withhold"))
    first, second = an_order(bench), an_order(bench)
    assert bench.app.take() == []
    bench.world.faults.remove(rule.id)
    assert bench.world.deliveries.release() == 2
    assert [one.json["data"]["id"] for one in bench.app.take()] == [second, first]


def test_the_receiver_that_asks_back_finds_the_change(bench: Bench) -> None:
    order = an_order(bench)
    bench.hook("store/order/statusUpdated")
    found: list[int] = []
    bench.app.on_request = lambda: found.append(bench.api.get(f"/v2/orders/{order}").json()["status_id"])
    bench.api.put(f"/v2/orders/{order}", json={"status_id": 12})
    assert found == [12]


def test_the_hash_is_no_plain_digest_of_the_body(bench: Bench) -> None:
    bench.hook("store/order/created")
    an_order(bench)
    (one,) = bench.app.take()
    assert one.json["hash"] != hashlib.sha1(one.body, usedforsecurity=False).hexdigest()
