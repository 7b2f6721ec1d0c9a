"""OpenText's own Python client at work on the stand-ins. Run by another Python, which has pyxecm and nothing of ours.

    python pyxecm_judge.py OTDS_PORT CONTENT_SERVER_PORT CLIENT_ID CLIENT_SECRET

Every check uses pyxecm as its documentation does and looks at what it made of the answers. One JSON line for each on
standard output: {"check", "ok", "said"}; "said" holds what went wrong and what pyxecm logged meanwhile.
"""

import io
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

from pyxecm import otcs
from pyxecm.otcs import OTCS
from pyxecm.otds import OTDS

PASSWORD = "demo"
ADMIN, MEMBERS, DEMO = "admin", "Content Server Members", "demo"
ANNA, LIAM = "anna.berg@demo", "liam.author@demo"
SYSTEM = "BigCommerce"
PDF = "application/pdf"
OLD, NEW = b"%PDF-1.4 first" * 1000, b"%PDF-1.4 second"
CHECKS = []


def check(function):
    """Keep the order of the file: later checks build on what earlier ones made."""
    CHECKS.append(function)
    return function


class Bench:
    """The clients, and what the checks made so far."""

    def __init__(self, otds_port, server_port, client_id, secret):
        self.otds_port, self.client = otds_port, {"client_id": client_id, "client_secret": secret}
        self.place = {"protocol": "http", "hostname": "127.0.0.1", "port": server_port}
        self.folder = Path(tempfile.mkdtemp(prefix="judge-"))
        self.old, self.new = self.folder / "old.pdf", self.folder / "new.pdf"
        self.old.write_bytes(OLD)
        self.new.write_bytes(NEW)
        self.run = str(int(time.time() * 1000))  # business objects of this run alone

    def otds(self, **settings):
        return OTDS("http", "127.0.0.1", self.otds_port, **settings)

    def server(self, **settings):
        return OTCS(**self.place, **settings)

    @property
    def number(self):
        return f"9{self.run[-8:]}"

    def object_id(self, kind):
        return f"bc-demostore1-{kind}{self.run}"


def value(client, response, key):
    found = client.get_result_value(response, key)
    assert found is not None, f"no {key} in {str(response)[:300]}"
    return found


# Signing in


@check
def check_client_credentials_give_a_token(b):
    token = b.otds(**b.client).authenticate(grant_type="client_credentials")
    assert isinstance(token, str), token
    assert token.count(".") == 2, token


@check
def check_a_password_gives_an_otds_ticket(b):
    b.admin_otds = b.otds(username=ADMIN, password=PASSWORD, admin_partition=MEMBERS)
    cookie = b.admin_otds.authenticate()
    assert cookie["OTDSTicket"].startswith("*OTDSSSO*"), cookie
    assert b.admin_otds.get_current_user()["user"]["name"] == ADMIN


@check
def check_a_wrong_password_gives_nothing(b):
    assert b.otds(username=ADMIN, password="wrong").authenticate(show_error=False) is None


@check
def check_a_person_gets_a_token_that_otds_describes(b):
    otds = b.otds(**b.client)
    assert otds.authenticate_user_token(ANNA, PASSWORD, scope="") is not None
    info = otds.get_access_token_info()
    assert info["userId"] == ANNA, info


@check
def check_a_client_may_act_as_a_person(b):
    otds = b.otds(**b.client)
    otds.authenticate(grant_type="client_credentials")
    token = otds.impersonate_user("anna.berg", DEMO)["access_token"]
    server = b.server(otds_token=token)
    assert server.authenticate() is not None
    assert server.get_current_user()["data"]["name"] == ANNA


@check
def check_an_administrator_may_act_as_a_person_by_ticket(b):
    ticket = b.admin_otds.impersonate_user("liam.author", DEMO)["ticket"]
    server = b.server(otds_ticket=ticket)
    assert server.authenticate() is not None
    assert server.get_current_user()["data"]["name"] == LIAM


@check
def check_content_server_takes_token_ticket_password_and_otds(b):
    b.service = b.server(otds_object=b.otds(**b.client))
    assert b.service.authenticate()["otcsticket"]
    b.admin = b.server(username=ADMIN, password=PASSWORD)
    assert b.admin.authenticate()["otcsticket"]
    token = b.otds(**b.client).authenticate(grant_type="client_credentials")
    assert b.server(otds_token=token).authenticate()["otcsticket"]
    ticket = b.otds(username=ANNA, password=PASSWORD).authenticate()["OTDSTicket"]
    b.anna = b.server(otds_ticket=ticket)
    assert b.anna.authenticate()["otcsticket"]


@check
def check_a_ticket_that_ended_is_renewed_in_the_middle(b):
    otcs.REQUEST_RETRY_DELAY = 0.1  # pyxecm rests half a minute after signing in anew
    b.service.set_otcs_ticket("long gone")
    assert b.service.get_current_user()["data"]["name"] == "svc-storefront"


@check
def check_the_server_is_ready_and_tells_its_release(b):
    assert b.service.is_ready() is True
    assert float(b.service.get_server_version()) >= 23
    assert b.service.get_system_default_metadata_language() == "en"
    assert b.service.get_server_info()["sessions"]["session_timeout"] > 0
    assert b.service.validate_hashed_ticket(b.service.otcs_ticket_hashed())


# The directory


@check
def check_otds_lists_and_changes_users(b):
    names = {user["name"] for user in b.admin_otds.get_users(partition=DEMO)["users"]}
    assert {"anna.berg", "liam.author"} <= names, names
    assert len(list(b.admin_otds.get_users_iterator(partition=DEMO, page_size=3))) == len(names)
    assert b.admin_otds.get_user(DEMO, "anna.berg")["id"] == ANNA
    name = f"judge{b.run}"
    assert b.admin_otds.add_user(DEMO, name, first_name="Jude", last_name="Ge")["id"] == f"{name}@{DEMO}"
    assert b.admin_otds.update_user(DEMO, f"{name}", "givenName", "Judy") is not None
    assert b.admin_otds.get_user(DEMO, name)["values"][0]["values"] == ["Judy"]
    assert b.admin_otds.add_group(DEMO, f"Group {b.run}", "of the judge")["name"] == f"Group {b.run}"
    assert b.admin_otds.add_user_to_group(f"{name}@{DEMO}", f"Group {b.run}") is True
    assert b.admin_otds.get_group(f"Group {b.run}")["numMembers"] == 1


@check
def check_otds_sets_up_an_oauth_client(b):
    name = f"client-{b.run}"
    made = b.admin_otds.add_oauth_client(name, "the judge's", ["http://127.0.0.1/*"], secret="s" * 24)
    assert made["id"] == name, made
    assert b.admin_otds.update_oauth_client(name, {"accessTokenLifeTime": 900}) is not None
    assert b.admin_otds.get_oauth_client(name)["accessTokenLifeTime"] == 900
    assert b.admin_otds.impersonate_oauth_client(name) is True
    assert b.admin_otds.impersonate_resource("cs") is True
    assert b.admin_otds.get_resource("cs")["resourceName"] == "cs"
    otds = b.otds(client_id=name, client_secret="s" * 24)
    otds.authenticate(grant_type="client_credentials")
    assert b.server(otds_token=otds.impersonate_user("anna.berg", DEMO)["access_token"]).authenticate()
    assert b.admin_otds.add_trusted_site(f"https://{b.run}.example.com") is not None
    assert f"https://{b.run}.example.com" in b.admin_otds.get_trusted_sites()["stringList"]


# Workspaces


@check
def check_workspace_types_and_their_templates(b):
    types = b.service.get_workspace_types()
    assert "Order exception" in b.service.get_result_values(types, "wksp_type_name")
    assert len(list(b.service.get_workspace_types_iterator())) == len(types["results"])
    order = b.service.get_workspace_type_by_name("Order exception")
    b.type_id = value(b.service, order, "wksp_type_id")
    assert b.service.get_workspace_type(b.type_id)["workspace_type"] == "Order exception"
    assert b.service.get_workspace_type_name(b.type_id) == "Order exception"
    found, templates = b.service.get_workspace_templates(type_id=b.type_id)
    assert found == b.type_id, found
    b.template = templates[0]["id"]
    b.customer_type, templates = b.service.get_workspace_templates(type_name="Customer")
    b.customer_template = templates[0]["id"]


@check
def check_external_systems_and_business_object_types(b):
    [found] = b.service.get_external_system_connection(SYSTEM)["results"]
    assert found["conn_type"] == "Business Scenario Sample", found
    assert SYSTEM in str(b.service.get_external_system_connections()["results"])
    types = b.service.get_business_object_types()["results"]
    order = next(
        row["data"]["properties"]
        for row in types
        if (row["data"]["properties"]["ext_system_id"], row["data"]["properties"]["bo_type"]) == (SYSTEM, "ORDER")
    )
    assert order["workspace_type_id"] == b.type_id, order
    config = b.service.get_business_object_type(order["bo_type_id"])["results"]["GeneralTab"]["data"]["properties"]
    mapped = {row["bo_prop_name"]: row for row in config["fWkspCreationConfig"]["propertyMappings"]}
    assert mapped["orderNumber"]["att_name"] == "Order number", mapped
    b.category = int(mapped["orderNumber"]["cat_cb_parm"])
    old = b.service.get_business_object_type_old(SYSTEM, "ORDER")
    assert "orderNumber" in str(old), old


@check
def check_a_workspace_is_created_from_its_form(b):
    form = b.service.get_workspace_create_form(template_id=b.template)
    categories = next(part for part in form["forms"] if part.get("role_name") == "categories")
    titles = {
        key: entry["title"] for key, entry in categories["schema"]["properties"][str(b.category)]["properties"].items()
    }
    b.keys = {title: key for key, title in titles.items()}
    data = {
        str(b.category): {
            b.keys["Order number"]: b.number,
            b.keys["Store"]: "demostore1",
            b.keys["Review reasons"]: ["high value", "countries differ"],
        }
    }
    made = b.service.create_workspace(
        workspace_template_id=b.template, workspace_name="", workspace_description="by the judge",
        workspace_type=b.type_id, category_data=data, external_system_id=SYSTEM, bo_type="ORDER",
        bo_id=b.object_id("o"),
    )  # fmt: skip
    b.workspace = value(b.service, made, "id")
    customer = b.service.create_workspace(
        workspace_template_id=b.customer_template, workspace_name="", workspace_description="",
        workspace_type=b.customer_type, external_system_id=SYSTEM, bo_type="CUSTOMER", bo_id=b.object_id("c"),
    )  # fmt: skip
    b.customer = value(b.service, customer, "id")


@check
def check_a_workspace_is_found_in_every_way(b):
    client = b.service
    found = client.get_workspace_by_business_object(SYSTEM, "ORDER", b.object_id("o"), metadata=True)
    assert value(client, found, "id") == b.workspace
    assert client.get_result_value(client.get_workspace_by_business_object(SYSTEM, "ORDER", "none"), "id") is None
    name = value(client, client.get_workspace(b.workspace), "name")
    assert name == f"Order {b.number} (demostore1)", name
    by_name = client.get_workspace_by_type_and_name(type_name="Order exception", name=name)
    assert value(client, by_name, "id") == b.workspace
    instances = list(client.get_workspace_instances_iterator(type_name="Order exception", page_size=2))
    assert b.workspace in [client.get_result_value(each, "id") for each in instances]
    looked_up = client.lookup_workspaces("Order exception", "Order", "Order number", b.number)
    assert value(client, looked_up, "id") == b.workspace
    assert client.get_workspace_type_location(type_id=b.type_id) is not None


@check
def check_business_properties_and_categories_of_a_workspace(b):
    fields = ["properties", "categories", "business_properties", "workspace_references"]
    found = b.service.get_workspace(b.workspace, fields=fields, metadata=True)
    data = found["results"]["data"]
    assert data["business_properties"]["business_object_id"] == b.object_id("o")
    assert data["categories"][str(b.category)][b.keys["Order number"]] == b.number
    assert b.service.extract_category_data(found), "no category was understood"


@check
def check_references_are_changed_taken_away_and_given_again(b):
    client, other = b.service, b.object_id("x")
    assert client.set_workspace_reference(b.workspace, SYSTEM, "ORDER", other) is not None
    assert [row["business_object_id"] for row in client.get_workspace_references(b.workspace)] == [other]
    assert client.delete_workspace_reference(b.workspace, SYSTEM, "ORDER", other) is not None
    assert client.get_workspace_references(b.workspace) == []
    assert client.set_workspace_reference(b.workspace, SYSTEM, "ORDER", b.object_id("o")) is not None


@check
def check_a_workspace_is_updated(b):
    data = {str(b.category): {b.keys["Status"]: "Held"}}
    changed = b.service.update_workspace(workspace_id=b.workspace, workspace_description="on hold", category_data=data)
    assert changed is not None
    assert b.service.get_category_value_by_name(b.workspace, "Order", "Status") == "Held"
    assert b.service.get_category_value_by_name(b.workspace, "Order", "Order number") == b.number
    assert value(b.service, b.service.get_workspace(b.workspace), "description") == "on hold"


@check
def check_relations_read_from_both_ends(b):
    client = b.service
    assert client.create_workspace_relationship(b.workspace, b.customer, "parent") is not None
    parents = client.get_workspace_relationships(b.workspace, "parent")
    assert value(client, parents, "id") == b.customer
    children = list(client.get_workspace_relationships_iterator(b.customer, "child"))
    assert [client.get_result_value(each, "id") for each in children] == [b.workspace]
    both = client.get_workspace_relationships(b.customer, ["child", "parent"])
    assert value(client, both, "id") == b.workspace
    assert client.delete_workspace_relationship(b.workspace, b.customer, "parent") is not None
    assert client.get_result_value(client.get_workspace_relationships(b.customer, "child"), "id") is None
    assert client.create_workspace_relationship(b.customer, b.workspace, "child") is not None
    assert client.delete_workspace_relationships(b.customer, "child") is not None


@check
def check_roles_and_members(b):
    client = b.service
    roles = client.get_workspace_roles(b.workspace)
    b.role = client.lookup_result_value(roles, "name", "Reviewer", "id")
    assert b.role, roles
    b.liam = value(client, client.get_user(LIAM), "id")
    assert client.add_workspace_member(b.workspace, b.role, b.liam) is not None
    members = client.get_workspace_members(b.workspace, b.role)
    assert client.exist_result_item(members, "id", b.liam), members
    assert client.remove_workspace_member(b.workspace, b.role, b.liam) is not None
    assert not client.exist_result_item(client.get_workspace_members(b.workspace, b.role), "id", b.liam)
    assert client.assign_workspace_permissions(b.workspace, b.role, ["see", "see_contents", "modify"]) is not None


# Documents


@check
def check_folders_by_name_and_path(b):
    client = b.service
    folder = client.get_node_by_parent_and_name(b.workspace, "01 Order record")
    b.place_of_record = value(client, folder, "id")
    by_path = client.get_node_by_workspace_and_path(b.workspace, ["01 Order record"])
    assert value(client, by_path, "id") == b.place_of_record
    made = client.get_node_by_workspace_and_path(b.workspace, ["05 Evidence", "2026"], create_path=True)
    b.evidence = value(client, made, "id")
    assert value(client, client.get_node_by_volume_and_path(141, ["Orders"]), "type") == 0


@check
def check_a_document_is_uploaded_once(b):
    client, name = b.service, f"Order {b.number}.pdf"
    wanted = {"file_url": str(b.old), "file_name": name, "mime_type": PDF, "parent_id": b.place_of_record}
    made = client.upload_file_to_parent(description="the record", **wanted)
    b.document = value(client, made, "id")
    assert client.upload_file_to_parent(**wanted) is None  # "already exists" is no success
    taken = client.check_node_name(b.place_of_record, name)
    assert [row["name"] for row in taken["results"]] == [name]
    assert client.check_node_name(b.place_of_record, "Free.pdf")["results"] == []


@check
def check_names_of_every_kind(b):
    for name in ("فاتورة 1001.pdf", "🧾 Rechnung.pdf", "a" * 244 + ".pdf", OTCS.cleanse_item_name("10:45 late.pdf")):
        made = b.service.upload_file_to_parent(file_url=str(b.old), file_name=name, mime_type=PDF, parent_id=b.evidence)
        assert value(b.service, made, "name") == name.strip()


@check
def check_versions_and_their_bytes(b):
    client = b.service
    added = client.add_document_version(
        node_id=b.document, file_url=str(b.new), file_name=b.new.name, mime_type=PDF, description="second"
    )
    assert added is not None
    versions = client.get_document_versions(b.document)
    assert sorted(client.get_result_values(versions, "version_number", property_name="versions")) == [1, 2]
    first = client.get_document_version(b.document, 1)["results"]["data"]["versions"]
    assert (first["version_number"], first["file_size"]) == (1, len(OLD)), first
    assert client.get_latest_document_version(b.document)["data"]["version_number"] == 2
    assert client.get_document_content(b.document) == NEW
    assert client.get_document_content(b.document, 1) == OLD
    copy = b.folder / "copy.pdf"
    assert client.download_document(b.document, str(copy)) is True
    assert copy.read_bytes() == NEW
    assert client.purge_document_versions(b.document, 1) is not None
    assert len(client.get_document_versions(b.document)["results"]) == 1


@check
def check_rename_copy_move_and_reserve(b):
    client = b.service
    b.copy = value(client, client.copy_node(b.document, b.place_of_record, "Copy.pdf"), "id")
    assert b.copy != b.document
    assert value(client, client.rename_node(b.copy, "Renamed.pdf", "renamed"), "name") == "Renamed.pdf"
    assert client.update_item(b.copy, parent_id=b.evidence) is not None
    moved = client.get_node_by_parent_and_name(b.evidence, "Renamed.pdf")
    assert value(client, moved, "id") == b.copy
    me = client.get_current_user()["data"]["id"]
    assert client.update_item(b.copy, reserved_user_id=me) is not None
    assert b.copy in client.get_result_values(client.get_user_reserved_nodes(), "id")
    assert client.update_item(b.copy, reserved_user_id=None) is not None
    assert not client.get_result_value(client.get_node(b.copy), "reserved")


@check
def check_listing_page_by_page(b):
    client = b.service
    for number in range(7):
        assert client.create_item(b.evidence, 0, f"Folder {number}") is not None
    found = [client.get_result_value(each, "name") for each in client.get_subnodes_iterator(b.evidence, page_size=3)]
    assert len(found) == len(set(found)) == 12, found
    assert len(client.get_subnodes(b.evidence, limit=5)["results"]) == 5
    nodes = client.get_nodes([b.document, b.evidence])
    assert sorted(client.get_result_values(nodes, "id")) == sorted([b.document, b.evidence])
    line = client.get_node_ancestors(b.document)["ancestors"]
    assert [each["id"] for each in line][-2:] == [b.place_of_record, b.document], line
    assert value(client, client.lookup_node_by_regex(b.evidence, ["^Renamed"]), "id") == b.copy
    assert client.traverse_node(b.workspace, executables=[])["traversed"] > 5


@check
def check_a_document_knows_its_workspace(b):
    assert b.service.get_workspace_by_child_node(b.document)["id"] == b.workspace


@check
def check_nicknames(b):
    nickname = f"judge_{b.run}"
    assert b.service.set_node_nickname(b.document, nickname) is not None
    assert value(b.service, b.service.get_node_from_nickname(nickname), "id") == b.document
    names = b.service.get_unique_names([nickname])["results"]
    assert [row["NodeId"] for row in names] == [b.document]


@check
def check_search_inside_a_workspace_and_across(b):
    client = b.service
    across = client.search(f'OTName: "Order {b.number}.pdf"')
    assert value(client, across, "id") == b.document
    inside = list(client.search_iterator("OTSubType: 144", location_id=b.workspace, page_size=2))
    ids = [client.get_result_value(each, "id") for each in inside]
    assert b.document in ids
    assert len(ids) == len(set(ids)) == 6, ids
    assert client.get_result_value(client.search("OTSubType: 144", location_id=b.customer), "id") is None


# Categories


@check
def check_categories_by_name_key_and_form(b):
    client = b.service
    assert client.get_node_category_ids(b.workspace) == [b.category]
    assert client.get_node_category_names(b.workspace) == ["Order"]
    definition = client.get_node_category_definition(b.workspace, "Order")
    assert "Order number" in str(definition), definition
    assert "Order number" in str(client.get_node_category_as_dictionary(b.workspace, category_name="Order"))
    assert client.get_node_category(b.workspace, b.category) is not None
    reasons = client.get_category_value_by_name(b.workspace, "Order", "Review reasons")
    assert reasons == ["high value", "countries differ"], reasons


@check
def check_a_category_is_assigned_written_and_inherited(b):
    client = b.service
    assert client.assign_category(b.document, b.category)
    number = int(b.keys["Order number"].split("_")[1])
    assert client.set_category_value(b.document, b.number, b.category, number) is not None
    assert client.get_category_value(b.document, b.category, number) == b.number
    reasons = {b.keys["Review reasons"]: ["a", "b", "c"]}
    assert client.set_category_values(b.document, b.category, reasons) is not None
    assert client.get_category_value_by_name(b.document, "Order", "Review reasons") == ["a", "b", "c"]
    set_id = int(b.keys["Line items"].split("_")[1])
    for row, sku in enumerate(("SKU-1", "SKU-2"), 1):
        assert client.set_category_value(b.document, sku, b.category, set_id + 1, set_id=set_id, set_row=row)
    second = client.get_category_value_by_name(b.document, "Order", "SKU", "Line items", 2)
    assert second == "SKU-2", second
    assert client.assign_category(b.evidence, b.category, inheritance=True)
    made = client.create_item(b.evidence, 0, "Inherits")
    assert client.get_node_category_ids(value(client, made, "id")) == [b.category]


# Completeness


@check
def check_document_types_missing_and_in_process(b):
    client = b.service
    types = client.get_workspace_doctypes(b.workspace)
    names = client.get_result_values(types, "classification_name")
    assert "Order record" in names, names
    missing = client.get_workspace_documents(b.workspace, "missing")["results"]
    assert missing["total_count"] == len(missing["data"]) == 2, missing
    assert client.get_workspace_documents(b.workspace, "inprocess")["results"]["total_count"] == 0
    document_type = client.lookup_result_value(types, "classification_name", "Order record", "classification_id")
    assert client.assign_classifications(b.document, [document_type]) is not None
    assigned = client.get_node_classifications(b.document)
    assert [row["id"] for row in assigned["data"]] == [document_type]
    assert client.get_workspace_documents(b.workspace, "missing")["results"]["total_count"] == 1
    for report in ("documentsAdded", "outdatedDocuments", "recentDocuments"):
        assert client.get_workspace_report_detail(b.workspace, report)["results"]["total_count"] >= 0


# Records


@check
def check_a_document_becomes_a_record(b):
    client = b.service
    plan = client.get_node_by_volume_and_path(198, ["File plan", "Orders"])
    assert client.assign_rm_classification(b.document, value(client, plan, "id")) is not None
    details = client.get_node_records_details(b.document)
    assert details["data"][0]["rsi"] == "ORD-7", details
    changed = client.set_node_records_details(
        b.document, details["rm_metadataToken"], status="CLOSED", essential="ESS", official=True
    )
    assert changed is not None
    row = client.get_node_records_details(b.document)["data"][0]
    assert (row["file_status"], row["essential"], row["official"]) == ("CLOSED", "ESS", True), row


@check
def check_schedules_and_codes(b):
    schedules = {row["RSI"]: row for row in b.service.get_records_management_rsis()}
    assert (schedules["ORD-7"]["RetYears"], schedules["ORD-7"]["ObjectType"]) == (7, "LIV")
    assert "ORD-7" in str(b.service.search_records_management_rsis("ORD"))
    assert "LEGAL" in str(b.service.get_records_management_codes())


@check
def check_a_hold_blocks_deleting(b):
    client, name = b.service, f"Hold {b.run}"
    hold = client.create_records_management_hold("LEGAL", name, "dispute")["holdID"]
    assert name in str(client.get_records_management_holds())
    assert client.get_hold_by_name(name)["results"]["data"]["hold"]["HoldID"] == hold
    assert client.assign_hold(b.document, hold) is not None
    assert client.delete_node(b.document) is None
    assert client.get_node(b.document) is not None


@check
def check_delete_restore_and_purge(b):
    client = b.service
    assert client.delete_node(b.copy) is not None
    assert client.get_result_value(client.get_node_by_parent_and_name(b.evidence, "Renamed.pdf"), "id") is None
    assert client.restore_node(b.copy) is not None
    assert value(client, client.get_node_by_parent_and_name(b.evidence, "Renamed.pdf"), "id") == b.copy
    assert client.delete_node(b.copy) is not None
    assert b.admin.purge_node(b.copy) is not None


# Rights


@check
def check_what_a_person_may_see(b):
    assert b.anna.get_node(b.document) is not None  # as a reviewer
    liam = b.server(otds_ticket=b.otds(username=LIAM, password=PASSWORD).authenticate()["OTDSTicket"])
    liam.authenticate()
    assert liam.get_node(b.document) is None
    assert liam.check_user_node_permissions([b.document])["results"]["ids"] == []
    assert b.admin.check_user_node_permissions([b.document], b.liam)["results"]["ids"] == []
    assert b.service.check_user_node_permissions([b.document])["results"]["ids"] == [b.document]
    granted = b.service.assign_permission(b.evidence, ["see", "see_contents"], "custom", b.liam, 2)
    assert granted is not None
    assert "see" in str(b.service.get_permission(b.evidence, b.liam))
    assert liam.get_node(b.evidence) is not None
    assert b.service.delete_permission(b.evidence, "custom", b.liam) is not None
    assert liam.get_node(b.evidence) is None


@check
def check_users_groups_and_members(b):
    client = b.service
    assert len(list(client.get_users_iterator())) >= 8
    review = value(client, client.get_group("Order Review"), "id")
    names = client.get_result_values(client.get_group_members(review, 0), "name")
    assert ANNA in names, names
    assert client.exist_result_item(client.get_user_memberof(value(client, client.get_user(ANNA), "id")), "id", review)


@check
def check_the_audit_trail(b):
    audit = b.service.get_node_audit(b.document)
    entries = audit["results"]["data"]["audit"]
    assert audit["collection"]["paging"]["total_count"] == len(entries) > 3, audit["collection"]
    assert {entry["audit_name"] for entry in entries} >= {"Hold Applied"}, entries


# Workflows of Content Server


@check
def check_a_workflow_is_offered_started_and_decided(b):
    client = b.service
    offered = client.get_document_workflows(b.document, b.place_of_record)
    maps = {row["Name"]: row["DataID"] for row in offered["results"]["data"]}
    assert {"Document approval", "Quick approval"} <= set(maps), maps
    definition = client.get_workflow_definition(maps["Quick approval"])
    assert definition["results"]["definition"]["tasks"], definition
    process = client.initiate_workflow(maps["Quick approval"], [b.document])["results"]["process_id"]
    status = client.get_workflow_status(process)["results"]
    assert status["step_list"]["current"], status
    waiting = b.anna.get_workflows_by_kind_and_status(kind="Both", status=["ontime", "workflowlate"])
    rows = [row["data"]["wfstatus"] for row in (waiting["results"] if isinstance(waiting, dict) else waiting)]
    mine = [row for row in rows if row["process_id"] == process]
    task = mine[0]["task_id"] if mine else 1
    assert b.anna.get_process_task(process, task_id=task) is not None
    done = b.anna.update_process_task(process, task_id=task, action="", custom_action="Approve", comment="ok")
    assert done is not None
    assert client.get_workflow_status(process)["results"]["step_list"]["current"] == []
    draft = client.create_draft_process(maps["Document approval"], [b.document])["results"]["draftprocess_id"]
    assert client.get_draft_process(draft)["data"]["title"] is not None
    assert client.update_draft_process(draft, title="From the judge") is not None
    assert client.initiate_draft_process(draft)["results"]["process_id"]


def run(bench):
    """Every check on its own; what a failed one should have made is missing in the later ones, which say so."""
    heard = io.StringIO()
    logging.basicConfig(level=logging.WARNING, stream=heard, format="%(levelname)s %(message)s")
    for each in CHECKS:
        heard.seek(0)
        heard.truncate()
        said = ""
        try:
            each(bench)
        except Exception as error:  # a judge reports whatever goes wrong
            line = error.__traceback__.tb_next.tb_lineno if error.__traceback__.tb_next else 0
            said = f"line {line}: {type(error).__name__}: {error}\n{heard.getvalue()}"[:2000]
        sys.stdout.write(json.dumps({"check": each.__name__, "ok": not said, "said": said}) + "\n")


if __name__ == "__main__":
    run(Bench(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))
