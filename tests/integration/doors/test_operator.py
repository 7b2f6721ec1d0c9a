"""What the operator sees and may do."""

from datetime import UTC, datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from app.db.inbox import InboxEvent
from app.db.metrics import UpstreamCalls
from app.db.runs import Run, StepRow
from app.db.session import unit_of_work
from app.engine import overview
from app.observability import METRICS
from tests.doors import Doors
from tests.house import OPERATOR_TOKEN, a_house

HEADERS = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}


def state(doors: Doors) -> dict:
    answer = doors.get("/operator/v1/state", headers=HEADERS)
    assert answer.status_code == 200
    return answer.json


def quarantine(doors: Doors, **wanted: str) -> dict:
    answer = doors.get("/operator/v1/quarantine", headers=HEADERS, query_string=wanted)
    assert answer.status_code == 200, answer.json
    return answer.json


def replay(doors: Doors, body: object):
    return doors.post("/operator/v1/replay", headers=HEADERS, json=body)


def test_every_acknowledged_delivery_is_counted_once_and_open_until_it_ends(doors):
    for _ in range(3):
        assert doors.webhook(doors.delivery("store/cart/created", {"type": "cart"})).status_code == 200
    assert doors.webhook(b"not json").status_code == 200
    found = state(doors)
    assert (found["acks_total"], found["events"]) == (4, {"accepted": 3, "quarantined": 1})
    assert 0 <= found["oldest_open_event_seconds"] < 60
    assert (found["quarantine_size"], found["queue"]["due"]) == (1, 3)
    doors.house.drain()
    found = state(doors)
    assert found["ends"] == {"done": 0, "ignored": 3, "quarantined": 1, "cancelled": 0}
    assert sum(found["ends"].values()) == found["acks_total"]
    assert found["oldest_open_event_seconds"] is None
    assert found["stores"]["bigcommerce:demostore1"]["events"] == {"ignored": 3}
    assert found["stores"]["bigcommerce:"]["events"] == {"quarantined": 1}


def test_the_quarantine_is_listed_by_page_store_cause_and_time(doors):
    for number in range(overview.PAGE + 3):
        doors.webhook(b"not json %d" % number)
    doors.webhook(b'{"producer":"stores/demostore1"}')
    everything = quarantine(doors)
    assert (everything["total"], everything["pages"], len(everything["items"])) == (54, 2, 50)
    assert len(quarantine(doors, page="2")["items"]) == 4
    assert quarantine(doors, page="3")["items"] == []
    own = quarantine(doors, store="bigcommerce:demostore1")
    assert (own["total"], own["items"][0]["code"], own["items"][0]["kind"]) == (1, "unreadable", "event")
    assert quarantine(doors, code="unreadable")["total"] == 54
    assert quarantine(doors, code="%")["total"] == 0
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    assert quarantine(doors, since=later)["total"] == 0


def test_a_stopped_run_is_listed_with_its_cause_and_replayed_by_filter(doors):
    house = doors.house
    case = doors.case()
    with_error = {"status": "quarantined", "error_code": "bug", "error_message": "It broke.", "error_hint": "Ask."}
    set_aside(doors, case, **with_error)
    (item,) = quarantine(doors, code="bug")["items"]
    assert (item["id"], item["kind"], item["scenario"], item["message"]) == (case, "run", "order-review", "It broke.")
    assert replay(doors, {"filter": {"code": "other"}}).json == {"count": 0, "replayed": []}
    assert replay(doors, {"filter": {"code": "bug", "store": house.store_id}}).json == {"count": 1, "replayed": [case]}
    assert quarantine(doors)["total"] == 0


def set_aside(doors: Doors, run_id: str, **step: str) -> None:
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(Run, run_id).state = "quarantined"
        row = uow.session.get_one(StepRow, doors.house.rows(StepRow, run_id=run_id)[0].id)
        for name, value in step.items():
            setattr(row, name, value)


def test_a_delivery_is_replayed_by_its_id(doors):
    doors.webhook(b'{"producer":"stores/demostore1"}')
    (row,) = doors.house.rows(InboxEvent, state="quarantined")
    assert replay(doors, {"ids": [row.id]}).json == {"count": 1, "replayed": [row.id]}
    doors.house.drain()
    assert doors.house.rows(InboxEvent, id=row.id)[0].state == "ignored"


def test_a_replay_must_say_exactly_what(doors):
    wrong_ids = ({"ids": ["x"]}, {"ids": []}, {"ids": "0" * 32}, {"ids": ["0" * 32], "filter": {}})
    wrong_filters = ({"limit": 0}, {"limit": 10**9}, {"colour": "red"}, {"since": "yesterday"},
                     {"since": "2026-01-01T00:00:00"})  # fmt: skip
    for body in ({}, *wrong_ids, *({"filter": wrong} for wrong in wrong_filters), [], "all"):
        assert replay(doors, body).status_code == 422, body
    for wanted in ({"page": "0"}, {"page": "x"}, {"since": "x"}, {"colour": "red"}):
        assert doors.get("/operator/v1/quarantine", headers=HEADERS, query_string=wanted).status_code == 422, wanted


def test_the_operators_door_needs_its_token_and_is_not_there_without_one(sqlite_doors, sqlite_url, tmp_path):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": OPERATOR_TOKEN}):
        assert sqlite_doors.get("/operator/v1/state", headers=headers).status_code == 401
    with a_house(sqlite_url, operator_token=None, data_dir=tmp_path) as house:
        closed = Doors(house)
        for path in ("/operator/v1/state", "/metrics", "/readyz"):
            assert closed.get(path, headers=HEADERS).status_code == 404, path


def test_metrics_are_prometheus_text_with_every_name_of_the_list(doors):
    doors.webhook()
    doors.webhook(b"not json")
    answer = doors.get("/metrics", headers=HEADERS)
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(answer.get_data(as_text=True))}
    assert {metric.name.removesuffix("_total") for metric in METRICS} == set(families)
    values = {(s.name, *s.labels.values()): s.value for family in families.values() for s in family.samples}
    assert values["ecm_acks_total",] == 2
    assert values["ecm_ends_total", "quarantined"] == 1
    assert values["ecm_quarantine_size",] == 1
    assert values["ecm_oldest_open_event_seconds",] >= 0


def test_call_times_of_every_process_add_up_in_one_place(doors):
    for total in ("10.00", "15.00", "17.00"):
        doors.house.place_order(total)
    doors.house.drain()
    doors.get("/metrics", headers=HEADERS)
    before = {(row.upstream, row.outcome): row.count for row in doors.house.rows(UpstreamCalls)}
    assert before["bigcommerce", "2xx"] > 2
    doors.house.place_order("20.00")
    doors.house.drain()
    text = doors.get("/metrics", headers=HEADERS).get_data(as_text=True)
    after = {(row.upstream, row.outcome): row.count for row in doors.house.rows(UpstreamCalls)}
    assert after["bigcommerce", "2xx"] > before["bigcommerce", "2xx"]
    count = after["bigcommerce", "2xx"]
    assert f'ecm_upstream_call_seconds_bucket{{le="+Inf",outcome="2xx",upstream="bigcommerce"}} {count}.0' in text


def test_readiness_looks_and_health_does_not(doors):
    assert doors.get("/readyz", headers=HEADERS).json == {"database": "ok", "room": "ok"}
    with doors.house.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE store RENAME TO gone_store")
    answer = doors.get("/readyz", headers=HEADERS)
    assert (answer.status_code, answer.json["database"]) == (503, "no_answer")
    assert (doors.get("/healthz").status_code, doors.get("/healthz").data) == (200, b"ok\n")
