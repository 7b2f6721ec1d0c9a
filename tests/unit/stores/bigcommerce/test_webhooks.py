"""Deliveries: genuine ones are reduced, everything else is 401 and nothing else."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import Topic
from app.errors import Rejected
from app.stores.bigcommerce import hook_secret
from app.stores.bigcommerce.hook_events import ALWAYS, EVENTS, scopes, told_by
from app.stores.bigcommerce.webhooks import delivery
from tests.unit.stores.bigcommerce.builders import (
    FORMER_SECRET,
    NOW,
    SECRET,
    STORE,
    hook_body,
    hook_headers,
    settings,
)

OWN = settings()
LIMIT = OWN.bigcommerce.webhook_max_age


def refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        delivery(OWN, headers, body, NOW)
    assert caught.value.status == 401


def test_a_genuine_delivery_is_reduced_to_ids() -> None:
    body = hook_body("store/order/statusUpdated", {
        "type": "order", "id": 118, "status": {"previous_status_id": 0, "new_status_id": 11},
    })  # fmt: skip
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert (found.external_id, found.delivery_key) == (STORE, "msg_1")
    assert (found.topic, found.object_type, found.object_id) == (Topic.ORDER_CHANGED, "order", "118")
    assert found.detail == {
        "scope": "store/order/statusUpdated",
        "hash": "3f9ea420af83450d7ef9f78b08c8af25b2213637",
        "previous_status_id": "0",
        "new_status_id": "11",
    }
    assert found.is_readable


@pytest.mark.parametrize(
    ("scope", "data", "topic", "object_type", "object_id"),
    [
        ("store/order/created", {"id": 250}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/order/updated", {"id": 250}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/order/archived", {"id": 250}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/order/refund/created", {"id": 250, "refund": {"refund_id": 3}}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/order/message/created", {"id": 250}, Topic.ORDER_MESSAGE, "order", "250"),
        ("store/order/transaction/created", {"order_id": "250"}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/order/transaction/updated", {"order_id": "250"}, Topic.ORDER_CHANGED, "order", "250"),
        ("store/shipment/created", {"id": 12, "orderId": 251}, Topic.ORDER_CHANGED, "order", "251"),
        ("store/product/created", {"id": 9}, Topic.PRODUCT_CHANGED, "product", "9"),
        ("store/product/updated", {"id": 9}, Topic.PRODUCT_CHANGED, "product", "9"),
        ("store/product/inventory/updated", {"id": 9}, Topic.STOCK_CHANGED, "product", "9"),
        ("store/product/deleted", {"id": 9}, Topic.PRODUCT_DELETED, "product", "9"),
        ("store/sku/updated", {"id": 4, "sku": {"product_id": 206}}, Topic.PRODUCT_CHANGED, "product", "206"),
        ("store/sku/inventory/order/updated", {"id": 4, "inventory": {"product_id": 206}}, Topic.STOCK_CHANGED,
         "product", "206"),
        ("store/customer/updated", {"id": 32}, Topic.CUSTOMER_CHANGED, "customer", "32"),
        ("store/customer/address/created", {"id": 60, "address": {"customer_id": 32}}, Topic.CUSTOMER_CHANGED,
         "customer", "32"),
        ("store/information/updated", {"type": "store"}, Topic.STORE_CHANGED, "store", STORE),
        ("store/app/uninstalled", {"type": "app"}, Topic.APP_UNINSTALLED, "store", STORE),
        ("store/app/uninstalled", {}, Topic.APP_UNINSTALLED, "store", STORE),
        ("store/company/statusUpdated", {"company_id": 7}, Topic.COMPANY_CHANGED, "company", "7"),
        ("store/company/user/created", {"company_id": 7, "user_id": 3}, Topic.COMPANY_CHANGED, "company", "7"),
        ("store/priceList/record/updated", {"price_list_id": 2}, Topic.PRICES_CHANGED, "store", STORE),
        ("store/priceList/records/updated", [{"price_list_id": 2}], Topic.PRICES_CHANGED, "store", STORE),
        ("store/priceList/updated/", {"price_list_id": 2}, Topic.PRICES_CHANGED, "store", STORE),
        ("store/channel/1/page/updated", {"page_id": 12}, Topic.PAGE_CHANGED, "page", "page:12"),
        ("store/channel/3/settings/checkout/updated", {}, Topic.PAGE_CHANGED, "page", "terms:3"),
        ("store/cart/abandoned", {"id": "09346904-4175-44fd-be53-f7e598531b6c"}, Topic.CART_ABANDONED, "store", STORE),
        ("store/page/updated", {"page_id": 12}, Topic.IGNORED, "", ""),
        ("store/channel/1/customer/updated", {"id": 12}, Topic.IGNORED, "", ""),
        ("store/metafield/created", {"resource_id": "118"}, Topic.IGNORED, "", ""),
        ("store/order/metafield/updated", {"resource_id": "118"}, Topic.IGNORED, "", ""),
        ("store/channel/1/order/created", {"order_id": 5}, Topic.IGNORED, "", ""),
        ("store/something/new", {}, Topic.IGNORED, "", ""),
    ],
)  # fmt: skip
def test_every_scope_tells_what_to_look_at(
    scope: str, data: dict[str, object], topic: Topic, object_type: str, object_id: str
) -> None:
    body = hook_body(scope, data)
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert (found.topic, found.object_type, found.object_id) == (topic, object_type, object_id)
    assert found.is_readable


def test_every_scope_we_register_is_understood() -> None:
    registered = scopes(None, (1, 667159), b2b=True)
    assert len(registered) == len(set(registered))
    for scope in registered:
        told, channel = told_by(scope)
        assert told is not None, scope
        assert bool(channel) is told.channel
        assert told.asked


def test_every_name_tells_of_one_thing_and_none_is_a_wildcard() -> None:
    names = [name for told in EVENTS for name in told.names]
    assert len(names) == len(set(names))
    assert not [name for name in names if "*" in name or "metafield" in name]


def test_only_what_is_waited_for_is_registered() -> None:
    least = scopes(frozenset(), (1,), b2b=True)
    assert {told.topic for scope in least if (told := told_by(scope)[0])} == ALWAYS
    more = set(scopes({Topic.CART_ABANDONED, Topic.COMPANY_CHANGED}, (1,), b2b=True)) - set(least)
    assert {"store/cart/abandoned", "store/company/statusUpdated"} <= more
    assert not [scope for scope in scopes(None, (1,), b2b=False) if "company" in scope]
    pages = {"store/channel/1/page/updated", "store/channel/2/settings/checkout/updated"}
    assert pages <= set(scopes({Topic.PAGE_CHANGED}, (1, 2), b2b=False))


@pytest.mark.parametrize(
    ("scope", "data", "detail"),
    [
        ("store/shipment/created", {"id": 12, "orderId": 251}, {"shipment_id": "12"}),
        ("store/order/refund/created", {"id": 250, "refund": {"refund_id": 3}}, {"refund_id": "3"}),
        ("store/order/message/created", {"id": 250, "message": {"order_message_id": 4}}, {"message_id": "4"}),
        ("store/order/transaction/updated", {"order_id": "250", "transaction_id": "77"}, {"transaction_id": "77"}),
        ("store/priceList/records/created", [{"price_list_id": 2}, {"price_list_id": 2}], {"price_list_id": "2"}),
        ("store/cart/abandoned", {"id": "09346904-4175-44fd-be53-f7e598531b6c"},
         {"cart_id": "09346904-4175-44fd-be53-f7e598531b6c"}),
        ("store/channel/3/page/created", {"page_id": 12}, {"channel_id": "3"}),
    ],
)  # fmt: skip
def test_ids_of_what_belongs_to_the_object_come_along(scope: str, data: object, detail: dict[str, str]) -> None:
    body = hook_body(scope, data)
    found = delivery(OWN, hook_headers(body), body, NOW).detail
    assert {name: value for name, value in found.items() if name not in ("scope", "hash")} == detail


@pytest.mark.parametrize(
    ("scope", "data"),
    [
        ("store/cart/abandoned", {"id": "../../orders"}),
        ("store/cart/abandoned", {"id": 7}),
        ("store/cart/abandoned", []),
        ("store/channel/1/page/updated", {}),
        ("store/company/updated", [{}]),
    ],
)
def test_an_id_of_another_shape_makes_the_delivery_unreadable(scope: str, data: object) -> None:
    body = hook_body(scope, data)
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert not found.is_readable
    assert found.external_id == STORE


def test_the_store_is_taken_from_the_signed_body_alone() -> None:
    body = hook_body(producer="stores/victim9")
    headers = hook_headers(body, store="victim9") | {"x-store": STORE, "host": STORE}
    assert delivery(OWN, headers, body, NOW).external_id == "victim9"


def test_the_former_secret_still_verifies_while_it_is_set() -> None:
    body = hook_body()
    headers = hook_headers(body, secret=FORMER_SECRET)
    assert delivery(OWN, headers, body, NOW).delivery_key == "msg_1"
    after = settings(bigcommerce={"previous_client_secret": None})
    with pytest.raises(Rejected):
        delivery(after, headers, body, NOW)


def test_an_app_without_a_secret_trusts_nobody() -> None:
    body = hook_body()
    none = settings(bigcommerce={"client_secret": "", "previous_client_secret": ""})
    with pytest.raises(Rejected):
        delivery(none, hook_headers(body, secret=""), body, NOW)


@pytest.mark.parametrize("seconds", [0, 299, 300, -600, -86_400, -LIMIT.total_seconds()])
def test_a_retry_may_carry_its_first_time(seconds: float) -> None:
    body = hook_body()
    assert delivery(OWN, hook_headers(body, at=NOW.timestamp() + seconds), body, NOW).is_readable


@pytest.mark.parametrize("seconds", [301, 3600, -LIMIT.total_seconds() - 1, -10 * LIMIT.total_seconds()])
def test_too_old_and_from_the_future_is_refused(seconds: float) -> None:
    body = hook_body()
    refused(hook_headers(body, at=NOW.timestamp() + seconds), body)


def test_the_age_limit_is_a_setting() -> None:
    body = hook_body()
    strict = settings(bigcommerce={"webhook_max_age": timedelta(minutes=1)})
    with pytest.raises(Rejected):
        delivery(strict, hook_headers(body, own=strict, at=NOW.timestamp() - 61), body, NOW)


STAMP = str(int(NOW.timestamp()))


@pytest.mark.parametrize(
    "stamp",
    [
        "", "nan", "inf", "1e9", "9" * 30, "-5", f"+{STAMP}", f" {STAMP}", f"{STAMP} ", f"{STAMP}.0", f"{STAMP}\n",
        STAMP.translate({48 + n: 0xFF10 + n for n in range(10)}), "0x10", STAMP[:4] + "_" + STAMP[4:],
    ],
)  # fmt: skip
def test_a_time_that_is_no_plain_number_is_refused_though_signed(stamp: str) -> None:
    body = hook_body()
    refused(hook_headers(body, stamp=stamp), body)


GOOD = hook_headers(hook_body())["webhook-signature"]


@pytest.mark.parametrize(
    "signature",
    [
        "", "v1", "v1,", ",", "v1,,", GOOD.removeprefix("v1,"), GOOD.replace("v1,", "v2,"), GOOD.replace("v1,", "v1"),
        GOOD + ",", GOOD[:-1], GOOD[:-4] + "====", GOOD.lower(), "v1,=" + GOOD[4:], "v1,ünïcödé", "v1," + "A" * 44,
        "v1,\ud800", " ".join(["v1,x"] * 10_000), " ".join(["v1," + "A" * 44] * 5 + [GOOD]), "x" * 2_000_000,
    ],
)  # fmt: skip
def test_a_malformed_signature_is_refused(signature: str) -> None:
    body = hook_body()
    refused(hook_headers(body) | {"webhook-signature": signature}, body)


def test_any_of_five_signatures_may_be_ours() -> None:
    body = hook_body()
    several = " ".join(["v1,rubbish", "v1a," + "A" * 44, "v1," + "A" * 44, "", GOOD])
    assert delivery(OWN, hook_headers(body) | {"webhook-signature": several}, body, NOW).is_readable


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature", "x-ecm-hook"])
def test_every_header_is_needed(name: str) -> None:
    body = hook_body()
    headers = hook_headers(body)
    del headers[name]
    refused(headers, body)


@pytest.mark.parametrize(
    "change", [lambda b: b + b" ", lambda b: b.replace(b"118", b"119"), lambda b: b[:-1], lambda _: b""]
)
def test_another_body_under_the_same_signature_is_refused(change: Callable[[bytes], bytes]) -> None:
    refused(hook_headers(hook_body()), change(hook_body()))


def test_the_message_id_is_signed() -> None:
    body = hook_body()
    refused(hook_headers(body) | {"webhook-id": "msg_2"}, body)


@pytest.mark.parametrize("message_id", ["", "a b", "a\n", "ä", "x" * 256])
def test_a_message_id_we_could_not_keep_is_refused(message_id: str) -> None:
    body = hook_body()
    refused(hook_headers(body, message_id=message_id or "-") | {"webhook-id": message_id}, body)


def test_the_header_of_another_store_does_not_fit() -> None:
    body = hook_body()
    refused(hook_headers(body) | {"x-ecm-hook": hook_secret(OWN, "other1")}, body)
    refused(hook_headers(body) | {"x-ecm-hook": "é"}, body)


def test_the_header_survives_a_rotation_of_the_apps_key() -> None:
    body = hook_body()
    headers = hook_headers(body)
    former = OWN.secret_key.get_secret_value()
    rotated = settings(secret_key="another-test-key-0123456789-zyxwvut", previous_secret_keys=(former,))
    assert delivery(rotated, headers, body, NOW).is_readable
    forgotten = settings(secret_key="another-test-key-0123456789-zyxwvut")
    with pytest.raises(Rejected):
        delivery(forgotten, headers, body, NOW)


def test_the_header_differs_by_store_and_says_nothing_of_the_key() -> None:
    assert hook_secret(OWN, "a") != hook_secret(OWN, "b")
    assert len(hook_secret(OWN, "a")) == 64
    assert OWN.secret_key.get_secret_value() not in hook_secret(OWN, "a")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b"not json", b"\xff\xfe", b'{"producer":7}', b'{"producer":"stores/UPPER"}',
        b'{"producer":"stores/abc123\\n"}', b'{"producer":"stores/../x"}',
        b"[" * 100_000, b'"' + b"x" * 1_000_000 + b'"',
        b'{"producer":"\\ud800"}', b"9" * 100_000,
    ],
    ids=lambda b: b[:20].decode("latin-1"),
)  # fmt: skip
def test_a_signed_body_that_names_no_store_is_set_aside(body: bytes) -> None:
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert (found.external_id, found.is_readable, found.topic) == ("", False, Topic.IGNORED)


@pytest.mark.parametrize(
    "body",
    [
        hook_body(scope=7),  # type: ignore[arg-type]
        hook_body(scope="store/order/\u202ecreated"),
        hook_body(scope="x" * 500),
        hook_body(data=[]),
        hook_body(data={"type": "order"}),
        hook_body(data={"id": 0}),
        hook_body(data={"id": -1}),
        hook_body(data={"id": True}),
        hook_body(data={"id": 1.5}),
        hook_body(data={"id": 10**400}),
        hook_body(data={"id": "../../v2/nodes"}),
        hook_body(data={"id": {"id": 1}}),
        hook_body("store/order/transaction/created", {"order_id": None}),
        hook_body("store/sku/updated", {"sku": [206]}),
        hook_body(created_at="yesterday"),
    ],
)
def test_a_signed_body_of_a_strange_shape_is_set_aside_for_its_store(body: bytes) -> None:
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert (found.external_id, found.is_readable, found.object_id, found.detail) == (STORE, False, "", {})


def test_details_hold_numbers_only() -> None:
    body = hook_body(data={"id": 1, "status": {"previous_status_id": "<b>", "new_status_id": 11}}, hash="<script>")
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert found.detail == {"scope": "store/order/created", "new_status_id": "11"}


texts = st.text(max_size=80) | st.sampled_from([GOOD, "v1,", "msg_1", str(int(NOW.timestamp())), "nan"])
names = st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature", "x-ecm-hook"])


@given(headers=st.dictionaries(names, texts), body=st.binary(max_size=200))
def test_no_header_and_no_body_ever_does_more_than_be_refused(headers: dict[str, str], body: bytes) -> None:
    refused(headers, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
known_data = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "order_id", "orderId", "sku", "status", "address", "refund"), json_values)
)


@given(
    scope=st.sampled_from(["store/order/created", "store/sku/updated", "store/shipment/created", "store/x"])
    | st.text(),
    data=known_data | json_values,
    extra=st.fixed_dictionaries({}, optional={"hash": json_values, "created_at": json_values, "store_id": json_values}),
)
def test_a_signed_body_is_understood_or_set_aside_but_never_an_error(
    scope: str, data: object, extra: dict[str, object]
) -> None:
    body = json.dumps({"scope": scope, "data": data, "producer": f"stores/{STORE}"} | extra).encode()
    found = delivery(OWN, hook_headers(body), body, NOW)
    assert found.external_id == STORE
    assert found.is_readable or found.topic is Topic.IGNORED
    assert found.object_id == "" or found.object_id.isalnum()
    assert all(isinstance(value, str) and len(value) < 130 for value in found.detail.values())


@given(body=st.binary(max_size=300))
def test_any_signed_bytes_are_at_worst_set_aside(body: bytes) -> None:
    assert delivery(OWN, hook_headers(body), body, NOW).delivery_key == "msg_1"


def test_the_secret_is_the_hmac_key_byte_for_byte() -> None:
    """The worked vector of this scheme: the library decodes base64 and we are told to hand it base64 of the secret."""
    import base64  # noqa: PLC0415  # only here

    from standardwebhooks import Webhook  # noqa: PLC0415

    body = hook_body()
    signed = Webhook(base64.b64encode(SECRET.encode()).decode()).sign("msg_1", NOW, body.decode())
    assert signed == hook_headers(body)["webhook-signature"]
