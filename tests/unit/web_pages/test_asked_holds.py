"""A hold asked for while OpenText is down: kept, shown as queued, done in order, or stopped with a way out."""

import pytest
from sqlalchemy import select

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, WorkspaceLink
from app.db.runs import Run, Work
from app.db.session import reading, unit_of_work
from app.db.stores import StoreUser
from app.domain.ids import NodeId, OrderId
from app.domain.privacy import Person
from app.engine import asked_holds, redaction
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import OTHER, Browser, Doors
from tests.house import House
from tests.unit.web_pages.test_document_page import text
from tests.unit.web_pages.test_order_panel import words_on

SLUGS = ("hold-by-hand", "release-by-hand")


class Held:
    """An order under review, its record, and somebody who asks for holds on it."""

    def __init__(self, house: House) -> None:
        house.move_in()
        self.house, self.order = house, house.place_order("950.00", ship_to="FR")
        house.drain()
        (self.record,) = [one for one in house.rows(FiledDocument) if one.name.endswith("record.pdf")]
        (self.link,) = house.rows(WorkspaceLink, object_type="order", object_id=self.order)
        self.panel = f"/panel/orders/{self.order}"
        self.page = f"{self.panel}/documents/{self.record.id}/holds"
        self.browser: Browser = Doors(house).signed_in()

    def ask(self, do: str = "document", hold: str = "Case 4711", status: int = 200, click: str = "") -> str:
        form = {"do": do, "hold": hold, "reason": "A claim was announced"} | ({"click": click} if click else {})
        answer = self.browser.post(self.page, form)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return words_on(answer.get_data(as_text=True))

    def down(self) -> None:
        self.house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))

    def up(self) -> None:
        """OpenText answers again, and what waits is due."""
        self.house.stage.world.faults.remove()
        self.house.hurry()
        self.house.drain()

    def in_opentext(self) -> tuple[str, ...]:
        return self.house.deps.opentext(self.house.store_id).holds.active_on(NodeId(self.record.node_id))

    def runs(self) -> list[Run]:
        return [one for one in self.house.rows(Run) if one.scenario in SLUGS]


@pytest.fixture
def held(house: House) -> Held:
    return Held(house)


def test_a_hold_asked_for_while_opentext_is_down_is_kept_and_ends_well(held: Held) -> None:
    held.down()
    said = held.ask(status=202, click="a" * 32)
    assert "counts as held from now on" in said
    assert "Hold “Case 4711” requested by you" in said
    assert "not yet in OpenText" in said
    assert held.ask(status=202, click="a" * 32).count("requested by you") == 1  # a double click is one request
    (run,) = held.runs()
    (event,) = held.house.rows(InboxEvent, id=run.event_id)
    assert (event.state, event.reason, event.detail["request"]) == ("done", "planned", "hold")
    assert "A claim" not in str(event.detail)
    assert "Put on a hold by a person" in words_on(text(held.browser, held.panel))
    held.up()
    assert held.in_opentext() == ("Case 4711",)
    page = words_on(text(held.browser, held.page))
    assert "not yet in OpenText" not in page
    assert "On hold: Case 4711" in page
    told = [one for one in held.house.rows(AuditEntry) if one.action.startswith("hold.")]
    assert [one.action for one in told] == ["hold.asked", "hold.applied"]
    assert told[0].actor == told[1].actor
    assert told[0].detail["reason"]["text"] == "A claim was announced"


def test_what_is_asked_one_after_the_other_is_done_in_that_order(held: Held) -> None:
    held.down()
    held.ask("document", status=202)
    assert "stays on the hold until OpenText has released it" in held.ask("release", status=202)
    held.ask("workspace", hold="Audit", status=202)  # another matter waits for nobody
    with unit_of_work(held.house.deps.database) as uow:  # the later one is due first
        first, second, _other = sorted(held.runs(), key=lambda one: one.started_at)
        work = {one.ref_id: one for one in uow.session.scalars(select(Work))}
        work[first.id].due_at += 5
        work[second.id].due_at -= 50
    held.up()
    held.house.hurry()
    held.house.drain()
    assert {one.state for one in held.runs()} == {"done"}
    assert held.in_opentext() == ("Audit",)
    told = [
        (one.action, one.detail.get("hold")) for one in held.house.rows(AuditEntry) if one.action.startswith("hold.")
    ]
    done = [action for action, number in told if number and number == dict(told)["hold.released"]]
    assert done == ["hold.applied", "hold.released"]


def test_rights_are_asked_again_when_it_is_done_and_a_refusal_has_its_way_out(held: Held) -> None:
    held.down()
    held.ask(status=202)
    with unit_of_work(held.house.deps.database) as uow:
        (user,) = uow.session.scalars(select(StoreUser)).all()
        user.role = "viewer"
    held.up()
    assert held.in_opentext() == ()
    (run,) = held.runs()
    assert run.state == "quarantined"
    with unit_of_work(held.house.deps.database) as uow:
        uow.session.get_one(StoreUser, user.id).role = "owner"
    page = words_on(text(held.browser, held.page))
    assert "may not do this any more" in page
    for way in ("Try now", "Leave this step out", "Report for support"):
        assert way in page
    assert held.browser.post(f"/panel/runs/{run.id}/try", {}).status_code == 303
    held.house.drain()
    assert held.in_opentext() == ("Case 4711",)


def test_what_opentext_refuses_is_said_at_once_and_can_be_left_out(held: Held) -> None:
    held.ask("workspace", hold="All of it")
    held.house.stage.world.faults.add(FaultRule(system="content_server", method="POST", kind="status", status=400))
    said = held.ask(hold="Other", status=409)
    assert "OpenText did not do it" in said
    (run,) = [one for one in held.runs() if one.state == "quarantined"]
    assert held.browser.post(f"/activity/runs/{run.id}/skip", {}).status_code == 303
    held.house.drain()
    assert "Hold “Other”" not in words_on(text(held.browser, held.page))
    held.house.stage.world.faults.remove()
    assert "It came off the hold" in held.ask("release", hold="All of it")


def test_from_the_moment_it_was_asked_for_we_delete_nothing_it_names(held: Held) -> None:
    held.down()
    held.ask("workspace", status=202)
    house = held.house
    with reading(house.deps.database) as session:
        (waiting,) = asked_holds.waiting(session, house.store_id)
    assert waiting.is_about("order", held.order, "any document of it")
    assert not waiting.is_about("order", "999", held.record.id)
    report = redaction.redact(house.deps, house.store_id, Person(order_ids=(OrderId(held.order),)))
    kept = {one.name: one.holds for one in (*report.records, *report.others)}
    assert kept
    assert all("Case 4711" in holds for holds in kept.values())
    assert report.others == ()


def test_who_may_only_look_or_belongs_to_another_store_asks_for_nothing(held: Held) -> None:
    viewer = Doors(held.house).signed_in(OTHER, role=Role.VIEWER)
    assert viewer.post(held.page, {"do": "document", "hold": "x", "reason": "y"}).status_code == 403
    other = held.page.replace(held.record.id, "0" * 32)
    assert held.browser.post(other, {"do": "document", "hold": "x", "reason": "y"}).status_code == 404
    assert held.runs() == []
