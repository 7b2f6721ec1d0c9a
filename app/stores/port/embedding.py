"""Stores whose admin frames our pages and proves its people anew in every request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.stores.port.door import Installed, SignedIn


@dataclass(frozen=True)
class Scope:
    """A permission a store gives by itself. `why` is English, for a merchant; a required one comes with installing."""

    name: str
    why: str
    is_given: bool
    is_required: bool


class EmbeddedDoor(Protocol):
    """A store platform whose admin hands short-lived tokens about the signed-in person to our pages.

    Raises Rejected (401) for a token that is not genuine, 400 for an ill-formed request.
    """

    installs_by_code: bool  # the platform does not ask for the app's access by itself: `leave` sends the merchant there

    def presented(self, token: str, now: datetime) -> SignedIn:
        """The person behind a token; its e-mail address and whether they own the store are not in it."""
        ...

    def introduce(self, token: str, signed: SignedIn) -> SignedIn:
        """The same with what the store says of the person. One call to the store."""
        ...

    def grant(self, token: str, signed: SignedIn) -> Installed:
        """The app's own token, for the token of a person just verified. One call to the store."""
        ...

    def needs_grant(self, granted: frozenset[str]) -> bool:
        """Whether the app needs more than it was given, so that asking again is worth a call."""
        ...

    def permissions(self, granted: frozenset[str]) -> Sequence[Scope]:
        """Everything the app may be given there, what it needs everywhere first."""
        ...

    def agreement(self, external_id: str, scope: str) -> str:
        """Where a merchant agrees to one more scope, or to those that are needed, outside the admin's own script."""
        ...

    def store_of(self, query: Mapping[str, str]) -> str:
        """The store a browser says it comes from, well formed and nothing more; empty where there is none."""
        ...

    def inside(self, query: Mapping[str, str], path: str) -> str:
        """The address of this page inside the store's admin, for a browser that is outside of it."""
        ...

    def leave(self, query: Mapping[str, str], redirect_uri: str, state: str) -> str:
        """Where a merchant agrees to the app, when the platform has not asked by itself. Rejected when not genuine."""
        ...
