"""Everything the API does: importing this package registers every resolver and mutation."""

from typing import TYPE_CHECKING

from sandbox.shopify.operations import (
    bulk_operations,
    catalogs,
    checkouts,
    companies,
    company_changes,
    content,
    customer_changes,
    customers,
    discounts,
    disputes,
    draft_changes,
    drafts,
    files,
    fulfillment_orders,
    inventory,
    job_states,
    metafields,
    metaobjects,
    order_changes,
    order_edits,
    orders,
    payment_terms,
    price_lists,
    product_changes,
    products,
    publishing,
    refunds,
    returns,
    reverse,
    shipments,
    shops,
    subscriptions,
    tags,
)

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop
    from sandbox.shopify.state import Later

MODULES = (
    bulk_operations, catalogs, checkouts, companies, company_changes, content, customer_changes, customers, discounts,
    disputes, draft_changes, drafts, files, fulfillment_orders, inventory, job_states, metafields, metaobjects,
    order_changes, order_edits, orders, payment_terms, price_lists, product_changes, products, publishing, refunds,
    returns, reverse, shipments, shops, subscriptions, tags,
)  # fmt: skip


def finish(shop: "Shop", work: "Later") -> None:
    """Something whose time has come."""
    for module in MODULES:
        done = getattr(module, "FINISH", {}).get(work.action)
        if done is not None:
            done(shop, work.about)
