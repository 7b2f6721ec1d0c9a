"""The list of everything the API serves, and what the platform does by itself."""

from typing import TYPE_CHECKING

from sandbox.bigcommerce import (
    addresses,
    brands,
    carts,
    channels,
    companies,
    company_terms,
    custom_fields,
    customers,
    extensions,
    groups,
    hooks,
    images,
    inventory,
    metafields,
    order_parts,
    orders,
    pages,
    payments,
    price_lists,
    price_records,
    products,
    promotions,
    refunds,
    settings,
    shipments,
    store_information,
    subscribers,
    system_log,
    variants,
    webhooks,
)

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop
    from sandbox.bigcommerce.standin import BigCommerce

MODULES = (
    store_information, orders, order_parts, shipments, payments, refunds, products, images, custom_fields, variants,
    brands, inventory, metafields, customers, subscribers, addresses, groups, pages, price_lists, price_records,
    promotions, carts, channels, settings, hooks, extensions,
    companies, company_terms, system_log,
)  # fmt: skip
FINISH = {"capture": payments.finish, "void": payments.finish, "refund": refunds.finish, "stock": inventory.finish}


def register(api: "BigCommerce") -> None:
    for module in MODULES:
        module.routes(api)


def settle(shop: "Shop") -> None:
    """Finish what is due by now: payments at the provider, hooks that were quiet too long."""
    now = shop.now()
    webhooks.sweep(shop.store, int(now.timestamp()))
    due = [work for work in shop.store.later if work.due <= now]
    shop.store.later = [work for work in shop.store.later if work.due > now]
    for work in due:
        FINISH[work.action](shop, work)
        shop.api.world.touched()
