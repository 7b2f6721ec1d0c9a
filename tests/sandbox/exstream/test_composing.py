"""Composing: real PDF/A with the driver inside, HTML, strict headers, every fault, and batch jobs."""

import base64
import json
import re
import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.exstream import printing
from sandbox.exstream.designs import BY_KEY, DESIGNS, fill
from sandbox.exstream.samples import sample
from sandbox.exstream.seed import DOMAIN, STATEMENTS, UNFINISHED, communication_id
from tests.sandbox.exstream.bench import INVOICE, Bench

BATCH = f"/orchestration/api/v1/inputs/batch/{DOMAIN}"


def streams(pdf: bytes) -> bytes:
    """Every stream of a PDF, unpacked where it is packed."""
    found = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


def outputs(answer: Any) -> list[tuple[str, str, bytes]]:
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "success"
    return [
        (each["engineOutputContext"]["queueName"], each["mimeType"], base64.b64decode(each["content"], validate=True))
        for each in body["data"]
    ]


@pytest.mark.parametrize("key", [design.key for design in DESIGNS])
def test_every_template_gives_pdf_a_with_its_driver_and_html(bench: Bench, key: str) -> None:
    (_, _, pdf), (_, _, html) = outputs(bench.generate(key))
    inside = streams(pdf)
    assert b"<pdfaid:part>3</pdfaid:part>" in inside
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in inside
    assert json.dumps(sample(key)["meta"]).encode().replace(b", ", b",").replace(b": ", b":") in inside
    assert b"driver.json" in pdf
    assert pdf.count(b"/FontFile") >= 1
    assert BY_KEY[key].name
    assert fill(BY_KEY[key], sample(key)).title.replace("&", "&amp;").encode() in html


def test_a_changed_field_name_makes_an_empty_area_and_no_error(bench: Bench) -> None:
    driver = sample("SF_INVOICE")
    driver["invoice"] = {"Number": "INV-1"}
    answer = bench.generate(body=driver)
    assert answer.json()["data"][0]["engineOutputContext"]["fileName"] == "Invoice_"


def test_an_approved_return_has_a_label_page_and_a_rejected_one_has_none(bench: Bench) -> None:
    driver = sample("SF_RETURN_LETTER")
    assert b"Return label" in outputs(bench.generate("SF_RETURN_LETTER", body=driver))[1][2]
    driver["return"]["decision"] = "rejected"
    assert b"Return label" not in outputs(bench.generate("SF_RETURN_LETTER", body=driver))[1][2]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_engine(text: str) -> None:
    driver = sample("SF_INVOICE") | {"customer": {"name": text, "addressLines": [text]}, "store": {"legalName": text}}
    letter = fill(BY_KEY["SF_INVOICE"], driver)
    when = printing.datetime.fromisoformat("2026-02-03T00:00:00+00:00")
    encoded = json.dumps(driver).encode()
    assert printing.pdf(letter, encoded, when).startswith(b"%PDF")
    assert b"<script" not in printing.html(letter, when)


def test_a_second_composition_is_a_second_document_and_counts_again(bench: Bench) -> None:
    first = outputs(bench.generate())[0][2]
    bench.world.clock.advance(timedelta(seconds=60))
    assert outputs(bench.generate())[0][2] != first
    assert bench.exstream.state.composed == {"SF_INVOICE": 2}
    assert len(bench.world.ledger.effects("exstream", "composed")) == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"communicationId": ""}, 400),
        ({"driverDataSource": ""}, 400),
        ({"driverDataSource": "driver"}, 400),
        ({"Content-Type": "application/xml"}, 400),
        ({"communicationId": communication_id("nobody")}, 404),
        ({"communicationId": communication_id(UNFINISHED)}, 404),
        ({"domain": "Nowhere"}, 404),
        ({"Accept": "image/png"}, 406),
    ],
)
def test_wrong_headers_are_refused(bench: Bench, headers: dict[str, str], status: int) -> None:
    answer = bench.generate(**headers)
    assert answer.status_code == status
    if status == 400:
        assert "html" in answer.headers["content-type"]
    else:
        assert answer.json()["details"]
    assert not bench.exstream.state.composed


def test_accept_chooses_the_raw_pdf(bench: Bench) -> None:
    answer = bench.generate(Accept="application/pdf")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert len(outputs(bench.generate(Accept="application/json"))) == 2


@pytest.mark.parametrize("body", [b"no json", b"[1]"])
def test_a_driver_that_cannot_be_read_is_the_second_error_shape(bench: Bench, body: bytes) -> None:
    answer = bench.generate(body=body)
    [failed] = answer.json()["data"]
    assert (answer.json()["status"], failed["statusCode"]) == ("error", "400")
    assert failed["engineOutputContext"]["customerNumber"] == "1"


def test_the_newest_approved_version_is_composed_while_a_newer_draft_is_made(bench: Bench) -> None:
    url = f"/design/api/v1/resources/{DOMAIN}/{INVOICE}/state"
    assert bench.http.put(url, json={"state": "DRAFT"}).status_code == 200
    assert bench.generate().status_code == 200
    assert "SF_INVOICE v1 composed" in bench.world.ledger.effects("exstream", "composed")[0].effect


# Faults


def test_each_switch_strikes_as_often_as_counted(bench: Bench) -> None:
    bench.switch("empty_data", 2)
    assert [len(bench.generate().json()["data"]) for _ in range(3)] == [0, 0, 2]


def test_the_switches_do_what_they_say(bench: Bench) -> None:
    bench.switch("truncated_base64")
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(bench.generate().json()["data"][0]["content"], validate=True)
    bench.switch("two_pdfs")
    assert [kind for _, kind, _ in outputs(bench.generate())] == ["application/pdf", "application/pdf", "text/html"]
    bench.switch("wrong_mime_type")
    _, kind, content = outputs(bench.generate())[0]
    assert (kind, content[:5]) == ("text/html", b"%PDF-")
    bench.switch("not_pdf_a")
    assert b"pdfaid" not in streams(outputs(bench.generate())[0][2])
    for name, status, inner in (
        ("engine_failure", 500, "500"),
        ("error_in_200", 200, "500"),
        ("no_import_right", 500, "401"),
    ):
        bench.switch(name)
        answer = bench.generate()
        assert (answer.status_code, answer.json()["data"][0]["statusCode"]) == (status, inner)
    bench.switch("identity_outage")
    assert "otds" in bench.generate().json()["details"]
    bench.switch("unavailable")
    assert (bench.generate().status_code, bench.generate().status_code) == (503, 200)
    bench.switch("too_many")
    assert bench.generate().headers["Retry-After"] == "7"


def test_the_slow_switch_is_a_delay_of_thirty_seconds(bench: Bench) -> None:
    bench.switch("slow_compose")
    [rule] = bench.world.faults.rules
    assert (rule.kind, rule.delay_ms, rule.count) == ("delay", 30_000, 1)


def test_an_unknown_switch_is_refused(bench: Bench) -> None:
    with pytest.raises(KeyError):
        bench.switch("nothing")


# Batch


def test_a_batch_answers_two_ids_composes_later_and_reports_each_customer(bench: Bench) -> None:
    bench.exstream.report_to("http://app.test", jobs="t-1")
    drivers = [sample("SF_STATEMENT", "job-1"), sample("SF_STATEMENT", "job-2")]
    [taken] = bench.http.post(f"{BATCH}/{STATEMENTS}", json=drivers).json()["data"]
    assert set(taken) == {"jobId", "id"}
    assert not bench.exstream.state.composed
    bench.world.clock.advance(timedelta(seconds=4))
    assert {path for path, _ in bench.told} == {"/callbacks/exstream/v1/jobs/t-1"}
    assert [(body["jobKey"], body["event"]) for _, body in bench.told] == [
        ("job-1", "composed"), ("job-1", "mailed"), ("job-2", "composed"), ("job-2", "mailed"),
    ]  # fmt: skip
    assert set(bench.told[0][1]) == {"jobKey", "event", "detail", "at"}
    assert bench.exstream.state.composed == {"SF_STATEMENT": 2}
    bench.world.clock.advance(timedelta(seconds=4))
    assert len(bench.told) == 4


def test_without_a_door_a_batch_ends_in_silence(bench: Bench) -> None:
    bench.http.post(f"{BATCH}/{STATEMENTS}", json=sample("SF_STATEMENT", "job-1"))
    bench.world.clock.advance(timedelta(seconds=4))
    assert bench.told == []
    assert bench.exstream.state.composed == {"SF_STATEMENT": 1}


def test_a_report_that_is_not_taken_is_repeated(bench: Bench) -> None:
    bench.exstream.report_to("http://app.test", jobs="t-1")
    bench.answers = [503]
    bench.http.post(f"{BATCH}/{STATEMENTS}", json=[1])
    bench.world.clock.advance(timedelta(seconds=4))
    bench.world.clock.advance(timedelta(seconds=11))
    assert [body["event"] for _, body in bench.told] == ["failed", "failed"]


@pytest.mark.parametrize(
    ("envelope", "detail"),
    [
        ({}, "no sf-handover/1"),
        ({"meta": {"schema": "sf-handover/1"}, "documents": [{}]}, "cannot be read"),
        ({"meta": {"schema": "sf-handover/1"}, "documents": [
            {"name": "a.pdf", "mimeType": "application/pdf", "data": "AAAA", "sha256": "0"}]}, "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_hand_over_is_reported_and_not_sent(bench: Bench, envelope: dict[str, Any], detail: str) -> None:
    bench.exstream.report_to("http://app.test", jobs="t-1")
    body = envelope | {"recipients": [{"ref": "a", "jobKey": "job#a", "email": "a@example.com"}]}
    bench.http.post(f"{BATCH}/sf_forward", json=body)
    bench.world.clock.advance(timedelta(seconds=4))
    [(_, report)] = bench.told
    assert (report["jobKey"], report["event"]) == ("job#a", "failed")
    assert detail in report["detail"]
    assert not bench.exstream.state.messages


def test_there_is_no_call_for_a_jobs_state(bench: Bench) -> None:
    [taken] = bench.http.post(f"{BATCH}/{STATEMENTS}", json={}).json()["data"]
    for path in (f"{BATCH}/{STATEMENTS}", f"/orchestration/api/v1/jobs/{taken['jobId']}"):
        assert bench.http.get(path).status_code in (404, 405)
    assert bench.http.post(f"{BATCH}/nothing", json={}).status_code == 404
