"""What we register in a store."""

from collections.abc import Mapping
from typing import Protocol


class StoreSetup(Protocol):
    """What we register in the store. All idempotent: list first, create what is missing, change what differs."""

    def ensure_webhooks(self, destination: str, headers: Mapping[str, str]) -> dict[str, str]:
        """Topic → what was done ("kept", "created", "changed", "reactivated"), for every topic we need."""
        ...

    def ensure_panels(self) -> dict[str, str]:
        """Object type → what was done, for the panels on orders, products, customers."""
        ...
