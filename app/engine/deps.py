"""What the engine is given: settings, database, the ways out. Built by wiring: nothing here names a concrete store."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from app.db.session import Database
from app.domain.ids import Provider, StoreId
from app.engine.behind import Behind
from app.engine.inbox import Intake
from app.engine.vault import Vault
from app.opentext import OpenText
from app.opentext.check import PARTS, CheckStep
from app.opentext.connection import Connection
from app.opentext.provisioning import Site
from app.settings import Settings
from app.stores.port import EmbeddedDoor, Store, StoreDoor


class Doorbell(Protocol):
    """Wakes a worker up. Never raises: what it cannot tell, the dispatcher's next look finds."""

    def ring(self) -> None: ...

    def clear(self) -> None:
        """Somebody is about to look for the last time: what comes after rings anew."""
        ...


class ConnectionTest(Protocol):
    """Tries parts of a connection, all of them unless some are named; saves nothing."""

    def __call__(self, connection: Connection, parts: Collection[str] = PARTS) -> list[CheckStep]: ...


@dataclass
class Deps:
    """One per process. `store` and `opentext` give kept clients and raise NeedsReauth where a person must act first."""

    settings: Settings
    database: Database
    vault: Vault
    doorbell: Doorbell
    door: Callable[[Provider], StoreDoor]
    embedded: Mapping[Provider, EmbeddedDoor]  # of those whose admin proves its people in every request
    store: Callable[[StoreId], Store]
    opentext: Callable[[StoreId], OpenText]
    check_opentext: ConnectionTest
    site: Callable[[Connection, Connection | None], Site]  # of a connection; the second has other credentials
    close: Callable[[], None] = field(default=lambda: None)

    @cached_property
    def intake(self) -> Intake:
        """The one intake of this process: on SQLite its writer thread is the only one that writes deliveries."""
        return Intake(self.database, self.vault, self.doorbell.ring)

    @cached_property
    def behind(self) -> Behind:
        """What pages of this process ask OpenText without waiting for it."""
        return Behind(self.settings.periods.page_moment)

    def end_intake(self) -> None:
        """End the intake's writer, where one was ever needed."""
        if "intake" in vars(self):
            self.intake.close()
