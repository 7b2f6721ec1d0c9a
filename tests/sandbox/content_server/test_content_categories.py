"""Category values: keys, types, partial changes, conflicts, inheritance."""

from typing import Any

import pytest

from tests.sandbox.content_server.conftest import Bench, Desk


def test_a_category_shows_all_its_keys_and_its_definitions(bench: Bench, service: Desk, order: int) -> None:
    category = bench.category("Order")
    row = service.http.get(f"v2/nodes/{order}/categories?metadata").json()["results"][0]
    key = bench.key("Order", "Review reasons")

    assert row["data"]["categories"][bench.key("Order", "Order number")] == "1001"
    assert row["data"]["categories"][bench.key("Order", "Status")] is None
    assert row["data"]["categories"][key] == [None]
    entries = row["metadata"]["categories"]
    assert next(iter(entries)) == str(category)
    assert (entries[str(category)]["name"], entries[str(category)]["persona"]) == ("Order", "category")
    assert (entries[key]["multi_value"], entries[key]["type_name"]) == (True, "String")
    assert entries[f"{bench.key('Order', 'Line items')}_x_18"]["name"] == "SKU"
    assert row["metadata_order"]["categories"] == [str(category)]


def test_only_what_is_sent_changes(bench: Bench, service: Desk, order: int) -> None:
    category, status = bench.category("Order"), bench.key("Order", "Status")
    answer = service.form("PUT", f"/v2/nodes/{order}/categories/{category}", {status: "Manual review"})

    assert answer.status_code == 200
    values = service.values(order, category)
    assert (values[status], values[bench.key("Order", "Order number")]) == ("Manual review", "1001")


def test_repeated_form_keys_are_the_values_of_a_list(bench: Bench, service: Desk, order: int) -> None:
    category, key = bench.category("Order"), bench.key("Order", "Review reasons")
    service.form("PUT", f"/v2/nodes/{order}/categories/{category}", {key: ["High value", "Countries differ"]})

    assert service.values(order, category)[key] == ["High value", "Countries differ"]


@pytest.mark.parametrize(
    ("attribute", "value", "stored"),
    [
        ("Placed on", "2025-06-30", "2025-06-30T00:00:00"),
        ("Placed on", "2025-06-30T10:20:30", "2025-06-30T10:20:30"),
        ("Placed on", "2025-06-30T10:20:30Z", "2025-06-30T10:20:30"),
        ("Currency", "EUR", "EUR"),
        ("Currency", "", None),
    ],
)
def test_values_are_kept_in_the_attributes_type(
    bench: Bench, service: Desk, order: int, attribute: str, value: str, stored: Any
) -> None:
    category, key = bench.category("Order"), bench.key("Order", attribute)
    service.form("PUT", f"/v2/nodes/{order}/categories/{category}", {key: value})

    assert service.values(order, category)[key] == stored


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("Placed on", "30.06.2025"), ("Placed on", "2025-13-01"), ("Currency", "EURO"), ("Order number", "x" * 65)],
)
def test_a_value_the_attribute_cannot_hold_is_refused_and_nothing_changes(
    bench: Bench, service: Desk, order: int, attribute: str, value: str
) -> None:
    category, status = bench.category("Order"), bench.key("Order", "Status")
    before = service.values(order, category)
    form = {status: "changed", bench.key("Order", attribute): value}

    assert service.form("PUT", f"/v2/nodes/{order}/categories/{category}", form).status_code == 400
    assert service.values(order, category) == before


def test_a_key_of_another_category_is_refused(bench: Bench, service: Desk, order: int) -> None:
    category, foreign = bench.category("Order"), bench.key("Customer", "Name")
    answer = service.form("PUT", f"/v2/nodes/{order}/categories/{category}", {foreign: "x"})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith(f"Category ID '{category}' was specified for Categories Update")


def test_a_category_is_attached_once(bench: Bench, service: Desk, document: int) -> None:
    approval, status = bench.category("Approval"), bench.key("Approval", "Status")
    form = {"category_id": str(approval), bench.key("Approval", "Comment"): "please"}

    assert service.form("POST", f"/v2/nodes/{document}/categories", form).status_code == 200
    assert service.values(document, approval)[status] == "Pending"
    again = service.form("POST", f"/v2/nodes/{document}/categories", form)
    assert (again.status_code, again.json()) == (400, {"error": "The attribute group 'Approval' already exists"})


def test_a_value_outside_the_list_is_refused(bench: Bench, service: Desk, document: int) -> None:
    form = {"category_id": str(bench.category("Approval")), bench.key("Approval", "Status"): "Maybe"}

    assert service.form("POST", f"/v2/nodes/{document}/categories", form).status_code == 400


def test_a_required_value_cannot_be_emptied(bench: Bench, service: Desk, document: int) -> None:
    approval = bench.category("Approval")
    service.form("POST", f"/v2/nodes/{document}/categories", {"category_id": str(approval)})
    path = f"/v2/nodes/{document}/categories/{approval}"

    assert service.form("PUT", path, {bench.key("Approval", "Status"): ""}).status_code == 400


def test_an_unattached_category_is_refused(bench: Bench, service: Desk, document: int) -> None:
    approval = bench.category("Approval")
    answer = service.get(f"/v2/nodes/{document}/categories/{approval}")

    text = f"Category ID '{approval}' is not a category on node '{document}'"
    assert (answer.status_code, answer.json()) == (400, {"error": text})


def test_a_stale_token_is_a_conflict(bench: Bench, service: Desk, order: int) -> None:
    category, status = bench.category("Order"), bench.key("Order", "Status")
    path = f"/v2/nodes/{order}/categories/{category}"
    state = service.http.get(f"v2/nodes/{order}?state").json()["results"]["state"]
    token = f'{{"metadata_token":"{state["categories"][str(category)]["metadata_token"]}"}}'

    first = service.form("PUT", path, {status: "a", f"{category}_1": token})
    assert first.json()["results"]["state"]["categories"][str(category)]["metadata_token"] not in token
    assert service.form("PUT", path, {status: "b", f"{category}_1": token}).status_code == 409
    assert service.values(order, category)[status] == "a"


def test_rows_of_a_set_come_and_go(bench: Bench, service: Desk, order: int) -> None:
    category, rows = bench.category("Order"), bench.key("Order", "Line items")
    path = f"/v2/nodes/{order}/categories/{category}"
    service.form("PUT", path, {f"{rows}_1_18": "A-1", f"{rows}_1_20": "2", f"{rows}_2_18": "B-2"})
    values = service.values(order, category)
    assert (values[f"{rows}_1_18"], values[f"{rows}_1_20"], values[f"{rows}_2_18"]) == ("A-1", 2, "B-2")

    service.form("PUT", path, {f"{rows}_1": ""})
    values = service.values(order, category)
    assert f"{rows}_1_18" not in values
    assert values[f"{rows}_2_18"] == "B-2"


def test_an_upload_carries_its_categories_flat(bench: Bench, service: Desk, order: int) -> None:
    comment = bench.key("Approval", "Comment")
    document = service.document(
        service.folder(order, "04 Decision"), "Note.pdf", roles={"categories": {comment: "for review"}}
    )

    values = service.values(document, bench.category("Approval"))
    assert (values[comment], values[bench.key("Approval", "Status")]) == ("for review", "Pending")


def test_version_two_refuses_nested_categories_and_version_one_flat_ones(
    bench: Bench, service: Desk, order: int
) -> None:
    folder, approval = service.folder(order, "04 Decision"), bench.category("Approval")
    comment = bench.key("Approval", "Comment")
    nested, flat = {str(approval): {comment: "x"}}, {comment: "x"}
    new = {"type": 0, "parent_id": folder, "name": "New"}

    assert service.body("POST", "/v2/nodes", new | {"roles": {"categories": nested}}).status_code == 400
    assert service.body("POST", "/v1/nodes", new | {"roles": {"categories": flat}}).status_code == 400
    assert service.body("POST", "/v1/nodes", new | {"roles": {"categories": nested}}).status_code == 200


def test_an_upload_with_a_bad_value_leaves_no_document(bench: Bench, service: Desk, order: int) -> None:
    folder = service.folder(order, "04 Decision")
    bad = {"categories": {bench.key("Approval", "Status"): "Maybe"}}

    assert service.upload(folder, "Note.pdf", roles=bad).status_code == 400
    assert service.properties(folder)["size"] == 0


def test_an_inherited_category_comes_to_new_children(bench: Bench, service: Desk, order: int) -> None:
    folder, approval = service.folder(order, "04 Decision"), bench.category("Approval")
    service.form("POST", f"/v2/nodes/{folder}/categories", {"category_id": str(approval)})
    before = service.document(folder, "Before.pdf")
    assert service.http.post(f"v2/nodes/{folder}/categories/{approval}/inheritance").status_code == 200
    after = service.document(folder, "After.pdf")

    assert service.get(f"/v2/nodes/{before}/categories").json()["results"] == []
    assert service.values(after, approval)[bench.key("Approval", "Status")] == "Pending"


def test_a_document_hands_nothing_on(bench: Bench, service: Desk, document: int) -> None:
    approval = bench.category("Approval")
    service.form("POST", f"/v2/nodes/{document}/categories", {"category_id": str(approval)})
    path = f"v2/nodes/{document}/categories/{approval}/inheritance"

    assert service.http.post(path).status_code == 400
    assert service.http.delete(path).status_code == 200


def test_categories_are_applied_to_what_lies_below(bench: Bench, service: Desk, order: int, document: int) -> None:
    folder, approval = service.folder(order, "01 Order record"), bench.category("Approval")
    service.form("POST", f"/v2/nodes/{folder}/categories", {"category_id": str(approval)})
    body = {"categories": [{"id": approval, "action": "add"}]}
    assert service.body("POST", f"/v2/nodes/{folder}/categories/apply", body).status_code == 200
    assert service.values(document, approval)[bench.key("Approval", "Status")] == "Pending"

    service.body("POST", f"/v2/nodes/{folder}/categories/apply", {"categories": [{"id": approval, "action": "delete"}]})
    assert service.get(f"/v2/nodes/{document}/categories").json()["results"] == []


def test_a_category_is_removed(bench: Bench, service: Desk, order: int) -> None:
    category = bench.category("Order")

    assert service.delete(f"/v2/nodes/{order}/categories/{category}").status_code == 200
    assert service.get(f"/v2/nodes/{order}/categories").json()["results"] == []


def test_the_form_of_a_category_names_its_attributes(bench: Bench, service: Desk, document: int) -> None:
    approval, status = bench.category("Approval"), bench.key("Approval", "Status")
    form = service.get("/v1/forms/nodes/categories/create", id=document, category_id=approval).json()["forms"][0]

    assert form["schema"]["properties"][status]["title"] == "Status"
    assert "Approved" in form["schema"]["properties"][status]["enum"]
