"""A store that fell silent: who chose it is mailed once, and once more when it speaks again."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from app.db import audit
from app.db.audit import AuditEntry
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.domain import audit_chain
from app.engine import silent_stores
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER, Browser, Doors
from tests.engine import letters, office
from tests.house import House
from tests.unit.web_pages.test_document_page import text
from tests.unit.web_pages.test_order_panel import words_on

PAGE = "/settings/messages"
ADMIN = "admin@northwind.example"


@pytest.fixture
def owner(house: House) -> Browser:
    house.install()
    return Doors(house).signed_in()


def heard(house: House, at: datetime) -> None:
    """The last message of the store came then; it was installed long before."""
    with unit_of_work(house.deps.database) as uow:
        row = uow.session.get_one(StoreRow, house.store_id)
        row.last_delivery_at, row.installed_at = at, utc_now() - timedelta(days=30)


def mails(house: House) -> list[tuple[str, str]]:
    """(to, text) of everything that was mailed."""
    return [
        (one.address, message.body.content.decode())
        for message in letters.messages(house)
        for one in message.destinations
        if message.body
    ]


def recorded(house: House) -> list[tuple[str, str | None, str]]:
    """(what, to whom, how it went) of the audit log's entries of such mails."""
    with reading(house.deps.database) as session:
        log = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq))).all()
        return [
            (one.action, audit_chain.words(one.detail["to"]), one.detail["state"])
            for one in log
            if one.action in ("silence.told", "silence.over_told")
        ]


def choose(owner: Browser, mail_to: str) -> int:
    return int(owner.post(PAGE, {"hours": "4", "quiet_from": "", "quiet_until": "", "mail_to": mail_to}).status_code)


def test_one_mail_when_it_falls_silent_and_one_when_it_speaks_again(house: House, owner: Browser) -> None:
    heard(house, utc_now() - timedelta(hours=5))
    silent_stores.sweep(house.deps)
    assert mails(house) == []  # nobody asked for any
    assert choose(owner, ADMIN) == 303
    silent_stores.sweep(house.deps)
    silent_stores.sweep(house.deps)
    ((to, said),) = mails(house)
    assert to == ADMIN
    assert "has told Storefront ECM nothing since" in said
    assert house.store_row().admin_url in said
    heard(house, utc_now())
    silent_stores.sweep(house.deps)
    silent_stores.sweep(house.deps)
    assert len(mails(house)) == 2
    assert "come again; the latest came on" in mails(house)[1][1]
    assert recorded(house) == [("silence.told", ADMIN, "done"), ("silence.over_told", ADMIN, "done")]
    log = words_on(text(owner, "/settings/audit?who=system"))
    assert "Mailed that the store is silent: The store" in log
    assert f"mailed to: {ADMIN} · how it went: done" in log
    heard(house, utc_now() - timedelta(hours=6))
    assert choose(owner, "chef@northwind.example") == 303
    assert choose(owner, "") == 303
    silent_stores.sweep(house.deps)
    assert len(mails(house)) == 2


def test_a_mail_that_did_not_go_out_is_tried_again_and_one_in_doubt_is_not(house: House, owner: Browser) -> None:
    heard(house, utc_now() - timedelta(hours=5))
    assert choose(owner, ADMIN) == 303
    down = letters.stop(house, "exstream")
    silent_stores.sweep(house.deps)
    page = words_on(text(owner, PAGE))
    assert "tried again every five minutes" in page
    assert mails(house) == []
    office.heal(house, down)
    house.hurry()
    silent_stores.sweep(house.deps)
    assert len(mails(house)) == 1
    assert "tried again every five minutes" not in words_on(text(owner, PAGE))
    heard(house, utc_now())
    house.stage.world.faults.add(FaultRule(system="exstream", method="POST", kind="drop_after", count=1))
    silent_stores.sweep(house.deps)
    assert "It is not known whether the mail went out." in words_on(text(owner, PAGE))
    house.hurry()
    silent_stores.sweep(house.deps)
    assert len(mails(house)) == 2  # it did go out: never twice
    assert recorded(house) == [("silence.told", ADMIN, "done"), ("silence.over_told", ADMIN, "sent")]
    with unit_of_work(house.deps.database) as uow:
        audit.forget_words(uow.session, house.store_id)
        assert audit.first_bad_entry(uow.session, house.store_id) is None
    assert {to for _what, to, _how in recorded(house)} == {None}


def test_an_address_is_taken_only_where_it_can_be_mailed_to(house: House, owner: Browser) -> None:
    for wrong in ("nobody", "a@b.example, c@d.example", "a@b.example?bcc=c@d.example"):
        assert choose(owner, wrong) == 422
    assert "Also mail it to" in text(owner, PAGE)
    with unit_of_work(house.deps.database) as uow:
        uow.session.get_one(OpenTextConnection, house.store_id).exstream = None
    assert choose(owner, ADMIN) == 422
    page = words_on(text(owner, PAGE))
    assert "Also mail it to" not in page
    assert "first connects OpenText Notifications, or an Exstream service that mails" in page
    with unit_of_work(house.deps.database) as uow:  # chosen before it was disconnected
        uow.session.get_one(StoreRow, house.store_id).silence_mail_to = ADMIN
    assert "No mail goes out: neither OpenText Notifications nor" in words_on(text(owner, PAGE))
    assert choose(owner, ADMIN) == 303
    assert Doors(house).signed_in(OTHER).get(PAGE).status_code == 200
