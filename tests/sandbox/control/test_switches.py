"""Ledger, faults, clock and held deliveries."""

from datetime import datetime

from sandbox import credentials
from tests.sandbox.control.conftest import Outsider


def test_the_ledger_tells_what_was_asked_of_whom(installed: Outsider) -> None:
    found = installed.get("/ledger")
    exchanged = [e for e in found["entries"] if e["path"] == "/oauth2/token" and e["system"] == "bigcommerce"]
    assert [(e["method"], e["status"]) for e in exchanged] == [("POST", 200)]
    assert exchanged[0]["effect"] == f"store demostore1 token issued to {credentials.APP_CLIENT_ID}"
    assert len(exchanged[0]["body_sha256"]) == 64
    assert installed.get("/ledger", since=found["last"])["entries"] == []
    assert {e["system"] for e in installed.get("/ledger", system="workflow")["entries"]} == {"workflow"}
    assert "since" in installed.get("/ledger", 422, since="-1")["fields"]


def test_the_control_apis_own_work_is_not_in_the_ledger(installed: Outsider) -> None:
    last = installed.get("/ledger")["last"]
    installed.post("/stores/bigcommerce/products", {"name": "Quiet"}, 201)
    assert [e for e in installed.get("/ledger", since=last)["entries"] if e["effect"]] == []


def test_a_fault_strikes_as_often_as_it_was_asked_to(installed: Outsider) -> None:
    rule = installed.post(
        "/faults", {"system": "content_server", "path": "*/businessworkspaces", "kind": "status", "count": 1}, 201
    )
    assert [r["id"] for r in installed.get("/faults")["faults"]] == [rule["id"]]
    installed.post("/stores/bigcommerce/orders", {"total": "900"}, 201)
    installed.house.drain()
    statuses = [
        e["status"]
        for e in installed.get("/ledger", system="content_server")["entries"]
        if "businessworkspaces" in e["path"]
    ]
    assert statuses[-1] == 503
    assert installed.get("/faults")["faults"] == []


def test_a_fault_can_be_taken_away(outsider: Outsider) -> None:
    rule = outsider.post("/faults", {"kind": "delay", "delay_ms": 100, "probability": 0.5}, 201)
    assert outsider.post("/faults", {"kind": "delay", "id": rule["id"]}, 409)["error"]
    assert outsider.delete(f"/faults/{rule['id']}") == {"removed": 1}
    outsider.delete(f"/faults/{rule['id']}", 404)
    outsider.post("/faults", {"kind": "truncate"}, 201)
    outsider.post("/faults", {"kind": "drop_after"}, 201)
    assert outsider.delete("/faults") == {"removed": 2}


def test_webhooks_can_be_withheld_and_released(installed: Outsider) -> None:
    installed.post("/faults", {"system": "bigcommerce", "method": "SEND", "path": "*", "kind": "withhold"}, 201)
    before = len(installed.house.events())
    installed.post("/stores/bigcommerce/orders", {"total": "900"}, 201)
    held = installed.get("/deliveries")["withheld"]
    assert held
    assert all(d["url"].startswith("http://app.test/webhooks/bigcommerce") for d in held)
    assert len(installed.house.events()) == before
    installed.delete("/faults")
    assert installed.post("/deliveries/release") == {"released": len(held)}
    assert len(installed.house.events()) > before


def test_time_passes_when_it_is_told_to(outsider: Outsider) -> None:
    before = datetime.fromisoformat(outsider.get("/clock")["now"])
    after = outsider.post("/clock", {"advance_seconds": 3600})
    assert after["ahead_seconds"] == 3600
    assert 3600 <= (datetime.fromisoformat(after["now"]) - before).total_seconds() < 3660


def test_deadlines_that_fall_into_the_time_are_over(installed: Outsider) -> None:
    installed.post("/stores/bigcommerce/orders", {"total": "900"}, 201)
    installed.house.drain()
    assert len(installed.get("/opentext/tasks")["tasks"]) == 1
    installed.post("/clock", {"advance_seconds": 60 * 86400})
    assert installed.get("/opentext/tasks")["tasks"] == []
    ended = installed.get("/opentext/instances")["instances"][0]
    assert (ended["state"], ended["variables"]["decision"]) == ("completed", "expired")
