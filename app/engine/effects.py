"""The outgoing ledger: intended before the call, confirmed after, never twice.

An effect whose outcome is unknown (we crashed, the connection broke) is looked for on the other side before it is
repeated. Results hold ids and digests only.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from app.db.runs import Effect
from app.db.session import Database, reading, unit_of_work
from app.db.types import utc_now
from app.engine import queue

Result = dict[str, Any]


class Effects:
    """The ledger as one claim uses it."""

    def __init__(self, database: Database, claim: queue.Claim) -> None:
        self._database, self._claim = database, claim

    def once(
        self,
        key: str,
        act: Callable[[], Result],
        *,
        look_up: Callable[[], Result | None] | None = None,
        request: Any = None,
    ) -> Result:
        """Do `act` unless the ledger, or the other side (`look_up`), says it happened. Returns its result.

        `act` must itself be safe to repeat where there is no `look_up` (absolute values, find-or-create).
        """
        known, was_intended = self._intend(key, request)
        if known is not None:
            return known
        if was_intended and look_up is not None:
            found = look_up()
            if found is not None:
                return self._confirm(key, found)
        self.still_mine()
        return self._confirm(key, act())

    def still_mine(self) -> None:
        """Raises LostLease when another worker has taken this work: then not one more outside write."""
        with reading(self._database) as session:
            queue.assert_mine(session, self._claim)

    def _intend(self, key: str, request: Any) -> tuple[Result | None, bool]:
        """(result when confirmed before, whether it was already intended before)."""
        full = self._full(key)
        with reading(self._database) as session:
            known = session.get(Effect, full)
        if known is not None and known.state == "confirmed":
            return known.result, True
        with unit_of_work(self._database) as uow:
            queue.assert_mine(uow.session, self._claim)
            self._write_intention(uow.session, full, request)
        return None, known is not None

    def _write_intention(self, session: Session, full: str, request: Any) -> None:
        row = session.get(Effect, full)
        if row is None:
            row = Effect(effect_key=full, store_id=self._claim.store_id)
        row.fence = self._claim.fence
        row.request_sha256 = _digest(request) if request is not None else ""
        session.add(row)

    def _confirm(self, key: str, result: Result) -> Result:
        with unit_of_work(self._database) as uow:
            row = uow.session.get_one(Effect, self._full(key))
            row.state, row.result, row.confirmed_at = "confirmed", result, utc_now()
            uow.session.add(row)
        return result

    def _full(self, key: str) -> str:
        return f"{self._claim.store_id}:{key}"


def _digest(request: Any) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
