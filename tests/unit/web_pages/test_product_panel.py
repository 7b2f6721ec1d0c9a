"""Approved and live: field by field, drift, restore, undo; and a product that has no workspace yet."""

from typing import Any

import pytest
from sqlmodel import select

from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.publications import Publication, PublicationField
from app.db.sale_holds import SaleHold
from app.db.session import unit_of_work
from tests.unit.web_pages.shop import STORE, Shop, ago
from tests.unit.web_pages.test_order_panel import requests_in, state_on, words_on


class TestTheTable:
    def test_every_field_beside_what_was_approved_by_whom_and_from_which_version(self, shop: Shop) -> None:
        shop.product_live("77")
        page = words_on(shop.sign_in().text("/panel/products/77"))
        assert state_on(shop.sign_in().text("/panel/products/77")) == "Live"
        assert "by Tom Okafor on" in page
        assert "version 3" in page
        for title in (
            "Name",
            "Description",
            "Page title",
            "Meta description",
            "Image lamp-front.jpg",
            "CE declaration",
        ):
            assert title in page

    def test_a_drifted_field_says_so_and_can_be_restored(self, shop: Shop) -> None:
        shop.product_live("77", drifted=("name",))
        page = shop.sign_in("manager").text("/panel/products/77")
        assert state_on(page) == "Drifted"
        assert "Your store shows something else than was approved." in page
        assert words_on(page).count("Restore Name") == 1
        assert "Restore all" not in page

    @pytest.mark.parametrize(
        ("reported", "is_visible", "word", "lead"),
        [
            ({"missing": ["CE declaration"]}, True, "Incomplete",
             "Still missing: CE declaration. Your store shows version 3, approved by Tom Okafor."),
            ({"outdated": [300]}, True, "Outdated",
             "No longer valid: Old certificate.pdf. A new version is needed. Your store shows version 3"),
            ({"missing": []}, True, "Live", "Your store shows version 3, approved by Tom Okafor."),
            ({"missing": []}, False, "Not visible",
             "approved by Tom Okafor. Shoppers cannot see it, because the product is not visible."),
            ({"missing": ["CE declaration"]}, False, "Incomplete", "Shoppers cannot see it"),
        ],
    )  # fmt: skip
    def test_what_is_live_says_which_of_its_documents_is_missing_or_too_old(
        self, shop: Shop, reported: dict[str, Any], is_visible: bool, word: str, lead: str
    ) -> None:
        shop.product_live("77")
        with unit_of_work(shop.deps.database) as uow:
            link = uow.session.exec(select(WorkspaceLink)).one()
            link.completeness = {"types": ["CE declaration"]} | reported
            snapshot = uow.session.exec(select(SubjectSnapshot)).one()
            snapshot.facts = snapshot.facts | {"is_visible": is_visible}
        shop.document(link, "Old certificate.pdf", "03 Compliance", node_id=300, holds=["Audit 2026"])
        page = shop.sign_in().text("/panel/products/77")
        assert (state_on(page), lead in words_on(page)) == (word, True)

    def test_how_long_a_document_is_valid_stands_on_its_row_and_page_until_it_changes(self, shop: Shop) -> None:
        shop.product_live("77")
        with unit_of_work(shop.deps.database) as uow:
            found = uow.session.exec(select(FiledDocument).where(FiledDocument.name == "CE declaration.pdf")).one()
            document, node = found.id, found.node_id
        checked = [{"node_id": node, "name": "CE", "type": "CE declaration", "until": "2027-03-03T12:00:00+00:00"}]
        shop.run("product-compliance", "product", "77", "Aurora desk lamp", state="done", facts={"checked": checked})
        person = shop.sign_in()
        paths = ("/panel/products/77", f"/panel/products/77/documents/{document}")
        assert [words_on(person.text(path)).count("Valid until 3 Mar 2027") for path in paths] == [1, 1]
        with unit_of_work(shop.deps.database) as uow:
            uow.session.get_one(FiledDocument, document).modified_at = ago(minutes=1)
        assert "Valid until" not in "".join(person.text(path) for path in paths)

    def test_only_what_we_took_off_sale_can_be_sold_again(self, shop: Shop) -> None:
        shop.product_live("77")
        run = shop.run("product-compliance", "product", "77", "Aurora desk lamp", state="done")
        other = SaleHold(store_id=STORE, product_id="78", reason="compliance", run_id=run.id)
        mine = SaleHold(store_id=STORE, product_id="77", reason="compliance", run_id=run.id, state="lifted")
        shop.add(other)
        shop.add(mine)
        person = shop.sign_in("manager")
        assert "Sell it again" not in person.text("/panel/products/77")
        with unit_of_work(shop.deps.database) as uow:
            uow.session.get_one(SaleHold, mine.id).state = "on"
        assert "Sell it again" in person.text("/panel/products/77")

    def test_what_undo_left_alone_is_listed(self, shop: Shop) -> None:
        shop.product_live("77", state="undone", page_title="kept")
        page = words_on(shop.sign_in().text("/panel/products/77"))
        assert "Version 3 was undone. 1 field was left alone, because somebody changed it since." in page
        assert "Left as it is, because somebody changed it after it was published: Page title." in page
        assert "Undo this publication" not in page

    def test_the_description_is_sanitised_before_it_is_previewed(self, shop: Shop) -> None:
        shop.product_live("77")
        with unit_of_work(shop.deps.database) as uow:
            row = uow.session.exec(select(PublicationField).where(PublicationField.field == "description")).one()
            row.after = {
                "text": '<p onclick="x()">Safe</p><script>bad()</script><img src="https://evil.test/p.png">'
                '<a href="javascript:x">l</a>'
            }
        page = shop.sign_in().text("/panel/products/77")
        for evil in ("onclick", "bad()", "evil.test", "javascript:"):
            assert evil not in page
        assert "<p>Safe</p>" in page

    def test_pictures_come_only_from_the_hosts_the_policy_names(self, shop: Shop) -> None:
        shop.product_live("77")
        answer = shop.sign_in().get("/panel/products/77")
        assert "img-src 'self' data: http://cdn.shop.test;" in answer.headers["Content-Security-Policy"]
        assert 'src="http://cdn.shop.test/lamp-front.jpg"' in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "http://a b/x.jpg",
            "http://x; script-src *//y.jpg",
            "data:image/png;base64,AA",
            "//cdn.test/x.jpg",
        ],
    )
    def test_a_picture_address_that_is_none_is_left_out(self, shop: Shop, url: str) -> None:
        shop.product_live("77", image_url=url)
        answer = shop.sign_in().get("/panel/products/77")
        assert "img-src 'self' data:;" in answer.headers["Content-Security-Policy"]
        assert "<img" not in answer.get_data(as_text=True)

    def test_a_page_swapped_into_another_is_loaded_whole_for_its_pictures(self, shop: Shop) -> None:
        shop.product_live("77")
        swapped = {"HX-Request": "true", "HX-Boosted": "true", "HX-Current-URL": "http://app.test/"}
        answer = shop.sign_in().get("/panel/products/77", **swapped)
        assert answer.headers["HX-Redirect"] == "/panel/products/77"
        again = shop.sign_in().get(
            "/panel/products/77", **swapped | {"HX-Current-URL": "http://app.test/panel/products/77"}
        )
        assert again.status_code == 200


class TestRestore:
    def test_one_field_is_asked_for_by_name(self, shop: Shop) -> None:
        publication = shop.product_live("77", drifted=("name", "page_title"))
        person = shop.sign_in("manager")
        assert person.post(f"/panel/products/77/publications/{publication}/restore", field="name").status_code == 303
        (asked,) = requests_in(shop)
        assert asked["request"] == "restore"
        assert (asked["publication_id"], asked["fields"]) == (publication, "name")

    def test_a_field_that_has_not_drifted_is_not_taken(self, shop: Shop) -> None:
        publication = shop.product_live("77", drifted=("name",))
        answer = shop.sign_in("manager").post(
            f"/panel/products/77/publications/{publication}/restore", field="description"
        )
        assert answer.status_code == 409
        assert requests_in(shop) == []

    def test_a_viewer_may_not(self, shop: Shop) -> None:
        publication = shop.product_live("77", drifted=("name",))
        viewer = shop.sign_in("viewer")
        assert viewer.post(f"/panel/products/77/publications/{publication}/restore", field="name").status_code == 403
        assert "Restore" not in viewer.text("/panel/products/77")


class TestUndo:
    def test_the_confirm_page_says_field_by_field_what_will_happen(self, shop: Shop) -> None:
        publication = shop.product_live("77", drifted=("name",))
        page = words_on(shop.sign_in("manager").text(f"/panel/products/77/publications/{publication}/undo"))
        name = page[page.index("Name In your store now Aurora lamp SALE") :]
        assert name[:120].count("Left alone") == 1
        assert "Page title In your store now Aurora desk lamp, dimmable Afterwards empty" in page

    def test_undo_is_asked_for_the_whole_publication(self, shop: Shop) -> None:
        publication = shop.product_live("77")
        assert shop.sign_in("manager").post(f"/panel/products/77/publications/{publication}/undo").status_code == 303
        (asked,) = requests_in(shop)
        assert (asked["request"], asked["publication_id"], asked["fields"]) == ("undo", publication, "")

    def test_what_is_undone_cannot_be_undone_again(self, shop: Shop) -> None:
        publication = shop.product_live("77", state="undone")
        assert shop.sign_in("manager").post(f"/panel/products/77/publications/{publication}/undo").status_code == 409

    def test_another_products_publication_is_not_there(self, shop: Shop) -> None:
        publication = shop.product_live("77")
        assert shop.sign_in("manager").get(f"/panel/products/78/publications/{publication}/undo").status_code == 404


class TestStates:
    def test_a_new_version_on_its_way(self, shop: Shop) -> None:
        shop.product_live("77", state="publishing")
        assert state_on(shop.sign_in().text("/panel/products/77")) == "Publishing"

    def test_only_the_latest_publication_has_a_table(self, shop: Shop) -> None:
        shop.product_live("77")
        run = shop.run("product-content-publish", "product", "77", "Lamp")
        shop.add(
            Publication(
                store_id=run.store_id,
                run_id=run.id,
                object_type="product",
                object_id="77",
                node_id=501,
                version=2,
                sha256="b",
                document_name="Product content.json",
                approved_by="Eve Older",
                state="superseded",
                created_at=ago(days=3),
                published_at=ago(days=3),
            )
        )
        page = words_on(shop.sign_in().text("/panel/products/77"))
        assert "Earlier publications Version 2 approved by Eve Older" in page
        assert page.count("In your store now") == 7  # the table's head and one label a field

    def test_no_workspace_offers_one_and_says_what_it_creates(self, shop: Shop) -> None:
        shop.snapshot("product", "80", "Bare lamp", {"sku": "L-2"})
        page = shop.sign_in("manager").text("/panel/products/80")
        assert "Create launch workspace" in page
        assert "A content sheet with the product’s present texts" in page

    def test_waiting_for_approval(self, shop: Shop) -> None:
        link = shop.workspace("product", "80", "Lamp")
        shop.document(link, "Product content.json", "01 Content", approval_status="Pending")
        assert state_on(shop.sign_in().text("/panel/products/80")) == "Waiting for approval"
