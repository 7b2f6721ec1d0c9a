"""One shop of the stand-in, and the true parts that speak to it: token door, kept token, client."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.db.session import Database, connect, reading, unit_of_work
from app.db.stores import StoreRow
from app.db.tables import metadata
from app.domain.ids import Provider, store_id
from app.engine.installs import token_place
from app.engine.store_tokens import KeptToken
from app.engine.vault import Vault
from app.outbound import Outbound
from app.settings import Settings, ShopifySettings
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.tokens import ShopAccess, ShopToken, TokenDoor
from sandbox import credentials
from sandbox.kernel.faults import FaultRule
from sandbox.stage import Stage
from tests.house import a_settings

SHOP = credentials.SHOPIFY_SHOP
STORE = store_id(Provider.SHOPIFY, SHOP)


class Bench:
    """`waits` are the seconds the client waited; the world's clock went on meanwhile."""

    def __init__(self, url: str) -> None:
        self.stage = Stage.in_process()
        self.admin = self.stage.shopify_admin
        self.admin.install(SHOP)
        self.settings: Settings = a_settings(url)
        self.outbound = Outbound(self.settings, self.stage.transport)
        self.database: Database = connect(url)
        self.vault = Vault(self.settings)
        self.waits: list[float] = []
        metadata.drop_all(self.database.engine)
        metadata.create_all(self.database.engine)

    def now(self):
        return self.stage.world.clock.now()

    def pass_time(self, **by: float) -> None:
        self.stage.world.clock.advance(timedelta(**by))

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.pass_time(seconds=seconds)

    def secrets(self, new: str, former: str = "") -> None:
        """The operator's settings after a rotation."""
        own = ShopifySettings(client_id=credentials.SHOPIFY_CLIENT_ID, client_secret=new, previous_client_secret=former)
        self.settings = self.settings.model_copy(update={"shopify": own})

    @property
    def door(self) -> TokenDoor:
        return TokenDoor(self.settings, self.outbound, self.now)

    def install(self) -> ShopToken:
        """As at the first visit: the person's token exchanged, the app's own kept."""
        token = self.door.exchange(SHOP, self.admin.id_token(SHOP))
        with unit_of_work(self.database) as uow:
            row = uow.session.get(StoreRow, STORE) or StoreRow(id=STORE, provider="shopify")
            row.token = self.vault.encrypt(token.sealed().encode(), token_place(STORE))
            uow.session.add(row)
        return token

    @property
    def keeper(self) -> KeptToken:
        return KeptToken(self.database, self.vault, STORE, longest_call=40.0)

    def kept(self) -> ShopToken:
        return ShopToken.opened(self.keeper.load())

    def row(self) -> StoreRow:
        with reading(self.database) as session:
            return session.get_one(StoreRow, STORE)

    def access(self) -> ShopAccess:
        """A process's own view of the token."""
        return ShopAccess(SHOP, self.keeper.load(), self.keeper, self.door, self.now)

    def client(self, access: ShopAccess | None = None, **kw: Any) -> ShopifyClient:
        base = self.now()
        monotonic: Callable[[], float] = lambda: (self.now() - base).total_seconds()  # noqa: E731
        own = {"monotonic": monotonic, "pause": self.pause} | kw
        return ShopifyClient(self.settings, self.outbound, SHOP, access or self.access(), **own)

    def fault(self, path: str, kind: str = "status", **values: Any) -> None:
        self.stage.world.faults.add(FaultRule(system="shopify", path=path, kind=kind, **values))

    def refreshes(self) -> int:
        """How many refresh tokens Shopify has given out after the first."""
        return sum(1 for one in self.stage.shopify.state.refresh.values() if one.replaces)


TOKENS = "*/access_token"
GRAPHQL = "*/graphql.json"


@pytest.fixture
def bench(sqlite_url: str) -> Iterator[Bench]:
    made = Bench(sqlite_url)
    yield made
    made.outbound.close()
    made.database.dispose()


@pytest.fixture
def any_bench(database_url: str) -> Iterator[Bench]:
    """On both databases."""
    made = Bench(database_url)
    yield made
    made.outbound.close()
    made.database.dispose()
