"""A store's life with the app: installed, authorised again, uninstalled, a person removed.

What must be told to nobody else is written in one transaction with the event that starts the rest: the set-up
work of an installation is queued, never done in the merchant's request.
"""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.db import audit, stores
from app.db.inbox import InboxEvent
from app.db.runs import Run, StepRow, Work
from app.db.session import unit_of_work
from app.db.stores import StoreRow
from app.db.types import new_id, utc_now
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType, Provider, StoreId, external_store_id, store_id
from app.engine import queue, sessions
from app.engine.deps import Deps
from app.engine.sessions import WHOLE_SECOND, Role
from app.errors import Rejected
from app.stores.port import Installed, SignedIn

log = structlog.get_logger(__name__)
OPEN_RUNS = ("running", "waiting", "waiting_reauth", "quarantined")


def token_place(store: StoreId) -> str:
    """Where a store's token belongs (the vault's associated data)."""
    return f"store:token:{store}"


def complete(deps: Deps, provider: Provider, installed: Installed, correlation_id: str) -> StoreId:
    """Keep the token of a finished installation and queue the set-up. A known store is taken up again.

    A re-authorisation of an installed store replaces the token and wakes what waited for it; after an uninstall
    nothing that was cancelled comes back by itself.
    """
    store = store_id(provider, installed.external_id)
    with unit_of_work(deps.database) as uow:
        row = _row(uow.session, store, provider)
        was = row.state
        row.token = deps.vault.encrypt(installed.token.encode(), token_place(store))
        row.scopes, row.owner_email = " ".join(sorted(installed.granted)), installed.owner_email
        row.state, row.pause_reason, row.uninstalled_at, row.setup_state = "installed", "", None, "pending"
        if was in ("new", "uninstalled"):
            row.installed_at = utc_now()
        uow.session.add(row)
        action = "reauthorised" if was in ("installed", "needs_reauth") else "installed"
        audit.record(uow.session, store, f"store_user:{installed.user_id}", action, store)
        queue.unpark_store(uow.session, store, provider.value)
        _add_event(uow.session, store, Topic.APP_INSTALLED, installed.user_id, correlation_id)
        uow.after_commit(deps.doorbell.ring)
    log.info("store_installed", store_id=store, was=was)
    return store


def _row(session: Session, store: StoreId, provider: Provider) -> StoreRow:
    """The store's row, locked; a new one has the state "new" until it is filled."""
    row = session.get(StoreRow, store, with_for_update=True)
    if row is not None:
        return row
    row = StoreRow(id=store, provider=provider.value, state="new")
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # installed twice in the same moment
        return session.get_one(StoreRow, store, with_for_update=True)
    return row


def _add_event(session: Session, store: StoreId, topic: Topic, user: str, correlation_id: str) -> None:
    """Somebody's click, not a delivery: nothing outside waits for its acknowledgement."""
    event = InboxEvent(
        store_id=store, source=Source.PERSON.value, delivery_key=f"{topic.value}:{new_id()}", topic=topic.value,
        object_type=ObjectType.STORE.value, object_id=external_store_id(store), correlation_id=correlation_id,
        detail={"user": f"store_user:{user}", "request": topic.value},
    )  # fmt: skip
    session.add(event)


def uninstall(deps: Deps, provider: Provider, signed: SignedIn, correlation_id: str) -> bool:
    """Forget the token, end every session, cancel what is under way; audit and records stay.

    False when the request was signed before the present installation: it has no effect. Raises Rejected (401) for
    an unknown store, a person who may not uninstall, a request that was used before.
    """
    store = store_id(provider, signed.external_id)
    with unit_of_work(deps.database) as uow:
        row = _known(uow.session, store)
        if not signed.is_owner and not _is_owner_here(uow.session, store, signed.user_id):
            raise Rejected("Only an owner may uninstall.", status=401, code="not_an_owner")
        sessions.use_once(uow.session, provider, signed)
        if row.state == "uninstalled" or signed.issued_at + WHOLE_SECOND <= row.installed_at:
            log.info("uninstall_ignored", store_id=store, state=row.state)
            return False
        cancelled = forget(uow.session, row, f"store_user:{signed.user_id}")
        _add_event(uow.session, store, Topic.APP_UNINSTALLED, signed.user_id, correlation_id)
        uow.after_commit(deps.doorbell.ring)
    log.info("store_uninstalled", store_id=store, cancelled_runs=cancelled)
    return True


def forget(session: Session, row: StoreRow, actor: str) -> int:
    """The app is gone: no token, no session, no open run. In the caller's transaction; returns the runs cancelled."""
    store = StoreId(row.id)
    row.state, row.token, row.uninstalled_at = "uninstalled", None, utc_now()
    row.silence_told_for = None  # whoever comes back is not told of a silence that was none
    session.add(row)
    sessions.end_for_store(session, store)
    cancelled = _cancel_runs(session, store, row.uninstalled_at)
    audit.record(session, store, actor, "uninstalled", store, cancelled_runs=cancelled)
    return cancelled


def _known(session: Session, store: StoreId) -> StoreRow:
    row = session.get(StoreRow, store, with_for_update=True)
    if row is None:
        raise Rejected("This store is not installed.", status=401, code="store_not_installed")
    return row


def _is_owner_here(session: Session, store: StoreId, external_user_id: str) -> bool:
    person = stores.user(session, store, external_user_id)
    return person is not None and person.is_active and person.role == Role.OWNER


def _cancel_runs(session: Session, store: StoreId, now: datetime) -> int:
    """End every open run. A worker in the middle of one finds its lease gone before its next effect."""
    session.execute(delete(Work).where(col(Work.store_id) == store, col(Work.kind) == "run"))
    open_steps = col(StepRow.status).not_in(("done", "skipped", "cancelled"))
    steps: Any = update(StepRow).where(col(StepRow.store_id) == store, open_steps)
    session.execute(steps.values(status="cancelled", next_attempt_at=None, ended_at=now))
    runs: Any = update(Run).where(col(Run.store_id) == store, col(Run.state).in_(OPEN_RUNS))
    ended: Any = session.execute(runs.values(state="cancelled", ended_at=now, changed_at=now))
    return int(ended.rowcount)


def remove_user(deps: Deps, provider: Provider, signed: SignedIn) -> bool:
    """A person lost access in the store: every session ends now. False when we never saw that person.

    The signed request names the removed person as its user; an owner cannot be removed this way.
    """
    store = store_id(provider, signed.external_id)
    if signed.is_owner:
        raise Rejected("The owner cannot be removed.", status=401, code="owner_stays")
    with unit_of_work(deps.database) as uow:
        _known(uow.session, store)
        sessions.use_once(uow.session, provider, signed)
        person = stores.user(uow.session, store, signed.user_id)
        if person is None:
            return False
        person.is_active, person.last_seen_at = False, utc_now()
        uow.session.add(person)
        sessions.end_for_user(uow.session, person.id)
        audit.record(uow.session, store, "store", "user.removed", f"user:{person.id}")
    return True
