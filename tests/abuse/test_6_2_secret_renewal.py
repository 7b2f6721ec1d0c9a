"""The secrets OpenText calls us with, renewed by a button: old and new work for a while, then only the new."""

from datetime import timedelta

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection
from app.db.types import utc_now
from app.engine import callback_secrets, callbacks
from app.engine.sessions import Role
from tests.abuse.test_6_2_content_callbacks import body_of, send, signature
from tests.abuse.test_6_2_delivery_callbacks import addresses
from tests.doors import OTHER, Browser, Doors

PAGE = "/settings/opentext"


def accepted(doors: Doors, secret: str, signing: str, jobs: str) -> tuple[bool, bool, bool]:
    """Which of the three doors take what was made of one secret: token endpoint, content callbacks, Exstream's jobs."""
    body = body_of(event_id="")
    known = doors.client_of()
    return (
        doors.ask_token_with(known.client_id, secret).status_code == 200,
        send(doors, body, signature(doors, body, secret=signing)).status_code == 202,
        doors.post(jobs, data="{", content_type="application/json").status_code != 401,
    )


def values(doors: Doors) -> tuple[str, str, str]:
    content = callbacks.content_secrets(doors.house.deps, doors.house.store_id)
    assert content is not None
    return doors.client_of().secret, content.signing_secret, addresses(doors)[0]


def row(doors: Doors) -> OpenTextConnection:
    return doors.house.connection_row()


def shown(owner: Browser) -> str:
    return owner.get(PAGE).get_data(as_text=True)


def test_both_secrets_work_until_the_window_ends(doors: Doors) -> None:
    owner, old = doors.signed_in(), values(doors)
    assert "Renew the secrets" in shown(owner)
    assert owner.post(f"{PAGE}/secrets").headers["Location"] == f"{PAGE}?done=renewed"
    new = values(doors)
    assert not set(old) & set(new)
    assert accepted(doors, *old) == accepted(doors, *new) == (True, True, True)
    page = shown(owner)
    assert "The former ones are accepted until" in page
    assert old[1] not in page
    assert new[1] in page
    asked = doors.house.rows(InboxEvent, object_type="store", topic="requested")
    assert [one.detail["request"] for one in asked].count("set_up_store") == 1  # the models are deployed anew
    assert owner.post(f"{PAGE}/secrets").status_code == 409  # a second time would end the first one unseen
    assert values(doors) == new
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(OpenTextConnection, doors.house.store_id).earlier_callback_until = utc_now()
    assert accepted(doors, *old) == (False, False, False)
    assert accepted(doors, *new) == (True, True, True)
    assert "accepted until" not in shown(owner)
    assert owner.post(f"{PAGE}/secrets").status_code == 303
    assert accepted(doors, *old) == (False, False, False)  # only the one before is taken


def test_a_leaked_secret_is_ended_at_once_and_all_is_audited(doors: Doors) -> None:
    owner, old = doors.signed_in(), values(doors)
    owner.post(f"{PAGE}/secrets")
    left = row(doors).earlier_callback_until
    assert left
    assert abs(left - utc_now() - callback_secrets.GRACE) < timedelta(minutes=1)
    assert owner.post(f"{PAGE}/secrets/end").headers["Location"] == f"{PAGE}?done=ended"
    assert accepted(doors, *old) == (False, False, False)
    assert accepted(doors, *values(doors)) == (True, True, True)
    assert "not accepted any more" in owner.get(f"{PAGE}?done=ended").get_data(as_text=True)
    acts = [one.action for one in doors.house.rows(AuditEntry) if one.action.startswith("secret.")]
    assert acts == ["secret.renewed", "secret.earlier_ended"]
    said = repr([one.detail for one in doors.house.rows(AuditEntry)])
    assert not [one for one in (*old, *values(doors)) if one in said]


def test_only_owners_with_their_page_renew_and_only_their_own(two_stores: Doors) -> None:
    rival = two_stores.client_of("bigcommerce:rivalstore")
    manager = two_stores.signed_in(OTHER, role=Role.MANAGER)
    before = values(two_stores)
    assert "Renew the secrets" not in shown(manager)
    owner = two_stores.signed_in()
    for path in (f"{PAGE}/secrets", f"{PAGE}/secrets/end"):
        assert manager.post(path).status_code == 403
        assert owner.post(path, token="").status_code == 403
    assert values(two_stores) == before
    assert owner.post(f"{PAGE}/secrets").status_code == 303
    assert two_stores.client_of("bigcommerce:rivalstore") == rival
