"""Reports about documents on their way to buyers: who may give them, what is kept, what they can do at most."""

import json
from typing import Any

import pytest

from app.db.communications import CommunicationDelivery, CommunicationNews, CommunicationRow
from app.db.inbox import InboxEvent
from app.db.runs import Run, StepRow, Work
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.domain.events import Source
from app.domain.ids import StoreId
from app.engine import communications
from tests.abuse.test_6_7_transport import ODD_JSON
from tests.doors import Doors

PART = "bigcommerce:demostore1:order:100:SF_INVOICE:1:1#buyer"
JSON = "application/json"


def addresses(doors: Doors, store: StoreId | None = None) -> tuple[str, str]:
    """The two secret paths of a store."""
    found = communications.report_addresses(doors.house.deps, store or doors.house.store_id)
    assert found is not None
    return found.jobs.removeprefix("http://app.test"), found.notifications.removeprefix("http://app.test")


@pytest.fixture
def jobs(doors: Doors) -> str:
    """The jobs' door of a store that has one delivery handed to Exstream."""
    store = doors.house.store_id
    run = Run(store_id=store, scenario="order-invoice", subject_type="order", subject_id="100", occasion="once",
              event_id="e", correlation_id="c", state="waiting")  # fmt: skip
    key = PART.partition("#")[0]
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.add(run)
        uow.session.flush()
        step = {"document": "invoice", "channel": "print", "kind": "deliver_communication"}
        uow.session.add(StepRow(run_id=run.id, store_id=store, seq=1, kind="deliver_communication", params=step))
        uow.session.add(Work(kind="run", ref_id=run.id, store_id=store, lane="l", due_at=9e12))
        uow.session.add(
            CommunicationRow(job_key=key.rpartition(":")[0], store_id=store, run_id=run.id, object_type="order",
                             object_id="100", document="invoice", template="SF_INVOICE", state="filed",
                             name="Invoice.pdf")
        )  # fmt: skip
        uow.session.flush()
        uow.session.add(
            CommunicationDelivery(key=key, job_key=key.rpartition(":")[0], store_id=store, run_id=run.id, attempt=1,
                                  channel="print", provider="exstream_channel", provider_job="j", state="delivering",
                                  recipients=[{"ref": "buyer", "address": "p***@example.com"}])
        )  # fmt: skip
    return addresses(doors)[0]


def report(doors: Doors, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    data = json.dumps({"jobKey": PART, "event": "mailed", "detail": "", "at": "2026-02-03T12:00:00Z"} | body)
    return doors.post(path, data=data, content_type=JSON, headers=headers)


def kept(doors: Doors, source: Source = Source.EXSTREAM) -> list[InboxEvent]:
    return doors.house.rows(InboxEvent, source=source.value)


def test_a_report_is_kept_once_and_ends_the_delivery(doors, jobs):
    for _ in range(3):
        assert report(doors, jobs).status_code == 202
    assert len(kept(doors)) == 1
    doors.house.drain()
    (delivery,) = doors.house.rows(CommunicationDelivery)
    assert (delivery.state, delivery.recipients[0]["delivered_at"][:10]) == ("delivered", "2026-02-03")
    assert len(doors.house.rows(CommunicationNews)) == 1
    assert doors.house.rows(Run, subject_id="100")[0].state == "done"


def test_our_bearer_token_opens_the_jobs_door_of_its_own_store_only(two_stores):
    doors = two_stores
    path = "/callbacks/exstream/v1/jobs/bigcommerce-demostore1"
    own, other = doors.bearer(), doors.bearer(doors.house.installed[1])
    assert report(doors, path, own).status_code == 404  # let in, and there is no such job
    assert report(doors, path, other).status_code == 401
    assert report(doors, path).status_code == 401
    notifications = "/callbacks/notifications/v1/bigcommerce-demostore1"
    assert doors.post(notifications, data=b'{"job_id":"x"}', content_type=JSON, headers=own).status_code == 401


def test_another_token_opens_nothing_and_changes_nothing(doors, jobs):
    status = addresses(doors)[1]
    token = jobs.rpartition("/")[2]
    wrong = (
        jobs[:-1], jobs[:-1] + ("0" if jobs[-1] != "0" else "1"), jobs.replace("demostore1", "rivalstore"),
        jobs.rpartition("/")[0] + "/" + status.rpartition("/")[2],  # of the other door
        "/callbacks/exstream/v1/jobs/x", "/callbacks/exstream/v1/jobs/shopify-demo." + "0" * 64,
        "/callbacks/exstream/v1/jobs/" + "a" * 2_000,
    )  # fmt: skip
    with doors.nothing_leaks() as tried:
        for path in wrong:
            tried.add(report(doors, path), 401)
    assert token not in json.dumps([dict(line) for line in kept(doors)])


def test_the_address_ends_with_the_store_and_with_its_connection(doors, jobs):
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(OpenTextConnection, doors.house.store_id).callback_secret_sha256 = "0" * 64
    assert report(doors, jobs).status_code == 401
    fresh = addresses(doors)[0]
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).state = "uninstalled"
    assert report(doors, fresh).status_code == 401


def test_a_job_of_another_store_or_of_nobody_is_not_found(two_stores):
    doors = two_stores
    for store in doors.house.installed:
        assert report(doors, addresses(doors, store)[0]).status_code == 404
        assert report(doors, addresses(doors, store)[0], jobKey="").status_code == 422
    assert kept(doors) == []


@pytest.mark.parametrize("wrong", [{"event": "paid"}, {"jobKey": "x" * 301}, {"detail": "x" * 2001}])
def test_a_report_with_wrong_fields_is_refused_and_not_kept(doors, jobs, wrong):
    assert report(doors, jobs, **wrong).status_code == 422
    assert kept(doors) == []


def test_case_108_odd_json_is_refused_at_the_delivery_doors_too(doors, jobs):
    with doors.nothing_leaks() as tried:
        for path in (jobs, addresses(doors)[1]):
            for body in ODD_JSON.values():
                tried.add(doors.post(path, data=body, content_type=JSON), 400, 422, 404, 411)


@pytest.mark.usefixtures("jobs")
def test_a_status_is_only_a_hint_about_a_job_and_its_words_are_not_believed(doors):
    with unit_of_work(doors.house.deps.database) as uow:
        row = uow.session.get_one(CommunicationDelivery, PART.partition("#")[0])
        row.provider, row.provider_job = "opentext_notifications_email", "xsi-1"
    claimed = {"job_id": "xsi-1", "deliveries": [{"ref_base64": "", "delivery_attempts": [{"state": "Sent"}]}]}
    for _ in range(2):
        answer = doors.post(addresses(doors)[1], data=json.dumps(claimed), content_type=JSON)
        assert answer.status_code == 202
    assert len(kept(doors, Source.NOTIFICATIONS)) == 1
    doors.house.drain()
    assert doors.house.rows(CommunicationDelivery)[0].state == "delivering"  # Notifications knows no such job
    assert kept(doors, Source.NOTIFICATIONS)[0].state == "quarantined"


def test_a_status_of_a_job_we_never_sent_ends_without_a_call(doors):
    path = addresses(doors)[1]
    assert doors.post(path, data=b'{"job_id":"xsi-9999999"}', content_type=JSON).status_code == 202
    doors.house.drain()
    (event,) = kept(doors, Source.NOTIFICATIONS)
    assert (event.state, event.reason) == ("ignored", "unknown_delivery")
    assert doors.post(path, data=b'{"nothing":1}', content_type=JSON).status_code == 422
    assert doors.post(path, data=b"job_id=1", content_type="application/x-www-form-urlencoded").status_code == 415
