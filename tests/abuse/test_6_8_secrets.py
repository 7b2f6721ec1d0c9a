"""Secrets, logs, what is not served."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis
from rq.exceptions import NoSuchJobError
from rq.serializers import JSONSerializer
from sqlmodel import Session

from app.db import audit
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.engine.doorbell import OnlyOurJobs
from app.engine.vault import CannotDecrypt
from app.web import SURFACES, create_app
from sandbox import credentials
from tests.abuse.conftest import LogLines
from tests.doors import OTHER, Doors
from tests.house import OPERATOR_TOKEN
from tests.unit.web.conftest import PROBE

CANARIES = (
    credentials.APP_CLIENT_SECRET,
    credentials.OTDS_CLIENT_SECRET,
    credentials.WORKFLOW_CLIENT_SECRET,
    credentials.EXSTREAM_CLIENT_SECRET,
    credentials.NOTIFICATIONS_PASSWORD,
    "canary@example.com",
)


def store_tokens(doors: Doors) -> list[str]:
    return list(doors.house.stage.bigcommerce.state.tokens)


def test_case_117_the_database_holds_no_secret_in_clear(doors):
    doors.signed_in(OTHER)
    doors.webhook(doors.delivery(note="canary@example.com"))
    doors.decide(doors.case(), actor="canary@example.com")
    doors.house.drain()
    doors.house.deps.database.dispose()
    path = Path(doors.house.settings.database_url.removeprefix("sqlite:///"))
    stored = b"".join(part.read_bytes() for part in path.parent.glob(path.name + "*"))
    secrets = [*CANARIES, *store_tokens(doors), doors.client_of().secret, doors.payload()[:20]]
    assert len(secrets) > 6
    assert [secret for secret in secrets if secret.encode() in stored] == []


def test_case_118_swapped_ciphertexts_are_refused_and_nobody_is_called(two_stores):
    house = two_stores.house
    with unit_of_work(house.deps.database) as uow:
        one, other = (uow.session.get_one(StoreRow, store) for store in house.installed)
        one.token, other.token = other.token, one.token
    calls = len(house.stage.world.ledger.since())
    with pytest.raises(CannotDecrypt):
        house.deps.store(house.installed[0])
    assert len(house.stage.world.ledger.since()) == calls


def test_case_119_the_log_of_a_whole_day_gives_nothing_away(doors, log_lines: LogLines):
    house = doors.house
    house.flask = create_app(house.deps, (*SURFACES, PROBE))
    doors = Doors(house)
    owner = doors.signed_in()
    owner.get("/probe/error/bug")
    doors.ask_token(client_secret="wrong-canary-secret")
    token = doors.bearer()
    doors.decide(doors.case(), headers=token, actor="canary@example.com")
    doors.webhook(doors.delivery(note="canary@example.com"))
    doors.call("load", doors.payload(aud="x"))
    house.drain()
    order = house.place_order("950.00", ship_to="FR")
    house.drain()
    house.decide(order, "approved", comment="call canary@example.com or +49 170 1234567")
    house.drain()
    text = json.dumps(log_lines())
    cookie = owner.client.get_cookie("ecm", domain="app.test").value
    secrets = [*CANARIES, *store_tokens(doors), doors.client_of().secret, "wrong-canary-secret", "1234567", "eyJ",
               owner.page, cookie, token["Authorization"][7:]]  # fmt: skip
    assert len(log_lines()) > 20
    assert [secret for secret in secrets if secret in text] == []


def test_case_120_a_name_cannot_forge_a_log_line(doors, log_lines: LogLines):
    before = len(log_lines())
    doors.get("/nothing%0a%7b%22event%22:%22forged%22%7d")
    doors.get("/panel/orders/118\x1b[31m")
    lines = log_lines()[before:]
    assert [line["event"] for line in lines] == ["request_refused", "request_refused"]


def test_case_121_a_forced_error_on_any_page_is_constant(doors, log_lines: LogLines):
    house = doors.house
    house.flask = create_app(house.deps, (*SURFACES, PROBE))
    owner = Doors(house).signed_in()
    answer = owner.get("/probe/error/bug")
    assert answer.status_code == 500
    assert "canary" not in answer.get_data(as_text=True)
    found = [line for line in log_lines() if line["event"] == "request_failed"]
    assert [line["correlation_id"] for line in found] == [answer.headers["X-Request-Id"]]


def test_case_121_without_a_database_every_door_says_so_and_nothing_else(doors):
    owner, body = doors.signed_in(), doors.delivery()
    headers, bearer = doors.signed(body), doors.bearer()
    break_database(doors)
    answers = {
        "webhook": doors.webhook(body, headers), "page": owner.get("/"), "token": doors.ask_token_with("x", "y"),
        "decision": doors.decide("0" * 32, headers=bearer), "load": doors.call("load", doors.payload()),
        "document": doors.get("/documents/" + "x" * 32),
        "ready": doors.get("/readyz", headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"}),
    }  # fmt: skip
    assert answers["webhook"].status_code == 503
    assert answers["webhook"].headers["Retry-After"] == "30"
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 503)
    for answer in answers.values():
        assert "no such table" not in answer.get_data(as_text=True)
        assert len(answer.get_data()) <= 512
    assert doors.get("/healthz").status_code == 200


def break_database(doors: Doors) -> None:
    with doors.house.deps.database.engine.begin() as connection:
        for table in ("web_session", "opentext_connection", "used_token", "shared_document", "run", "failed_tries"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
        connection.exec_driver_sql("ALTER TABLE inbox_event RENAME TO gone_inbox_event")
        connection.exec_driver_sql("ALTER TABLE store RENAME TO gone_store")


def test_case_122_what_is_not_for_everybody_is_not_there(doors):
    paths = ("/console", "/.git/HEAD", "/.env", "/static/../app/settings.py", "/static/%2e%2e/app.py", "/metrics",
             "/metrics/", "/readyz", "/readyz?verbose", "/operator", "/admin", "/debug", "/static/",
             "/static")  # fmt: skip
    with doors.nothing_leaks() as tried:
        for path in paths:
            assert tried.add(doors.get(path), 404).data == b"Not found\n", path
        for token in ("wrong", "", "é", "Bearer"):
            tried.add(doors.get("/metrics", headers={"Authorization": f"Bearer {token}"}), 404)
        tried.add(doors.get("/metrics", environ_overrides={"PATH_INFO": "//metrics"}), 404)


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"ECM_SECRET_KEY": None}, "secret_key"), ({"ECM_SECRET_KEY": "shortkey"}, "secret_key"),
     ({"ECM_SECRET_KEY": "changeme-changeme-changeme-changeme"}, "ECM_SECRET_KEY"),
     ({"ECM_SECRET_KEY": "a" * 40}, "ECM_SECRET_KEY"), ({"ECM_PUBLIC_URL": "http://app.example.com"}, "ECM_PUBLIC_URL"),
     ({"ECM_OPERATOR_TOKEN": "short-canary"}, "operator_token")],
)  # fmt: skip
def test_case_125_a_weak_or_missing_key_stops_the_start_and_names_the_setting_only(changes, named):
    good = {"ECM_SECRET_KEY": "k3J9x0Qw7Lm2Zp5Rt8Vb1Nc4Hd6Gf0Sa", "ECM_PUBLIC_URL": "https://app.example.com"}
    environ = {name: value for name, value in (dict(os.environ) | good | changes).items() if value is not None}
    started = subprocess.run(
        [sys.executable, "-c", "import app.web.wsgi"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert named in started.stderr
    for value in changes.values():
        assert value is None or value not in started.stderr


def test_case_123_only_our_own_job_is_ever_looked_up():
    with pytest.raises(NoSuchJobError):
        _ = a_job("os.system").func
    with pytest.raises(NoSuchJobError):
        _ = a_job("app.engine.jobs.drain", instance=object()).func
    ours = a_job("app.engine.jobs.drain")
    assert ours.func.__name__ == "drain"
    ours._success_callback_name = ours._failure_callback_name = ours._stopped_callback_name = "os.system"
    assert (ours.success_callback, ours.failure_callback, ours.stopped_callback) == (None, None, None)


def a_job(name: str, instance: object = None) -> OnlyOurJobs:
    """A job as somebody may have written it into Redis."""
    job = OnlyOurJobs(id="x", connection=Redis(), serializer=JSONSerializer)
    job._func_name, job._instance, job._args, job._kwargs = name, instance, (), {}
    return job


def test_case_126_an_edited_removed_or_reordered_audit_entry_is_found(doors):
    store = doors.house.store_id
    for _ in range(4):
        doors.call("remove_user", doors.payload(OTHER))
        with unit_of_work(doors.house.deps.database) as uow:
            audit.record(uow.session, store, "tester", "looked", "order:118")
    for change in (
        "UPDATE audit SET actor = 'nobody' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "UPDATE audit SET seq = seq + 100 WHERE seq = 3",
    ):
        with doors.house.deps.database.engine.connect() as connection:
            session = Session(connection)
            assert audit.first_bad_entry(session, store) is None
            connection.exec_driver_sql(change)
            assert audit.first_bad_entry(session, store) == 3
            connection.rollback()


def test_case_128_nobody_learns_which_stores_are_installed(doors):
    wrong = "another-secret-0123456789abcdefgh"
    pairs = [
        (doors.call("load", doors.payload(secret=wrong)),
         doors.call("load", doors.payload(sub="stores/nobody", secret=wrong))),
        (doors.call("load", doors.payload(sub="stores/nobody")), doors.call("load", doors.payload(aud="x"))),
        (doors.webhook(secret=wrong), doors.webhook(doors.delivery(producer="stores/nobody"), secret=wrong)),
        (doors.webhook(), doors.webhook(doors.delivery(producer="stores/nobody"), store_hash="nobody")),
        (knock_as_content_server(doors, "demostore1"), knock_as_content_server(doors, "nobody")),
        (doors.ask_token(client_secret="wrong"),
         doors.ask_token_with("storefront-callbacks-bigcommerce-nobody", "wrong")),
    ]  # fmt: skip
    for known, unknown in pairs:
        assert (known.status_code, known.data) == (unknown.status_code, unknown.data)


def knock_as_content_server(doors: Doors, store_hash: str):
    path = f"/callbacks/content-server/bigcommerce-{store_hash}"
    return doors.post(path, json={"event": "content.approved", "node_id": 5}, headers={"X-Storefront-Key": "wrong"})
