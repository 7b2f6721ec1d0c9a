"""Deliveries of shops: kept once and for good, of the shop they claim only; what they ask about people is done."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.privacy import PrivacyRequest
from app.db.redaction import RedactedPerson
from app.db.session import unit_of_work
from app.db.stores import StoreRow, WebSession
from app.settings import Limits
from sandbox import credentials
from tests.doors import Doors
from tests.house import House, a_house
from tests.integration.doors.conftest import at_once

SHOP, OTHER = credentials.SHOPIFY_SHOP, credentials.SHOPIFY_SHOPS[1][0]
STORE = f"shopify:{SHOP}"
WEBHOOKS, COMPLIANCE = "/shopify/webhooks", "/shopify/webhooks/compliance"
ABOUT = {"shop_id": 1, "shop_domain": SHOP}


class ShopDoors(Doors):
    """Signed deliveries of a shop. `message` is the webhook id; a repetition has the same."""

    def send(
        self, topic: str, body: Any, *, shop: str = SHOP, message: str = "", path: str = WEBHOOKS,
        secret: str = credentials.SHOPIFY_CLIENT_SECRET, **headers: str,
    ) -> TestResponse:  # fmt: skip
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        mac = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        own = {
            "Content-Type": "application/json", "X-Shopify-Hmac-Sha256": mac, "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": shop, "X-Shopify-Webhook-Id": message or str(uuid4()),
            "X-Shopify-Event-Id": str(uuid4()),
        }  # fmt: skip
        return self.post(path, data=raw, headers=own | headers)


def order(number: int = 5001) -> dict[str, Any]:
    return {"id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}", "email": "ada@example.com"}


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[ShopDoors]:
    with a_house(sqlite_url, data_dir=tmp_path / "data") as house:
        house.move_in_shop(connect=False)
        yield ShopDoors(house)


@pytest.fixture
def any_shop(database_url: str, tmp_path: Path) -> Iterator[ShopDoors]:
    """On both databases."""
    with a_house(database_url, data_dir=tmp_path / "data") as house:
        house.move_in_shop(connect=False)
        yield ShopDoors(house)


def test_a_delivery_is_kept_once_however_often_and_at_once_it_comes(any_shop):
    answers = at_once(lambda: any_shop.send("orders/updated", order(), message="one"), 6)
    assert {(one.status_code, one.data) for one in answers} == {(200, b"")}
    assert any_shop.send("orders/paid", order(), message="one").status_code == 200  # another subscription's
    events = any_shop.house.events(object_type="order")
    assert sorted(one.delivery_key for one in events) == ["orders/paid:one", "orders/updated:one"]
    assert {(one.store_id, one.object_id, one.topic) for one in events} == {(STORE, "5001", "order.changed")}
    assert all("ada" not in json.dumps(one.detail) for one in events)


@pytest.mark.parametrize("path", [WEBHOOKS, COMPLIANCE])
def test_a_bad_signature_is_a_401_and_leaves_nothing(shop, path):
    with shop.nothing_leaks() as refused:
        refused.add(shop.send("orders/updated", order(), secret="wrong", path=path), 401)
        refused.add(shop.send("orders/updated", order(), path=path, **{"X-Shopify-Hmac-Sha256": ""}), 401)
        refused.add(shop.send("orders/updated", order(), path=path, **{"X-Shopify-Webhook-Id": "a,b"}), 400)
        refused.add(shop.send("orders/updated", order(), path=path, shop="evil.example"), 400)
        refused.add(shop.send("orders/updated", order(), path=path, **{"Content-Type": "text/plain"}), 415)
    assert shop.get(path).status_code in (401, 405)


def test_what_cannot_be_stored_is_asked_for_again(sqlite_url, tmp_path):
    with a_house(sqlite_url, data_dir=tmp_path, limits=Limits(free_disk_bytes=10**18)) as house:
        assert ShopDoors(house).send("orders/updated", order()).status_code == 503
        assert not house.events()


def test_a_product_with_very_many_variants_is_taken_whole(shop):
    body = {"id": 9, "admin_graphql_api_id": "gid://shopify/Product/9", "variants": ["x" * 1000] * 3000}
    assert shop.send("products/update", body).status_code == 200
    assert shop.send("products/update", body | {"variants": ["x" * 1000] * 6000}).status_code == 413


def test_of_a_shop_that_never_opened_the_app_a_delivery_changes_nothing(shop):
    assert shop.send("orders/updated", order(), shop=OTHER).status_code == 200
    shop.house.drain()
    (event,) = shop.house.events(store_id=f"shopify:{OTHER}")
    assert (event.state, event.reason) == ("ignored", "unknown_store")
    assert not shop.house.rows(StoreRow, id=f"shopify:{OTHER}")


def test_a_signed_body_under_another_topic_or_shop_is_set_aside_for_a_person(shop):
    own = {"id": 1, "myshopify_domain": SHOP}
    assert shop.send("products/update", order(), message="topic").status_code == 200
    assert shop.send("app/uninstalled", own | {"myshopify_domain": OTHER}, message="shop").status_code == 200
    shop.house.drain()
    events = [one for one in shop.house.events() if one.delivery_key.partition(":")[2] in ("topic", "shop")]
    assert [(one.state, one.reason) for one in events] == [("quarantined", "unreadable")] * 2
    assert shop.house.store_row().state == "installed"


def test_an_old_word_of_an_uninstall_ends_nothing(shop):
    shop.send("app/uninstalled", {"id": 1, "myshopify_domain": SHOP}, message="old")
    shop.house.drain()
    (event,) = shop.house.events(delivery_key="app/uninstalled:old")
    assert (event.state, event.reason) == ("ignored", "still_installed")
    assert shop.house.store_row().state == "installed"


def test_deliveries_signed_with_the_former_secret_are_taken_while_it_is_rotated(sqlite_url):
    own = {"client_id": credentials.SHOPIFY_CLIENT_ID, "client_secret": "new-secret-0123456789-new",
           "previous_client_secret": credentials.SHOPIFY_CLIENT_SECRET}  # fmt: skip
    with a_house(sqlite_url, shopify=own) as house:
        house.stage.shopify_admin.rotate_secret("new-secret-0123456789-new")
        house.install_shop()
        assert ShopDoors(house).send("orders/updated", order()).status_code == 200


# What a store asks about people's data


def known_customer(house: House, number: str = "77") -> None:
    """A buyer we know, with one record and one other document in OpenText."""
    with unit_of_work(house.deps.database) as uow:
        link = WorkspaceLink(
            store_id=STORE, object_type="customer", object_id=number, object_name="Ada Löwe",
            business_object_type="Customer", business_object_id=number, workspace_id=5, workspace_name="Ada Löwe",
            workspace_url="https://content.test/5",
        )  # fmt: skip
        snapshot = SubjectSnapshot(
            store_id=STORE, object_type="customer", object_id=number, name="Ada Löwe", customer_id=number,
            facts={"email": "ada@example.com", "customer_name": "Ada Löwe"},
        )  # fmt: skip
        uow.session.add_all([link, snapshot])
        uow.session.flush()
        for node, name, kind in ((7, "Invoice Löwe.pdf", "Invoices"), (8, "Letter Löwe.pdf", "")):
            uow.session.add(
                FiledDocument(store_id=STORE, link_id=link.id, node_id=node, name=name, folder="", record_class=kind,
                              retention="10 years" if kind else "", url=f"https://content.test/{node}")
            )  # fmt: skip


def request_of(kind: str, number: int | None = 77) -> dict[str, Any]:
    person = {"customer": {"id": number, "email": "ada@example.com", "phone": None}}
    if kind == "data":
        return ABOUT | person | {"orders_requested": [5001], "data_request": {"id": 9999}}
    return ABOUT | person | {"orders_to_redact": [5001]}


def browser(doors: ShopDoors, user: str | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {doors.house.stage.shopify_admin.id_token(SHOP, user)}"}


def test_a_customer_who_is_to_be_forgotten_is_and_what_must_stay_is_named(any_shop):
    house = any_shop.house
    known_customer(house)
    any_shop.send("orders/updated", order())
    assert any_shop.send("customers/redact", request_of("person"), path=COMPLIANCE).status_code == 200
    house.drain()
    (row,) = house.rows(PrivacyRequest)
    assert (row.kind, row.customer_id, row.order_ids) == ("person", "77", ["5001"])
    assert [one["url"] for one in row.report["records"]] == ["https://content.test/7"]
    assert [one["url"] for one in row.report["others"]] == ["https://content.test/8"]
    kept = json.dumps(
        [one.model_dump() for one in house.rows(WorkspaceLink) + house.rows(SubjectSnapshot)], default=str
    )
    assert "Löwe" not in kept
    assert "ada@example.com" not in kept
    assert "ada@" not in json.dumps(row.model_dump(), default=str)
    assert len(house.rows(RedactedPerson)) == 2
    assert not [one for one in house.rows(InboxEvent) if one.raw and one.object_id in ("77", "5001")]
    assert "person_redacted" in {one.action for one in house.rows(AuditEntry)}
    shown = any_shop.get("/settings/privacy", headers=browser(any_shop)).get_data(as_text=True)
    assert "Forget a customer" in shown
    assert "https://content.test/7" in shown
    assert "10 years" in shown


def test_the_same_request_again_changes_nothing_more(shop):
    known_customer(shop.house)
    for _ in range(2):
        shop.send("customers/redact", request_of("person"), path=COMPLIANCE, message="same")
        shop.house.drain()
    shop.send("customers/redact", request_of("person"), path=COMPLIANCE)
    shop.house.drain()
    assert [one.kind for one in shop.house.rows(PrivacyRequest)] == ["person"] * 2
    assert {one.state for one in shop.house.events(topic="privacy.person_redacted")} == {"done"}


def test_a_customer_who_asks_is_told_through_the_merchant(shop):
    house = shop.house
    known_customer(house)
    shop.send("customers/data_request", request_of("data"), path=COMPLIANCE)
    house.drain()
    (row,) = house.rows(PrivacyRequest)
    assert (row.kind, row.reference) == ("data", "9999")
    assert row.report["rows"]["subject_snapshot"] == 1
    page = shop.get("/settings/privacy", headers=browser(shop)).get_data(as_text=True)
    address = f"/settings/privacy/{row.id}/data.json"
    assert "9999" in page
    assert address in page
    told = shop.get(address, headers=browser(shop))
    assert told.headers["Content-Disposition"].startswith("attachment")
    assert "Ada Löwe" in told.get_data(as_text=True)
    assert "Invoice Löwe.pdf" in told.get_data(as_text=True)
    staff = next(one.email for one in house.stage.shopify_admin.users(SHOP) if not one.owner)
    assert shop.get(address, headers=browser(shop, staff)).status_code == 403
    assert "personal_data_told" in {one.action for one in house.rows(AuditEntry)}
    assert house.rows(SubjectSnapshot, object_type="customer")[0].name == "Ada Löwe"  # telling is not forgetting


def test_a_request_to_tell_is_never_taken_for_one_to_forget(shop):
    known_customer(shop.house)
    shop.send("customers/redact", request_of("data"), path=COMPLIANCE)
    shop.house.drain()
    assert shop.house.rows(SubjectSnapshot, object_type="customer")[0].name == "Ada Löwe"
    assert not shop.house.rows(RedactedPerson)


def test_a_guest_who_is_to_be_forgotten_is_named_by_orders_and_address(shop):
    shop.send("customers/redact", request_of("person", None), path=COMPLIANCE)
    shop.house.drain()
    (row,) = shop.house.rows(PrivacyRequest)
    assert (row.customer_id, row.order_ids) == ("", ["5001"])
    assert len(shop.house.rows(RedactedPerson)) == 1


def test_48_hours_after_an_uninstall_the_shop_is_forgotten(any_shop):
    house = any_shop.house
    known_customer(house)
    house.stage.shopify_admin.uninstall(SHOP)
    house.drain()
    assert house.store_row().state == "uninstalled"
    assert house.rows(WorkspaceLink)
    house.stage.shopify_admin.redact_shop(SHOP)
    house.drain()
    row = house.store_row()
    assert (row.name, row.owner_email, row.token) == ("", "", None)
    for table in (WorkspaceLink, SubjectSnapshot, FiledDocument, InboxEvent, WebSession, PrivacyRequest):
        assert not house.rows(table), table
    assert "store_redacted" in {one.action for one in house.rows(AuditEntry)}
    assert house.drain() == 0


def test_a_shop_where_the_app_works_is_not_forgotten_by_an_old_message(shop):
    known_customer(shop.house)
    shop.send("shop/redact", ABOUT, path=COMPLIANCE, message="old")
    shop.house.drain()
    assert shop.house.rows(WorkspaceLink)
    (event,) = shop.house.events(delivery_key="shop/redact:old")
    assert (event.state, event.reason) == ("ignored", "still_installed")


def test_a_request_about_people_is_answered_after_the_app_was_removed(shop):
    house = shop.house
    known_customer(house)
    house.stage.shopify_admin.uninstall(SHOP)
    house.drain()
    shop.send("customers/redact", request_of("person"), path=COMPLIANCE)
    house.drain()
    assert house.rows(RedactedPerson)
    assert "Löwe" not in house.rows(SubjectSnapshot, object_type="customer")[0].name
