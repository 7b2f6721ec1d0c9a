"""The one table of BigCommerce's events: what each tells of, where its id is, and whether we ask for it.

Source: BigCommerce developer documentation, "Webhook events", "Channel events", "B2B Edition events".
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.domain.events import Topic
from app.domain.ids import ObjectType

CHANNEL = "store/channel/{}/"
OF_CHANNEL = ("{channel}",)  # the event names nothing but the channel in its own name


@dataclass(frozen=True)
class Told:
    """Events of one shape. `where`: the way to the object's id in the data; empty: the store itself.

    `prefix` goes before the id. `asked`: we register them where their topic is needed; what is not asked for is
    understood all the same. `channel`: one event for each storefront.
    `b2b`: B2B Edition's.
    """

    topic: Topic
    object_type: ObjectType
    where: tuple[str, ...]
    names: tuple[str, ...]
    prefix: str = ""
    asked: bool = True
    channel: bool = False
    b2b: bool = False


THREE = ("created", "updated", "deleted")


def _each(family: str, *events: str) -> tuple[str, ...]:
    return tuple(f"{family}/{event}" for event in events)


EVENTS: tuple[Told, ...] = (
    Told(Topic.ORDER_CHANGED, ObjectType.ORDER, ("id",),
         _each("store/order", "created", "updated", "statusUpdated", "archived", "refund/created")),
    Told(Topic.ORDER_CHANGED, ObjectType.ORDER, ("order_id",),
         _each("store/order/transaction", "created", "updated")),
    Told(Topic.ORDER_CHANGED, ObjectType.ORDER, ("orderId",), _each("store/shipment", *THREE)),
    Told(Topic.ORDER_MESSAGE, ObjectType.ORDER, ("id",), ("store/order/message/created",)),
    Told(Topic.PRODUCT_CHANGED, ObjectType.PRODUCT, ("id",), _each("store/product", "created", "updated")),
    Told(Topic.PRODUCT_CHANGED, ObjectType.PRODUCT, ("sku", "product_id"), _each("store/sku", *THREE), asked=False),
    Told(Topic.PRODUCT_DELETED, ObjectType.PRODUCT, ("id",), ("store/product/deleted",)),
    Told(Topic.STOCK_CHANGED, ObjectType.PRODUCT, ("id",),
         _each("store/product/inventory", "updated", "order/updated")),
    Told(Topic.STOCK_CHANGED, ObjectType.PRODUCT, ("inventory", "product_id"),
         _each("store/sku/inventory", "updated", "order/updated")),
    Told(Topic.CUSTOMER_CHANGED, ObjectType.CUSTOMER, ("id",), _each("store/customer", *THREE)),
    Told(Topic.CUSTOMER_CHANGED, ObjectType.CUSTOMER, ("address", "customer_id"),
         _each("store/customer/address", *THREE)),
    Told(Topic.COMPANY_CHANGED, ObjectType.COMPANY, ("company_id",),
         _each("store/company", *THREE, "statusUpdated", *_each("user", *THREE), *_each("address", *THREE)), b2b=True),
    Told(Topic.PRICES_CHANGED, ObjectType.STORE, (),
         _each("store/priceList", "record/updated", "records/updated", "assignment/updated")),
    Told(Topic.PRICES_CHANGED, ObjectType.STORE, (),
         (*_each("store/priceList", *THREE, "activated", "deactivated", "record/created", "record/deleted",
                 "records/created", "records/deleted", "assignment/deleted"), "store/priceLists/deleted"),
         asked=False),
    Told(Topic.PAGE_CHANGED, ObjectType.PAGE, ("page_id",), _each("page", "created", "updated"), prefix="page:",
         channel=True),
    Told(Topic.PAGE_CHANGED, ObjectType.PAGE, OF_CHANNEL, ("settings/checkout/updated",), prefix="terms:",
         channel=True),
    Told(Topic.CART_ABANDONED, ObjectType.STORE, (), ("store/cart/abandoned",)),
    Told(Topic.STORE_CHANGED, ObjectType.STORE, (), ("store/information/updated",)),
    Told(Topic.APP_UNINSTALLED, ObjectType.STORE, (), ("store/app/uninstalled",)),
)  # fmt: skip
# Needed whatever the merchant switched on: panels show what they tell, and the end of an installation.
ALWAYS = frozenset(
    {
        Topic.ORDER_CHANGED,
        Topic.PRODUCT_CHANGED,
        Topic.PRODUCT_DELETED,
        Topic.CUSTOMER_CHANGED,
        Topic.STORE_CHANGED,
        Topic.APP_UNINSTALLED,
    }
)
_BY_NAME = {name: told for told in EVENTS for name in told.names}
_CHANNEL = re.compile(r"store/channel/([0-9]{1,19})/(.+)")


def told_by(scope: str) -> tuple[Told | None, str]:
    """(what an event of this scope tells, its channel); None for what we do not act on.

    Some tables of the documentation print price list scopes with a slash at the end: it is one and the same.
    """
    channel = _CHANNEL.fullmatch(scope)
    found = _BY_NAME.get(channel[2] if channel else scope.rstrip("/"))
    if found is None or found.channel is not bool(channel):
        return None, ""
    return found, channel[1] if channel else ""


def scopes(topics: Collection[Topic] | None, channels: Iterable[int], *, b2b: bool) -> list[str]:
    """The hooks these topics need (None: all), one scope each: no wildcards, which would also bring the metafield
    events of our own writes, and whatever is added later.
    """
    wanted = [told for told in EVENTS if told.asked and (topics is None or told.topic in ALWAYS | set(topics))]
    found: list[str] = []
    for told in wanted:
        if told.channel:
            found += [CHANNEL.format(channel) + name for channel in channels for name in told.names]
        elif b2b or not told.b2b:
            found += told.names
    return found


__all__ = ["ALWAYS", "EVENTS", "OF_CHANNEL", "Told", "scopes", "told_by"]
