"""Letters about returns and refunds: what was decided, with the label; every refund confirmed. Each once."""

import pytest

from sandbox.kernel.faults import FaultRule
from tests.engine import letters, office
from tests.house import House


@pytest.fixture
def house(installed_house: House) -> House:
    office.switch_on(installed_house, "return-letter", return_address="Returns dock; 2 Dock Road; Leeds", carrier="DHL")
    office.switch_on(installed_house, "refund-letter")
    return installed_house


def opened(house: House) -> str:
    """Two torches bought, one comes back; somebody has to decide."""
    order_id = office.buy(house, ("NW-TORCH", 2))
    item = f"item-{office.line_ids(house, order_id)[0]}"
    office.open_case(house, order_id, "return", reason="damaged", wish="refund", condition="cracked",
                     text="The glass is cracked.", **{item: "1"})  # fmt: skip
    return order_id


LETTER = "Return_RMA-1001.pdf"


def test_an_approved_return_sends_the_letter_with_its_label_and_confirms_the_refund_once(house):
    order_id = opened(house)
    assert letters.messages(house) == []
    for kind in ("workflow", "bigcommerce"):
        house.stage.world.faults.add(FaultRule(system=kind, kind="duplicate"))
    office.decide(house, "sf_return_approval", "approved_refund", comment="Dented, clearly ours", refund_amount="50.00")
    letters.arrive(house)
    assert letters.went_out_as_filed(house, LETTER).subject == "Your return RMA-1001"
    row = letters.filed(house, LETTER)
    assert (row.folder, row.record_class) == ("03 Correspondence", "Cases")
    said = " ".join(office.text_of(house, LETTER).split())
    for words in ("we take it back", "50.00", "Return label", "Returns dock, 2 Dock Road, Leeds", "DHL", "RMA-1001"):
        assert words in said
    (paid,) = office.refunds(house, order_id)
    refund = f"Refund_{order_id}_{paid['id']}.pdf"
    assert letters.went_out_as_filed(house, refund).subject == f"Your refund for order {order_id}"
    assert letters.filed(house, refund).record_class == "Refunds"
    assert "50.00" in office.text_of(house, refund)
    assert len(letters.messages(house)) == 2
    shown = letters.page(house, "orders", order_id)
    assert refund in shown
    assert "Mailed to a***@example.com delivered" in shown


@pytest.mark.parametrize(
    ("outcome", "words", "has_label"),
    [
        ("approved_exchange", "we exchange it for you", True),
        ("approved_repair", "we repair it for you", True),
        ("rejected", "we cannot take it back", False),
    ],
)
def test_every_decision_has_its_wording(house, outcome, words, has_label):
    opened(house)
    office.decide(house, "sf_return_approval", outcome)
    letters.arrive(house)
    letters.went_out_as_filed(house, LETTER)
    said = " ".join(office.text_of(house, LETTER).split())
    assert words in said
    assert ("Return label" in said) is has_label
    assert len(letters.messages(house)) == 1


@pytest.mark.parametrize("system", ["exstream", "content_server"])
def test_the_letter_waits_for_the_other_side_and_is_sent_once(house, system):
    order_id = opened(house)
    rule = letters.stop(house, system)
    office.decide(house, "sf_return_approval", "approved_refund")
    assert letters.messages(house) == []
    if system == "exstream":
        assert office.case_of(house, order_id).state == "closed"  # the decision does not wait for a letter
    office.heal(house, rule)
    letters.arrive(house)
    letters.went_out_as_filed(house, LETTER)
    assert len(letters.messages(house)) == 2
    assert len(letters.composed(house, "SF_RETURN_LETTER")) == 1


def test_a_missing_design_stops_the_letter_alone_and_a_replay_sends_it(house):
    letters.withdraw(house, "Return letter")
    order_id = opened(house)
    office.decide(house, "sf_return_approval", "rejected")
    (run,) = letters.runs(house, "return-letter")
    step = letters.last_step(house, run)
    assert (run.state, step.error_code) == ("quarantined", "not_approved")
    case = office.case_of(house, order_id)
    assert (case.state, house.run_of("return-case", case.id).state) == ("closed", "done")
    letters.withdraw(house, "Return letter", "APPROVED")
    letters.try_again(house, run)
    letters.arrive(house)
    letters.went_out_as_filed(house, LETTER)


def test_refunds_made_in_the_store_are_confirmed_each_once_also_out_of_order(house):
    order_id = office.buy(house, ("NW-TORCH", 2))
    house.stage.world.faults.add(FaultRule(system="bigcommerce", kind="withhold", count=1))
    for amount in (10.0, 5.0):
        office.merchant(house).create("refunds", {"order_id": int(order_id), "amount": amount, "reason": "Late"})
        office.settle(house)
    house.stage.world.deliveries.release()
    house.drain()
    letters.arrive(house)
    paid = office.refunds(house, order_id)
    assert len(paid) == 2
    for one in paid:
        letters.went_out_as_filed(house, f"Refund_{order_id}_{one['id']}.pdf")
    assert len(letters.messages(house)) == 2


def test_a_refund_that_is_old_is_no_news(house):
    office.switch_on(house, "refund-letter", mode="off")
    order_id = office.buy(house, ("NW-TORCH", 2))
    office.merchant(house).create("refunds", {"order_id": int(order_id), "amount": 10.0})
    house.drain()
    office.switch_on(house, "refund-letter")
    house.advance(days=20)
    house.store_api.put(f"v2/orders/{order_id}", json={"customer_message": "Thanks"})
    house.drain()
    assert letters.runs(house, "refund-letter") == []
