"""Nodes: what is read, listed, created, changed, moved and deleted, and how each refusal looks."""

import time
from datetime import timedelta
from typing import Any

import pytest

from sandbox.content_server import seed, tree
from sandbox.content_server.model import FOLDER
from tests.sandbox.content_server.conftest import Bench, Desk

SORRY = "Sorry, the item you requested could not be accessed."
DUPLICATE = "An item with the name 'Order record.pdf' already exists."


def names(answer: dict[str, Any]) -> list[str]:
    return [row["data"]["properties"]["name"] for row in answer["results"]]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/nodes/99999", 400),
        ("GET", "/v1/nodes/99999", 400),
        ("GET", "/v2/nodes/99999/nodes", 500),
        ("GET", "/v1/nodes/99999/ancestors", 500),
        ("GET", "/v2/nodes/99999/categories", 500),
        ("DELETE", "/v2/nodes/99999", 500),
    ],
)
def test_an_unknown_node_is_400_or_500_and_never_404(service: Desk, method: str, path: str, status: int) -> None:
    answer = service.http.request(method, path.lstrip("/"))

    assert (answer.status_code, answer.json()) == (status, {"error": "Could not get a node for 99999"})


def test_a_node_id_must_be_a_number(service: Desk) -> None:
    answer = service.get("/v2/nodes/abc")

    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid datatype specified for argument 'id'"})


def test_a_new_document_answers_with_its_properties(service: Desk, order: int) -> None:
    folder = service.folder(order, "01 Order record")
    answer = service.upload(folder)

    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    link = answer.json()["links"]["data"]["self"]
    assert (link["href"], link["method"]) == ("/api/v2/nodes", "POST")
    shown = answer.json()["results"]["data"]["properties"]
    assert (shown["type"], shown["mime_type"], shown["size"]) == (144, "application/pdf", 16)
    assert (shown["parent_id"], shown["volume_id"]) == (folder, -order)
    assert shown["create_date"].endswith("Z")


def test_the_children_of_a_workspace_show_its_negative_id_as_parent(service: Desk, order: int) -> None:
    rows = service.get(f"/v2/nodes/{order}/nodes").json()["results"]

    assert {row["data"]["properties"]["parent_id"] for row in rows} == {-order}
    inside = rows[0]["data"]["properties"]["id"]
    assert service.get(f"/v1/nodes/{inside}/businessworkspace").json()["id"] == order


def test_the_same_name_is_500_on_v2_and_400_on_v1(service: Desk, order: int, document: int) -> None:  # noqa: ARG001
    folder = service.folder(order, "01 Order record")
    second = service.upload(folder)
    assert (second.status_code, second.json()) == (500, {"error": DUPLICATE})

    form = {"type": "0", "parent_id": str(folder), "name": "Order record.pdf"}
    old = service.form("POST", "/v1/nodes", form)
    assert (old.status_code, old.json()) == (400, {"error": DUPLICATE})


def test_names_are_trimmed_and_compared_without_case(service: Desk, order: int) -> None:
    folder = service.folder(order, "01 Order record")
    number = service.document(folder, "  Letter.pdf ")

    assert service.properties(number)["name"] == "Letter.pdf"
    assert service.upload(folder, "letter.PDF").status_code == 500


@pytest.mark.parametrize("name", ["a:b", "   ", "x" * 249])
def test_impossible_names_are_refused_and_nothing_is_made(service: Desk, order: int, name: str) -> None:
    folder = service.folder(order, "03 Correspondence")

    assert service.upload(folder, name).status_code == 400
    assert service.properties(folder)["size"] == 0


def test_a_name_of_248_characters_is_accepted(service: Desk, order: int) -> None:
    assert service.upload(service.folder(order, "01 Order record"), "x" * 248).status_code == 200


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"parent_id": "2000", "name": "x"}, "Missing required parameter 'type'"),
        ({"type": "0", "name": "x"}, "Missing required parameter 'parent_id'"),
        ({"type": "0", "parent_id": "2000"}, "Missing required parameter 'name'"),
        ({"type": "zero", "parent_id": "2000", "name": "x"}, "Invalid datatype specified for argument 'type'"),
        ({"type": "4711", "parent_id": "2000", "name": "x"}, "Subtype 4711 not registered"),
        ({"type": "144", "parent_id": "2000", "name": "x"}, "Missing required parameter 'File'"),
        ({"type": "140", "parent_id": "2000", "name": "x"}, "Missing required parameter 'url'"),
    ],
)
def test_an_incomplete_create_names_what_is_wrong(admin: Desk, members: dict[str, str], text: str) -> None:
    answer = admin.body("POST", "/v2/nodes", members)

    assert (answer.status_code, answer.json()) == (400, {"error": text})


def test_a_write_without_parameters_is_refused(service: Desk) -> None:
    answer = service.http.post("v2/nodes")

    text = "Parameters are required for PUT, POST, and PATCH methods"
    assert (answer.status_code, answer.json()) == (400, {"error": text})


@pytest.mark.parametrize("style", ["body", "form", "json", "multipart"])
def test_every_spelling_of_a_body_is_understood(admin: Desk, style: str) -> None:
    members = {"type": "0", "parent_id": "2000", "name": f"Folder by {style}"}
    if style == "multipart":
        answer = admin.http.post("v2/nodes", data=members, files={"unused": ("x", b"")})
    else:
        answer = getattr(admin, style)("POST", "/v2/nodes", members)

    assert answer.json()["results"]["data"]["properties"]["name"] == members["name"]


def test_a_body_that_is_no_json_is_refused(service: Desk) -> None:
    answer = service.form("POST", "/v2/nodes", {"body": "{broken"})

    assert (answer.status_code, answer.json()) == (400, {"error": "Invalid datatype specified for argument 'body'"})


def test_fields_choose_sections_and_members(service: Desk, document: int) -> None:
    answer = service.http.get(f"v2/nodes/{document}?fields=properties{{id,name}}&fields=versions.element(0)")
    data = answer.json()["results"]["data"]

    assert data["properties"] == {"id": document, "name": "Order record.pdf"}
    assert data["versions"]["version_number"] == 1


def test_expand_adds_what_an_id_stands_for(service: Desk, document: int) -> None:
    query = {"expand": "properties{parent_id,create_user_id}"}
    shown = service.get(f"/v2/nodes/{document}", **query).json()["results"]["data"]["properties"]

    assert shown["parent_id_expand"]["name"] == "01 Order record"
    assert shown["create_user_id_expand"]["name"] == seed.SERVICE


def test_children_are_filtered_by_type_and_by_part_of_the_name(service: Desk, order: int) -> None:
    folder = service.folder(order, "01 Order record")
    service.document(folder, "Order record.pdf")
    service.document(folder, "Packing list.pdf")
    service.body("POST", "/v2/nodes", {"type": 0, "parent_id": folder, "name": "Records"})
    path = f"/v2/nodes/{folder}/nodes"

    assert names(service.get(path, where_name="RECORD").json()) == ["Order record.pdf", "Records"]
    assert names(service.get(path, where_type=144).json()) == ["Order record.pdf", "Packing list.pdf"]
    assert names(service.get(path, where_type=-1).json()) == ["Records"]
    assert names(service.get(path, where_type=-3, sort="desc_name").json()) == ["Packing list.pdf", "Order record.pdf"]


def test_pages_tell_their_place_and_the_last_one_repeats(service: Desk, order: int) -> None:
    path = f"/v2/nodes/{order}/nodes"
    folders = list(seed.TEMPLATES[0].folders)
    per_page = len(folders) - 1
    second = service.get(path, limit=per_page, page=2).json()

    assert names(second) == folders[-1:]
    assert second["collection"]["paging"] == {
        "limit": per_page,
        "page": 2,
        "page_total": 2,
        "range_min": len(folders),
        "range_max": len(folders),
        "total_count": len(folders),
    }
    assert names(service.get(path, limit=per_page, page=9).json()) == names(second)


def test_a_document_has_no_children(service: Desk, document: int) -> None:
    assert service.get(f"/v2/nodes/{document}/nodes").status_code == 500


def test_the_size_of_a_container_is_the_number_of_its_children(service: Desk, order: int, document: int) -> None:
    folder = service.folder(order, "01 Order record")

    assert (service.properties(folder)["size"], service.properties(folder)["size_formatted"]) == (1, "1 Item")
    service.delete(f"/v2/nodes/{document}")
    assert service.properties(folder)["size"] == 0


def test_a_rename_checks_for_the_new_name(service: Desk, order: int, document: int) -> None:
    other = service.document(service.folder(order, "01 Order record"), "Other.pdf")

    clash = service.body("PUT", f"/v2/nodes/{other}", {"name": "Order record.pdf"})
    assert (clash.status_code, clash.json()) == (500, {"error": DUPLICATE})
    done = service.body("PUT", f"/v2/nodes/{document}", {"name": "Final.pdf"})
    assert done.json()["results"]["data"]["properties"]["name"] == "Final.pdf"
    assert service.body("PUT", f"/v2/nodes/{other}", {"name": "Order record.pdf"}).status_code == 200


def test_a_stale_metadata_token_is_a_conflict(bench: Bench, service: Desk, document: int) -> None:
    token = service.http.get(f"v2/nodes/{document}?state").json()["results"]["state"]["properties"]["metadata_token"]
    bench.world.clock.advance(timedelta(seconds=1))
    first = service.body("PUT", f"/v2/nodes/{document}", {"description": "a", "metadata_token": token})
    second = service.body("PUT", f"/v2/nodes/{document}", {"description": "b", "metadata_token": token})

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json() == {"error": "Could not update metadata (edit conflict)."}
    assert service.properties(document)["description"] == "a"


def test_a_node_moves_and_keeps_its_id(service: Desk, order: int, document: int) -> None:
    target = service.folder(order, "04 Decision")
    answer = service.body("PUT", f"/v2/nodes/{document}", {"parent_id": target})

    assert answer.json()["results"]["data"]["properties"]["parent_id"] == target
    assert names(service.get(f"/v2/nodes/{target}/nodes").json()) == ["Order record.pdf"]


def test_a_folder_cannot_move_into_itself(service: Desk, order: int) -> None:
    folder = service.folder(order, "01 Order record")
    inner = service.body("POST", "/v2/nodes", {"type": 0, "parent_id": folder, "name": "Inner"}).json()
    target = inner["results"]["data"]["properties"]["id"]

    assert service.body("PUT", f"/v2/nodes/{folder}", {"parent_id": target}).status_code == 400


def test_a_copy_takes_the_newest_version_along(service: Desk, order: int, document: int) -> None:
    service.add_version(document)
    target = service.folder(order, "02 Payment")
    body = {"original_id": document, "parent_id": target, "name": "Copy.pdf"}
    made = service.body("POST", "/v2/nodes", body).json()["results"]["data"]["properties"]["id"]

    assert service.get(f"/v1/nodes/{made}/content").content == b"%PDF second"
    assert service.get(f"/v1/nodes/{document}/content").content == b"%PDF second"


def test_deleting_a_folder_takes_its_contents_and_restoring_brings_them_back(
    service: Desk, order: int, document: int
) -> None:
    folder = service.folder(order, "01 Order record")
    assert service.delete(f"/v2/nodes/{folder}").json()["results"] == {}
    assert service.get(f"/v2/nodes/{document}").status_code == 400

    assert folder in [
        row["data"]["properties"]["id"] for row in service.get("/v2/volumes/recyclebin/nodes").json()["results"]
    ]
    restored = service.form("POST", "/v2/volumes/recyclebin/nodes/restore", {"ids": [folder]})
    assert restored.status_code == 200
    assert service.properties(document)["name"] == "Order record.pdf"


def test_a_name_is_free_again_after_deletion_and_blocks_the_restore(service: Desk, order: int, document: int) -> None:
    folder = service.folder(order, "01 Order record")
    service.delete(f"/v2/nodes/{document}")
    service.document(folder)

    answer = service.form("POST", "/v2/volumes/recyclebin/nodes/restore", {"ids": [document]})
    assert (answer.status_code, answer.json()) == (500, {"error": DUPLICATE})


def test_purging_is_for_ever(service: Desk, document: int) -> None:
    service.delete(f"/v2/nodes/{document}")
    purged = service.form("POST", "/v2/volumes/recyclebin/nodes/purge", {"ids": str(document)})

    assert purged.status_code == 200
    again = service.form("POST", "/v2/volumes/recyclebin/nodes/restore", {"ids": str(document)})
    assert again.json()["error"].startswith(SORRY)


def test_volumes_are_found_by_type(service: Desk) -> None:
    assert service.get("/v2/volumes/141").json()["results"]["data"]["properties"]["id"] == 2000
    categories = service.get("/v2/volumes/133/nodes").json()
    assert names(categories) == sorted(seed.CATEGORY_FIELDS)
    unknown = service.get("/v2/volumes/4711")
    assert (unknown.status_code, unknown.json()["error"]) == (500, "Subtype 4711 not registered")


def test_a_nickname_finds_its_node(service: Desk, order: int) -> None:
    assert service.form("PUT", f"/v2/nodes/{order}/nicknames", {"nickname": "order_1001"}).status_code == 200

    found = service.get("/v2/nicknames/order_1001/nodes").json()["results"]["data"]["properties"]["id"]
    assert found == order
    assert service.get("/v2/uniquenames", where_names="{order_1001}").json()["results"][0]["NodeId"] == order
    assert service.get("/v2/nicknames/ghost/nodes").status_code == 404


@pytest.mark.parametrize("nickname", ["12345", "with space", "a-b", "x" * 249])
def test_impossible_nicknames_are_refused(service: Desk, order: int, nickname: str) -> None:
    assert service.form("PUT", f"/v2/nodes/{order}/nicknames", {"nickname": nickname}).status_code == 500


def test_names_can_be_checked_before_creating(service: Desk, order: int, document: int) -> None:
    folder = service.folder(order, "01 Order record")
    body = {"parent_id": folder, "names": ["Order record.pdf", "Free.pdf"]}

    answer = service.body("POST", "/v1/validation/nodes/names", body)
    assert answer.json() == {"results": [{"id": document, "name": "Order record.pdf"}]}


def test_a_list_of_nodes_skips_what_cannot_be_seen_and_has_a_limit(service: Desk, order: int) -> None:
    found = service.body("POST", "/v2/nodes/list", {"ids": [order, 99999], "fields": ["properties{id}"]})
    too_many = service.body("POST", "/v2/nodes/list", {"ids": list(range(1, 252))})

    assert found.json()["results"] == [{"data": {"properties": {"id": order}}}]
    assert (too_many.status_code, too_many.json()["error"]) == (400, "Too many items specified for parameter 'ids'")


def test_actions_show_what_the_user_may_do(bench: Bench, service: Desk, order: int, document: int) -> None:
    anna = bench.desk(seed.ANNA)
    form = {"ids": str(document), "actions": ["delete", "open"]}

    own = service.form("POST", "/v2/nodes/actions", form).json()["results"][str(document)]
    hers = anna.form("POST", "/v2/nodes/actions", form).json()["results"][str(document)]
    assert own["order"] == ["delete", "open"]
    assert hers["order"] == ["open"]
    assert order


def test_ancestors_stand_root_first(service: Desk, document: int) -> None:
    line = service.get(f"/v1/nodes/{document}/ancestors").json()["ancestors"]

    shown = ["Enterprise", "Orders", "Order 1001 (demostore1)", "01 Order record", "Order record.pdf"]
    assert [item["name"] for item in line] == shown


def test_ten_thousand_children_are_listed_in_good_time(bench: Bench, admin: Desk) -> None:
    actor = bench.server.actor(seed.ADMIN)
    for number in range(10_000):
        tree.insert(actor, seed.ENTERPRISE_ID, FOLDER, f"Folder {number:05d}")
    started = time.perf_counter()
    page = admin.get("/v2/nodes/2000/nodes", limit=50, page=100, where_name="folder").json()

    assert time.perf_counter() - started < 1
    assert page["collection"]["paging"]["total_count"] == 10_000
    assert names(page)[0] == "Folder 04950"
