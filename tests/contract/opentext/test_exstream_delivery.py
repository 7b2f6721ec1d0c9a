"""Compose once, file first, then deliver: what leaves is what lies in Content Server, and each recipient has a fate."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.domain.content import DeliveryState, Recipient, RecipientStatus
from app.domain.ids import NodeId
from app.errors import NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.connection import Connection, NotificationsConnection
from app.opentext.exstream.callbacks import JobReport, hinted_job
from app.opentext.exstream.delivery import ExstreamChannel, JobNews, PortalLink
from app.opentext.exstream.filing import file_first, filed_bytes
from app.opentext.exstream.notifications import Notifications, NotificationsEmail, NotificationsSms
from app.opentext.login import TokenCache
from sandbox import credentials
from sandbox.exstream.state import Message
from sandbox.kernel.faults import FaultRule
from tests.contract.opentext.exstream_land import ANNA, BOUNCER, JOB, ExstreamLand, a_dispatch, connection
from tests.contract.opentext.landscape import a_connection

PDF, HTML, JSON = "application/pdf", "text/html", "application/json"
NOW = datetime(2026, 2, 3, 12, tzinfo=UTC)
FATES = DeliveryState


@pytest.fixture
def land() -> Iterator[ExstreamLand]:
    made = ExstreamLand()
    yield made
    made.close()


def email(land: ExstreamLand, **changes: Any) -> NotificationsEmail:
    return NotificationsEmail(Notifications(with_notifications(**changes), land.outbound), land.read)


def with_notifications(**changes: Any) -> Connection:
    of = connection()
    assert of.exstream is not None
    assert of.exstream.notifications is not None
    return replace(of, exstream=replace(of.exstream, notifications=replace(of.exstream.notifications, **changes)))


def sms(land: ExstreamLand) -> NotificationsSms:
    return NotificationsSms(Notifications(connection(), land.outbound))


def no_news(key: str) -> tuple[JobNews, ...]:  # noqa: ARG001  # the channel's signature
    return ()


def forged(node: NodeId, version: int) -> bytes:  # noqa: ARG001
    return b"%PDF-forged%%EOF"


def the_message(land: ExstreamLand) -> Message:
    [message] = land.exstream.state.messages.values()
    return message


def later(land: ExstreamLand, seconds: float = 3) -> None:
    land.world.clock.advance(timedelta(seconds=seconds))


def by_ref(statuses: tuple[RecipientStatus, ...]) -> dict[str, RecipientStatus]:
    return {each.ref: each for each in statuses}


# File first


def test_every_output_and_its_input_data_are_filed_before_anything_is_sent(land: ExstreamLand) -> None:
    made = land.compose()
    filed = file_first(made, land.file)
    assert [(each.name, each.mime_type) for each in filed.outputs] == [
        ("Invoice_INV-2026-000145.pdf", PDF),
        ("Invoice_INV-2026-000145.html", HTML),
        ("Invoice_INV-2026-000145 data.json", JSON),
    ]
    assert [each.sha256 for each in filed.outputs[:2]] == [each.sha256 for each in made.outputs]
    assert filed.driver_sha256 == filed.outputs[2].sha256 == hashlib.sha256(made.driver).hexdigest()
    assert filed_bytes(filed.outputs[0], land.read) == made.outputs[0].content


def test_filing_again_finds_the_same_documents_and_composes_nothing(land: ExstreamLand) -> None:
    made = land.compose()
    assert file_first(made, land.file) == file_first(made, land.file)
    assert land.composed() == 1


def test_a_repository_that_holds_something_else_stops_the_filing(land: ExstreamLand) -> None:
    made = land.compose()
    with pytest.raises(Permanent) as caught:
        file_first(made, lambda output: replace(land.file(output), sha256="0" * 64))
    assert caught.value.specific_code == "filed_bytes_differ"


def test_what_was_changed_after_filing_is_not_sent(land: ExstreamLand) -> None:
    filed = land.filed()
    channel = NotificationsEmail(Notifications(connection(), land.outbound), forged)
    with pytest.raises(Permanent) as caught:
        channel.deliver(a_dispatch(filed, mime_types=(PDF,)))
    assert caught.value.specific_code == "filed_bytes_differ"
    assert not land.exstream.state.messages


def test_the_filed_version_is_sent_even_when_a_newer_one_exists(land: ExstreamLand) -> None:
    filed = land.filed()
    land.opentext.documents.add_version(filed.outputs[0].document, b"%PDF-newer%%EOF", PDF)
    email(land).deliver(a_dispatch(filed, mime_types=(PDF,)))
    assert hashlib.sha256(the_message(land).files[0].content).hexdigest() == filed.outputs[0].sha256


def test_three_channels_send_one_composition(land: ExstreamLand) -> None:
    filed = land.filed()
    handles = [
        email(land).deliver(a_dispatch(filed, mime_types=(PDF, HTML))),
        sms(land).deliver(a_dispatch(filed)),
        ExstreamChannel(land.communications.api, land.read, no_news).deliver(a_dispatch(filed, mime_types=(PDF,))),
    ]
    assert land.composed() == 1
    of_pdf = filed.outputs[0].sha256
    assert [of_pdf in handle.sent for handle in handles] == [True, False, True]


# Portal


def test_a_portal_link_is_delivered_when_it_is_viewed(land: ExstreamLand) -> None:
    views: dict[tuple[str, str], datetime] = {}
    portal = PortalLink(lambda key, ref: views.get((key, ref)))
    handle = portal.deliver(a_dispatch(land.filed()))
    assert portal.status(handle).state is FATES.HANDED_OVER
    views[handle.job_key, "anna"] = NOW
    [anna] = portal.status(handle).recipients
    assert (anna.state, anna.opened_at) == (FATES.DELIVERED, NOW)
    assert not land.exstream.state.messages


# Notifications


def test_an_e_mail_carries_the_filed_bytes_and_reports_its_fate(land: ExstreamLand) -> None:
    filed = land.filed()
    channel = email(land)
    handle = channel.deliver(a_dispatch(filed, mime_types=(PDF, HTML)))
    message = the_message(land)
    assert message.body is not None
    assert [hashlib.sha256(part.content).hexdigest() for part in (message.body, *message.files)] == list(handle.sent)
    assert set(handle.sent) == {filed.outputs[0].sha256, filed.outputs[1].sha256}
    assert (message.customer_reference, message.submit_id, message.subject) == (f"{JOB}:1", f"{JOB}:1", "Your invoice")
    assert channel.status(handle).state is FATES.DELIVERING
    later(land)
    status = channel.status(handle)
    assert (status.state, status.is_final) == (FATES.DELIVERED, True)
    assert status.recipients[0].delivered_at is not None
    assert [attempt.state for attempt in status.recipients[0].attempts] == ["Sent"]


def test_an_opened_message_is_seen(land: ExstreamLand) -> None:
    channel = email(land)
    handle = channel.deliver(a_dispatch(land.filed(), mime_types=(HTML,)))
    later(land)
    with httpx.Client(transport=land.stage.transport, base_url="http://exstream.test") as browser:
        page = browser.get(f"/outbox/{handle.job_id}/body").text
        browser.get(page.rpartition('<img src="')[2].partition('"')[0])
    assert channel.status(handle).recipients[0].opened_at is not None


def test_one_of_two_recipients_bounces(land: ExstreamLand) -> None:
    channel = email(land)
    handle = channel.deliver(a_dispatch(land.filed(), ANNA, BOUNCER))
    later(land)
    status = channel.status(handle)
    assert status.state is FATES.DELIVERED_PARTLY
    fates = by_ref(status.recipients)
    assert (fates["anna"].state, fates["bounce"].state) == (FATES.DELIVERED, FATES.FAILED)
    assert "550" in fates["bounce"].reason


def test_a_message_that_comes_back_later_has_failed(land: ExstreamLand) -> None:
    channel = email(land)
    handle = channel.deliver(a_dispatch(land.filed(), Recipient("old", "Old", "returned@example.com")))
    later(land)
    assert channel.status(handle).state is FATES.DELIVERED
    later(land, 61)
    [old] = channel.status(handle).recipients
    assert (old.state, old.reason) == (FATES.FAILED, "Returned: no such user")


def test_without_attachments_a_link_goes_out(land: ExstreamLand) -> None:
    handle = email(land, attach=False).deliver(a_dispatch(land.filed(), mime_types=(PDF,)))
    message = the_message(land)
    assert message.files == []
    assert message.body is not None
    assert message.body.content.decode() == "Your invoice is ready.\n\nhttp://app.test/d/abc"
    assert handle.sent == ()
    with pytest.raises(Permanent) as caught:
        email(land, attach=False).deliver(a_dispatch(land.filed(), mime_types=(PDF,), link=""))
    assert caught.value.specific_code == "nothing_to_send"


def test_a_text_message_is_confirmed_or_fails(land: ExstreamLand) -> None:
    channel = sms(land)
    handle = channel.deliver(a_dispatch(land.filed(), ANNA, BOUNCER))
    later(land)
    fates = by_ref(channel.status(handle).recipients)
    assert (fates["anna"].state, fates["bounce"].state) == (FATES.DELIVERED, FATES.FAILED)


@pytest.mark.parametrize(
    ("recipients", "code"),
    [
        ((Recipient("a"),), "no_address"),
        ((ANNA, ANNA), "bad_recipient"),
        ((Recipient("a#b", email="a@example.com"),), "bad_recipient"),
    ],
)
def test_recipients_that_cannot_be_reached_stop_the_whole_delivery(
    land: ExstreamLand, recipients: tuple[Recipient, ...], code: str
) -> None:
    for channel in (email(land), sms(land)):
        with pytest.raises(Permanent) as caught:
            channel.deliver(replace(a_dispatch(land.filed()), recipients=recipients))
        assert caught.value.specific_code == code
    assert not land.exstream.state.messages


def test_wrong_credentials_and_lost_answers_of_notifications_say_so(land: ExstreamLand) -> None:
    filed = land.filed()
    with pytest.raises(NeedsReauth) as refused:
        email(land, password="wrong").deliver(a_dispatch(filed))
    assert refused.value.upstream == "notifications"
    assert "wrong" not in str(refused.value.context.get("said"))
    land.world.faults.add(_lost("/mra/*"))
    with pytest.raises(Retryable) as lost:
        email(land).deliver(a_dispatch(filed))
    assert lost.value.unknown_outcome
    assert len(land.exstream.state.messages) == 1  # it was sent all the same: whoever repeats must know


def _lost(path: str) -> FaultRule:
    return FaultRule.model_validate({"system": "exstream", "path": path, "kind": "drop_after", "count": 1})


def test_a_bearer_works_where_the_account_has_no_user(land: ExstreamLand) -> None:
    token = land.communications.api.login.credential()
    channel = email(land, user="", password=token)
    assert channel.status(channel.deliver(a_dispatch(land.filed()))).state is FATES.DELIVERING


def test_an_unknown_job_is_not_found(land: ExstreamLand) -> None:
    with pytest.raises(NotFound):
        Notifications(connection(), land.outbound).status("emails", "xsi-0")
    with pytest.raises(NeedsReauth):
        Notifications(a_connection(), land.outbound)


# Webhooks


@pytest.mark.parametrize("switch", ["", "webhook_twice", "webhook_unknown_job"])
def test_a_webhook_is_a_hint_and_the_status_is_read_again(land: ExstreamLand, switch: str) -> None:
    land.exstream.report_to("http://app.test", notifications="secret-1")
    channel = email(land)
    handle = channel.deliver(a_dispatch(land.filed()))
    if switch:
        land.switch(switch)
    later(land)
    assert {path for path, _ in land.told} == {"/callbacks/notifications/v1/secret-1"}
    assert len(land.told) == (2 if switch else 1)
    known = [job for _, body in land.told if (job := hinted_job(_bytes(body))) == handle.job_id]
    assert known
    assert channel.status(handle).state is FATES.DELIVERED


def test_a_lost_webhook_leaves_the_status_to_be_polled(land: ExstreamLand) -> None:
    land.exstream.report_to("http://app.test", notifications="secret-1")
    handle = email(land).deliver(a_dispatch(land.filed()))
    land.switch("webhook_lost")
    later(land)
    assert land.told == []
    assert email(land).status(handle).state is FATES.DELIVERED


# Exstream's own channel


@pytest.fixture
def news(land: ExstreamLand) -> Callable[[str], list[JobNews]]:
    """What the jobs door took in, by job key, each (jobKey, event) once."""
    land.exstream.report_to("http://app.test", jobs="secret-2")

    def told(key: str) -> list[JobNews]:
        found: dict[str, dict[str, JobNews]] = defaultdict(dict)
        for path, body in land.told:
            if path == "/callbacks/exstream/v1/jobs/secret-2":
                report = JobReport.model_validate(body)
                found[report.job_key].setdefault(report.event, report.news(land.world.clock.now()))
        return list(found[key].values())

    return told


def test_handed_over_documents_are_sent_unchanged_and_reported_by_recipient(
    land: ExstreamLand, news: Callable[[str], list[JobNews]]
) -> None:
    filed = land.filed()
    channel = ExstreamChannel(land.communications.api, land.read, news)
    handle = channel.deliver(a_dispatch(filed, ANNA, BOUNCER, mime_types=(PDF,)))
    assert channel.status(handle).state is FATES.HANDED_OVER
    later(land, 4)
    message = the_message(land)
    assert hashlib.sha256(message.files[0].content).hexdigest() == filed.outputs[0].sha256 == handle.sent[0]
    status = channel.status(handle)
    fates = by_ref(status.recipients)
    assert status.state is FATES.DELIVERED_PARTLY
    assert (fates["anna"].state, fates["bounce"].state) == (FATES.DELIVERED, FATES.FAILED)
    assert "550" in fates["bounce"].reason
    assert land.composed() == 1


def test_reports_twice_or_of_unknown_jobs_change_nothing(
    land: ExstreamLand, news: Callable[[str], list[JobNews]]
) -> None:
    channel = ExstreamChannel(land.communications.api, land.read, news)
    handle = channel.deliver(a_dispatch(land.filed(), mime_types=(PDF,)))
    land.switch("webhook_twice")
    land.switch("webhook_unknown_job")
    later(land, 4)
    assert len(land.told) == 3
    assert channel.status(handle).recipients[0].attempts[0].state == "mailed"
    assert len(channel.status(handle).recipients[0].attempts) == 1


def test_a_service_that_reports_nothing_leaves_it_handed_over(land: ExstreamLand) -> None:
    channel = ExstreamChannel(land.communications.api, land.read, no_news)
    handle = channel.deliver(a_dispatch(land.filed(), mime_types=(PDF,)))
    later(land, 4)
    status = channel.status(handle)
    assert (status.state, status.is_final) == (FATES.HANDED_OVER, False)


@pytest.mark.parametrize(("service", "kind"), [("", Permanent), ("nowhere", NotFound)])
def test_a_missing_channel_service_is_said(service: str, kind: type[Permanent]) -> None:
    land = ExstreamLand(channel_service=service)
    with pytest.raises(kind):
        ExstreamChannel(land.communications.api, land.read, no_news).deliver(
            a_dispatch(land.filed(), mime_types=(PDF,))
        )
    land.close()


def _bytes(body: dict[str, object]) -> bytes:
    return httpx.Request("POST", "http://app.test", json=body).content


def test_secrets_never_show_in_a_connection() -> None:
    shown = repr(connection()) + repr(NotificationsConnection("http://exstream.test", "user", "very-secret"))
    assert credentials.EXSTREAM_CLIENT_SECRET not in shown
    assert credentials.NOTIFICATIONS_PASSWORD not in shown
    assert "very-secret" not in shown
    assert repr(TokenCache()).count("secret") == 0
