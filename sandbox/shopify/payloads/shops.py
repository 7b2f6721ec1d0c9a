"""Bodies about the shop and the app's place in it."""

from typing import TYPE_CHECKING

from sandbox.shopify.gids import number_of
from sandbox.shopify.payloads.customers import person
from sandbox.shopify.state import JSON, Installation

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

PLANS = {"basic": "basic", "grow": "shopify", "advanced": "unlimited", "plus": "shopify_plus"}


def shop(here: "Shop") -> JSON:
    """`shop/update`, `app/uninstalled`: the shop as REST showed it."""
    store, profile = here.store, here.store.profile
    place = profile["shopAddress"]
    form = f"{profile['currencyCode']} {{{{amount}}}}"
    return {
        "id": number_of(profile["id"]), "name": profile["name"], "email": profile["email"], "domain": store.domain,
        "province": place.get("province"), "country": place["countryCodeV2"], "address1": place["address1"],
        "zip": place["zip"], "city": place["city"], "source": None, "phone": place.get("phone", ""),
        "latitude": None, "longitude": None, "primary_locale": store.users[0].locale, "address2": None,
        "created_at": profile["createdAt"], "updated_at": profile["updatedAt"],
        "country_code": place["countryCodeV2"], "country_name": place["country"],
        "currency": profile["currencyCode"], "customer_email": profile["contactEmail"],
        "timezone": f"({profile['timezoneOffset']}) {profile['ianaTimezone']}",
        "iana_timezone": profile["ianaTimezone"], "shop_owner": store.owner.name, "money_format": form,
        "money_with_currency_format": form, "weight_unit": "kg", "province_code": place.get("provinceCode"),
        "taxes_included": profile["taxesIncluded"], "auto_configure_tax_inclusivity": None, "tax_shipping": None,
        "county_taxes": None, "plan_display_name": store.plan.title(), "plan_name": PLANS[store.plan],
        "has_discounts": True, "has_gift_cards": False, "myshopify_domain": store.domain,
        "google_apps_domain": None, "google_apps_login_enabled": None, "money_in_emails_format": form,
        "money_with_currency_in_emails_format": form, "eligible_for_payments": True,
        "requires_extra_payments_agreement": False, "password_enabled": False, "has_storefront": True,
        "finances": True, "primary_location_id": 1001, "checkout_api_supported": True,
        "multi_location_enabled": True, "setup_required": False, "pre_launch_enabled": False,
        "enabled_presentment_currencies": profile["enabledPresentmentCurrencies"],
        "marketing_sms_consent_enabled_at_checkout": False, "transactional_sms_disabled": True,
    }  # fmt: skip


def scopes_update(here: "Shop", installed: Installation, previous: list[str], current: list[str]) -> JSON:
    return {
        "id": installed.number, "shop_id": str(number_of(here.store.profile["id"])), "previous": previous,
        "current": current, "updated_at": here.stamp(),
    }  # fmt: skip


def _about(here: "Shop") -> JSON:
    return {"shop_id": number_of(here.store.profile["id"]), "shop_domain": here.store.domain}


def data_request(here: "Shop", customer: JSON, orders: list[JSON], number: int) -> JSON:
    return _about(here) | {
        "customer": person(customer), "orders_requested": [number_of(o["id"]) for o in orders],
        "data_request": {"id": number},
    }  # fmt: skip


def redact_customer(here: "Shop", customer: JSON, orders: list[JSON]) -> JSON:
    ids = [number_of(o["id"]) for o in orders]
    return _about(here) | {"customer": person(customer), "orders_to_redact": ids}


def redact_shop(here: "Shop") -> JSON:
    return _about(here)
