"""Campaigns: approved rules become promotions, provably; what runs without an approval is found and kept."""

from datetime import timedelta

import pytest

from app.db.cases import CaseRow
from app.db.links import FiledDocument, WorkspaceLink
from app.db.publications import ApprovalRow, Publication, PublicationField
from app.db.runs import Run
from app.domain.cases import CaseKind
from app.engine import cases
from app.engine.cases import NewCase
from sandbox.kernel.faults import FaultRule
from tests.engine import office
from tests.house import House

THEO, LENA = "theo.martin@demo", "lena.hoff@demo"
HEADER = "Name;Percent;Amount;Currency;SKUs;Code;Customer group;Starts;Ends;Most uses\n"
SPRING = HEADER + "Spring;10;;;;;;2026-01-01;2027-03-31;\nTorch days;;5,50;EUR;NW-TORCH;TORCH5;;;;100\n"


class Campaign:
    """One campaign with its workspace."""

    def __init__(self, house: House) -> None:
        self.house = house
        for sku in office.GOODS:
            office.good(house, sku)
        case = cases.open_case(
            house.deps,
            house.store_id,
            NewCase(CaseKind.CAMPAIGN, "test:1", "tester", title="Campaign", text="Spring sale"),
        )
        self.id = case.id
        house.drain()

    def write(
        self, name: str, content: str, folder: str = "01 Brief", *, approve: bool = True, user: str = THEO
    ) -> int:
        (link,) = self.house.rows(WorkspaceLink, object_type="case", object_id=self.id)
        node = self.house.write_document(link.workspace_id, folder, name, content.encode(), user=user)
        if approve:
            self.house.approve(node, user=user)
            self.house.drain()
        return node

    def legal(self) -> None:
        self.write("Legal approval spring.pdf", "%PDF-1.7 fine", "02 Legal", user=LENA)

    def publication(self) -> Publication:
        return sorted(self.house.rows(Publication, object_id=self.id), key=lambda row: row.created_at)[-1]

    def fields(self) -> dict[str, PublicationField]:
        return {row.title: row for row in self.house.rows(PublicationField, publication_id=self.publication().id)}

    def states(self) -> dict[str, str]:
        return {name: row.state for name, row in self.fields().items()}

    def ask(self, request: str, **detail: str) -> None:
        self.house.request(self.house.store_id, "case", self.id, request, **detail)
        self.house.drain()


def promotions(house: House) -> dict[str, dict]:
    return {one["name"]: one for one in house.store_api.get("v3/promotions").json()["data"]}


@pytest.fixture
def campaign(installed_house: House) -> Campaign:
    return Campaign(installed_house)


def test_approved_rules_wait_for_the_legal_approval_then_run_exactly_as_approved(campaign):
    house = campaign.house
    campaign.write("Campaign brief spring.pdf", "%PDF-1.7 brief")
    node = campaign.write("Promotions spring.csv", SPRING)
    campaign.write("Promotions spring.csv", SPRING.replace(";10;", ";90;"), approve=False)  # a draft is nothing
    run = house.run_of("campaign-publish", campaign.id)
    assert (run.state, promotions(house)) == ("waiting", {})
    assert "Waits for an approved legal approval" in " ".join(one.summary for one in house.steps_of(run))
    campaign.legal()
    assert house.run_of("campaign-publish", campaign.id).state == "done"
    live, found = promotions(house), campaign.publication()
    assert {name: one["status"] for name, one in live.items()} == {"Spring": "ENABLED", "Torch days": "ENABLED"}
    assert live["Spring"]["rules"][0]["action"]["cart_value"]["discount"] == {"percentage_amount": "10"}
    assert live["Spring"]["end_date"].startswith("2027-03-31T2") or live["Spring"]["end_date"].startswith("2027-04-01")
    codes = house.store_api.get(f"v3/promotions/{live['Torch days']['id']}/codes").json()["data"]
    assert [one["code"] for one in codes] == ["TORCH5"]
    assert (found.node_id, found.version, found.approved_by, len(found.sha256)) == (node, 1, THEO, 64)
    assert campaign.states() == {"Spring": "live", "Torch days": "live"}
    kept = {row.about: row.record_class for row in house.rows(ApprovalRow, object_id=campaign.id)}
    assert kept == dict.fromkeys(("Campaign brief", "Promotion", "Legal approval"), "Pricing approvals")
    papers = office.papers(house, "case", campaign.id)
    assert [name for name in papers if name.startswith("Published version 1")]
    # Told of again and again, nothing more happens.
    before = len(house.effects("bigcommerce", "promotion"))
    house.stage.world.faults.add(FaultRule(system="content_server", kind="duplicate"))
    house.approve(node, version=1, user=THEO)
    house.drain()
    assert len(house.effects("bigcommerce", "promotion")) == before
    house.run_of("campaign-publish", campaign.id)


def test_rows_that_break_a_rule_are_refused_with_the_reason_and_an_exception_lets_more_through(campaign):
    campaign.legal()
    bad = "Half;60;;;;;;;;\nNobody;5;;;NO-SUCH;;;;;\nVIP;5;;;;;VIPs;;;\nBoth;5;5;EUR;;;;;;\n"
    bad += "Late;5;;;;;;2027-02-01;2027-01-01;\n"
    campaign.write("Promotions.csv", SPRING + bad)
    notes = {name: row.note for name, row in campaign.fields().items() if row.note}
    assert notes == {
        "Half": "More than 50 % needs an approved policy exception in this campaign.",
        "Nobody": "The catalogue has no NO-SUCH.", "VIP": "The store has no customer group VIPs.",
        "Both": "Give either a percentage or an amount.", "Late": "It ends before it starts.",
    }  # fmt: skip
    assert set(promotions(campaign.house)) == {"Spring", "Torch days"}
    campaign.write("Policy exception half.pdf", "%PDF-1.7 allowed", "02 Legal")
    campaign.write("Promotions.csv", HEADER + "Half;60;;;;;;;;\n")
    live = promotions(campaign.house)
    assert live["Half"]["status"] == "ENABLED"
    assert live["Spring"]["status"] == live["Torch days"]["status"] == "DISABLED"  # the new version leaves them out


def test_all_or_nothing_makes_nothing_when_one_row_is_refused(campaign):
    office.switch_on(campaign.house, "campaign-publish", all_or_nothing="true", needs_legal="false")
    campaign.write("Promotions.csv", SPRING + "Half;60;;;;;;;;\n")
    assert promotions(campaign.house) == {}
    assert campaign.publication().state == "failed"


def test_drift_restore_and_an_undo_that_leaves_a_persons_change(campaign):
    house = campaign.house
    house.store_api.post("v3/promotions", json={
        "name": "Spring", "redemption_type": "AUTOMATIC", "status": "ENABLED",
        "start_date": "2026-01-01T00:00:00+00:00",
        "rules": [{"action": {"cart_value": {"discount": {"percentage_amount": "3"}}}, "apply_once": True}],
    })  # fmt: skip
    campaign.legal()
    campaign.write("Promotions.csv", SPRING)
    live = promotions(house)
    assert len(live) == 2  # that of the same name was changed
    house.store_api.put(f"v3/promotions/{live['Torch days']['id']}", json={"status": "DISABLED"})
    campaign.ask("look")
    assert campaign.states() == {"Spring": "live", "Torch days": "drifted"}
    campaign.ask("restore", publication_id=campaign.publication().id)
    assert promotions(house)["Torch days"]["status"] == "ENABLED"
    house.store_api.put(f"v3/promotions/{live['Torch days']['id']}", json={"max_uses": 7})
    campaign.ask("undo", publication_id=campaign.publication().id)
    after = promotions(house)
    assert after["Spring"]["rules"][0]["action"]["cart_value"]["discount"] == {"percentage_amount": "3"}
    assert (after["Torch days"]["status"], after["Torch days"]["max_uses"]) == ("ENABLED", 7)
    assert campaign.states() == {"Spring": "undone", "Torch days": "kept"}


def test_rejected_rules_are_never_published_and_an_outage_only_delays_approved_ones(campaign):
    house = campaign.house
    campaign.legal()
    node = campaign.write("Promotions.csv", SPRING, approve=False)
    office.reject(house, node, THEO)
    assert promotions(house) == {}
    house.approve(node, user=THEO)
    rule = office.stop_opentext(house)
    house.drain()
    assert promotions(house) == {}
    office.heal(house, rule)
    assert set(promotions(house)) == {"Spring", "Torch days"}


def test_a_promotion_nobody_approved_gets_a_campaign_and_is_switched_off_where_asked(installed_house):
    house = installed_house
    office.switch_on(house, "promotion-watch", switch_off_unapproved="true")
    made = house.store_api.post("v3/promotions", json={
        "name": "Wild", "redemption_type": "AUTOMATIC", "status": "ENABLED",
        "rules": [{"action": {"cart_value": {"discount": {"percentage_amount": "70"}}}, "apply_once": True}],
    }).json()["data"]  # fmt: skip
    for _ in range(3):
        house.advance(days=1)
    (case,) = house.rows(CaseRow, kind="campaign")
    assert (case.number, case.external_id) == ("CAM-1001", str(made["id"]))
    assert "switched off" in case.reason
    assert promotions(house)["Wild"]["status"] == "DISABLED"
    (link,) = house.rows(WorkspaceLink, object_type="case", object_id=case.id)
    states = [row for row in house.rows(FiledDocument, link_id=link.id) if row.folder == "04 Versions"]
    assert states
    assert {row.record_class for row in states} == {"Pricing approvals"}
    assert any("70 %" in office.text_of_node(house, row) for row in states)
    runs = house.rows(Run, scenario="campaign", subject_id=case.id)
    house.stage.world.clock.advance(timedelta(minutes=1))
    house.advance(days=1)
    assert len(house.rows(Run, scenario="campaign", subject_id=case.id)) == len(runs)  # nothing changed


def test_a_person_opens_a_campaign_for_a_customer_and_sees_it_there(installed_house):
    house = installed_house
    ada = str(office.customer(house))
    house.drain()
    person = office.browser(house)
    offered = person.get(f"/panel/customers/{ada}").get_data(as_text=True)
    assert "Open a campaign" in offered
    sent = person.post(f"/panel/customers/{ada}/ask/open_campaign", data={"case_text": "Winter for regulars"})
    assert sent.status_code == 303, sent.get_data(as_text=True)
    house.drain()
    (case,) = house.rows(CaseRow, kind="campaign")
    assert (case.customer_id, case.text) == (ada, "Winter for regulars")
    assert "CAM-1001" in person.get(f"/panel/customers/{ada}").get_data(as_text=True)
    papers = office.papers(house, "case", case.id)
    assert dict.fromkeys(papers.values()) == {"Pricing approvals": None}


def test_the_page_of_a_campaign_shows_what_runs_and_a_person_restores_and_undoes_there(campaign):
    house = campaign.house
    campaign.legal()
    campaign.write("Promotions.csv", SPRING + "Half;60;;;;;;;;\n")
    person, path = office.browser(house), f"/panel/cases/{campaign.id}"
    words = person.get(path).get_data(as_text=True)
    for shown in ("CAM-1001", "Spring: 10 %, on the cart", "code TORCH5", "Half", "needs an approved policy exception"):
        assert shown in words, shown
    live = promotions(house)
    house.store_api.put(f"v3/promotions/{live['Spring']['id']}", json={"status": "DISABLED"})
    assert person.post(f"{path}/recheck").status_code == 303
    house.drain()
    publication = campaign.publication().id
    field = campaign.fields()["Spring"].field
    assert person.post(f"{path}/publications/{publication}/restore", data={"field": field}).status_code == 303
    house.drain()
    assert promotions(house)["Spring"]["status"] == "ENABLED"
    assert person.get(f"{path}/publications/{publication}/undo").status_code == 200
    assert person.post(f"{path}/publications/{publication}/undo").status_code == 303
    house.drain()
    assert {one["status"] for one in promotions(house).values()} == {"DISABLED"}
    assert person.get("/panel/cases/" + "0" * 32).status_code == 200  # nothing is known of it
