"""Every refusal is one of the standard answers."""

import json

import pytest

from app.web.answers import Answers
from app.web.errors import answer
from app.web.notices import REASONS, STANDARD
from tests.doors import LEAKS


@pytest.mark.parametrize("kind", list(Answers))
def test_every_standard_answer_is_short_and_says_nothing_of_the_inside(kind):
    for status in STANDARD:
        response = answer(status, kind, request_id="f" * 32)
        text = response.get_data(as_text=True)
        assert response.status_code == status
        assert len(text) <= 512
        assert not LEAKS.search(text)
        assert ("f" * 32 in text) == (status == 500 and kind is not Answers.EMPTY)


def test_every_reason_page_is_short_too():
    for code in REASONS:
        assert len(answer(400, Answers.PAGE, code=code).get_data()) <= 512


def test_waiting_is_named_where_it_helps():
    assert answer(429, Answers.JSON, retry_after=12.4).headers["Retry-After"] == "12"
    assert answer(503, Answers.EMPTY).headers["Retry-After"] == "30"
    assert "Retry-After" not in answer(404, Answers.PAGE).headers


def test_an_unknown_status_becomes_the_nearest_standard_one_for_people():
    assert b"Not understood" in answer(418, Answers.PAGE).get_data()
    assert b"Something went wrong" in answer(504, Answers.PAGE).get_data()


def test_json_answers_name_fields_but_never_values():
    body = json.loads(answer(422, Answers.JSON, fields=("decision",)).get_data())
    assert body == {"error": "invalid_fields", "fields": ["decision"]}


@pytest.mark.parametrize(
    ("name", "status"),
    [("missing", 404), ("conflict", 409), ("reauth", 409), ("later", 503), ("slow", 503), ("refused", 422),
     ("rejected", 413), ("bug", 500)],
)  # fmt: skip
def test_our_errors_become_statuses_and_their_text_stays_inside(owner, name, status):
    answered = owner.get(f"/probe/error/{name}")
    assert answered.status_code == status
    assert "canary" not in answered.get_data(as_text=True)
    assert len(answered.get_data()) <= 512


def test_a_rate_limited_upstream_passes_its_wait_on(owner):
    assert owner.get("/probe/error/slow").headers["Retry-After"] == "7"


def test_an_unexpected_error_shows_the_request_id_of_its_log_line(owner):
    answered = owner.get("/probe/error/bug")
    assert answered.headers["X-Request-Id"] in answered.get_data(as_text=True)


def test_unknown_addresses_and_methods_are_answered_alike_for_everybody(doors, owner):
    for path in (
        "/nothing",
        "/probe/nothing",
        "/.env",
        "/.git/HEAD",
        "/console",
        "/static/../app/settings.py",
        "/static/x.py",
    ):
        assert (doors.get(path).status_code, owner.get(path).status_code) == (404, 404), path
        assert doors.get(path).data == owner.get(path).data == b"Not found\n"
    assert owner.client.put("/probe/", base_url="http://app.test").status_code == 405


PERSON = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", "Accept-Language": "de"}
HOME, ADMIN = '<a href="/">', "target=_top>BigCommerce</a>"


def test_a_refusal_tells_people_the_way_on_as_far_as_they_may_know_it(doors, owner):
    """Home for who is signed in, the store's admin for who is not, nothing on a page that no store frames."""
    assert HOME in owner.get("/probe/error/missing").get_data(as_text=True)
    stranger = doors.get("/probe/")
    assert stranger.status_code == 401
    assert ADMIN in stranger.get_data(as_text=True)
    assert HOME not in stranger.get_data(as_text=True)
    unknown = doors.get("/up/nothing")
    assert unknown.status_code == 404
    assert "<a " not in unknown.get_data(as_text=True)


def test_a_browser_reads_a_page_in_its_language_where_there_is_no_door(doors, owner):
    for who, link in ((doors, False), (owner, True)):
        shown = who.get("/nothing", headers=PERSON)
        text = shown.get_data(as_text=True)
        assert (shown.status_code, "Nicht gefunden" in text, HOME in text) == (404, True, link)
        assert "http://desk.test" in shown.headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]
        assert "Set-Cookie" not in shown.headers


def test_what_is_refused_before_it_is_read_is_said_in_the_readers_language_too(doors):
    shown = doors.get(f"/find?q={'x' * 9000}", headers=PERSON)
    assert (shown.status_code, shown.mimetype) == (414, "text/html")
    assert 'lang="de"' in shown.get_data(as_text=True)
    assert doors.get(f"/find?q={'x' * 9000}").mimetype == "text/plain"


@pytest.mark.parametrize("locale", ["de", "fr", "es"])
def test_refusals_stay_short_in_every_language(locale):
    for status in STANDARD:
        text = answer(status, Answers.PAGE, request_id="f" * 32, locale=locale).get_data(as_text=True)
        assert f'lang="{locale}"' in text
        assert len(text) <= 640
