"""What a shop can do at all: its plan and the app's scopes, remembered for an hour.

Source: Shopify Admin GraphQL API 2026-10, Shop.entitlements, Shop.features, AppInstallation.accessScopes.
"""

from app.stores.port import Capability
from app.stores.shopify import payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.payloads import parse

HOUR = 3600.0
OLD_ORDERS = (
    "Orders older than 60 days are not shown to the app: give it the access read_all_orders in the Shopify admin."
)
# Whoever has not given the scope is told which when it is needed: an order waits for it then.
EVERYWHERE = frozenset({Capability.ORDER_EDITS, Capability.SPLIT_SHIPMENTS})
SCOPES = {
    Capability.PROMOTIONS: ("write_discounts",),
    Capability.RETURNS: ("write_returns",),
    Capability.DISPUTES: ("read_shopify_payments_disputes",),
    Capability.QUOTES: ("write_draft_orders",),
    Capability.RISK: ("write_orders",),
    Capability.FILES: ("write_files",),
    Capability.CHECKOUT_TERMS: ("write_legal_policies",),
}


NO_B2B = "Switch B2B on for this shop in the Shopify admin, or choose a plan that includes it."
NO_SCOPE = "Give the app this access under Settings, Permissions: {}."
BY_MARKET = (
    "The shop's plan offers catalogs through B2B markets only. Give the app the access read_markets under "
    "Settings, Permissions, and make a market for the company's locations under Markets."
)


BUSINESS = {
    Capability.COMPANIES: ("read_customers",),
    Capability.TAX_EXEMPTION: ("write_customers",),
    Capability.COMPANY_CREATION: ("write_customers",),
    Capability.PRICE_LISTS: ("read_customers", "write_products"),
}


class CapabilityReading:
    """`capabilities` of StoreReader. Customer groups and credit Shopify has none."""

    _client: ShopifyClient

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Price lists are for companies' locations: by a catalog of their own where the plan has it, else by market."""
        granted, shop = self.granted_scopes(), self._shop()
        found = {one for one, needed in SCOPES.items() if any(scope in granted for scope in needed)} | EVERYWHERE
        if shop.has_b2b and "read_customers" in granted:
            found.add(Capability.COMPANIES)
            if "write_customers" in granted:
                found |= {Capability.TAX_EXEMPTION, Capability.COMPANY_CREATION}
            if "write_products" in granted and (shop.assigns_directly or "read_markets" in granted):
                found.add(Capability.PRICE_LISTS)
        return frozenset(found)

    def remedy(self, capability: Capability) -> str:
        """Looked at anew the next time: what was missing may have been given since."""
        if capability in self.capabilities:
            return ""
        words = self._missing(capability)
        for one in ("shop", "granted scopes"):
            self._client.kept.forget(one)
        return words

    def _missing(self, capability: Capability) -> str:
        if capability in SCOPES:
            return NO_SCOPE.format(SCOPES[capability][0])
        if capability not in BUSINESS:
            return ""
        if not self._shop().has_b2b:
            return NO_B2B
        missing = [one for one in BUSINESS[capability] if one not in self.granted_scopes()]
        return NO_SCOPE.format(", ".join(missing)) if missing else BY_MARKET

    def granted_scopes(self) -> frozenset[str]:
        """Read scopes that a write scope brings along are among them."""

        def read() -> frozenset[str]:
            found = self._client.run("GrantedScopes")["currentAppInstallation"]["accessScopes"]
            names = {str(one["handle"]) for one in found}
            return frozenset(names | {f"read_{name[6:]}" for name in names if name.startswith("write_")})

        return self._client.kept.get("granted scopes", read)

    def orders_gap(self) -> str:
        return "" if "read_all_orders" in self.granted_scopes() else OLD_ORDERS

    def _shop(self) -> payloads.Shop:
        def read() -> payloads.Shop:
            return parse(self._client.run("ShopInfo")["shop"], payloads.Shop)

        return self._client.kept.get("shop", read, seconds=HOUR)


__all__ = ["CapabilityReading"]
