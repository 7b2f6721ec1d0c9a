"""The workflow engine over HTTP: what it refuses and how, and the answers other people's clients read."""

import pickle
from typing import Any

import pytest

from sandbox.content_server import seed
from tests.sandbox.content_server.conftest import PRODUCT, Bench, Desk

START_STEP = "disabled start step"


@pytest.fixture
def service(bench: Bench) -> Desk:
    return bench.desk(seed.SERVICE)


@pytest.fixture
def anna(bench: Bench) -> Desk:
    return bench.desk(seed.ANNA)


@pytest.fixture
def sheet(service: Desk) -> int:
    return service.document(service.folder(service.workspace(PRODUCT), "01 Content"), "sheet.pdf")


@pytest.fixture
def maps(bench: Bench) -> dict[str, int]:
    state = bench.server.state
    return {state.nodes[number].name: number for number in state.workflows.maps}


def start(desk: Desk, map_id: int, *documents: int) -> int:
    body = {"workflow_id": map_id, "doc_ids": ",".join(map(str, documents))}
    answer = desk.body("POST", "/v2/draftprocesses/startwf", body)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["results"]["process_id"]
    return number


def act(desk: Desk, process: int, value: dict[str, Any], task: int = 1) -> Any:
    return desk.body("PUT", f"/v2/processes/{process}/subprocesses/{process}/tasks/{task}", value)


def test_the_one_call_start_is_refused_by_a_start_step(service: Desk, sheet: int, maps: dict[str, int]) -> None:
    body = {"workflow_id": maps[seed.DOCUMENT_APPROVAL], "doc_ids": str(sheet)}
    answer = service.body("POST", "/v2/draftprocesses/startwf", body)
    assert answer.status_code == 400
    assert START_STEP in answer.json()["error"]


@pytest.mark.parametrize(
    ("map_name", "documents", "text"),
    [("nothing", "", "Error getting node from ID"), ("folder", "", "Could not Loadmap"),
     (seed.QUICK_APPROVAL, "999999", "Error getting node from ID")],
)  # fmt: skip
def test_what_is_no_map_or_no_document_is_refused(
    service: Desk, maps: dict[str, int], map_name: str, documents: str, text: str
) -> None:
    known = {"nothing": 999_999, "folder": seed.ENTERPRISE_ID} | maps
    answer = service.body("POST", "/v2/draftprocesses/startwf", {"workflow_id": known[map_name], "doc_ids": documents})
    assert (answer.status_code, answer.json()["error"]) == (400, text)


def test_a_draft_is_its_makers_own_and_takes_known_values_only(
    service: Desk, anna: Desk, sheet: int, maps: dict[str, int]
) -> None:
    body = {"workflow_id": maps[seed.DOCUMENT_APPROVAL], "doc_ids": str(sheet), "AttachDocuments": "true"}
    made = service.body("POST", "/v2/draftprocesses", body).json()["results"]
    assert made["workflow_type"] == "1_1"
    path = f"/v2/draftprocesses/{made['draftprocess_id']}"
    assert anna.body("PUT", path, {"action": "Initiate"}).status_code == 500
    for values in ({"WorkflowForm_99": "x"}, {"Colour": "x"}, {"WorkflowForm_2": "nobody"}):
        assert service.body("PUT", path, {"action": "formUpdate", "values": values}).status_code == 400
    assert service.body("PUT", path, {"action": "explode"}).status_code == 400
    title = {"WorkflowForm_Title": "Mine", "WorkflowForm_WorkflowDueDate": "2027-07-06 21:42:30.000"}
    assert service.body("PUT", path, {"action": "formUpdate", "values": title}).status_code == 200
    form = service.get("/v1/forms/draftprocesses/update", draftprocess_id=made["draftprocess_id"]).json()
    assert form["data"]["actions"] == [{"key": "Initiate", "label": "Start"}]
    started = service.body("PUT", path, {"action": "initiate"}).json()["results"]
    assert set(started) == {"custom_message", "process_id", "WorkID", "WRID"}
    assert service.body("PUT", path, {"action": "Initiate"}).status_code == 500  # a draft starts once
    details = service.get(f"/v2/workflows/status/processes/{started['process_id']}").json()["results"]["wf_details"]
    assert (details["wf_name"], details["due_date"]) == ("Mine", "2027-07-06T21:42:30")


def test_action_and_custom_action_together_are_refused(
    service: Desk, anna: Desk, sheet: int, maps: dict[str, int]
) -> None:
    process = start(service, maps[seed.QUICK_APPROVAL], sheet)
    answer = act(anna, process, {"action": "SendOn", "custom_action": "Approve"})
    assert (answer.status_code, answer.json()["error"]) == (
        400, "It is not allowed to execute an action and a custom action",
    )  # fmt: skip
    for value in ({}, {"comment": "x"}, {"action": "SendOn"}, {"custom_action": "Explode"}, {"action": "Delegate"}):
        assert act(anna, process, value).status_code == 400, value
    assert act(anna, process, {"custom_action": "approve"}).status_code == 200  # compared without case
    assert act(anna, process, {"custom_action": "Approve"}).status_code == 400  # done already


def test_nobody_else_reads_or_does_a_task(bench: Bench, service: Desk, sheet: int, maps: dict[str, int]) -> None:
    process = start(service, maps[seed.QUICK_APPROVAL], sheet)
    query = {"process_id": process, "subprocess_id": process, "task_id": 1}
    for name in (seed.SERVICE, seed.SAM, seed.ADMIN):
        desk = bench.desk(name)
        answer = desk.get("/v1/forms/processes/tasks/update", **query)
        assert answer.status_code == 500
        assert answer.json()["error"] == f"Could not get a workflow for {process}, {process}, 1"
        assert act(desk, process, {"custom_action": "Approve"}).status_code == 400
    assert bench.desk(seed.ANNA).get("/v1/forms/processes/tasks/update", process_id=process).status_code == 400


def test_a_reviewer_gives_the_task_back(
    bench: Bench, service: Desk, anna: Desk, sheet: int, maps: dict[str, int]
) -> None:
    process = start(service, maps[seed.QUICK_APPROVAL], sheet)
    assert act(anna, process, {"action": "SendForReview", "assignee": "1004", "comment": "Look"}).status_code == 200
    rita = bench.desk(seed.RITA)
    assert act(rita, process, {"custom_action": "Approve"}).status_code == 400  # a reviewer does not decide
    assert act(rita, process, {"action": "SendOn", "comment": "Seen"}).status_code == 200
    assert act(anna, process, {"custom_action": "Approve"}).status_code == 200
    path = f"/v2/processes/{process}/subprocesses/{process}/activities"
    trail = [row["action"] for row in service.get(path).json()["results"]["data"]]
    assert trail == ["disposition", "send_on", "send_for_review", "initiate"]
    assert len(service.get(path, limit=2).json()["results"]["data"]) == 2


def test_a_group_task_is_accepted_by_one(
    bench: Bench, service: Desk, anna: Desk, sheet: int, maps: dict[str, int]
) -> None:
    body = {"workflow_id": maps[seed.DOCUMENT_APPROVAL], "doc_ids": str(sheet), "AttachDocuments": "true"}
    draft = service.body("POST", "/v2/draftprocesses", body).json()["results"]["draftprocess_id"]
    process = service.body("PUT", f"/v2/draftprocesses/{draft}", {"action": "Initiate"}).json()["results"]["process_id"]
    group = f"/v2/mobilegroupassignment/{{}}/taskid/1/processid/{process}/subprocessid/{process}"
    told = anna.get(group.format("check")).json()["results"]
    assert (told["isGroupTask"], told["group"]) == (True, seed.CONTENT_APPROVERS)
    assert anna.form("POST", group.format("accept"), {}).json()["results"] == {"accept": True}
    assert anna.get(group.format("check")).json()["results"] == {"isGroupTask": False}
    assert bench.desk(seed.TOM).form("POST", group.format("accept"), {}).status_code == 400


def test_lists_are_filtered_as_documented(service: Desk, anna: Desk, sheet: int, maps: dict[str, int]) -> None:
    first, second = (start(service, maps[seed.QUICK_APPROVAL], sheet) for _ in range(2))
    act(anna, first, {"custom_action": "Reject"})
    workspace = service.workspace(PRODUCT)

    def ids(**query: Any) -> list[int]:
        rows = service.get("/v2/workflows/status", **query).json()["results"]
        return [row["data"]["wfstatus"]["process_id"] for row in rows]

    assert ids(wstatus="completed") == [first]
    assert ids(kind="Both", wstatus="ontime") == [second]
    assert ids(Kind="Initiated", sort="date_initiated desc") == [second, first]
    assert service.get("/v2/workflows/status", kind="Everybody").status_code == 400
    active = service.get("/v2/workflows/status/active", businessWorkspaceID=workspace).json()["results"]
    assert [row["Work_WorkID"] for row in active] == [second]
    assert service.form("PUT", f"/v2/processes/{first}/status", {"status": "archive"}).status_code == 200
    assert service.form("PUT", f"/v2/processes/{first}/status", {"status": "suspend"}).status_code == 400
    archived = service.get("/v2/workflows/status/active", status="ARCHIVED").json()["results"]
    assert [row["Work_WorkID"] for row in archived] == [first]


def test_a_late_workflow_says_so(service: Desk, sheet: int, maps: dict[str, int]) -> None:
    body = {"workflow_id": maps[seed.QUICK_APPROVAL], "doc_ids": str(sheet), "AttachDocuments": "true"}
    path = f"/v2/draftprocesses/{service.body('POST', '/v2/draftprocesses', body).json()['results']['draftprocess_id']}"
    due = {"WorkflowForm_WorkflowDueDate": "2020-01-01"}
    service.body("PUT", path, {"action": "formUpdate", "values": due})
    process = service.body("PUT", path, {"action": "Initiate"}).json()["results"]["process_id"]
    status = service.get(f"/v2/workflows/status/processes/{process}").json()["results"]
    assert status["wf_details"]["status"] == "workflowlate"
    assert [step["task_status"] for step in status["step_list"]["current"]] == ["workflowlate"]


def test_the_world_keeps_workflows_over_a_restart(
    bench: Bench, service: Desk, sheet: int, maps: dict[str, int]
) -> None:
    process = start(service, maps[seed.QUICK_APPROVAL], sheet)
    again = pickle.loads(pickle.dumps(bench.server.state))  # noqa: S301  # our own bytes
    assert again.workflows.processes[process] == bench.server.state.workflows.processes[process]
