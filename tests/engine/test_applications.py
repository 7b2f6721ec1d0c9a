"""B2B registrations: what was decided becomes group, credit, terms and the right to buy, provably and reversibly."""

from app.db.links import FiledDocument
from app.db.publications import Publication, PublicationField
from app.db.runs import Run
from app.domain.ids import CompanyId, CustomerId
from app.domain.trade import CompanyState
from app.stores.port import CompanyChange
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House

GRACE, OMAR, LENA = "grace.taylor@demo", "omar.haddad@demo", "lena.hoff@demo"


def registers(house: House) -> str:
    """A company registers in the store; two groups are there for what is decided."""
    for name in ("Credit", "Prepay"):
        house.store_api.post("v2/customer_groups", json={"name": name})
    office.switch_on(house, "company-application", "customer-application", group="Credit", prepay_group="Prepay")
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    made = office.merchant(house).create("companies", {"name": "Werft AG", "country": "DE"})
    house.drain()
    return str(made.get("companyId") or made["id"])


def company(house: House, company_id: str):
    return house.deps.store(house.store_id).read.company(CompanyId(company_id))


def approves(house: House, limit: str = "5000", days: str = "45") -> None:
    office.decide(house, "sf_b2b_onboarding", "approved", user=GRACE)
    office.decide(house, "sf_b2b_onboarding", "approved", user=OMAR, credit_limit=limit, payment_terms_days=days)
    office.decide(house, "sf_b2b_onboarding", "approved", user=LENA, comment="Welcome")


def states(house: House, object_id: str) -> dict[str, str]:
    (found,) = house.rows(Publication, object_id=object_id)
    return {row.title: row.state for row in house.rows(PublicationField, publication_id=found.id)}


def test_an_approved_company_may_buy_with_its_group_credit_and_terms_and_the_evidence_is_filed(b2b_house):
    house = b2b_house
    company_id = registers(house)
    run = house.run_of("company-application", company_id)  # once, though everything was told twice
    assert (run.state, run.reasons) == ("waiting", ["Werft AG has registered and waits to be approved"])
    assert company(house, company_id).state is CompanyState.PENDING
    approves(house)
    found = company(house, company_id)
    assert (found.state, found.group, str(found.credit_limit), found.payment_terms_days) == (
        CompanyState.APPROVED, "Credit", "5,000.00 EUR", 45,
    )  # fmt: skip
    assert states(house, company_id) == dict.fromkeys(
        ("Customer group", "Credit limit", "Credit hold", "Payment terms", "Account"), "live"
    )
    (publication,) = house.rows(Publication, object_id=company_id)
    assert (publication.approved_by, publication.document_name) == (LENA, publication.document_name)
    papers = office.papers(house, "company", company_id)
    assert [name for name in papers if name.startswith("Published version")]
    words = [office.text_of_node(house, row) for row in house.rows(FiledDocument, name="Account and credit terms.pdf")]
    assert any("45 days" in one and "Credit" in one for one in words)


def test_undo_takes_back_what_stands_and_leaves_what_a_person_changed_since(b2b_house):
    house = b2b_house
    company_id = registers(house)
    approves(house)
    house.deps.store(house.store_id).publish.set_company(CompanyId(company_id), CompanyChange(payment_terms_days=60))
    (publication,) = house.rows(Publication, object_id=company_id)
    house.request(house.store_id, "company", company_id, "look")
    house.drain()
    assert states(house, company_id)["Payment terms"] == "drifted"
    house.request(house.store_id, "company", company_id, "undo", publication_id=publication.id)
    house.drain()
    after = company(house, company_id)
    assert (after.state, after.group_id, after.payment_terms_days) == (CompanyState.PENDING, after.group_id, 60)
    assert states(house, company_id) == {
        "Customer group": "undone", "Credit limit": "undone", "Credit hold": "undone", "Payment terms": "kept",
        "Account": "undone",
    }  # fmt: skip


def test_a_rejected_company_is_rejected_and_gets_nothing(b2b_house):
    house = b2b_house
    company_id = registers(house)
    office.decide(house, "sf_b2b_onboarding", "rejected", user=GRACE, comment="No register entry")
    assert company(house, company_id).state is CompanyState.REJECTED
    assert house.rows(Publication, object_id=company_id) == []
    assert house.run_of("company-application", company_id).outcome == "rejected"


def test_without_credit_it_pays_at_once_and_a_figure_that_is_none_is_refused_not_guessed(b2b_house):
    house = b2b_house
    company_id = registers(house)
    office.decide(house, "sf_b2b_onboarding", "approved", user=GRACE)
    rule = office.stop_opentext(house)
    office.decide(house, "sf_b2b_onboarding", "approved_prepay", user=OMAR)
    office.heal(house, rule)
    office.decide(house, "sf_b2b_onboarding", "approved_prepay", user=LENA)
    found = company(house, company_id)
    assert (found.state, found.credit_limit) == (CompanyState.APPROVED, None)
    house.request(house.store_id, "company", company_id, "review_account")
    house.drain()
    approves(house, limit="a lot", days="7")
    notes = {row.title: row.note for row in house.rows(PublicationField) if row.note}
    assert "is not an amount" in notes["Credit limit"]
    assert "no terms of 7 days" in notes["Payment terms"]
    assert company(house, company_id).credit_limit is None


def test_without_b2b_edition_a_person_asks_and_the_customer_gets_group_and_terms(installed_house):
    house = installed_house
    for name in ("Credit", "Prepay"):
        house.store_api.post("v2/customer_groups", json={"name": name})
    office.switch_on(house, "customer-application", group="Credit", prepay_group="Prepay")
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com", "company": "Löwe GmbH"}
    ])  # fmt: skip
    house.drain()
    ada = str(made.json()["data"][0]["id"])
    assert house.rows(Run, scenario="customer-application") == []
    house.request(house.store_id, "customer", ada, "review_account")
    house.drain()
    approves(house)
    found = house.deps.store(house.store_id).read.customer(CustomerId(ada))
    assert (found.group, found.attributes["Credit terms"]) == ("Credit", "limit 5000, 45 days")
    (publication,) = house.rows(Publication, object_id=ada)
    house.request(house.store_id, "customer", ada, "undo", publication_id=publication.id)
    house.drain()
    after = house.deps.store(house.store_id).read.customer(CustomerId(ada))
    assert (after.group_id, after.attributes.get("Credit terms", "")) == ("", "")
    assert set(states(house, ada).values()) == {"undone"}
