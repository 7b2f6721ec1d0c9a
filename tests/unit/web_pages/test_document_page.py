"""One document on its page: shown without running anything, its versions, who had them, the next one filed."""

import base64
import io
import re

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.db.audit import AuditEntry
from app.db.links import FiledDocument, WorkspaceLink
from app.engine import previews
from app.engine.sessions import Role
from sandbox.kernel.faults import FaultRule
from tests.doors import APP, OTHER, Browser, Doors
from tests.house import House
from tests.unit.web_pages.test_order_panel import words_on

HOSTILE = b"<!doctype html><svg onload=alert(1)><script>alert(2)</script></textarea></pre>"


@pytest.fixture
def reviewed(house: House) -> tuple[House, Browser, str, str]:
    """An order under review, its panel, and our id of its record."""
    house.install()
    order_id = house.place_order("950.00", ship_to="FR")
    house.drain()
    (record,) = [one for one in house.rows(FiledDocument) if one.name.endswith("record.pdf")]
    return house, Doors(house).signed_in(), f"/panel/orders/{order_id}", record.id


def write(house: House, panel: str, name: str, content: bytes) -> str:
    """A document of somebody in OpenText, known to us; gives our id of it."""
    order_id = panel.rpartition("/")[2]
    (link,) = house.rows(WorkspaceLink, object_type="order", object_id=order_id)
    house.write_document(link.workspace_id, "03 Correspondence", name, content, user="anna.berg@demo")
    house.request(house.store_id, "order", order_id, "recheck")
    house.drain()
    (found,) = house.rows(FiledDocument, name=name)
    return str(found.id)


def text(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def send_file(browser: Browser, path: str, name: str, content: bytes) -> int:
    """Encoded in memory: the test client would leave a temporary file behind."""
    fields = {"file": FileStorage(io.BytesIO(content), name), "page_token": browser.page}
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.client.post(path, base_url=APP, data=body, content_type=kind).status_code


def shown(browser: Browser, page: str, **form: str) -> tuple[str, str]:
    """What the frame gets, and the policy it gets it under."""
    answer = browser.post(f"{page}/preview", form)
    assert answer.status_code == 200
    return answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]


def test_a_document_is_shown_and_its_versions_are_listed(reviewed: tuple[House, Browser, str, str]) -> None:
    _house, browser, panel, record = reviewed
    page = f"{panel}/documents/{record}"
    assert f'href="{page}"' in text(browser, panel)
    words = words_on(text(browser, page))
    assert "Record · Orders" in words
    assert "Kept for" in words
    frame, policy = shown(browser, page)
    (picture,) = re.findall(r'src="data:image/png;base64,([^"]+)"', frame)
    assert Image.open(io.BytesIO(base64.b64decode(picture, validate=True))).size == (793, 1122)  # A4 at 96 a inch
    assert policy.startswith("sandbox; default-src 'none'; img-src data:; ")
    assert "script" not in policy
    assert "frame-ancestors http://app.test http://desk.test" in policy
    versions = words_on(text(browser, f"{page}/versions"))
    assert "Version 1" in versions
    assert re.search(r"\S+@\S+ opened here version 1", versions)
    fetched = browser.post(f"{panel}/documents/fetch", {"document": record, "version": "1"})
    assert fetched.data[:5] == b"%PDF-"
    fetched.close()  # as a server does at the end
    assert browser.post(f"{panel}/documents/fetch", {"document": record, "version": "7"}).status_code == 503
    assert text(browser, f"{panel}/documents/{'0' * 32}", 404)


def test_the_next_version_is_filed_once_and_only_of_the_same_type(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _record = reviewed
    page = f"{panel}/documents/{write(house, panel, 'note.txt', b'first words')}"

    def send(name: str, content: bytes) -> int:
        return send_file(browser, f"{page}/version", name, content)

    assert send("other name.txt", b"second words") == 303
    assert send("again.txt", b"second words") == 303
    assert "version 2" in words_on(text(browser, page))
    assert "second words" in shown(browser, page)[0]
    assert "first words" in shown(browser, page, version="1")[0]
    versions = words_on(text(browser, f"{page}/versions"))
    assert "Version 2" in versions
    assert "Version 3" not in versions
    assert "filed as a new version" in versions
    assert send("note.pdf", b"%PDF-1.7") == 422
    assert send("note.txt", HOSTILE) == 422
    assert send("note.txt", b"") == 422
    filed = [one for one in house.rows(AuditEntry) if one.action == "document.version_filed"]
    assert {one.detail["version"] for one in filed} == {2}


def test_nothing_of_a_hostile_document_is_more_than_text(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _record = reviewed
    for name in ("page.html", "picture.svg", "picture.png"):
        frame, policy = shown(browser, f"{panel}/documents/{write(house, panel, name, HOSTILE)}")
        assert "&lt;svg onload=alert(1)&gt;&lt;script&gt;" in frame
        assert "<script" not in frame
        assert "data:" not in frame
        assert policy.startswith("sandbox;")
    long = write(house, panel, "long.txt", b"line\n" * 30_000)
    assert shown(browser, f"{panel}/documents/{long}")[0].count("line") == 30_000
    broken = write(house, panel, "broken.pdf", b"%PDF-1.7 rubbish")
    assert "protected or damaged" in shown(browser, f"{panel}/documents/{broken}")[0]
    program = write(house, panel, "program.docx", b"PK\x03\x04\x00\x00")
    assert "of this type are not shown here" in shown(browser, f"{panel}/documents/{program}")[0]


def test_while_opentext_is_down_the_page_is_there_from_what_we_know(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, record = reviewed
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    page = f"{panel}/documents/{record}"
    assert "Record · Orders" in words_on(text(browser, page))
    versions = words_on(text(browser, f"{page}/versions"))
    assert "This is the version we know of" in versions
    assert "Version 1" in versions
    assert "cannot be shown. Try again in a moment" in words_on(shown(browser, page)[0])


def test_what_is_too_large_is_said_before_it_is_fetched() -> None:
    sink = previews._Bounded(10)
    sink.write(b"0123456789")
    with pytest.raises(previews._TooLarge):
        sink.write(b"0")


def test_a_document_is_held_and_released_with_a_reason(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, record = reviewed
    page = f"{panel}/documents/{record}/holds"

    def ask(do: str, hold: str = "Case 4711", reason: str = "A claim was announced", status: int = 200) -> str:
        answer = browser.post(page, {"do": do, "hold": hold, "reason": reason})
        assert answer.status_code == status
        return words_on(answer.get_data(as_text=True))

    before = words_on(text(browser, page))
    assert "Recorded since" in before
    assert "Kept for 7 years" in before
    assert "Yes, by who may delete it in OpenText" not in before
    assert "both are kept" in ask("document", reason="", status=422)
    assert "It is on the hold “Case 4711”." in ask("document")
    assert "It was on the hold “Case 4711” already." in ask("document")
    held = words_on(text(browser, page))
    assert "A claim was announced" in held
    assert "It is on the hold “Case 4711”" in held
    assert "On hold: Case 4711" in words_on(text(browser, panel))
    assert "It came off the hold" in ask("release", reason="It was settled")
    assert "It was not on the hold" in ask("release")
    assert "On hold" not in words_on(text(browser, panel))
    assert "It is on the hold “All of it”." in ask("workspace", hold="All of it")
    assert "it is on “" in words_on(text(browser, page))
    house.drain()
    assert "On hold: All of it" in words_on(text(browser, panel))
    assert "It came off the hold" in ask("release", hold="All of it")
    acts = [
        (one.action, one.detail["reason"]["text"]) for one in house.rows(AuditEntry) if one.action.startswith("hold.")
    ]
    assert acts[:2] == [("hold.asked", "A claim was announced"), ("hold.applied", "A claim was announced")]
    assert ("hold.released", "It was settled") in acts
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert "Put it on a hold" not in words_on(text(viewer, page))
    assert viewer.post(page, {"do": "document", "hold": "x", "reason": "y"}).status_code == 403


def send_files(browser: Browser, panel: str, place: str, *sent: tuple[str, bytes], **fields: str) -> tuple[int, str]:
    form = MultiDict[str, object](fields | {"page_token": browser.page, "place": place})
    for name, content in sent:
        form.add("file", FileStorage(io.BytesIO(content), name))
    boundary, body = encode_multipart(form)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.client.post(f"{panel}/documents", base_url=APP, data=body, content_type=kind)
    return answer.status_code, words_on(answer.get_data(as_text=True))


def test_of_several_files_each_has_its_own_outcome_and_type(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _record = reviewed
    house.request(house.store_id, "order", panel.rpartition("/")[2], "recheck")
    house.drain()
    form = text(browser, f"{panel}/documents/new")
    assert "Order record" in form
    (place,) = re.findall(r'<option value="(\d+)" *>03 Correspondence', form)
    sent = (
        ("Order-record copy.pdf", b"%PDF-1.7 a copy"), ("<b>page</b>.html", HOSTILE), ("letter.pdf", b"%PDF-1.7"),
        ("empty.pdf", b""),
    )  # fmt: skip
    status, words = send_files(browser, panel, place, *sent)
    assert status == 200
    assert "Order-record copy.pdf Filed Document type: Order record" in words
    assert "&lt;b&gt;page&lt;/b&gt;.html Not filed This file is not filed: its type" in words or "b&gt;.html" in words
    assert "letter.pdf Filed empty.pdf" in words
    assert "empty.pdf Not filed This file is empty." in words
    (node,) = [one for one in house.stage.content_server.state.nodes.values() if one.name == "Order-record copy.pdf"]
    types = [house.stage.content_server.state.nodes[one].name for one in node.classification_ids]
    assert types == ["Order record"]
    assert send_files(browser, panel, place, ("a.exe", b"MZ"), ("b.exe", b"MZ"))[0] == 422


def test_a_wrong_type_is_corrected_and_read_back(reviewed: tuple[House, Browser, str, str]) -> None:
    house, browser, panel, _record = reviewed
    page = f"{panel}/documents/{write(house, panel, 'Order record copy.txt', b'words')}"
    (kept,) = house.rows(FiledDocument, name="Order record copy.txt")
    state = house.stage.content_server.state
    types = re.findall(r'<option value="([^"]+)">', text(browser, page))
    assert "Order record" in types
    other = next(one for one in types if one != "Order record")

    def correct(name: str, status: int = 303) -> str:
        answer = browser.post(f"{page}/type", {"type": name})
        assert answer.status_code == status
        return words_on(answer.get_data(as_text=True))

    correct("Order record")
    correct(other)
    assert [state.nodes[one].name for one in state.nodes[kept.node_id].classification_ids] == [other]
    assert house.rows(FiledDocument, name="Order record copy.txt")[0].types == [other]
    assert f"OpenText now calls it: {other}." in words_on(text(browser, f"{page}?typed=1"))
    assert "Choose one of the document types" in correct("Invented", 422)
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    assert "Nothing was changed" in correct("Order record", 503)
    house.stage.world.faults.remove()
    assert [state.nodes[one].name for one in state.nodes[kept.node_id].classification_ids] == [other]
    noted = [one.detail["type"] for one in house.rows(AuditEntry) if one.action == "document.retyped"]
    assert noted == ["Order record", other]
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert viewer.post(f"{page}/type", {"type": "Order record"}).status_code == 403
    assert 'id="right-type"' not in text(viewer, page)
    assert browser.post(f"{panel}/documents/{'0' * 32}/type", {"type": other}).status_code == 404


def test_the_workspace_is_searched_and_without_opentext_the_names_we_know(
    reviewed: tuple[House, Browser, str, str],
) -> None:
    house, browser, panel, record = reviewed
    write(house, panel, "Packing list.txt", b"a blue crane")
    search = f"{panel}/documents/search"
    assert 'id="search-words"' in text(browser, panel)
    found = text(browser, f"{search}?q=packing")
    assert "1 document found" in words_on(found)
    assert "Packing list.txt" in found
    assert f"/documents/{record}" in text(browser, f"{search}?q=record")
    assert "0 documents found" in words_on(text(browser, f"{search}?q=zebra%22%20or%20%22record"))
    assert "Enter a word" in words_on(text(browser, f"{search}?q=%22%22"))
    assert "Enter a word" in words_on(text(browser, search))
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    down = words_on(text(browser, f"{search}?q=PACKING"))
    assert "only the names we know were compared" in down
    assert "1 document found" in down


def test_files_put_on_the_panel_are_filed_by_known_folders_and_told_one_by_one(
    reviewed: tuple[House, Browser, str, str],
) -> None:
    house, browser, panel, record = reviewed
    page = text(browser, panel)
    ((place, folder),) = re.findall(r'name="folder-(\d+)" value="([^"]+)"', page)
    assert (place, folder) == ("1", "01 Order record")
    assert f'data-version="{panel}/documents/{record}/version"' in page
    given = {f"folder-{place}": folder, "from": "panel"}
    status, words = send_files(browser, panel, place, ("Receipt.pdf", b"%PDF-1.7 paid"), **given)
    assert (status, "Receipt.pdf Filed" in words) == (200, True)
    assert house.rows(FiledDocument, name="Receipt.pdf")[0].folder == folder
    assert "Receipt.exe Not filed" in send_files(browser, panel, place, ("Receipt.exe", b"MZ"), **given)[1]
    elsewhere = {f"folder-{place}": "09 Nowhere", "from": "panel"}
    assert send_files(browser, panel, place, ("x.pdf", b"%PDF-1.7"), **elsewhere)[0] == 422
    assert send_files(browser, panel, place, **given)[0] == 422
    assert "The newest version is version 1" in words_on(text(browser, f"{panel}/documents/{record}?filed=1"))
    viewer = Doors(house).signed_in(OTHER, role=Role.VIEWER)
    assert 'id="drop"' not in text(viewer, panel)
    assert "data-version" not in text(viewer, panel)


def test_while_opentext_is_down_files_wait_here_and_are_filed_afterwards(
    reviewed: tuple[House, Browser, str, str],
) -> None:
    house, browser, panel, _record = reviewed
    house.stage.world.faults.add(FaultRule(system="content_server", kind="status", status=503))
    form = text(browser, f"{panel}/documents/new")
    (place, folder) = re.findall(r'name="folder-(\d+)" value="([^"]+)"', form)[0]
    assert folder == "01 Order record"
    given = {f"folder-{place}": folder}
    sent = (("Delivery note.pdf", b"%PDF-1.7 a note"), ("notes.txt", b"words"))
    status, words = send_files(browser, panel, place, *sent, **given)
    assert status == 200
    assert "Delivery note.pdf Waits for OpenText It is kept here, encrypted" in words
    assert "notes.txt Not filed OpenText is not answering right now." in words
    elsewhere = send_files(browser, panel, "9", ("x.pdf", b"%PDF-1.7"), ("y.pdf", b"%PDF-1.7"))[1]
    assert elsewhere.count("Not filed") == 2
    assert "On its way" in words_on(text(browser, panel))
    house.stage.world.faults.remove()
    for _ in range(2):
        house.hurry()
        house.drain()
    words = words_on(text(browser, panel))
    assert "Delivery note.pdf" in words
    assert "To send us" not in words
    (queued,) = [one for one in house.rows(AuditEntry) if one.action == "document.queued"]
    assert queued.actor.startswith("user:")
