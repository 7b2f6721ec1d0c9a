"""Workflows of both engines around an object: asked for behind the page, kept beside its workspace, shown."""

import pytest

from app.db.links import WorkflowLink, WorkspaceLink
from app.domain.content import ProcessStatus
from app.domain.ids import NodeId
from app.opentext import OpenText, open_text
from app.opentext.login import TokenCache
from app.outbound import Outbound
from sandbox.content_server import seed
from sandbox.kernel.faults import FaultRule
from sandbox.otds.state import Client
from tests.doors import Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on

ANNA = "anna.berg@demo"


@pytest.fixture
def order(installed_house: House) -> str:
    """An order in review, with a Content Server workflow on its record besides."""
    house = installed_house
    number = house.place_order("950.00")
    house.drain()
    link = the_link(house, number)
    opentext = house.deps.opentext(house.store_id)
    [record] = opentext.documents.in_workspace(NodeId(link.workspace_id))
    started = opentext.content_workflows.start(
        seed.QUICK_APPROVAL, [record.id], workspace=NodeId(link.workspace_id), title="Check the record"
    )
    assert started.status is ProcessStatus.RUNNING
    return number


def the_link(house: House, order: str) -> WorkspaceLink:
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order)
    found: WorkspaceLink = link
    return found


def look(house: House, order: str) -> list[dict[str, object]]:
    """What "Check now" brings."""
    house.request(house.store_id, "order", order, "recheck")
    house.drain()
    return the_link(house, order).workflows


def panel(house: House, order: str) -> str:
    return words_on(Doors(house).signed_in().get(f"/panel/orders/{order}").get_data(as_text=True))


def as_anna(house: House) -> OpenText:
    client = Client("anna's client", "their-own-secret-0123456789", service_user=ANNA)
    house.stage.otds.directory.state.clients[client.id] = client
    connection = house.connection(house.store_id)
    content = type(connection.content_server)(
        **vars(connection.content_server) | {"client_id": client.id, "client_secret": "their-own-secret-0123456789"}
    )
    own = type(connection)(**vars(connection) | {"content_server": content})
    return open_text(own, Outbound(house.settings, house.stage.transport), TokenCache())


def test_both_kinds_stand_there_with_who_must_act(installed_house: House, order: str) -> None:
    found = look(installed_house, order)
    assert {(row["engine"], row["status"]) for row in found} == {
        ("content_server", "running"), ("workflow_service", "running"),
    }  # fmt: skip
    words = panel(installed_house, order)
    assert "Check the record" in words
    assert "Waiting for a decision" in words
    (own,) = [row for row in found if row["engine"] == "content_server"]
    assert own["url"] == f"http://content.test/cs/cs/app/processes/{own['id']}/{own['id']}/1"
    assert own["tasks"]


def test_how_it_ended_is_asked_once_and_kept(installed_house: House, order: str) -> None:
    look(installed_house, order)
    anna = as_anna(installed_house).content_workflows
    anna.decide(anna.assignments()[0].id, "Reject", "Not this one")
    (ended,) = [row for row in look(installed_house, order) if row["engine"] == "content_server"]
    assert (ended["status"], ended["outcome"], ended["by"], ended["tasks"]) == ("completed", "rejected", ANNA, [])
    assert "Not this one" in panel(installed_house, order)
    ledger = installed_house.stage.world.ledger
    before = ledger.since()[-1].sequence
    look(installed_house, order)
    asked = [entry.path for entry in ledger.since(before) if f"/processes/{ended['id']}" in entry.path]
    assert asked == []


def test_who_took_the_task_is_known_after_a_look(installed_house: House, order: str) -> None:
    engine = installed_house.stage.workflow.engine
    (task,) = engine.tasks()
    engine.claim(task.id, ANNA, engine.person(ANNA))
    look(installed_house, order)
    (link,) = installed_house.rows(WorkflowLink)
    assert [one["assignee"] for one in link.tasks] == [ANNA]
    assert link.tasks[0]["due_at"] is not None
    assert f"Who must act {ANNA}" in panel(installed_house, order)


def test_what_one_engine_said_before_stays_while_it_is_silent(installed_house: House, order: str) -> None:
    before = look(installed_house, order)
    faults = installed_house.stage.world.faults
    faults.add(FaultRule(system="content_server", path="*/workflows/*", kind="status", status=503))
    after = look(installed_house, order)
    assert {row["id"] for row in after} == {row["id"] for row in before}
    assert the_link(installed_house, order).workflows_unknown == "content_server"
    assert "Content Server did not answer when we last looked" in panel(installed_house, order)
    faults.remove()
    look(installed_house, order)
    assert the_link(installed_house, order).workflows_unknown == ""


def test_after_the_decision_its_own_run_tells_it(installed_house: House, order: str) -> None:
    look(installed_house, order)
    installed_house.decide(order, "approved")
    installed_house.drain()
    assert [row["engine"] for row in look(installed_house, order)] == ["content_server"]
