"""OpenText's pages: what a reviewer, an author and an approver do."""

import json
from typing import Any

import pytest

from tests.sandbox.desk.conftest import Visitor, said

ANNA, LIAM, RITA, SAM = "anna.berg@demo", "liam.author@demo", "rita.records@demo", "sam.reyes@demo"


def work_as(visitor: Visitor, person: str) -> None:
    visitor.send("/sit", back="/opentext/tasks", person=person)


def sheet_of(visitor: Visitor) -> dict[str, Any]:
    space = visitor.repository.workspaces("PRODUCT")[0]
    found: dict[str, Any] = next(d for d in space["documents"] if d["folder"] == "01 Content")
    return found


@pytest.fixture
def task(at_work: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = at_work.inbox.tasks()[0]
    return found


def test_a_task_shows_why_and_where(at_work: Visitor, task: dict[str, Any]) -> None:
    page = at_work.open(f"/opentext/tasks/{task['id']}")
    assert "differs from shipping country NG" in page
    assert "record.pdf" in page
    assert all(f'value="{value}"' in page for value in ("approved", "rejected", "more_info"))


def test_a_task_is_claimed_given_back_and_decided(at_work: Visitor, task: dict[str, Any]) -> None:
    address = f"/opentext/tasks/{task['id']}"
    assert said(at_work.send(address, do="claim")) == "The task is yours."
    assert "Claimed by anna.berg@demo" in at_work.open(address)
    assert "open to its group" in said(at_work.send(address, do="unclaim"))
    page = at_work.send(address, outcome="rejected", comment="Card was stolen.")
    assert said(page).endswith("Reject.")
    assert "Card was stolen." in at_work.open(f"/opentext/workflows/{task['instance_id']}")
    at_work.house.drain()
    order = at_work.merchant.get("orders", task["variables"]["order_number"])
    assert order["status"] in ("Declined", "Cancelled")


def test_a_question_is_asked_and_answered(at_work: Visitor, task: dict[str, Any]) -> None:
    at_work.send(f"/opentext/tasks/{task['id']}", outcome="more_info", comment="Which passport?")
    answer = at_work.inbox.tasks()[0]
    page = at_work.open(f"/opentext/tasks/{answer['id']}")
    assert "Which passport?" in page
    assert "Send the answer" in page
    assert said(at_work.send(f"/opentext/tasks/{answer['id']}", comment="Nigerian.")).endswith("Answered.")
    assert at_work.inbox.tasks()[0]["key"] == "review"


def test_who_may_not_act_is_told_who_may(at_work: Visitor, task: dict[str, Any]) -> None:
    work_as(at_work, SAM)
    page = at_work.open(f"/opentext/tasks/{task['id']}")
    assert "may not act here" in page
    assert ANNA in page
    back = f"/opentext/tasks/{task['id']}"
    assert said(at_work.send(back, back=back, outcome="approved"))
    assert at_work.inbox.task(task["id"])["state"] == "open"


def test_a_workspace_shows_its_folders_and_categories(at_work: Visitor) -> None:
    space = at_work.repository.workspaces("ORDER")[0]
    page = at_work.open(f"/opentext/workspaces/{space['id']}")
    assert all(folder["name"] in page for folder in space["folders"])
    assert "Shipping country" in page
    assert "Record: Orders" in page


def test_the_apps_links_lead_to_the_desk(at_work: Visitor) -> None:
    space = at_work.repository.workspaces("ORDER")[0]
    document, folder = space["documents"][0]["id"], space["folders"][0]["id"]
    assert "Approval" in at_work.open(f"/opentext/nodes/{document}")
    for number in (space["id"], folder):
        assert "Business object" not in (page := at_work.open(f"/opentext/nodes/{number}"))
        assert space["name"] in page


def test_text_is_edited_as_a_new_version(at_work: Visitor) -> None:
    work_as(at_work, LIAM)
    sheet = sheet_of(at_work)
    text = json.loads(at_work.repository.content(sheet["id"])[1])
    changed = json.dumps(text | {"name": "Trail lamp II"}, indent=2)
    page = at_work.send(f"/opentext/documents/{sheet['id']}/edit", text=changed.replace("\n", "\r\n"))
    assert said(page) == f"Saved as version {sheet['version'] + 1}."
    version, content = at_work.repository.content(sheet["id"])
    assert (content.decode(), version["by"]) == (changed, LIAM)


def test_files_are_uploaded_and_versioned(at_work: Visitor) -> None:
    work_as(at_work, LIAM)
    space = at_work.repository.workspaces("PRODUCT")[0]
    where = {"back": f"/opentext/workspaces/{space['id']}", "workspace": str(space["id"]), "folder": "02 Images"}
    files = {"file": ("lamp.png", b"\x89PNG\r\n\x1a\nfirst", "image/png")}
    answer = at_work.client.post("/opentext/upload", data=where, files=files)
    assert said(answer.text) == "lamp.png: version 1 was added."
    made = next(d for d in at_work.repository.workspace(space["id"])["documents"] if d["name"] == "lamp.png")
    files = {"file": ("better.png", b"\x89PNG\r\n\x1a\nsecond", "image/png")}
    answer = at_work.client.post("/opentext/upload", data={"document": str(made["id"])}, files=files)
    assert said(answer.text) == "lamp.png: version 2 was added."
    assert "Choose a file" in said(at_work.send("/opentext/upload", **where))


def test_content_is_shown_only_where_that_is_safe(at_work: Visitor) -> None:
    space = at_work.repository.workspaces("PRODUCT")[0]
    where = {"workspace": str(space["id"]), "folder": "01 Content"}
    for name, kind in (("x.html", "text/html"), ("x.svg", "image/svg+xml"), ("x.bin", "application/octet-stream")):
        at_work.client.post("/opentext/upload", data=where, files={"file": (name, b"<script>1</script>", kind)})
    made = {d["name"]: d["id"] for d in at_work.repository.workspace(space["id"])["documents"]}
    page = at_work.client.get(f"/opentext/documents/{made['x.html']}/versions/1")
    assert page.headers["Content-Type"].startswith("text/plain")
    for name in ("x.svg", "x.bin"):
        answer = at_work.client.get(f"/opentext/documents/{made[name]}/versions/1")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_an_approver_approves_and_an_author_does_not(at_work: Visitor) -> None:
    sheet = sheet_of(at_work)
    address = f"/opentext/documents/{sheet['id']}"
    work_as(at_work, LIAM)
    at_work.send(f"{address}/decide", back=address, status="Approved", version="1")
    assert (at_work.repository.document(sheet["id"])["approval"] or {}).get("Status") != "Approved"
    work_as(at_work, ANNA)
    page = at_work.send(f"{address}/decide", status="Approved", version="1", comment="Good")
    assert said(page) == "Version 1: approved by Anna Berg."
    assert at_work.repository.document(sheet["id"])["approval"]["Comment"] == "Good"
    page = at_work.send(f"{address}/decide", status="Rejected", version="1")
    assert "rejected" in said(page)


def test_holds_are_made_applied_and_taken_off(at_work: Visitor) -> None:
    work_as(at_work, RITA)
    document = at_work.repository.workspaces("ORDER")[0]["documents"][0]["id"]
    page = at_work.send("/opentext/holds", back="/opentext/records", name="Case 7", type="LEGAL", comment="Court")
    assert said(page) == "The hold Case 7 was created."
    hold = at_work.repository.holds()[0]["id"]
    address = f"/opentext/documents/{document}"
    page = at_work.send(f"/opentext/holds/{hold}", back=address, node=str(document), do="apply")
    assert said(page) == "The hold was applied."
    assert at_work.repository.document(document)["holds"] == ["Case 7"]
    assert "Case 7" in at_work.open("/opentext/records")
    at_work.send(f"/opentext/holds/{hold}", back=address, node=str(document), do="release")
    assert at_work.repository.document(document)["holds"] == []
    assert "no other has" in said(
        at_work.send("/opentext/holds", back="/opentext/records", name="Case 7", type="LEGAL")
    )


def test_a_person_without_the_right_cannot_hold(at_work: Visitor) -> None:
    work_as(at_work, RITA)
    at_work.send("/opentext/holds", name="Case 8", type="LEGAL")
    hold = at_work.repository.holds()[0]["id"]
    document = at_work.repository.workspaces("ORDER")[0]["documents"][0]["id"]
    work_as(at_work, LIAM)
    page = at_work.send(f"/opentext/holds/{hold}", back="/opentext/records", node=str(document), do="apply")
    assert "could not be accessed" in said(page)
    assert at_work.repository.document(document)["holds"] == []


def test_where_approvals_are_reported_is_set(at_work: Visitor) -> None:
    address = "http://app.test/callbacks/content-server/bigcommerce-demostore1"
    at_work.send("/opentext/administration", url=address, secret="s3cret")
    settings = at_work.house.stage.content_server.state.callbacks
    assert (settings.url, settings.secret) == (address, "s3cret")
    assert "must begin with" in said(at_work.send("/opentext/administration", back="/", url="ftp://x"))


def test_names_of_documents_are_text(at_work: Visitor) -> None:
    space = at_work.repository.workspaces("PRODUCT")[0]
    nasty = '"><img src=x onerror=alert(1)>.txt'
    where = {"workspace": str(space["id"]), "folder": "01 Content"}
    at_work.client.post("/opentext/upload", data=where, files={"file": (nasty, b"x", "text/plain")})
    page = at_work.open(f"/opentext/workspaces/{space['id']}")
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
