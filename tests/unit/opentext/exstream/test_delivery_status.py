"""What Notifications and a customer's job report, and what it means for each recipient."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.content import DeliveryState, Recipient
from app.opentext.exstream import mapping, payloads
from app.opentext.exstream.callbacks import JobReport, hinted_job
from app.opentext.exstream.delivery import JobNews, part_key

S = DeliveryState
ANNA, TOM = Recipient("anna", email="anna@example.com"), Recipient("tom", phone="+44")
AT = "2026-02-03T10:00:00Z"
NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)


def status(*deliveries: dict[str, Any], state: str = "Complete") -> payloads.JobStatus:
    return payloads.JobStatus.model_validate(
        {"job_id": "x", "job_state": [state, "Posted"], "deliveries": [*deliveries]}
    )


def to(who: str, *states: str, **events: Any) -> dict[str, Any]:
    ref = base64.b64encode(who.encode()).decode()
    attempts = [{"state": state, "gamma_code": "", "first_attempt": AT, "delivery_time": AT} for state in states]
    return {"ref_base64": ref, "delivery_attempts": attempts, "events": events or None}


def fates(given: payloads.JobStatus, *people: Recipient) -> dict[str, S]:
    return {each.ref: each.state for each in mapping.delivery_status(given, people or (ANNA,)).recipients}


@pytest.mark.parametrize(
    ("states", "fate"),
    [
        ((), S.DELIVERING),
        (("Submitted",), S.DELIVERING),
        (("Sent",), S.DELIVERED),
        (("Error",), S.FAILED),
        (("Cancelled",), S.FAILED),
        (("Error", "Submitted"), S.DELIVERING),
        (("Error", "Sent"), S.DELIVERED),
        (("Something new",), S.DELIVERING),
    ],
)
def test_the_last_attempt_decides(states: tuple[str, ...], fate: S) -> None:
    assert fates(status(to("anna", *states))) == {"anna": fate}


def test_a_job_that_is_posted_has_delivered_to_nobody_it_does_not_list() -> None:
    assert fates(status(state="Posted"), ANNA, TOM) == {"anna": S.DELIVERING, "tom": S.DELIVERING}


def test_a_notification_of_failure_outdoes_an_attempt_that_was_sent() -> None:
    failed = {"action": "failed", "status": "5.1.1", "diagnostic": "unknown user"}
    for dsn in (failed, [failed], [{"action": "delayed"}, failed]):
        given = status(to("anna", "Sent", email_delivery_events={"dsn": dsn}))
        [anna] = mapping.delivery_status(given, (ANNA,)).recipients
        assert (anna.state, anna.reason) == (S.FAILED, "Returned: unknown user")


@pytest.mark.parametrize("dsn", [None, [], {"action": "delivered"}, "text", 7, [{"action": None}]])
def test_other_notifications_leave_it_sent(dsn: Any) -> None:
    assert fates(status(to("anna", "Sent", email_delivery_events={"dsn": dsn}))) == {"anna": S.DELIVERED}


def test_the_first_opening_and_an_opt_out_are_seen() -> None:
    opens = [{"event_time": "2026-02-03T11:00:00Z"}, {"time": "2026-02-03T10:30:00Z"}, "soon", None]
    given = status(to("anna", "Sent", email_delivery_events={"html_open": opens, "opt_out": {"event_time": AT}}))
    [anna] = mapping.delivery_status(given, (ANNA,)).recipients
    assert anna.opened_at == datetime(2026, 2, 3, 10, 30, tzinfo=UTC)
    assert anna.opted_out


def test_an_sms_that_the_network_rejects_has_failed() -> None:
    given = status(to("tom", "Sent", sms_delivery_events=[{"status": "Rejected", "event_time": AT}]))
    assert fates(given, TOM) == {"tom": S.FAILED}


def test_a_reference_that_is_no_base64_belongs_to_nobody() -> None:
    odd = to("anna", "Sent") | {"ref_base64": "***"}
    assert fates(status(odd)) == {"anna": S.DELIVERING}


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        ((), S.DELIVERING),
        ((S.DELIVERED, S.DELIVERED), S.DELIVERED),
        ((S.FAILED, S.FAILED), S.FAILED),
        ((S.DELIVERED, S.FAILED), S.DELIVERED_PARTLY),
        ((S.DELIVERED, S.DELIVERING), S.DELIVERING),
        ((S.DELIVERED, S.HANDED_OVER), S.HANDED_OVER),
        ((S.HANDED_OVER, S.FAILED), S.HANDED_OVER),
    ],
)
def test_the_whole_is_as_far_as_its_slowest_part(states: tuple[S, ...], whole: S) -> None:
    assert mapping.together(states) is whole


# Callback bodies


def test_a_report_is_taken_as_news_that_never_lies_in_the_future() -> None:
    body = {"jobKey": part_key("job", ANNA), "event": "mailed", "detail": "ok", "at": "2026-02-03T11:00:00Z"}
    assert JobReport.model_validate(body).news(NOW) == JobNews("job#anna", "mailed", NOW - timedelta(hours=1), "ok")
    assert JobReport.model_validate(body | {"at": "2099-01-01T00:00:00Z"}).news(NOW).at == NOW
    assert JobReport.model_validate(body | {"at": "soon"}).news(NOW).at == NOW


@pytest.mark.parametrize(
    "change",
    [{"event": "sent"}, {"jobKey": ""}, {"jobKey": "x" * 301}, {"detail": 5}, {"detail": "x" * 2001}, {"event": None}],
)
def test_a_report_of_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JobReport.model_validate({"jobKey": "k", "event": "failed", "detail": "", "at": AT} | change)


@pytest.mark.parametrize(
    ("body", "job"),
    [
        (b'{"job_id":"xsi-1","job_state":["Complete"]}', "xsi-1"),
        (b"{}", ""),
        (b"not json", ""),
        (b"[1]", ""),
        (b'{"job_id":{"a":1}}', ""),
        (b'{"job_id":"' + b"x" * 201 + b'"}', ""),
    ],
)
def test_only_the_job_of_a_notification_is_read(body: bytes, job: str) -> None:
    assert hinted_job(body) == job
