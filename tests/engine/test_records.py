"""Records: each paper of a transaction once, on its event, under the right schedule."""

from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run
from tests.engine import office
from tests.house import House

ALL = ("order-records", "invoice-records", "refund-records", "payment-records", "tax-archive")


def test_nothing_is_filed_until_it_is_switched_on(installed_house):
    order_id = office.buy(installed_house)
    office.merchant(installed_house).patch("orders", order_id, {"status": "Completed"})
    installed_house.drain()
    assert installed_house.rows(WorkspaceLink, object_type="order") == []


def test_every_event_of_an_order_leaves_its_record_under_its_schedule(installed_house):
    house = installed_house
    office.switch_on(house, *ALL)
    order_id = office.buy(house, ("NW-TORCH", 2))
    names = office.papers(house, "order", order_id)
    assert names[f"Invoice copy {order_id}.pdf"] == "Invoices"
    payments = {name for name in names if name.startswith("Payment ")}
    assert payments
    assert {names[name] for name in payments} == {"Payments"}
    office.merchant(house).patch("orders", order_id, {"status": "Completed"})
    house.drain()
    office.merchant(house).create("refunds", {"order_id": int(order_id), "amount": 10, "reason": "Scratch"})
    office.settle(house)
    (refund,) = office.refunds(house, order_id)
    names = office.papers(house, "order", order_id)
    assert names[f"Order {order_id} record, completed.pdf"] == "Orders"
    assert names[f"Refund {refund['id']} of order {order_id}.pdf"] == "Refunds"
    assert names[f"Tax record {order_id}, sold.pdf"] == "Tax documents"
    assert names[f"Tax record {order_id}, after refund {refund['id']}.pdf"] == "Tax documents"
    assert "Scratch" in office.text_of(house, f"Refund {refund['id']} of order {order_id}.pdf")
    schedules = {one.record_class: one.record_schedule for one in house.rows(FiledDocument)}
    assert {"Orders": "ORD-7", "Invoices": "INV-10", "Refunds": "REF-10", "Tax documents": "TAX-10"}.items() <= {
        name: schedule.partition(":")[0] for name, schedule in schedules.items()
    }.items()
    assert {run.state for run in house.rows(Run)} == {"done"}


def test_the_same_event_again_files_nothing_more(installed_house):
    house = installed_house
    office.switch_on(house, *ALL)
    order_id = office.buy(house)
    before = sorted(office.papers(house, "order", order_id))
    for note in ("one", "two"):
        house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": note})
        house.drain()
    assert sorted(office.papers(house, "order", order_id)) == before


def test_opentext_down_at_first_delays_the_records(installed_house: House) -> None:
    house = installed_house
    office.switch_on(house, "invoice-records")
    rule = office.stop_opentext(house)
    order_id = office.buy(house)
    assert house.run_of("invoice-records", order_id).state == "running"
    office.heal(house, rule)
    assert office.papers(house, "order", order_id) == {f"Invoice copy {order_id}.pdf": "Invoices"}
