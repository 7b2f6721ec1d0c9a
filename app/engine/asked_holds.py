"""Holds that people ask for: written down before they are told so, done as who asked, one after the other, to an end.

Each is a run of its own: while OpenText does not answer it waits and is tried again; what is refused stays on the panel
with its way out. From the moment it is written we treat what it names as held. Rights are asked when somebody asks and
again when it is done. In order per object and hold: who releases after applying ends with it released.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from app.db import audit, panel
from app.db.inbox import InboxEvent
from app.db.panel_facts import DocumentFacts, PanelRows, RunFacts
from app.db.runs import Run
from app.db.session import UnitOfWork, unit_of_work
from app.domain import audit_chain
from app.domain.events import Event, Source, Topic
from app.domain.ids import StoreId, lane
from app.domain.planning import PlannedRun
from app.domain.rights import Look, Sight
from app.engine import panel_files, panel_holds, queue, rights, runs
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.sessions import Merchant
from app.engine.vault import sha256_hex
from app.errors import NotFound
from app.scenarios.by_hand import APPLY_HOLD, BY_HAND, RELEASE_HOLD

OVER = ("done", "cancelled")


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `key` is the click's: the same one twice is one request."""

    document_id: str
    name: str
    reason: str
    key: str
    correlation_id: str
    is_release: bool = False
    whole: bool = False  # the workspace and everything in it


@dataclass(frozen=True)
class Written:
    """A request that is kept. `claim` is ours where it can be done at once: else a worker does it, or did."""

    run_id: str
    claim: queue.Claim | None


@dataclass(frozen=True)
class Open:
    """A request that has not come to its end."""

    run: RunFacts
    name: str
    reason: str
    is_release: bool
    whole: bool
    document_id: str
    by: str
    user_id: str
    at: datetime


def ask(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, wish: Wish) -> Written:
    """Keep it; durable when this returns. Raises NotFound, NoAccess or SignedOut."""
    known = _demand(who, rows, found, wish.document_id)
    with unit_of_work(deps.database) as uow:
        session = uow.session
        event, is_new = _event(deps, uow, who, rows, wish)
        if not is_new:
            again = session.execute(select(col(Run.id)).where(col(Run.event_id) == event.id)).scalar_one()
            return Written(again, None)
        facts = {
            "hold_name": wish.name, "hold_reason": wish.reason, "hold_user": who.user_id, "document": known.id,
            "hold_whole": "yes" if wish.whole else "",
        }  # fmt: skip
        scenario = RELEASE_HOLD if wish.is_release else APPLY_HOLD
        name = rows.snapshot.name if rows.snapshot else rows.object_id
        planned = PlannedRun(scenario, event.id, ("Asked for by a person",), facts)
        of = lane(who.store_id, rows.object_type, rows.object_id) + f"/hold/{sha256_hex(wish.name)[:16]}"
        run = runs.create(session, event, name, wish.correlation_id, planned, lane_name=of)
        assert run is not None  # noqa: S101  # the event is new, and it is the occasion
        audit.record(
            session, who.store_id, f"user:{who.user_id}", "hold.asked", f"node:{_node(rows, known, wish)}",
            do="release" if wish.is_release else "apply", name=audit_chain.said(wish.name),
            reason=audit_chain.said(wish.reason), about=f"{rows.object_type}:{rows.object_id}", run=run.id,
        )  # fmt: skip
        session.flush()
        return Written(run.id, queue.claim_new(session, deps.settings, queue.new_owner(), run.id))


def _demand(who: Merchant, rows: PanelRows, found: Sight, document_id: str) -> DocumentFacts:
    """Where people sign in and OpenText is silent nobody can say what they may: it is kept, and asked when it is done,
    as the person, which OpenText then grants or refuses."""
    if found.look is not Look.SILENT:
        rights.demand(found, panel_holds.may_hold(found))
        return panel_files.document(rows, found, document_id)
    allowed = rows.rights.allowed_for(who.user_email, who.role)
    if not (allowed.records and allowed.upload):
        raise rights.NoAccess(found.contact)
    known = next((one for one in rows.documents if one.id == document_id), None)
    if known is None:
        raise NotFound("There is no such document.")
    return known


def _event(deps: Deps, uow: UnitOfWork, who: Merchant, rows: PanelRows, wish: Wish) -> tuple[Event, bool]:
    """The click as an event of its own, planned already; False where it came before."""
    about = (who.store_id, Source.PERSON, wish.key, Topic.REQUESTED, rows.object_type, rows.object_id)
    detail = {"request": "release_hold" if wish.is_release else "hold", "user": f"user:{who.user_id}"}
    is_new = deps.intake.accept_within(
        uow, NewEvent(*about, detail, is_planned=True, correlation_id=wish.correlation_id)
    )
    row = uow.session.execute(
        select(InboxEvent).where(
            col(InboxEvent.store_id) == who.store_id, col(InboxEvent.source) == Source.PERSON.value,
            col(InboxEvent.delivery_key) == wish.key,
        )
    ).scalar_one()  # fmt: skip
    return Event(row.id, who.store_id, Source.PERSON, Topic.REQUESTED, rows.object_type, rows.object_id, detail), is_new


def _node(rows: PanelRows, known: DocumentFacts, wish: Wish) -> int:
    return rows.link.node_id if wish.whole and rows.link else known.node_id


def open_ones(session: Session, store_id: StoreId, object_type: str, object_id: str) -> tuple[Open, ...]:
    """What was asked for about an object and has not come to its end, oldest first."""
    return tuple(_open(run) for run in panel.open_runs(session, store_id, object_type, object_id, BY_HAND))


def _open(run: RunFacts) -> Open:
    told = {name: str(value) for name, value in run.facts.items()}
    return Open(
        run, told.get("hold_name", ""), told.get("hold_reason", ""), run.scenario == RELEASE_HOLD.slug,
        told.get("hold_whole", "") == "yes", told.get("document", ""), run.event.person if run.event else "",
        told.get("hold_user", ""), run.started_at,
    )  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A hold OpenText does not know yet. We delete nothing it names: the document, or all of the object (`whole`)."""

    object_type: str
    object_id: str
    name: str
    document_id: str
    whole: bool

    def is_about(self, object_type: str, object_id: str, document_id: str) -> bool:
        named = self.whole or self.document_id == document_id
        return named and (self.object_type, self.object_id) == (object_type, object_id)


def waiting(session: Session, store_id: str) -> tuple[Waiting, ...]:
    """Every hold of a store that was asked for and is not in OpenText yet, in one statement."""
    statement = select(Run).where(
        col(Run.store_id) == store_id, col(Run.scenario) == APPLY_HOLD.slug, col(Run.state).not_in(OVER)
    )
    return tuple(
        Waiting(
            run.subject_type, run.subject_id, str(run.facts.get("hold_name", "")), str(run.facts.get("document", "")),
            run.facts.get("hold_whole") == "yes",
        )
        for run in session.execute(statement).scalars()
    )  # fmt: skip


def earlier(session: Session, store_id: StoreId, run_id: str, name: str) -> bool:
    """Whether something asked for before about the same object and hold has not come to its end."""
    own = session.get_one(Run, run_id)
    before = or_(
        col(Run.started_at) < own.started_at, and_(col(Run.started_at) == own.started_at, col(Run.id) < own.id)
    )
    statement = select(col(Run.id)).where(
        col(Run.store_id) == store_id, col(Run.subject_type) == own.subject_type,
        col(Run.subject_id) == own.subject_id, col(Run.scenario).in_(BY_HAND), col(Run.state).not_in(OVER),
        col(Run.facts)["hold_name"].as_string() == name, before,
    )  # fmt: skip
    return session.execute(statement.limit(1)).first() is not None
