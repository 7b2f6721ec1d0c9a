"""One store as one caller sees it: the handle every resource function works with."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce import webhooks
from sandbox.bigcommerce.state import JSON, Store

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce


@dataclass
class Shop:
    """`client_id` is who acts (an app, or empty for the merchant's own hands).

    `at` fixes the time and `muted` withholds events: both for seeding only.
    """

    api: "BigCommerce"
    store: Store
    client_id: str = ""
    at: datetime | None = None
    muted: bool = False

    def now(self) -> datetime:
        return self.at or self.api.world.clock.now()

    def emit(self, scope: str, data: JSON, deliver_as: str | None = None) -> None:
        """Tell the hooks of this scope. Some events arrive under another name (`deliver_as`)."""
        if not self.muted:
            webhooks.emit(self, scope, data, deliver_as)

    def url(self, path: str) -> str:
        """An address in this stand-in."""
        return f"{self.api.base_url}{path}"

    def api_url(self, path: str) -> str:
        return self.url(f"/stores/{self.store.hash}{path}")

    def channel(self, order: JSON) -> int:
        with suppress(KeyError, TypeError, ValueError):
            return int(order["channel_id"])
        return 1

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)
