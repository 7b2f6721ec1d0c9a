"""Verifying what comes in from a store: installations, signed requests, deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.events import Topic
from app.domain.privacy import Person


@dataclass(frozen=True)
class Installed:
    """What a completed installation hands over. `granted` are the scopes actually given."""

    external_id: str
    token: str
    granted: frozenset[str]
    user_id: str
    user_email: str
    owner_id: str
    owner_email: str


@dataclass(frozen=True)
class SignedIn:
    """A verified request to open, uninstall or lose a user. `path` is a deep link or "/"; `token_id` is used once."""

    external_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    user_id: str
    user_email: str
    locale: str
    is_owner: bool
    path: str
    sign_in: str = ""  # the person's sign-in at the store, where it names it


@dataclass(frozen=True)
class Frame:
    """How our pages are shown there: who may frame them, the admin's own script, the app's id there.

    Empty `script`: the admin brings none. `home`: where people sign in to the platform, to open the app again from
    there; `name`: what they call it.
    """

    ancestors: tuple[str, ...] = ()
    script: str = ""
    app_id: str = ""
    home: str = ""
    name: str = ""


@dataclass(frozen=True)
class Delivery:
    """A verified webhook delivery, reduced to what the intake needs. `detail` holds ids and enumerations only."""

    external_id: str
    delivery_key: str
    topic: Topic
    object_type: str
    object_id: str
    detail: dict[str, str]
    is_readable: bool = True  # False: signed by the store but not of a shape we know; kept and set aside


class StoreDoor(Protocol):
    """Verifying what comes in at the app's doors; needs the app's credentials only, no store token.

    Raises Rejected (401/400) for anything not genuine.
    """

    webhook_path: str  # where its deliveries arrive, below our address

    def is_configured(self) -> bool:
        """Whether the operator has given the app's credentials there."""
        ...

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        """What the app needs and was not given, read or write."""
        ...

    def complete_install(self, query: Mapping[str, str], redirect_uri: str) -> Installed:
        """Exchange the one-time code. The store is taken from the token answer and must equal the query's."""
        ...

    def signed_request(self, query: Mapping[str, str], now: datetime) -> SignedIn:
        """Verify the signed payload of load, uninstall and remove-user requests."""
        ...

    def hook_headers(self, external_id: str) -> dict[str, str]:
        """The headers we ask the store to send with every delivery: a second factor beside the signature."""
        ...

    def delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """Verify a webhook over its raw body and reduce it. Headers by lower-case name."""
        ...

    def frame(self, external_id: str) -> Frame:
        """Who may frame the pages of this store, its own control panel's address aside; nobody's without a store."""
        ...

    def person(self, body: bytes) -> Person:
        """Whom a delivery about somebody's data names. Rejected when the body names nobody."""
        ...
