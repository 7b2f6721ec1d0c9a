"""What a Shopify shop's transactions leave for audit, tax and law: each paper once, as a record with its class."""

from app.db.communications import CommunicationRow
from app.db.runs import Run
from tests.engine import letters, office, shop
from tests.house import House

RECORDS = ("order-records", "invoice-records", "refund-records", "payment-records", "tax-archive")
LETTERS = ("order-confirmation", "payment-receipt", "order-invoice", "refund-letter")


def test_everything_of_an_order_is_kept_once_as_a_record(house: House) -> None:
    house.install_shop(connect=True)
    office.switch_on(house, *RECORDS, *LETTERS)
    order_id = shop.buy(house, ("NW-TORCH", 2), payment_status="authorized", shipping_cost="4.90")
    shop.patch(house, "orders", order_id, payment_status="captured")
    shop.ship(house, order_id, tracking={"company": "DHL", "number": "DHL-1"})
    shop.merchant(house).create("refunds", {"order_id": order_id, "items": [{"sku": "NW-TORCH", "quantity": 1}]})
    house.drain()
    for _change in range(2):  # further news of the same order add nothing
        shop.patch(house, "orders", order_id, note="Called the buyer")
    letters.arrive(house)
    runs = house.rows(Run, subject_id=order_id)
    assert {run.state for run in runs} == {"done"}, [(run.scenario, run.state) for run in runs]
    kept = office.papers(house, "order", order_id)
    for name, record in {
        "Order_1001.pdf": "Orders", "Order 1001 record, fulfilled.pdf": "Orders", "Receipt_1001.pdf": "Payments",
        "Payment 1001 of order 1001.pdf": "Payments", "Payment 1002 of order 1001.pdf": "Payments",
        "Payment 1003 of order 1001.pdf": "Payments", "Invoice copy 1001.pdf": "Invoices",
        "Invoice_INV-1001.pdf": "Invoices", "Refund 1001 of order 1001.pdf": "Refunds",
        "Refund_1001_1001.pdf": "Refunds", "Tax record 1001, sold.pdf": "Tax documents",
        "Tax record 1001, after refund 1001.pdf": "Tax documents",
    }.items():  # fmt: skip
        assert kept.get(name) == record, name
    assert len([name for name in kept if name.endswith(".pdf")]) == 14  # and the lists of shipments, twice
    assert {row.template for row in house.rows(CommunicationRow)} == {
        "SF_ORDER_CONFIRMATION", "SF_RECEIPT", "SF_INVOICE", "SF_REFUND",
    }  # fmt: skip
    assert "#1001.1" in office.text_of(house, "Payment 1001 of order 1001.pdf")  # the provider's own reference
    assert len(letters.messages(house)) == 4


def test_a_deleted_order_keeps_its_records(house: House) -> None:
    house.install_shop(connect=True)
    office.switch_on(house, "invoice-records")
    order_id = shop.buy(house, ("NW-TORCH", 1))
    before = office.papers(house, "order", order_id)
    assert list(before.values()) == ["Invoices"]
    shop.patch(house, "orders", order_id, cancel={"reason": "OTHER"})
    shop.merchant(house).delete("orders", order_id)
    house.drain()
    assert office.papers(house, "order", order_id) == before
