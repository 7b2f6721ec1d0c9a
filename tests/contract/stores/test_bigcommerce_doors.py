"""What BigCommerce itself sends to our doors: installing, opening, leaving, webhooks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.domain.events import Topic
from app.domain.ids import ProductId
from app.errors import NeedsReauth, RateLimited, Rejected, Retryable
from app.stores.bigcommerce import HOOK_HEADER, bigcommerce_store, hook_secret
from app.stores.port import Delivery, SignedIn
from sandbox.kernel.faults import FaultRule
from tests.contract.stores.bigcommerce import HASH, BigCommerceCase
from tests.contract.stores.faults import FAULTS, hurry

REDIRECT = "http://app.test/bigcommerce/auth"


@pytest.fixture
def case() -> BigCommerceCase:
    return BigCommerceCase()


def query_of(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def opened(case: BigCommerceCase, query: Mapping[str, str]) -> SignedIn:
    return case.door.signed_request(query, datetime.now(UTC))


def deliveries(case: BigCommerceCase) -> list[Delivery]:
    """What arrived since the last look, verified."""
    received, case.receiver.received[:] = list(case.receiver.received), []
    return [
        case.door.delivery(headers, body, datetime.now(UTC))
        for path, _, headers, body in received
        if path == "/webhooks/bigcommerce"
    ]


def listen(case: BigCommerceCase) -> None:
    headers = {HOOK_HEADER: hook_secret(case.settings, HASH)}
    case.store.setup.ensure_webhooks(case.hook_destination, headers)
    case.receiver.received.clear()


# Installing


def test_an_installation_gives_a_token_that_works(case: BigCommerceCase) -> None:
    installed = case.door.complete_install(query_of(case.panel.install_url()), REDIRECT)
    assert (installed.external_id, installed.user_id, installed.owner_id) == (HASH, "12345", "12345")
    assert set(case.settings.bigcommerce.scopes) <= {*installed.granted, *(f"{s}_read_only" for s in installed.granted)}
    store = bigcommerce_store(case.settings, case.outbound, installed.external_id, installed.token)
    assert store.read.profile().name == "Northwind Outfitters"
    with pytest.raises(NeedsReauth):
        case.store.read.profile()  # the former token is void


def test_a_code_is_good_once(case: BigCommerceCase) -> None:
    query = query_of(case.panel.install_url())
    case.door.complete_install(query, REDIRECT)
    with pytest.raises(Rejected) as caught:
        case.door.complete_install(query, REDIRECT)
    assert caught.value.specific_code == "exchange_refused"


@pytest.mark.parametrize(
    "change", [{"code": "invented"}, {"context": "stores/otherstore"}, {"scope": "store_v2_content"}]
)
def test_a_changed_request_is_refused(case: BigCommerceCase, change: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        case.door.complete_install(query_of(case.panel.install_url()) | change, REDIRECT)
    assert caught.value.status == 400


def test_the_address_must_be_the_registered_one(case: BigCommerceCase) -> None:
    with pytest.raises(Rejected):
        case.door.complete_install(query_of(case.panel.install_url()), f"{REDIRECT}/")


def test_scopes_the_merchant_did_not_grant_are_named(case: BigCommerceCase) -> None:
    url = case.panel.install_url(scopes=("store_v2_default", "store_v2_orders", "store_v2_products"))
    with pytest.raises(Rejected, match="store_app_extensions_manage"):
        case.door.complete_install(query_of(url), REDIRECT)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_exchange_that_fails_for_a_while_is_no_refusal(fault: str) -> None:
    case = BigCommerceCase()
    query = query_of(case.panel.install_url())
    case.world.faults.add(FaultRule(system="bigcommerce", path="/oauth2/token", count=1, **FAULTS[fault]))
    if fault == "delay":
        case.before_request = hurry
    with pytest.raises(Retryable) as caught:
        case.door.complete_install(query, REDIRECT)
    assert isinstance(caught.value, RateLimited) is (fault == "429")
    assert query["code"] not in f"{caught.value.message}{caught.value.context}"


def test_a_missing_scope_asks_for_a_person(case: BigCommerceCase) -> None:
    filled = case.fill()
    token = case.panel.issue_token(scopes=("store_v2_default", "store_v2_orders"))
    store = bigcommerce_store(case.settings, case.outbound, HASH, token)
    assert store.read.order(filled.order).id == filled.order
    with pytest.raises(NeedsReauth) as caught:
        store.read.product(ProductId(filled.product))
    assert caught.value.specific_code == "missing_right"


def test_the_quota_is_known_after_any_answer(case: BigCommerceCase) -> None:
    case.panel.set_quota(150)
    case.store.read.profile()
    quota = case.store.read._client.quota  # type: ignore[attr-defined]
    assert (quota.left, quota.limit) == (149, 150)
    assert 0 < quota.reset_ms <= 30_000


# Opening and leaving


def test_a_row_opens_our_page_for_the_person_who_clicked(case: BigCommerceCase) -> None:
    found = opened(case, query_of(case.panel.load_url(user=24654, path="/orders/106")))
    assert (found.external_id, found.path, found.locale) == (HASH, "/orders/106", "de-DE")
    assert (found.user_id, found.is_owner) == ("24654", False)
    assert opened(case, query_of(case.panel.load_url())).is_owner


@pytest.mark.parametrize("claims", [{"aud": "another-app"}, {"iss": "evil"}, {"exp": 1}, {"sub": "stores/../x"}])
def test_another_claim_refuses(case: BigCommerceCase, claims: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as caught:
        opened(case, query_of(case.panel.load_url(**claims)))
    assert caught.value.status == 401


def test_leaving_is_signed_like_opening(case: BigCommerceCase) -> None:
    case.panel.remove_user(24655)
    case.panel.uninstall()
    calls = [(path, query) for path, query, _, _ in case.receiver.received]
    assert [path for path, _ in calls] == ["/bigcommerce/remove_user", "/bigcommerce/uninstall"]
    assert [opened(case, query).user_id for _, query in calls] == ["24655", "12345"]


def test_every_row_has_our_panel_in_its_menu(case: BigCommerceCase) -> None:
    case.store.setup.ensure_panels()
    for model, path in (("ORDERS", "/orders/7"), ("PRODUCTS", "/products/7"), ("CUSTOMERS", "/customers/7")):
        for locale in ("en-US", "de-DE", "ja-JP"):
            (item,) = case.panel.menu(HASH, model, 7, locale)
            assert (item.context, item.path, item.label) == ("PANEL", path, "ECM")


# Webhooks


def test_a_change_of_an_order_arrives_signed(case: BigCommerceCase) -> None:
    listen(case)
    order_id = case.fill().order
    case.change_order(order_id)
    found = [entry for entry in deliveries(case) if entry.object_type == "order"]
    assert {(entry.external_id, entry.topic, entry.object_id) for entry in found} == {
        (HASH, Topic.ORDER_CHANGED, order_id)
    }
    assert {entry.detail["scope"] for entry in found} >= {"store/order/created", "store/order/updated"}
    assert len({entry.delivery_key for entry in found}) == len(found)


def test_a_payment_tells_of_its_order(case: BigCommerceCase) -> None:
    listen(case)
    order_id = case.fill().order
    deliveries(case)
    case.hold_payment(order_id)
    (found,) = deliveries(case)
    assert found.detail["scope"] == "store/order/transaction/created"
    assert (found.topic, found.object_id) == (Topic.ORDER_CHANGED, order_id)


def test_products_and_customers_tell_of_themselves(case: BigCommerceCase) -> None:
    listen(case)
    filled = case.fill()
    assert {(e.topic, e.object_id) for e in deliveries(case)} >= {
        (Topic.PRODUCT_CHANGED, filled.product),
        (Topic.CUSTOMER_CHANGED, filled.customer),
    }
    case.rename_product(filled.product, "Lantern")
    assert {(e.topic, e.object_id) for e in deliveries(case)} == {(Topic.PRODUCT_CHANGED, filled.product)}
    assert case.merchant.delete(f"/v3/catalog/products/{filled.product}").status_code == 204
    assert (Topic.PRODUCT_DELETED, filled.product) in {(e.topic, e.object_id) for e in deliveries(case)}


def test_the_same_message_twice_has_the_same_key(case: BigCommerceCase) -> None:
    listen(case)
    order_id = case.fill().order
    deliveries(case)
    case.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    case.change_order(order_id)
    found = deliveries(case)
    assert len(found) == 2
    assert len({entry.delivery_key for entry in found}) == 1


def test_our_own_links_tell_us_nothing(case: BigCommerceCase) -> None:
    listen(case)
    filled = case.fill()
    deliveries(case)
    case.store.publish.link("order", filled.order, {"workspace_id": "2000"})  # type: ignore[arg-type]
    assert deliveries(case) == []


def test_uninstalling_arrives_as_a_webhook_too(case: BigCommerceCase) -> None:
    listen(case)
    case.panel.uninstall()
    (found,) = deliveries(case)
    assert (found.topic, found.object_type, found.object_id) == (Topic.APP_UNINSTALLED, "store", HASH)


def test_a_hook_that_carries_another_stores_header_is_refused(case: BigCommerceCase) -> None:
    case.store.setup.ensure_webhooks(case.hook_destination, {HOOK_HEADER: hook_secret(case.settings, "other")})
    case.fill()
    with pytest.raises(Rejected) as caught:
        deliveries(case)
    assert caught.value.status == 401
