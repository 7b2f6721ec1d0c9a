"""Everything the API does: importing this package registers every resolver and mutation."""

from typing import TYPE_CHECKING

from sandbox.shopify.operations import (
    customers,
    metafields,
    orders,
    products,
    shops,
    subscriptions,
    tags,
)

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop
    from sandbox.shopify.state import Later

MODULES = (customers, metafields, orders, products, shops, subscriptions, tags)


def finish(shop: "Shop", work: "Later") -> None:
    """Something whose time has come."""
    for module in MODULES:
        done = getattr(module, "FINISH", {}).get(work.action)
        if done is not None:
            done(shop, work.about)
