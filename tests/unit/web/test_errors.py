"""Every refusal is one of the standard answers."""

import json

import pytest

from app.web.errors import REASONS, STANDARD, Answers, answer
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
