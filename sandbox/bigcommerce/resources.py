"""The list of everything the API serves."""

from typing import TYPE_CHECKING

from sandbox.bigcommerce import (
    custom_fields,
    extensions,
    hooks,
    images,
    order_parts,
    orders,
    products,
    store_information,
    variants,
    webhooks,
)

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.standin import BigCommerce

MODULES = (
    store_information, orders, order_parts, products, images, custom_fields, variants, hooks, extensions,
)  # fmt: skip


def register(api: "BigCommerce") -> None:
    for module in MODULES:
        module.routes(api)


def settle(shop: "Shop") -> None:
    """What the platform does by itself when its time has come."""
    webhooks.sweep(shop.store, int(shop.now().timestamp()))
