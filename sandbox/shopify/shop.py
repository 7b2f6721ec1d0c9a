"""One shop as one caller sees it: the handle every resolver and mutation works with."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.shopify import webhooks
from sandbox.shopify.errors import UserError, failed, wrong_id
from sandbox.shopify.gids import gid, split
from sandbox.shopify.scalars import moment
from sandbox.shopify.state import JSON, App, Installation, Later, Store

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

FIRST_NUMBER = 1001
EVERYTHING = "*"
# Links that a record keeps from its first day: what is looked up by them is found without searching.
LINKS = frozenset(
    {"orderId", "productId", "ownerId", "fulfillmentOrderId", "fulfillmentId", "lineItemId", "subjectId", "itemId",
     "reverseId", "parentId", "companyId", "priceListId", "returnId", "referenceId", "fulfillmentLineItemId",
     "paymentTermsId", "draftId", "evidenceId"}
)  # fmt: skip


@dataclass
class Shop:
    """`client_id` is who acts (an app, or empty for the merchant's own hands, who may do everything).

    `at` fixes the time and `muted` withholds webhooks: both for seeding only. `cost` counts the objects a query
    resolved, `effects` what its mutations did, `searches` the filters that were ignored.
    """

    api: "Shopify"
    store: Store
    client_id: str = ""
    scopes: frozenset[str] = frozenset()
    user_id: int = 0
    at: datetime | None = None
    muted: bool = False
    bulk: bool = False  # lists are given whole, whatever `first` says
    cost: int = 0
    path: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    searches: list[JSON] = field(default_factory=list)

    # Time and identity

    def now(self) -> datetime:
        return self.at or self.api.world.clock.now()

    def stamp(self) -> str:
        """Now, as the API writes it."""
        return moment(self.now())

    @property
    def app(self) -> App | None:
        return self.api.state.apps.get(self.client_id) if self.client_id else None

    @property
    def installation(self) -> Installation | None:
        return self.store.installations.get(self.client_id)

    @property
    def protected(self) -> int:
        """The approved level of customer data; the merchant's own hands see everything."""
        return self.installation.protected if self.installation else 2

    @property
    def currency(self) -> str:
        return str(self.store.profile["currencyCode"])

    # Records

    def new(self, kind: str, /, **fields: Any) -> JSON:
        """A new record with the next number of its type."""
        number = self.next(kind)
        record: JSON = {"__typename": kind, "id": gid(kind, number), **fields}
        self.store.all(kind)[number] = record
        for name in LINKS & fields.keys():
            self.store.links.setdefault(f"{kind}.{name}={fields[name]}", []).append(number)
        return record

    def next(self, kind: str) -> int:
        self.store.counters[kind] += 1
        return FIRST_NUMBER - 1 + self.store.counters[kind]

    def all(self, kind: str) -> list[JSON]:
        return list(self.store.all(kind).values())

    def where(self, kind: str, /, **fields: Any) -> list[JSON]:
        """Records of a type with these values, oldest first."""
        known = self.store.all(kind)
        link = next((name for name in fields if name in LINKS), None)
        if link is None:
            found = list(known.values())
        else:
            numbers = self.store.links.get(f"{kind}.{link}={fields[link]}", ())
            found = [known[number] for number in numbers if number in known]
        return [r for r in found if all(r.get(n) == v for n, v in fields.items())]

    def find(self, kind: str, text: str | None) -> JSON | None:
        """A record by its global id; None when there is none or the id is no such id."""
        found = split(text or "")
        if found is None or found[0] != kind or not found[1].isdigit():
            return None
        return self.store.all(kind).get(int(found[1]))

    def get(self, kind: str, text: str) -> JSON | None:
        """A record for a query: None when it is not there, an error when the id is of another type or none at all."""
        found = split(text)
        if found is None:
            raise failed(f"Invalid global id '{text}'", "argumentLiteralsIncompatible")
        if found[0] != kind:
            raise wrong_id(text)
        return self.find(kind, text)

    def need(
        self, kind: str, text: Any, path: Iterable[str] = ("id",), code: str | None = "NOT_FOUND", said: str = ""
    ) -> JSON:
        """A record for a mutation. UserError at `path` when there is none."""
        found = self.find(kind, str(text)) if text is not None else None
        if found is None:
            raise UserError(said or f"{_spaced(kind)} does not exist", list(path), code)
        return found

    def any_of(self, text: str) -> JSON | None:
        """Whatever record has this global id."""
        found = split(text)
        if found is None:
            raise failed(f"Invalid global id '{text}'", "argumentLiteralsIncompatible")
        if found[0] == "Shop":
            return self.api.shop_node(self) if text == self.store.profile["id"] else None
        return self.find(found[0], text)

    def drop(self, record: JSON) -> None:
        found = split(record["id"])
        if found is not None:
            self.store.all(found[0]).pop(int(found[1]), None)

    def touch(self, record: JSON) -> None:
        record["updatedAt"] = self.stamp()

    # What happens besides

    def emit(self, topic: str, body: JSON | Callable[[], JSON]) -> None:
        """Tell the subscriptions of this topic, when the present call is done."""
        if not self.muted:
            webhooks.emit(self, topic, body() if callable(body) else body)

    def later(self, seconds: float, action: str, **about: Any) -> None:
        """Let something happen by itself after so many seconds of the sandbox's clock."""
        self.api.later(self, seconds, Later(self.now(), action, about))

    def counted(self, value: Any, *, listed: bool) -> None:
        """Objects that a query really brought."""
        if value is not None:
            self.cost += len(value) if listed and isinstance(value, (list, tuple)) else 1

    def url(self, path: str) -> str:
        """An address in this stand-in that belongs to this shop."""
        return f"{self.api.shop_url(self.store.domain)}{path}"

    def may(self, *names: str) -> bool:
        """Whether the caller holds any of these scopes."""
        return EVERYTHING in self.scopes or any(name in self.scopes for name in names)

    @property
    def user_name(self) -> str:
        with suppress(ValueError):
            return self.store.user(self.user_id).name if self.user_id else ""
        return ""


def _spaced(kind: str) -> str:
    """`FulfillmentOrder` as Fulfillment order."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()
    return words[:1].upper() + words[1:]
