"""A buyer's rights: what is kept is told, what may go goes, what the law keeps is named, and nobody comes back."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.db import audit
from app.db.inbox import InboxEvent
from app.db.links import SubjectSnapshot, WorkspaceLink
from app.db.personal import REDACTED, Scrubber
from app.db.redaction import RedactedPerson
from app.db.runs import Run
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.domain import audit_chain
from app.domain.commerce import Address
from app.domain.ids import CustomerId, OrderId
from app.domain.privacy import NOBODY, Person, anonymous, identities
from app.engine import redaction
from tests.builders import an_order
from tests.house import House, a_house

# As the house's buyers are called.
CANARIES = ("Ada Löwe", "Löwe", "ada@example.com", "Hauptstraße 1")
ADA = Person(emails=("Ada@Example.com",), names=("Ada Löwe",))


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with a_house(database_url) as built:
        built.move_in()
        yield built


def bought(house: House) -> str:
    order = house.place_order("950.00", ship_to="FR")
    house.drain()
    return order


def everything(house: House) -> str:
    """Every value of every row, sealed bodies opened, as one text."""
    found: list[Any] = []
    with reading(house.deps.database) as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                values = dict(row._mapping)
                if table.name == "inbox_event" and values["raw"]:
                    values["raw"] = house.deps.vault.decrypt(values["raw"], f"inbox_event:raw:{values['id']}").decode()
                found.append({name: str(value) for name, value in values.items() if not isinstance(value, bytes)})
    return json.dumps(found, ensure_ascii=False)


def canaries_in(text: str) -> list[str]:
    return [one for one in CANARIES if one.lower() in text.lower()]


def test_a_person_is_gone_from_every_row_and_the_rest_stays(house: House, caplog: pytest.LogCaptureFixture) -> None:
    order = bought(house)
    body = json.dumps({"order": {"email": "ada@example.com", "name": "Ada Löwe"}}, ensure_ascii=False).encode()
    put_aside(house, order, body)
    with unit_of_work(house.deps.database) as uow:
        why = audit_chain.said("Ada Löwe announced a claim")
        audit.record(
            uow.session, house.store_id, "user:1", "hold.applied", "node:5", reason=why, about=f"order:{order}"
        )
    before = everything(house)
    assert "Ada Löwe" in before
    assert "ada@example.com" in before
    caplog.clear()
    with caplog.at_level(logging.INFO):
        report = redaction.redact(house.deps, house.store_id, ADA, by="tester")
    after = everything(house)
    assert canaries_in(after) == []
    assert canaries_in(caplog.text) == []
    assert f"order:{order}" in report.objects
    assert report.rows["subject_snapshot"] == 1
    assert report.raw_bodies >= 1
    run = house.run_of("order-review", order)
    assert (run.state, run.subject_name) == ("waiting", f"Order {order}")
    assert "950.00" in after  # the books need amounts
    with reading(house.deps.database) as session:
        assert audit.first_bad_entry(session, house.store_id) is None


def put_aside(house: House, order: str, body: bytes) -> None:
    """A delivery in quarantine that names the person, and one about something else."""
    for number, raw in enumerate((body, b'{"product": 7}')):
        row = InboxEvent(
            store_id=house.store_id, source="store", delivery_key=f"odd:{number}", topic="ignored",
            state="quarantined", reason="unreadable: Ada Löwe", object_type="order", object_id=order,
        )  # fmt: skip
        if number:
            row.object_type, row.object_id, row.reason = "", "", ""
        row.raw = house.deps.vault.encrypt(raw, f"inbox_event:raw:{row.id}")
        with unit_of_work(house.deps.database) as uow:
            uow.session.add(row)


def test_another_buyer_and_what_is_about_nobody_are_left_alone(house: House) -> None:
    bought(house)
    with unit_of_work(house.deps.database) as uow:
        facts = {"customer_name": "Ada Byron", "customer_email": "byron@example.com"}
        uow.session.add(
            SubjectSnapshot(store_id=house.store_id, object_type="order", object_id="9001", name="9001", facts=facts)
        )
    put_aside(house, "1", b"{}")
    redaction.redact(house.deps, house.store_id, ADA)
    (other,) = house.rows(SubjectSnapshot, object_id="9001")
    assert other.facts["customer_name"] == "Ada Byron"
    (untouched,) = house.rows(InboxEvent, delivery_key="odd:1")
    assert untouched.raw is not None


def test_records_stay_and_are_named_with_the_reason_and_the_rest_is_listed(house: House) -> None:
    order = bought(house)
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order)
    report = redaction.redact(house.deps, house.store_id, ADA)
    (record,) = report.records
    assert record.name == f"Order {order} record.pdf"
    assert (record.record_class, record.must_stay) == ("Orders", True)
    assert record.retention.startswith("Kept for 7 years, until ")
    assert report.others == ()
    assert report.workspaces == (link.workspace_url,)
    deleted = [entry for entry in house.stage.world.ledger.since(system="content_server") if entry.method == "DELETE"]
    assert deleted == []


def test_what_the_store_tells_later_comes_without_the_person(house: House) -> None:
    order = bought(house)
    redaction.redact(house.deps, house.store_id, ADA)
    house.store_api.put(f"v2/orders/{order}", json={"staff_notes": "changed"})
    house.drain()
    again = house.place_order("950.00")  # an old delivery with the same person, as far as we can tell
    house.drain()
    assert house.run_of("order-review", again).state == "waiting"
    assert canaries_in(everything(house)) == []
    read = house.deps.store(house.store_id).read
    assert read.order(OrderId(again)).customer_name == NOBODY
    since = datetime(2020, 1, 1, tzinfo=UTC)
    assert all(isinstance(version, str) for _, version in read.orders_changed_since(since))


def test_asked_twice_nothing_more_happens(house: House) -> None:
    bought(house)
    redaction.redact(house.deps, house.store_id, ADA)
    report = redaction.redact(house.deps, house.store_id, ADA)
    assert (report.rows, report.raw_bodies) == ({}, 0)
    assert len(house.rows(RedactedPerson)) == 1


def test_a_data_request_tells_what_is_kept_without_secrets(house: House) -> None:
    order = bought(house)
    told = redaction.data_of(house.deps, house.store_id, Person(order_ids=(OrderId(order),)), by="tester")
    (snapshot,) = told.rows["subject_snapshot"]
    assert snapshot["facts"]["customer_email"] == "ada@example.com"
    assert {"run", "step", "workflow_link", "workspace_link", "filed_document"} <= set(told.rows)
    assert [one.name for one in told.documents] == [f"Order {order} record.pdf"]
    assert not [name for rows in told.rows.values() for row in rows for name in row if "sha256" in name]
    with reading(house.deps.database) as session:
        actions = session.execute(select(audit.AuditEntry.action)).scalars().all()  # type: ignore[call-overload]
    assert actions.count("personal_data_told") == 1


def test_a_person_we_know_nothing_of_leaves_only_a_tombstone(house: House) -> None:
    report = redaction.redact(house.deps, house.store_id, Person(CustomerId("4711"), emails=("who@example.com",)))
    assert (report.rows, report.records) == ({}, ())
    assert len(house.rows(RedactedPerson)) == 2
    assert "who@example.com" not in everything(house)


def test_a_store_that_left_is_forgotten_whole_and_its_trail_holds(house: House) -> None:
    bought(house)
    count = redaction.redact_store(house.deps, house.store_id)
    assert count > 20
    with reading(house.deps.database) as session:
        left = {
            table.name
            for table in metadata.sorted_tables
            if "store_id" in table.c
            and session.execute(select(table).where(table.c.store_id == house.store_id)).first() is not None
        }
        assert left == {"audit", "effect"}
        store = session.get_one(StoreRow, house.store_id)
        assert (store.token, store.owner_email, store.name) == (None, "", "")
        assert audit.first_bad_entry(session, house.store_id) is None
    assert house.rows(Run) == []
    assert redaction.redact_store(house.deps, house.store_id) == 0


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("Order 5 · Ada Löwe", f"Order 5 · {REDACTED}"),
        ("ADA LÖWE called", f"{REDACTED} called"),
        ("Nevada and Adam", "Nevada and Adam"),
        ("to ada@example.com.", f"to {REDACTED}."),
        ("xada@example.com", "xada@example.com"),
    ],
)
def test_whole_words_go_and_others_stay(text: str, scrubbed: str) -> None:
    scrubber = Scrubber(["Ada Löwe", "Ada", "ada@example.com", "", " "])
    assert scrubber.scrub({"a": [text, 5, None]}) == {"a": [scrubbed, 5, None]}


def test_a_scrubber_without_words_changes_nothing() -> None:
    assert Scrubber([""]).scrub("text") == "text"
    assert not Scrubber([]).is_in("text")


def test_an_order_without_its_buyer_keeps_what_the_books_need() -> None:
    home = Address("Ada", "", "Street 1", "Köln", "", "50667", "Germany", "DE", "b@example.com", "1")
    seven = CustomerId("7")
    order = an_order(customer_id=seven, customer_name="Ada", customer_email="a@example.com", billing=home)
    assert set(identities(order)) == {("customer", "7"), ("email", "a@example.com"), ("email", "b@example.com")}
    left = anonymous(order)
    assert (left.customer_name, left.customer_email, left.billing) == (
        NOBODY,
        "",
        Address(country="Germany", country_code="DE"),
    )
    assert (left.number, left.total.amount > Decimal(0), left.lines) == (order.number, True, order.lines)
