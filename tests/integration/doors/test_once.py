"""What must happen once happens once, whoever knocks at the same moment."""

from app.db.inbox import InboxEvent
from app.db.stores import StoreRow, StoreUser, WebSession
from app.domain.ids import Provider
from app.engine import installs
from app.stores.port import Installed
from tests.doors import OTHER
from tests.integration.doors.conftest import at_once, statuses


def test_one_delivery_in_many_requests_at_once_is_one_row(doors):
    body = doors.delivery()
    headers = doors.signed(body)
    assert statuses(at_once(lambda: doors.webhook(body, headers))) == [200] * 8
    assert len(doors.house.rows(InboxEvent, source="store")) == 1


def test_many_deliveries_at_once_are_all_kept(doors):
    assert statuses(at_once(doors.webhook, 16)) == [200] * 16
    assert len(doors.house.rows(InboxEvent, source="store")) == 16


def test_a_signed_request_opens_once_however_often_it_arrives_at_once(doors):
    token = doors.payload()
    assert statuses(at_once(lambda: doors.call("load", token))) == [303] + [401] * 7


def test_a_hand_over_is_taken_up_once(doors):
    address = doors.call("load", doors.payload()).headers["Location"]
    assert statuses(at_once(lambda: doors.get(address))) == [200] + [401] * 7


def test_a_new_person_who_opens_twice_at_once_is_one_person(doors):
    tokens = [doors.payload(OTHER) for _ in range(8)]
    assert statuses(at_once(lambda: doors.call("load", tokens.pop()))) == [303] * 8
    assert len(doors.house.rows(StoreUser, external_id=str(OTHER))) == 1
    assert len(doors.house.rows(WebSession)) == 8


def test_one_decision_in_many_callbacks_at_once_is_one_hint(doors):
    case, headers = doors.case(), doors.bearer()
    assert statuses(at_once(lambda: doors.decide(case, headers=headers))) == [202] * 8
    assert len(doors.house.rows(InboxEvent, source="workflow")) == 1


def test_wrong_secrets_at_once_are_all_counted(doors):
    answers = at_once(lambda: doors.ask_token(client_secret="wrong"))
    assert set(statuses(answers)) <= {401, 429}
    assert doors.ask_token().status_code == 429


def test_two_installations_at_once_are_one_store(doors):
    installed = Installed("newstore", "token-canary", frozenset({"a"}), "7", "a@b.example", "7", "a@b.example")
    stores = at_once(lambda: installs.complete(doors.house.deps, Provider.BIGCOMMERCE, installed, "c"), 4)
    assert set(stores) == {"bigcommerce:newstore"}
    (row,) = doors.house.rows(StoreRow, id="bigcommerce:newstore")
    assert doors.house.deps.vault.decrypt(row.token, installs.token_place(stores[0])) == b"token-canary"
