"""Files put on the panels of cases, companies and pages: the same doors, limits and words as on an order's."""

import pytest

from app.db.cases import CaseRow
from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.session import unit_of_work
from app.engine.sessions import Role
from app.web.kinds import many
from tests.doors import APP, OTHER, Browser, Doors
from tests.house import House
from tests.unit.web_pages.test_document_page import send_file, send_files, text
from tests.unit.web_pages.test_order_panel import words_on

CASE = "c" * 32
OBJECTS = {"company": "9", "case": CASE, "page": "page:4"}
PDF = b"%PDF-1.7 "


@pytest.fixture
def filing(house: House) -> House:
    """A company, a case and a page, each with a workspace in Content Server."""
    house.install()
    house.place_order("20.00", ship_to="FR")
    house.drain()
    (order,) = house.rows(WorkspaceLink, object_type="order")
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(CaseRow(id=CASE, store_id=house.store_id, kind="return", number="RMA-7", cause_key="x",
                                title="Return", order_id=order.object_id))  # fmt: skip
        for kind, object_id in OBJECTS.items():
            uow.session.add(SubjectSnapshot(store_id=house.store_id, object_type=kind, object_id=object_id, name=kind))
            uow.session.add(WorkspaceLink(
                store_id=house.store_id, object_type=kind, object_id=object_id, object_name=kind,
                business_object_id=object_id, business_object_type=kind.upper(), workspace_id=order.workspace_id,
                workspace_name=kind, workspace_url="https://cs.example.com/1",
            ))  # fmt: skip
    return house


def too_large(browser: Browser, path: str) -> tuple[int, str]:
    """As it is told by its length, before anything of it is read."""
    answer = browser.client.post(
        path, base_url=APP, data={"page_token": browser.page}, content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "26000000"}, headers={"Sec-Fetch-Mode": "navigate"},
    )  # fmt: skip
    return answer.status_code, words_on(answer.get_data(as_text=True))


def test_files_are_taken_refused_and_versioned_on_every_other_panel_too(filing: House) -> None:
    house, browser = filing, Doors(filing).signed_in()
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    for kind, object_id in OBJECTS.items():
        panel = f"/panel/{many(kind)}/{object_id}"
        name = f"{kind} letter.pdf"
        form = text(browser, f"{panel}/documents/new")
        place = form.partition('<option value="')[2].partition('"')[0]
        sent = (
            (name, PDF + kind.encode()),
            (f"{kind} tool.exe", b"MZ"),
            (f"{kind}.png", b"no picture"),
            ("e.pdf", b""),
        )
        status, words = send_files(browser, panel, place, *sent)
        assert (status, f"{name} Filed" in words) == (200, True), words
        assert f"{kind} tool.exe Not filed This file is not filed: its type" in words
        assert f"{kind}.png Not filed This file is not filed: its type" in words
        assert "e.pdf Not filed This file is empty." in words
        both = ((f"{kind} one.txt", b"one"), (f"{kind} two.txt", b"two"))
        assert send_files(browser, panel, place, *both)[1].count(" Filed") == 2
        (link,) = house.rows(WorkspaceLink, object_type=kind)
        (document,) = house.rows(FiledDocument, link_id=link.id, name=name)
        version = f"{panel}/documents/{document.id}/version"
        assert f'data-version="{version}"' in text(browser, panel), "a file can be dropped on its row"
        assert send_file(browser, version, "other name.pdf", PDF + b"anew") == 303
        assert send_file(browser, version, "sheet.txt", b"words") == 422, "another type is a document of its own"
        assert house.rows(FiledDocument, link_id=link.id, name=name)[0].version == 2
        for path in (f"{panel}/documents", version):
            status, words = too_large(browser, path)
            assert (status, "too large together" in words) == (413, True), words
        assert send_files(viewer, panel, place, (f"{kind} x.pdf", PDF))[0] == 403
        assert send_file(viewer, version, "x.pdf", PDF) == 403
        found = {one.name for one in house.rows(FiledDocument, link_id=link.id)}
        assert found == {name, f"{kind} one.txt", f"{kind} two.txt"}
