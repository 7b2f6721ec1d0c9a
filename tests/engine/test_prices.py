"""Price agreements from the approved file to what buyers pay: row by row, on their days, provable, reversible."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from app.db.links import FiledDocument, WorkspaceLink
from app.db.publications import ApprovalRow, Publication, PublicationField
from app.db.runs import Run
from app.db.types import utc_now
from tests.engine import office
from tests.house import House

THEO = "theo.martin@demo"
HEADER = "SKU;Currency;Price;From quantity;Valid from;Valid to\n"
GOOD = "NW-TORCH;EUR;70,00;;;\nNW-TORCH;EUR;65,00;10;;\nNW-TENT;EUR;99,50;;;\n"


class Buyer:
    """A customer in a group of its own, with the workspace that holds what was agreed."""

    def __init__(self, house: House, name: str = "Werft") -> None:
        self.house, self.name = house, name
        for sku in office.GOODS:
            office.good(house, sku)
        self.group = house.store_api.post("v2/customer_groups", json={"name": name}).json()["id"]
        made = house.store_api.post("v3/customers", json=[
            {"first_name": "Ada", "last_name": name, "email": f"{name.lower()}@example.com",
             "customer_group_id": self.group}
        ])  # fmt: skip
        self.id = str(made.json()["data"][0]["id"])
        house.drain()
        (link,) = house.rows(WorkspaceLink, object_type="customer", object_id=self.id)
        self.workspace_id = link.workspace_id

    def write(self, content: str | bytes, name: str = "Price agreement.csv") -> int:
        data = content.encode() if isinstance(content, str) else content
        return self.house.write_document(self.workspace_id, "05 Pricing", name, data, user=THEO)

    def approve(self, content: str | bytes, name: str = "Price agreement.csv") -> int:
        node = self.write(content, name)
        self.house.approve(node, user=THEO)
        self.house.drain()
        return node

    def prices(self) -> dict[str, tuple[Decimal, dict[int, Decimal]]]:
        """SKU -> what this buyer's group pays: from one on, and from larger quantities on."""
        lists = self.house.store_api.get("v3/pricelists/assignments", params={"customer_group_id": self.group})
        found = {}
        for one in lists.json()["data"]:
            path = f"v3/pricelists/{one['price_list_id']}/records?include=sku,bulk_pricing_tiers"
            for record in self.house.store_api.get(path).json()["data"]:
                tiers = {t["quantity_min"]: Decimal(str(t["amount"])) for t in record["bulk_pricing_tiers"]}
                found[record["sku"]] = (Decimal(str(record["price"])), tiers)
        return found

    def publication(self) -> Publication:
        return sorted(self.house.rows(Publication, object_id=self.id), key=lambda row: row.created_at)[-1]

    def fields(self) -> dict[str, PublicationField]:
        return {row.title: row for row in self.house.rows(PublicationField, publication_id=self.publication().id)}

    def change(self, sku: str, price: float) -> None:
        """A person sets another price in the store."""
        row = self.fields()[f"{sku} EUR"]
        variant = row.after["price"]["variant_id"]
        path = f"v3/pricelists/{self.publication().target}/records/{variant}/eur"
        assert self.house.store_api.put(path, json={"price": price}).status_code == 200

    def ask(self, request: str, **detail: str) -> None:
        self.house.request(self.house.store_id, "customer", self.id, request, **detail)
        self.house.drain()

    def report(self) -> list[dict[str, str]]:
        rows = [row for row in self.house.rows(FiledDocument) if row.name.endswith(".csv") and " prices " in row.name]
        newest, sink = max(rows, key=lambda row: row.node_id), io.BytesIO()
        self.house.deps.opentext(self.house.store_id).documents.download(newest.node_id, newest.version, sink)
        return list(csv.DictReader(io.StringIO(sink.getvalue().decode("utf-8-sig"))))


TORCH, TENT = (Decimal(70), {10: Decimal(65)}), (Decimal("99.5"), {})


@pytest.fixture
def buyer(installed_house: House) -> Buyer:
    return Buyer(installed_house)


def test_exactly_the_approved_version_is_what_the_buyer_pays_and_every_row_is_reported(buyer):
    house = buyer.house
    node = buyer.approve(HEADER + GOOD + "NO-SUCH;EUR;5,00;;;\nNW-ROPE;GBP;5,00;;;\n")
    buyer.write(HEADER + GOOD.replace("70,00", "1,00"))  # a draft
    house.drain()
    assert buyer.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    found = buyer.publication()
    assert (found.node_id, found.version, found.approved_by, found.state) == (node, 1, THEO, "live")
    (approval,) = house.rows(ApprovalRow, object_id=buyer.id)
    assert (approval.sha256, approval.id) == (found.sha256, found.approval_id)
    assert [(row["Row"], row["SKU"], row["Result"], row["Reason"]) for row in buyer.report()] == [
        ("2", "NW-TORCH", "applied", ""), ("3", "NW-TORCH", "applied", ""), ("4", "NW-TENT", "applied", ""),
        ("5", "NO-SUCH", "refused", "The catalogue has no such SKU."),
        ("6", "NW-ROPE", "refused", "Prices in GBP are not published here; allowed: EUR."),
    ]  # fmt: skip
    before = len(house.effects("bigcommerce", "price list"))
    house.approve(node, version=1, user=THEO)  # told once more
    house.drain()
    assert len(house.effects("bigcommerce", "price list")) == before
    shown = office.browser(house).get(f"/panel/customers/{buyer.id}").get_data(as_text=True)
    assert "Price agreement.csv" in shown


def test_a_workbook_says_the_same_as_a_csv_and_the_next_version_takes_back_what_it_leaves_out(buyer):
    made = openpyxl.Workbook()
    titles, tent = ("SKU", "Currency", "Price", "From quantity"), ("NW-TENT", "EUR", 99.5, None)
    for row in (titles, ("NW-TORCH", "EUR", 70, None), ("NW-TORCH", "EUR", 65, 10), tent):
        made.active.append(row)
    sink = io.BytesIO()
    made.save(sink)
    buyer.approve(sink.getvalue(), "Price agreement.xlsx")
    assert buyer.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    made.active.delete_rows(4)
    sink = io.BytesIO()
    made.save(sink)
    buyer.approve(sink.getvalue(), "Price agreement.xlsx")
    assert buyer.prices() == {"NW-TORCH": TORCH}


def test_all_or_nothing_leaves_every_price_as_it_was(buyer):
    office.switch_on(buyer.house, "price-agreement-customer", all_or_nothing="true")
    buyer.approve(HEADER + GOOD + "NO-SUCH;EUR;5,00;;;\n")
    assert buyer.prices() == {}
    assert {row["Result"] for row in buyer.report()} == {"refused"}
    assert "all of it or nothing" in buyer.report()[0]["Reason"]


def test_what_a_person_changed_since_is_skipped_drift_is_shown_and_restored_and_undo_leaves_theirs(buyer):
    buyer.approve(HEADER + GOOD)
    first = buyer.publication()
    buyer.change("NW-TENT", 50)
    buyer.ask("look")
    assert buyer.fields()["NW-TENT EUR"].state == "drifted"
    buyer.ask("restore", publication_id=first.id, fields=buyer.fields()["NW-TENT EUR"].field)
    assert buyer.prices()["NW-TENT"] == TENT
    buyer.change("NW-TENT", 51)
    buyer.ask("undo", publication_id=first.id)
    states = {title: row.state for title, row in buyer.fields().items()}
    assert (states["NW-TORCH EUR"], states["NW-TENT EUR"]) == ("undone", "kept")
    run = buyer.house.run_of("publication-undo-customer", buyer.id)
    assert "because somebody changed it since: NW-TENT EUR" in buyer.house.steps_of(run)[0].summary
    assert [row.name for row in buyer.house.rows(FiledDocument) if row.name.startswith("Undone prices version 1")]


def test_an_agreement_begins_and_ends_on_its_days_by_the_stores_clock(buyer):
    house, today = buyer.house, utc_now().date()
    begins, ends = today + timedelta(days=3), today + timedelta(days=6)
    buyer.approve(HEADER + "NW-TENT;EUR;80,00;;;\n", "Price agreement standing.csv")
    dated = f"NW-TENT;EUR;60,00;;{begins};{ends}\nNW-TORCH;EUR;50,00;;{begins};{ends}\n"
    buyer.approve(HEADER + dated, "Price agreement summer.csv")
    assert buyer.publication().state == "planned"
    assert buyer.prices() == {"NW-TENT": (Decimal(80), {})}
    house.advance(days=3, hours=1)
    assert buyer.prices() == {"NW-TENT": (Decimal(60), {}), "NW-TORCH": (Decimal(50), {})}
    assert buyer.publication().state == "live"
    house.advance(days=2)
    assert buyer.prices()["NW-TENT"] == (Decimal(60), {})
    house.advance(days=2)
    assert buyer.prices() == {"NW-TENT": (Decimal(80), {})}
    assert buyer.publication().state == "undone"


def test_a_person_who_changes_a_price_before_the_first_day_keeps_it_and_the_rest_begins(buyer):
    house, begins = buyer.house, utc_now().date() + timedelta(days=3)
    buyer.approve(HEADER + "NW-TENT;EUR;80,00;;;\nNW-TORCH;EUR;75,00;;;\n", "Price agreement standing.csv")
    buyer.approve(HEADER + f"NW-TENT;EUR;60,00;;{begins};\nNW-TORCH;EUR;50,00;;{begins};\n", "Price agreement next.csv")
    buyer.change("NW-TENT", 77)
    house.advance(days=3, hours=1)
    assert buyer.prices() == {"NW-TENT": (Decimal(77), {}), "NW-TORCH": (Decimal(50), {})}
    assert {row["SKU"]: (row["Result"], row["Reason"]) for row in buyer.report()} == {
        "NW-TENT": ("skipped", "Changed in the store since it was approved."), "NW-TORCH": ("applied", ""),
    }  # fmt: skip


def test_the_workflow_decides_a_rejection_publishes_nothing_an_approval_the_file(buyer):
    house = buyer.house
    node = buyer.write(HEADER + GOOD)
    for outcome in ("rejected", "approved"):
        buyer.ask("review_agreement", node_id=str(node), version="1")
        office.decide(house, "sf_special_price", outcome, user=THEO)
        if outcome == "rejected":
            assert buyer.prices() == {}
            assert house.rows(ApprovalRow, object_id=buyer.id)[0].is_approved is False
    office.decide(house, "sf_special_price", "approved", user="omar.haddad@demo")
    assert buyer.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    runs = house.rows(Run, scenario="price-agreement-review-customer")
    assert sorted(run.outcome for run in runs) == ["approved", "rejected"]


def test_opentext_away_delays_and_a_withdrawn_approval_publishes_nothing(buyer):
    house = buyer.house
    node = buyer.write(HEADER + GOOD)
    house.approve(node, user=THEO)
    rule = office.stop_opentext(house)
    house.drain()
    assert buyer.prices() == {}
    office.heal(house, rule)
    assert buyer.prices() == {"NW-TORCH": TORCH, "NW-TENT": TENT}
    other = buyer.write(HEADER + GOOD.replace("70,00", "60,00"))
    office.reject(house, other, THEO)
    assert buyer.prices()["NW-TORCH"] == TORCH
