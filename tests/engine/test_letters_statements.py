"""Statements and reminders: once a month for each account that owes something, from the store's own orders."""

from datetime import UTC, datetime

import pytest

from app.db.inbox import InboxEvent
from app.db.links import SubjectSnapshot
from app.db.session import unit_of_work
from app.db.types import utc_now
from app.engine import timers
from app.engine.handlers import calendars
from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office
from tests.house import House, a_house

CUSTOMERS = ("statement-customer", "overdue-customer")
COMPANIES = ("statement-company", "overdue-company")


def business_buyer(house: House, email: str = "ada@example.com", **fields: object) -> int:
    made = house.store_api.post("v3/customers", json=[
        {"first_name": "Ada", "last_name": "Löwe", "email": email, "company": "Löwe GmbH"} | fields
    ])  # fmt: skip
    house.drain()
    return int(made.json()["data"][0]["id"])


def next_month(house: House) -> datetime:
    """Just after the next month has begun, in the store's zone and in ours."""
    now = utc_now()
    first = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 12, tzinfo=UTC)
    house.at(first)
    letters.arrive(house)
    return first


@pytest.fixture
def house(installed_house: House) -> House:
    office.switch_on(installed_house, *CUSTOMERS)
    return installed_house


def test_a_statement_lists_what_is_open_and_what_was_paid_and_comes_once_a_month(house):
    ada = business_buyer(house)
    open_order = office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
    paid_order = office.buy(house, ("NW-TORCH", 1), customer_id=ada)
    first = next_month(house)
    (row,) = letters.composed(house, "SF_STATEMENT")
    letters.went_out_as_filed(house, row.name)
    kept = letters.filed(house, row.name)
    assert (kept.folder, kept.record_class) == ("08 Statements", "Account statements")
    said = " ".join(office.text_of(house, row.name).split())
    assert f"INV-{open_order}" in said
    assert "129.00 EUR" in said
    assert f"INV-{paid_order} 79.90" in said
    assert letters.composed(house, "SF_AGEING_NOTICE") == []  # nothing is overdue yet
    shown = letters.page(house, "customers", str(ada))
    assert row.name in shown
    assert "Mailed to a***@example.com delivered" in shown
    timers.sweep(house.deps)
    house.drain()
    assert len(letters.messages(house)) == 1
    next_month(house)
    assert len(letters.composed(house, "SF_STATEMENT")) == 2  # still open a month later
    (reminder,) = letters.composed(house, "SF_AGEING_NOTICE")  # and overdue by now
    assert f"INV-{open_order}" in office.text_of(house, reminder.name)
    assert f"{first:%Y-%m}" in {run.occasion.partition(":")[2] for run in letters.runs(house, "statement-customer")}


def test_who_owes_nothing_or_buys_for_themselves_gets_none(house):
    ada, bob = business_buyer(house), business_buyer(house, "bob@example.com", company="")
    office.buy(house, ("NW-TORCH", 1), customer_id=ada)
    office.buy(house, ("NW-TENT", 1), customer_id=bob, status_id=7)
    next_month(house)
    run = house.run_of("statement-customer", str(ada))
    assert (run.state, letters.last_step(house, run).summary) == ("done", "Nothing is open.")
    assert letters.runs(house, "statement-customer") == [run]
    assert letters.messages(house) == []


def test_a_summary_without_open_items_may_be_wanted(house):
    office.switch_on(house, "statement-customer", without_open_items=True)
    ada = business_buyer(house)
    office.buy(house, ("NW-TORCH", 1), customer_id=ada)
    next_month(house)
    (row,) = letters.composed(house, "SF_STATEMENT")
    said = " ".join(office.text_of(house, row.name).split())
    assert "Balance 0.00 EUR" in said
    assert "Paid 79.90 EUR" in said
    next_month(house)
    assert len(letters.composed(house, "SF_STATEMENT")) == 1  # nothing happened in that month


def test_where_nothing_monthly_is_switched_on_nobody_is_told(house):
    office.switch_on(house, *CUSTOMERS, mode="off")
    business_buyer(house)
    next_month(house)
    (run,) = letters.runs(house, "calendar-month")
    assert {one.status for one in house.steps_of(run)} == {"skipped"}
    assert house.rows(InboxEvent, object_type="customer", topic="time.came") == []


def test_planned_only_nothing_is_written(house):
    office.switch_on(house, *CUSTOMERS, mode="shadow")
    ada = business_buyer(house)
    office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
    next_month(house)
    assert {run.state for run in letters.runs(house, "statement-customer")} == {"shadow"}
    assert letters.messages(house) == []


@pytest.mark.parametrize("system", ["exstream", "content_server"])
def test_statements_wait_for_the_other_side_and_go_out_once(house, system):
    ada = business_buyer(house)
    office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
    rule = letters.stop(house, system)
    next_month(house)
    assert letters.messages(house) == []
    office.heal(house, rule)
    letters.arrive(house)
    letters.went_out_as_filed(house, letters.composed(house, "SF_STATEMENT")[0].name)
    assert len(letters.messages(house)) == 1


def test_a_missing_design_is_said_and_a_replay_sends_the_same_month(house):
    letters.withdraw(house, "Account statement")
    ada = business_buyer(house)
    office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
    first = next_month(house)
    run = house.run_of("statement-customer", str(ada))
    assert (run.state, letters.last_step(house, run).error_code) == ("quarantined", "not_approved")
    house.at(first.replace(day=20))
    letters.withdraw(house, "Account statement", "APPROVED")
    letters.try_again(house, run)
    letters.arrive(house)
    (row,) = letters.composed(house, "SF_STATEMENT")
    assert (first.replace(hour=0) - first.resolution).strftime("%Y-%m") in row.name
    letters.went_out_as_filed(house, row.name)


def test_a_company_gets_one_statement_for_all_its_people_and_they_none(b2b_house):
    house = b2b_house
    office.switch_on(house, *CUSTOMERS, *COMPANIES)
    made = office.merchant(house).create(
        "companies",
        {
            "name": "Werft AG", "status": "approved", "email": "office@werft.example", "payment_terms": 30,
            "users": [{"first_name": "Bo", "last_name": "Werft", "email": "bo@werft.example"}],
        },
    )  # fmt: skip
    house.drain()
    company_id, users = str(made["id"]), [str(one["customerId"]) for one in made["users"] if one.get("customerId")]
    assert len(users) == 2
    orders = [office.buy(house, ("NW-TENT", 1), customer_id=int(user), status_id=7) for user in users]
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="duplicate"))
    next_month(house)
    (row,) = letters.composed(house, "SF_STATEMENT")
    assert (row.object_type, row.object_id) == ("company", company_id)
    message = letters.went_out_as_filed(house, row.name)
    assert message.destinations[0].address == "office@werft.example"
    said = " ".join(office.text_of(house, row.name).split())
    assert all(f"INV-{order}" in said for order in orders)
    assert "258.00 EUR" in said
    assert letters.runs(house, "statement-customer") == []
    assert len(letters.messages(house)) == 1


def test_more_customers_than_one_go_are_all_told_once(house):
    ada = business_buyer(house)
    office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
    with unit_of_work(house.deps.database) as uow:
        for number in range(calendars.PORTION + 5):  # seen once, gone from the store since
            uow.session.add(SubjectSnapshot(store_id=house.store_id, object_type="order", object_id=f"9{number}",
                                            customer_id=f"7{number:05}"))  # fmt: skip
    next_month(house)
    while house.drain():
        pass
    told = [row.object_id for row in house.rows(InboxEvent, object_type="customer", topic="time.came")]
    assert (len(told), len(set(told))) == (calendars.PORTION + 6, calendars.PORTION + 6)
    (run,) = letters.runs(house, "calendar-month")
    assert f"{calendars.PORTION + 6} customers were told" in house.steps_of(run)[0].summary
    assert len(letters.messages(house)) == 1


def test_it_works_on_postgresql(postgres_url):
    with a_house(postgres_url) as house:
        house.install()
        office.switch_on(house, *CUSTOMERS)
        office.switch_on(house, "loyalty-letter", milestones="1", quiet_days=30)
        ada = business_buyer(house)
        office.merchant(house).create("subscribers", {"email": "ada@example.com"})
        office.buy(house, ("NW-TENT", 1), customer_id=ada, status_id=7)
        next_month(house)
        assert [one.state for one in letters.runs(house, "statement-customer")] == ["done"]
        assert [one.state for one in letters.runs(house, "loyalty-letter")] == ["done"]
        assert len(letters.messages(house)) == 2
