"""Periodic work, each thing once however many dispatchers run: a lease row says who, and when next."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from app.db import approvers, communications
from app.db.inbox import InboxEvent
from app.db.links import WorkspaceLink
from app.db.publications import ApprovalRow, Publication
from app.db.runs import Singleton
from app.db.session import database_time, reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow, UsedToken, WebSession, installed
from app.db.types import new_id, utc_now
from app.domain.events import Source, Topic
from app.domain.ids import NodeId, ObjectType, StoreId, external_store_id
from app.domain.publication import PublicationState
from app.engine import attempts, circuits, queue, server_names, silent_stores, timers, uploads
from app.engine.deps import Deps
from app.engine.inbox import Intake, NewEvent
from app.errors import AppError

log = structlog.get_logger(__name__)
TURN_SECONDS = 120.0  # how long one sweep may hold its turn
TIMERS_EVERY = 15.0


@dataclass(frozen=True)
class Sweep:
    """A named periodic thing."""

    name: str
    every: Callable[[Deps], float]
    run: Callable[[Deps], None]


def tick(deps: Deps, owner: str) -> None:
    """One round: free lost leases, ring when something is due, run the sweeps whose time has come."""
    queue.release_expired_lanes(deps.database)
    with reading(deps.database) as session:
        due = bool(queue.waiting(session))
    if due:
        deps.doorbell.clear()  # the flag may be left over from a job that was lost
        deps.doorbell.ring()
    for sweep in SWEEPS:
        if _take_turn(deps, sweep, owner):
            _run(deps, sweep)


def _take_turn(deps: Deps, sweep: Sweep, owner: str) -> bool:
    with unit_of_work(deps.database) as uow:
        session = uow.session
        now = database_time(session)
        if session.get(Singleton, sweep.name) is None:
            session.add(Singleton(name=sweep.name))
            session.flush()
        free = (col(Singleton.name) == sweep.name, col(Singleton.next_at) <= now, col(Singleton.until) <= now)
        taken = session.execute(
            update(Singleton).where(*free).values(owner=owner, until=now + TURN_SECONDS, fence=Singleton.fence + 1)
        )
        return bool(taken.rowcount)  # type: ignore[attr-defined]


def _run(deps: Deps, sweep: Sweep) -> None:
    started = time.monotonic()
    try:
        with circuits.background():
            sweep.run(deps)
    except AppError as error:
        log.warning("sweep_failed", sweep=sweep.name, code=error.specific_code)
    finally:
        with unit_of_work(deps.database) as uow:
            row = uow.session.get_one(Singleton, sweep.name)
            row.until, row.next_at = 0.0, database_time(uow.session) + sweep.every(deps)
    log.debug("sweep_done", sweep=sweep.name, took_ms=round((time.monotonic() - started) * 1000))


def _ask_every_store(request: str) -> Callable[[Deps], None]:
    """A sweep that is work for the workers: one event per store and window."""

    def run(deps: Deps) -> None:
        with reading(deps.database) as session:
            stores = [StoreId(row.id) for row in installed(session) if row.state == "installed"]
        intake = Intake(deps.database, deps.vault, deps.doorbell.ring)
        for store_id in stores:
            intake.accept(
                NewEvent(store_id, Source.CLOCK, f"{request}:{new_id()}", Topic.REQUESTED, ObjectType.STORE.value,
                         external_store_id(store_id), {"request": request})
            )  # fmt: skip

    return run


def _poll_approvals(deps: Deps) -> None:
    """Find approvals no callback told us, in the workspaces of everything but orders, which are too many."""
    with reading(deps.database) as session:
        links = session.execute(
            select(WorkspaceLink)
            .join(OpenTextConnection, col(OpenTextConnection.store_id) == WorkspaceLink.store_id)
            .join(StoreRow, col(StoreRow.id) == WorkspaceLink.store_id)
            .where(
                col(WorkspaceLink.object_type) != ObjectType.ORDER.value,
                col(OpenTextConnection.state) == "connected",
                col(StoreRow.state) == "installed",
            )
        ).scalars()
        found = list(links)
    for link in found:
        try:
            _poll_workspace(deps, link)
        except AppError as error:
            log.info("approval_poll_failed", store_id=link.store_id, code=error.specific_code)


def _poll_workspace(deps: Deps, link: WorkspaceLink) -> None:
    store_id = StoreId(link.store_id)
    intake = Intake(deps.database, deps.vault, deps.doorbell.ring)
    for document, approval in deps.opentext(store_id).approvals.approved_documents(NodeId(link.workspace_id)):
        if not _is_known(deps, link, document.id, approval.version or 0):
            key = f"poll:{document.id}:{approval.version}"
            detail = {"node_id": str(document.id), "version": str(approval.version)}
            intake.accept(
                NewEvent(store_id, Source.RECONCILE, key, Topic.CONTENT_APPROVED, "node", str(document.id), detail)
            )


def _is_known(deps: Deps, link: WorkspaceLink, node_id: NodeId, version: int) -> bool:
    """Published, or kept as an approval; what led to neither is told again under the same key, which is harmless."""
    with reading(deps.database) as session:
        return any(
            session.execute(
                select(col(table.id)).where(
                    col(table.store_id) == link.store_id, col(table.node_id) == node_id, col(table.version) == version
                )
            ).first()
            for table in (Publication, ApprovalRow)
        )


def _check_drift(deps: Deps) -> None:
    """Ask for a fresh look at everything with something live; the worker compares."""
    with reading(deps.database) as session:
        live = session.execute(
            select(col(Publication.store_id), col(Publication.object_type), col(Publication.object_id))
            .where(col(Publication.state) == PublicationState.LIVE.value)
            .distinct()
        ).all()
    intake = Intake(deps.database, deps.vault, deps.doorbell.ring)
    for row in live:
        intake.accept(
            NewEvent(
                StoreId(row.store_id),
                Source.CLOCK,
                f"drift:{new_id()}",
                Topic.REQUESTED,
                row.object_type,
                row.object_id,
                {"request": "look"},
            )
        )


def _clean(deps: Deps) -> None:
    """Raw bodies after their retention, used-up sign-ins after their life, clock events after a day."""
    periods = deps.settings.periods
    with unit_of_work(deps.database) as uow:
        session = uow.session
        old = utc_now() - periods.raw_retention
        session.execute(
            update(InboxEvent)
            .where(col(InboxEvent.raw).is_not(None), col(InboxEvent.received_at) < old,
                   col(InboxEvent.state).in_(("done", "ignored", "cancelled")))
            .values(raw=None)
        )  # fmt: skip
        communications.forget_contents(session, old)
        session.execute(delete(UsedToken).where(col(UsedToken.expires_at) < utc_now()))
        session.execute(delete(WebSession).where(col(WebSession.created_at) < utc_now() - periods.session_absolute))
        approvers.forget_old(session, utc_now() - periods.session_absolute)
        attempts.forget_old(session)
        _forget_ticks(session)


def _forget_ticks(session: Session) -> None:
    session.execute(
        delete(InboxEvent).where(
            col(InboxEvent.source) == Source.CLOCK.value,
            col(InboxEvent.state).in_(("done", "ignored")),
            col(InboxEvent.received_at) < utc_now() - timedelta(days=1),
        )
    )


SWEEPS = (
    Sweep("reconcile", lambda deps: deps.settings.periods.reconcile.total_seconds(), _ask_every_store("reconcile")),
    Sweep(
        "subscriptions",
        lambda deps: deps.settings.periods.subscription_check.total_seconds(),
        _ask_every_store("check_set_up"),
    ),
    Sweep("names", lambda _deps: 86400.0, _ask_every_store(server_names.REQUEST)),
    Sweep("approvals", lambda deps: deps.settings.periods.approval_poll.total_seconds(), _poll_approvals),
    Sweep("timers", lambda _deps: TIMERS_EVERY, timers.sweep),
    Sweep("silent_stores", lambda _deps: silent_stores.EVERY, silent_stores.sweep),
    Sweep("uploads", lambda _deps: 60.0, uploads.sweep),
    Sweep("drift", lambda deps: deps.settings.periods.drift_check.total_seconds(), _check_drift),
    Sweep("cleaning", lambda _deps: 3600.0, _clean),
)
