"""What is refused before Flask sees it."""

import io
from typing import Any

import pytest

from app.web.request_guard import RequestGuard
from tests.house import a_settings


def answered(**changes: Any) -> int:
    """The status for a request with these parts of the WSGI environment; 200 when it was let through."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "HTTP_HOST": "app.test"} | changes
    environ.setdefault("wsgi.input", io.BytesIO(b"x" * 1_000_000))
    statuses: list[str] = []

    def app(_environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b""]

    guard = RequestGuard(app, a_settings("sqlite://"))
    list(guard({k: v for k, v in environ.items() if v is not None}, lambda status, _headers: statuses.append(status)))
    return int(statuses[0][:3])


def test_an_ordinary_request_is_let_through():
    assert answered() == 200
    assert answered(REQUEST_METHOD="POST", CONTENT_LENGTH="1000000") == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "", "G\nET"])
def test_methods_nobody_uses_are_not_allowed(method):
    assert answered(REQUEST_METHOD=method) == 405


@pytest.mark.parametrize("path", ["*", "", "http://evil/", "/a\x00", "/a\r\nX: y", "/a\x7f"])
def test_a_path_must_begin_with_a_slash_and_hold_no_control_characters(path):
    assert answered(PATH_INFO=path) == 400


def test_long_addresses_and_headers_have_their_own_statuses():
    assert answered(PATH_INFO="/" + "a" * 8_192) == 414
    assert answered(QUERY_STRING="a" * 8_192) == 414
    assert answered(HTTP_X_A="a" * 17_000) == 431
    assert answered(HTTP_COOKIE="a=1; " * 101) == 431


@pytest.mark.parametrize("host", [None, "", "app.test,evil.test"])
def test_exactly_one_host_is_needed(host):
    assert answered(HTTP_HOST=host) == 400


@pytest.mark.parametrize(
    "name", ["AUTHORIZATION", "X_ECM_PAGE", "X_CASE_TOKEN", "WEBHOOK_ID", "WEBHOOK_TIMESTAMP", "ORIGIN"]
)
def test_a_header_that_means_something_comes_once(name):
    assert answered(**{f"HTTP_{name}": "one,two"}) == 400


def test_forwarded_headers_may_be_lists():
    assert answered(HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.2") == 200


@pytest.mark.parametrize(
    ("length", "status"),
    [("1000001", 413), ("9" * 12, 413), ("9" * 13, 400), ("-1", 400), ("+3", 400), ("1.0", 400), ("", 200)],
)
def test_lengths_are_whole_numbers_within_the_limit(length, status):
    assert answered(REQUEST_METHOD="POST", CONTENT_LENGTH=length) == status


def test_a_chunked_body_needs_a_length_and_must_not_have_two():
    assert answered(REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="chunked") == 411
    assert answered(REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="3") == 400
    assert answered(REQUEST_METHOD="POST", HTTP_TRANSFER_ENCODING="identity") == 411


def test_control_characters_in_a_header_are_refused():
    assert answered(HTTP_X_A="a\x00b") == 400
