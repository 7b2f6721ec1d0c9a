"""What a shop can do at all: its plan and the app's scopes, remembered for an hour.

Source: Shopify Admin GraphQL API 2026-10, Shop.entitlements, Shop.features, AppInstallation.accessScopes.
"""

from app.stores.port import Capability
from app.stores.shopify import payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.payloads import parse

HOUR = 3600.0
SCOPES = {
    Capability.PROMOTIONS: ("write_discounts",),
    Capability.RETURNS: ("write_returns",),
    Capability.DISPUTES: ("read_shopify_payments_disputes",),
    Capability.QUOTES: ("write_draft_orders",),
    Capability.RISK: ("write_orders",),
    Capability.FILES: ("write_files",),
    Capability.CHECKOUT_TERMS: ("write_legal_policies",),
}


class CapabilityReading:
    """`capabilities` of StoreReader. Customer groups and credit Shopify has none."""

    _client: ShopifyClient

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Price lists are for companies' locations, which the plan lets a catalog be assigned to, or not."""
        granted, shop = self.granted_scopes(), self._shop()
        found = {one for one, needed in SCOPES.items() if any(scope in granted for scope in needed)}
        if shop.has_b2b and "read_customers" in granted:
            found.add(Capability.COMPANIES)
            if shop.assigns_directly and "write_products" in granted:
                found.add(Capability.PRICE_LISTS)
        return frozenset(found)

    def granted_scopes(self) -> frozenset[str]:
        """Read scopes that a write scope brings along are among them."""

        def read() -> frozenset[str]:
            found = self._client.run("GrantedScopes")["currentAppInstallation"]["accessScopes"]
            names = {str(one["handle"]) for one in found}
            return frozenset(names | {f"read_{name[6:]}" for name in names if name.startswith("write_")})

        return self._client.kept.get("granted scopes", read)

    def _shop(self) -> payloads.Shop:
        def read() -> payloads.Shop:
            return parse(self._client.run("ShopInfo")["shop"], payloads.Shop)

        return self._client.kept.get("shop", read, seconds=HOUR)


__all__ = ["CapabilityReading"]
