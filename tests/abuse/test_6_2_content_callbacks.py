"""Content Server's own calls: who may, how often, what is kept."""

import hashlib
import hmac
import json
import time
from typing import Any

from app.db.inbox import InboxEvent
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.domain.events import Source
from app.engine import callbacks
from tests.doors import Doors

PATH = "/callbacks/content-server/bigcommerce-demostore1"


def news(doors: Doors) -> list[InboxEvent]:
    return doors.house.rows(InboxEvent, source=Source.CONTENT_SERVER.value)


def body_of(**changes: Any) -> bytes:
    return json.dumps(
        {"event": "content.approved", "node_id": 2005, "version": 3, "event_id": "e-1"} | changes
    ).encode()


def signature(doors: Doors, body: bytes, *, at: int | None = None, secret: str = "") -> dict[str, str]:
    known = callbacks.content_secrets(doors.house.deps, doors.house.store_id)
    stamp = at if at is not None else int(time.time())
    mac = hmac.new((secret or known.signing_secret).encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Storefront-Signature": f"t={stamp},v1={mac}"}


def send(doors: Doors, body: bytes, headers: dict[str, str], path: str = PATH, kind: str = "application/json"):
    return doors.post(path, data=body, content_type=kind, headers=headers)


def test_a_signed_approval_is_kept_once(doors):
    body = body_of()
    for _ in range(3):
        assert send(doors, body, signature(doors, body)).status_code == 202
    (event,) = news(doors)
    assert (event.topic, event.object_type, event.object_id) == ("content.approved", "node", "2005")
    assert event.detail == {"event": "content.approved", "node_id": "2005", "version": "3"}


def test_without_an_event_id_node_version_and_event_tell_repetitions(doors):
    for version in (3, 3, "3", 4):
        body = body_of(event_id="", version=version)
        assert send(doors, body, signature(doors, body)).status_code == 202
    assert len(news(doors)) == 2


def test_a_form_and_the_static_key_are_taken_too(doors):
    known = callbacks.content_secrets(doors.house.deps, doors.house.store_id)
    assert known.url == f"http://app.test{PATH}"
    answer = send(
        doors,
        b"event=content.approved&node_id=7",
        {"X-Storefront-Key": known.key},
        kind="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 202
    assert news(doors)[0].object_id == "7"


def test_what_is_not_about_an_approval_is_kept_as_ignored(doors):
    body = body_of(event="record.finalized")
    assert send(doors, body, signature(doors, body)).status_code == 202
    doors.house.drain()
    assert (news(doors)[0].topic, news(doors)[0].state) == ("ignored", "ignored")


def test_wrong_proofs_are_refused_alike(doors):
    body = body_of()
    good = signature(doors, body)["X-Storefront-Signature"]
    wrong = [
        {}, {"X-Storefront-Key": "wrong"}, {"X-Storefront-Key": "é"}, {"X-Storefront-Signature": "t=1,v1=00"},
        {"X-Storefront-Signature": good.upper()}, {"X-Storefront-Signature": good + ",v1=" + "0" * 64},
        signature(doors, body, at=int(time.time()) - 360), signature(doors, body, at=int(time.time()) + 360),
        signature(doors, body, secret="other"), signature(doors, body + b" "),
    ]  # fmt: skip
    with doors.nothing_leaks() as tried:
        for headers in wrong:
            assert tried.add(send(doors, body, headers), 401).json == {"error": "invalid_token"}
        for tenant in ("bigcommerce-nobody", "shopify-demostore1", "bigcommerce-", "x", "bigcommerce-demostore1%0a"):
            headers = signature(doors, body)
            tried.add(send(doors, body, headers, f"/callbacks/content-server/{tenant}"), 400, 401)


def test_another_stores_secrets_do_not_open_this_stores_door(two_stores):
    rival = callbacks.content_secrets(two_stores.house.deps, two_stores.house.installed[1])
    body = body_of()
    with two_stores.nothing_leaks() as tried:
        tried.add(send(two_stores, body, signature(two_stores, body, secret=rival.signing_secret)), 401)
        tried.add(send(two_stores, body, {"X-Storefront-Key": rival.key}), 401)


def test_an_uninstalled_stores_door_is_shut(doors):
    body = body_of()
    headers = signature(doors, body)
    with unit_of_work(doors.house.deps.database) as uow:
        uow.session.get_one(StoreRow, doors.house.store_id).state = "uninstalled"
    with doors.nothing_leaks() as tried:
        tried.add(send(doors, body, headers), 401)


NONSENSE: list[tuple[dict[str, Any], str]] = [
    ({"node_id": 0}, "node_id"), ({"node_id": "../5"}, "node_id"), ({"node_id": True}, "node_id"),
    ({"node_id": 1.5}, "node_id"), ({"node_id": 10**19}, "node_id"), ({"event": "x"}, "event"),
    ({"event": "content.approved\n"}, "event"), ({"version": -1}, "version"), ({"event_id": "a b"}, "event_id"),
    ({"event_id": "x" * 101}, "event_id"),
]  # fmt: skip


def test_signed_nonsense_is_refused_by_field(doors):
    with doors.nothing_leaks() as tried:
        for changes, field in NONSENSE:
            body = body_of(**changes)
            assert tried.add(send(doors, body, signature(doors, body)), 422).json["fields"] == [field], changes
