"""OpenText from outside: looking, filing, approving, deciding, each as a named user."""

import base64
import hashlib
from typing import Any

import pytest

from tests.sandbox.control.conftest import Outsider

ANNA, LIAM, MIA = "anna.berg@demo", "liam.author@demo", "mia.larsen@demo"


@pytest.fixture
def reviewed(installed: Outsider) -> tuple[Outsider, int]:
    """An order that is being reviewed."""
    order = installed.post("/stores/bigcommerce/orders", {"total": "749.90", "shipping": {"country_iso2": "NG"}}, 201)[
        "id"
    ]
    installed.house.drain()
    return installed, order


@pytest.fixture
def launching(installed: Outsider) -> tuple[Outsider, dict[str, Any]]:
    """A product with its launch workspace."""
    product = installed.post("/stores/bigcommerce/products", {"name": "Trail lamp"}, 201)["id"]
    installed.house.drain()
    found = installed.get("/opentext/workspaces", bo_type="PRODUCT", bo_id=str(product))["workspaces"]
    return installed, found[0]


def test_a_workspace_is_found_by_the_stores_id_or_the_whole_one(reviewed: tuple[Outsider, int]) -> None:
    outsider, order = reviewed
    short = outsider.get("/opentext/workspaces", bo_type="ORDER", bo_id=str(order))["workspaces"]
    whole = outsider.get("/opentext/workspaces", bo_type="ORDER", bo_id=f"bc-demostore1-{order}")["workspaces"]
    assert [w["id"] for w in short] == [w["id"] for w in whole]
    assert len(short) == 1
    assert outsider.get("/opentext/workspaces", bo_type="ORDER", bo_id="9999")["workspaces"] == []


def test_a_workspace_shows_documents_categories_record_and_team(reviewed: tuple[Outsider, int]) -> None:
    outsider, order = reviewed
    space = outsider.get("/opentext/workspaces", bo_type="ORDER", bo_id=str(order))["workspaces"][0]
    assert space["categories"]["Order"]["Order number"] == str(order)
    assert space["categories"]["Order"]["Shipping country"] == "NG"
    record = space["documents"][0]
    assert record["folder"] == "01 Order record"
    assert record["record"]["classification"] == "Orders"
    assert record["versions"][0]["by"] == "svc-storefront"
    assert {"role": "Reviewer", "members": ["Order Review"]} in space["team"]
    assert space["holds"] == []
    found = outsider.get(f"/opentext/documents/{record['id']}/content")
    content = base64.b64decode(found["content_base64"])
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == record["sha256"]


def test_a_task_is_claimed_and_decided(reviewed: tuple[Outsider, int]) -> None:
    outsider, order = reviewed
    task = outsider.get("/opentext/tasks")["tasks"][0]
    assert {o["value"] for o in task["outcomes"]} == {"approved", "rejected", "more_info"}
    assert ANNA in task["candidates"]
    assert outsider.post(f"/opentext/tasks/{task['id']}", {"user": ANNA, "action": "claim"})["assignee"] == ANNA
    assert outsider.post(f"/opentext/tasks/{task['id']}", {"user": ANNA, "action": "unclaim"})["assignee"] is None
    done = outsider.post(
        f"/opentext/tasks/{task['id']}", {"user": ANNA, "outcome": "approved", "comment": "Known buyer"}
    )
    assert (done["state"], done["completed_by"], done["outcome"]) == ("done", ANNA, "approved")
    outsider.house.drain()
    assert outsider.get(f"/stores/bigcommerce/orders/{order}")["status"] == "Awaiting Fulfillment"
    assert outsider.get("/opentext/tasks")["tasks"] == []
    assert [t["state"] for t in outsider.get("/opentext/tasks", state="all")["tasks"]] == ["done"]


def test_a_question_goes_to_whoever_answers_it(reviewed: tuple[Outsider, int]) -> None:
    outsider, _ = reviewed
    task = outsider.get("/opentext/tasks")["tasks"][0]["id"]
    outsider.post(f"/opentext/tasks/{task}", {"user": ANNA, "outcome": "more_info", "comment": "Which passport?"})
    answer = outsider.get("/opentext/tasks")["tasks"][0]
    assert "Which passport?" in answer["description"]
    outsider.post(
        f"/opentext/tasks/{answer['id']}", {"user": ANNA, "comment": "Nigerian.", "variables": {"checked": True}}
    )
    again = outsider.get("/opentext/tasks")["tasks"][0]
    assert again["key"] == "review"
    assert again["variables"]["checked"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"user": "nobody@demo", "outcome": "approved"}, 422),
        ({"user": MIA, "outcome": "approved"}, 403),
        ({"user": ANNA, "outcome": "perhaps"}, 422),
        ({"outcome": "approved"}, 422),
    ],
)
def test_what_may_not_be_done_is_refused(reviewed: tuple[Outsider, int], body: dict[str, Any], status: int) -> None:
    outsider, _ = reviewed
    task = outsider.get("/opentext/tasks")["tasks"][0]["id"]
    outsider.post(f"/opentext/tasks/{task}", body, status)
    assert len(outsider.get("/opentext/tasks")["tasks"]) == 1


def test_an_unknown_task_is_not_found(outsider: Outsider) -> None:
    outsider.post("/opentext/tasks/42", {"user": ANNA, "outcome": "approved"}, 404)


def test_a_file_is_added_then_versioned_then_approved(launching: tuple[Outsider, dict[str, Any]]) -> None:
    outsider, space = launching
    where = {"workspace_id": space["id"], "folder": "03 Compliance", "user": LIAM}
    made = outsider.post("/opentext/documents", where | {"name": "declaration.txt", "text": "first"}, 201)
    assert (made["version"], made["folder"], made["created_by"]) == (1, "03 Compliance", LIAM)
    again = outsider.post("/opentext/documents", where | {"name": "declaration.txt", "text": "second"}, 201)
    assert (again["id"], again["version"]) == (made["id"], 2)
    third = base64.b64encode(b"third").decode()
    by_id = {"document_id": made["id"], "user": LIAM, "content_base64": third, "description": "final"}
    assert outsider.post("/opentext/documents", by_id, 201)["versions"][-1]["description"] == "final"
    decided = outsider.post(
        f"/opentext/documents/{made['id']}/approve", {"user": ANNA, "version": 2, "comment": "Good"}
    )
    assert decided["approval"]["Status"] == "Approved"
    assert (decided["approval"]["Approved by"], decided["approval"]["Approved version"]) == (ANNA, 2)
    second = outsider.get(f"/opentext/documents/{made['id']}/content", version=2)
    assert base64.b64decode(second["content_base64"]) == b"second"


def test_a_document_can_be_filed_by_business_object(launching: tuple[Outsider, dict[str, Any]]) -> None:
    outsider, space = launching
    body = {
        "bo_type": "PRODUCT", "bo_id": space["bo_id"].rpartition("-")[2], "folder": "01 Content", "user": LIAM,
        "name": "notes.json", "json": {"a": [1, None]},
    }  # fmt: skip
    made = outsider.post("/opentext/documents", body, 201)
    assert (made["workspace_id"], made["mime_type"]) == (space["id"], "application/json")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"folder": "99 Nowhere"}, "folder"),
        ({"workspace_id": None}, "workspace"),
        ({"text": "and more"}, "content"),
        ({"content_base64": "%%%", "json": ...}, "content_base64"),
        ({"user": "nobody@demo"}, "user"),
        ({"name": ""}, "name"),
        ({"bo_type": "ORDER", "workspace_id": None}, "bo_id"),
    ],
)
def test_what_cannot_be_filed_is_explained(
    launching: tuple[Outsider, dict[str, Any]], change: dict[str, Any], field: str
) -> None:
    outsider, space = launching
    body = {"workspace_id": space["id"], "folder": "01 Content", "user": LIAM, "name": "x.json", "json": {}}
    sent = {name: value for name, value in (body | change).items() if value is not ...}
    assert field in outsider.post("/opentext/documents", sent, 422)["fields"]


def test_a_person_without_the_right_is_refused(reviewed: tuple[Outsider, int]) -> None:
    outsider, order = reviewed
    body = {"bo_type": "ORDER", "bo_id": str(order), "folder": "02 Payment", "user": LIAM, "name": "x.txt", "text": "x"}
    assert "could not be accessed" in outsider.post("/opentext/documents", body, 422)["error"]


def test_statuses_of_an_approval_are_those_of_the_category(launching: tuple[Outsider, dict[str, Any]]) -> None:
    outsider, space = launching
    document = next(d for d in space["documents"] if d["folder"] == "01 Content")
    assert outsider.post(f"/opentext/documents/{document['id']}/approve", {"user": ANNA, "status": "Fine"}, 422)[
        "fields"
    ]
    asked = outsider.post(
        f"/opentext/documents/{document['id']}/approve", {"user": ANNA, "status": "Changes requested"}
    )
    assert asked["approval"]["Status"] == "Changes requested"
    assert outsider.post(f"/opentext/documents/{document['id']}/approve", {"user": ANNA, "version": 9}, 422)["error"]
