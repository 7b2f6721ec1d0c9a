"""Steps that write to the store's objects."""

from dataclasses import dataclass
from typing import Literal

from app.domain.commerce import OrderStatus
from app.domain.ids import ObjectType


@dataclass(frozen=True)
class SetOrderStatus:
    """Move the order to `status` if it is in one of `only_from` now; otherwise the step is skipped and says so.

    `note` (may be empty) is appended to the staff notes, once; {placeholders} are facts of the run.
    """

    status: OrderStatus
    only_from: tuple[OrderStatus, ...]
    note: str = ""
    kind: Literal["set_order_status"] = "set_order_status"


@dataclass(frozen=True)
class LinkInStore:
    """Leave the workspace's id and address on the store's object (a metafield), for people and other tools."""

    object_type: ObjectType
    kind: Literal["link_in_store"] = "link_in_store"


@dataclass(frozen=True)
class SetUpStore:
    """After installation: read the profile, register webhooks and app extensions."""

    kind: Literal["set_up_store"] = "set_up_store"
