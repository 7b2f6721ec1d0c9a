"""What somebody asks for and is done at once where it can be: a run of its own, written down before they are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from app.db import panel
from app.db.inbox import InboxEvent
from app.db.panel_facts import PanelRows
from app.db.runs import Run
from app.db.session import UnitOfWork, reading
from app.domain.events import Event, Source, Topic
from app.domain.ids import lane as lane_of
from app.domain.planning import PlannedRun
from app.domain.rights import Sight
from app.domain.scenario import Scenario
from app.engine import queue, rights, runs, sessions
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.sessions import Merchant
from app.errors import Permanent

BY = "by_user"  # the fact that names who asked


@dataclass(frozen=True)
class Click:
    """One press of a button. `key` tells it from every other: the same one twice is one request."""

    key: str
    correlation_id: str
    request: str


@dataclass(frozen=True)
class Written:
    """A request that is kept. `claim` is ours where it is to be done at once and can be: else a worker does it."""

    run_id: str
    is_new: bool
    claim: queue.Claim | None


def begin(
    deps: Deps, uow: UnitOfWork, who: Merchant, rows: PanelRows, click: Click, scenario: Scenario,
    facts: Mapping[str, str], *, lane: str, at_once: bool = False,
) -> Written:  # fmt: skip
    """The click as an event that is planned already, with its run, in one transaction.

    `lane`: what must not be done at the same time. `at_once`: with the lease of its work, for the caller to do it.
    """
    session = uow.session
    about = (who.store_id, Source.PERSON, click.key, Topic.REQUESTED, rows.object_type, rows.object_id)
    detail = {"request": click.request, "user": f"user:{who.user_id}"}
    new = NewEvent(*about, detail, is_planned=True, correlation_id=click.correlation_id)
    is_new = deps.intake.accept_within(uow, new)
    event_id = session.execute(
        select(col(InboxEvent.id)).where(
            col(InboxEvent.store_id) == who.store_id, col(InboxEvent.source) == Source.PERSON.value,
            col(InboxEvent.delivery_key) == click.key,
        )
    ).scalar_one()  # fmt: skip
    if not is_new:
        known = session.execute(select(col(Run.id)).where(col(Run.event_id) == event_id)).scalar_one()
        return Written(known, False, None)
    event = Event(event_id, who.store_id, Source.PERSON, Topic.REQUESTED, rows.object_type, rows.object_id, detail)
    planned = PlannedRun(scenario, event_id, ("Asked for by a person",), {**facts, BY: who.user_id})
    name = rows.snapshot.name if rows.snapshot else rows.object_id
    own_lane = f"{lane_of(who.store_id, rows.object_type, rows.object_id)}/{lane}"
    run = runs.create(session, event, name, click.correlation_id, planned, lane_name=own_lane)
    assert run is not None  # noqa: S101  # the event is new, and it is the occasion
    session.flush()
    claim = queue.claim_new(session, deps.settings, queue.new_owner(), run.id) if at_once else None
    return Written(run.id, True, claim)


@dataclass(frozen=True)
class Asker:
    """Who asked, as they stand now, what we know of the object, and what they may see of it now."""

    who: Merchant
    rows: PanelRows
    sight: Sight


def asker(context: runs.Context) -> Asker:
    """Asked again when it is done. Raises Permanent where they left the store or may not do such things any more."""
    who = sessions.person(context.deps, context.store_id, str(context.facts.get(BY, "")))
    with reading(context.deps.database) as session:
        rows = panel.read(session, context.store_id, context.subject_type.value, context.subject_id)
    if who is None or rows is None or not who.role.covers(sessions.Role.MANAGER):
        raise not_allowed()
    return Asker(who, rows, rights.sight(context.deps, who, rows))


def not_allowed() -> Permanent:
    return Permanent(
        "Who asked for it may not do this any more.", code="no_access_any_more",
        hint="Let somebody who may do it ask for it, then leave this out.",
    )  # fmt: skip


def signed_out() -> Permanent:
    return Permanent(
        "Who asked for it is signed out of OpenText.", code="signed_out_person",
        hint="Let them sign in to OpenText in the panel, then try again.",
    )  # fmt: skip
