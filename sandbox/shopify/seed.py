"""The demo's starting data: one app, two shops with people, products, customers, companies and orders."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sandbox import credentials
from sandbox.shopify import making, scopes, seed_goods
from sandbox.shopify.gids import gid
from sandbox.shopify.scalars import moment
from sandbox.shopify.shop import EVERYTHING, Shop
from sandbox.shopify.state import JSON, App, State, Store, Subscription, User

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

NAMES = UUID("7a1d4a52-13c0-4f0e-8f57-5b0000000002")
USERS = (
    User(90210001, "olivia.owner@nordwind-supply.example", "Olivia", "Owner", "en", owner=True),
    User(90210002, "rene.muller@nordwind-supply.example", "René", "Müller", "de"),
    User(90210003, "sora.tanaka@nordwind-supply.example", "そら", "田中", "ja"),
)


def make(api: "Shopify") -> State:
    """A fresh state: nothing is installed yet."""
    state = State()
    app = demo_app(api.app_base_url)
    state.apps[app.client_id] = app
    for domain, name, plan in credentials.SHOPIFY_SHOPS:
        store = state.shops[domain] = new_store(api, domain, name, plan)
        shop = Shop(api, store, scopes=frozenset({EVERYTHING}), at=api.world.clock.now(), muted=True)
        furnish(shop)
        if api.seeded:
            seed_goods.fill(shop)
    return state


def demo_app(base_url: str) -> App:
    """As the app's own configuration declares it: required scopes, and one address for all its topics."""
    home = f"{base_url}/shopify"
    return App(
        credentials.SHOPIFY_CLIENT_ID, [credentials.SHOPIFY_CLIENT_SECRET], home, scopes=scopes.REQUIRED,
        optional_scopes=scopes.OPTIONAL, redirect_urls=(f"{home}/auth/callback",),
        subscriptions=[
            Subscription(TOPICS, "/webhooks", name="ecm"),
            Subscription(("customers/data_request", "customers/redact", "shop/redact"), "/webhooks/compliance"),
        ],
    )  # fmt: skip


# What the app hears of by its configuration: topics whose scopes every shop has granted.
TOPICS = (
    "app/uninstalled", "app/scopes_update", "shop/update", "bulk_operations/finish",
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled",
    "orders/partially_fulfilled", "orders/edited", "orders/delete", "orders/risk_assessment_changed",
    "order_transactions/create", "refunds/create",
    "returns/request", "returns/approve", "returns/decline", "returns/update", "returns/process", "returns/cancel",
    "returns/close", "returns/reopen", "reverse_deliveries/attach_deliverable", "reverse_fulfillment_orders/dispose",
    "customers/create", "customers/update", "customers/delete", "customer.tags_added", "customer.tags_removed",
    "companies/create", "companies/update", "companies/delete", "company_locations/create",
    "company_locations/update", "company_locations/delete", "company_contacts/create", "company_contacts/update",
    "company_contacts/delete", "company_contact_roles/assign", "company_contact_roles/revoke",
    "products/create", "products/update", "products/delete", "variants/in_stock", "variants/out_of_stock",
    "fulfillment_orders/order_routing_complete", "fulfillment_orders/placed_on_hold",
    "fulfillment_orders/hold_released", "fulfillment_orders/rescheduled", "fulfillment_orders/moved",
    "fulfillment_holds/added", "fulfillment_holds/released", "checkouts/create", "checkouts/update",
)  # fmt: skip


def new_store(api: "Shopify", domain: str, name: str, plan: str) -> Store:
    """A shop with its people, without goods."""
    number = 60_000_000_000 + int(uuid5(NAMES, domain).int % 999_999_999)
    users = [User(u.id, u.email, u.first_name, u.last_name, u.locale, u.owner) for u in USERS]
    return Store(domain, profile(api, domain, name, number), users, plan)


def profile(api: "Shopify", domain: str, name: str, number: int) -> JSON:
    """The plain fields of `Shop`."""
    at, url = moment(api.world.clock.now()), f"https://{domain.partition('.')[0]}.example"
    return {
        "id": gid("Shop", number), "name": name, "email": USERS[0].email,
        "contactEmail": "service@nordwind-supply.example", "currencyCode": "EUR", "ianaTimezone": "Europe/Berlin",
        "unitSystem": "METRIC_SYSTEM", "taxesIncluded": True, "weightUnit": "KILOGRAMS", "createdAt": at,
        "updatedAt": at, "description": None, "enabledPresentmentCurrencies": ["EUR", "USD", "GBP"],
        "orderNumberFormatPrefix": "#", "orderNumberFormatSuffix": "", "setupRequired": False,
        "shipsToCountries": ["DE", "AT", "CH", "FR", "NL", "SE", "US", "GB", "NG"], "shopOwnerName": USERS[0].name,
        "timezoneAbbreviation": "CET", "timezoneOffset": "+0100", "url": url,
        "primaryDomain": {"__typename": "Domain", "id": gid("Domain", number), "url": url, "host": url[8:]},
        "shopAddress": {
            "__typename": "ShopAddress", "id": gid("ShopAddress", number), "address1": "Speicherstraße 12",
            "city": "Hamburg", "zip": "20457", "country": "Germany", "countryCodeV2": "DE", "provinceCode": "HH",
            "province": "Hamburg", "phone": "+49 40 555 0100",
        },
    }  # fmt: skip


def furnish(shop: Shop) -> None:
    """What every shop has from its first day: a location, sales channels, payment terms, policies to fill in."""
    making.location(
        shop, "Hamburg warehouse", address1="Speicherstraße 12", city="Hamburg", country="Germany", countryCode="DE",
        zip="20457", phone="+49 40 555 0100",
    )  # fmt: skip
    making.location(
        shop, "Rotterdam hub", address1="Wilhelminakade 909", city="Rotterdam", country="Netherlands",
        countryCode="NL", zip="3072 AP",
    )  # fmt: skip
    seed_goods.furnish(shop)
