"""Tenants and roles on every address, generated from the URL map: a new route is covered the day it appears."""

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.db import access_requests
from app.db.cases import CaseRow
from app.db.history import HistoryJob
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, WorkspaceLink
from app.db.privacy import PrivacyRequest
from app.db.publications import Publication
from app.db.session import unit_of_work
from app.db.stores import StoreUser
from app.db.types import utc_now
from app.db.uploads import UploadRequest
from app.engine.deciding.tasks import reference
from app.engine.sessions import Role
from app.web import guards
from tests.doors import OTHER, OWNER, Browser, Doors

TOKEN = re.compile(
    rb"\bnonce=\"[^\"]+\"|\"X-ECM-Page\": \"[^\"]+\"|name=\"(?:page_token|click)\" value=\"[^\"]+\""
)  # a page's own
RIVAL = "bigcommerce:rivalstore"
CANARY = "canary-of-the-first-store"
MISSING = {"run_id": "0" * 32, "publication_id": "0" * 32, "user_id": "0" * 32, "object_id": "999999999",
           "case_id": "0" * 32, "job_id": "0" * 32, "request_id": "0" * 32, "link_id": "0" * 32,
           "document_id": "0" * 32, "ref": "0" * 24, "number": "999999999"}  # fmt: skip
AS_ID = {"pages": "page:{}", "cases": "{:0>32}"}
# Parameters that name nothing of a tenant.
NEUTRAL = {
    "kind": "orders",
    "slug": "order-review",
    "what": "return",
    "sort": "upload",
    "part": "content",
    "subject": "order",
}


def merchant_rules(doors: Doors) -> list[Rule]:
    surfaces = doors.house.flask.extensions["surfaces"]
    found = []
    for rule in doors.house.flask.url_map.iter_rules():
        surface, _ = surfaces.get(rule.endpoint.rpartition(".")[0], (None, None))
        if surface is not None and surface.guard is guards.merchant_session:
            found.append(rule)
    assert len(found) > 10
    return found


def address(rule: Rule, values: dict[str, str]) -> str:
    unknown = rule.arguments - set(values) - set(NEUTRAL) - set(rule.defaults or {})
    assert not unknown, f"{rule}: teach this test what {unknown} is"
    given = {**NEUTRAL, **values, **(rule.defaults or {})}
    if "object_id" in given:  # of pages and cases ids look different
        given["object_id"] = AS_ID.get(str(given["kind"]), "{}").format(given["object_id"])
    built = rule.build(given, append_unknown=False)
    assert built, rule
    return str(built[1])


def a_workflow(name: str) -> dict[str, Any]:
    """One that runs at an object, as we keep it, with a task that anybody might decide."""
    task = {"id": f"task {name}", "name": name, "assignee": "", "candidates": [name], "created_at": None,
            "due_at": None, "choices": [["approved", "Approve"]]}  # fmt: skip
    return {"engine": "workflow_service", "id": f"instance {name}", "name": name, "status": "running", "url": "",
            "started_at": None, "tasks": [task], "outcome": "", "by": "", "at": None, "comment": name}  # fmt: skip


def reference_of(name: str) -> str:
    return reference("workflow_service", f"instance {name}", f"task {name}")


@pytest.fixture
def mine(two_stores: Doors) -> dict[str, str]:
    """Ids of the first store's objects, whose rows all say the canary."""
    doors = two_stores
    doors.signed_in(OTHER)
    case = doors.case()
    person = doors.house.rows(StoreUser, external_id=str(OTHER))[0]
    store = doors.house.store_id
    with unit_of_work(doors.house.deps.database) as uow:
        link = WorkspaceLink(store_id=store, object_type="product", object_id="118", object_name=CANARY,
                             business_object_type="Product", business_object_id="118", workspace_id=5,
                             workspace_name=CANARY, workspace_url=f"http://content.test/{CANARY}")  # fmt: skip
        publication = Publication(store_id=store, run_id=case, object_type="product", object_id="118", node_id=9,
                                  version=1, sha256="", document_name=CANARY, approved_by=CANARY,
                                  state="live")  # fmt: skip
        order = WorkspaceLink(**link.model_dump(exclude={"id", "object_type"}), object_type="order")
        order.workflows = [a_workflow(CANARY)]
        others = [WorkspaceLink(**link.model_dump(exclude={"id", "object_type", "object_id"}), object_type=kind,
                                object_id=AS_ID.get(f"{kind}s", "{}").format("118"))
                  for kind in ("company", "page", "case")]  # fmt: skip
        claim = CaseRow(store_id=store, kind="return", number="RMA-1", cause_key="x", title=CANARY, order_id="118",
                        text=CANARY)  # fmt: skip
        look = HistoryJob(store_id=store, kind="dry_run", scenario="order-review", since=utc_now(), until=utc_now(),
                          reached=utc_now(), asked_by=CANARY)  # fmt: skip
        asked = PrivacyRequest(store_id=store, event_id=CANARY, kind="data", reference=CANARY, received_at=utc_now(),
                               done_at=utc_now(), customer_id="118")  # fmt: skip
        upload = UploadRequest(store_id=store, object_type="order", object_id="118", object_name=CANARY,
                               expires_at=utc_now() + timedelta(days=1))  # fmt: skip
        uow.session.add_all([link, order, *others, publication, claim, look, asked, upload])
        uow.session.flush()
        document = FiledDocument(store_id=store, link_id=order.id, node_id=77, name=CANARY, folder=CANARY)
        uow.session.add(document)
        access_requests.ask(uow.session, store, person.id, "order", "118")
        uow.session.flush()
        (waiting,) = access_requests.waiting(uow.session, store)
        return {"run_id": case, "publication_id": publication.id, "user_id": person.id, "object_id": "118",
                "case_id": claim.id, "job_id": look.id, "request_id": asked.id,
                "link_id": upload.id, "document_id": document.id, "ref": reference_of(CANARY),
                "number": str(waiting.number)}  # fmt: skip


def send(browser: Browser, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
    if method == "GET":
        return browser.get(path)
    return browser.post(path, {"role": "viewer", "id": "x"} | (fields or {}))


def unnamed(page: bytes, values: dict[str, str]) -> bytes:
    """The page without what only repeats its address, and without what is new on every page."""
    return TOKEN.sub(b"", page).replace(values["object_id"].encode(), b"")


def rows(doors: Doors) -> list[dict[str, Any]]:
    tables = (InboxEvent, StoreUser, Publication, WorkspaceLink)
    return [row.model_dump(exclude={"last_seen_at"}) for table in tables for row in doors.house.rows(table)]


def test_case_074_another_stores_ids_are_like_missing_ones_on_every_address(two_stores, mine):
    rival = two_stores.signed_in(sub="stores/rivalstore")
    tried = 0
    for rule in merchant_rules(two_stores):
        for method in sorted(rule.methods - {"HEAD"}):
            if not rule.arguments - set(NEUTRAL) or rule.endpoint == "session.sign_out":
                continue
            mark = len(two_stores.house.rows(InboxEvent, store_id=two_stores.house.store_id))
            foreign = send(rival, method, address(rule, mine))
            missing = send(rival, method, address(rule, MISSING))
            assert foreign.status_code == missing.status_code, rule
            assert CANARY not in foreign.get_data(as_text=True), rule
            if foreign.status_code >= 400:
                assert unnamed(foreign.data, mine) == unnamed(missing.data, MISSING), rule
            assert len(two_stores.house.rows(InboxEvent, store_id=two_stores.house.store_id)) == mark, rule
            tried += 1
    assert tried > 8


def test_case_074_lists_and_counts_of_one_store_say_nothing_of_another(two_stores, mine):
    owner, rival = two_stores.signed_in(), two_stores.signed_in(sub="stores/rivalstore")
    seen = {"owner": 0}
    for rule in merchant_rules(two_stores):
        if "GET" in rule.methods and not rule.arguments - set(NEUTRAL):
            path = address(rule, {})
            for given in (path, f"{path}?text={CANARY}", f"{path}?store={two_stores.house.store_id}"):
                page = rival.get(given).get_data(as_text=True)
                assert mine["run_id"] not in page, given
                assert mine["user_id"] not in page, given
                assert "demostore1" not in page, given
            seen["owner"] += mine["run_id"] in owner.get(path).get_data(as_text=True)
    assert seen["owner"], "the canary is shown to its owner nowhere: this test proves nothing"


def test_case_079_a_viewer_changes_nothing_that_needs_a_role(two_stores, mine):
    viewer = two_stores.signed_in(OTHER, role=Role.VIEWER)
    before = rows(two_stores)
    tried = 0
    for rule in merchant_rules(two_stores):
        needed = getattr(two_stores.house.flask.view_functions[rule.endpoint], "required_role", Role.OWNER)
        if "POST" in rule.methods and needed is not Role.VIEWER:
            assert send(viewer, "POST", address(rule, mine)).status_code == 403, rule
            tried += 1
    assert tried > 5
    assert rows(two_stores) == before


def test_case_079_nobody_without_a_session_gets_past_any_merchant_address(two_stores, mine):
    nobody = Browser(two_stores.house.flask.test_client())
    for rule in merchant_rules(two_stores):
        for method in sorted(rule.methods - {"HEAD"}):
            assert send(nobody, method, address(rule, mine)).status_code == 401, rule


@pytest.mark.usefixtures("mine")
def test_case_079_only_an_owner_gives_roles_and_never_to_themselves(two_stores):
    manager = two_stores.signed_in(OTHER, role=Role.MANAGER)
    owner = two_stores.signed_in()
    me = two_stores.merchant(owner).user_id
    assert manager.post(f"/settings/people/{me}", {"role": "viewer"}).status_code == 403
    assert owner.post(f"/settings/people/{me}", {"role": "viewer"}).status_code == 409
    foreign = two_stores.signed_in(OWNER, sub="stores/rivalstore")
    assert foreign.post(f"/settings/people/{me}", {"role": "viewer"}).status_code == 404
    assert {row.role for row in two_stores.house.rows(StoreUser, external_id=str(OWNER))} == {Role.OWNER}


@pytest.mark.alone  # counts within a minute
def test_case_130_one_person_cannot_wear_the_pages_out(two_stores):
    owner, rival = two_stores.signed_in(), two_stores.signed_in(sub="stores/rivalstore")
    statuses = {owner.get("/home/cards").status_code for _ in range(650)}
    assert 429 in statuses
    assert rival.get("/").status_code == 200
    assert two_stores.webhook().status_code == 200
