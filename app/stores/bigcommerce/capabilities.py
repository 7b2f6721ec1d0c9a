"""What a store can do at all: its plan and the app's scopes, asked by looking, remembered for an hour.

Source: BigCommerce API reference, "Status codes" (403: scope or plan; 404: not on this plan).
"""

from app.errors import NeedsReauth, NotFound, Permanent
from app.stores.bigcommerce.client import BigCommerceClient
from app.stores.bigcommerce.companies import CompanyReading
from app.stores.port import Capability

HOUR = 3600.0
PROBES = {
    Capability.PRICE_LISTS: "v3/pricelists",
    Capability.CUSTOMER_GROUPS: "v2/customer_groups",
    Capability.PROMOTIONS: "v3/promotions",
    Capability.CHECKOUT_TERMS: "v3/checkouts/settings/channels/1",
}
REMEDIES = {
    Capability.PRICE_LISTS: "Choose a plan with price lists in BigCommerce, then open the app once.",
    Capability.CUSTOMER_GROUPS: "Choose a plan with customer groups in BigCommerce.",
    Capability.PROMOTIONS: "Install the app again in BigCommerce and agree that it manages marketing.",
    Capability.COMPANIES: "Install B2B Edition in the store, then open the app once.",
    Capability.CREDIT: "Switch on “Credit” in the settings of B2B Edition.",
}
LISTS = frozenset({Capability.PRICE_LISTS, Capability.CUSTOMER_GROUPS, Capability.PROMOTIONS})


class CapabilityReading(CompanyReading):
    """`capabilities` of StoreReader. Returns and disputes BigCommerce has none: neither object nor event."""

    _client: BigCommerceClient

    @property
    def capabilities(self) -> frozenset[Capability]:
        found = {capability for capability in PROBES if self._can(capability)}
        if self._has_companies():
            found.add(Capability.COMPANIES)
            if self._has_credit():
                found.add(Capability.CREDIT)
        return frozenset(found)

    def remedy(self, capability: Capability) -> str:
        return "" if capability in self.capabilities else REMEDIES.get(capability, "")

    def _can(self, capability: Capability) -> bool:
        """A token that is no longer good at all (401) is not a missing capability."""

        def read() -> bool:
            try:
                if capability in LISTS:
                    self._client.get(PROBES[capability], limit=1)
                else:
                    self._client.get(PROBES[capability])
            except NeedsReauth as error:
                if error.context.get("status") == 401:
                    raise
                return False
            except (NotFound, Permanent):
                return False
            return True

        return self._client.kept.get(("can", capability), read, seconds=HOUR)


__all__ = ["CapabilityReading"]
