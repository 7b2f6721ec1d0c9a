"""Deliveries: genuine or refused, of the shop and topic they claim, reduced to ids."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.events import Topic
from app.errors import Rejected
from app.settings import Settings
from app.stores.port import Delivery
from app.stores.shopify import hook_events, webhooks
from tests.house import a_settings

SECRET, FORMER = "unit-test-shop-secret-0123456789", "unit-test-former-shop-secret-01234"
SHOP = "nordwind-supply.myshopify.com"
SAMPLES = Path(__file__).parents[5] / "shared" / "specs" / "shopify" / "webhooks"
ORDER = {"id": 820982911946154508, "admin_graphql_api_id": "gid://shopify/Order/820982911946154508"}


@pytest.fixture(scope="module")
def settings() -> Settings:
    own = {"client_id": "c", "client_secret": SECRET, "previous_client_secret": FORMER}
    return a_settings("sqlite://", shopify=own)


def signed(body: Any, topic: str = "orders/updated", *, secret: str = SECRET, **changes: str) -> tuple[dict, bytes]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    mac = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {
        "x-shopify-hmac-sha256": mac, "x-shopify-topic": topic, "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "x-shopify-event-id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "x-shopify-triggered-at": "2026-10-02T15:00:00.000Z", "x-shopify-api-version": "2026-10",
    } | {f"x-shopify-{name.replace('_', '-')}": value for name, value in changes.items()}  # fmt: skip
    return headers, raw


def heard(settings: Settings, body: Any, topic: str = "orders/updated", **kw: str) -> Delivery:
    return webhooks.delivery(settings, *signed(body, topic, **kw))


def test_a_genuine_delivery_is_reduced_to_ids(settings):
    found = heard(settings, ORDER | {"email": "ada@example.com", "note": "private"})
    assert found == Delivery(
        SHOP, "orders/updated:b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", Topic.ORDER_CHANGED, "order",
        "820982911946154508", {
            "scope": "orders/updated", "event_id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
            "triggered_at": "2026-10-02T15:00:00.000Z",
        },
    )  # fmt: skip


def test_the_former_secret_still_signs_while_it_is_rotated(settings):
    assert heard(settings, ORDER, secret=FORMER).topic is Topic.ORDER_CHANGED


@pytest.mark.parametrize("spoil", [
    {"hmac-sha256": ""}, {"hmac-sha256": "A" * 44}, {"hmac-sha256": "not base64" * 5}, {"hmac-sha256": "ä" * 44},
])  # fmt: skip
def test_what_is_not_signed_is_refused_with_401(settings, spoil):
    headers, body = signed(ORDER)
    with pytest.raises(Rejected) as caught:
        webhooks.delivery(settings, headers | {f"x-shopify-{k}": v for k, v in spoil.items()}, body)
    assert caught.value.status == 401


@pytest.mark.parametrize("body", [b"{}", b'{"id":1}', b""])
def test_a_changed_body_is_refused(settings, body):
    headers, _ = signed(ORDER)
    with pytest.raises(Rejected) as caught:
        webhooks.delivery(settings, headers, body)
    assert caught.value.status == 401


def test_a_body_signed_with_an_empty_secret_is_nobodys(settings):
    headers, body = signed(ORDER, secret="")
    for known in (settings, a_settings("sqlite://", shopify={"client_id": "c"})):
        with pytest.raises(Rejected):
            webhooks.delivery(known, headers, body)


@pytest.mark.parametrize("claims", [
    {"topic": ""}, {"topic": "Orders Updated"}, {"webhook_id": ""}, {"webhook_id": "x" * 101},
    {"shop_domain": ""}, {"shop_domain": "evil.example"}, {"shop_domain": f"{SHOP}.evil.example"},
])  # fmt: skip
def test_a_signed_body_without_whole_headers_is_no_delivery(settings, claims):
    headers, body = signed(ORDER)
    with pytest.raises(Rejected) as caught:
        webhooks.delivery(settings, headers | {f"x-shopify-{k.replace('_', '-')}": v for k, v in claims.items()}, body)
    assert caught.value.status == 400


ABOUT = {"shop_id": 1, "shop_domain": SHOP}
PERSON = {"customer": {"id": 77, "email": "Ada@example.com", "phone": "+49 221 1"}}


@pytest.mark.parametrize(("topic", "body"), [
    ("products/update", ORDER),  # an order's body under another topic
    ("orders/updated", {"id": 5, "admin_graphql_api_id": "gid://shopify/Product/5"}),
    ("app/uninstalled", {"id": 1, "myshopify_domain": "other.myshopify.com"}),  # another shop's
    ("app/uninstalled", {"id": 1}),
    ("shop/redact", ABOUT | {"shop_domain": "other.myshopify.com"}),
    ("shop/redact", ABOUT | PERSON | {"orders_to_redact": []}),  # a person's request under the shop's name
    ("customers/redact", ABOUT | PERSON | {"orders_requested": [1]}),  # asked for, not to be forgotten
    ("customers/redact", PERSON | {"orders_to_redact": []}),
    ("orders/updated", {"id": "abc", "admin_graphql_api_id": "gid://shopify/Order/1"}),
    ("orders/edited", {"id": 5}), ("orders/updated", b"[1]"), ("orders/updated", b"\xff"),
    ("orders/updated", b"[" * 9999),
])  # fmt: skip
def test_a_signed_body_that_is_not_what_the_headers_claim_is_set_aside(settings, topic, body):
    found = heard(settings, body, topic)
    assert (found.is_readable, found.topic, found.object_id) == (False, Topic.IGNORED, "")


def test_what_names_no_object_of_ours_is_kept_and_ignored(settings):
    dispute = {"id": 1, "order_id": None, "status": "needs_response"}
    for topic, body in (("disputes/create", dispute), ("locations/create", {"id": 3})):
        found = heard(settings, body, topic)
        assert (found.is_readable, found.topic) == (True, Topic.IGNORED)


def test_ids_of_any_length_and_every_way_of_writing_them(settings):
    big = 18446744073709551615
    for value in (big, str(big), f"gid://shopify/Order/{big}"):
        body = {"id": value, "admin_graphql_api_id": f"gid://shopify/Order/{big}"}
        assert heard(settings, body).object_id == str(big)


def test_people_in_requests_about_their_data(settings):
    body = ABOUT | PERSON | {"orders_to_redact": [11, 12]}
    found = heard(settings, body, "customers/redact")
    assert (found.topic, found.object_type, found.object_id) == (Topic.PERSON_REDACTED, "customer", "77")
    assert "Ada" not in str(found)
    person = webhooks.person(json.dumps(body).encode())
    assert (person.customer_id, person.order_ids) == ("77", ("11", "12"))
    assert (person.emails, person.phones) == (("Ada@example.com",), ("+49 221 1",))
    guest = ABOUT | {"customer": {"id": None, "email": "g@example.com", "phone": None}, "orders_to_redact": [3]}
    assert heard(settings, guest, "customers/redact").topic is Topic.PERSON_REDACTED
    assert webhooks.person(json.dumps(guest).encode()).customer_id is None
    for nobody in (b"{}", b'{"customer": {}}', b"x", b'{"customer": {"id": "x"}}'):
        with pytest.raises(Rejected):
            webhooks.person(nobody)


def test_no_topic_is_in_the_table_twice_and_always_covers_an_installations_life():
    names = [name for told in (*hook_events.EVENTS, *hook_events.COMPLIANCE) for name in told.names]
    assert len(names) == len(set(names))
    least = hook_events.topics(frozenset())
    assert {"app/uninstalled", "app/scopes_update", "orders/updated", "products/update"} <= set(least)
    assert "companies/create" not in least
    assert "companies/create" in hook_events.topics({Topic.COMPANY_CHANGED})
    assert set(hook_events.compliance_topics()) == {"customers/data_request", "customers/redact", "shop/redact"}


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the published payloads (../shared/specs/shopify/webhooks) are absent")
def test_every_published_sample_of_a_topic_we_ask_for_is_understood(settings):
    unread = []
    for told in (*hook_events.EVENTS, *hook_events.COMPLIANCE):
        for name in told.names:
            path = SAMPLES / f"{name}.json"
            if not path.exists():
                continue
            sample = json.loads(path.read_text("utf-8"))
            shop = {hook_events.NAMES_SHOP[name]: SHOP} if name in hook_events.NAMES_SHOP else {}
            found = heard(settings, sample | shop, name)
            if not found.is_readable or (found.topic is not told.topic and name != "orders/risk_assessment_changed"):
                unread.append(name)
    assert unread == []
