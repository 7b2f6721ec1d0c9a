"""Records Management: classify, describe, declare, finalize, hold; what each forbids from then on."""

from typing import Any

import pytest

from sandbox.content_server import seed
from tests.sandbox.content_server.conftest import CUSTOMER, Bench, Desk


def details(desk: Desk, node_id: int) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"/v1/nodes/{node_id}/rmclassifications").json()
    return found


def classify(desk: Desk, node_id: int, class_id: int, **more: Any) -> int:
    body = {"class_id": class_id} | more
    return desk.body("POST", f"/v1/nodes/{node_id}/rmclassifications", body).status_code


def hold(desk: Desk, name: str = "Chargeback 4711") -> int:
    form = {"type": "LEGAL", "name": name, "date_applied": "2025-06-30T00:00:00", "comment": "disputed"}
    answer = desk.form("POST", "/v1/holds", form)
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["holdID"]
    return number


# --- classification ---


def test_a_document_becomes_a_record_with_the_schedule_of_its_class(bench: Bench, service: Desk, document: int) -> None:
    assert details(service, document)["data"] == []
    answer = service.body(
        "POST", f"/v1/nodes/{document}/rmclassifications", {"class_id": bench.rm_class("Orders"), "official": True}
    )

    assert (answer.status_code, answer.json()) == (200, {})
    row = details(service, document)["data"][0]
    assert (row["name"], row["rsi"], row["official"]) == ("Orders", "ORD-7", True)
    assert row["file_status"] == row["status"] == "ACTIVE"


def test_a_file_plan_can_be_browsed(bench: Bench, service: Desk) -> None:
    volume = service.get("/v2/classificationvolume").json()
    trees = service.get(f"/v2/nodes/{volume['id']}/nodes", where_name="File plan").json()["results"]
    plan = trees[0]["data"]["properties"]["id"]
    rows = service.get(f"/v2/nodes/{plan}/nodes", where_type=551).json()["results"]

    assert {row["data"]["properties"]["name"] for row in rows} == {item.name for item in seed.FILE_PLAN}
    schedules = service.get("/v2/rsis").json()["results"]["data"]["rsis"]
    assert {item["RSI"]: item["RetYears"] for item in schedules} == {i.rsi: i.years for i in seed.FILE_PLAN}
    assert bench.rm_class("Invoices") in [row["data"]["properties"]["id"] for row in rows]


def test_another_class_needs_the_token(bench: Bench, service: Desk, document: int) -> None:
    orders, cases = bench.rm_class("Orders"), bench.rm_class("Cases")
    classify(service, document, orders)
    token = details(service, document)["rm_metadataToken"]

    assert classify(service, document, cases) == 409
    assert classify(service, document, cases, rm_metadataToken="stale") == 409
    assert classify(service, document, cases, rm_metadataToken=token) == 200
    assert details(service, document)["data"][0]["rsi"] == "CAS-3"


def test_an_inherited_class_comes_from_the_template_folder_and_may_be_replaced(
    bench: Bench, service: Desk, order: int
) -> None:
    document = service.document(service.folder(order, "02 Payment"), "Invoice 1001.pdf")
    row = details(service, document)["data"][0]
    assert (row["name"], row["inherited_rmclassification_id"]) == ("Invoices", bench.rm_class("Invoices"))

    assert classify(service, document, bench.rm_class("Orders")) == 200
    assert details(service, document)["data"][0]["inherited_rmclassification_id"] is None


def test_what_is_no_rm_classification_cannot_classify(bench: Bench, service: Desk, order: int, document: int) -> None:
    assert classify(service, document, order) == 400
    assert classify(service, document, bench.document_type("Order record")) == 400
    assert details(service, document)["data"] == []


@pytest.mark.parametrize("member", ["status", "file_status"])
def test_record_details_change_under_either_name(bench: Bench, service: Desk, document: int, member: str) -> None:
    classify(service, document, bench.rm_class("Orders"))
    token = details(service, document)["rm_metadataToken"]
    body = {"rm_metadataToken": token, member: "CLOSED", "subject": "Order 1001", "official": True}

    assert service.body("PUT", f"/v1/nodes/{document}/rmclassifications", body).status_code == 200
    row = details(service, document)["data"][0]
    assert (row["file_status"], row["subject"], row["official"]) == ("CLOSED", "Order 1001", True)
    assert service.body("PUT", f"/v1/nodes/{document}/rmclassifications", body).status_code == 409


@pytest.mark.parametrize(
    "change", [{"status": "LOST"}, {"rsi": "NONE-1"}, {"cycle_period": "4"}, {"record_date": "tomorrow"}]
)
def test_unknown_codes_are_refused(bench: Bench, service: Desk, document: int, change: dict[str, str]) -> None:
    classify(service, document, bench.rm_class("Orders"))
    body = {"rm_metadataToken": details(service, document)["rm_metadataToken"]} | change

    assert service.body("PUT", f"/v1/nodes/{document}/rmclassifications", body).status_code == 400


def test_the_schedule_of_a_record_is_replaced_and_removed(bench: Bench, service: Desk, document: int) -> None:
    orders = bench.rm_class("Orders")
    classify(service, document, orders)
    path = f"/v1/nodes/{document}/rmclassifications/{orders}/rsis"

    assert service.form("POST", path, {"rsi": "POL-10"}).status_code == 200
    rows = service.get(f"/v1/nodes/{document}/rsis").json()["data"]
    assert {row["rsi"] for row in rows} == {"ORD-7", "POL-10"}
    assert service.form("DELETE", path, {"rsi": "ORD-7"}).status_code == 200
    assert details(service, document)["data"][0]["rsi"] == "POL-10"


def test_a_classification_is_removed(bench: Bench, service: Desk, document: int) -> None:
    orders = bench.rm_class("Orders")
    classify(service, document, orders)

    assert service.delete(f"/v1/nodes/{document}/rmclassifications/{bench.rm_class('Cases')}").status_code == 400
    assert service.delete(f"/v1/nodes/{document}/rmclassifications/{orders}").status_code == 200
    assert details(service, document)["data"] == []


# --- many at once ---


def test_many_documents_are_classified_in_one_call_and_one_bad_id_stops_nothing(
    bench: Bench, service: Desk, order: int
) -> None:
    folder = service.folder(order, "01 Order record")
    ids = [service.document(folder, f"{number}.pdf") for number in range(3)]
    form = {"ids": [*ids, 99999], "classID": str(bench.rm_class("Orders"))}

    answer = service.form("POST", "/v1/rmclassifications/batchAddClassification", form)
    assert (answer.status_code, answer.json()) == (200, {})
    assert [details(service, number)["data"][0]["name"] for number in ids] == ["Orders"] * 3


def test_the_bulk_call_takes_standard_classifications_too(bench: Bench, service: Desk, document: int) -> None:
    kind = bench.document_type("Order record")
    form = {"ids": str(document), "classID": str(kind)}
    service.form("POST", "/v1/rmclassifications/batchAddClassification", form)
    assert service.get(f"/v1/nodes/{document}/classifications").json()["data"][0]["id"] == kind

    service.form("POST", "/v1/rmcassifications/batchRemoveClassification", form)
    assert service.get(f"/v1/nodes/{document}/classifications").json()["data"] == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("batchAddClassification", {"classID": "{class}"}),
        ("batchAddClassification", {"ids": "1", "classID": "1"}),
        ("applyhold", {"ids": "1", "holdID": "99"}),
        ("applyhold", {"ids": "1"}),
    ],
)
def test_a_bulk_call_without_its_members_is_404(bench: Bench, service: Desk, path: str, form: dict[str, str]) -> None:
    filled = {name: value.replace("{class}", str(bench.rm_class("Orders"))) for name, value in form.items()}

    assert service.form("POST", f"/v1/rmclassifications/{path}", filled).status_code == 404


def test_details_of_many_change_with_the_bulk_names(bench: Bench, service: Desk, document: int) -> None:
    classify(service, document, bench.rm_class("Orders"))
    form = {"ids": [document], "official": "1", "fileStatus": "CLOSED", "docDate": "2025-06-30"}

    assert service.form("POST", "/v1/rmclassifications/RMMetadata", form).status_code == 200
    row = details(service, document)["data"][0]
    assert (row["official"], row["file_status"], row["record_date"]) == (True, "CLOSED", "2025-06-30T00:00:00")


def test_classifications_are_replaced_as_a_whole(bench: Bench, service: Desk, document: int) -> None:
    first, second = bench.document_type("Order record"), bench.document_type("Decision record")
    path = f"/v1/nodes/{document}/classifications"
    service.body("POST", path, {"class_id": [first]})
    service.body("POST", path, {"class_id": [second]})

    assert [row["id"] for row in service.get(path).json()["data"]] == [second]
    assert service.body("POST", path, {"class_id": [bench.rm_class("Orders")]}).status_code == 400


# --- finalized records ---


@pytest.fixture
def finalized(bench: Bench, service: Desk, document: int) -> int:
    classify(service, document, bench.rm_class("Orders"))
    answer = service.form("PUT", "/v1/rmclassifications/finalizerecords", {"ids": [document]})
    assert (answer.status_code, answer.json()) == (200, {})
    return document


def test_a_finalized_record_cannot_be_changed_in_any_way(
    bench: Bench, service: Desk, order: int, finalized: int
) -> None:
    approval = bench.category("Approval")
    target = service.folder(order, "04 Decision")
    attempts = [
        service.add_version(finalized),
        service.body("PUT", f"/v2/nodes/{finalized}", {"name": "Other.pdf"}),
        service.body("PUT", f"/v2/nodes/{finalized}", {"description": "x"}),
        service.body("PUT", f"/v2/nodes/{finalized}", {"parent_id": target}),
        service.body("PUT", f"/v2/nodes/{finalized}", {"reserved_user_id": 1001}),
        service.form("POST", f"/v2/nodes/{finalized}/categories", {"category_id": str(approval)}),
        service.delete(f"/v2/nodes/{finalized}"),
        service.delete(f"/v2/nodes/{order}"),
        service.delete(f"/v1/nodes/{finalized}/rmclassifications/{bench.rm_class('Orders')}"),
    ]

    assert [answer.status_code for answer in attempts] == [400] * len(attempts)
    assert all("finalized" in answer.json()["error"] for answer in attempts)
    assert service.properties(finalized)["name"] == "Order record.pdf"
    assert service.get(f"/v1/nodes/{finalized}/content").status_code == 200


def test_a_finalized_record_says_so(service: Desk, finalized: int) -> None:
    found = details(service, finalized)

    assert (found["canFinalize"], found["data"][0]["official"], found["data"][0]["record_type"]) == (False, True, 1)


def test_only_a_classified_document_is_finalized(service: Desk, document: int) -> None:
    service.form("PUT", "/v1/rmclassifications/finalizerecords", {"ids": [document]})

    assert details(service, document)["canFinalize"] is True
    assert service.form("PUT", "/v1/rmclassifications/finalizerecords", {"none": "1"}).status_code == 404


def test_the_background_queue_finalizes_too(bench: Bench, service: Desk, document: int) -> None:
    classify(service, document, bench.rm_class("Orders"))
    answer = service.form("POST", "/v1/rmqueues", {"task_name": "rm_FinalizeRecord", "id": str(document)})

    assert answer.json()["task_status"] == "completed"
    assert service.add_version(document).status_code == 400


# --- holds ---


def test_a_hold_is_found_by_name_in_both_places(service: Desk) -> None:
    number = hold(service)
    answer = service.get("/v2/hold", holdname="Chargeback 4711").json()

    assert answer["results"]["data"]["hold"] == answer["hold"]
    assert (answer["hold"]["HoldID"], answer["hold"]["ActiveHold"], answer["hold"]["HoldType"]) == (number, 1, "LEGAL")
    assert [item["HoldName"] for item in service.get("/v1/holds").json()] == ["Chargeback 4711"]
    assert service.get("/v2/holds", page=1, limit=10).json()["results"]["data"]["holds"][0]["HoldID"] == number


def test_an_unknown_hold_is_refused_in_the_records_shape(service: Desk) -> None:
    answer = service.get("/v2/hold", holdname="None such")

    assert answer.status_code == 400
    assert answer.json()["results"]["ok"] is False


@pytest.mark.parametrize("change", [{"type": "WHIM"}, {"name": ""}, {"date_applied": ""}, {"date_applied": "soon"}])
def test_an_incomplete_hold_is_refused(service: Desk, change: dict[str, str]) -> None:
    form = {"type": "LEGAL", "name": "New", "date_applied": "2025-06-30T00:00:00"} | change

    assert service.form("POST", "/v1/holds", form).status_code == 400
    assert service.get("/v1/holds").json() == []


def test_a_hold_may_be_described_in_the_query(service: Desk) -> None:
    query = {"type": "AUDIT", "name": "By query", "date_applied": "2025-06-30T00:00:00"}

    assert service.http.post("v1/holds", params=query).status_code == 200
    assert service.http.post("v1/holds", params=query).status_code == 400


def test_an_item_on_hold_cannot_be_deleted_until_it_is_released(service: Desk, order: int, document: int) -> None:
    number = hold(service)
    service.form("POST", "/v1/rmclassifications/applyhold", {"ids": [document], "holdID": str(number)})
    folder = service.folder(order, "01 Order record")

    assert service.delete(f"/v2/nodes/{document}").status_code == 400
    assert service.delete(f"/v2/nodes/{folder}").status_code == 400
    assert service.delete(f"/v2/nodes/{order}").status_code == 400
    assert service.add_version(document).status_code == 200
    assert service.delete(f"/v2/nodes/{document}/versions/1").status_code == 400
    service.form("POST", "/v1/rmclassifications/removehold", {"ids": [document], "holdID": str(number)})
    assert service.delete(f"/v2/nodes/{document}").status_code == 200


def test_a_hold_on_a_workspace_reaches_what_lies_in_it(service: Desk, order: int, document: int) -> None:
    number = hold(service)
    assert service.body("POST", f"/v1/nodes/{order}/holds", {"hold_id": number}).status_code == 200

    row = service.get(f"/v1/nodes/{document}/holds").json()["data"][0]
    assert (row["hold_id"], row["hold_appliedmethod"], row["id"], row["removable"]) == (
        number,
        "Indirect",
        order,
        False,
    )
    assert service.delete(f"/v2/nodes/{document}").status_code == 400
    items = service.get(f"/v2/holditems/{number}").json()["results"]
    assert [item["id"] for item in items] == [order]


def test_a_hold_in_use_cannot_be_deleted(service: Desk, document: int) -> None:
    number = hold(service)
    service.http.post(f"v1/nodes/{document}/holds", params={"hold_id": number})
    text = "Error deleting Hold. Hold may not exist or is in use."

    refused = service.delete(f"/v1/holds/{number}")
    assert (refused.status_code, refused.json()) == (400, {"error": text})
    assert service.delete(f"/v1/nodes/{document}/holds/{number}").status_code == 200
    assert service.delete(f"/v1/nodes/{document}/holds/{number}").json() == {"error": "Object does not have this Hold"}
    assert service.delete(f"/v1/holds/{number}").status_code == 200


def test_a_suspended_hold_binds_nobody(service: Desk, document: int) -> None:
    number = hold(service)
    service.body("POST", f"/v1/nodes/{document}/holds", {"hold_id": number})
    form = {"id": str(number), "date_removed": "2025-07-01T00:00:00", "removal_comment": "settled"}

    assert service.form("PUT", "/v1/holds", form).status_code == 200
    assert service.get("/v2/hold", id=number).json()["hold"]["ActiveHold"] == 0
    assert service.body("POST", f"/v1/nodes/{document}/holds", {"hold_id": number}).status_code == 400
    assert service.delete(f"/v2/nodes/{document}").status_code == 200


def test_a_hold_needs_the_right_to_edit_permissions(bench: Bench, service: Desk, document: int) -> None:
    number = hold(service)
    anna, rita = bench.desk(seed.ANNA), bench.desk(seed.RITA)

    assert anna.body("POST", f"/v1/nodes/{document}/holds", {"hold_id": number}).status_code == 400
    assert service.get(f"/v1/nodes/{document}/holds").json()["data"] == []
    assert rita.body("POST", f"/v1/nodes/{document}/holds", {"hold_id": number}).status_code == 200


def test_codes_name_what_may_be_chosen(service: Desk) -> None:
    data = service.get("/v2/recordsmanagement/rmcodes").json()["results"]["data"]

    assert [item["code"] for item in data["hold_type"]["values"]] == list(seed.HOLD_TYPES)
    assert data["file_status"]["default_value"] == "ACTIVE"
    assert "rmrsi" in service.get("/v1/recordsmanagement/rmcodes").json()


def test_a_customer_workspace_can_be_a_record_too(bench: Bench, service: Desk) -> None:
    customer = service.workspace(CUSTOMER)

    assert classify(service, customer, bench.rm_class("Customer agreements")) == 200
    items = service.get(f"/v2/classifieditems/{bench.rm_class('Customer agreements')}").json()["results"]
    assert [item["id"] for item in items] == [customer]
