"""Business workspaces: the upsert by business object, creation by hand, look-ups, references, required documents."""

from typing import Any

import pytest

from sandbox.content_server import seed
from tests.sandbox.content_server.conftest import CUSTOMER, ORDER, PRODUCT, Bench, Desk, entry

BY_ORDER = "/v2/externalsystems/BigCommerce/botypes/ORDER/boids/bc-demostore1-1001"


def found(answer: dict[str, Any]) -> list[int]:
    return [row["data"]["properties"]["id"] for row in answer["results"]]


def test_a_new_order_gets_a_workspace_from_its_template(service: Desk) -> None:
    rows = service.upsert(entry(ORDER))

    assert rows == [{"id": rows[0]["id"], "error_message": ""}]
    workspace = rows[0]["id"]
    assert service.properties(workspace)["name"] == "Order 1001 (demostore1)"
    children = service.get(f"/v2/nodes/{workspace}/nodes").json()["results"]
    names = [row["data"]["properties"]["name"] for row in children]
    assert names == list(seed.TEMPLATES[0].folders)


def test_the_same_order_again_updates_the_same_workspace(bench: Bench, service: Desk) -> None:
    first = service.workspace(ORDER, status="Pending")
    second = service.workspace(ORDER, status="Shipped")

    assert first == second
    assert service.values(first, bench.category("Order"))[bench.key("Order", "Status")] == "Shipped"
    assert found(service.get(BY_ORDER).json()) == [first]


def test_an_update_leaves_what_was_not_sent_and_renames(bench: Bench, service: Desk) -> None:
    workspace = service.workspace(ORDER, status="Pending")
    service.upsert(entry(ORDER) | {"bo_properties": [{"name": "orderNumber", "values": ["1001-B"]}]})

    assert service.properties(workspace)["name"] == "Order 1001-B (demostore1)"
    assert service.values(workspace, bench.category("Order"))[bench.key("Order", "Status")] == "Pending"


def test_business_properties_of_a_list_and_groups_fill_the_category(bench: Bench, service: Desk) -> None:
    lines = [
        {"columns": [{"name": "sku", "values": ["A-1"]}, {"name": "quantity", "values": ["2"]}]},
        {"columns": [{"name": "sku", "values": ["B-2"]}]},
    ]
    wanted = entry(ORDER)
    wanted["bo_properties"].append({"name": "reviewReasons", "values": ["High value", "Countries differ"]})
    workspace = service.upsert(wanted | {"bo_property_groups": [{"name": "lineItems", "rows": lines}]})[0]["id"]
    rows, values = bench.key("Order", "Line items"), service.values(workspace, bench.category("Order"))
    assert values[bench.key("Order", "Review reasons")] == ["High value", "Countries differ"]
    assert (values[f"{rows}_1_18"], values[f"{rows}_1_20"], values[f"{rows}_2_18"]) == ("A-1", 2, "B-2")

    service.upsert(wanted | {"bo_property_groups": [{"name": "lineItems", "rows": lines[1:]}]})
    values = service.values(workspace, bench.category("Order"))
    assert (values[f"{rows}_1_18"], f"{rows}_2_18" in values) == ("B-2", False)


def test_an_unmapped_property_is_passed_over(service: Desk) -> None:
    assert service.upsert(entry(ORDER, shoeSize="44"))[0]["error_message"] == ""


def test_each_entry_fails_on_its_own(service: Desk) -> None:
    bad_type, bad_value = entry(("BigCommerce", "UNICORN", "x")), entry(CUSTOMER, customerSince="yesterday")
    rows = service.upsert(bad_type, entry(ORDER), bad_value)

    assert [bool(row["id"]) for row in rows] == [False, True, False]
    assert "UNICORN" in rows[0]["error_message"]
    assert "Customer since" in rows[2]["error_message"]
    assert found(service.get(BY_ORDER).json()) == [rows[1]["id"]]
    by_customer = service.get("/v2/externalsystems/BigCommerce/botypes/CUSTOMER/boids/bc-demostore1-77").json()
    assert by_customer["results"] == []


def test_values_must_be_texts(service: Desk) -> None:
    wanted = entry(ORDER) | {"bo_properties": [{"name": "total", "values": [199.9]}]}

    assert service.upsert(wanted)[0]["error_message"] == "Invalid datatype specified for argument 'values'"


def test_a_name_clash_is_reported_for_its_entry(service: Desk, order: int) -> None:
    other = ("Shopify", "ORDER", "sh-demostore1-1001")
    row = service.upsert(entry(other))[0]

    assert row == {"id": 0, "error_message": "An item with the name 'Order 1001 (demostore1)' already exists."}
    assert order


def test_without_values_for_its_name_a_workspace_is_called_like_its_object(service: Desk) -> None:
    row = service.upsert({"ext_system_id": "BigCommerce", "bo_type": "CASE", "bo_id": "bc-demostore1-c1"})[0]

    assert service.properties(row["id"])["name"] == "bc-demostore1-c1"


def test_the_bulk_call_is_understood_as_form_field_too(service: Desk) -> None:
    answer = service.body("PUT", "/v2/businessworkspaces", {"bws_infos": [entry(ORDER)]})

    assert answer.json()[0]["error_message"] == ""


def test_an_older_server_does_not_know_the_bulk_call(bench: Bench, service: Desk) -> None:
    bench.server.set_bulk_upsert(False)
    answer = service.json("PUT", "/v2/businessworkspaces", {"bws_infos": [entry(ORDER)]})

    text = "The REST API URL could not be found in the mappings registry"
    assert (answer.status_code, answer.json()) == (400, {"error": text})
    assert service.get(BY_ORDER).json()["results"] == []


def test_a_create_by_hand_is_refused_when_the_object_has_a_workspace(service: Desk) -> None:
    created = service.body("POST", "/v2/businessworkspaces", entry(ORDER))
    again = service.body("POST", "/v2/businessworkspaces", entry(ORDER))

    number = created.json()["results"]["id"]
    assert created.json()["results"] == {"direct_open": True, "id": number, "sub_folder_id": 0}
    assert again.status_code == 400
    assert str(number) in again.json()["error"]


def test_an_early_workspace_needs_a_name_and_gets_its_object_later(bench: Bench, service: Desk) -> None:
    template = next(kind.template_id for kind in bench.server.state.workspace_types.values() if kind.name == "Case")
    nameless = service.body("POST", "/v2/businessworkspaces", {"template_id": str(template)})
    assert nameless.json() == {"error": "Missing required parameter 'name'"}

    body = {"template_id": str(template), "name": "Recall spring"}
    workspace = service.body("POST", "/v2/businessworkspaces", body).json()["results"]["id"]
    path = f"/v2/businessworkspaces/{workspace}"
    early = service.get(path, fields="business_properties").json()["results"]["data"]["business_properties"]
    assert early["isEarly"] is True
    reference = {"ext_system_id": "BigCommerce", "bo_type": "CASE", "bo_id": "bc-demostore1-recall"}
    assert service.form("PUT", f"{path}/workspacereferences", reference).status_code == 200
    late = service.get(path, fields="business_properties").json()["results"]["data"]["business_properties"]
    assert (late["isEarly"], late["business_object_id"]) == (False, "bc-demostore1-recall")
    assert late["display_url"].endswith("/cases/recall")


def test_a_business_object_belongs_to_one_workspace(service: Desk, order: int) -> None:
    customer = service.workspace(CUSTOMER)
    reference = dict(zip(("ext_system_id", "bo_type", "bo_id"), ORDER, strict=True))
    answer = service.form("PUT", f"/v2/businessworkspaces/{customer}/workspacereferences", reference)

    assert answer.status_code == 400
    assert found(service.get(BY_ORDER).json()) == [order]


def test_a_reference_is_taken_back(service: Desk, order: int) -> None:
    path = f"/v2/businessworkspaces/{order}/workspacereferences"
    reference = dict(zip(("ext_system_id", "bo_type", "bo_id"), ORDER, strict=True))

    assert service.form("DELETE", path, reference).json()["results"] == {"data": {"showDetails": False}}
    assert service.get(BY_ORDER).json()["results"] == []
    assert service.form("DELETE", path, reference).status_code == 400


def test_identical_objects_of_two_systems_share_a_workspace(service: Desk, order: int) -> None:
    other = entry(("Shopify", "ORDER", "sh-demostore1-5")) | {"ibo_workspace_id": order, "bo_properties": []}
    assert service.body("POST", "/v2/businessworkspaces", other).json()["results"]["id"] == order

    data = service.get(f"/v2/businessworkspaces/{order}", fields="workspace_references").json()["results"]["data"]
    assert {item["external_system_id"] for item in data["workspace_references"]} == {"BigCommerce", "Shopify"}


def test_a_look_up_without_a_hit_is_an_empty_list_with_one_page(service: Desk) -> None:
    answer = service.get(BY_ORDER).json()

    assert answer["results"] == []
    assert (answer["paging"]["page_total"], answer["paging"]["total_count"]) == (1, 0)


def test_business_object_ids_differ_by_case(service: Desk, order: int) -> None:
    assert service.get(BY_ORDER.replace("bc-", "BC-")).json()["results"] == []
    assert order


def test_a_row_has_zoneless_dates_and_the_type(bench: Bench, service: Desk, order: int) -> None:
    row = service.get(BY_ORDER).json()["results"][0]["data"]["properties"]
    kind = next(kind for kind in bench.server.state.workspace_types.values() if kind.name == "Order exception")

    assert not row["create_date"].endswith("Z")
    assert (row["id"], row["type"]) == (order, 848)
    assert (row["wnf_wksp_type_id"], row["wnf_wksp_template_id"]) == (kind.id, kind.template_id)


def test_the_collapsed_list_shows_what_was_opened_lately_only(service: Desk, order: int) -> None:
    assert service.get("/v2/businessworkspaces").json()["results"] == []
    service.get(f"/v2/businessworkspaces/{order}", add_recently_accessed="true")

    assert found(service.get("/v2/businessworkspaces").json()) == [order]


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ({"where_bo_id": "bc-demostore1-1001"}, True),
        ({"where_bo_id": "bc-demostore1-1"}, False),
        ({"where_name": "Order 1001 (demostore1)"}, True),
        ({"where_name": "Order 1001"}, False),
        ({"where_name": "startswith_order 1001"}, True),
        ({"where_name": "contains_1001"}, True),
        ({"where_workspace_type_name": "Order exception"}, True),
        ({"where_workspace_type_name": "Customer"}, False),
        ({"where_is_early": "true"}, False),
        ({"where_column_query": 'NAME LIKE "order*" AND SIZE = 7'}, True),
        ({"where_column_query": 'NOT (NAME LIKE "order*")'}, False),
    ],
)
def test_the_expanded_list_filters(service: Desk, order: int, query: dict[str, str], hit: bool) -> None:
    answer = service.get("/v2/businessworkspaces", expanded_view="true", **query).json()

    assert found(answer) == ([order] if hit else [])


def test_category_columns_can_be_asked_for(bench: Bench, service: Desk, order: int) -> None:
    column = f"WNF_ATT_{bench.key('Order', 'Order number')}"
    path = "/v2/businessworkspaces"

    hit = service.get(path, expanded_view="true", where_column_query=f'{column} = "1001" NAME ASC')
    assert found(hit.json()) == [order]
    assert service.get(path, expanded_view="true", where_column_query=f"{column} ==").status_code == 400


def test_categories_of_a_workspace_are_keyed_by_category(bench: Bench, service: Desk, order: int) -> None:
    results = service.http.get(f"v2/businessworkspaces/{order}?fields=categories&metadata").json()["results"]
    category = str(bench.category("Order"))

    assert results["data"]["categories"][category][bench.key("Order", "Order number")] == "1001"
    assert results["metadata"]["categories"][category][category]["name"] == "Order"


def test_a_deleted_workspace_frees_its_business_object(service: Desk, order: int) -> None:
    assert service.delete(f"/v2/nodes/{order}").status_code == 200
    assert service.get(BY_ORDER).json()["results"] == []

    assert service.workspace(ORDER) != order


def test_pushed_relations_tie_order_and_customer(service: Desk) -> None:
    customer = service.workspace(CUSTOMER)
    target = dict(zip(("ext_system_id", "bo_type", "bo_id"), CUSTOMER, strict=True))
    relation = {"bo_relations": [{"relation_type": "Child", "business_objects": [target]}]}
    order = service.upsert(entry(ORDER) | relation)[0]["id"]
    service.upsert(entry(ORDER) | relation)

    children = service.get(f"/v2/businessworkspaces/{order}/relateditems").json()["results"]
    assert [(row["data"]["properties"]["id"], row["data"]["properties"]["rel_type"]) for row in children] == [
        (customer, "BO_Child")
    ]
    parents = service.get(f"/v2/businessworkspaces/{customer}/relateditems", where_relationtype="parent").json()
    assert found(parents) == [order]


def test_a_relation_to_an_object_without_workspace_is_left_out(service: Desk) -> None:
    target = dict(zip(("ext_system_id", "bo_type", "bo_id"), CUSTOMER, strict=True))
    relation = {"bo_relations": [{"relation_type": "Child", "business_objects": [target]}]}
    row = service.upsert(entry(ORDER) | relation)[0]

    assert row["error_message"] == ""
    service.workspace(CUSTOMER)
    assert service.get(f"/v2/businessworkspaces/{row['id']}/relateditems").json()["results"] == []


def test_a_relation_made_by_hand_is_found_and_ended(service: Desk, order: int) -> None:
    product = service.workspace(PRODUCT)
    path = f"/v2/businessworkspaces/{order}/relateditems"

    assert service.form("POST", path, {"rel_bw_id": str(product)}).status_code == 200
    row = service.get(path, where_rel_types="{'child','parent'}", where_name="product").json()["results"][0]
    assert row["data"]["properties"]["rel_type"] == "child"
    assert service.get(path, where_name="launch").json()["results"] == []
    assert service.delete(f"{path}/{product}").status_code == 200
    assert service.get(path).json()["results"] == []
    assert service.delete(f"{path}/{product}").status_code == 400


def test_a_workspace_lacks_its_required_documents_until_they_are_there(bench: Bench, service: Desk, order: int) -> None:
    path = f"/v2/businessworkspaces/{order}/missingdocuments"
    lacking = service.get(path).json()["results"]
    assert [row["classification_name"] for row in lacking["data"]] == ["Order record", "Decision record"]
    assert lacking["data"][0]["location"] == str(service.folder(order, "01 Order record"))

    kind = bench.document_type("Order record")
    roles = {"classifications": {"create_id": [], "id": [kind]}}
    service.document(service.folder(order, "01 Order record"), roles=roles)
    assert [row["classification_name"] for row in service.get(path).json()["results"]["data"]] == ["Decision record"]


def test_document_types_tell_what_belongs_where(service: Desk, order: int) -> None:
    rows = service.get(f"/v2/businessworkspaces/{order}/doctypes").json()["results"]
    shown = [(row["data"]["properties"]["classification_name"], row["data"]["properties"]["required"]) for row in rows]

    assert shown == [("Order record", 1), ("Decision record", 1), ("Payment record", 0)]


def test_a_typed_upload_lands_in_its_folder(bench: Bench, service: Desk, order: int) -> None:
    upload = service.http.post(
        "v2/businessworkspace/preview",
        data={"bw_id": str(order)},
        files={"file": ("scan.pdf", b"x", "application/pdf")},
    )
    document = upload.json()["results"]["docNodeId"]
    listed = service.get(f"/v2/nodes/{order}/nodes").json()["results"]
    assert document not in [row["data"]["properties"]["id"] for row in listed]

    kind = bench.document_type("Decision record")
    form = {"docNodeId": str(document), "classification_id": str(kind), "document_name": "Decision.pdf"}
    assert service.form("PUT", f"/v2/businessworkspace/{order}/postupload", form).status_code == 200
    assert service.properties(document)["parent_id"] == service.folder(order, "04 Decision")
    reports = service.get(f"/v2/businessworkspace/{order}/reports", type="documentsAdded").json()["results"]
    assert reports["total_count"] == 1


def test_types_and_templates_are_looked_up_by_name(service: Desk) -> None:
    rows = service.get("/v2/businessworkspacetypes", expand_templates="true").json()["results"]
    shown = {row["data"]["properties"]["wksp_type_name"]: row["data"]["properties"] for row in rows}

    assert set(shown) == {template.name for template in seed.TEMPLATES}
    assert shown["Product launch"]["templates"][0]["subtype"] == 848
    assert service.get("/v2/businessworkspacetypes", ext_system_id="BigCommerce").status_code == 400
    only = service.get("/v2/businessworkspacetypes", ext_system_id="BigCommerce", bo_type="DISPUTE").json()["results"]
    assert [row["data"]["properties"]["wksp_type_name"] for row in only] == ["Dispute"]


def test_business_object_types_and_their_mapping_are_readable(service: Desk) -> None:
    rows = [row["data"]["properties"] for row in service.get("/v2/businessobjecttypes").json()["results"]]
    assert [row for row in rows if row["bo_type"] is None]
    kind = next(row for row in rows if (row["ext_system_id"], row["bo_type"]) == ("BigCommerce", "ORDER"))

    tab = service.get(f"/v2/businessobjecttypes/{kind['bo_type_id']}").json()["results"]["GeneralTab"]
    config = tab["data"]["properties"]["fWkspCreationConfig"]
    mapped = {item["bo_prop_name"]: item["att_name"] for item in config["propertyMappings"]}
    assert (mapped["orderNumber"], mapped["reviewReasons"]) == ("Order number", "Review reasons")
    assert config["propertyGroups"]["lineItems"]["set_name"] == "Line items"


def test_the_create_form_gives_the_category_keys(bench: Bench, service: Desk) -> None:
    forms = service.get("/v2/forms/businessworkspaces/create", ext_system_id="BigCommerce", bo_type="ORDER").json()[
        "forms"
    ]
    category = str(bench.category("Order"))

    assert forms[0]["schema"]["properties"]["name"]["maxLength"] == 248
    titles = {value["title"] for value in forms[1]["schema"]["properties"][category]["properties"].values()}
    assert "Order number" in titles


def test_external_systems_are_listed_without_secrets(service: Desk, admin: Desk) -> None:
    rows = service.get("/v2/externalsystems", where_name="{BigCommerce}").json()["results"]
    assert [row["extsystem_name"] for row in rows] == ["BigCommerce"]
    assert "password" not in rows[0]

    new = {
        "external_system_name": "Demo",
        "conn_type": "HTTP",
        "asurl": "https://a.example",
        "baseurl": "https://b.example",
    }
    assert service.form("POST", "/v2/externalsystems", new).status_code == 403
    assert admin.form("POST", "/v2/externalsystems", new).json()["results"]["OK"] is True
    assert admin.form("POST", "/v2/externalsystems", new).status_code == 400
    assert service.get("/v2/externalsystems/Demo/config").json()["results"]["conn_type"] == "HTTP"


def test_a_team_can_be_set_by_the_leading_application(service: Desk) -> None:
    workspace = service.upsert(entry(ORDER) | {"bo_roles_users": [{"role": "Reviewer", "users": [seed.TOM]}]})[0]["id"]
    roles = service.get(f"/v2/businessworkspaces/{workspace}/roles", fields="members").json()["results"]
    reviewers = next(row["data"] for row in roles if row["data"]["properties"]["name"] == "Reviewer")

    assert [member["name"] for member in reviewers["members"]] == [seed.TOM]
    unknown = entry(CUSTOMER) | {"bo_roles_users": [{"role": "Dancer", "users": [seed.TOM]}]}
    assert service.upsert(unknown)[0]["error_message"] == "The role 'Dancer' does not exist."
