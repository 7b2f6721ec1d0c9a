"""Our Content Server client against the stand-in: workspaces, documents, categories, records, and what goes wrong."""

import hashlib
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.content import BusinessObject, Document, Workspace, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from sandbox.content_server import seed
from tests.contract.opentext.landscape import Landscape

PDF = "application/pdf"
CUSTOMER = BusinessObject("BigCommerce", "CUSTOMER", "bc-demostore1-77")
LONG = "Invoice: " + "x" * 300 + "/ää.pdf"


def customer() -> WorkspaceSpec:
    return WorkspaceSpec(CUSTOMER, {"customerId": ("77",), "store": ("demostore1",), "name": ("Ada",)})


def order(number: int = 100, **properties: str) -> WorkspaceSpec:
    own = BusinessObject("BigCommerce", "ORDER", f"bc-demostore1-{number}")
    values = {"orderNumber": str(number), "store": "demostore1", "total": "1180.50", "currency": "EUR"}
    all_values = {name: (value,) for name, value in (values | properties).items()}
    return WorkspaceSpec(own, all_values | {"reviewReasons": ("high value", "countries differ")}, (CUSTOMER,))


@pytest.fixture
def workspace(land: Landscape) -> NodeId:
    land.opentext.workspaces.ensure(customer())
    return land.opentext.workspaces.ensure(order()).id


@pytest.fixture
def folder(land: Landscape, workspace: NodeId) -> NodeId:
    found = land.opentext.documents.folder(workspace, "01 Order record")
    land.calls()
    return found


def upload(land: Landscape, folder: NodeId, name: str = "Order 100.pdf", content: bytes = b"%PDF-1") -> Document:
    return land.opentext.documents.upload(folder, name, content, PDF)


# Workspaces


def test_a_new_orders_workspace_with_properties_and_relation_takes_one_call(land: Landscape) -> None:
    land.opentext.workspaces.ensure(customer())
    land.calls()
    made = land.opentext.workspaces.ensure(order())
    assert land.calls() == ["PUT v2/businessworkspaces"]
    values = land.opentext.categories.values(made.id)["Order"]
    assert (values["Order number"], values["Total"]) == ("100", "1180.50")
    assert values["Review reasons"] == ["high value", "countries differ"]
    assert land.opentext.workspaces.named(made.id).name == "Order 100 (demostore1)"
    state = land.content_server.state
    workspace, parent = state.nodes[made.id].workspace, state.by_business_object["BigCommerce", "CUSTOMER", CUSTOMER.id]
    assert workspace is not None
    assert [(relation.other, relation.kind) for relation in workspace.relations] == [(parent, "parent")]


def test_ensuring_again_updates_the_same_workspace(land: Landscape, workspace: NodeId) -> None:
    again = land.opentext.workspaces.ensure(order(decision="approved"))
    assert again.id == workspace
    assert land.opentext.categories.values(workspace)["Order"]["Decision"] == "approved"
    assert land.opentext.workspaces.find(order().business_object) == land.opentext.workspaces.named(workspace)


def test_a_lost_answer_to_the_upsert_leaves_one_workspace(land: Landscape) -> None:
    land.opentext.workspaces.ensure(customer())
    land.fault("drop_after", method="PUT", path="*/businessworkspaces")
    with pytest.raises(Retryable) as caught:
        land.opentext.workspaces.ensure(order())
    assert caught.value.unknown_outcome
    made = land.opentext.workspaces.ensure(order())
    keys = [key for key in land.content_server.state.by_business_object if key[1] == "ORDER"]
    assert len(keys) == 1
    assert land.content_server.state.by_business_object[keys[0]] == made.id


def test_many_workspaces_report_each_for_itself(land: Landscape) -> None:
    land.opentext.workspaces.ensure(customer())
    wrong = order(3, currency="EUROS")
    results = land.opentext.workspaces.ensure_many([order(1), order(2), wrong, order(4)])
    assert [type(each) for each in results] == [Workspace, Workspace, Permanent, Workspace]
    found = [land.opentext.workspaces.find(order(number).business_object) for number in (1, 2, 4)]
    assert [each.id for each in found if each] == [r.id for r in results if isinstance(r, Workspace)]


def test_a_business_object_without_workspace_has_none(land: Landscape) -> None:
    assert land.opentext.workspaces.find(order(999).business_object) is None


def test_an_external_system_that_does_not_exist_is_refused(land: Landscape) -> None:
    spec = WorkspaceSpec(BusinessObject("Nowhere", "ORDER", "1"), {})
    with pytest.raises(Permanent):
        land.opentext.workspaces.ensure(spec)


def test_a_server_without_the_upsert_gets_the_same_workspace_by_single_calls() -> None:
    land = Landscape(bulk_upsert=False)
    land.opentext.workspaces.ensure(customer())
    made = land.opentext.workspaces.ensure(order())
    first = land.calls()
    assert land.opentext.workspaces.ensure(order(status="Shipped")).id == made.id
    second = land.calls()
    assert first.count("PUT v2/businessworkspaces") == 1
    assert "PUT v2/businessworkspaces" not in second
    assert "POST v2/businessworkspaces" not in second
    values = land.opentext.categories.values(made.id)["Order"]
    assert (values["Order number"], values["Status"]) == ("100", "Shipped")
    assert values["Review reasons"] == ["high value", "countries differ"]
    workspace = land.content_server.state.nodes[made.id].workspace
    assert workspace is not None
    assert [relation.kind for relation in workspace.relations] == ["parent"]
    land.close()


def hide(land: Landscape, node: NodeId) -> None:
    """Nobody but the administrator sees the node any more."""
    land.content_server.state.nodes[node].permissions = {}


def test_a_workspace_we_may_not_see_is_not_there_and_never_created_again(land: Landscape, workspace: NodeId) -> None:
    hide(land, workspace)
    assert land.opentext.workspaces.find(order().business_object) is None
    assert land.opentext.workspaces.workspace_of(workspace) is None
    with pytest.raises(AppError):
        land.opentext.workspaces.ensure(order())
    with pytest.raises(NotFound):
        land.opentext.documents.children(workspace)
    with pytest.raises(NotFound):
        land.opentext.documents.folder(workspace, "01 Order record")


def test_a_document_knows_its_workspace(land: Landscape, workspace: NodeId, folder: NodeId) -> None:
    document = upload(land, folder)
    assert land.opentext.workspaces.workspace_of(document.id) == workspace
    assert land.opentext.workspaces.workspace_of(NodeId(seed.ENTERPRISE_ID)) is None


# Documents


def test_a_folder_is_looked_up_once_and_made_where_it_is_missing(land: Landscape, workspace: NodeId) -> None:
    documents = land.opentext.documents
    land.calls()
    assert documents.folder(workspace, "01 Order record") == documents.folder(workspace, "01 Order record")
    assert land.calls() == [f"GET v2/nodes/{workspace}/nodes"]
    made = documents.folder(workspace, "05 Evidence: store")
    assert land.open().documents.folder(workspace, "05 Evidence: store") == made


def test_a_folder_that_was_deleted_is_looked_up_again(land: Landscape, folder: NodeId) -> None:
    land.content_server.state.nodes[folder].deleted = land.world.clock.now()
    with pytest.raises(Retryable) as caught:
        upload(land, folder)
    assert caught.value.specific_code == "folder_gone"


def test_filing_and_classifying_a_document_takes_two_calls(land: Landscape, folder: NodeId) -> None:
    land.opentext.records.classification("Orders")
    land.calls()
    document = upload(land, folder)
    land.opentext.records.classify([document.id], "Orders")
    assert land.calls() == ["POST v2/nodes", "POST v1/rmclassifications/batchAddClassification"]
    details = land.opentext.records.details(document.id)
    assert details is not None
    assert (details.classification, details.schedule) == ("Orders", "ORD-7")


def test_the_same_bytes_under_the_same_name_are_the_same_document(land: Landscape, folder: NodeId) -> None:
    first = upload(land, folder)
    again = upload(land, folder)
    assert (again.id, again.version, again.sha256) == (first.id, 1, first.sha256)
    assert first.sha256 == hashlib.sha256(b"%PDF-1").hexdigest()


def test_other_bytes_under_the_same_name_are_the_next_version(land: Landscape, folder: NodeId) -> None:
    first = upload(land, folder)
    second = upload(land, folder, content=b"%PDF-2")
    assert (second.id, second.version) == (first.id, 2)
    assert land.opentext.documents.get(first.id).version == 2
    assert [each.version_number for each in land.opentext.documents.versions(first.id)] == [1, 2]


def test_adding_a_version_of_the_same_bytes_adds_none(land: Landscape, folder: NodeId) -> None:
    first = upload(land, folder)
    assert land.opentext.documents.add_version(first.id, b"%PDF-1", PDF).version == 1
    assert land.opentext.documents.add_version(first.id, io.BytesIO(b"%PDF-22"), PDF).version == 2


@pytest.mark.parametrize("kind", ["drop_after", "truncate"])
def test_an_upload_whose_answer_was_lost_is_not_filed_twice(land: Landscape, folder: NodeId, kind: str) -> None:
    land.fault(kind, method="POST", path="*/v2/nodes")
    with pytest.raises(Retryable) as caught:
        upload(land, folder)
    assert caught.value.unknown_outcome
    document = upload(land, folder)
    assert document.version == 1
    assert len(land.opentext.documents.children(folder)) == 1


def test_a_lost_answer_to_a_new_version_leaves_one_new_version(land: Landscape, folder: NodeId) -> None:
    upload(land, folder)
    land.fault("drop_after", method="POST", path="*/versions")
    with pytest.raises(Retryable):
        upload(land, folder, content=b"%PDF-2")
    assert upload(land, folder, content=b"%PDF-2").version == 2


@pytest.mark.parametrize(
    "name",
    [LONG, "x" * 300 + ".pdf", "10:45 / late.txt", "فاتورة 1001.pdf", "🧾" * 200 + ".pdf", "  a  .txt", "null\x00.txt"],
)
def test_an_odd_name_is_filed_found_and_recognised_again(land: Landscape, folder: NodeId, name: str) -> None:
    first = upload(land, folder, name)
    assert upload(land, folder, name).id == first.id
    found = land.opentext.documents.find(folder, name)
    assert found is not None
    assert (found.id, found.name) == (first.id, first.name)
    assert len(first.name) <= 248


def test_a_name_that_belongs_to_a_folder_is_a_conflict(land: Landscape, workspace: NodeId) -> None:
    with pytest.raises(Conflict):
        land.opentext.documents.upload(workspace, "01 Order record", b"x", "text/plain")


def test_finding_compares_the_whole_name(land: Landscape, folder: NodeId) -> None:
    upload(land, folder, "Order 1001.pdf")
    assert land.opentext.documents.find(folder, "Order 100.pdf") is None
    assert land.opentext.documents.find(folder, "Order 1001") is None
    assert land.opentext.documents.find(folder, "Order 1001.pdf") is not None


def test_a_version_is_read_back_exactly_and_streamed(land: Landscape, folder: NodeId) -> None:
    big = bytes(range(256)) * 20_000
    document = land.opentext.documents.upload(folder, "big.bin", io.BytesIO(big), "application/octet-stream")
    upload(land, folder, "big.bin", b"small")
    sink = io.BytesIO()
    assert land.opentext.documents.download(document.id, 1, sink) == hashlib.sha256(big).hexdigest()
    assert sink.getvalue() == big


def test_a_stream_that_cannot_be_rewound_is_filed_too(land: Landscape, folder: NodeId) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    document = land.opentext.documents.upload(folder, "piped.txt", Pipe(b"from a pipe"), "text/plain")
    sink = io.BytesIO()
    land.opentext.documents.download(document.id, 1, sink)
    assert sink.getvalue() == b"from a pipe"


def test_a_version_that_does_not_exist_is_not_found(land: Landscape, folder: NodeId) -> None:
    document = upload(land, folder)
    sink = io.BytesIO()
    with pytest.raises(NotFound):
        land.opentext.documents.download(document.id, 9, sink)
    assert sink.getvalue() == b""


def test_a_broken_download_is_an_error(land: Landscape, folder: NodeId) -> None:
    document = upload(land, folder, content=b"x" * 10_000)
    land.fault("truncate", path="*/content")
    with pytest.raises(Retryable):
        land.opentext.documents.download(document.id, 1, io.BytesIO())


def test_all_pages_of_a_folder_are_listed(land: Landscape, folder: NodeId) -> None:
    names = [f"{number:03}.txt" for number in range(123)]
    for name in names:
        upload(land, folder, name, name.encode())
    land.calls()
    documents = land.opentext.documents.children(folder)
    assert sorted(each.name for each in documents) == names
    assert len(land.calls()) == 2
    assert {each.folder for each in documents} == {"01 Order record"}


def test_all_documents_of_a_workspace_are_listed_with_their_folders(land: Landscape, workspace: NodeId) -> None:
    documents = land.open().documents
    upload(land, documents.folder(workspace, "01 Order record"), "a.pdf")
    upload(land, documents.folder(workspace, "04 Decision"), "b.pdf")
    upload(land, workspace, "c.pdf")
    found = land.open().documents.in_workspace(workspace)
    assert {(each.name, each.folder) for each in found} == {
        ("a.pdf", "01 Order record"), ("b.pdf", "04 Decision"), ("c.pdf", ""),
    }  # fmt: skip


def test_ten_threads_filing_the_same_document_leave_one(land: Landscape, folder: NodeId) -> None:
    start = threading.Barrier(10)

    def file(_: int) -> int:
        start.wait()
        return land.open().documents.upload(folder, "same.txt", b"same", "text/plain").id

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(file, range(10)))) == 1
    assert len(land.opentext.documents.children(folder)) == 1


def test_a_workspace_is_no_document(land: Landscape, workspace: NodeId) -> None:
    with pytest.raises(NotFound):
        land.opentext.documents.get(workspace)


# Categories and approvals

APPROVED = {
    "Status": "Approved", "Approved by": seed.ANNA, "Approved version": 1, "Comment": "ok",
    "Approved on": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
}  # fmt: skip


def test_a_category_is_added_by_name_and_read_back(land: Landscape, folder: NodeId) -> None:
    document = upload(land, folder)
    assert land.opentext.documents.approval(document.id).status == ""
    land.opentext.categories.write(document.id, "Approval", APPROVED)
    approval = land.opentext.documents.approval(document.id)
    assert (approval.status, approval.version, approval.by) == ("Approved", 1, seed.ANNA)
    assert approval.at == APPROVED["Approved on"]
    assert approval.is_approved


def test_what_was_learned_of_a_category_saves_calls(land: Landscape, folder: NodeId) -> None:
    first, second = upload(land, folder, "1.txt"), upload(land, folder, "2.txt")
    land.opentext.categories.write(first.id, "Approval", {"Status": "Pending"})
    land.calls()
    land.opentext.categories.write(first.id, "Approval", {"Status": "Rejected"})
    assert land.calls() == [f"PUT v2/nodes/{first.id}/categories/{_category(land)}"]
    land.opentext.categories.write(second.id, "Approval", {"Status": "Approved"})
    assert len(land.calls()) == 2
    third = land.opentext.documents.upload(folder, "3.txt", b"3", "text/plain", categories={"Approval": APPROVED})
    assert land.calls() == ["POST v2/nodes"]
    assert land.opentext.documents.approval(third.id).is_approved


def _category(land: Landscape) -> int:
    return next(each.id for each in land.content_server.state.categories.values() if each.name == "Approval")


def test_categories_of_an_upload_are_set_even_before_their_keys_are_known(land: Landscape, folder: NodeId) -> None:
    upload(land, folder, "1.txt")
    document = land.open().documents.upload(folder, "1.txt", b"new", "text/plain", categories={"Approval": APPROVED})
    assert document.version == 2
    assert land.opentext.documents.approval(document.id).is_approved


ITEMS = [
    {"SKU": "SKU-1", "Name": "Wärmflasche: groß", "Quantity": 2, "Price": "9.90"},
    {"SKU": "SKU-2", "Name": "مصباح", "Quantity": 1, "Price": "49.00"},
    {"SKU": "SKU-3", "Name": "🧾", "Quantity": 3, "Price": "0"},
]


def test_the_rows_of_a_set_are_written_replaced_and_taken_away(land: Landscape, workspace: NodeId) -> None:
    categories = land.opentext.categories
    for rows in (ITEMS, ITEMS[1:], [*ITEMS, *ITEMS], ITEMS[:1]):
        categories.write(workspace, "Order", {"Line items": rows, "Status": "Held"})
        assert categories.values(workspace)["Order"]["Line items"] == rows
    categories.write(workspace, "Order", {"line items": [{"sku": "SKU-9"}]})
    [row] = categories.values(workspace)["Order"]["Line items"]
    assert row == {"SKU": "SKU-9", "Name": None, "Quantity": None, "Price": None}
    assert categories.values(workspace)["Order"]["Status"] == "Held"
    categories.write(workspace, "Order", {"Line items": []})
    assert categories.values(workspace)["Order"]["Line items"] == [dict.fromkeys(ITEMS[0])]  # shown as one empty row


def test_an_upload_brings_the_rows_of_a_set_along(land: Landscape, workspace: NodeId, folder: NodeId) -> None:
    land.opentext.categories.values(workspace)
    values = {"Order number": "100", "Review reasons": ["a", "b"], "Line items": ITEMS}
    land.calls()
    document = land.opentext.documents.upload(folder, "1.txt", b"1", "text/plain", categories={"Order": values})
    assert land.calls() == ["POST v2/nodes"]
    held = land.opentext.categories.values(document.id)["Order"]
    assert (held["Line items"], held["Review reasons"]) == (ITEMS, ["a", "b"])


def test_a_column_a_set_does_not_have_is_named(land: Landscape, workspace: NodeId) -> None:
    with pytest.raises(Permanent) as caught:
        land.opentext.categories.write(workspace, "Order", {"Line items": [{"SKU": "1", "Colour": "red"}]})
    assert (caught.value.specific_code, caught.value.context["attributes"]) == ("unknown_attribute", "Colour")


def test_other_attributes_keep_their_values(land: Landscape, workspace: NodeId) -> None:
    land.opentext.categories.write(workspace, "Order", {"Decision": "rejected", "Review reasons": ["one"]})
    values = land.opentext.categories.values(workspace)["Order"]
    assert (values["Decision"], values["Total"], values["Review reasons"]) == ("rejected", "1180.50", ["one"])


@pytest.mark.parametrize(
    ("category", "values", "error", "code"),
    [
        ("No such category", {"a": 1}, NotFound, "no_such_category"),
        ("Approval", {"No such attribute": 1}, Permanent, "unknown_attribute"),
        ("Approval", {"Status": "Maybe"}, Permanent, "refused"),
        ("Order", {"Currency": "EUROS"}, Permanent, "refused"),
    ],
)
def test_what_a_category_does_not_take_is_said(
    land: Landscape, workspace: NodeId, category: str, values: dict[str, Any], error: type, code: str
) -> None:
    with pytest.raises(error) as caught:
        land.opentext.categories.write(workspace, category, values)
    assert caught.value.specific_code == code


def test_approved_documents_are_found_without_the_search_index(land: Landscape, workspace: NodeId) -> None:
    folder = land.opentext.documents.folder(workspace, "04 Decision")
    documents = [upload(land, folder, f"{number}.txt") for number in range(5)]
    land.opentext.categories.write(documents[1].id, "Approval", APPROVED)
    land.opentext.categories.write(documents[3].id, "Approval", APPROVED | {"Status": "Rejected"})
    fresh = land.open()
    for _ in range(2):
        [(document, approval)] = fresh.approvals.approved_documents(workspace)
        assert (document.id, approval.by) == (documents[1].id, seed.ANNA)


# Records


def test_several_documents_are_classified_in_one_call(land: Landscape, folder: NodeId) -> None:
    documents = [upload(land, folder, f"{number}.txt").id for number in range(3)]
    land.opentext.records.classification("Approvals")
    land.calls()
    land.opentext.records.classify(documents, "Approvals")
    land.opentext.records.classify(documents, "approvals")
    assert len(land.calls()) == 2
    for node in documents:
        details = land.opentext.records.details(node)
        assert details is not None
        assert details.classification == "Approvals"


def test_a_classification_that_does_not_exist_is_named(land: Landscape, folder: NodeId) -> None:
    with pytest.raises(NotFound) as caught:
        land.opentext.records.classify([upload(land, folder).id], "Nothing")
    assert caught.value.specific_code == "no_such_classification"
    assert "Nothing" in caught.value.message


def test_a_document_that_is_no_record_has_no_details(land: Landscape, folder: NodeId) -> None:
    assert land.opentext.records.details(upload(land, folder).id) is None


def test_a_finalized_record_says_so_and_takes_no_version(land: Landscape, folder: NodeId) -> None:
    document = upload(land, folder)
    land.opentext.records.classify([document.id], "Orders")
    before = land.opentext.records.details(document.id)
    land.opentext.records.finalize([document.id])
    after = land.opentext.records.details(document.id)
    assert before is not None
    assert after is not None
    assert (before.is_finalized, after.is_finalized) == (False, True)
    with pytest.raises(Permanent):
        upload(land, folder, content=b"%PDF-2")


# Signing in, and what goes wrong


def test_twenty_threads_whose_ticket_has_ended_sign_in_once(land: Landscape, workspace: NodeId) -> None:
    land.world.clock.advance(timedelta(hours=3))
    before = len(land.world.ledger.effects("content_server", "ticket for"))
    start = threading.Barrier(20)

    def ask(_: int) -> str:
        start.wait()
        return land.opentext.workspaces.named(workspace).name

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {"Order 100 (demostore1)"}
    assert len(land.world.ledger.effects("content_server", "ticket for")) == before + 1


def test_a_ticket_in_steady_use_slides_and_never_ends(land: Landscape, workspace: NodeId) -> None:
    before = len(land.world.ledger.effects("content_server", "ticket for"))
    for _ in range(10):
        land.world.clock.advance(timedelta(minutes=60))
        land.opentext.workspaces.named(workspace)
    assert len(land.world.ledger.effects("content_server", "ticket for")) == before


def test_an_upload_with_an_ended_ticket_is_repeated_with_the_whole_file(land: Landscape, folder: NodeId) -> None:
    land.world.clock.advance(timedelta(hours=3))
    big = b"0123456789" * 30_000
    document = land.opentext.documents.upload(folder, "big.txt", io.BytesIO(big), "text/plain")
    sink = io.BytesIO()
    land.opentext.documents.download(document.id, 1, sink)
    assert sink.getvalue() == big


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("status", {"status": 500}, Retryable),
        ("status", {"status": 500, "body": "html"}, Retryable),
        ("status", {"status": 502}, Retryable),
        ("status", {"status": 503}, Retryable),
        ("status", {"status": 429, "headers": {"Retry-After": "9"}}, RateLimited),
        ("status", {"status": 403}, NeedsReauth),
        ("status", {"status": 401, "count": 3}, NeedsReauth),
        ("status", {"status": 400}, Permanent),
        ("drop_before", {}, Retryable),
        ("drop_after", {}, Retryable),
        ("truncate", {}, Retryable),
    ],
)
@pytest.mark.parametrize("call", ["read", "list", "upsert", "upload", "classify", "categories", "folder"])
def test_each_fault_in_each_call_has_its_answer_and_passes(
    land: Landscape, folder: NodeId, workspace: NodeId, call: str, kind: str, more: Any, error: type[AppError]
) -> None:
    document = upload(land, folder, "there.txt")
    opentext = land.opentext
    calls = {
        "read": lambda: opentext.documents.get(document.id),
        "list": lambda: opentext.documents.in_workspace(workspace),
        "upsert": lambda: opentext.workspaces.ensure(order()),
        "upload": lambda: upload(land, folder, "new.txt"),
        "classify": lambda: opentext.records.classify([document.id], "Orders"),
        "categories": lambda: opentext.categories.values(document.id),
        "folder": lambda: opentext.documents.folder(workspace, "06 New"),
    }
    land.fault(kind, **({"path": "/cs/cs/api/*"} | more))
    if (call, more.get("status")) == ("upsert", 400):
        calls[call]()  # repeated as a form, which this server takes too
        return
    with pytest.raises(error):
        calls[call]()
    land.world.faults.remove()
    calls[call]()


def test_a_drop_while_signing_in_is_temporary(land: Landscape) -> None:
    land.fault("drop_before", system="otds")
    with pytest.raises(Retryable):
        land.opentext.workspaces.find(CUSTOMER)
    assert land.opentext.workspaces.find(CUSTOMER) is None
