"""Who may see which items, reservations, moves under another name, schedules as they apply to a node."""

from datetime import UTC, datetime

import pytest

from sandbox.content_server import seed
from tests.sandbox.content_server.conftest import CUSTOMER, ORDER, Bench


def test_many_items_are_asked_for_at_once_for_oneself_or_another(bench: Bench) -> None:
    service = bench.desk(seed.SERVICE)
    workspace = service.workspace(ORDER)
    ids = {"ids": [str(workspace), "99999", "2000"]}
    assert service.form("POST", "/v2/ai/nodes/permissions/check", ids).json()["results"]["ids"] == [workspace, 2000]
    liam = bench.desk(seed.LIAM).form("POST", "/v2/ai/nodes/permissions/check", ids)
    assert liam.json()["results"]["ids"] == [2000]
    other = ids | {"right_id": "1005"}
    assert bench.desk(seed.ADMIN).form("POST", "/v2/nodes/permissions/check", other).json()["results"]["ids"] == [2000]
    assert service.form("POST", "/v2/nodes/permissions/check", other).status_code == 403
    assert service.form("POST", "/v2/ai/nodes/permissions/check", {"ids": ""}).status_code == 400


def test_a_reservation_keeps_others_from_renaming_moving_and_deleting(bench: Bench) -> None:
    service, admin = bench.desk(seed.SERVICE), bench.desk(seed.ADMIN)
    workspace = service.workspace(ORDER)
    node = service.document(service.folder(workspace, "01 Order record"))
    assert service.body("PUT", f"/v2/nodes/{node}", {"reserved_user_id": 1001}).status_code == 200
    mine = service.get("/v2/members/reserved").json()["results"]
    assert [row["data"]["properties"]["id"] for row in mine] == [node]
    for answer in (
        admin.body("PUT", f"/v2/nodes/{node}", {"name": "Other.pdf"}),
        admin.body("PUT", f"/v2/nodes/{node}", {"parent_id": workspace}),
        admin.delete(f"/v2/nodes/{node}"),
    ):
        assert (answer.status_code, "reserved by another user" in answer.json()["error"]) == (400, True)
    assert service.body("PUT", f"/v2/nodes/{node}", {"name": "Mine.pdf"}).status_code == 200
    assert service.body("PUT", f"/v2/nodes/{node}", {"reserved_user_id": None}).status_code == 200
    assert service.get("/v2/members/reserved").json()["results"] == []


def test_a_move_takes_a_new_name_along_and_asks_for_it_where_it_goes(bench: Bench) -> None:
    service = bench.desk(seed.SERVICE)
    workspace = service.workspace(ORDER)
    source, target = service.folder(workspace, "01 Order record"), service.folder(workspace, "02 Payment")
    node = service.document(source, "a.pdf")
    service.document(source, "b.pdf")
    service.document(target, "a.pdf")
    assert service.body("PUT", f"/v2/nodes/{node}", {"parent_id": target}).status_code == 500
    assert service.body("PUT", f"/v2/nodes/{node}", {"parent_id": target, "name": "b.pdf"}).status_code == 200
    found = service.properties(node)
    assert (found["name"], found["parent_id"]) == ("b.pdf", target)


def test_relations_need_a_right_of_their_own(bench: Bench) -> None:
    service = bench.desk(seed.SERVICE)
    order, customer = service.workspace(ORDER), service.workspace(CUSTOMER)
    anna = bench.desk(seed.ANNA)  # reads the customer's workspace, works in the order's
    path = f"/v2/businessworkspaces/{customer}/relateditems"
    assert anna.form("POST", path, {"rel_bw_id": str(order)}).status_code == 400
    assert service.form("POST", path, {"rel_bw_id": str(order)}).status_code == 200
    assert anna.delete(f"{path}/{order}", rel_type="child").status_code == 400


@pytest.mark.parametrize(
    ("changes", "rule", "due"),
    [
        ({"years": 7}, "Calculated Date", "2031-02-28T00:00:00"),
        ({"years": 0, "months": 30, "days": 1}, "Calculated Date", "2026-08-30T00:00:00"),
        ({"event_type": 3}, "Event Based", ""),
        ({"event_type": 5}, "Permanent", ""),
        ({"event_type": 4, "fixed_date": datetime(2040, 1, 1, tzinfo=UTC)}, "Fixed Date", "2040-01-01T00:00:00"),
    ],
)
def test_a_schedule_is_worked_out_for_one_node(bench: Bench, changes: dict, rule: str, due: str) -> None:
    service = bench.desk(seed.SERVICE)
    node = service.document(service.folder(service.workspace(ORDER), "01 Order record"))
    path = f"/v1/nodes/{node}/rmclassifications"
    sent = {"class_id": str(bench.rm_class("Orders")), "record_date": "2024-02-29T00:00:00"}
    assert service.form("POST", path, sent).status_code == 200
    for name, value in changes.items():
        setattr(bench.server.state.rsis["ORD-7"], name, value)
    [stage] = service.get(f"/v1/nodes/{node}/rsi/ORD-7/GetRSIDetails").json()["data"]
    assert (stage["RetentionRule"], stage["CalculatedDate"]) == (rule, due)
