"""What the tests of documents do again and again: asking, sending as a buyer's phone does, looking."""

import io
import re

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from app.db.uploads import UploadFile, UploadRequest
from app.engine import uploads
from tests.house import House

PDF = b"%PDF-1.7 an import licence"
JPEG = b"\xff\xd8\xff\xe0 a photo"


def phone(house: House) -> FlaskClient:
    """A buyer's own browser."""
    return house.flask.test_client()


def link(house: House, **where: str) -> str:
    """The path of the newest open request's link."""
    rows = sorted(house.rows(UploadRequest, **where), key=lambda row: row.created_at)
    return uploads.link(house.deps, rows[-1]).removeprefix("http://app.test")


def look(browser: FlaskClient, path: str) -> TestResponse:
    return browser.get(path, base_url="http://app.test")


def send(browser: FlaskClient, path: str, *files: tuple[str, str, bytes], look_first: bool = True) -> TestResponse:
    """Fill in the form as a browser does: (slot, file name, bytes) each; follows to the page."""
    if look_first:
        look(browser, path)
    data: MultiDict[str, FileStorage] = MultiDict()
    for slot, name, content in files:
        data.add(slot, FileStorage(io.BytesIO(content), filename=name))
    boundary, body = encode_multipart(data)  # as bytes: the client's own way leaves a temporary file open
    return browser.post(
        path, base_url="http://app.test", data=body, content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )  # fmt: skip


def words(answer: TestResponse) -> str:
    """What people read of a page."""
    text = re.sub(r"<style.*?</style>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def files(house: House, **where: str) -> list[UploadFile]:
    return sorted(house.rows(UploadFile, **where), key=lambda row: row.received_at)
