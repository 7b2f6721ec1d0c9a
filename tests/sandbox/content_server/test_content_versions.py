"""Versions and their bytes, and files that arrive in parts."""

import pytest

from sandbox.content_server.api.content import PART_SIZE
from tests.sandbox.content_server.conftest import PDF, Bench, Desk


def numbers(desk: Desk, document: int) -> list[int]:
    rows = desk.get(f"/v2/nodes/{document}/versions").json()["results"]
    return [row["data"]["versions"]["version_number"] for row in rows]


def test_a_second_version_gets_the_next_number_and_leaves_the_first_alone(service: Desk, document: int) -> None:
    answer = service.add_version(document, b"%PDF second", description="corrected")
    shown = answer.json()["results"]["data"]["versions"]

    assert (shown["version_number"], shown["description"], shown["file_size"]) == (2, "corrected", 11)
    assert shown["id"] == document
    assert service.get(f"/v2/nodes/{document}/versions/1/content").content == PDF
    assert service.get(f"/v2/nodes/{document}/versions/2/content").content == b"%PDF second"
    assert service.get(f"/v1/nodes/{document}/versions/latest").json()["data"]["version_number"] == 2


def test_versions_are_listed_newest_first(service: Desk, document: int) -> None:
    service.add_version(document)

    assert numbers(service, document) == [2, 1]


def test_a_number_is_never_given_twice(service: Desk, document: int) -> None:
    service.add_version(document)
    assert service.delete(f"/v2/nodes/{document}/versions/2").status_code == 200
    service.add_version(document, b"%PDF third")

    assert numbers(service, document) == [3, 1]


def test_purging_keeps_the_newest(service: Desk, document: int) -> None:
    for content in (b"2", b"3", b"4"):
        service.add_version(document, content)
    service.form("DELETE", f"/v2/nodes/{document}/versions", {"number_to_keep": "2"})

    assert numbers(service, document) == [4, 3]


@pytest.mark.parametrize(("form", "status"), [({"number_to_keep": "0"}, 400), ({"other": "1"}, 500)])
def test_a_purge_must_keep_something(service: Desk, document: int, form: dict[str, str], status: int) -> None:
    assert service.form("DELETE", f"/v2/nodes/{document}/versions", form).status_code == status
    assert numbers(service, document) == [1]


def test_the_only_version_cannot_be_deleted(service: Desk, document: int) -> None:
    assert service.delete(f"/v2/nodes/{document}/versions/1").status_code == 400


def test_a_description_has_at_most_255_characters(service: Desk, document: int) -> None:
    assert service.add_version(document, description="x" * 256).status_code == 400
    assert service.add_version(document, description="x" * 255).status_code == 200


def test_a_version_without_a_file_is_refused(service: Desk, document: int) -> None:
    answer = service.form("POST", f"/v2/nodes/{document}/versions", {"description": "none"})

    assert (answer.status_code, answer.json()) == (400, {"error": "Missing required parameter 'File'"})


def test_only_documents_have_versions(service: Desk, order: int) -> None:
    assert service.add_version(order).status_code == 400
    assert service.get(f"/v2/nodes/{order}/versions").status_code == 400


def test_an_unknown_version_is_refused(service: Desk, document: int) -> None:
    metadata = service.get(f"/v2/nodes/{document}/versions/7")
    content = service.get(f"/v2/nodes/{document}/versions/7/content")

    assert (metadata.status_code, metadata.json()["error"]) == (400, "Error getting version for node")
    assert (content.status_code, content.json()["error"]) == (500, "The version is not found")


def test_an_unknown_node_has_no_content(service: Desk) -> None:
    answer = service.get("/v1/nodes/99999/content")

    assert (answer.status_code, answer.json()) == (500, {"error": "Could not locate node: 99999"})


def test_a_download_says_its_length_and_name(service: Desk, order: int) -> None:
    number = service.document(service.folder(order, "01 Order record"), "Überweisung.pdf")
    plain = service.get(f"/v1/nodes/{number}/content")
    download = service.get(f"/v1/nodes/{number}/content", action="download")

    assert (plain.headers["Content-Type"], plain.headers["Content-Length"]) == ("application/pdf", "16")
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert download.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%C3%9Cberweisung.pdf"


def test_the_media_type_is_guessed_where_the_upload_says_nothing(service: Desk, order: int) -> None:
    folder = service.folder(order, "01 Order record")
    form = {"type": "144", "parent_id": str(folder), "name": "Product.json"}
    answer = service.http.post("v2/nodes", data=form, files={"file": ("Product.json", b"{}")})

    assert answer.json()["results"]["data"]["properties"]["mime_type"] == "application/json"


def test_a_reserved_document_takes_versions_of_its_holder_only(
    bench: Bench, service: Desk, admin: Desk, document: int
) -> None:
    admin.body("PUT", f"/v2/nodes/{document}", {"reserved_user_id": 1000})
    assert service.properties(document)["reserved_user_id"] == 1000
    assert service.add_version(document).status_code == 400

    admin.body("PUT", f"/v2/nodes/{document}", {"reserved_user_id": None})
    assert service.add_version(document).status_code == 200
    assert bench.server.state.nodes[document].reserved_date is None


def test_a_large_file_arrives_in_parts(service: Desk, order: int) -> None:
    size = PART_SIZE + 5
    content = bytes(size)
    form = {"file_name": "big.bin", "file_size": str(size), "mime_type": "application/zip"}
    started = service.form("POST", "/v2/multipart", form).json()["results"]
    key = started["upload_key"]
    assert (started["num_parts"], started["part_size"]) == (2, PART_SIZE)
    for number, part in ((1, content[:PART_SIZE]), (2, content[PART_SIZE:])):
        answer = service.http.post(f"v2/multipart/{key}/{number}", files={"part_content": ("p", part)})
        assert answer.status_code == 200
    assert service.http.post(f"v2/multipart/{key}").status_code == 200

    folder = service.folder(order, "01 Order record")
    body = {"type": 144, "parent_id": folder, "name": "big.bin", "upload_key": key}
    made = service.body("POST", "/v2/nodes", body).json()["results"]["data"]["properties"]
    assert (made["size"], made["mime_type"]) == (size, "application/zip")
    assert service.body("POST", "/v2/nodes", body | {"name": "again.bin"}).status_code == 400


def test_a_part_is_taken_once_and_an_open_upload_is_no_file(service: Desk, order: int) -> None:
    form = {"file_name": "a", "file_size": "3", "mime_type": "text/plain"}
    key = service.form("POST", "/v2/multipart", form).json()["results"]["upload_key"]
    part = {"part_content": ("p", b"abc")}

    assert service.http.post(f"v2/multipart/{key}").status_code == 500
    assert service.http.post(f"v2/multipart/{key}/1", files=part).status_code == 200
    assert service.http.post(f"v2/multipart/{key}/1", files=part).status_code == 500
    assert service.http.post(f"v2/multipart/{key}/2", files=part).status_code == 500
    body = {"type": 144, "parent_id": service.folder(order, "01 Order record"), "name": "a", "upload_key": key}
    assert service.body("POST", "/v2/nodes", body).status_code == 400


def test_an_upload_belongs_to_who_started_it(bench: Bench, service: Desk) -> None:
    form = {"file_name": "a", "file_size": "3", "mime_type": "text/plain"}
    key = service.form("POST", "/v2/multipart", form).json()["results"]["upload_key"]
    other = bench.desk("admin").http.post(f"v2/multipart/{key}/1", files={"part_content": ("p", b"abc")})

    assert other.status_code == 500
    assert service.delete(f"/v2/multipart/{key}").status_code == 200
