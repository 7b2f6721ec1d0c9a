"""Who sees and may do what: roles of workspaces, permission entries, the audit trail, search results."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.content_server import seed
from tests.sandbox.content_server.conftest import ORDER, PRODUCT, Bench, Desk


def ids(answer: dict[str, Any]) -> list[int]:
    return [row["data"]["properties"]["id"] for row in answer["results"]]


def role(desk: Desk, workspace: int, name: str) -> int:
    rows = desk.get(f"/v2/businessworkspaces/{workspace}/roles").json()["results"]
    number: int = next(row["data"]["properties"]["id"] for row in rows if row["data"]["properties"]["name"] == name)
    return number


@pytest.mark.parametrize(("login", "sees"), [(seed.ANNA, True), (seed.RITA, True), (seed.LIAM, False)])
def test_a_workspace_is_visible_by_role(bench: Bench, service: Desk, order: int, login: str, sees: bool) -> None:
    desk = bench.desk(login)
    by_object = "/v2/externalsystems/BigCommerce/botypes/ORDER/boids/bc-demostore1-1001"

    assert (desk.get(f"/v2/nodes/{order}").status_code == 200) is sees
    assert bool(desk.get(by_object).json()["results"]) is sees
    assert bool(ids(desk.get("/v2/businessworkspaces", expanded_view="true").json())) is sees
    location = service.get(f"/v1/nodes/{order}/ancestors").json()["ancestors"][1]["id"]
    assert (order in ids(desk.get(f"/v2/nodes/{location}/nodes").json())) is sees


def test_a_forbidden_workspace_looks_like_an_unknown_one(bench: Bench, order: int) -> None:
    liam = bench.desk(seed.LIAM)
    forbidden, unknown = liam.get(f"/v2/nodes/{order}"), liam.get("/v2/nodes/99999")

    assert (forbidden.status_code, unknown.status_code) == (400, 400)
    assert forbidden.json()["error"].replace(str(order), "N") == unknown.json()["error"].replace("99999", "N")
    path = f"/v2/businessworkspaces/{order}"
    assert liam.get(path).json() == {"error": f"Could not get a node for {order}"}


def test_a_user_without_a_right_in_the_location_cannot_create(bench: Bench) -> None:
    anna = bench.desk(seed.ANNA)
    body = {"ext_system_id": "BigCommerce", "bo_type": "ORDER", "bo_id": "bc-demostore1-2"}

    assert anna.body("POST", "/v2/businessworkspaces", body).status_code == 400
    assert anna.upsert(body)[0]["id"] == 0
    assert anna.body("POST", "/v2/nodes", {"type": 0, "parent_id": 2000, "name": "Mine"}).status_code == 400


def test_an_upsert_of_a_workspace_one_may_not_see_fails(bench: Bench, order: int) -> None:
    liam = bench.desk(seed.LIAM)
    row = liam.upsert({"ext_system_id": ORDER[0], "bo_type": ORDER[1], "bo_id": ORDER[2]})[0]

    assert row == {"id": 0, "error_message": f"Could not get a node for {order}"}


def test_a_reviewer_adds_and_versions_but_deletes_nothing(
    bench: Bench, service: Desk, order: int, document: int
) -> None:
    anna = bench.desk(seed.ANNA)

    assert anna.upload(service.folder(order, "04 Decision"), "Note.pdf").status_code == 200
    assert anna.add_version(document).status_code == 200
    assert anna.delete(f"/v2/nodes/{document}").status_code == 400
    assert service.properties(document)["name"] == "Order record.pdf"


def test_joining_a_role_opens_the_workspace_and_leaving_closes_it(bench: Bench, service: Desk, order: int) -> None:
    liam = bench.desk(seed.LIAM)
    path = f"/v2/businessworkspaces/{order}/roles/{role(service, order, 'Reviewer')}/members"
    joined = service.form("POST", path, {"id": "1005"})

    assert joined.json()["results"]["data"]["properties"]["name"] == seed.LIAM
    assert service.form("POST", path, {"id": "1005"}).status_code == 400
    assert liam.get(f"/v2/nodes/{order}").status_code == 200
    assert service.delete(f"{path}/1005").status_code == 200
    assert liam.get(f"/v2/nodes/{order}").status_code == 400


def test_a_team_lists_its_leader_first(service: Desk, order: int) -> None:
    rows = service.get(f"/v2/businessworkspaces/{order}/members").json()["results"]

    assert rows[0]["data"]["properties"]["leader"] is True
    assert [member["name"] for member in rows[0]["data"]["members"]] == [seed.SERVICE]


def test_the_creator_joins_the_leading_role(admin: Desk) -> None:
    workspace = admin.workspace(ORDER)
    members = admin.get(f"/v2/businessworkspaces/{workspace}/roles/{role(admin, workspace, 'Coordinator')}/members")

    assert [row["data"]["properties"]["name"] for row in members.json()["results"]] == [seed.SERVICE, seed.ADMIN]


def test_a_role_is_made_changed_and_deleted(bench: Bench, service: Desk, order: int) -> None:
    liam, path = bench.desk(seed.LIAM), f"/v2/businessworkspaces/{order}/roles"
    body = {"name": "Guest", "permissions": ["see"], "members": [1005]}
    number = service.json("POST", path, body).json()["results"]["data"]["properties"]["id"]

    assert liam.get(f"/v2/nodes/{order}").status_code == 200
    assert liam.get(f"/v2/nodes/{order}/nodes").status_code == 400
    service.json("PUT", f"{path}/{number}", {"permissions": ["see", "see_contents"]})
    assert liam.get(f"/v2/nodes/{order}/nodes").status_code == 200
    assert service.delete(f"{path}/{number}").status_code == 200
    assert liam.get(f"/v2/nodes/{order}").status_code == 400
    assert service.delete(f"{path}/{role(service, order, 'Coordinator')}").status_code == 400
    assert service.delete(f"{path}/{number}").status_code == 404


def test_a_folder_can_have_entries_of_its_own(bench: Bench, service: Desk, order: int) -> None:
    anna, folder = bench.desk(seed.ANNA), service.folder(order, "04 Decision")
    path = f"/v2/nodes/{folder}/permissions"
    service.delete(f"{path}/custom/{role(service, order, 'Reviewer')}")

    assert folder not in ids(anna.get(f"/v2/nodes/{order}/nodes").json())
    assert service.body("POST", f"{path}/custom", {"permissions": ["see"], "right_id": 1002}).status_code == 200
    assert folder in ids(anna.get(f"/v2/nodes/{order}/nodes").json())
    effective = service.get(f"{path}/effective/1002").json()["results"]["data"]["permissions"]
    assert effective["permissions"] == ["see"]
    rows = [row["data"]["permissions"] for row in service.get(path).json()["results"]]
    assert {row["type"] for row in rows} == {"custom"}


def test_permissions_reach_below_when_asked(bench: Bench, service: Desk, order: int, document: int) -> None:
    liam, folder = bench.desk(seed.LIAM), service.folder(order, "01 Order record")
    body = {"permissions": ["see", "see_contents"], "right_id": 1005, "apply_to": 2}

    assert service.body("POST", f"/v2/nodes/{folder}/permissions/custom", body).status_code == 200
    assert liam.get(f"/v1/nodes/{document}/content").status_code == 200
    assert service.body("POST", f"/v2/nodes/{folder}/permissions/custom", body | {"apply_to": 9}).status_code == 400
    assert service.body("POST", f"/v2/nodes/{folder}/permissions/custom", body | {"right_id": 7}).status_code == 400


def test_bulk_entries_replace_those_of_the_same_members(service: Desk, order: int) -> None:
    folder = service.folder(order, "04 Decision")
    path = f"/v2/nodes/{folder}/permissions"
    entries = [{"right_id": 1005, "permissions": ["see"]}, {"right_id": 1002, "permissions": ["see", "modify"]}]
    assert service.body("POST", f"{path}/custom/bulk", {"permissions_array": entries}).status_code == 200

    rows = {r["data"]["permissions"]["right_id"]: r["data"]["permissions"] for r in service.get(path).json()["results"]}
    assert rows[1002]["permissions"] == ["see", "modify"]
    assert role(service, order, "Reviewer") in rows


def test_every_change_is_in_the_audit_trail(bench: Bench, service: Desk, document: int) -> None:
    bench.world.clock.advance(timedelta(seconds=1))
    service.add_version(document)
    answer = service.get(f"/v2/nodes/{document}/audit", expand="audit{user_id}").json()
    rows = answer["results"]["data"]["audit"]

    assert [row["audit_name"] for row in rows] == ["Version Added", "Create"]
    assert rows[0]["user_id_expand"]["name"] == seed.SERVICE
    assert {row["id"] for row in answer["results"]["data"]["audit_event_types"]} == {1, 11}
    only = service.get(f"/v2/nodes/{document}/audit", where_type=11).json()["results"]["data"]["audit"]
    assert [row["event_type"] for row in only] == [11]
    nothing = service.get(f"/v2/nodes/{document}/audit", where_audit_date_start="2099-01-01").json()
    assert nothing["results"]["data"]["audit"] == []


# --- search ---


def search(desk: Desk, where: str, **more: Any) -> list[int]:
    answer = desk.form("POST", "/v2/search", {"where": where} | more)
    assert answer.status_code == 200, answer.text
    return ids(answer.json())


@pytest.mark.parametrize(
    ("where", "hit"),
    [
        ('OTName: "Order record" and OTSubType: 144', True),
        ('OTName: "Order record" and OTSubType: 848', False),
        ("OTSubType: 144 and OTLocation: 2000", True),
        ("OTSubType: 144 and OTLocation: 10009", False),
        ('OTSubType: 144 and ("Packing list" or record)', True),
        ('OTSubType: 144 and not OTName: "Order record.pdf"', False),
        ("OTName: Order* and OTSubType: 144", True),
    ],
)
def test_a_query_finds_by_name_type_and_place(service: Desk, document: int, where: str, hit: bool) -> None:
    assert (document in search(service, where)) is hit


def test_a_query_finds_by_category_value(bench: Bench, service: Desk, document: int) -> None:
    approval, status = bench.category("Approval"), bench.key("Approval", "Status")
    service.form("POST", f"/v2/nodes/{document}/categories", {"category_id": str(approval)})

    assert search(service, f'Attr_{status}: "Pending"') == [document]
    assert search(service, f'Attr_{status}: "Approved"') == []


def test_words_are_looked_for_in_names_and_values(service: Desk, order: int, document: int) -> None:
    assert document in search(service, "order record", lookfor="allwords")
    assert search(service, "order unicorn", lookfor="allwords") == []
    assert order in search(service, "unicorn 1001", lookfor="anywords")


def test_a_search_shows_only_what_the_user_may_see(bench: Bench, service: Desk, order: int) -> None:
    product = service.workspace(PRODUCT)

    assert set(search(service, "OTSubType: 848")) >= {order, product}
    assert order not in search(bench.desk(seed.LIAM), "OTSubType: 848")
    assert product in search(bench.desk(seed.LIAM), "OTSubType: 848")


def test_the_index_lags_behind_when_told_to(bench: Bench, service: Desk, document: int) -> None:
    bench.server.set_search_lag(90)

    assert document not in search(service, "OTSubType: 144")
    bench.world.clock.advance(timedelta(seconds=91))
    assert document in search(service, "OTSubType: 144")


@pytest.mark.parametrize("where", ["OTSubType: 144 and (", "Nonsense: 4", ")"])
def test_a_query_that_cannot_be_read_is_refused(service: Desk, where: str) -> None:
    answer = service.form("POST", "/v2/search", {"where": where})

    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Error Evaluating Query")


def test_results_come_in_pages_with_a_header(service: Desk, order: int) -> None:
    folder = service.folder(order, "03 Correspondence")
    for number in range(5):
        service.document(folder, f"Letter {number}.pdf")
    form = {"where": "OTName: Letter*", "limit": "2", "page": "3", "sort": "asc_OTName", "select": "{'OTName'}"}
    answer = service.form("POST", "/v2/search", form).json()

    assert [row["data"]["regions"]["OTName"] for row in answer["results"]] == ["Letter 4.pdf"]
    assert answer["collection"]["paging"]["result_header_string"] == "Results 5 to 5 of 5 sorted by Relevance"
