"""The buyer's doors from outside: what gets in, what does not, and what is said."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.audit import AuditEntry
from app.db.links import FiledDocument
from app.db.session import unit_of_work
from app.db.shelves import Shelf
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.db.uploads import UploadContent, UploadFile, UploadRequest
from app.domain.uploads import Wanted, shown_name
from app.engine import shelves, uploads
from app.engine.uploads_check import type_of
from app.engine.vault import Vault
from tests.doors import Doors
from tests.engine import papers
from tests.engine.papers import JPEG, PDF
from tests.house import a_settings
from tests.unit.web_pages.test_german_shop import english

DOCX = b"PK\x03\x04[Content_Types].xml word/document.xml"
WANTED = (
    Wanted("1", "Import licence", "07 Requested documents", mime_types=("application/pdf", "image/jpeg")),
    Wanted("2", "Photos", "02 Photos", several=True),
)


@pytest.fixture
def asked(sqlite_doors: Doors):
    """A link for one licence and some photos of order 77."""
    return sqlite_doors, make(sqlite_doors)


def make(doors: Doors, *wanted: Wanted, days: int = 14) -> str:
    house = doors.house
    with unit_of_work(house.deps.database) as uow:
        row = uploads.open_request(
            uow.session, house.store_id, "order", "77", "Order 77", wanted or WANTED,
            utc_now() + timedelta(days=days), purpose="so that it can leave",
        )  # fmt: skip
    return uploads.link(house.deps, row).removeprefix("http://app.test")


def rows(doors: Doors, **where):
    return doors.house.rows(UploadFile, **where)


def test_the_page_says_in_plain_words_what_is_missing_and_works_without_script(asked):
    doors, path = asked
    answer = papers.look(papers.phone(doors.house), path)
    page = answer.get_data(as_text=True)
    text = papers.words(answer)
    for words in ("Please send us these documents", "Order 77", "so that it can leave", "Import licence", "Photos",
                  "0 of 2 documents received", "PDF or JPEG photo", "This link works until"):  # fmt: skip
        assert words in text, words
    assert "<script" not in page
    assert 'name="viewport"' in page
    assert 'enctype="multipart/form-data"' in page
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "script-src" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_buyer_reads_what_their_browser_speaks_also_when_something_is_refused(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    asked_for = (("de", "Bestellung", "note.exe"), ("fr", "Commande", "tool.exe"), ("es", "Pedido", "more.exe"))
    for language, order, name in asked_for:
        given = {"Import licence", "Photos", f"{order} 77: so that it can leave"}
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = f"{language};q=0.9"
        for answer in (papers.send(browser, path, ("1", name, b"MZ program")), papers.look(browser, f"{path}x")):
            page = answer.get_data(as_text=True)
            assert f'<html lang="{language}"' in page
            assert english(page, language, given) == []


def test_a_form_without_a_file_says_what_to_do_first_and_each_field_what_it_is_for(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    answer = browser.post(path, base_url="http://app.test", data={"1": (io.BytesIO(), "")})
    assert answer.status_code == 422
    page, text = answer.get_data(as_text=True), papers.words(answer)
    assert "Rien n’a été envoyé. Choisissez d’abord un fichier, puis envoyez-le." in text
    assert "Commande 77: so that it can leave" in text
    assert "25 Mo" in text
    assert 'aria-labelledby="what-1 how-1"' in page
    assert 'id="what-1">Import licence<' in page
    assert rows(doors) == []
    kind = "multipart/form-data; boundary=x"
    much = browser.post(
        path, base_url="http://app.test", content_type=kind, environ_overrides={"CONTENT_LENGTH": "60000000"},
    )  # fmt: skip
    assert much.status_code == 413
    assert '<a href="">Retour à la page</a>' in much.get_data(as_text=True)


def test_several_files_one_after_the_other_with_progress_and_an_end(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    assert "1 of 2 documents received" in papers.words(papers.send(browser, path, ("1", "l.pdf", PDF)))
    text = papers.words(papers.send(browser, path, ("2", "a.jpg", JPEG + b"a"), ("2", "b.jpg", JPEG + b"b")))
    assert "2 of 2 documents received" in text
    assert "That is everything" in text
    done = browser.post(f"{path}/done", base_url="http://app.test", follow_redirects=True)
    assert "Thank you, we have everything" in papers.words(done)
    assert [file.state for file in rows(doors)] == ["kept"] * 3
    again = papers.words(papers.send(browser, path, ("2", "c.jpg", JPEG + b"c")))
    assert "takes nothing more" in again
    assert len(rows(doors)) == 3


def test_it_cannot_be_finished_while_something_lacks(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    papers.send(browser, path, ("1", "l.pdf", PDF))
    browser.post(f"{path}/done", base_url="http://app.test")
    assert doors.house.rows(UploadRequest)[0].state == "open"


def test_what_was_received_is_not_taken_a_second_time(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    papers.send(browser, path, ("1", "l.pdf", PDF))
    papers.send(browser, path, ("1", "other.pdf", PDF + b"2"))
    papers.send(browser, path, ("2", "a.jpg", JPEG))
    papers.send(browser, path, ("2", "a.jpg", JPEG))  # the form sent twice
    assert sorted(file.name for file in rows(doors)) == ["a.jpg", "l.pdf"]


def test_a_forwarded_link_explains_itself_once_it_was_used(asked):
    doors, path = asked
    other = papers.phone(doors.house)
    assert "Please send us" in papers.words(papers.look(other, path))  # nobody has sent anything yet
    papers.send(papers.phone(doors.house), path, ("1", "l.pdf", PDF))
    answer = papers.look(other, path)
    assert answer.status_code == 410
    assert "This link was used in another browser" in papers.words(answer)
    assert "Import licence" not in papers.words(answer)
    assert "another browser" in papers.words(papers.send(other, path, ("2", "a.jpg", JPEG)))
    assert len(rows(doors)) == 1


def test_an_expired_link_says_since_when_and_takes_nothing(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    doors.house.advance(days=15)
    answer = papers.look(browser, path)
    assert answer.status_code == 410
    assert "This link has expired" in papers.words(answer)
    papers.send(browser, path, ("1", "l.pdf", PDF))
    assert rows(doors) == []


def test_a_withdrawn_link_says_so_and_another_store_cannot_withdraw_it(asked):
    doors, path = asked
    (request,) = doors.house.rows(UploadRequest)
    with pytest.raises(Exception, match="no such request"):
        uploads.revoke(doors.house.deps, "bigcommerce:rival", request.id, "user:1")
    uploads.revoke(doors.house.deps, doors.house.store_id, request.id, "user:1")
    assert "This link was withdrawn" in papers.words(papers.look(papers.phone(doors.house), path))
    with pytest.raises(Exception, match="ended already"):
        uploads.revoke(doors.house.deps, doors.house.store_id, request.id, "user:1")


def test_links_of_an_uninstalled_store_are_withdrawn(asked):
    doors, path = asked
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).state = "uninstalled"
    assert "withdrawn" in papers.words(papers.look(papers.phone(doors.house), path))


def test_a_link_made_up_from_the_rows_is_no_link(asked):
    doors, path = asked
    request_id, signature = path.removeprefix("/up/").split(".")
    other = make(doors).removeprefix("/up/").split(".")
    stranger = Vault(a_settings("sqlite://", secret_key="another-key-0123456789-abcdefghijklmnop"))
    forged = stranger.sign(uploads.PURPOSE, request_id)
    for token in (
        request_id, f"{request_id}.", f"{request_id}.{forged}", f"{request_id}.{other[1]}", f"{other[0]}.{signature}",
        f"{request_id}.{signature[:-1]}0" if signature[-1] != "0" else f"{request_id}.{signature[:-1]}1",
        f"{request_id.upper()}.{signature}", "..", "é", "x" * 5000,
    ):  # fmt: skip
        answer = doors.get(f"/up/{token}")
        assert answer.status_code in (400, 404), token
        assert "Import licence" not in answer.get_data(as_text=True)
    assert not [row for row in doors.house.rows(AuditEntry) if row.action == "upload_link_opened"]


def test_a_longer_time_written_into_the_row_makes_the_old_link_useless(asked):
    doors, path = asked
    with unit_of_work(doors.house.deps.database) as uow:
        row = uow.session.get_one(UploadRequest, path.removeprefix("/up/").split(".")[0])
        row.expires_at = row.expires_at + timedelta(days=365)
    assert doors.get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("invoice.pdf.exe", b"MZ\x90\x00", "not taken"),
        ("picture.pdf", b"<html><script>alert(1)</script>", "not taken"),
        ("vector.svg", b"<svg xmlns='x'><script/></svg>", "not taken"),
        ("polyglot.pdf", b"<html>%PDF-1.7", "not taken"),
        ("archive.zip", b"PK\x03\x04 something.txt", "not taken"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not taken"),
        ("macro.docx", DOCX + b" word/vbaProject.bin", "macros"),
        ("empty.pdf", b"", "empty"),
        ("virus.pdf", PDF + b" X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", "virus"),
        ("letter.docx", DOCX, "PDF or JPEG photo"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_taken_is_set_aside_and_the_reason_is_said(asked, name, content, why):
    doors, path = asked
    text = papers.words(papers.send(papers.phone(doors.house), path, ("1", name, content)))
    (file,) = rows(doors)
    assert (file.state, why in file.reason) == ("refused", True)
    assert file.reason in text
    assert "0 of 2" in text
    assert doors.house.rows(UploadRequest)[0].holder_sha256 == ""  # nothing was taken, nobody is bound
    doors.house.drain()
    assert not [e for e in doors.house.stage.world.ledger.effects("content_server") if "document" in e.effect]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\ada\\licence.pdf", "licence.pdf"), ("..", ".."),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("x" * 5000 + ".pdf", "x" * 115 + "….pdf"), ("CON.pdf", "CON.pdf"), ("王.pdf", "王.pdf"), ("\u200b", "file"),
    ],
)  # fmt: skip
def test_hostile_names_are_shown_harmless_and_never_stored_under(asked, name, shown):
    doors, path = asked
    answer = papers.send(papers.phone(doors.house), path, ("1", name, PDF))
    (file,) = rows(doors)
    assert shown_name(name) == shown
    assert not set(file.name) & set("/\\\u202e\u200b")
    assert len(file.name) <= 120
    assert "<img src=x" not in answer.get_data(as_text=True)


def test_the_bytes_are_kept_encrypted_under_the_vaults_key(asked):
    doors, path = asked
    papers.send(papers.phone(doors.house), path, ("1", "l.pdf", PDF))
    (kept,) = doors.house.rows(UploadContent)
    assert PDF not in kept.content
    assert uploads.content(doors.house.deps, kept.file_id) == PDF


def test_a_field_nobody_asked_for_and_a_form_without_files_change_nothing(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    papers.send(browser, path, ("99", "l.pdf", PDF))
    assert browser.post(path, base_url="http://app.test", data={"1": "text"}).status_code == 415
    browser.post(
        path, base_url="http://app.test", data={"1": (io.BytesIO(b""), "")}, content_type="multipart/form-data"
    )
    assert rows(doors) == []


def test_too_much_at_once_is_refused_in_words(asked):
    doors, path = asked
    most = doors.house.settings.limits.upload_bytes
    answer = papers.send(papers.phone(doors.house), path, ("1", "l.pdf", PDF + b"0" * (most + 200_000)))
    assert answer.status_code == 413
    assert "too large together" in papers.words(answer)
    broken = doors.post(path, data=b"--x\r\nnonsense", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert broken.status_code in (303, 400)
    assert rows(doors) == []


def test_no_more_than_so_many_bad_files_and_so_many_visits(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    bad = [("2", f"{n}.exe", b"MZ%d" % n) for n in range(35)]
    assert papers.send(browser, path, *bad).status_code == 429
    statuses = [papers.look(browser, path).status_code for _ in range(70)]
    assert 429 in statuses


def test_guessing_links_is_made_slow(sqlite_doors):
    statuses = [sqlite_doors.get(f"/up/{n:032x}.{'0' * 64}").status_code for n in range(30)]
    assert statuses[:20] == [404] * 20
    assert 429 in statuses


def test_where_too_much_waits_to_be_filed_the_buyer_is_asked_to_come_again(asked):
    doors, path = asked
    browser = papers.phone(doors.house)
    papers.send(browser, path, ("1", "l.pdf", PDF))
    with unit_of_work(doors.house.deps.database) as uow:
        for row in uow.session.execute(select(UploadFile)).scalars():
            row.size = doors.house.settings.limits.uploads_waiting_bytes
    answer = papers.send(browser, path, ("2", "a.jpg", JPEG))
    assert (answer.status_code, "cannot be kept at the moment" in papers.words(answer)) == (503, True)
    assert len(rows(doors)) == 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.4", "application/pdf"), (b"\xef\xbb\xbf\r\n%PDF-1.4", "application/pdf"), (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n..", "image/png"), (b"RIFF....WEBPVP8 ", "image/webp"), (b"....ftypheic", "image/heic"),
        (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"), (b"junk %PDF-1.4", ""), (b"", ""), (b"GIF89a", ""),
    ],
)  # fmt: skip
def test_a_kind_is_told_by_its_bytes(content, found):
    assert type_of(content) == found


# --- the shelf -------------------------------------------------------------------------------------------------------


def put_on_shelf(doors: Doors) -> tuple[str, Shelf]:
    house = doors.house
    house.place_order("950.00", ship_to="FR")
    house.drain()
    filed = next(row for row in house.rows(FiledDocument) if row.sha256)
    with unit_of_work(house.deps.database) as uow:
        shelf = shelves.ensure(uow.session, house.store_id, "order", "77", "Order 77", utc_now() + timedelta(days=30))
        shelves.put(uow.session, shelf, filed.node_id, filed.version, filed.sha256, filed.name, filed.mime_type)
    return shelves.link(house.deps, shelf).removeprefix("http://app.test"), shelf


def document_of(doors: Doors, path: str) -> str:
    page = doors.get(path).get_data(as_text=True)
    return next(one for one in re.findall(r'href="([^"]+)"', page) if one.startswith("/shelf/"))


def test_a_buyer_reads_what_lies_on_the_shelf_through_its_link_only(sqlite_doors):
    path, shelf = put_on_shelf(sqlite_doors)
    assert "Your documents" in papers.words(sqlite_doors.get(path))
    german = sqlite_doors.get(path, headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert '<html lang="de"' in german
    assert english(german) == []
    found = document_of(sqlite_doors, path)
    answer = sqlite_doors.get(found, buffered=True)
    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    token = found.split("/")[3]
    assert sqlite_doors.get(f"/documents/{token}", buffered=True).status_code == 404
    copies = list((sqlite_doors.house.settings.data_dir / "documents").glob("*/*.sealed"))
    assert copies
    assert all(b"%PDF" not in one.read_bytes() for one in copies)
    with unit_of_work(sqlite_doors.house.deps.database) as uow:
        other = shelves.ensure(
            uow.session, sqlite_doors.house.store_id, "order", "78", "Order 78", utc_now() + timedelta(days=1)
        )
    elsewhere = shelves.link(sqlite_doors.house.deps, other).removeprefix("http://app.test")
    assert sqlite_doors.get(f"{elsewhere}/{token}/x.pdf", buffered=True).status_code == 404
    assert shelf.id != other.id


def test_a_shelf_is_closed_when_withdrawn_and_when_its_time_is_over(sqlite_doors):
    path, shelf = put_on_shelf(sqlite_doors)
    found = document_of(sqlite_doors, path)
    shelves.withdraw(sqlite_doors.house.deps, sqlite_doors.house.store_id, shelf.id, "user:1")
    assert sqlite_doors.get(path).status_code == 404
    assert sqlite_doors.get(found).status_code == 404
    with unit_of_work(sqlite_doors.house.deps.database) as uow:
        again = shelves.ensure(
            uow.session, sqlite_doors.house.store_id, "order", "77", "Order 77", utc_now() + timedelta(days=30)
        )
    fresh = shelves.link(sqlite_doors.house.deps, again).removeprefix("http://app.test")
    assert fresh != path
    assert sqlite_doors.get(fresh).status_code == 200
    sqlite_doors.house.advance(days=31)
    gone = sqlite_doors.get(fresh)
    assert (gone.status_code, "expired" in papers.words(gone)) == (410, True)
