"""Access to an installed store that does not last: where its token lies, and how it is asked for anew."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class TokenKeeper(Protocol):
    """Where one store's token lies, as one text of the adapter's own making; the same for all processes."""

    def load(self) -> str:
        """Raises NeedsReauth where the store has none (any more)."""
        ...

    def replace(self, former: str, token: str, scopes: frozenset[str]) -> bool:
        """Keep a newer token, if `former` is still the one kept; False when somebody else was first."""
        ...

    def holding(self) -> AbstractContextManager[None]:
        """One at a time among all processes, until it is left. Raises Retryable after waiting too long."""
        ...


class StoreAccess(Protocol):
    """What the store lets the app do now."""

    def renew(self) -> frozenset[str]:
        """Ask the store anew; returns the scopes given now, which are kept. Raises NeedsReauth."""
        ...

    def lasts_until(self) -> datetime | None:
        """When the access ends if it is not renewed, aware UTC; None: never, or nobody said."""
        ...
