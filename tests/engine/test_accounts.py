"""Business buyers: one workspace per customer and company, with orders, prices, credit and support as they stand."""

from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run
from app.domain.ids import CompanyId
from app.stores.port import CompanyChange
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House


def business_customer(house: House, **fields: object) -> str:
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": "Löwe", "email": "ada@example.com", "company": "Löwe GmbH"} | fields
    ])  # fmt: skip
    house.drain()
    return str(made.json()["data"][0]["id"])


def workspace(house: House, object_type: str, object_id: str) -> WorkspaceLink:
    (link,) = house.rows(WorkspaceLink, object_type=object_type, object_id=object_id)
    found: WorkspaceLink = link
    return found


def versions(house: House, object_type: str, object_id: str) -> dict[str, int]:
    link = workspace(house, object_type, object_id)
    return {one.name: one.version for one in house.rows(FiledDocument, link_id=link.id)}


def test_a_business_customer_gets_a_workspace_with_history_and_terms_and_a_private_one_none(installed_house):
    house = installed_house
    private = business_customer(house, company="", email="private@example.com")
    ada = business_customer(house)
    assert house.rows(Run, subject_id=private) == []
    assert house.run_of("customer-workspace", ada).reasons == ["Ada Löwe buys as Löwe GmbH"]
    assert set(versions(house, "customer", ada)) == {"Order history.pdf", "Account and credit terms.pdf"}
    assert "Löwe GmbH" in office.text_of(house, "Account and credit terms.pdf")
    assert "None is known." in office.text_of(house, "Order history.pdf")
    shown = office.browser(house).get(f"/panel/customers/{ada}").get_data(as_text=True)
    assert workspace(house, "customer", ada).workspace_name in shown
    fields = house.store_api.get(f"v3/customers/{ada}/metafields").json()["data"]
    assert {one["key"] for one in fields} >= {"workspace_id", "workspace_url"}


def test_an_order_of_theirs_brings_the_history_up_to_date_once_for_each_status(installed_house):
    house = installed_house
    ada = business_customer(house)
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    order_id = office.buy(house, customer_id=int(ada), billing={
        "name": "Ada Löwe", "email": "ada@example.com", "company": "Löwe GmbH", "street_1": "Hauptstraße 1",
        "city": "Köln", "zip": "50667", "country": "DE",
    })  # fmt: skip
    told = len(house.rows(Run, scenario="business-order", subject_id=order_id))
    assert told == len({run.occasion for run in house.rows(Run, scenario="business-order", subject_id=order_id)})
    before = versions(house, "customer", ada)["Order history.pdf"]
    assert order_id in office.text_of(house, "Order history.pdf")
    house.store_api.put(f"v2/orders/{order_id}", json={"status_id": 5})
    house.drain()
    assert "Cancelled" in office.text_of(house, "Order history.pdf")
    assert versions(house, "customer", ada)["Order history.pdf"] == before + 1
    house.store_api.put(f"v2/orders/{order_id}", json={"staff_notes": "nothing of note"})
    house.drain()
    assert versions(house, "customer", ada)["Order history.pdf"] == before + 1


def test_a_customer_whose_workspace_could_not_be_made_gets_it_when_opentext_is_back(installed_house):
    house = installed_house
    rule = office.stop_opentext(house)
    ada = business_customer(house)
    assert house.rows(WorkspaceLink, object_type="customer", object_id=ada) == []
    office.heal(house, rule)
    assert house.run_of("customer-workspace", ada).state == "done"
    assert len(house.effects("content_server", "workspace")) >= 1


def test_a_company_has_its_workspace_and_each_change_of_credit_is_kept(b2b_house):
    house = b2b_house
    made = office.merchant(house).create("companies", {"name": "Werft AG", "status": "approved"})
    company_id = str(made.get("companyId") or made["id"])
    house.drain()
    assert house.run_of("company-workspace", company_id).reasons == ["Werft AG is approved"]
    link, first = workspace(house, "company", company_id), versions(house, "company", company_id)
    (buyer,) = house.rows(Run, scenario="customer-workspace")
    shown = office.browser(house).get(f"/panel/customers/{buyer.subject_id}").get_data(as_text=True)
    assert "Company: <a" in shown.replace("\n", "")
    assert link.workspace_name in shown
    house.deps.store(house.store_id).publish.set_company(CompanyId(company_id), CompanyChange(payment_terms_days=45))
    house.drain()
    house.request(house.store_id, "company", company_id, "create_workspace")
    house.drain()
    words = [office.text_of_node(house, row) for row in house.rows(FiledDocument, link_id=link.id)]
    assert any("45 days" in one for one in words)
    after = versions(house, "company", company_id)
    assert after == first | {"Account and credit terms.pdf": first["Account and credit terms.pdf"] + 1}
