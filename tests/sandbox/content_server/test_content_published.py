"""Requests and answers of the stand-in against OpenText's published OpenAPI files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from sandbox.content_server import ContentServer, seed
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.otds import Otds
from tests.contract.openapi import SPECS, WHY_SKIPPED, Spec
from tests.sandbox.content_server.conftest import CUSTOMER, ORDER, PRODUCT, Bench, Desk, entry
from tests.sandbox.content_server.published import DEVIATIONS, Deviation, fitted, known

FOLDER = SPECS / "opentext"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=WHY_SKIPPED)
FILES = (
    "content-server-rest-api-2.0.2.yaml",
    "opentext-business-workspaces-rest-api-v1-and-v2.yaml",
    "opentext-records-management-26.1.json",
)
BASE = "/cs/cs/api"
# Calls of the cookbook that no published file describes; known from OpenText's own clients only.
NOT_DESCRIBED = (
    "/v2/externalsystems",
    "/v2/businessobjecttypes",
    "/missingdocuments",
    "/doctypes",
    "/workspacereferences",
)


@dataclass
class Judged:
    """One exchange, one file: what the file says against it."""

    method: str
    path: str
    template: str
    problems: list[str]


class Walk:
    """Every call the cookbook and the record keeping need, once, as the service user."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.desk = bench, bench.desk(seed.SERVICE)
        self.seen: list[httpx.Response] = []
        self.desk.http.event_hooks = {"response": [self._note]}

    def _note(self, response: httpx.Response) -> None:
        response.read()
        self.seen.append(response)

    def go(self) -> None:
        desk = self.desk
        order, customer = desk.workspace(ORDER), desk.workspace(CUSTOMER)
        document = desk.document(desk.folder(order, "01 Order record"))
        desk.add_version(document)
        self._look(order, document)
        self._change(order, customer, document)
        self._relate(order, customer)
        self._record(document)
        self._refuse()

    def _look(self, order: int, document: int) -> None:
        category = self.bench.category("Order")
        paths = [
            "/v1/auth", "/v1/serverinfo", "/v1/ping", "/v2/members", "/v2/members/1002", "/v2/members/sessions",
            f"/v2/nodes/{document}", f"/v1/nodes/{document}", f"/v2/nodes/{order}/nodes", f"/v1/nodes/{order}/nodes",
            f"/v1/nodes/{document}/ancestors", f"/v2/nodes/{document}/copylink", f"/v2/nodes/{document}/audit",
            f"/v2/nodes/{document}/permissions", f"/v2/nodes/{document}/versions", f"/v2/nodes/{document}/versions/1",
            f"/v1/nodes/{document}/versions/latest", f"/v2/nodes/{order}/categories",
            f"/v2/nodes/{order}/categories/{category}", "/v2/volumes", "/v2/volumes/133", "/v2/volumes/133/nodes",
            "/v2/volumes/recyclebin/nodes", "/v2/multipart/settings", "/v2/businessworkspaces?expanded_view=true",
            f"/v2/businessworkspaces/{order}?fields=properties&fields=business_properties",
            f"/v2/businessworkspaces/{order}?fields=workspace_references", f"/v1/businessworkspaces/{order}",
            f"/v1/nodes/{document}/businessworkspace", f"/v1/nodes/{order}/businessworkspacetypes",
            "/v2/businessworkspacetypes?expand_templates=true", "/v1/businessworkspacetypes/1",
            "/v2/forms/businessworkspaces/create?ext_system_id=BigCommerce&bo_type=ORDER",
            "/v2/externalsystems/BigCommerce/botypes/ORDER/boids/bc-demostore1-1001", "/v2/businessobjecttypes",
            f"/v2/businessworkspaces/{order}/missingdocuments", f"/v2/businessworkspaces/{order}/doctypes",
            "/v2/classificationvolume", "/v2/rsis", "/v2/recordsmanagement/rmcodes", "/v1/recordsmanagement/rmcodes",
        ]  # fmt: skip
        for path in paths:
            assert self.desk.http.get(path.lstrip("/")).status_code == 200, path

    def _change(self, order: int, customer: int, document: int) -> None:
        desk, bench = self.desk, self.bench
        desk.body("PUT", f"/v2/nodes/{document}", {"description": "the record"})
        desk.body("POST", "/v2/nodes/list", {"ids": [document, customer]})
        status = {bench.key("Order", "Status"): "Held"}
        desk.form("PUT", f"/v2/nodes/{order}/categories/{bench.category('Order')}", status)
        desk.form("POST", f"/v2/nodes/{document}/categories", {"category_id": str(bench.category("Approval"))})
        desk.form("POST", "/v2/search", {"where": "OTSubType: 144"})
        extra = desk.document(desk.folder(order, "03 Correspondence"), "Letter.pdf")
        desk.delete(f"/v2/nodes/{extra}")

    def _relate(self, order: int, customer: int) -> None:
        desk, path = self.desk, f"/v2/businessworkspaces/{order}"
        desk.json("POST", "/v2/businessworkspaces", entry(PRODUCT))
        desk.json("POST", f"{path}/relateditems", {"rel_bw_id": customer})
        desk.get(f"{path}/relateditems")
        desk.delete(f"{path}/relateditems/{customer}", rel_type="child")
        role = desk.get(f"{path}/roles").json()["results"][0]["data"]["properties"]["id"]
        desk.json("POST", f"{path}/roles/{role}/members", {"id": 1002})
        desk.get(f"{path}/roles/{role}/members")
        desk.get(f"{path}/members")
        desk.delete(f"{path}/roles/{role}/members/1002")

    def _record(self, document: int) -> None:
        desk, orders = self.desk, self.bench.rm_class("Orders")
        path = f"/v1/nodes/{document}/rmclassifications"
        token = desk.get(path).json()["rm_metadataToken"]
        desk.form("POST", path, {"class_id": str(orders), "rm_metadataToken": token, "official": "true"})
        token = desk.get(path).json()["rm_metadataToken"]
        desk.form("PUT", path, {"rm_metadataToken": token, "status": "CLOSED"})
        desk.get(f"/v1/nodes/{document}/rsis")
        query = {"type": "LEGAL", "name": "Dispute 7", "date_applied": "2025-06-30T00:00:00"}
        hold = desk.http.post("v1/holds", params=query).json()["holdID"]
        desk.form("POST", "/v1/rmclassifications/applyhold", {"ids": str(document), "holdID": str(hold)})
        for read in (
            f"/v1/nodes/{document}/holds",
            "/v2/hold?holdname=Dispute 7",
            f"/v2/holditems/{hold}",
            "/v1/holds",
        ):
            desk.http.get(read.lstrip("/"))
        desk.get("/v2/holds", page=1, limit=25)
        desk.form("POST", "/v1/rmclassifications/removehold", {"ids": str(document), "holdID": str(hold)})
        bulk = {"ids": str(document), "classID": str(orders)}
        desk.form("POST", "/v1/rmclassifications/batchAddClassification", bulk)
        desk.form("POST", "/v1/rmclassifications/RMMetadata", {"ids": str(document), "official": "1"})
        desk.form("PUT", "/v1/rmclassifications/finalizerecords", {"ids": str(document)})

    def _refuse(self) -> None:
        for path in ("/v2/nodes/99999", "/v2/businessworkspaces/99999", "/v1/nodes/99999/rmclassifications"):
            assert self.desk.get(path).status_code == 400


def judge(spec: Spec, response: httpx.Response) -> Judged | None:
    """None when the file does not describe the call."""
    request = response.request
    path = request.url.path.removeprefix(BASE)
    template, _ = spec._template(path)
    if template not in spec.document["paths"]:  # a few paths are published with a slash at the end
        request = httpx.Request(request.method, f"{request.url}/", headers=request.headers, content=request.content)
        template, _ = spec._template(f"{path}/")
    if request.method.lower() not in spec.document["paths"].get(template, {}):
        return None
    kind = response.headers["Content-Type"].split(";")[0]
    answer: Any = fitted(spec, request.method, template, response.status_code, response.json())
    fit = httpx.Response(response.status_code, json=answer, headers={"Content-Type": kind}, request=request)
    return Judged(request.method, path, template, spec.judge(fit))


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    world = World(inline=True)
    server = ContentServer(world)
    bench = Bench(world, server, InProcess({"content.test": server, "otds.test": Otds(world)}))
    made = Walk(bench)
    made.go()
    yield made
    made.desk.http.close()
    world.deliveries.close()


@pytest.fixture(scope="module")
def judged(walk: Walk) -> list[Judged]:
    specs = [Spec.load(FOLDER / name, BASE) for name in FILES]
    return [item for response in walk.seen for spec in specs if (item := judge(spec, response)) is not None]


def test_requests_and_answers_are_as_published_or_the_difference_is_explained(judged: list[Judged]) -> None:
    unexplained = [
        f"{item.method} {item.path}: {problem}"
        for item in judged
        for problem in item.problems
        if known(item.method, item.path, problem) is None
    ]

    assert unexplained == []


def test_every_explained_difference_still_occurs(judged: list[Judged]) -> None:
    used: set[Deviation | None] = {
        known(item.method, item.path, problem) for item in judged for problem in item.problems
    }

    assert [item for item in DEVIATIONS if item not in used] == []


def test_every_call_of_the_walk_is_judged_by_a_file(walk: Walk, judged: list[Judged]) -> None:
    described = {(item.method, item.path) for item in judged}
    calls = {(r.request.method, r.request.url.path.removeprefix(BASE)) for r in walk.seen}

    silent = [path for method, path in calls - described if not any(part in path for part in NOT_DESCRIBED)]
    assert silent == []
    assert len({(item.method, item.template) for item in judged}) > 50


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda answer: answer["results"]["data"]["properties"].update(id="many"), "'many' is not of type 'integer'"),
        (lambda answer: answer.update(links="none"), "'none' is not of type 'array'"),
    ],
)
def test_a_wrong_answer_would_be_noticed(walk: Walk, change: Any, found: str) -> None:
    response = next(r for r in walk.seen if r.request.method == "POST" and r.request.url.path == f"{BASE}/v2/nodes")
    answer = json.loads(response.content)
    change(answer)
    wrong = httpx.Response(200, json=answer, request=response.request)
    item = judge(Spec.load(FOLDER / FILES[0], BASE), wrong)

    assert item is not None
    assert any(found in problem for problem in item.problems)


def test_the_walk_worked_as_the_service_user(walk: Walk) -> None:
    assert isinstance(walk.desk, Desk)
    assert {r.status_code for r in walk.seen} == {200, 400}
