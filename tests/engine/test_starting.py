"""A person starts a workflow from the panel: once however often it is asked for, with the documents ticked for it."""

import re

import pytest

from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.engine.sessions import Role
from tests.doors import OTHER, Browser, Doors
from tests.engine import office
from tests.engine.test_publishing import SHEET, Launch, sheet
from tests.house import House

GRACE = "grace.taylor@demo"
MIA = "mia.larsen@demo"
PROCESS = "sf_b2b_onboarding"


@pytest.fixture
def company(b2b_house: House) -> str:
    """A company that may buy already, with its workspace and what was filed there."""
    house = b2b_house
    made = office.merchant(house).create("companies", {"name": "Werft AG", "status": "approved"})
    found = str(made.get("companyId") or made["id"])
    house.drain()
    return found


def paper(house: House, company: str) -> FiledDocument:
    """The company's own order history."""
    (link,) = house.rows(WorkspaceLink, object_type="company", object_id=company)
    (row,) = house.rows(FiledDocument, link_id=link.id, name="Order history.pdf")
    assert isinstance(row, FiledDocument)
    return row


def form(company: str, browser: Browser) -> str:
    return browser.get(f"/panel/companies/{company}/ask/review_account").get_data(as_text=True)


def send(browser: Browser, company: str, **fields: str) -> int:
    sent = browser.post(f"/panel/companies/{company}/ask/review_account", {"without": "on"} | fields)
    return sent.status_code


def test_what_it_does_who_is_asked_and_what_goes_along_is_said_and_done(b2b_house: House, company: str) -> None:
    house, browser = b2b_house, Doors(b2b_house).signed_in()
    page, node = form(company, browser), paper(house, company).node_id
    for words in ("Customer Onboarding", "Finance", "Legal", "5 days after it was started", "Documents that go along",
                  "Order history.pdf", "More documents needed"):  # fmt: skip
        assert words in page, words
    assert f'name="attached-{node}"' in page
    assert not re.search(rf'name="attached-{node}"[^>]*checked', page), "nothing needs it by its type"
    stranger = {"attached-999999": "on", f"attached-{node}": "on"}
    assert send(browser, company, **stranger) == 303
    shown = browser.get(f"/panel/companies/{company}").get_data(as_text=True)
    assert "On its way" in shown
    house.drain()
    assert office.variables(house, PROCESS)["attachment_node_ids"] == str(node)
    shown = browser.get(f"/panel/companies/{company}").get_data(as_text=True)
    assert "Went along" in shown
    assert "Have the account decided: under way" in " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_two_people_who_ask_at_once_start_one_and_after_its_end_another_can_be_started(
    b2b_house: House, company: str
) -> None:
    house, owner = b2b_house, Doors(b2b_house).signed_in()
    manager = Doors(house).signed_in(OTHER, role=Role.MANAGER)
    with_their_own_clicks = [send(owner, company, click="a" * 32), send(manager, company, click="b" * 32)]
    assert with_their_own_clicks == [303, 409], "the second is told that it is on its way"
    house.drain()
    assert len(house.rows(Run, scenario="company-application")) == 1
    assert "It is under way already." in form(company, manager)
    assert send(manager, company) == 409
    assert len(house.stage.workflow.engine.instances()) == 1
    office.decide(house, PROCESS, "rejected", user=GRACE)
    assert send(manager, company) == 303
    house.drain()
    assert len(house.stage.workflow.engine.instances()) == 2
    keys = {one.business_key for one in house.stage.workflow.engine.instances()}
    assert len(keys) == 2


def test_the_same_occasion_asked_for_twice_is_one_workflow(b2b_house: House, company: str) -> None:
    """As when both requests come in before either was looked at."""
    house = b2b_house
    for _ in range(2):
        house.request(house.store_id, "company", company, "review_account", occasion="start:first")
    house.drain()
    assert len(house.rows(Run, scenario="company-application")) == 1
    assert len(house.stage.workflow.engine.instances()) == 1


def test_while_opentext_is_down_it_is_kept_and_ends_well(b2b_house: House, company: str) -> None:
    house, browser = b2b_house, Doors(b2b_house).signed_in()
    rule = office.stop_opentext(house)
    assert send(browser, company) == 303
    house.drain()
    assert house.stage.workflow.engine.instances() == []
    assert send(browser, company) == 409, "it is under way"
    office.heal(house, rule)
    assert len(house.stage.workflow.engine.instances()) == 1


def test_a_model_that_is_not_deployed_and_a_switched_off_scenario_start_nothing(b2b_house: House, company: str) -> None:
    house, browser = b2b_house, Doors(b2b_house).signed_in()
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(OpenTextConnection, house.store_id)
        kept = dict(row.deployed_models)
        row.deployed_models = {key: value for key, value in kept.items() if key != PROCESS}
    assert "Its workflow model is not deployed in OpenText yet" in form(company, browser)
    shown = browser.get(f"/panel/companies/{company}").get_data(as_text=True)
    assert "Have the account decided: not deployed in OpenText yet" in " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert send(browser, company) == 409
    with unit_of_work(house.deps.database) as uow:
        uow.session.get_one(OpenTextConnection, house.store_id).deployed_models = kept
    office.switch(house, "company-application", "off")
    assert "Have the account decided" not in browser.get(f"/panel/companies/{company}").get_data(as_text=True)
    assert send(browser, company) == 422
    house.drain()
    assert house.stage.workflow.engine.instances() == []


def test_missing_documents_are_named_before_anything_starts(b2b_house: House, company: str) -> None:
    house, browser = b2b_house, Doors(b2b_house).signed_in()
    node = paper(house, company).node_id
    with unit_of_work(house.deps.database) as uow:
        (link,) = house.rows(WorkspaceLink, object_type="company", object_id=company)
        kept = uow.session.get_one(WorkspaceLink, link.id)
        kept.completeness = {"types": ["Contract", "Licence"], "missing": ["Licence"], "in_process": [], "outdated": []}
        uow.session.get_one(FiledDocument, paper(house, company).id).types = ["Contract"]
    page = form(company, browser)
    assert re.search(rf'name="attached-{node}"[^>]*checked', page)
    assert "Order history.pdf (Contract)" in page
    refused = browser.post(f"/panel/companies/{company}/ask/review_account")
    assert refused.status_code == 422
    again = refused.get_data(as_text=True)
    assert "These documents are missing: Licence." in again
    assert not re.search(rf'name="attached-{node}"[^>]*checked', again), "what was taken away stays away"
    assert send(browser, company) == 303


def test_who_may_start_no_workflow_sees_no_button_and_is_refused(b2b_house: House, company: str) -> None:
    house = b2b_house
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert "Start a workflow" not in viewer.get(f"/panel/companies/{company}").get_data(as_text=True)
    assert send(viewer, company) == 403


STANDS = re.compile(r"<title>[^<]* · ([^<·]+)</title>.*?<p class=\"lead\">([^<]+)</p>", re.DOTALL)


def stands(browser: Browser, path: str) -> tuple[str, str]:
    """The one word of a panel's header, and the sentence beside it."""
    found = STANDS.search(browser.get(path).get_data(as_text=True))
    assert found is not None
    return found[1].strip(), found[2].strip()


def test_a_products_content_is_started_by_hand_with_its_documents_and_exactly_that_version_goes_live(
    installed_house: House,
) -> None:
    house = installed_house
    launch = Launch(house, name="Old name")
    path, asked = f"/panel/products/{launch.product_id}", f"/panel/products/{launch.product_id}/ask/review_content"
    picture = launch.write(b"%PDF-1.7 declaration", "Declaration.pdf", "03 Compliance")
    node = launch.write(sheet(name="Decided name"))
    launch.ask("recheck")
    browser, manager = Doors(house).signed_in(), Doors(house).signed_in(OTHER, role=Role.MANAGER)
    page = browser.get(asked).get_data(as_text=True)
    for words in ("Content Approvers", "Legal", "3 days after it was started", "(Content sheet)", "Changes requested",
                  "Declaration.pdf (Compliance document)", f"{SHEET}, version 2"):  # fmt: skip
        assert words in page, words
    for one in (node, picture):
        assert re.search(rf'name="attached-{one}"[^>]*checked', page), "what the content is made of is ticked"
    assert browser.post(asked, {"node_id": str(picture)}).status_code == 422, "no content sheet"
    chosen = {"node_id": str(node), f"attached-{node}": "on", f"attached-{picture}": "on"}
    assert [browser.post(asked, chosen).status_code, manager.post(asked, chosen).status_code] == [303, 409]
    house.drain()
    (instance,) = house.stage.workflow.engine.instances()
    started = office.variables(house, "sf_content_approval")
    assert (started["content_version"], started["document_node_ids"]) == ("2", str(node))
    assert set(started["attachment_node_ids"].split(",")) == {str(node), str(picture)}
    word, lead = stands(browser, path)
    assert (word, "Content Approvers decides in OpenText, until" in lead) == ("Waiting for approval", True)
    task = re.search(r'href="(/inbox/products/[^"]+)"', browser.get("/inbox").get_data(as_text=True))
    assert task is not None
    beside = " ".join(re.sub(r"<[^>]+>", " ", browser.get(task[1]).get_data(as_text=True)).split())
    assert "You can look at this, but not decide it" in beside
    assert f"Document {SHEET}" in beside
    assert beside.index(", version 2") < beside.index("Documents")
    launch.write(sheet(name="A later draft"))
    office.decide(house, "sf_content_approval", "approved", user=MIA, comment="Reads well")
    assert launch.live()["name"] == "Decided name"
    publication = launch.publication()
    assert (publication.version, publication.state, publication.approved_by) == (2, "live", MIA)
    live = f"Your store shows version 2, approved by {MIA}."
    assert stands(browser, path) == ("Incomplete", f"Still missing: Declaration of conformity. {live}")
    assert browser.post(asked, chosen).status_code == 303, "another round"
    house.drain()
    assert len(house.stage.workflow.engine.instances()) == 2
    office.decide(house, "sf_content_approval", "rejected", user=MIA, comment="Too long")
    assert launch.live()["name"] == "Decided name"
    word, lead = stands(browser, path)
    assert (word, lead.startswith(f"{MIA} decided on")) == ("Rejected", True)
    assert instance.business_key != house.stage.workflow.engine.instances()[-1].business_key
