"""Business buyers of a Shopify shop: their workspaces, agreed prices, terms and campaigns, as in any store."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from app.db.cases import CaseRow
from app.db.links import FiledDocument, WorkspaceLink
from app.db.publications import Publication, PublicationField
from app.db.runs import Run, StepRow
from app.db.timers import Timer
from app.db.types import utc_now
from app.domain.aftersale import QuoteId
from app.domain.cases import CaseKind
from app.domain.ids import CompanyId, PriceListId
from app.domain.trade import CompanyState
from app.engine import cases, replay
from app.engine.cases import NewCase
from app.stores.port import Capability, CompanyChange
from sandbox.kernel.faults import FaultRule
from sandbox.shopify import changed, making
from sandbox.shopify.hands import goods, trading
from sandbox.shopify.state import JSON
from tests.engine import office
from tests.engine.merchants import SHOP, THEO, Partner, hand, number, record, stock
from tests.house import House, a_house

HEADER = "SKU;Currency;Price;From quantity;Valid from;Valid to\n"
GOOD = "NW-TORCH;EUR;70,00;;;\nNW-TORCH;EUR;65,00;10;;\nNW-TENT;EUR;99,50;;;\n"
TORCH, TENT = (Decimal(70), {10: Decimal(65)}), (Decimal("99.5"), {})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One shop for all tests, each with a company of its own. Everything is told twice."""
    with a_house(f"sqlite:///{tmp_path_factory.mktemp('trade') / 'ecm.sqlite3'}") as built:
        built.move_in_shop()
        built.stage.world.faults.add(FaultRule(system="shopify", kind="duplicate"))
        yield built


NAMES = (f"Werft {number} AG" for number in range(1, 100))


@pytest.fixture
def partner(shop: House) -> Partner:
    return Partner(shop, next(NAMES))


def versions(house: House, partner: Partner) -> dict[str, int]:
    return {one.name: one.version for one in house.rows(FiledDocument, link_id=partner.link.id)}


def test_a_company_has_its_workspace_and_each_change_of_its_place_and_people_is_kept_once(partner: Partner) -> None:
    house = partner.house
    assert len(house.rows(Run, scenario="company-workspace", subject_id=partner.id)) >= 1
    first = versions(house, partner)
    assert set(first) == {"Order history.pdf", "Account and credit terms.pdf"}
    hand(house, goods.patch_company, partner.id, {"taxRegistrationId": "DE123456789"})
    words = [office.text_of_node(house, row) for row in house.rows(FiledDocument, link_id=partner.link.id)]
    assert any("DE123456789" in one for one in words)
    runs = len(house.rows(Run, scenario="company-workspace", subject_id=partner.id))
    hand(house, lambda shop: (goods.changed.tell(shop, partner.place(shop)), {})[1])  # told of again, nothing new
    assert len(house.rows(Run, scenario="company-workspace", subject_id=partner.id)) == runs


# Prices


def test_exactly_the_approved_version_is_what_the_company_pays_and_every_row_is_reported(partner: Partner) -> None:
    house = partner.house
    node = partner.approve(HEADER + GOOD + "NO-SUCH;EUR;5,00;;;\nNW-ROPE;GBP;5,00;;;\n")
    partner.write(HEADER + GOOD.replace("70,00", "1,00"))  # a draft
    house.drain()
    assert partner.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    found = partner.publication()
    assert (found.node_id, found.version, found.approved_by, found.state) == (node, 1, THEO, "live")
    assert [(row["SKU"], row["Result"]) for row in partner.report()] == [
        ("NW-TORCH", "applied"), ("NW-TORCH", "applied"), ("NW-TENT", "applied"), ("NO-SUCH", "refused"),
        ("NW-ROPE", "refused"),
    ]  # fmt: skip
    before = len(house.effects("shopify"))
    house.approve(node, version=1, user=THEO)  # told once more
    house.drain()
    assert len(house.effects("shopify")) == before
    partner.approve(HEADER + GOOD.replace("NW-TENT;EUR;99,50;;;\n", ""))
    assert partner.prices() == {"NW-TORCH": TORCH}  # the next version takes back what it leaves out


def test_what_a_person_changed_since_stays_drift_is_shown_and_restored_and_undo_leaves_theirs(partner: Partner) -> None:
    partner.approve(HEADER + GOOD)
    first = partner.publication()
    partner.change("NW-TENT", "50.00")
    partner.ask("look")
    assert partner.states()["NW-TENT EUR"] == "drifted"
    partner.ask("restore", publication_id=first.id, fields=partner.fields()["NW-TENT EUR"].field)
    assert partner.prices()["NW-TENT"] == TENT
    partner.change("NW-TENT", "51.00")
    partner.ask("undo", publication_id=first.id)
    states = partner.states()
    assert (states["NW-TORCH EUR"], states["NW-TENT EUR"]) == ("undone", "kept")
    assert [row.name for row in partner.house.rows(FiledDocument) if row.name.startswith("Undone prices version 1")]


def test_zz_an_agreement_begins_and_ends_on_its_days_and_a_price_changed_before_stays(partner: Partner) -> None:
    house, today = partner.house, utc_now().date()
    begins, ends = today + timedelta(days=3), today + timedelta(days=6)
    partner.approve(HEADER + "NW-TENT;EUR;80,00;;;\nNW-ROPE;EUR;44,00;;;\n", "Price agreement standing.csv")
    dated = "".join(f"{sku};EUR;{price};;{begins};{ends}\n" for sku, price in
                    (("NW-TENT", "60,00"), ("NW-TORCH", "50,00"), ("NW-ROPE", "30,00")))  # fmt: skip
    partner.approve(HEADER + dated, "Price agreement summer.csv")
    assert partner.publication().state == "planned"
    partner.change("NW-ROPE", "45.00")
    house.advance(days=3, hours=1)
    inside = {"NW-TENT": (Decimal(60), {}), "NW-TORCH": (Decimal(50), {}), "NW-ROPE": (Decimal(45), {})}
    assert partner.prices() == inside
    assert {row["SKU"]: row["Result"] for row in partner.report()}["NW-ROPE"] == "skipped"
    house.advance(days=4)
    assert partner.prices() == {"NW-TENT": (Decimal(80), {}), "NW-ROPE": (Decimal(45), {})}
    assert partner.publication().state == "undone"


def lose_each_answer(house: House, *operations: str) -> None:
    """Each is carried out at the first try, and nobody hears of it."""
    for operation in operations:
        house.stage.world.faults.add(FaultRule(system="shopify", operation=operation, kind="drop_after", count=1))


def work_through(house: House) -> None:
    """Until everything is done, after every loss."""
    for _ in range(8):
        house.drain()
        house.hurry()
    house.drain()
    rules = house.stage.world.faults.rules
    assert [one.operation for one in rules if one.kind == "drop_after"] == []  # each was lost once


def test_a_lost_answer_makes_no_second_list_and_an_outage_only_delays(partner: Partner) -> None:
    house = partner.house
    lose_each_answer(house, "CatalogCreate", "PriceListCreate", "QuantityPricing")
    node = partner.write(HEADER + GOOD)
    house.approve(node, user=THEO)
    work_through(house)
    assert partner.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    with house.stage.shopify.acting(SHOP) as shop:
        for kind, name in (("PriceList", "name"), ("CompanyLocationCatalog", "title")):
            assert len([one for one in shop.all(kind) if partner.name in one[name]]) == 1


def test_the_workflow_decides_a_rejection_publishes_nothing_an_approval_the_file(partner: Partner) -> None:
    house = partner.house
    node = partner.write(HEADER + GOOD)
    for outcome in ("rejected", "approved"):
        partner.ask("review_agreement", node_id=str(node), version="1")
        office.decide(house, "sf_special_price", outcome, user=THEO)
        assert partner.prices() == {}
    office.decide(house, "sf_special_price", "approved", user="omar.haddad@demo")
    assert partner.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}


def test_where_the_shop_cannot_assign_prices_it_says_exactly_what_to_do_and_goes_on_once_it_is_done(
    partner: Partner,
) -> None:
    house = partner.house
    store, admin = house.stage.shopify.store(SHOP), house.stage.shopify_admin
    told = []

    def again() -> None:
        (step,) = [one for one in house.rows(StepRow, run_id=run.id) if one.kind == "publish_prices"]
        told.append(step.error_hint)
        replay.replay(house.deps, replay.Selection(ids=(run.id,)), "tester")
        house.drain()

    store.b2b = False
    forget(house)
    partner.approve(HEADER + GOOD)
    run = house.run_of("price-agreement-company", partner.id)
    store.b2b, store.plan = True, "grow"
    admin.take_back(["read_markets"])
    again()
    admin.grant(["read_markets"])
    house.drain()
    again()
    assert partner.prices() == {}
    with house.stage.shopify.acting(SHOP) as shop:
        trading.create_market(shop, {"name": partner.name, "locations": [int(number(partner.place(shop)))]})
    again()
    assert [next(word for word in ("Switch B2B on", "access read_markets", "make a B2B market") if word in one)
            for one in told] == ["Switch B2B on", "access read_markets", "make a B2B market"]  # fmt: skip
    assert house.run_of("price-agreement-company", partner.id).state == "done"
    assert partner.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    store.plan = "plus"
    forget(house)


def forget(house: House) -> None:
    """What was known of the shop's plan is an hour old."""
    house.deps.store(house.store_id).read.remedy(Capability.CUSTOMER_GROUPS)


# Campaigns

LINES = "Name;Percent;Amount;Currency;SKUs;Code;Customer group;Starts;Ends;Most uses\n"
SPRING = LINES + "Spring;10;;;;;;2026-01-01;2027-03-31;\nTorch days;;5,50;EUR;NW-TORCH;TORCH5;;;;100\n"


def discounts(house: House) -> dict[str, JSON]:
    with house.stage.shopify.acting(SHOP) as shop:
        return {one["title"]: one for one in trading.list_discounts(shop)}


def let_us_discount(house: House) -> None:
    house.stage.shopify_admin.grant(["write_discounts"])
    house.drain()
    house.request(house.store_id, "store", SHOP, "set_up_store")
    house.drain()


def test_approved_rules_wait_for_legal_then_run_exactly_as_approved_drift_is_restored_and_undone(shop: House) -> None:
    house = shop
    office.switch_on(house, "promotion-watch")
    stock(house)
    new = NewCase(CaseKind.CAMPAIGN, "test:1", "tester", title="Campaign", text="Spring sale")
    case = cases.open_case(house.deps, house.store_id, new)
    house.drain()
    (link,) = house.rows(WorkspaceLink, object_type="case", object_id=case.id)

    def approve(name: str, text: str, folder: str = "01 Brief", user: str = THEO) -> None:
        house.approve(house.write_document(link.workspace_id, folder, name, text.encode(), user=user), user=user)
        house.drain()

    def fields() -> dict[str, PublicationField]:
        found = max(house.rows(Publication, object_id=case.id), key=lambda row: row.created_at)
        return {row.title: row for row in house.rows(PublicationField, publication_id=found.id)}

    bad = "Limited;5;;;;;;;;9\nVIP;5;;;;;VIPs;;;\n"
    approve("Promotions spring.csv", SPRING + bad)
    assert discounts(house) == {}
    approve("Legal approval spring.pdf", "%PDF-1.7 fine", "02 Legal", "lena.hoff@demo")
    run = house.run_of("campaign-publish", case.id)
    (step,) = [one for one in house.rows(StepRow, run_id=run.id) if one.kind == "publish_promotions"]
    assert "write_discounts" in step.error_hint  # the merchant has not given it yet
    let_us_discount(house)
    replay.replay(house.deps, replay.Selection(ids=(run.id,)), "tester")
    house.drain()
    live = discounts(house)
    assert {name: one["status"] for name, one in live.items()} == {"Spring": "ACTIVE", "Torch days": "ACTIVE"}
    assert live["Spring"]["customerGets"]["value"] == {"percentage": 0.1}
    assert (live["Torch days"]["codes"], live["Torch days"]["usageLimit"]) == ([{"code": "TORCH5"}], 100)
    assert {name: row.state for name, row in fields().items()} == {
        "Spring": "live", "Torch days": "live", "Limited": "refused", "VIP": "refused",
    }  # fmt: skip
    assert "limits the uses" in fields()["Limited"].note
    # Somebody changes it by hand: Shopify tells, the campaign keeps it, it is put right.
    publication = house.rows(Publication, object_id=case.id)[0].id
    hand(house, trading.patch_discount, live["Torch days"]["id"], {"active": False})
    told = " ".join(one.text for one in cases.read(house.deps, house.store_id, case.id).additions)
    assert "switched off" in told
    house.request(house.store_id, "case", case.id, "look")
    house.drain()
    assert fields()["Torch days"].state == "drifted"
    house.request(house.store_id, "case", case.id, "restore", publication_id=publication)
    house.drain()
    assert discounts(house)["Torch days"]["status"] == "ACTIVE"
    hand(house, trading.patch_discount, live["Torch days"]["id"], {"usageLimit": 7})
    house.request(house.store_id, "case", case.id, "undo", publication_id=publication)
    house.drain()
    after = {name: (one["status"], one.get("usageLimit")) for name, one in discounts(house).items()}
    assert after == {"Spring": ("SCHEDULED", None), "Torch days": ("ACTIVE", 7)}
    assert {fields()[name].state for name in ("Spring",)} == {"undone"}
    assert fields()["Torch days"].state == "kept"


def test_a_discount_nobody_approved_gets_a_campaign_and_ends_when_it_ran_too_long(shop: House) -> None:
    house = shop
    office.switch_on(house, "promotion-watch", most_days="30")
    let_us_discount(house)
    at = utc_now() - timedelta(days=31)
    hand(house, trading.create_discount, {"title": "Wild", "startsAt": at.isoformat()})
    (case,) = [one for one in house.rows(CaseRow, kind="campaign") if one.external_id]
    assert discounts(house)["Wild"]["status"] == "EXPIRED"
    told = " ".join(one.text for one in cases.read(house.deps, house.store_id, case.id).additions)
    assert "ran longer than allowed" in told
    assert case.external_id.startswith("automatic:")
    count = len(cases.read(house.deps, house.store_id, case.id).additions)
    house.request(house.store_id, "store", SHOP, "look_at_promotions")
    house.drain()
    assert len(cases.read(house.deps, house.store_id, case.id).additions) <= count + 1


# Registrations and taxes

GRACE, OMAR, LENA = "grace.taylor@demo", "omar.haddad@demo", "lena.hoff@demo"


def approves(house: House, limit: str = "5000", days: str = "45") -> None:
    office.decide(house, "sf_b2b_onboarding", "approved", user=GRACE)
    office.decide(house, "sf_b2b_onboarding", "approved", user=OMAR, credit_limit=limit, payment_terms_days=days)
    office.decide(house, "sf_b2b_onboarding", "approved", user=LENA, comment="Welcome")


def wholesale(house: House) -> PriceListId:
    """A catalog for whoever is approved on credit, as a merchant makes it."""
    with house.stage.shopify.acting(SHOP) as here:
        known = [one for one in here.all("CompanyLocationCatalog") if one["title"] == "Wholesale"]
        if not known:
            made = here.new("PriceList", name="Wholesale prices", currency="EUR", catalogId=None, prices={}, breaks=[],
                            rules={}, parent={"adjustment": {"type": "PERCENTAGE_DECREASE", "value": 10}},
                            createdAt=here.stamp(), updatedAt=here.stamp())  # fmt: skip
            catalog = here.new("CompanyLocationCatalog", title="Wholesale", status="ACTIVE", locationIds=[],
                               priceListId=made["id"], publicationId=None)  # fmt: skip
            made["catalogId"] = catalog["id"]
            known = [catalog]
        return PriceListId(str(known[0]["priceListId"]).rpartition("/")[2])


def test_an_approved_company_may_buy_with_its_catalog_credit_and_terms_and_an_undo_takes_it_back(shop: House) -> None:
    house, list_id = shop, wholesale(shop)
    office.switch_on(house, "company-application", group="Wholesale")
    read = house.deps.store(house.store_id).read
    with house.stage.shopify.acting(SHOP) as here:  # somebody registers: nobody may buy for it yet
        here.muted = True
        made = making.company(here, name="Kontor KG")
        place = making.company_location(here, made)
        made["mainContactId"] = making.company_contact(here, made, making.customer(here, email="kontor@example.com"))[
            "id"
        ]
        here.muted = False
        changed.tell(here, made, "create")
    house.drain()
    key = CompanyId(number(made))
    assert read.company(key).state is CompanyState.PENDING
    run = house.run_of("company-application", key)  # once, though everything was told twice
    assert run.reasons == ["Kontor KG has registered and waits to be approved"]
    approves(house)
    found = read.company(key)
    assert (found.state, str(found.credit_limit), found.payment_terms_days) == (
        CompanyState.APPROVED, "5,000.00 EUR", 45,
    )  # fmt: skip
    assert [one.name for one in read.audiences_of(list_id)] == ["Kontor KG"]
    (publication,) = house.rows(Publication, object_type="company", object_id=key)
    rows = {row.title: row.state for row in house.rows(PublicationField, publication_id=publication.id)}
    assert rows == dict.fromkeys(("Price list", "Credit limit", "Credit hold", "Payment terms", "Account"), "live")
    house.deps.store(house.store_id).publish.set_company(key, CompanyChange(payment_terms_days=60))  # a person's
    house.request(house.store_id, "company", key, "undo", publication_id=publication.id)
    house.drain()
    after = read.company(key)
    assert (after.state, after.credit_limit, after.payment_terms_days) == (CompanyState.PENDING, None, 60)
    assert read.audiences_of(list_id) == []
    assert record(house, "CompanyLocation", number(place))["buyerExperience"]["checkoutToDraft"] is True


def test_an_approved_customer_becomes_a_company_that_may_buy_once_whatever_answers_are_lost(shop: House) -> None:
    house = shop
    office.switch_on(house, "customer-application", group="No such catalog")
    with house.stage.shopify.acting(SHOP) as here:
        person = making.customer(here, email="ida@example.com", firstName="Ida", lastName="Berg")
        changed.tell(here, person, "create")
    house.drain()
    house.request(house.store_id, "customer", number(person), "review_account")
    house.drain()
    lose_each_answer(house, "MetafieldsSet", *(f"Company{one}" for one in (
        "Create", "ContactFromCustomer", "MainContact", "ContactRole", "LocationUpdate"
    )))  # fmt: skip
    approves(house, days="31")
    work_through(house)
    with house.stage.shopify.acting(SHOP) as here:
        (made,) = [one for one in here.all("Company") if one["externalId"] == f"ecm-customer-{number(person)}"]
    company = house.deps.store(house.store_id).read.company(CompanyId(number(made)))
    assert (company.name, company.state, str(company.credit_limit), company.is_on_credit_hold) == (
        "Ida Berg", CompanyState.APPROVED, "5,000.00 EUR", False,
    )  # fmt: skip
    (publication,) = house.rows(Publication, object_type="customer", object_id=number(person))
    notes = {row.title: row.note for row in house.rows(PublicationField, publication_id=publication.id) if row.note}
    assert "no terms of 31 days" in notes["Payment terms"]
    assert "no catalog or price list No such catalog" in notes["Customer group"]


def test_a_company_is_exempt_from_taxes_while_its_approved_certificate_holds(partner: Partner) -> None:
    house, rule = partner.house, "EU_REVERSE_CHARGE_EXEMPTION_RULE"
    office.switch_on(house, "company-tax-exemption", exemptions=rule.lower(), months="3")
    draft = partner.write("%PDF-1.7 draft", "Tax exemption certificate 2027.pdf", "04 Onboarding")
    office.reject(house, draft, THEO)
    assert partner.place_now()["taxExemptions"] == []
    partner.approve("%PDF-1.7 signed", "Tax exemption certificate 2027.pdf", "04 Onboarding")
    assert partner.place_now()["taxExemptions"] == [rule]
    assert partner.states("terms") == {"Tax exemption": "live"}
    with house.stage.shopify.acting(SHOP) as here:  # by hand, past every approval
        partner.place(here)["taxExemptions"] = []
        changed.tell(here, partner.place(here))
    house.drain()
    assert partner.states("terms") == {"Tax exemption": "drifted"}
    partner.ask("restore", publication_id=partner.publication("terms").id)
    assert partner.place_now()["taxExemptions"] == [rule]
    assert partner.publication("terms").valid_to is not None
    runs = house.rows(Run, scenario="company-tax-exemption", subject_id=partner.id)
    assert [run.state for run in runs] == ["done"]
    timers = {one.name for one in house.rows(Timer, object_id=partner.id)}
    assert f"publication:{partner.publication('terms').id}:end" in timers


# Special prices


def test_a_tagged_draft_order_is_decided_priced_and_sent_and_one_changed_since_is_left_alone(shop: House) -> None:
    house = shop
    stock(house)
    house.stage.shopify_admin.grant(["write_draft_orders"])
    office.switch_on(house, "price-request-intake", "price-request")
    house.request(house.store_id, "store", SHOP, "set_up_store")
    house.drain()
    with house.stage.shopify.acting(SHOP) as here:
        person = making.customer(here, email="nele@example.com", firstName="Nele", lastName="Kern")
        (variant,) = here.where("ProductVariant", sku="NW-TENT")

    def draft(tags: list[str]) -> JSON:
        given = {"purchasingEntity": {"customerId": person["id"]}, "note": "Asks for 10 % off", "tags": tags,
                 "lineItems": [{"variantId": variant["id"], "quantity": 4}]}  # fmt: skip
        return hand(house, goods.create_draft, given)

    def prices(one: JSON) -> list[str]:
        quote = house.deps.store(house.store_id).read.quote(QuoteId(str(one["id"])))
        return [str(line.agreed.amount) if line.agreed else "usual" for line in quote.lines]

    draft(["other"])
    assert house.rows(CaseRow, kind="price_request") == []
    first = draft(["price-approval"])
    (case,) = house.rows(CaseRow, kind="price_request")  # told of twice, opened once
    assert (case.external_id, case.customer_id, case.amount) == (str(first["id"]), number(person), "516.00")
    assert office.variables(house, "sf_special_price")["discount_percent"] == 10.0
    assert prices(first) == ["usual"]
    office.decide(house, "sf_special_price", "approved", user=THEO)
    assert prices(first) == ["116.10"]
    assert record(house, "DraftOrder", str(first["id"]))["status"] == "INVOICE_SENT"
    assert house.rows(CaseRow, id=case.id)[0].state == "closed"
    # Another discount than was asked for; then one that a person changed while it was decided, and a rejected one.
    other = draft(["price-approval"])
    office.decide(house, "sf_special_price", "approved_modified", user=THEO, approved_percent="5")
    assert prices(other) == ["122.55"]
    changed_since = draft(["price-approval"])
    lines = [{"variantId": variant["id"], "quantity": 9}]
    hand(house, goods.patch_draft, changed_since["id"], {"lineItems": lines})
    office.decide(house, "sf_special_price", "approved", user=THEO)
    assert prices(changed_since) == ["usual"]
    (left,) = house.rows(CaseRow, external_id=str(changed_since["id"]))
    assert any("Somebody changed" in one["text"] for one in left.additions)
    refused = draft(["price-approval"])
    office.decide(house, "sf_special_price", "rejected", user=THEO)
    assert (prices(refused), record(house, "DraftOrder", str(refused["id"]))["status"]) == (["usual"], "OPEN")
