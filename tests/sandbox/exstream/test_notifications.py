"""Notifications: what is taken in, how attempts move, what the status and the webhook say, and the outbox."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from sandbox.exstream.notifications import PIXEL
from tests.sandbox.exstream.bench import ACCOUNT, Bench


def later(bench: Bench, seconds: float = 3) -> None:
    bench.world.clock.advance(timedelta(seconds=seconds))


def test_a_job_is_complete_at_once_and_its_attempt_only_later(bench: Bench) -> None:
    job = bench.mail().json()["job_id"]
    status = bench.status(job)
    assert status["job_state"] == ["Complete", "Posted"]
    assert status["deliveries"][0]["delivery_attempts"][0]["state"] == "Submitted"
    later(bench)
    [delivery] = bench.status(job)["deliveries"]
    assert delivery["delivery_attempts"][0]["state"] == "Sent"
    assert base64.b64decode(delivery["ref_base64"]) == b"a"
    assert base64.b64decode(bench.status(job)["customer_reference_base64"]) == b"job"


@pytest.mark.parametrize(
    "changes",
    [
        {"destinations": []},
        {"destinations": "a@example.com"},
        {"destinations": [{"email": "nobody"}]},
        {"destinations": [{"sms": "+49"}]},
        {"body": []},
        {"body": [{"data": "***"}]},
        {"documents": [{"data": 5}]},
        {"options": []},
        {"attachments": []},
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(bench: Bench, changes: dict[str, Any]) -> None:
    answer = bench.mail(**changes)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"]
    assert not bench.exstream.state.messages


def test_sms_and_fax_are_taken_in_by_their_own_fields(bench: Bench) -> None:
    sms = {"destinations": [{"sms": "+49431", "ref": "a"}], "sms_text": "Hello", "options": {}}
    job = bench.http.post("/mra/v1/outbound/sms", json=sms, auth=ACCOUNT).json()["job_id"]
    fax = {"destinations": [{"fax": "+49432"}], "documents": [{"name": "a", "type": "pdf", "data": "AAAA"}]}
    assert bench.http.post("/mra/v1/outbound/faxes", json=fax, auth=ACCOUNT).status_code == 200
    later(bench)
    [delivery] = bench.status(job, "sms")["deliveries"]
    assert delivery["events"]["sms_delivery_events"][0]["status"] == "Confirmed"
    assert "error" in bench.status(job, "emails")


def test_an_account_is_needed(bench: Bench) -> None:
    bench.http.headers["Authorization"] = "Basic nonsense"
    assert bench.http.post("/mra/v1/outbound/sms", json={}).status_code == 401
    assert bench.http.get("/mra/v1/outbound/sms/status", auth=("x", "y")).status_code == 401


def test_the_switch_lets_the_next_recipient_bounce(bench: Bench) -> None:
    bench.switch("bounce")
    first, second = bench.mail().json()["job_id"], bench.mail().json()["job_id"]
    later(bench)
    states = [bench.status(job)["deliveries"][0]["delivery_attempts"][0]["state"] for job in (first, second)]
    assert states == ["Error", "Sent"]


def test_webhooks_repeat_the_status_at_every_step(bench: Bench) -> None:
    bench.exstream.report_to("http://app.test", notifications="t-2")
    job = bench.mail(destinations=[{"email": "returned@example.com", "ref": "a"}]).json()["job_id"]
    later(bench)
    later(bench, 61)
    assert [path for path, _ in bench.told] == ["/callbacks/notifications/v1/t-2"] * 2
    assert bench.told[1][1] == bench.status(job)
    assert bench.told[1][1]["deliveries"][0]["events"]["email_delivery_events"]["dsn"][0]["action"] == "failed"


def test_a_webhook_nobody_takes_comes_again(bench: Bench) -> None:
    bench.exstream.report_to("http://app.test", notifications="t-2")
    bench.answers = [500, 500]
    bench.mail()
    for seconds in (3, 11, 61, 301):
        later(bench, seconds)
    assert len(bench.told) == 3


def test_the_outbox_shows_what_was_sent_without_running_it(bench: Bench) -> None:
    script = base64.b64encode(b"<html><script>alert(1)</script>Hi</html>").decode()
    documents = [{"name": "../<b>.pdf", "type": "pdf", "data": base64.b64encode(b"%PDF-1").decode()}]
    job = bench.mail(body=[{"type": "html", "name": "m", "data": script}], documents=documents).json()["job_id"]
    del bench.http.headers["Authorization"]
    listed, shown = bench.http.get("/outbox"), bench.http.get(f"/outbox/{job}")
    assert "Hello" in listed.text
    assert "&lt;b&gt;" in shown.text
    body = bench.http.get(f"/outbox/{job}/body")
    assert body.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    file = bench.http.get(f"/outbox/{job}/files/0")
    assert (file.content, file.headers["Content-Disposition"][:10]) == (b"%PDF-1", "attachment")
    assert bench.http.get(f"/outbox/{job}/files/1").status_code == 404
    assert bench.http.get("/outbox/nothing").status_code == 404


def test_fetching_the_picture_is_an_opening(bench: Bench) -> None:
    job = bench.mail().json()["job_id"]
    page = bench.http.get(f"/outbox/{job}/body").text
    picture = bench.http.get(page.rpartition('<img src="')[2].partition('"')[0])
    assert picture.content == PIXEL
    assert bench.status(job)["html_open_tracking"] == {"total_open_count": 1, "distinct_open_count": 1}
    assert bench.http.get("/mra/v1/track/unknown").status_code == 404
