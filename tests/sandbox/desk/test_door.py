"""The desk's door: every page in every state, its rules, who sits there."""

import re

import pytest

from tests.sandbox.desk.conftest import Visitor, said

PAGES = (
    "/", "/store/apps", "/store/orders", "/store/products", "/store/customers", "/store/users",
    "/opentext/tasks", "/opentext/workspaces", "/opentext/workspaces?type=PRODUCT", "/opentext/workflows",
    "/opentext/records", "/opentext/administration",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_before_anything_happened(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    assert "Sandbox stand-in" in page
    assert re.search(r"<title>.+ · Sandbox</title>", page)


def test_every_link_of_every_page_leads_somewhere(at_work: Visitor) -> None:
    seen, queue = set[str](), ["/"]
    while queue and len(seen) < 120:
        path = queue.pop(0)
        if path in seen or path.startswith("/store/frame"):
            continue
        seen.add(path)
        answer = at_work.client.get(path)
        assert answer.status_code == 200, path
        if answer.headers["Content-Type"].startswith("text/html"):
            links = re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)
            queue += [link.replace("&amp;", "&") for link in links if not re.search(r"orders/1[01]\d", link)]
    assert {"/store/app", "/opentext/records", "/static/desk.css", "/static/desk.js"} <= seen
    assert any(path.startswith("/opentext/tasks/") for path in seen)
    assert any(re.fullmatch(r"/opentext/documents/\d+/versions/\d+", path) for path in seen)


def test_pages_may_frame_the_app_and_nothing_else(visitor: Visitor) -> None:
    policy = visitor.client.get("/").headers["Content-Security-Policy"]
    assert "frame-src 'self' http://app.test;" in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_foreign_page_cannot_send_forms(visitor: Visitor, headers: dict[str, str]) -> None:
    answer = visitor.client.post("/store/apps/install", headers=headers)
    assert answer.status_code == 403


def test_a_link_from_elsewhere_may_be_followed(visitor: Visitor) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert visitor.client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_forms_come_back_to_the_desk_only(visitor: Visitor, back: str) -> None:
    answer = visitor.client.post("/sit", data={"back": back, "user": "24654"}, follow_redirects=False)
    assert answer.headers["Location"] == "/"


def test_a_note_is_shown_once(visitor: Visitor) -> None:
    answer = visitor.client.post("/store/orders", data={"total": "12"}, follow_redirects=False)
    first, again = visitor.open(answer.headers["Location"]), visitor.open(answer.headers["Location"])
    assert "was placed" in said(first)
    assert said(again) == ""
    assert said(visitor.open("/?note=made-up")) == ""


def test_seats_are_kept(visitor: Visitor) -> None:
    visitor.send("/sit", back="/store/users", user="24654", person="tom.okafor@demo")
    assert re.search(r'<option value="24654" selected>', visitor.open("/store/users"))
    assert re.search(r'<option value="tom.okafor@demo" selected>', visitor.open("/opentext/tasks"))
    visitor.send("/sit", back="/", user="1", person="nobody@demo")
    assert re.search(r'<option value="12345" selected>', visitor.open("/store/users"))


def test_another_store_can_be_chosen_where_there_is_one(visitor: Visitor) -> None:
    assert 'name="store"' not in visitor.open("/store/orders")
    visitor.house.stage.control_panel.add_store("second22", "Second Shop")
    visitor.send("/sit", back="/store/orders", store="second22")
    page = visitor.open("/store/orders")
    assert 'value="second22" selected' in page
    assert "No orders yet" in page


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere", "/store/orders/99999", "/store/products/99999", "/opentext/workspaces/1", "/opentext/documents/1",
        "/opentext/tasks/1", "/opentext/workflows/1", "/opentext/nodes/1", "/static/../door.py", "/static/nothing.css",
        "/opentext/documents/1/versions/1",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404


def test_the_tour_ticks_off_what_happened(at_work: Visitor) -> None:
    page = at_work.open("/")
    assert page.count(">Done</span>") == 2
    task = at_work.inbox.tasks()[0]["id"]
    at_work.inbox.complete(task, "anna.berg@demo", "approved")
    assert at_work.open("/").count(">Done</span>") == 3
