"""Nothing is accepted that cannot be kept."""

import pytest

from app.db.inbox import InboxEvent
from app.settings import Limits
from tests.doors import Doors
from tests.house import a_house


@pytest.mark.parametrize("limits", [Limits(free_disk_bytes=10**18), Limits(backlog=-1)], ids=["disk", "backlog"])
def test_new_deliveries_and_callbacks_wait_outside_while_there_is_no_room(sqlite_url, tmp_path, limits):
    with a_house(sqlite_url, limits=limits, data_dir=tmp_path) as house:
        house.move_in()
        doors = Doors(house)
        with doors.nothing_leaks() as tried:
            answer = tried.add(doors.webhook(), 503)
            assert (answer.data, answer.headers["Retry-After"]) == (b"", "30")
        case, headers = doors.case(), doors.bearer()
        assert doors.decide(case, headers=headers).status_code == 503
        assert doors.post("/webhooks/bigcommerce").status_code == 411  # what is not genuine is refused as always
        assert house.rows(InboxEvent, source="store") == []


def test_a_delivery_the_database_does_not_take_is_sent_again_by_its_sender(doors):
    body = doors.delivery()
    headers = doors.signed(body)
    with doors.house.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox_event RENAME TO away")
    assert doors.webhook(body, headers).status_code == 503
    with doors.house.deps.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox_event")
    assert doors.webhook(body, headers).status_code == 200
    assert len(doors.house.rows(InboxEvent, source="store")) == 1


def test_one_correlation_id_leads_from_the_answer_to_the_row(doors):
    answer = doors.webhook()
    (row,) = doors.house.rows(InboxEvent, source="store")
    assert row.correlation_id == answer.headers["X-Request-Id"]
