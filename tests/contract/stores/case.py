"""What the contract of the store port needs to know of a store: how to fill it, disturb it, look behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.ids import CustomerId, OrderId, ProductId
from app.stores.port import Store
from sandbox.kernel.world import World


@dataclass(frozen=True)
class Filled:
    """The ids of one order, product and customer."""

    order: OrderId
    product: ProductId
    customer: CustomerId


class Case(Protocol):
    """One fresh store in a stand-in, and our true clients for it."""

    world: World
    system: str
    store: Store
    hook_destination: str
    held_reasons: tuple[str, ...]  # what the store gives as reasons after `hold_payment`
    hook_repairs: tuple[str, ...]  # what is done after `disturb_webhooks`
    hooks_carry_headers: bool  # whether deliveries carry headers of ours
    may_lose_thumbnail: bool  # whether the only picture can be none that is shown in lists
    before_request: Callable[[], None]  # called before each request of our clients

    def fill(self) -> Filled:
        """A paid order of two lines (40.00 and 10.00 without tax, total 61.00 EUR, to Germany) by Ada Byron, who
        is a customer in the group "Wholesale", and a product "Lamp" without pictures.
        """
        ...

    def order(self, **facts: Any) -> OrderId:
        """One more order, paid. Facts: `status` (OrderStatus), `notes`."""
        ...

    def hold_payment(self, order_id: OrderId) -> None:
        """The payment gateway holds the order's payment for review, and has a transaction to show for it."""
        ...

    def product(self, name: str) -> ProductId: ...

    def change_order(self, order_id: OrderId) -> None:
        """Something a merchant does to an order."""
        ...

    def rename_product(self, product_id: ProductId, name: str) -> None: ...

    def revoke_token(self) -> None: ...

    def spend_quota(self) -> None:
        """The next request is one too many."""
        ...

    def webhooks(self) -> list[tuple[str, str, bool]]:
        """(topic, destination, is active) of everything registered."""
        ...

    def disturb_webhooks(self) -> None:
        """Switch one registered webhook off (where that exists), delete another, point a third elsewhere."""
        ...

    def panels(self) -> list[str]:
        """The kinds of object with a panel of ours, sorted."""
        ...

    def links(self, kind: str, object_id: str) -> dict[str, str]:
        """What our app left on an object."""
        ...
