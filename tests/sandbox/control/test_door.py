"""The control API's door: what is unknown is named, and no web page can drive it."""

import httpx
import pytest

from tests.sandbox.control.conftest import Outsider


def test_everything_needed_to_get_in_is_listed(outsider: Outsider) -> None:
    found = outsider.get("")
    assert found["addresses"]["bigcommerce"] == "http://bigcommerce.test"
    assert found["app"]["processes"] == {"web": 4711}
    assert found["bigcommerce"]["client_secret"]
    assert found["opentext"]["workflow_client_secret"]
    assert "anna.berg@demo" in {user["name"] for user in found["opentext"]["users"]}
    assert {"orders", "products", "customers", "shipments", "refunds"} <= set(found["resources"]["bigcommerce"])
    assert "POST /control/faults" in found["routes"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/control"), ("GET", "/control/ledger"), ("GET", "/control/faults"), ("GET", "/control/clock"),
        ("GET", "/control/opentext/workspaces"), ("GET", "/control/opentext/tasks"),
        ("GET", "/control/stores/bigcommerce/orders"),
    ],
)  # fmt: skip
def test_unknown_parameters_are_named(outsider: Outsider, method: str, path: str) -> None:
    answer = outsider.client.request(method, path, params={"colour": "red"})
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"colour": "unknown parameter"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/reset", {"hard": True}, "hard"),
        ("/faults", {"kind": "status", "statuss": 500}, "statuss"),
        ("/faults", {"kind": "explode"}, "kind"),
        ("/faults", {"kind": "status", "system": "shopfy"}, "system"),
        ("/clock", {"advance_seconds": -1}, "advance_seconds"),
        ("/clock", {"advance_seconds": "10"}, "advance_seconds"),
        ("/deliveries/release", {"all": True}, "all"),
        ("/stores/bigcommerce/install", {"conect": False}, "conect"),
        ("/stores/bigcommerce/install", {"owner": "nobody@example.com"}, "owner"),
        ("/stores/bigcommerce/orders", {"totl": "1"}, "totl"),
        ("/opentext/tasks/1", {"user": "anna.berg@demo", "action": "eat"}, "action"),
        ("/opentext/documents", {"user": "anna.berg@demo", "nam": "x", "text": ""}, "nam"),
        ("/opentext/documents/1/approve", {"user": "anna.berg@demo", "versio": 1}, "versio"),
    ],
)
def test_wrong_fields_are_named(outsider: Outsider, path: str, body: dict[str, object], field: str) -> None:
    assert field in outsider.post(path, body, 422)["fields"]


def test_unknown_places_say_what_there_is(outsider: Outsider) -> None:
    assert "GET /control/ledger" in outsider.get("/legder", 404)["routes"]
    assert outsider.get("/stores/magento/orders", 404)["providers"] == ["bigcommerce", "shopify"]
    assert "orders" in outsider.get("/stores/bigcommerce/ordres", 404)["resources"]
    assert outsider.get("/stores/bigcommerce/orders", 404, store="nowhere1")["stores"] == ["demostore1"]
    assert outsider.delete("/ledger", 405)["methods"] == ["GET"]
    assert outsider.get("/stores/bigcommerce/orders/99999", 404)["error"]
    assert outsider.get("/opentext/documents/1", 404)["error"]


def test_only_json_is_taken(outsider: Outsider) -> None:
    answer = outsider.client.post("/control/faults", data={"kind": "status"})
    assert answer.status_code == 415
    broken = outsider.client.post(
        "/control/stores/bigcommerce/orders", content=b"[" * 100_000, headers={"Content-Type": "application/json"}
    )
    assert broken.status_code == 422


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_foreign_page_cannot_drive_it(outsider: Outsider, headers: dict[str, str]) -> None:
    answer = outsider.client.post("/control/reset", headers=headers)
    assert answer.status_code == 403
    assert outsider.backstage.resets == 0


def test_a_reset_is_the_backstages_work(outsider: Outsider) -> None:
    outsider.post("/faults", {"kind": "status"}, 201)
    assert outsider.post("/reset")["ready"] is True
    assert outsider.backstage.resets == 1
    assert outsider.get("/faults") == {"faults": []}


def test_a_failed_reset_says_so(outsider: Outsider, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("the database could not be prepared")

    monkeypatch.setattr(outsider.backstage, "reset", fail)
    assert "could not be prepared" in outsider.post("/reset", status=500)["error"]


def test_answers_are_not_cached(outsider: Outsider) -> None:
    answer: httpx.Response = outsider.client.get("/control/clock")
    assert answer.headers["Cache-Control"] == "no-store"
