"""Logs give nothing away and stay one line each; call times add up."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError

from app import observability
from app.errors import NotFound
from app.observability import BUCKETS, METRICS, CallTimes, clean_text
from tests.house import a_settings


@pytest.fixture
def lines() -> Iterator[Any]:
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    observability.configure(a_settings("sqlite://", log_format="json"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


log = structlog.get_logger("test")


def test_fields_called_like_secrets_are_removed_at_any_depth(lines):
    log.info("x", token="canary", headers={"Authorization": "canary", "a": [{"Set-Cookie": "canary"}]}, raw=b"canary")
    assert "canary" not in json.dumps(lines())
    assert lines()[0]["token"] == "[removed]"


@pytest.mark.parametrize(
    "text",
    ["Bearer abcdef123", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig", "anna.berg@example.com", "+49 170 1234567",
     "GET /load?signed_payload_jwt=abc", "?code=abc&x=1", "*OTDSSSO*abc", "shpat_0123456789"],
)  # fmt: skip
def test_texts_that_look_like_secrets_or_people_are_masked(text):
    assert "[" in clean_text(text)
    for secret in ("abc", "eyJ", "anna", "170", "0123456789"):
        assert secret not in clean_text(text)


def test_times_and_ids_stay_readable():
    for text in ("2026-11-21T09:10:00+00:00", "f" * 32, "order 118 of bigcommerce:demostore1", "10.0.0.1"):
        assert clean_text(text) == text


def test_no_value_can_forge_a_line_or_turn_the_text_round(lines):
    log.info("note", text='first\n{"event":"forged"}\r\x1b[31mred \u202efdp.exe\u2028')
    (line,) = lines()
    assert line["event"] == "note"
    assert not {"\n", "\r", "\x1b", "\u202e", "\u2028"} & set(line["text"])


def test_an_exception_tells_where_but_neither_parameters_nor_tokens(lines):
    try:
        raise IntegrityError("INSERT INTO store (token) VALUES (?)", ("canary-parameter",), ValueError("UNIQUE failed"))
    except IntegrityError:
        log.exception("failed")
    (line,) = lines()
    assert (line["error"], "canary" in json.dumps(line)) == ("IntegrityError", False)
    assert any("test_observability" in frame for frame in line["where"])


def test_our_own_errors_bring_their_code_and_ids(lines):
    try:
        raise NotFound("There is no such order.", code="gone", order_id="118", token="canary")
    except NotFound:
        log.exception("failed")
    (line,) = lines()
    assert (line["error_code"], line["error_order_id"], line["said"]) == ("gone", "118", "There is no such order.")
    assert "canary" not in json.dumps(line)


def test_libraries_speak_through_the_same_chain_and_only_when_it_matters(lines):
    logging.getLogger("somebody").warning("for %s", "anna@example.com")
    logging.getLogger("httpx").info("GET https://example.com?code=canary")
    assert [line["event"] for line in lines()] == ["for [e-mail]"]


def test_what_is_bound_is_in_every_line(lines):
    with structlog.contextvars.bound_contextvars(correlation_id="c1"):
        log.info("x")
        logging.getLogger("somebody").warning("y")
    assert {line["correlation_id"] for line in lines()} == {"c1"}


def test_metric_names_are_unique_and_say_their_unit():
    names = [metric.name for metric in METRICS]
    assert len(set(names)) == len(names)
    assert all(name.startswith("ecm_") for name in names)
    assert all(metric.name.endswith("_total") for metric in METRICS if metric.kind == "counter")


def test_call_times_are_sorted_into_buckets_and_taken_once():
    times = CallTimes()
    for seconds, status in ((0.01, 200), (0.3, 204), (99.0, 200), (1.0, None), (0.05, 503)):
        times.record("content_server", status, seconds)
    taken = times.take()
    assert set(taken) == {("content_server", outcome) for outcome in ("2xx", "5xx", "failed")}
    good = taken["content_server", "2xx"]
    assert (good.count, sum(good.buckets), good.buckets[0], good.buckets[-1]) == (3, 3, 1, 1)
    assert taken["content_server", "5xx"].buckets[0] == 1
    assert len(good.buckets) == len(BUCKETS) + 1
    assert times.take() == {}


def test_call_times_that_could_not_be_handed_over_count_again():
    times = CallTimes()
    times.record("otds", 200, 0.2)
    taken = times.take()
    times.record("otds", 200, 0.2)
    times.give_back(taken)
    assert times.take()["otds", "2xx"].count == 2
