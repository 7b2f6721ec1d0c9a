"""The one file that names concrete classes: settings and store rows → clients."""

import threading
from collections.abc import Callable, Collection

import httpx
from sqlalchemy import bindparam, select
from sqlmodel import col

from app.db.session import Database, connect
from app.db.stores import StoreRow
from app.domain.ids import Provider, StoreId, external_store_id, store_id
from app.engine import connections, hook_secrets, redaction
from app.engine.circuits import Circuits
from app.engine.deps import Deps, Doorbell
from app.engine.doorbell import RedisDoorbell
from app.engine.store_tokens import KeptToken
from app.engine.vault import Vault
from app.errors import NeedsReauth
from app.opentext import OpenText, open_text, provisioning
from app.opentext.check import PARTS, CheckStep, check_connection
from app.opentext.connection import Connection
from app.opentext.login import TokenCache
from app.outbound import Outbound
from app.scenarios import CLASSIFICATIONS, TEMPLATES
from app.settings import Settings
from app.stores.bigcommerce import BigCommerceDoor, bigcommerce_store
from app.stores.port import EmbeddedDoor, Store, StoreDoor, TokenKeeper
from app.stores.shopify import ShopifyDoor, shopify_store

MakeStore = Callable[[Settings, Outbound, str, str, TokenKeeper], Store]
STORES: dict[Provider, MakeStore] = {Provider.BIGCOMMERCE: bigcommerce_store, Provider.SHOPIFY: shopify_store}
_ACCESS = select(*map(col, (StoreRow.provider, StoreRow.state, StoreRow.token))).where(
    col(StoreRow.id) == bindparam("store_id")
)


def build(
    settings: Settings,
    *,
    transport: httpx.BaseTransport | None = None,
    doorbell: Doorbell | None = None,
    database: Database | None = None,
) -> Deps:
    """One process's dependencies. `transport`, `doorbell` and `database` are given by tests that stay in process."""
    database, vault = database or connect(settings.database_url), Vault(settings)
    outbound = Outbound(settings, transport, Circuits(database, settings.periods))
    unwatched = Outbound(settings, transport)  # what a person tries out says nothing of the connection in use
    ways = _Ways(settings, vault, outbound, unwatched, database)

    def close() -> None:
        deps.end_intake()
        outbound.close()
        unwatched.close()
        database.dispose()

    deps = Deps(
        settings=settings,
        database=database,
        vault=vault,
        doorbell=doorbell or RedisDoorbell(settings.redis_url),
        door=ways.door,
        embedded=ways.embedded,
        store=ways.store,
        opentext=ways.opentext,
        check_opentext=ways.check_opentext,
        site=ways.site,
        close=close,
    )
    return deps


class _Ways:
    """Kept clients: one set per store and token, one per connection version."""

    def __init__(
        self, settings: Settings, vault: Vault, outbound: Outbound, unwatched: Outbound, database: Database
    ) -> None:
        self._settings, self._vault, self._outbound, self._database = settings, vault, outbound, database
        self._unwatched = unwatched
        self._tokens = TokenCache()
        shopify = ShopifyDoor(settings, outbound)
        self._doors: dict[Provider, StoreDoor] = {
            Provider.BIGCOMMERCE: BigCommerceDoor(settings, outbound, self._hook_numbers),
            Provider.SHOPIFY: shopify,
        }  # fmt: skip
        self.embedded: dict[Provider, EmbeddedDoor] = {Provider.SHOPIFY: shopify}
        self._opentext: dict[tuple[str, int], OpenText] = {}
        self._stores: dict[StoreId, tuple[str, Store]] = {}
        self._lock = threading.Lock()

    def _hook_numbers(self, store_hash: str) -> tuple[int, ...]:
        return hook_secrets.accepted(self._database, store_id(Provider.BIGCOMMERCE, store_hash))

    def door(self, provider: Provider) -> StoreDoor:
        return self._doors[provider]

    def store(self, store_id: StoreId) -> Store:
        with self._database.engine.connect() as connection:  # asked for every piece of work
            row = connection.execute(_ACCESS, {"store_id": store_id}).first()
        if row is None or row.state == "uninstalled" or row.token is None:
            raise NeedsReauth("The app is not installed in this store.", upstream=store_id.partition(":")[0])
        token = self._vault.decrypt(row.token, f"store:token:{store_id}").decode()
        with self._lock:  # kept: a store's client remembers what seldom changes; a new token is a new client
            if self._stores.get(store_id, ("", None))[0] != token:
                make = STORES[Provider(row.provider)]
                made = make(self._settings, self._outbound, external_store_id(store_id), token, self._keeper(store_id))
                self._stores[store_id] = (token, made)
            kept = self._stores[store_id][1]
        return redaction.discreet(self._database, store_id, kept)

    def _keeper(self, store_id: StoreId) -> KeptToken:
        longest = self._settings.periods.request_deadline
        return KeptToken(self._database, self._vault, store_id, longest_call=longest)

    def opentext(self, store_id: StoreId) -> OpenText:
        connection = connections.load(self._database, self._vault, store_id)
        with self._lock:
            if (store_id, connection.version) not in self._opentext:
                self._opentext[store_id, connection.version] = open_text(
                    connection, self._outbound, self._tokens, max_bytes=self._settings.limits.document_bytes
                )
            return self._opentext[store_id, connection.version]

    def site(self, connection: Connection, administrator: Connection | None) -> provisioning.Site:
        return provisioning.site(connection, self._unwatched, administrator)

    def check_opentext(self, connection: Connection, parts: Collection[str] = PARTS) -> list[CheckStep]:
        return check_connection(connection, self._unwatched, CLASSIFICATIONS, TEMPLATES, parts)
