"""What the app asks a shop for, and why: the one list. The settings' default is made of the required ones' names.

Source: Shopify developer documentation, "API access scopes", "Manage access scopes" (optional scopes).
"""

from collections.abc import Iterable

REQUIRED = {
    "write_orders": "Orders, their tags, notes and risk; cancelling, capturing, refunding",
    "write_returns": "Returns: reading them, approving, declining, processing",
    "write_merchant_managed_fulfillment_orders": "Holding back what waits for a decision, and letting it go",
    "write_third_party_fulfillment_orders": "The same where a fulfillment service ships",
    "write_customers": "Customers and companies; notes and tags are written",
    "write_products": "Products, catalogs and price lists, and publishing to them",
    "write_files": "Pictures and documents published from OpenText",
}
OPTIONAL = {
    "read_all_orders": "Orders older than 60 days",
    "write_fulfillments": "Shipments, and telling a buyer of a delay",
    "write_order_edits": "Exchanging goods in a placed order",
    "write_draft_orders": "Special prices",
    "write_payment_terms": "Payment terms of companies",
    "write_publications": "Taking a product from sale in one channel",
    "write_inventory": "Stock: backorders and recalls",
    "read_locations": "Where stock lies",
    "write_discounts": "Campaigns",
    "write_content": "Content pages",
    "write_legal_policies": "The shop's policies",
    "write_translations": "Texts in other languages",
    "read_locales": "Which languages the shop has",
    "read_markets": "Contract prices by market, where the plan has none by company",
    "read_shopify_payments_disputes": "Disputes",
    "write_shopify_payments_dispute_evidences": "Evidence for disputes",
}


def covers(granted: frozenset[str], scope: str) -> bool:
    """A write scope brings its read scope along."""
    return scope in granted or (scope.startswith("read_") and f"write_{scope[5:]}" in granted)


def missing(needed: Iterable[str], granted: frozenset[str]) -> list[str]:
    return [scope for scope in needed if not covers(granted, scope)]
