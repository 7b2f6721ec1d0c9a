"""Can this process take requests? The database must answer; Redis may be gone, its work is found by looking."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlmodel import col

from app.db.session import reading
from app.db.stores import StoreRow
from app.engine.admission import Admission
from app.engine.deps import Deps
from app.engine.inbox import CannotStore

# What a database that is away, full, locked or read-only makes of a request; later may work.
UNWELL = (OperationalError, InterfaceError, NoConnection)


@dataclass(frozen=True)
class Readiness:
    """Each part in a word."""

    is_ready: bool
    parts: dict[str, str]


def look(deps: Deps) -> Readiness:
    """Look at every part now."""
    database, room = _database(deps), _room(deps)
    return Readiness(database == room == "ok", {"database": database, "room": room})


def _database(deps: Deps) -> str:
    try:
        with reading(deps.database) as session:
            session.execute(select(col(StoreRow.id)).limit(1)).first()
    except SQLAlchemyError:
        return "no_answer"
    return "ok"


def _room(deps: Deps) -> str:
    try:
        Admission(deps).check()
    except CannotStore as error:
        return error.specific_code
    return "ok"
