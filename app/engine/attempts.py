"""Guessing is made slow: so many failures for one caller, then nothing is even looked at until the period is over."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from app.db.attempts import FailedTries
from app.db.session import Database, reading, unit_of_work
from app.db.types import utc_now
from app.engine.vault import sha256_hex
from app.errors import Rejected


class Attempts:
    """The failures of one door. Counted in the database: the number holds for all processes together."""

    def __init__(self, database: Database, door: str, *, most: int, period: timedelta) -> None:
        self._database, self._door, self._most, self._period = database, door, most, period

    def check(self, caller: str) -> None:
        """Raises Rejected (429) while the caller has failed too often."""
        with reading(self._database) as session:
            row = session.get(FailedTries, self._key(caller))
        if row is None or row.count < self._most:
            return
        wait = (row.until - utc_now()).total_seconds()
        if wait > 0:
            raise Rejected("Too many failed tries.", status=429, code="too_many_tries", retry_after=wait)

    def failed(self, caller: str) -> None:
        """Count one failure; the period starts with the first."""
        key, now = self._key(caller), utc_now()
        with unit_of_work(self._database) as uow:
            row = uow.session.get(FailedTries, key, with_for_update=True)
            if row is None:
                try:
                    with uow.session.begin_nested():
                        uow.session.add(FailedTries(key=key, count=1, until=now + self._period))
                    return
                except IntegrityError:  # the same caller failed elsewhere in this moment
                    row = uow.session.get_one(FailedTries, key, with_for_update=True)
            if row.until <= now:
                row.count, row.until = 0, now + self._period
            row.count += 1
            uow.session.add(row)

    def _key(self, caller: str) -> str:
        return sha256_hex(f"{self._door}|{caller}")


def forget_old(session: Session) -> None:
    """Forget failures that no longer count, in the caller's transaction."""
    session.execute(delete(FailedTries).where(col(FailedTries.until) < utc_now()))
