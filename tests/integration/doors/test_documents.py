"""Approved documents as shoppers get them."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.db.links import FiledDocument, SharedDocument
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.engine.shared_documents import SharedDocuments
from sandbox.kernel.faults import FaultRule
from tests.doors import Doors

TOKEN = "t" * 32


@dataclass
class Shared:
    """A house in which one version of one document is shared with shoppers."""

    doors: Doors
    node_id: int
    content: bytes

    def get(self, path: str = f"/documents/{TOKEN}/Declaration.pdf", **kw):
        return self.doors.get(path, buffered=True, **kw)  # closes the file that is sent

    def change(self, **values: object) -> None:
        with unit_of_work(self.doors.house.deps.database) as uow:
            row = uow.session.get_one(SharedDocument, TOKEN)
            for name, value in values.items():
                setattr(row, name, value)

    def downloads(self) -> int:
        entries = self.doors.house.stage.world.ledger.since(system="content_server")
        return sum(f"nodes/{self.node_id}/versions" in entry.path for entry in entries)

    def copies(self) -> list[Path]:
        return list((self.doors.house.settings.data_dir / "documents").glob("*/*"))

    def break_content_server(self) -> None:
        self.doors.house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))


@pytest.fixture
def shared(sqlite_doors: Doors) -> Shared:
    """What the order review filed, shared as if it were a product's declaration."""
    house = sqlite_doors.house
    house.place_order("950.00", ship_to="FR")
    house.drain()
    (filed,) = house.rows(FiledDocument)
    row = SharedDocument(
        token=TOKEN, store_id=house.store_id, object_id="77", node_id=filed.node_id, version=filed.version,
        sha256=filed.sha256, name="Declaration é.pdf", mime_type="application/pdf",
    )  # fmt: skip
    content = io.BytesIO()
    house.deps.opentext(house.store_id).documents.download(filed.node_id, filed.version, content)
    with unit_of_work(house.deps.database) as uow:
        uow.session.add(row)
    return Shared(sqlite_doors, filed.node_id, content.getvalue())


def test_a_shopper_downloads_exactly_the_approved_bytes(shared):
    answer = shared.get()
    assert (answer.status_code, answer.data) == (200, shared.content)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''Declaration%20%C3%A9.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_the_address_works_without_the_name_too(shared):
    assert shared.get(f"/documents/{TOKEN}").data == shared.content


def test_opentext_is_asked_once_and_not_needed_after_that(shared):
    assert shared.get().status_code == 200
    asked = shared.downloads()
    shared.break_content_server()
    assert shared.get().data == shared.content
    assert shared.downloads() == asked
    etag = shared.get().headers["ETag"]
    assert shared.get(headers={"If-None-Match": etag}).status_code == 304


def test_a_part_may_be_asked_for(shared):
    answer = shared.get(headers={"Range": "bytes=0-7"})
    assert (answer.status_code, answer.data) == (206, shared.content[:8])


def test_a_withdrawn_document_is_gone_even_where_a_copy_is_kept(shared):
    assert shared.get().status_code == 200
    shared.change(is_withdrawn=True)
    answer = shared.get()
    assert (answer.status_code, b"withdrawn" in answer.data) == (410, True)


def test_documents_of_an_uninstalled_store_are_gone(shared):
    with unit_of_work(shared.doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, shared.doors.house.store_id).state = "uninstalled"
    assert shared.get().status_code == 410


def test_without_a_copy_and_without_opentext_the_shopper_is_asked_to_come_again(shared):
    shared.break_content_server()
    answer = shared.get()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "look again in a minute" in answer.get_data(as_text=True)
    assert shared.copies() == []


def test_bytes_that_are_not_the_approved_ones_are_never_handed_out(shared):
    shared.change(sha256="0" * 64)
    assert shared.get().status_code == 503
    assert shared.copies() == []


def test_a_node_that_is_gone_is_not_found(shared):
    shared.change(node_id=999_999_999)
    assert shared.get().status_code == 404


def test_unknown_addresses_are_not_found_whatever_they_look_like(shared):
    for token in ("x" * 32, "..", "%2e%2e", "a", "t" * 31, "t" * 65, TOKEN.upper(), "é" * 32, TOKEN + "%00"):
        assert shared.get(f"/documents/{token}/Declaration.pdf").status_code in (400, 404), token


def test_a_type_that_a_browser_might_run_is_sent_as_bytes(shared):
    for kind in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript", ""):
        shared.change(mime_type=kind)
        assert shared.get().content_type == "application/octet-stream", kind


def test_copies_are_bounded_and_the_least_recently_read_go_first(shared):
    keeper = SharedDocuments(shared.doors.house.deps)
    folder = shared.doors.house.settings.data_dir / "documents" / "aa"
    folder.mkdir(parents=True)
    for number in range(3):
        (folder / f"{number}").write_bytes(b"x" * 10)
        os.utime(folder / f"{number}", (number, number))
    keeper.make_room(25)
    assert sorted(path.name for path in folder.iterdir()) == ["1", "2"]


def test_shoppers_cannot_ask_without_end(shared):
    statuses = [shared.get().status_code for _ in range(130)]
    assert statuses[:120] == [200] * 120
    assert set(statuses[120:]) == {429}
