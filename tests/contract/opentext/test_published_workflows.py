"""Every workflow call of our Content Server client, and the stand-in's answers, judged by OpenText's OpenAPI file."""

from fnmatch import fnmatchcase

import httpx
import pytest

from app.domain.content import BusinessObject, WorkspaceSpec
from app.errors import AppError
from sandbox.content_server import seed
from tests.contract.opentext.landscape import Landscape
from tests.contract.opentext.published import FOLDER, Finding, Published
from tests.contract.opentext.test_content_workflows import person

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="OpenText's OpenAPI files are not here (../shared/specs/opentext)"
)

PYXECM = "OpenText's own Python client (pyxecm 3.7), which runs against real servers"
# Where what we send or read contradicts the file: call, finding (patterns), the source that contradicts it.
DEVIATIONS = (
    ("* /v2/*", "answer 200: links: is no array", f"{PYXECM}: an object in every sample"),
    ("* /v2/draftprocesses*", "answer 200: results: is no array", f"{PYXECM}: an object"),
    ("GET /v2/members/assignments", "answer 200: results.[*].data: is no array", f"{PYXECM}: an object in each row"),
    ("GET /v2/docworkflows", "call is in none of the files", PYXECM),
    ("GET /v2/workflows/status/active", "answer 200: results: is no object", "the call's own summary: a list"),
    ("GET /v2/workflows/*/definition", "answer 200: results.definition.*.data: is no integer", f"{PYXECM}: an object"),
    ("PUT /v2/draftprocesses/{draftprocess_id}", "request: values: is no string",
     "the call's own examples show an object"),
    ("PUT /v2/processes/*/tasks/{task_id}", "answer 200: status is not documented",
     f"the file names refusals only; {PYXECM}"),
    ("PUT /v2/processes/*/tasks/{task_id}", "request: field assignee is not documented", f"{PYXECM}: forwarding"),
)  # fmt: skip
WORKFLOW_CALLS = ("process", "workflow", "assignment")


def walk(land: Landscape) -> None:
    """Every workflow call, the refused ones too."""
    opentext = land.opentext
    workflows = opentext.content_workflows
    product = BusinessObject("BigCommerce", "PRODUCT", "bc-1-9")
    workspace = opentext.workspaces.ensure(WorkspaceSpec(product, {"productId": ("9",), "store": ("1",)})).id
    folder = opentext.documents.folder(workspace, "01 Content")
    sheet = opentext.documents.upload(folder, "sheet.json", b"{}", "application/json").id
    due = land.world.clock.now()
    started = workflows.start(
        seed.DOCUMENT_APPROVAL, [sheet], workspace=workspace, title="One", values={"Reason": "New"}, due=due
    )
    workflows.start(seed.DOCUMENT_APPROVAL, [sheet], workspace=workspace)
    quick = workflows.start(seed.QUICK_APPROVAL, [sheet], workspace=workspace)
    anna = person(land, "anna.berg@demo").content_workflows
    for task in anna.assignments():
        if anna.open(task.id).must_accept:
            anna.accept(task.id)
    anna.delegate(f"{started.id}/{started.id}/1", 1003)
    anna.decide(f"{quick.id}/{quick.id}/1", "Approve", "ok")
    workflows.active(workspace)
    workflows.finished(workspace)
    workflows.tasks(started.id)
    workflows.decision(quick.id)
    workflows.suspend(started.id)
    workflows.resume(started.id)
    workflows.stop(started.id)
    for refused in (
        lambda: anna.decide(f"{quick.id}/{quick.id}/1", "Approve"),
        lambda: anna.open("1/1/1"),
        lambda: workflows.tasks("1"),
    ):
        try:
            refused()
        except AppError:
            continue


@pytest.fixture(scope="module")
def findings() -> set[Finding]:
    published, found = Published(), set[Finding]()

    def record(request: httpx.Request, response: httpx.Response) -> None:
        if request.url.host == "content.test" and any(word in request.url.path for word in WORKFLOW_CALLS):
            found.update(published.findings(request, response, "/cs/cs/api"))

    land = Landscape(record)
    walk(land)
    land.close()
    return found


def excuse(finding: Finding) -> tuple[str, str, str] | None:
    fitting = (d for d in DEVIATIONS if fnmatchcase(finding[0], d[0]) and fnmatchcase(finding[1], d[1]))
    return next(fitting, None)


def test_workflow_requests_and_answers_agree_with_the_file(findings: set[Finding]) -> None:
    assert sorted(finding for finding in findings if excuse(finding) is None) == []


def test_every_named_deviation_of_workflows_still_occurs(findings: set[Finding]) -> None:
    occurring = {excuse(finding) for finding in findings}
    assert [deviation for deviation in DEVIATIONS if deviation not in occurring] == []
