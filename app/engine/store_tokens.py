"""Where a store's token lies for those whose tokens are renewed: encrypted in its row, changed by one at a time.

The lease outlives the longest call, so its holder cannot be overtaken; what a crash leaves behind ends by itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.db.session import Database, database_time, reading, unit_of_work
from app.db.store_tokens import TokenLease
from app.db.stores import StoreRow
from app.db.types import new_id
from app.domain.ids import StoreId
from app.engine.installs import token_place
from app.engine.vault import Vault
from app.errors import NeedsReauth, Retryable

log = structlog.get_logger(__name__)
BEYOND_A_CALL = 20.0  # seconds a lease is longer than a call may take
LOOK_EVERY = 0.05  # seconds


class KeptToken:
    """TokenKeeper of one store. `longest_call`: seconds."""

    def __init__(
        self, database: Database, vault: Vault, store: StoreId, *, longest_call: float,
        monotonic: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._database, self._vault, self._store = database, vault, store
        self._lease = longest_call + BEYOND_A_CALL
        self._monotonic, self._pause = monotonic, pause

    def load(self) -> str:
        with reading(self._database) as session:
            return self._opened(session.get(StoreRow, self._store))

    def replace(self, former: str, token: str, scopes: frozenset[str]) -> bool:
        with unit_of_work(self._database) as uow:
            row = uow.session.get(StoreRow, self._store, with_for_update=True)
            if self._opened(row) != former or row is None:
                return False
            row.token = self._vault.encrypt(token.encode(), token_place(self._store))
            row.scopes = " ".join(sorted(scopes))
            uow.session.add(row)
        log.info("token_renewed", store_id=self._store)
        return True

    @contextmanager
    def holding(self) -> Iterator[None]:
        holder = new_id()
        until = self._monotonic() + self._lease
        while not self._take(holder):
            if self._monotonic() > until:
                raise Retryable("The store's access is being renewed.", code="token_busy")
            self._pause(LOOK_EVERY)
        try:
            yield
        finally:
            self._leave(holder)

    def _take(self, holder: str) -> bool:
        with unit_of_work(self._database) as uow:
            now = database_time(uow.session)
            free: Any = update(TokenLease).where(col(TokenLease.store_id) == self._store, col(TokenLease.until) <= now)
            if uow.session.execute(free.values(holder=holder, until=now + self._lease)).rowcount:  # type: ignore[attr-defined]
                return True
            if uow.session.get(TokenLease, self._store) is not None:
                return False
            try:
                with uow.session.begin_nested():
                    uow.session.add(TokenLease(store_id=self._store, holder=holder, until=now + self._lease))
            except IntegrityError:  # somebody else made the row in the same moment
                return False
        return True

    def _leave(self, holder: str) -> None:
        with unit_of_work(self._database) as uow:
            mine = (col(TokenLease.store_id) == self._store, col(TokenLease.holder) == holder)
            uow.session.execute(update(TokenLease).where(*mine).values(until=0.0))

    def _opened(self, row: StoreRow | None) -> str:
        if row is None or row.state == "uninstalled" or row.token is None:
            upstream = self._store.partition(":")[0]
            raise NeedsReauth("The app is not installed in this store.", upstream=upstream, code="not_installed")
        return self._vault.decrypt(row.token, token_place(self._store)).decode()
