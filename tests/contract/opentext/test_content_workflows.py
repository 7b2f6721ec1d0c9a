"""Content Server's own workflows, and both kinds behind one face: our true clients against the stand-ins."""

from datetime import timedelta

import pytest

from app.domain.content import BusinessObject, ProcessStatus, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import NotFound, Permanent, Retryable
from app.opentext import OpenText, open_text
from app.opentext.content_server.workflows import ContentWorkflows
from app.opentext.login import TokenCache
from app.opentext.workflow_service.models import load_model
from app.opentext.workflows import Engine
from sandbox.content_server import CallbackSettings, seed
from sandbox.otds.state import Client
from tests.contract.opentext.landscape import Landscape, a_connection

QUICK, WITH_START = seed.QUICK_APPROVAL, seed.DOCUMENT_APPROVAL
PRODUCT = BusinessObject("BigCommerce", "PRODUCT", "bc-1-9")


def person(land: Landscape, user: str) -> OpenText:
    """Our clients signed in as somebody: an OAuth client of OTDS that stands for this user."""
    client = Client(f"client of {user}", "their-own-secret-0123456789", service_user=user)
    land.otds.directory.state.clients[client.id] = client
    connection = a_connection(client_id=client.id, client_secret="their-own-secret-0123456789")
    return open_text(connection, land.outbound, TokenCache())


@pytest.fixture
def anna(land: Landscape) -> ContentWorkflows:
    """Content Approvers, Order Review."""
    return person(land, "anna.berg@demo").content_workflows


@pytest.fixture
def rita(land: Landscape) -> ContentWorkflows:
    """Records Managers."""
    return person(land, "rita.records@demo").content_workflows


@pytest.fixture
def workflows(land: Landscape) -> ContentWorkflows:
    return land.opentext.content_workflows


@pytest.fixture
def workspace(land: Landscape) -> NodeId:
    return land.opentext.workspaces.ensure(WorkspaceSpec(PRODUCT, {"productId": ("9",), "store": ("1",)})).id


@pytest.fixture
def sheet(land: Landscape, workspace: NodeId) -> NodeId:
    folder = land.opentext.documents.folder(workspace, "01 Content")
    return land.opentext.documents.upload(folder, "sheet.json", b"{}", "application/json").id


def test_a_map_without_start_step_starts_in_one_call(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    workflows.map_id(QUICK, [sheet])
    land.calls()
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    assert started.status is ProcessStatus.RUNNING
    assert started.name == QUICK
    assert started.started_at is not None
    assert [call for call in land.calls() if call.startswith(("POST", "PUT"))] == ["POST v2/draftprocesses/startwf"]


def test_a_map_with_start_step_goes_by_draft_values_and_initiate(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    due = land.world.clock.now() + timedelta(days=2)
    started = workflows.start(
        WITH_START, [sheet], workspace=workspace, title="Sheet of 9, first try",
        values={"reason": "New season", "Approver": 1002}, due=due, comment="Please",
    )  # fmt: skip
    assert started.name == "Sheet of 9, first try"
    [task] = workflows.tasks(started.id)
    assert (task.name, task.assignee, task.candidates) == ("Approve", "anna.berg@demo", ())
    assert task.due_at is not None
    assert abs(task.due_at - due) < timedelta(seconds=1)
    writes = [call for call in land.calls() if call.startswith(("POST", "PUT")) and "process" in call]
    draft = writes[1].rpartition("/")[2]
    assert writes == ["POST v2/draftprocesses", f"PUT v2/draftprocesses/{draft}", f"PUT v2/draftprocesses/{draft}"]


def test_a_start_step_met_unawares_is_gone_round_and_remembered(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    started = workflows.start(WITH_START, [sheet], workspace=workspace)
    assert started.status is ProcessStatus.RUNNING
    assert [call for call in land.calls() if "startwf" in call] == ["POST v2/draftprocesses/startwf"]
    workflows.stop(started.id)
    workflows.start(WITH_START, [sheet], workspace=workspace)
    assert not [call for call in land.calls() if "startwf" in call]


@pytest.mark.parametrize("name", [QUICK, WITH_START])
def test_starting_again_finds_the_running_one(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId, name: str
) -> None:
    first = workflows.start(name, [sheet], workspace=workspace)
    assert workflows.start(name, [sheet], workspace=workspace).id == first.id
    fresh = land.open().content_workflows  # nothing remembered: told by the attachments
    assert fresh.start(name, [sheet], workspace=workspace).id == first.id
    assert [each.id for each in fresh.active(workspace)] == [first.id]


def test_another_document_or_map_is_another_workflow(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    folder = land.opentext.documents.folder(workspace, "01 Content")
    other = land.opentext.documents.upload(folder, "other.json", b"[]", "application/json").id
    pairs = [(name, document) for name in (QUICK, WITH_START) for document in (sheet, other)]
    assert len({workflows.start(name, [document], workspace=workspace).id for name, document in pairs}) == 4


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_a_start_whose_answer_was_lost_happens_once(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId, kind: str
) -> None:
    workflows.map_id(QUICK, [sheet])
    land.fault(kind, path="*/startwf")
    with pytest.raises(Retryable) as caught:
        workflows.start(QUICK, [sheet], workspace=workspace)
    assert caught.value.unknown_outcome
    workflows.start(QUICK, [sheet], workspace=workspace)
    assert len(land.world.ledger.effects("content_server", "started")) == 1


def test_a_titled_one_that_finished_meanwhile_is_not_started_twice(
    land: Landscape, workflows: ContentWorkflows, anna: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    first = workflows.start(QUICK, [sheet], workspace=workspace, title="Sheet 9, version 1")
    [task] = anna.assignments()
    anna.decide(task.id, "Approve")
    again = land.open().content_workflows.start(QUICK, [sheet], workspace=workspace, title="Sheet 9, version 1")
    assert (again.id, again.status) == (first.id, ProcessStatus.COMPLETED)
    assert again.ended_at is not None


def test_tasks_are_their_assignees_alone(
    workflows: ContentWorkflows, anna: ContentWorkflows, rita: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    assert workflows.assignments() == []
    assert rita.assignments() == []
    [task] = anna.assignments()
    for other in (workflows, rita):
        with pytest.raises(NotFound) as caught:
            other.decide(task.id, "Approve")
        assert caught.value.specific_code == "not_our_task"
        with pytest.raises(NotFound):
            other.open(task.id)
    assert [action.key for action in anna.open(task.id).actions if action.is_disposition] == [
        "Approve", "Reject", "Request changes",
    ]  # fmt: skip
    [shown] = workflows.tasks(started.id)
    assert shown.id == task.id
    assert {"anna.berg@demo", "tom.okafor@demo"} <= set(shown.candidates)


def test_the_approval_is_written_by_the_last_step_and_reported(
    land: Landscape, workflows: ContentWorkflows, anna: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    secret = "a-signing-secret-0123456789"
    land.content_server.configure_callbacks(CallbackSettings("http://app.test/callbacks/content", secret=secret))
    land.fault("withhold", path="/callbacks/*")
    land.opentext.documents.add_version(sheet, b'{"two": 2}', "application/json")
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    assert workflows.decision(started.id) is None
    anna.decide(anna.assignments()[0].id, "Approve", "Fine by me")
    approval = land.opentext.documents.approval(sheet)
    assert (approval.status, approval.version, approval.by, approval.comment) == (
        "Approved", 2, "anna.berg@demo", "Fine by me",
    )  # fmt: skip
    decision = workflows.decision(started.id)
    assert decision is not None
    assert (decision.outcome, decision.by, decision.comment) == ("approved", "anna.berg@demo", "Fine by me")
    assert decision.at is not None
    [report] = land.world.deliveries.withheld
    assert f'"process_id": {started.id}'.encode() in report.body
    assert b'"event": "content.approved"' in report.body
    audit = [entry.name for entry in land.content_server.state.audit[sheet]]
    assert audit[-3:] == ["Workflow Initiated", "Workflow Completed", "Attribute Value Changed"]


def test_two_steps_leave_a_trail_of_both(
    land: Landscape, workflows: ContentWorkflows, anna: ContentWorkflows, rita: ContentWorkflows,
    workspace: NodeId, sheet: NodeId,
) -> None:  # fmt: skip
    started = workflows.start(WITH_START, [sheet], workspace=workspace)
    [task] = anna.assignments()
    assert anna.open(task.id).must_accept
    with pytest.raises(Permanent) as early:
        anna.decide(task.id, "Approve")
    assert "accepted first" in early.value.context["said"]
    anna.accept(task.id)
    tom = person(land, "tom.okafor@demo").content_workflows
    assert tom.assignments() == []
    anna.decide(task.id, "Approve", "Good text")
    assert land.opentext.documents.approval(sheet).status == ""
    [record] = rita.assignments()
    assert record.name == "Check the record"
    rita.send_on(record.id, "Filed")
    decision = workflows.decision(started.id)
    assert decision is not None
    told = [(entry.task, entry.who, entry.outcome, entry.comment) for entry in decision.trail]
    assert told == [
        ("Approve", "anna.berg@demo", "approved", "Good text"), ("Check the record", "rita.records@demo", "", "Filed"),
    ]  # fmt: skip
    assert land.opentext.documents.approval(sheet).by == "rita.records@demo"


@pytest.mark.parametrize(
    ("disposition", "outcome", "status"),
    [("Reject", "rejected", "Rejected"), ("Request changes", "changes_requested", "Changes requested")],
)
def test_a_no_ends_the_workflow_at_once(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId, anna: ContentWorkflows,
    disposition: str, outcome: str, status: str,
) -> None:  # fmt: skip
    started = workflows.start(WITH_START, [sheet], workspace=workspace, values={"Approver": 1002})
    anna.decide(anna.assignments()[0].id, disposition, "Too long")
    decision = workflows.decision(started.id)
    assert decision is not None
    assert decision.outcome == outcome
    assert land.opentext.documents.approval(sheet).status == status


def test_a_task_can_be_passed_on(
    workflows: ContentWorkflows, anna: ContentWorkflows, rita: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    anna.delegate(anna.assignments()[0].id, 1004, "You know more")
    assert anna.assignments() == []
    rita.decide(rita.assignments()[0].id, "Approve")
    decision = workflows.decision(started.id)
    assert decision is not None
    assert decision.by == "rita.records@demo"
    assert [entry.who for entry in decision.trail] == ["anna.berg@demo", "rita.records@demo"]


def test_suspending_and_stopping(
    workflows: ContentWorkflows, anna: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    [task] = anna.assignments()
    workflows.suspend(started.id)
    assert workflows.get(started.id).status is ProcessStatus.SUSPENDED
    with pytest.raises(NotFound):
        anna.decide(task.id, "Approve")
    workflows.resume(started.id)
    with pytest.raises(Permanent):
        anna.stop(started.id)  # not hers to stop
    workflows.stop(started.id)
    workflows.stop(started.id)
    assert workflows.get(started.id).status is ProcessStatus.TERMINATED
    decision = workflows.decision(started.id)
    assert decision is not None
    assert (decision.outcome, decision.by) == ("", "")
    assert workflows.active(workspace) == []


def test_what_is_not_there_is_said_so(workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId) -> None:
    assert workflows.get("999999").status is ProcessStatus.UNKNOWN
    with pytest.raises(NotFound):
        workflows.decision("999999")
    with pytest.raises(NotFound) as caught:
        workflows.start("Treasure approval", [sheet], workspace=workspace)
    assert caught.value.specific_code == "no_such_map"
    with pytest.raises(Permanent) as refused:
        workflows.start(WITH_START, [sheet], workspace=workspace, values={"Colour": "red"})
    assert refused.value.specific_code == "unknown_attribute"
    with pytest.raises(Permanent):
        workflows.decide("one/two/three", "Approve")


def test_a_workspace_somebody_may_not_see_hides_its_workflows(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    started = workflows.start(QUICK, [sheet], workspace=workspace)
    sam = person(land, "sam.reyes@demo").content_workflows
    assert sam.active(workspace) == []
    assert sam.get(started.id).status is ProcessStatus.UNKNOWN


# --- both kinds ---

EMPTY = (
    "case_id", "callback_token", "approver", "order_number", "amount", "currency", "risk_reasons", "ship_country",
    "bill_country",
)  # fmt: skip
GROUPS = {"review_group": "Order Review", "requester_group": "Order Review"}
VARIABLES = dict.fromkeys(EMPTY, "") | {"callback_base": "http://app.test", "sla": "PT4H"} | GROUPS


def test_one_list_shows_the_workflows_of_both_engines(
    land: Landscape, workflows: ContentWorkflows, anna: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    key = "bc:1:product:9:sf_order_review:1"
    _deploy(land)
    land.opentext.workflows.start("sf_order_review", key, "Review", VARIABLES)
    done = workflows.start(QUICK, [sheet], workspace=workspace)
    anna.decide(anna.assignments()[0].id, "Reject")
    running = workflows.start(QUICK, [sheet], workspace=workspace)
    found = land.opentext.all_workflows.of([key], workspace)
    assert found.is_complete
    assert {(each.engine, each.is_open) for each in found.workflows} == {
        (Engine.WORKFLOW_SERVICE, True), (Engine.CONTENT_SERVER, True), (Engine.CONTENT_SERVER, False),
    }  # fmt: skip
    assert [each.is_open for each in found.workflows] == [True, True, False]
    assert all(each.tasks for each in found.workflows if each.is_open)
    own = next(each for each in found.workflows if each.instance.id == running.id)
    assert own.url == f"http://content.test/cs/cs/app/processes/{running.id}/{running.id}/1"
    assert found.workflows[-1].instance.id == done.id
    decision = land.opentext.all_workflows.decision(found.workflows[-1])
    assert decision is not None
    assert decision.outcome == "rejected"


@pytest.mark.parametrize(
    ("system", "left"), [("workflow", Engine.CONTENT_SERVER), ("content_server", Engine.WORKFLOW_SERVICE)]
)
def test_an_engine_that_is_down_does_not_hide_the_other(
    land: Landscape, workflows: ContentWorkflows, workspace: NodeId, sheet: NodeId, system: str, left: Engine
) -> None:
    key = "bc:1:product:9:sf_order_review:1"
    _deploy(land)
    land.opentext.workflows.start("sf_order_review", key, "Review", VARIABLES)
    workflows.start(QUICK, [sheet], workspace=workspace)
    land.fault("status", system, status=503, count=50)
    found = land.opentext.all_workflows.of([key], workspace)
    assert {each.engine for each in found.workflows} == {left}
    assert not found.is_complete
    assert [isinstance(error, Retryable) for error in found.unknown.values()] == [True]


def test_asking_again_costs_only_what_may_have_changed(
    land: Landscape, workflows: ContentWorkflows, anna: ContentWorkflows, workspace: NodeId, sheet: NodeId
) -> None:
    workflows.start(QUICK, [sheet], workspace=workspace)
    anna.decide(anna.assignments()[0].id, "Approve")
    fresh = land.open().all_workflows
    fresh.of((), workspace)
    land.calls()
    assert len(fresh.of((), workspace).workflows) == 1
    assert land.calls() == ["GET v2/workflows/status/active", "GET v2/workflows/status"]


def _deploy(land: Landscape) -> None:
    land.opentext.deployment.deploy(load_model("sf_order_review", "client", "secret"), "sf_order_review")
