"""A shop in trouble: an old token, another secret, a scope taken back, a throttled minute, a lost subscription.

Each heals by itself, or says exactly what a person must do; nothing that came in is lost.
"""

from collections.abc import Iterator

import pytest

from app import wiring
from app.db.audit import AuditEntry
from app.db.links import SubjectSnapshot
from app.db.runs import Work
from app.domain.ids import StoreId
from app.engine import diagnosis
from app.engine.diagnosis import Finding
from app.settings import ShopifySettings
from app.stores.port import Capability
from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from sandbox.shopify import placing
from tests.doors import APP
from tests.house import House, a_house
from tests.unit.web_pages.test_order_panel import words_on

SHOP = credentials.SHOPIFY_SHOP
STORE = StoreId(f"shopify:{SHOP}")
AREA = f"store {SHOP}"
NEW = "a-new-shopify-secret-0123456789"


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[House]:
    with a_house(sqlite_url) as house:
        house.move_in_shop(connect=False)
        yield house


def buy(house: House) -> str:
    """Somebody orders; Shopify tells us by itself."""
    with house.stage.shopify.acting(SHOP) as here:
        made = placing.place(here, {"email": "ada@example.com"}, [{"title": "Lamp", "price": "950.00"}])
    return str(made["id"]).rpartition("/")[2]


def known(house: House, order: str) -> bool:
    return bool(house.rows(SubjectSnapshot, store_id=STORE, object_type="order", object_id=order))


def findings(house: House, area: str = AREA) -> dict[str, Finding]:
    return {one.name: one for one in diagnosis.examine(house.deps) if one.area == area}


def home(house: House) -> str:
    """What the owner reads on the app's first page, opened in the admin."""
    token = house.stage.shopify_admin.id_token(SHOP)
    page = house.flask.test_client().get("/", base_url=APP, headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200, page.get_data(as_text=True)
    return words_on(page.get_data(as_text=True))


def test_all_is_well_and_the_doctor_says_so(shop: House):
    order = buy(shop)
    shop.drain()
    assert known(shop, order)
    found = findings(shop)
    assert all(one.ok for one in found.values()), found
    assert "Nordwind Supply" in found["token"].message
    assert "left alone it would end on" in found["token"].message
    assert findings(shop, "shopify")["app credentials"].ok


def test_hours_later_the_token_has_been_renewed_without_anybody(shop: House):
    shop.advance(hours=5)
    order = buy(shop)
    shop.drain()
    assert known(shop, order)
    assert shop.store_row().state == "installed"


def test_a_refresh_cut_off_in_the_middle_loses_no_work(shop: House):
    shop.stage.world.faults.add(FaultRule(system="shopify", path="*/access_token", kind="drop_after"))
    shop.advance(hours=5)
    order = buy(shop)
    shop.drain()
    assert not known(shop, order)
    assert shop.store_row().state == "installed"
    shop.stage.world.faults.remove()
    shop.hurry()
    shop.drain()
    assert known(shop, order)


def test_a_throttled_minute_delays_and_counts_no_attempt(shop: House):
    shop.stage.shopify_admin.throttle(3600, SHOP)
    order = buy(shop)
    shop.drain()
    waiting = [one for one in shop.rows(Work) if one.store_id == STORE]
    assert waiting
    assert {(one.attempts, one.parked) for one in waiting} == {(0, "")}
    assert "request quota, which all apps share, is nearly used up" in home(shop)
    for points in shop.stage.shopify.store(SHOP).buckets.values():
        points.blocked_until = None
    # Another worker: what this one remembers of the bucket goes by a clock that no test can turn.
    shop.deps = wiring.build(shop.settings, transport=shop.stage.transport, doorbell=shop.bell)
    shop.advance(minutes=2)
    assert known(shop, order)


@pytest.mark.parametrize("status", ["402", "423"])
def test_a_frozen_shop_is_waited_for(shop: House, status: str):
    shop.stage.shopify_admin.freeze(status, SHOP)
    order = buy(shop)
    shop.drain()
    assert shop.store_row().state == "installed"
    assert "Shopify" in findings(shop)["token"].message
    assert "Settle it in the Shopify admin" in findings(shop)["token"].hint
    shop.stage.shopify_admin.freeze("", SHOP)
    shop.advance(minutes=15)
    assert known(shop, order)


def test_a_dead_access_stops_the_shop_and_says_who_does_what(shop: House):
    browser = shop.flask.test_client()  # somebody has the app open meanwhile
    assert browser.get(shop.stage.shopify_admin.open(SHOP).url.removeprefix(APP), base_url=APP).status_code == 200
    shop.stage.shopify_admin.kill_refresh_tokens(SHOP)
    shop.advance(hours=5)
    order = buy(shop)
    shop.drain()
    row = shop.store_row()
    assert row.state == "needs_reauth"
    assert not findings(shop)["token"].ok
    assert "Open the app" in findings(shop)["token"].hint
    page = browser.get("/", base_url=APP).get_data(as_text=True)
    assert "Open the app again from your store." in words_on(page)
    shop.install_shop()  # somebody opens it
    assert "has to be renewed" not in home(shop)
    assert shop.store_row().state == "installed"
    assert known(shop, order)
    assert "reauthorised" in {one.action for one in shop.rows(AuditEntry)}


def test_a_secret_revoked_too_early_tells_the_operator_what_to_compare(shop: House):
    shop.stage.shopify_admin.rotate_secret(NEW)
    shop.stage.shopify_admin.revoke_old_secrets()
    found = findings(shop)["token"]
    assert not found.ok
    assert "ECM_SHOPIFY__CLIENT_SECRET" in found.hint


def test_a_rotation_in_order_is_not_noticed(sqlite_url: str):
    own = ShopifySettings(client_id=credentials.SHOPIFY_CLIENT_ID, client_secret=NEW,
                          previous_client_secret=credentials.SHOPIFY_CLIENT_SECRET)  # fmt: skip
    with a_house(sqlite_url, shopify=own) as house:
        house.install_shop()  # with the former secret: Shopify does not know the new one yet
        admin = house.stage.shopify_admin
        admin.rotate_secret(NEW)
        house.advance(minutes=15)
        order = buy(house)
        house.drain()
        assert known(house, order)
        assert findings(house)["token"].ok
        admin.revoke_old_secrets()
        order = buy(house)
        house.drain()
        assert known(house, order)


def test_a_scope_taken_back_is_named_and_the_rest_goes_on(shop: House):
    shop.stage.shopify_admin.take_back(["write_files"], SHOP)
    shop.drain()
    found = findings(shop)["scopes"]
    assert not found.ok
    assert "write_files" in found.message
    assert "does not give the app what it needs: write_files" in home(shop)
    order = buy(shop)
    shop.drain()
    assert known(shop, order)


def test_an_optional_scope_is_given_on_the_page_that_names_it(shop: House):
    """What needs it waits until then; Shopify's own window, or its address, asks the merchant."""
    admin = shop.stage.shopify_admin
    bearer = {"Authorization": f"Bearer {admin.id_token(SHOP)}"}
    asked = shop.flask.test_client().get("/settings/permissions", base_url=APP, headers=bearer).get_data(as_text=True)
    assert 'data-asks-scope="write_draft_orders"' in asked
    assert "optional_scopes=write_draft_orders" in asked
    assert "Special prices" in asked
    given = words_on(asked).count("Given")
    read = shop.deps.store(STORE).read
    assert read.remedy(Capability.QUOTES) == "Give the app this access under Settings, Permissions: write_draft_orders."
    admin.grant(["write_draft_orders"], SHOP)
    shop.drain()
    shop.deps.store(STORE).read.remedy(Capability.QUOTES)  # looked at anew
    assert read.remedy(Capability.QUOTES) == ""
    page = shop.flask.test_client().get("/settings/permissions", base_url=APP, headers=bearer).get_data(as_text=True)
    assert words_on(page).count("Given") == given + 1
    assert 'data-asks-scope="write_draft_orders"' not in page


def test_a_subscription_shopify_deleted_is_made_again(shop: House):
    admin = shop.stage.shopify_admin
    admin.grant(["write_fulfillments"], SHOP)
    shop.drain()
    with shop.stage.shopify.acting(SHOP) as here:
        made = {one["topic"] for one in here.where("WebhookSubscription")}
    assert "FULFILLMENTS_CREATE" in made
    admin.drop_subscription("fulfillments/create", SHOP)
    shop.request(STORE, "store", SHOP, "check_set_up")
    shop.drain()
    with shop.stage.shopify.acting(SHOP) as here:
        assert {one["topic"] for one in here.where("WebhookSubscription")} == made
