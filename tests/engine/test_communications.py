"""Documents for buyers: composed and filed once, delivered once, their fate told, whatever breaks in between."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import httpx
import pytest

from app.db.communications import CommunicationDelivery, CommunicationNews, CommunicationRow
from app.db.links import FiledDocument, SharedDocument
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.domain.ids import NodeId
from app.engine import connections, preferences, replay
from app.engine.replay import Selection
from app.scenarios import BY_SLUG
from sandbox.exstream import switches
from sandbox.exstream.state import Message
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors
from tests.house import House, a_house

SLUG = "order-invoice"


def choose(house: House, **values: object) -> None:
    with unit_of_work(house.deps.database) as uow:
        chosen = {"mode": "on", "channel": "buyer", "send_when": "paid"} | values
        preferences.save(uow.session, house.store_id, BY_SLUG[SLUG], chosen, "tester")


@pytest.fixture
def house(installed_house: House) -> House:
    choose(installed_house)
    return installed_house


def messages(house: House) -> list[Message]:
    return list(house.stage.exstream.state.messages.values())


def later(house: House, seconds: float = 3) -> None:
    house.stage.world.clock.advance(timedelta(seconds=seconds))
    house.drain()


def deliveries(house: House) -> list[CommunicationDelivery]:
    return sorted(house.rows(CommunicationDelivery), key=lambda one: one.key)


def ordered(house: House, **order: object) -> str:
    order_id = house.place_order("20.00", **order)  # type: ignore[arg-type]
    house.drain()
    return order_id


def state_of(house: House, order_id: str) -> str:
    return str(house.run_of(SLUG, order_id).state)


def test_an_invoice_is_composed_filed_as_a_record_and_mailed_exactly_as_filed(house):
    order_id = ordered(house)
    (row,) = house.rows(CommunicationRow)
    assert (row.job_key, row.state, row.contents, row.compositions) == (
        f"bigcommerce:demostore1:order:{order_id}:SF_INVOICE:1", "filed", None, 1)  # fmt: skip
    assert row.template_version == "1"
    filed = {one.name: one for one in house.rows(FiledDocument)}
    pdf = filed[f"Invoice_INV-{order_id}.pdf"]
    assert (pdf.folder, pdf.record_class, pdf.filed_by_us) == ("02 Payment", "Invoices", True)
    assert set(filed) == {pdf.name, f"Invoice_INV-{order_id}.html", f"Invoice_INV-{order_id} data.json"}
    (message,) = messages(house)
    sink = BytesIO()
    house.deps.opentext(house.store_id).documents.download(NodeId(pdf.node_id), pdf.version, sink)
    assert message.files[0].content == sink.getvalue()
    assert hashlib.sha256(message.files[0].content).hexdigest() == pdf.sha256
    assert message.destinations[0].address == "ada@example.com"
    assert message.subject == f"Your invoice for Order {order_id}"
    assert pdf.sha256 in deliveries(house)[0].sent


def test_the_callback_wakes_the_run_and_the_buyer_s_share_is_told(house):
    order_id = ordered(house)
    assert state_of(house, order_id) == "waiting"
    later(house)
    assert state_of(house, order_id) == "done"
    (delivery,) = deliveries(house)
    (told,) = delivery.recipients
    assert (delivery.state, told["state"], told["address"]) == ("delivered", "delivered", "a***@example.com")
    assert told["delivered_at"]
    assert "arrived" in house.steps_of(house.run_of(SLUG, order_id))[-1].summary


def test_a_lost_callback_is_healed_by_polling(house):
    house.stage.world.faults.add(FaultRule(system="exstream", path="*/callbacks/*", kind="withhold"))
    order_id = ordered(house)
    later(house)
    assert state_of(house, order_id) == "waiting"
    house.hurry()
    house.drain()
    assert state_of(house, order_id) == "done"


def test_a_bounce_stops_the_run_and_trying_again_sends_once_more(house):
    switches.turn_on(house.stage.world, house.stage.exstream.state, "bounce")
    order_id = ordered(house)
    later(house)
    step = house.steps_of(house.run_of(SLUG, order_id))[-1]
    assert (step.status, step.error_code) == ("quarantined", "delivery_failed")
    assert "a***@example.com" in step.error_message
    assert "stays filed" in step.error_hint
    replay.replay(house.deps, Selection(ids=(house.run_of(SLUG, order_id).id,)), "tester")
    house.drain()
    later(house)
    assert [one.state for one in deliveries(house)] == ["delivery_failed", "delivered"]
    assert (len(messages(house)), state_of(house, order_id)) == (2, "done")
    assert sum(house.stage.exstream.state.composed.values()) == 1


# Faults


@pytest.mark.parametrize("kind", ["status", "drop_before", "drop_after", "truncate"])
def test_one_fault_at_the_sending_never_sends_twice(house, kind):
    """A 503 is tried again by itself; what may have gone out waits for word of it, then for a person."""
    house.stage.world.faults.add(
        FaultRule(system="exstream", method="POST", path="*/outbound/emails", kind=kind, status=503, count=1)
    )
    order_id = ordered(house)
    if kind == "status":
        assert deliveries(house)[0].state == "refused"
        house.hurry()
        house.drain()
    else:
        assert deliveries(house)[0].state == "unknown"
        assert "not known" in house.steps_of(house.run_of(SLUG, order_id))[-1].summary
    later(house)
    if kind == "drop_before":  # nothing went out, but nobody can know
        house.hurry()
        house.drain()
        step = house.steps_of(house.run_of(SLUG, order_id))[-1]
        assert (step.status, step.error_code, messages(house)) == ("quarantined", "delivery_unknown", [])
        house.hurry()
        house.drain()
        assert messages(house) == []
        replay.replay(house.deps, Selection(ids=(house.run_of(SLUG, order_id).id,)), "tester")
        house.drain()
        later(house)
    assert state_of(house, order_id) == "done"
    assert len(messages(house)) == 1
    assert deliveries(house)[-1].state == "delivered"


def test_word_that_comes_after_a_person_was_asked_lets_the_run_go_on(house):
    house.stage.world.faults.add(
        FaultRule(system="exstream", method="POST", path="*/outbound/emails", kind="drop_after", count=1)
    )
    order_id = ordered(house)
    house.hurry()
    house.drain()
    assert state_of(house, order_id) == "quarantined"
    later(house)
    assert (state_of(house, order_id), len(messages(house))) == ("done", 1)


@pytest.mark.parametrize("kind", ["status", "drop_before", "drop_after", "truncate"])
def test_one_fault_at_the_composing_files_and_sends_once(house, kind):
    house.stage.world.faults.add(
        FaultRule(system="exstream", method="POST", path="*/generate", kind=kind, status=503, count=1)
    )
    order_id = ordered(house)
    assert messages(house) == []
    house.hurry()
    house.drain()
    later(house)
    assert (state_of(house, order_id), len(messages(house)), len(house.rows(FiledDocument))) == ("done", 1, 3)
    (row,) = house.rows(CommunicationRow)
    assert row.compositions == (1 if kind == "status" else 2)


def test_bytes_that_could_not_be_filed_are_filed_later_and_not_composed_again(house):
    house.stage.world.faults.add(
        FaultRule(system="content_server", method="POST", path="*/nodes", kind="status", status=503, count=1)
    )
    order_id = ordered(house)
    (row,) = house.rows(CommunicationRow)
    assert (row.state, row.contents is not None) == ("composed", True)
    assert b"%PDF" not in row.contents
    house.hurry()
    house.drain()
    later(house)
    assert (state_of(house, order_id), sum(house.stage.exstream.state.composed.values())) == ("done", 1)


def test_an_engine_that_keeps_failing_is_not_asked_for_ever(house):
    switches.turn_on(house.stage.world, house.stage.exstream.state, "engine_failure", 20)
    order_id = ordered(house)
    for _ in range(6):
        house.hurry()
        house.drain()
    step = house.steps_of(house.run_of(SLUG, order_id))[1]
    assert (step.status, step.error_code) == ("quarantined", "composition_unknown")
    assert house.rows(CommunicationRow)[0].compositions == 4


def test_a_template_that_is_not_approved_stops_before_anything_is_composed(house):
    state = house.stage.exstream.state
    for versions in state.assets["Storefront"].values():
        if versions[-1].name == "Invoice":
            versions[-1].state = "DRAFT"
    order_id = ordered(house)
    step = house.steps_of(house.run_of(SLUG, order_id))[1]
    assert (step.status, step.error_code) == ("quarantined", "not_approved")
    assert "approved" in step.error_hint
    assert house.rows(CommunicationRow)[0].compositions == 0


# Ways


def test_the_portal_shows_the_document_behind_an_expiring_link(house):
    choose(house, channel="portal")
    order_id = ordered(house)
    assert (state_of(house, order_id), messages(house)) == ("done", [])
    link = house.run_of(SLUG, order_id).facts["links"]["invoice"]
    (delivery,) = deliveries(house)
    assert delivery.state == "handed_over"
    answer = house.flask.test_client().get(link.removeprefix("http://app.test"), base_url="http://app.test")
    assert answer.status_code == 200
    pdf = next(one for one in house.rows(FiledDocument) if one.name.endswith(".pdf"))
    assert hashlib.sha256(answer.data).hexdigest() == pdf.sha256
    answer.close()
    with unit_of_work(house.deps.database) as uow:
        shared = uow.session.get_one(SharedDocument, link.split("/")[-2])
        assert shared.opened_at is not None
        shared.expires_at = shared.created_at
    answer = house.flask.test_client().get(link.removeprefix("http://app.test"), base_url="http://app.test")
    assert answer.status_code == 410


def test_print_hands_the_filed_bytes_to_exstream_and_its_job_reports(house):
    choose(house, channel="print")
    order_id = ordered(house)
    assert state_of(house, order_id) == "waiting"
    house.hurry()
    house.drain()
    assert state_of(house, order_id) == "waiting"
    later(house, 5)
    assert state_of(house, order_id) == "done"
    (message,) = messages(house)
    pdf = next(one for one in house.rows(FiledDocument) if one.name.endswith(".pdf"))
    assert hashlib.sha256(message.files[0].content).hexdigest() == pdf.sha256
    assert [each.event for each in house.rows(CommunicationNews)] == ["mailed"]


def test_a_service_of_exstream_that_mails_needs_no_notifications(house):
    usual = house.deps.opentext(house.store_id).connection
    assert usual.exstream is not None
    alone = replace(usual.exstream, notifications=None, channel_sends="mail")
    connections.save(house.deps, house.store_id, replace(usual, exstream=alone), "tester")
    choose(house, channel="mail")
    order_id = ordered(house)
    house.hurry()
    house.drain()
    later(house, 5)
    assert state_of(house, order_id) == "done"
    (message,), (delivery,) = messages(house), deliveries(house)
    assert (delivery.channel, delivery.provider, delivery.state) == ("mail", "exstream_channel", "delivered")
    filed = {one.sha256 for one in house.rows(FiledDocument)}
    assert message.files
    assert {hashlib.sha256(each.content).hexdigest() for each in message.files} <= filed
    assert "was handed to Exstream" in house.steps_of(house.run_of(SLUG, order_id))[-1].summary


def test_without_an_end_the_watch_is_given_up_and_said(house):
    choose(house, channel="print")
    house.stage.world.faults.add(FaultRule(system="exstream", path="*/callbacks/*", kind="withhold"))
    order_id = ordered(house)
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(CommunicationDelivery, deliveries(house)[0].key)
        row.handed_at = row.handed_at - timedelta(days=6)
    house.hurry()
    house.drain()
    assert state_of(house, order_id) == "done"
    assert "nobody told us" in house.steps_of(house.run_of(SLUG, order_id))[-1].summary


def test_a_message_that_comes_back_after_it_was_sent_is_noted(house):
    order_id = house.place_order("20.00", email="returned@example.com")
    house.drain()
    later(house)
    assert state_of(house, order_id) == "done"
    later(house, 61)
    (delivery,) = deliveries(house)
    assert (delivery.state, delivery.reason) == ("delivery_failed", "Returned: no such user")


def test_a_store_without_exstream_is_asked_to_connect_it(house):
    connection = house.connection(house.store_id)
    connections.save(house.deps, house.store_id, replace(connection, exstream=None), "tester")
    order_id = ordered(house)
    step = house.steps_of(house.run_of(SLUG, order_id))[1]
    assert (step.status, step.error_code) == ("waiting_reauth", "not_connected")
    assert house.rows(OpenTextConnection)[0].state == "connected", "nothing of OpenText has broken"
    assert "no longer accepts our credentials" not in panel(house, order_id)
    connections.save(house.deps, house.store_id, connection, "tester")
    house.drain()
    later(house)
    assert state_of(house, order_id) == "done"


def test_it_works_on_postgresql(postgres_url):
    with a_house(postgres_url) as house:
        house.install()
        choose(house)
        order_id = ordered(house)
        later(house)
        assert (state_of(house, order_id), deliveries(house)[0].state) == ("done", "delivered")
        assert "Mailed to a***@example.com delivered" in panel(house, order_id)


# What people see


def panel(house: House, order_id: str) -> str:
    page = Doors(house).signed_in(path=f"/orders/{order_id}").get(f"/panel/orders/{order_id}")
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)).split())


def test_the_panel_says_how_the_document_reached_the_buyer(house):
    order_id = ordered(house)
    shown = panel(house, order_id)
    assert "Mailed to a***@example.com on its way" in shown
    later(house)
    assert "Mailed to a***@example.com delivered" in panel(house, order_id)
    later(house, 60)
    (message,) = messages(house)
    track = message.destinations[0].track
    httpx.Client(transport=house.stage.transport).get(f"http://exstream.test/mra/v1/track/{track}")
    house.drain()
    shown = panel(house, order_id)
    assert "Mailed to a***@example.com opened" in shown
    assert shown.count("Mailed to") == 1  # beside the document, not beside its data
