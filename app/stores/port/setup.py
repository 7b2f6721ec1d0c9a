"""What we register in a store."""

from collections.abc import Collection, Mapping
from typing import Protocol

from app.domain.events import Topic


class StoreSetup(Protocol):
    """What we register in the store. All idempotent: list first, create what is missing, change what differs."""

    def ensure_webhooks(
        self, destination: str, headers: Mapping[str, str], topics: Collection[Topic] | None = None
    ) -> dict[str, str]:
        """The store's own name of each event → what was done: "kept", "created", "changed", "reactivated", "removed",
        or "refused" where the store does not let us have it.

        `topics`: what the scenarios in use wait for (None: everything); what the panels need is always registered.
        """
        ...

    def ensure_panels(self) -> dict[str, str]:
        """Object type → what was done, for the panels on orders, products, customers."""
        ...
