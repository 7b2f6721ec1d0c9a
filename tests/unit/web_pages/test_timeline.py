"""Everything about an object in one list, both sides, the latest first; what failed on top with the way out."""

from app.db.policies import PolicyOfOrder, PolicyVersion
from app.db.rights import StoreRights
from app.db.uploads import UploadRequest
from app.domain.rights import Entry, entry_json
from tests.unit.web_pages.shop import STORE, Shop, ago, utc_in
from tests.unit.web_pages.test_order_panel import words_on

HOSTILE = '"><img src=x onerror=alert(1)>'


def test_an_orders_story_is_told_from_both_sides_in_order(shop: Shop) -> None:
    shop.related_customer()
    shop.order_under_review("1001", outcome="approved")
    shop.add(
        UploadRequest(
            store_id=STORE, object_type="order", object_id="1001", object_name="Order 1001", created_at=ago(minutes=25),
            wanted=[{"key": "1", "name": HOSTILE, "folder": "", "mime_types": []}], expires_at=utc_in(days=3),
            opened_at=ago(minutes=20),
        )
    )  # fmt: skip
    viewer = shop.sign_in("viewer")
    assert "/panel/orders/1001/timeline" in viewer.text("/panel/orders/1001")
    page = viewer.text("/panel/orders/1001/timeline")
    assert "<img src=x" not in page
    words = words_on(page)
    told = (
        "Order moved from “Manual Verification Required” to “Awaiting Fulfillment”.", "Review order 1001: Approved",
        "The buyer opened the link:", "A link was made for the buyer:",
        "An order was placed or changed",
    )  # fmt: skip
    places = [words.index(one) for one in told]
    assert places == sorted(places), "the latest comes first"
    assert "OpenText Anna Berg Review order 1001: Approved Called the customer, all fine." in words
    assert "Store Order moved from" in words


def test_what_failed_stands_on_top_with_every_way_out(shop: Shop) -> None:
    run = shop.order_under_review("1001")
    shop.failing(run, 3, stuck=True)
    manager, viewer = shop.sign_in("manager"), shop.sign_in("viewer")
    page = manager.text("/panel/orders/1001/timeline")
    for way_out in (f"/panel/runs/{run.id}/try", f"/activity/runs/{run.id}/skip", f"/activity/runs/{run.id}"):
        assert f'"{way_out}"' in page
    assert words_on(page).index("Content Server cannot be reached.") < words_on(page).index("Timeline Order 1001")
    assert f'"/activity/runs/{run.id}/skip"' not in viewer.text("/panel/orders/1001/timeline")
    assert "Nothing has happened yet." in viewer.text("/panel/orders/404/timeline")


def test_who_may_not_see_documents_reads_none_in_the_story(shop: Shop) -> None:
    link = shop.workspace("order", "5", "Order 5")
    shop.document(link, "Secret price list.pdf", "02 Payment", filed_by_us=False)
    viewer = shop.sign_in("viewer")
    assert "Secret price list" in viewer.text("/panel/orders/5/timeline")
    shop.add(StoreRights(store_id=STORE, mode="service", entries=[entry_json(Entry("everyone", "status"))]))
    assert "Secret price list" not in viewer.text("/panel/orders/5/timeline")


def test_the_terms_an_order_was_placed_under_and_its_products_are_beside_it(shop: Shop) -> None:
    old = PolicyVersion(
        store_id=STORE, page_id="12", number=2, title=f"Terms of sale {HOSTILE}", url="http://shop.test/terms",
        sha256="0" * 64, html="<p>Terms</p>", in_force_from=ago(days=300), in_force_to=ago(days=1),
    )  # fmt: skip
    shop.add(old, PolicyOfOrder(store_id=STORE, order_id="1001", version_id=old.id))
    line = {"product_id": "77", "name": "Aurora desk lamp"}
    shop.order_under_review("1001", facts={"lines": [line, line, {"product_id": "../x", "name": HOSTILE}]})
    page = shop.sign_in("viewer").text("/panel/orders/1001")
    assert "<img src=x" not in page
    words = words_on(page)
    assert "In force when it was ordered: Terms of sale" in words
    assert "version 2" in words
    assert "replaced on" in words
    assert page.count('href="/panel/products/77"') == 1
    assert "/panel/products/.." not in page
