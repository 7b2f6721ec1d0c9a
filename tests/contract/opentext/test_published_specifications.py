"""Every request our Content Server client makes, and the stand-in's answers, judged by OpenText's OpenAPI files."""

import io
from datetime import date
from fnmatch import fnmatchcase

import httpx
import pytest

from app.domain.content import BusinessObject, Relation, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import AppError
from app.opentext.check import check_connection
from app.opentext.content_server.records import RecordChanges
from sandbox.content_server import seed
from tests.contract.opentext.content import a_place
from tests.contract.opentext.landscape import Landscape, a_connection
from tests.contract.opentext.published import FOLDER, Finding, Published

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="OpenText's OpenAPI files are not here (../shared/specs/opentext)"
)

PYXECM = "OpenText's own Python client (pyxecm 3.7), which runs against real servers"
# Where what we send or read contradicts the files: call, finding (patterns), the source that contradicts them.
DEVIATIONS = (
    ("* /v2/*", "answer 200: links: is no array", f"{PYXECM}: an object in every sample"),
    ("* /v2/*", "answer 200: results: is no array", f"{PYXECM}: an object where one thing is answered"),
    ("GET /v2/nodes/*", "answer 200: results.[*].data: is no array", f"{PYXECM}: an object in each row"),
    ("GET /v2/nodes/{id}/nodes", "answer 200: collection: is no array", f"{PYXECM}: an object with `paging`"),
    ("GET /v1/nodes/{id}/versions/latest", "answer 200: data: is no array", f"{PYXECM}: an object"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: data.[*].multiple_classifications: *", f"{PYXECM}: a list"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: data.[*].secondary_class_ids: *", f"{PYXECM}: a list"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: fields_order: *", "its own description: a list of fields"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: vitalRecordCodes: *", "its own description: a list of codes"),
    ("GET /v2/businessobjecttypes", "call is in none of the files", PYXECM),
    ("GET /v2/businessworkspace/*/reports", "call is in none of the files", PYXECM),
    ("GET /v2/businessworkspaces/*/doctypes", "call is in none of the files", PYXECM),
    ("GET /v2/businessworkspaces/*documents", "call is in none of the files", PYXECM),
    ("GET /v2/holds", "answer 200: results.data.holds.[*].DateApplied: *", "its pattern is no expression"),
    ("GET /v2/members", "answer 200: collection: is no array", f"{PYXECM}: an object with `paging`"),
    ("GET /v2/members", "answer 200: results.[*].data: is no array", f"{PYXECM}: an object in each row"),
    ("POST /v1/holds", "request: *", f"{PYXECM} sends these as a form: a comment can be longer than an address"),
    ("POST /v1/holds", "answer 200: status is not documented", f"{PYXECM}: 200 with `holdID`"),
    ("POST /v2/businessworkspaces/{bw_id}/roles/{role_id}/members",
     "request: body as application/x-www-form-urlencoded*", f"{PYXECM} sends plain fields"),
    ("POST /v2/search", "answer 200: results.[*].search_result_metadata.*: is no integer", f"{PYXECM}: texts"),
    ("POST /v2/search", "request: field location_id1 is not documented", PYXECM),
    ("PUT /v1/nodes/{id}/rmclassifications", "request: field file_status is not documented",
     f"{PYXECM} sends it where the file has `status`; we send both"),
    ("GET /v2/externalsystems/*/botypes/*/boids/*", "call is in none of the files", PYXECM),
    ("POST /v2/businessworkspaces", "request: body as application/x-www-form-urlencoded*",
     f"{PYXECM} and Smart View send the form field `body`; releases without the upsert take no JSON"),
    ("POST /v2/businessworkspaces/{bw_id}/relateditems", "request: body as application/x-www-form-urlencoded*",
     f"{PYXECM} sends plain fields"),
    ("POST /v2/nodes", "request: body as multipart/form-data*", f"{PYXECM}: a file needs multipart"),
    ("POST /v2/nodes/{id}/versions", "request: body as multipart/form-data*", f"{PYXECM}: a file needs multipart"),
    ("POST /v2/nodes", "request: field roles is not documented", f"the call's own description, and {PYXECM}"),
    ("PUT /v2/nodes/{id}/categories/{category_id}/", "request: field {attribute_key} is not documented",
     f"the call's own refusals name it, and {PYXECM}"),
)  # fmt: skip


def excuse(finding: Finding) -> tuple[str, str, str] | None:
    """The line of the table that covers a finding."""
    fitting = (d for d in DEVIATIONS if fnmatchcase(finding[0], d[0]) and fnmatchcase(finding[1], d[1]))
    return next(fitting, None)


def walk(land: Landscape) -> None:
    """Every call we have, the refused ones too."""
    opentext = land.opentext
    check_connection(a_connection(), land.outbound)
    customer = BusinessObject("BigCommerce", "CUSTOMER", "bc-1-7")
    own = BusinessObject("BigCommerce", "ORDER", "bc-1-100")
    opentext.workspaces.ensure(WorkspaceSpec(customer, {"customerId": ("7",), "store": ("1",)}))
    spec = WorkspaceSpec(own, {"orderNumber": ("100",), "store": ("1",), "reviewReasons": ("a", "b")}, (customer,))
    workspace = opentext.workspaces.ensure(spec).id
    opentext.workspaces.named(workspace)
    opentext.workspaces.find(own)
    folder = opentext.documents.folder(workspace, "01 Order record")
    opentext.documents.folder(workspace, "09 New")
    document = opentext.documents.upload(folder, "Order 100.pdf", b"%PDF-1", "application/pdf").id
    opentext.documents.upload(folder, "Order 100.pdf", b"%PDF-2", "application/pdf")
    opentext.documents.versions(document)
    opentext.documents.download(document, 1, io.BytesIO())
    opentext.documents.in_workspace(workspace)
    opentext.workspaces.workspace_of(document)
    opentext.categories.write(document, "Approval", {"Status": "Approved", "Approved version": 2})
    opentext.categories.write(document, "Approval", {"Comment": "ok"})
    known = {"Approval": {"Status": "Pending"}}
    opentext.documents.upload(folder, "Other.txt", b"x", "text/plain", categories=known)
    opentext.approvals.approved_documents(workspace)
    opentext.records.classify([document], "Orders")
    opentext.records.details(document)
    for refused in (
        lambda: opentext.documents.get(NodeId(9_999_999)),
        lambda: opentext.documents.children(NodeId(9_999_999)),
        lambda: opentext.documents.download(document, 99, io.BytesIO()),
        lambda: opentext.workspaces.workspace_of(NodeId(2000)),
    ):
        try:
            refused()
        except AppError:
            continue
    opentext.records.finalize([document])


def walk_further(land: Landscape) -> None:
    """Teams, relations, items, records, holds, search and completeness, each call once."""
    place = a_place(land)
    opentext, workspace, customer = land.opentext, place.workspace, place.customer
    opentext.types.all()
    opentext.types.of("ORDER")
    reviewer = opentext.teams.role(workspace, "Reviewer")
    member = opentext.teams.find(seed.LIAM)
    assert member is not None
    opentext.teams.add(workspace, reviewer.id, member.id)
    opentext.teams.members(workspace, reviewer.id)
    opentext.teams.remove(workspace, reviewer.id, member.id)
    opentext.relations.of(workspace)
    list(opentext.relations.each(customer, Relation.CHILD, type_id=1))
    opentext.relations.unrelate(workspace, customer, Relation.PARENT)
    opentext.relations.relate(workspace, customer, Relation.PARENT)
    node = place.record()
    opentext.documents.folders(workspace)
    opentext.items.rename(node, "Renamed.pdf")
    opentext.items.describe(node, "renamed")
    opentext.items.move(node, workspace, "Moved.pdf")
    opentext.items.reserve(node)
    opentext.items.reserved_by(node)
    opentext.items.unreserve(node)
    copy = opentext.items.copy(node, place.folder, "Copy.pdf")
    opentext.records.update(node, RecordChanges(status="CLOSED", record_date=date(2026, 1, 2), official=False))
    opentext.records.update_many([node], RecordChanges(True, "ACTIVE", date(2026, 1, 2), date(2026, 1, 2), "ESS", "PA"))
    opentext.records.disposition(node)
    hold = opentext.holds.ensure("Dispute 7").id
    opentext.holds.apply([node, copy], hold)
    opentext.holds.not_on([node, copy, workspace, customer], hold)
    opentext.holds.all()
    opentext.holds.release([node, copy], hold, "settled")
    opentext.holds.delete(hold)
    opentext.items.delete(copy)
    opentext.search.named("moved", within=workspace)
    opentext.search.words("order")
    opentext.completeness.of(workspace)


def walk_an_old_server(land: Landscape) -> None:
    """What is called where the upsert is missing."""
    customer = BusinessObject("BigCommerce", "CUSTOMER", "bc-1-7")
    land.opentext.workspaces.ensure(WorkspaceSpec(customer, {"customerId": ("7",), "store": ("1",)}))
    own = BusinessObject("BigCommerce", "ORDER", "bc-1-100")
    land.opentext.workspaces.ensure(WorkspaceSpec(own, {"orderNumber": ("100",), "store": ("1",)}, (customer,)))
    land.opentext.workspaces.ensure(WorkspaceSpec(own, {"status": ("Shipped",)}, (customer,)))


@pytest.fixture(scope="module")
def findings() -> set[Finding]:
    published, found = Published(), set[Finding]()

    def record(request: httpx.Request, response: httpx.Response) -> None:
        if request.url.host == "content.test":
            found.update(published.findings(request, response, "/cs/cs/api"))

    new, old = Landscape(record), Landscape(record, bulk_upsert=False)
    walk(new)
    walk_further(new)
    walk_an_old_server(old)
    new.close()
    old.close()
    return found


def test_requests_and_answers_agree_with_the_files(findings: set[Finding]) -> None:
    assert sorted(finding for finding in findings if excuse(finding) is None) == []


def test_every_named_deviation_still_occurs(findings: set[Finding]) -> None:
    occurring = {excuse(finding) for finding in findings}
    assert [deviation for deviation in DEVIATIONS if deviation not in occurring] == []


def test_a_request_the_files_do_not_know_is_found() -> None:
    """The judge itself: a wrong field, a wrong type, a wrong query and an odd answer are each told."""
    request = httpx.Request(
        "POST", "http://content.test/cs/cs/api/v1/rmclassifications/batchAddClassification?quick=1",
        data={"ids": ["1", "x"], "classId": "7"},
    )  # fmt: skip
    texts = {text for _, text in Published().findings(request, httpx.Response(201, json={}), "/cs/cs/api")}
    assert texts == {
        "request: query quick is not documented",
        "request: field classId is not documented",
        "request: ids.*: is no integer",
        "request: value: 'classID' is a required property",
        "answer 201: status is not documented",
    }
