"""The demo's starting data: one app, one store with people, products, customers and orders."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sandbox import credentials
from sandbox.bigcommerce import scopes, seed_goods
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON, App, State, Store, User

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

NAMES = UUID("7a1d4a52-13c0-4f0e-8f57-bc0000000002")
# The roles are the store's own; the platform sends none of them to an app.
USERS = (
    User(12345, "olivia.owner@northwind-outfitters.example", "Olivia Owner", "en-US", "owner"),
    User(24654, "rene.muller@northwind-outfitters.example", "René Müller", "de-DE", "order manager"),
    User(24655, "sora.tanaka@northwind-outfitters.example", "田中 そら", "ja-JP", "catalog editor"),
)


def make(api: "BigCommerce") -> State:
    """A fresh state: nothing is installed yet."""
    state = State(str(uuid5(NAMES, "developer account")))
    app = demo_app(api.app_base_url)
    state.apps[app.client_id] = app
    store = new_store(api, credentials.STORE_HASH, "Northwind Outfitters")
    store.b2b = True
    state.stores[store.hash] = store
    if api.seeded:
        seed_goods.fill(Shop(api, store, at=api.world.clock.now(), muted=True))
    return state


def demo_app(base_url: str) -> App:
    callbacks = f"{base_url}/bigcommerce"
    return App(
        credentials.APP_CLIENT_ID, credentials.APP_CLIENT_SECRET,
        f"{callbacks}/auth", f"{callbacks}/load", f"{callbacks}/uninstall", f"{callbacks}/remove_user",
        scopes.DEFAULT,
    )  # fmt: skip


def new_store(api: "BigCommerce", store_hash: str, name: str) -> Store:
    """A store with its people and channel, without goods."""
    number = 1_000_000_000 + int(uuid5(NAMES, store_hash).int % 999_999)
    users = [User(u.id, u.email, u.name, u.locale, u.role) for u in USERS]
    store = Store(store_hash, profile(api, store_hash, name, number), users)
    store.channels[1] = {
        "id": 1, "name": name, "type": "storefront", "platform": "bigcommerce", "status": "active",
    }  # fmt: skip
    return store


def profile(api: "BigCommerce", store_hash: str, name: str, number: int) -> JSON:
    """`GET /v2/store`."""
    panel = api.control_panel_url or f"https://store-{store_hash}.mybigcommerce.com"
    domain = f"{store_hash}.mybigcommerce.example"
    return {
        "id": store_hash, "account_uuid": str(uuid5(NAMES, f"account of {store_hash}")), "domain": domain,
        "secure_url": f"https://{domain}", "control_panel_base_url": panel, "status": "live", "name": name,
        "first_name": "Olivia", "last_name": "Owner",
        "address": f"{name} GmbH\nSpeicherstraße 12\n20457 Hamburg", "country": "Germany", "country_code": "DE",
        "infrastructure_region": "europe-west3", "phone": "+49 40 555 0100", "admin_email": USERS[0].email,
        "order_email": "orders@northwind-outfitters.example", "favicon_url": "",
        "timezone": {
            "name": "Europe/Berlin", "raw_offset": 3600, "dst_offset": 7200, "dst_correction": True,
            "date_format": {"display": "d M Y", "export": "d M Y", "extended_display": "d M Y @ g:i A"},
        },
        "language": "en", "currency": "EUR", "currency_symbol": "€", "decimal_separator": ".",
        "thousands_separator": ",", "decimal_places": 2, "currency_symbol_location": "left", "weight_units": "KGS",
        "dimension_units": "Centimeters", "dimension_decimal_places": 2, "dimension_decimal_token": ".",
        "dimension_thousands_token": ",", "plan_name": "Pro", "plan_level": "Pro", "plan_is_trial": False,
        "industry": "Outdoor", "logo": [], "is_price_entered_with_tax": True, "store_id": number,
        "default_channel_id": 1, "default_site_id": 1000, "active_comparison_modules": [],
        "features": {
            "stencil_enabled": True, "sitewidehttps_enabled": True, "facebook_catalog_id": "",
            "checkout_type": "optimized", "wishlists_enabled": True, "graphql_storefront_api_enabled": True,
            "shopper_consent_tracking_enabled": True, "multi_storefront_enabled": True,
            "storefront_limits": {"active": 3, "total_including_inactive": 4},
        },
    }  # fmt: skip
