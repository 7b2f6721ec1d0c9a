"""What a person has entered in the set-up so far, so that it can be left and taken up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, select
from sqlmodel import JSON, Field, Session, SQLModel, col

from app.db.links import FiledDocument, SubjectSnapshot, WorkspaceLink
from app.db.runs import Run, StepRow
from app.db.stores import OpenTextConnection
from app.db.types import UtcDateTime, utc_now

RECENT = 8  # orders offered


class SetupDraft(SQLModel, table=True):
    """One per store. `values`: fields by name, no secrets. `checks`: part → when it was tried and its steps.

    `secrets` is one encrypted JSON: field → the secret, and what it was entered for.
    """

    __tablename__ = "setup_draft"
    store_id: str = Field(foreign_key="store.id", primary_key=True)
    values: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    secrets: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    checks: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    first_order: str = ""  # on which the first document is put
    first_state: str = ""  # asked | chosen | no_orders | switched_off | gone
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class Standing:
    """How far a store's set-up is, by what is there: not by what was clicked."""

    is_connected: bool
    has_models: bool
    has_document: bool
    draft: SetupDraft | None


@dataclass(frozen=True)
class FirstRun:
    """The run that puts the first document: its state, and its steps in order."""

    id: str
    state: str
    steps: tuple[StepRow, ...]


def standing(session: Session, store_id: str) -> Standing:
    """In four small reads."""
    connection = session.get(OpenTextConnection, store_id)
    document = (
        select(col(FiledDocument.id))
        .join(WorkspaceLink, col(WorkspaceLink.id) == col(FiledDocument.link_id))
        .where(
            col(FiledDocument.store_id) == store_id, col(FiledDocument.filed_by_us),
            col(WorkspaceLink.object_type) == "order",
        )
        .limit(1)
    )  # fmt: skip
    has_document = session.execute(document).first() is not None
    return Standing(
        connection is not None, bool(connection and connection.deployed_models), has_document,
        session.get(SetupDraft, store_id),
    )  # fmt: skip


def recent_orders(session: Session, store_id: str) -> tuple[tuple[str, str], ...]:
    """(number, name) of the orders we heard of last."""
    columns = (col(SubjectSnapshot.object_id), col(SubjectSnapshot.name))
    statement = (
        select(*columns)
        .where(
            col(SubjectSnapshot.store_id) == store_id, col(SubjectSnapshot.object_type) == "order",
            col(SubjectSnapshot.is_gone).is_(False),
        )
        .order_by(col(SubjectSnapshot.seen_at).desc())
        .limit(RECENT)
    )  # fmt: skip
    return tuple((row.object_id, row.name) for row in session.execute(statement))


def first_run(session: Session, store_id: str, scenario: str, order_id: str) -> FirstRun | None:
    """The newest run of the scenario for the order, with its steps in order."""
    statement = (
        select(Run)
        .where(
            col(Run.store_id) == store_id, col(Run.scenario) == scenario, col(Run.subject_type) == "order",
            col(Run.subject_id) == order_id,
        )
        .order_by(col(Run.started_at).desc())
        .limit(1)
    )  # fmt: skip
    run = session.execute(statement).scalar_one_or_none()
    if run is None:
        return None
    steps = select(StepRow).where(col(StepRow.run_id) == run.id).order_by(col(StepRow.seq))
    return FirstRun(run.id, run.state, tuple(session.execute(steps).scalars()))
