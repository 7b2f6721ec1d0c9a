"""The panels of companies, pages and cases: the same cards, the same acts, linked from everywhere they belong."""

import pytest
from sqlmodel import select

from app.db.inbox import InboxEvent
from app.db.publications import Publication
from app.db.session import reading, unit_of_work
from app.db.stores import ScenarioPreference
from tests.unit.web_pages.shop import STORE, Shop
from tests.unit.web_pages.test_order_panel import requests_in, state_on, words_on

CASE = "c" * 32


def asked_about(shop: Shop) -> set[tuple[str, str]]:
    with reading(shop.deps.database) as session:
        asked = session.exec(select(InboxEvent).where(InboxEvent.source == "person"))
        return {(one.object_type, one.object_id) for one in asked}


class TestACompany:
    def test_it_says_what_it_is_who_buys_for_it_and_what_was_ordered(self, shop: Shop) -> None:
        shop.related_customer()
        shop.order_under_review("1001")
        link = shop.company()
        shop.document(link, "Frame contract.pdf", "01 Contract")
        page = shop.sign_in("viewer").text("/panel/companies/9")
        assert state_on(page) == "Filed"
        words = words_on(page)
        for one in ("Werft AG", "office@werft.example", "Wholesale", "approved in your store", "Frame contract.pdf"):
            assert one in words
        assert 'Buys for it: <a href="/panel/customers/7"><bdi>Ada Löwe</bdi>' in page
        assert 'href="/panel/orders/1001"' in page
        for path in ("/panel/companies/9/cards", "/panel/companies/9/timeline"):
            assert "Werft AG" in shop.sign_in("manager", email=f"{len(path)}@example.com").text(path)

    def test_its_buyers_and_their_orders_lead_to_it(self, shop: Shop) -> None:
        shop.company()
        shop.snapshot("customer", "7", "Ada Löwe", {"company_id": "9", "company": "Werft AG"})
        shop.order_under_review("1001", facts={"company_id": "9"})
        owner = shop.sign_in()
        customer = owner.text("/panel/customers/7")
        assert 'href="/panel/companies/9" class="small">What we know about this company' in customer
        assert 'Company: <a href="/panel/companies/9">' in owner.text("/panel/orders/1001")
        assert 'Customer: <a href="/panel/customers/7"><bdi>Ada Löwe</bdi>' in owner.text("/panel/orders/1001")

    def test_it_is_linked_from_find_activity_home_and_the_audit_log(self, shop: Shop) -> None:
        shop.company()
        run = shop.run("company-workspace", "company", "9", "Werft AG", state="quarantined")
        shop.steps(run, [("ensure_workspace", {"kind": "ensure_workspace"}, {"status": "quarantined"})])
        shop.page_live("page:4", drifted=True)
        owner = shop.sign_in()
        for path in ("/find?q=Werft", "/activity/", f"/activity/runs/{run.id}", "/"):
            assert 'href="/panel/companies/9"' in owner.text(path), path
        for path in ("/find?q=Terms", "/activity/", "/"):
            assert 'href="/panel/pages/page:4"' in owner.text(path), path

    def test_a_price_that_drifted_is_said_at_once(self, shop: Shop) -> None:
        shop.company()
        shop.page_live("page:4", drifted=True)
        with unit_of_work(shop.deps.database) as uow:
            made = uow.session.exec(select(Publication)).one()
            made.object_type, made.object_id, made.kind = "company", "9", "prices"
            publication = made.id
        page = shop.sign_in("manager").text("/panel/companies/9")
        assert state_on(page) == "Drifted"
        assert f'action="/panel/companies/9/publications/{publication}/restore"' in page


class TestAPage:
    def test_its_text_beside_what_was_approved_by_whom_and_from_which_version(self, shop: Shop) -> None:
        publication = shop.page_live(drifted=True)
        manager = shop.sign_in("manager")
        page = manager.text("/panel/pages/page:4")
        assert state_on(page) == "Drifted"
        words = words_on(page)
        for one in ("Terms and conditions", "by Lea Legal on", "Terms draft.html, version 2", "Text",
                    "Terms at checkout", "Your store shows something else than was approved."):  # fmt: skip
            assert one in words, one
        assert "<p>Paid in <strong>full</strong>.</p>" in page
        assert words.count("still in force") == 1
        assert words.count("replaced on") == 1
        base = f"/panel/pages/page:4/publications/{publication}"
        assert manager.post(f"{base}/restore", field="text").status_code == 303
        assert [(one["request"], one["fields"]) for one in requests_in(shop)] == [("restore", "text")]
        assert asked_about(shop) == {("page", "page:4")}
        assert "Afterwards" in words_on(manager.text(f"{base}/undo"))
        assert manager.post(f"{base}/undo").status_code == 303
        assert [one["request"] for one in requests_in(shop)] == ["restore", "undo"]

    def test_what_somebody_wrote_into_a_page_does_nothing_here(self, shop: Shop) -> None:
        shop.page_live(after={"text": '<p onclick="x()">Safe</p><script>bad()</script>'})
        page = shop.sign_in().text("/panel/pages/page:4")
        assert "<p>Safe</p>" in page
        assert "onclick" not in page
        assert "bad()" not in page

    @pytest.mark.parametrize("number", ["4", "page:x", "page:", "policy:refund", "terms:1/2", "page:4'", "../store"])
    def test_what_no_page_can_be_called_is_not_found(self, shop: Shop, number: str) -> None:
        assert shop.sign_in().get(f"/panel/pages/{number}").status_code == 404


class TestNoWorkspace:
    @pytest.mark.parametrize(
        ("path", "title", "lines"),
        [
            ("customers/7", "Give this customer a workspace", ("contracts, prices, orders", "order history")),
            ("companies/9", "Give this company a workspace", ("contracts, prices, orders", "on the company")),
            ("pages/policy:REFUND_POLICY", "Keep the versions of this page", ("as PDF/A and HTML", "every version")),
            (f"cases/{CASE}", "Give this case a workspace", ("linked to those of its order", "Nothing is started")),
        ],
    )
    def test_one_button_says_what_will_be_created_and_asks_once(
        self, shop: Shop, path: str, title: str, lines: tuple[str, str]
    ) -> None:
        kind = {"customers": "customer", "companies": "company", "pages": "page", "cases": "case"}[path.split("/")[0]]
        object_id = path.partition("/")[2]
        shop.snapshot(kind, object_id, "Somebody or something", {"kind": "return"})
        address = f"/panel/{path}"
        viewer = shop.sign_in("viewer").text(address)
        assert 'id="offer-button"' not in viewer
        assert "Ask the owner of this store for the manager role." in words_on(viewer)
        manager = shop.sign_in("manager")
        page = manager.text(address)
        words = words_on(page)
        assert words.count(title) == 1
        assert all(one in words for one in lines)
        assert f'action="{address}/ask/create_workspace"' in page
        assert "Create the workspace" not in words, "asked for in two places"
        click = "d" * 32
        assert manager.post(f"{address}/ask/create_workspace", click=click).status_code == 303
        assert manager.post(f"{address}/ask/create_workspace", click=click).status_code in (303, 404)
        assert [one["request"] for one in requests_in(shop)] == ["create_workspace"]
        assert asked_about(shop) == {(kind, object_id)}
        after = manager.text(address)
        assert 'id="offer-button"' not in after
        assert "On its way" in words_on(after)

    def test_a_scenario_that_is_off_says_so_and_where_to_switch_it_on(self, shop: Shop) -> None:
        shop.snapshot("company", "9", "Werft AG", {})
        shop.add(ScenarioPreference(store_id=STORE, scenario="company-workspace", values={"mode": "off"}))
        answer = shop.sign_in("manager").post("/panel/companies/9/ask/create_workspace")
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert "is switched off in this store." in words_on(page)
        assert 'href="/settings/scenarios/company-workspace"' in page
        assert requests_in(shop) == []

    def test_an_application_is_decided_in_its_buyers_workspace_so_nothing_is_offered(self, shop: Shop) -> None:
        shop.snapshot("case", CASE, "Application APP-1001", {"kind": "application"})
        assert 'id="offer-button"' not in shop.sign_in("manager").text(f"/panel/cases/{CASE}")
