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
from app.db.panel_facts import DocumentFacts, PanelRows, RunFacts
from app.db.runs import Run
from app.db.session import unit_of_work
from app.domain import audit_chain
from app.domain.ids import StoreId
from app.domain.rights import Look, Sight
from app.engine import by_hand, panel_files, panel_holds, rights
from app.engine.by_hand import Click, Written
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.engine.vault import sha256_hex
from app.errors import NotFound
from app.scenarios.by_hand import APPLY_HOLD, RELEASE_HOLD

HOLDS = (APPLY_HOLD.slug, RELEASE_HOLD.slug)
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
    scenario = RELEASE_HOLD if wish.is_release else APPLY_HOLD
    facts = {
        "hold_name": wish.name, "hold_reason": wish.reason, "document": known.id,
        "hold_whole": "yes" if wish.whole else "",
    }  # fmt: skip
    click = Click(wish.key, wish.correlation_id, "release_hold" if wish.is_release else "hold")
    with unit_of_work(deps.database) as uow:
        lane = f"hold/{sha256_hex(wish.name)[:16]}"
        written = by_hand.begin(deps, uow, who, rows, click, scenario, facts, lane=lane, at_once=True)
        if written.is_new:
            audit.record(
                uow.session, who.store_id, f"user:{who.user_id}", "hold.asked", f"node:{_node(rows, known, wish)}",
                do="release" if wish.is_release else "apply", name=audit_chain.said(wish.name),
                reason=audit_chain.said(wish.reason), about=f"{rows.object_type}:{rows.object_id}", run=written.run_id,
            )  # fmt: skip
        return written


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


def _node(rows: PanelRows, known: DocumentFacts, wish: Wish) -> int:
    return rows.link.node_id if wish.whole and rows.link else known.node_id


def open_ones(session: Session, store_id: StoreId, object_type: str, object_id: str) -> tuple[Open, ...]:
    """What was asked for about an object and has not come to its end, oldest first."""
    return tuple(_open(run) for run in panel.open_runs(session, store_id, object_type, object_id, HOLDS))


def _open(run: RunFacts) -> Open:
    told = {name: str(value) for name, value in run.facts.items()}
    return Open(
        run, told.get("hold_name", ""), told.get("hold_reason", ""), run.scenario == RELEASE_HOLD.slug,
        told.get("hold_whole", "") == "yes", told.get("document", ""), run.event.person if run.event else "",
        told.get(by_hand.BY, ""), run.started_at,
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
        col(Run.subject_id) == own.subject_id, col(Run.scenario).in_(HOLDS), col(Run.state).not_in(OVER),
        col(Run.facts)["hold_name"].as_string() == name, before,
    )  # fmt: skip
    return session.execute(statement.limit(1)).first() is not None
