"""Settings: connect OpenText, choose rules, give roles. Secrets go in and never come out again."""

import json
from collections.abc import Iterator
from html import unescape

import pytest
from sqlmodel import select

from app.db.audit import AuditEntry
from app.db.history import HistoryJob
from app.db.inbox import InboxEvent
from app.db.runs import Work
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, ScenarioPreference, StoreRow, StoreUser, WebSession
from app.db.types import utc_now
from app.domain.ids import Provider, StoreId
from app.engine import connections
from app.engine.connections import EnteredConnection, SecretNeeded
from app.errors import NeedsReauth
from app.opentext.check import CheckStep
from app.scenarios import ALL
from sandbox import credentials
from tests.doors import Doors
from tests.house import House
from tests.unit.web_pages.shop import STORE, Shop, a_shop, all_works
from tests.unit.web_pages.test_order_panel import words_on

FORM = {
    "otds_url": "https://otds.example.com/otdsws", "content_server_url": "https://cs.example.com/cs/cs",
    "external_system": "BigCommerce", "client_id": "storefront-ecm", "client_secret": "s3cret-of-otds",
    "workflow_url": "https://us.api.opentext.com", "workflow_tenant": "tenant-1",
    "workflow_client_id": "storefront-workflow", "workflow_client_secret": "s3cret-of-workflow",
    "workflow_path": "/workflow/v1", "workflow_history_path": "/workflow-history/v1",
}  # fmt: skip

RULES = {"mode": "on", "amount_from": "750", "amount_by_currency": "JPY=80000, SEK=6000", "check_countries": "on",
         "review_group": "Fraud team", "requester_group": "Sales", "deadline_hours": "24"}  # fmt: skip


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[Shop]:
    """A shop whose OpenText was never connected; plain http is not allowed."""
    with a_shop(sqlite_url, connected=False) as shop:
        yield shop


def row_in(shop: Shop) -> OpenTextConnection | None:
    with reading(shop.deps.database) as session:
        return session.get(OpenTextConnection, STORE)


class TestConnecting:
    def test_a_tested_connection_is_saved_encrypted_and_audited_and_the_models_deployed(self, fresh: Shop) -> None:
        person = fresh.sign_in("manager")
        answer = person.post("/settings/opentext", **FORM)
        assert answer.headers["Location"] == "/settings/opentext?done=connected"
        row = row_in(fresh)
        assert row is not None
        assert row.saved_by == person.user_id
        assert b"s3cret" not in row.secrets
        loaded = connections.load(fresh.deps.database, fresh.deps.vault, STORE)
        assert loaded.content_server.client_secret == "s3cret-of-otds"
        assert loaded.workflow.client_secret == "s3cret-of-workflow"
        with reading(fresh.deps.database) as session:
            entry = session.exec(select(AuditEntry).where(AuditEntry.action == "opentext_connected")).one()
            asked = session.exec(select(InboxEvent).where(InboxEvent.source == "person")).all()
        assert "s3cret" not in json.dumps(entry.detail)
        assert {one.detail["request"] for one in asked} == {"set_up_store", "look_at_names"}
        assert "OpenText is connected" in person.text("/settings/opentext?done=connected")

    def test_each_step_of_a_failing_test_is_shown_and_nothing_saved(self, fresh: Shop) -> None:
        fresh.checks[0] = lambda _c: [
            CheckStep("Directory Services reachable", True, "It answers."),
            CheckStep("Client credentials accepted", False, "OTDS refuses the client.", "Check id and secret."),
        ]
        answer = fresh.sign_in().post("/settings/opentext", **FORM)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        words = words_on(page)
        assert "Directory Services reachable works" in words
        assert "Client credentials accepted failed OTDS refuses the client. OpenText does not know this app" in words
        assert "What to do: Check id and secret." in words
        assert "s3cret" not in page
        assert "https://otds.example.com/otdsws" in page
        assert row_in(fresh) is None

    def test_a_new_secret_replaces_the_old_one_only_when_the_test_passes(self, shop: Shop) -> None:
        person = shop.sign_in()
        shop.checks[0] = lambda _c: [CheckStep("Client credentials accepted", False, "OTDS refuses the client.")]
        assert person.post("/settings/opentext", **FORM | {"client_secret": "mistyped"}).status_code == 422
        before = connections.load(shop.deps.database, shop.deps.vault, STORE)
        assert (before.version, before.content_server.client_secret) == (1, "otds-secret-1")
        shop.checks[0] = all_works
        assert person.post("/settings/opentext", **FORM | {"client_secret": "renewed"}).status_code == 303
        after = connections.load(shop.deps.database, shop.deps.vault, STORE)
        assert (after.version, after.content_server.client_secret) == (2, "renewed")

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("otds_url", "otds.example.com", "Enter a complete address"),
            ("otds_url", "https://user:pw@otds.example.com", "Enter a complete address"),
            ("content_server_url", "https://cs.example.com/?x=1", "Enter a complete address"),
            ("workflow_url", "", "Enter a complete address"),
            ("client_id", "", "Please fill this in."),
            ("external_system", "Big\x00Commerce", "This contains characters that cannot be used here."),
            ("workflow_path", "/../etc", "Enter a path such as /workflow/v1."),
            ("client_id", "x" * 201, "This is too long."),
            ("client_secret", "", "Enter the secret."),
        ],
    )
    def test_a_mistake_is_told_beside_its_field_and_nothing_is_tested(
        self, fresh: Shop, field: str, value: str, sentence: str
    ) -> None:
        answer = fresh.sign_in().post("/settings/opentext", **FORM | {field: value})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        beside = page[page.index(f'id="{field}-error"') :][:200]
        assert sentence in beside
        assert fresh.tested == []
        assert "s3cret" not in page

    def test_plain_http_is_refused_unless_the_operator_allows_it(self, sqlite_url: str) -> None:
        with a_shop(sqlite_url, connected=False, allow_plain_http=False, public_url="https://app.test") as shop:
            person = shop.sign_in()
            person.client.set_cookie("__Host-ecm", person.secret, domain="app.test", secure=True)
            answer = person.client.post(
                "/settings/opentext", base_url="https://app.test",
                data=FORM | {"otds_url": "http://otds.example.com", "page_token": person.token},
            )  # fmt: skip
            assert answer.status_code == 422
            assert "The address must begin with https://." in answer.get_data(as_text=True)
            assert shop.tested == []

    def test_extra_fields_are_ignored(self, fresh: Shop) -> None:
        extra = {
            "store_id": "bigcommerce:other",
            "callback_client_id": "mine",
            "version": "99",
            "state": "x",
            "role": "owner",
        }
        fresh.sign_in("manager").post("/settings/opentext", **FORM | extra)
        row = row_in(fresh)
        assert row is not None
        assert (row.store_id, row.version, row.state) == (STORE, 1, "connected")
        assert row.callback_client_id == "storefront-callbacks-bigcommerce-demostore1"

    def test_a_viewer_sees_the_form_but_cannot_send_it(self, fresh: Shop) -> None:
        viewer = fresh.sign_in("viewer")
        assert "disabled" in viewer.text("/settings/opentext")
        assert viewer.post("/settings/opentext", **FORM).status_code == 403
        assert row_in(fresh) is None


class TestChanging:
    def test_secrets_are_never_shown_and_may_stay_empty_while_the_address_stays(self, shop: Shop) -> None:
        person = shop.sign_in()
        page = person.text("/settings/opentext")
        assert "otds-secret-1" not in page
        assert "workflow-secret-1" not in page
        answer = person.post(
            "/settings/opentext", **FORM | {"client_secret": "", "workflow_client_secret": "", "external_system": "BC2"}
        )
        assert answer.status_code == 303
        assert shop.tested[0].content_server.client_secret == "otds-secret-1"
        assert shop.tested[0].workflow.client_secret == "workflow-secret-1"
        row = row_in(shop)
        assert row is not None
        assert (row.version, row.external_system) == (2, "BC2")

    @pytest.mark.parametrize(
        ("changes", "missing"),
        [
            ({"otds_url": "https://evil.example.com/otdsws"}, "client_secret"),
            ({"content_server_url": "https://evil.example.com/cs"}, "client_secret"),
            ({"client_id": "another"}, "client_secret"),
            ({"workflow_url": "https://evil.example.com"}, "workflow_client_secret"),
            ({"workflow_tenant": "another"}, "workflow_client_secret"),
        ],
    )
    def test_a_stored_secret_never_goes_to_another_address(
        self, shop: Shop, changes: dict[str, str], missing: str
    ) -> None:
        given = FORM | {"client_secret": "", "workflow_client_secret": ""} | changes
        answer = shop.sign_in().post("/settings/opentext", **given)
        assert answer.status_code == 422
        assert f'id="{missing}-error"' in answer.get_data(as_text=True)
        assert shop.tested == []

    def test_the_callback_client_stays_over_a_change_and_models_go_with_another_tenant(self, shop: Shop) -> None:
        before = connections.callback_client(shop.deps.database, shop.deps.vault, STORE)
        shop.sign_in().post("/settings/opentext", **FORM)
        same = row_in(shop)
        assert same is not None
        assert same.deployed_models == {"sf_order_review": "d1"}
        shop.sign_in().post("/settings/opentext", **FORM | {"workflow_tenant": "tenant-2"})
        other = row_in(shop)
        assert other is not None
        assert other.deployed_models == {}
        assert connections.callback_client(shop.deps.database, shop.deps.vault, STORE) == before

    def test_what_waited_for_the_connection_goes_on(self, shop: Shop) -> None:
        shop.add(Work(kind="run", ref_id="r", store_id=STORE, lane="l", due_at=9e9, parked="reauth:content_server"))
        with unit_of_work(shop.deps.database) as uow:
            uow.session.get_one(OpenTextConnection, STORE).state = "needs_reauth"
            uow.session.get_one(StoreRow, STORE).pause_reason = "Content Server no longer accepts our credentials."
        person = shop.sign_in()
        assert "OpenText no longer accepts our credentials" in person.text("/settings/opentext")
        person.post("/settings/opentext", **FORM)
        row = row_in(shop)
        assert row is not None
        assert row.state == "connected"
        with reading(shop.deps.database) as session:
            assert session.exec(select(Work.parked)).one() == ""
            assert session.get_one(StoreRow, STORE).pause_reason == ""

    def test_without_a_connection_loading_asks_a_person(self, fresh: Shop) -> None:
        with pytest.raises(NeedsReauth) as error:
            connections.load(fresh.deps.database, fresh.deps.vault, STORE)
        assert error.value.specific_code == "not_connected"

    def test_nothing_is_completed_for_a_store_that_has_nothing(self, fresh: Shop) -> None:
        entered = EnteredConnection.model_validate(FORM | {"client_secret": ""})
        with pytest.raises(SecretNeeded) as error:
            connections.complete(fresh.deps, StoreId("bigcommerce:other"), entered)
        assert error.value.fields == ("client_secret",)

    def test_it_works_against_the_real_test_of_a_connection(self, house: House) -> None:
        house.install(connect=False)
        browser = Doors(house).signed_in()
        wanted = house.connection(house.store_id)
        form = {
            "otds_url": wanted.content_server.otds_url,
            "content_server_url": wanted.content_server.content_server_url,
            "external_system": "BigCommerce",
            "client_id": credentials.OTDS_CLIENT_ID,
            "client_secret": "wrong-secret",
            "workflow_url": wanted.workflow.gateway_url,
            "workflow_tenant": credentials.WORKFLOW_TENANT,
            "workflow_client_id": credentials.WORKFLOW_CLIENT_ID,
            "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
            "workflow_path": "/workflow/v1",
            "workflow_history_path": "/workflow-history/v1",
        }
        refused = browser.post("/settings/opentext", form)
        assert refused.status_code == 422
        assert "Client credentials accepted failed" in words_on(refused.get_data(as_text=True))
        accepted = browser.post("/settings/opentext", form | {"client_secret": credentials.OTDS_CLIENT_SECRET})
        assert accepted.status_code == 303, words_on(accepted.get_data(as_text=True))
        house.drain()
        assert house.connection_row().deployed_models


class TestRules:
    def test_the_form_is_the_models(self, shop: Shop) -> None:
        page = words_on(shop.sign_in().text("/settings/scenarios/order-review"))
        for title in (
            "Review orders from this total (EUR)",
            "Billing and shipping country differ",
            "Group that reviews",
            "An order was placed or changed",
            "Hold the order",
        ):
            assert title in page

    def test_the_catalogue_lists_every_scenario_of_the_store_and_explains_each(self, shop: Shop) -> None:
        person = shop.sign_in()
        listed = person.text("/settings/scenarios")
        for one in ALL:
            offered = Provider.BIGCOMMERCE in one.providers
            assert (f'/settings/scenarios/{one.slug}"' in listed) == offered, one.slug
            page = person.get(f"/settings/scenarios/{one.slug}")
            assert page.status_code == (200 if offered else 404)
            if offered:
                assert one.outcome in unescape(page.get_data(as_text=True))
            assert one.unavailable.get(Provider.BIGCOMMERCE, "") in unescape(listed)

    def test_trying_choices_saves_nothing_and_shows_what_would_have_happened(self, shop: Shop) -> None:
        person = shop.sign_in("manager")
        answer = person.post("/settings/scenarios/order-review", **RULES, **{"try": "yes", "days": "30"})
        assert answer.headers["Location"].endswith("?tried=yes#past")
        with unit_of_work(shop.deps.database) as uow:
            assert uow.session.get(ScenarioPreference, (STORE, "order-review")) is None
            job = uow.session.exec(select(HistoryJob)).one()
            assert job.values["amount_from"] == "750"
            job.state, job.looked, job.found, job.ended_at = "done", 40, 1, utc_now()
            job.listed = [{"object_id": "1", "name": "Order 1", "reasons": ["Too <large>"], "placed_at": None,
                           "total": {"amount": "900.00", "currency": "EUR"}}]  # fmt: skip
        page = words_on(person.text("/settings/scenarios/order-review"))
        assert "1 time among 40 orders looked at" in page
        assert "Order 1 Placed Total €900.00 Why Too <large>" in page.replace("&lt;", "<").replace("&gt;", ">")

    def test_an_import_asks_for_days_and_tells_how_far_it_is(self, shop: Shop) -> None:
        person = shop.sign_in("manager")
        refused = person.post("/settings/import", since="2026-02-01", until="2026-01-01")
        assert refused.status_code == 422
        assert "The first day must not be after the last." in refused.get_data(as_text=True)
        assert person.post("/settings/import", since="2026-01-01", until="2026-01-31").status_code == 303
        page = words_on(person.text("/settings/import?done=started"))
        assert "The import has begun" in page
        assert "Orders found 0" in page
        with reading(shop.deps.database) as session:
            job = session.exec(select(HistoryJob)).one()
        assert person.post(f"/settings/history/{job.id}/stop").status_code == 303
        assert "Stopped by hand" in words_on(person.text("/settings/import"))
        assert (
            shop.sign_in("viewer").post("/settings/import", since="2026-01-01", until="2026-01-31").status_code == 403
        )

    def test_a_choice_is_kept_typed_and_audited(self, shop: Shop) -> None:
        person = shop.sign_in("manager")
        assert person.post("/settings/scenarios/order-review", **RULES).status_code == 303
        with reading(shop.deps.database) as session:
            row = session.get_one(ScenarioPreference, (STORE, "order-review"))
            entry = session.exec(select(AuditEntry).where(AuditEntry.action == "preferences_changed")).one()
        assert row.values["amount_from"] == "750"
        assert row.values["amount_by_currency"] == {"JPY": "80000", "SEK": "6000"}
        assert row.values["check_manual"] is False
        assert entry.actor == f"user:{person.user_id}"
        page = person.text("/settings/scenarios/order-review?done=saved")
        assert 'value="JPY=80000, SEK=6000"' in page
        assert "It holds for everything that happens from now on." in page

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("amount_from", "-1", "Enter 0 or more."),
            ("amount_from", "much", "Enter an amount such as 500 or 499.90."),
            ("amount_from", "NaN", "Enter an amount such as 500 or 499.90."),
            ("amount_from", "1.999", "Use at most two decimal places."),
            ("amount_by_currency", "JPN80000", "Write each as currency and amount, for example JPY=80000, SEK=6000."),
            ("amount_by_currency", "yen=80000", "is not a three-letter currency code"),
            ("amount_by_currency", "EUR=-5", "The total for EUR must be 0 or more."),
            ("deadline_hours", "", "Enter a whole number."),
            ("deadline_hours", "721", "Enter 720 or less."),
            ("deadline_hours", "2.5", "Enter a whole number."),
            ("review_group", "", "Please fill this in."),
            ("review_group", "x" * 121, "Use at most 120 characters."),
        ],
    )
    def test_a_mistake_stands_beside_its_field_with_what_was_typed(
        self, shop: Shop, field: str, value: str, sentence: str
    ) -> None:
        answer = shop.sign_in("manager").post("/settings/scenarios/order-review", **RULES | {field: value})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert sentence in page[page.index(f'id="order-review-{field}-error"') :][:260]
        assert f'value="{value}"' in page
        with reading(shop.deps.database) as session:
            assert session.get(ScenarioPreference, (STORE, "order-review")) is None

    def test_an_empty_amount_switches_the_check_off(self, shop: Shop) -> None:
        shop.sign_in("manager").post("/settings/scenarios/order-review", **RULES | {"amount_from": ""})
        with reading(shop.deps.database) as session:
            assert session.get_one(ScenarioPreference, (STORE, "order-review")).values["amount_from"] is None

    def test_extra_fields_are_ignored_and_unknown_rules_not_there(self, shop: Shop) -> None:
        person = shop.sign_in("manager")
        assert (
            person.post("/settings/scenarios/order-review", **RULES | {"role": "owner", "store_id": "x"}).status_code
            == 303
        )
        assert person.post("/settings/scenarios/no-such-rule", **RULES).status_code == 404
        assert shop.sign_in("viewer").post("/settings/scenarios/order-review", **RULES).status_code == 403


class TestPeople:
    def test_the_owner_gives_roles_and_the_person_is_signed_out(self, shop: Shop) -> None:
        owner, other = shop.sign_in("owner"), shop.sign_in("viewer", email="bea@example.com")
        page = owner.text("/settings/people")
        assert "bea@example.com" in page
        assert owner.post(f"/settings/people/{other.user_id}", role="manager").status_code == 303
        with reading(shop.deps.database) as session:
            assert session.get_one(StoreUser, other.user_id).role == "manager"
            assert session.exec(select(WebSession).where(WebSession.user_id == other.user_id)).first() is None
        assert other.get("/").status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "manager"])
    def test_nobody_else_does(self, shop: Shop, role: str) -> None:
        person, other = shop.sign_in(role), shop.sign_in("viewer", email="bea@example.com")
        assert "<select" not in person.text("/settings/people")
        assert person.post(f"/settings/people/{other.user_id}", role="owner").status_code == 403

    def test_nobody_changes_their_own_role(self, shop: Shop) -> None:
        owner = shop.sign_in("owner")
        assert owner.post(f"/settings/people/{owner.user_id}", role="viewer").status_code == 409

    @pytest.mark.parametrize("role", ["admin", "", "OWNER"])
    def test_an_unknown_role_is_none(self, shop: Shop, role: str) -> None:
        other = shop.sign_in("viewer", email="bea@example.com")
        assert shop.sign_in("owner").post(f"/settings/people/{other.user_id}", role=role).status_code == 404
