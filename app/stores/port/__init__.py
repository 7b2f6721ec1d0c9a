"""What we need from any store. Each Protocol is a document: shapes, units, errors, idempotency. No vendor is named.

Any method may raise Retryable, RateLimited, Permanent, NotFound or NeedsReauth (app.errors). Money is Decimal with its
currency; times are aware UTC. A write may have happened when it raises Retryable with `unknown_outcome`: every write
here is safe to repeat, or says which look-up tells whether it happened. What a store cannot do at all is not among its
reader's `capabilities`; calling it nevertheless raises Permanent "not_in_this_store".
"""

from dataclasses import dataclass

from app.stores.port.access import StoreAccess, TokenKeeper
from app.stores.port.door import Delivery, Frame, Installed, SignedIn, StoreDoor
from app.stores.port.embedding import EmbeddedDoor
from app.stores.port.publisher import CompanyChange, StorePublisher
from app.stores.port.reader import Capability, StoreReader
from app.stores.port.setup import StoreSetup


@dataclass(frozen=True)
class Store:
    """Everything about one installed store that the engine may call."""

    read: StoreReader
    publish: StorePublisher
    setup: StoreSetup
    access: StoreAccess | None = None  # None: the store's token lasts until it is uninstalled


__all__ = [
    "Capability", "CompanyChange", "Delivery", "EmbeddedDoor", "Frame", "Installed", "SignedIn", "Store",
    "StoreAccess", "StoreDoor", "StorePublisher", "StoreReader", "StoreSetup", "TokenKeeper",
]  # fmt: skip
