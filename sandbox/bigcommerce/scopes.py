"""OAuth scopes: what an app may ask for, and what an endpoint asks of a token."""

from collections.abc import Iterable
from dataclasses import dataclass

WITH_READ_ONLY = (
    "store_v2_orders", "store_v2_transactions", "store_v2_products", "store_v2_customers", "store_v2_content",
    "store_v2_marketing", "store_v2_information", "store_inventory", "store_locations", "store_cart",
    "store_channel_settings", "store_channel_listings", "store_sites", "store_checkout", "store_content_checkout",
)  # fmt: skip
B2B = "b2b_edition"  # the sandbox's name: the real one is not published
PLAIN = (
    B2B,
    "store_v2_default",
    "store_app_extensions_manage",
    "store_metafield_write",
    "store_metafield_write_all",
)
KNOWN = frozenset((*WITH_READ_ONLY, *(f"{name}_read_only" for name in WITH_READ_ONLY), *PLAIN))

# What the demo app asks for: the profile of the product with B2B Edition.
DEFAULT = (
    "store_v2_default", "store_v2_orders", "store_v2_transactions_read_only", "store_v2_products",
    "store_v2_customers", "store_v2_content", "store_v2_marketing", "store_v2_information_read_only",
    "store_inventory_read_only", "store_checkout", "store_cart_read_only", "store_channel_settings_read_only",
    "store_channel_listings_read_only", "store_sites_read_only", "store_app_extensions_manage", B2B,
)  # fmt: skip


@dataclass(frozen=True)
class Needs:
    """The scopes of one endpoint: any one of `read` for GET, any one of `write` otherwise. Empty: every token."""

    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()

    def met_by(self, granted: Iterable[str], method: str) -> bool:
        wanted = self.read if method in ("GET", "HEAD") else self.write
        return not wanted or not wanted.isdisjoint(granted)


def needs(*names: str) -> Needs:
    """Reading needs one of the names or its read-only twin, writing one of the names itself."""
    return Needs(frozenset((*names, *(f"{name}_read_only" for name in names))), frozenset(names))


ANY = Needs()
ORDERS = needs("store_v2_orders")
TRANSACTIONS = needs("store_v2_transactions")
PAYMENTS = needs("store_v2_orders", "store_v2_transactions")
PRODUCTS = needs("store_v2_products")
CUSTOMERS = needs("store_v2_customers")
CONTENT = needs("store_v2_content")
MARKETING = needs("store_v2_marketing")
INFORMATION = needs("store_v2_information")
CARTS = needs("store_cart")
INVENTORY = needs("store_inventory")
CHECKOUT = needs("store_checkout", "store_content_checkout")
CHANNELS = needs("store_channel_settings", "store_channel_listings")
EXTENSIONS = Needs(frozenset({"store_app_extensions_manage"}), frozenset({"store_app_extensions_manage"}))
