"""The Design Asset Service: lists, links, manifests, uploads, states and imports."""

import io
import json
import zipfile
from typing import Any

import pytest

from sandbox.exstream.designs import DESIGNS
from sandbox.exstream.seed import DOMAIN, TEST_DOMAIN
from tests.sandbox.exstream.bench import INVOICE, RESOURCES, Bench

LINKS = f"/design/api/v1/links/{DOMAIN}"
APPROVED = {"filter.types": "exstrapplication", "filter.states": "APPROVED", "filter.latestVersion": "true"}


def move(bench: Bench, id: str, to: str, domain: str = DOMAIN) -> int:
    body = {"state": to, "auditedComment": "because", "locked": False}
    return bench.http.put(f"/design/api/v1/resources/{domain}/{id}/state", json=body).status_code


def upload(bench: Bench, domain: str = DOMAIN) -> dict[str, Any]:
    answer = bench.http.post(
        f"/design/api/v1/resources/{domain}/content", params={"name": "n", "type": "samplefile", "subtype": "driver"},
        files={"file": ("d.json", b"{}", "application/json")},
    )  # fmt: skip
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()["data"]
    return found


def test_from_a_communication_to_its_data_source_and_queues(bench: Bench) -> None:
    rows = bench.http.get(RESOURCES, params=APPROVED).json()["data"]
    assert len(rows) == len(DESIGNS)
    invoice = next(row for row in rows if row["name"] == "Invoice")
    assert (invoice["id"], invoice["version"], invoice["state"]) == (INVOICE, "1", "APPROVED")
    query = {"linkSubjectId": INVOICE, "linkDepth": 2, "filter.types": "exstrcommunicationset"}
    [link] = bench.http.get(LINKS, params=query).json()["data"]
    manifest = bench.http.get(f"/design/api/v1/manifests/{DOMAIN}/communication-set/{link['linkObjectId']}").json()
    assert manifest["dsnlist"][0]["prodDsn"] == "Driver"
    assert [queue["driver"] for queue in manifest["queueList"]] == ["PDF", "HTML"]


def test_lists_are_paged_by_page_and_by_row_where_the_switch_says(bench: Bench) -> None:
    def names(count: int, offset: int) -> list[str]:
        rows = bench.http.get(RESOURCES, params=APPROVED | {"count": count, "offset": offset}).json()
        assert rows["page"]["totalElements"] == len(DESIGNS)
        return [row["name"] for row in rows["data"]]

    everything = names(100, 0)
    assert names(4, 1) == everything[4:8]
    bench.exstream.state.offset_means_rows = True
    assert names(4, 1) == everything[1:5]


def test_who_uses_a_sample_file(bench: Bench) -> None:
    query = {"linkSubjectId": INVOICE, "linkDepth": 3, "filter.types": "samplefile"}
    [link] = bench.http.get(LINKS, params=query).json()["data"]
    asked = {"linkObjectId": link["linkObjectId"], "linkDepth": 10, "rfilter.types": "exstrapplication"}
    assert [row["id"] for row in bench.http.get(f"{LINKS}/resources", params=asked).json()["data"]] == [INVOICE]


@pytest.mark.parametrize(
    "path",
    ["/design/api/v1/resources/Nowhere", "/design/api/v1/links/Nowhere?linkSubjectId=x",
     f"/design/api/v1/manifests/{DOMAIN}/communication-set/x", "/design/api/v1/elsewhere"],
)  # fmt: skip
def test_what_is_not_there_is_the_first_error_shape(bench: Bench, path: str) -> None:
    answer = bench.http.get(path)
    assert (answer.status_code, answer.json()["status"], answer.json()["path"]) == (404, 404, path.partition("?")[0])


@pytest.mark.parametrize("path", [LINKS, f"{RESOURCES}?count=many", f"{LINKS}?linkSubjectId=x&linkDepth=-1"])
def test_a_wrong_parameter_is_a_400_nobody_can_parse(bench: Bench, path: str) -> None:
    answer = bench.http.get(path)
    assert answer.status_code == 400
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_only_the_legal_moves_are_possible_and_leaving_approved_makes_a_version(bench: Bench) -> None:
    id = upload(bench)["id"]
    assert move(bench, id, "APPROVED") == 409
    assert [move(bench, id, to) for to in ("REVIEW", "REJECTED", "DRAFT", "REVIEW", "APPROVED")] == [200] * 5
    assert move(bench, id, "REVIEW") == 409
    assert move(bench, id, "DRAFT") == 200
    assert [(v.version, v.state) for v in bench.exstream.state.assets[DOMAIN][id]] == [(1, "APPROVED"), (2, "DRAFT")]


def test_a_simple_domain_knows_no_review(bench: Bench) -> None:
    id = upload(bench, TEST_DOMAIN)["id"]
    assert move(bench, id, "REVIEW", TEST_DOMAIN) == 409
    assert move(bench, id, "APPROVED", TEST_DOMAIN) == 200


def test_only_a_draft_takes_new_content(bench: Bench) -> None:
    id = upload(bench)["id"]
    url, file = f"{RESOURCES}/{id}/content", {"file": ("d.json", b'{"a":1}', "application/json")}
    assert bench.http.put(url, files=file).status_code == 200
    move(bench, id, "REVIEW")
    assert bench.http.put(url, files=file).status_code == 409
    found = bench.exstream.state.latest(DOMAIN, id)
    assert found is not None
    assert found.content == b'{"a":1}'


# Import


def package(*resources: dict[str, Any]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        opened.writestr("metadata.json", "{}")
        for each in resources:
            opened.writestr(f"resources/{each['type']}-{each['id']}-{each['version']}.json", json.dumps(each))
        links = [{"linkSubjectId": each["id"], "subjectVersion": 1, "linkObjectId": "o"} for each in resources]
        opened.writestr("links/links.json", json.dumps(links))
    return made.getvalue()


def asset(id: str, name: str = "Letter") -> dict[str, Any]:
    return {"id": id, "version": "1", "name": name, "type": "exstrapplication", "state": "APPROVED", "createdDate": 1}


def take_in(bench: Bench, content: bytes, policy: str = "", *, commit: bool = True) -> Any:
    files = {"exportPackage": ("p.zip", content, "application/zip")}
    if policy:
        settings = json.dumps({"policies": {"generalPolicy": policy}}).encode()
        files["conflictSettings"] = ("conflictSettings.json", settings, "application/json")
    query = {"commit": "true"} if commit else {}
    return bench.http.post(f"/design/api/v1/import/das/{DOMAIN}", params=query, files=files)


def test_a_package_is_tried_first_and_taken_in_with_commit(bench: Bench) -> None:
    content = package(asset("new-1"))
    tried = take_in(bench, content, commit=False).json()["data"]
    assert [each["id"] for each in tried["importedResources"]] == ["new-1"]
    assert bench.exstream.state.latest(DOMAIN, "new-1") is None
    assert take_in(bench, content).status_code == 200
    assert bench.exstream.state.latest(DOMAIN, "new-1") is not None


def test_a_conflict_is_a_409_of_its_own_number(bench: Bench) -> None:
    answer = take_in(bench, package(asset(INVOICE)))
    assert (answer.status_code, answer.json()["errorCode"]) == (409, "309016")


@pytest.mark.parametrize(("policy", "versions", "imported"), [("SKIP", 1, 0), ("REPLACE", 2, 1), ("AUTO_RENAME", 1, 1)])
def test_a_policy_settles_conflicts(bench: Bench, policy: str, versions: int, imported: int) -> None:
    data = take_in(bench, package(asset(INVOICE)), policy).json()["data"]
    assert len(data["importedResources"]) == imported
    assert len(data["existingResources"]) == 1
    assert len(bench.exstream.state.assets[DOMAIN][INVOICE]) == versions


@pytest.mark.parametrize("content", [b"no zip", package({"id": "x", "version": "one", "name": "n", "type": "t"})])
def test_a_package_that_cannot_be_read_is_refused(bench: Bench, content: bytes) -> None:
    assert take_in(bench, content).status_code == 400
