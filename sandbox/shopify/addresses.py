"""Postal addresses: what the API shows of them, from its own input or from a few friendly facts."""

from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.countries import COUNTRIES
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

PROVINCES = {"TX": "Texas", "CA": "California", "NY": "New York", "ON": "Ontario", "BC": "British Columbia"}
PLAIN = ("firstName", "lastName", "company", "address1", "address2", "city", "zip", "phone", "provinceCode")


def country_name(code: str | None) -> str | None:
    return COUNTRIES[code][0] if code in COUNTRIES else code


def mailing(shop: "Shop", given: JSON, base: JSON | None = None) -> JSON:
    """MailingAddress from `MailingAddressInput`; what is left out is kept from `base`."""
    former = base or {}
    made: JSON = {name: given.get(name, former.get(name)) for name in PLAIN}
    code = given.get("countryCode", former.get("countryCodeV2"))
    made |= {"countryCodeV2": code, "country": country_name(code)}
    made["province"] = PROVINCES.get(made["provinceCode"] or "", made["provinceCode"])
    made["name"] = " ".join(part for part in (made["firstName"], made["lastName"]) if part) or None
    places = [made["city"], made["provinceCode"], made["country"]]
    made["formattedArea"] = ", ".join(place for place in places if place) or None
    made["id"] = former.get("id") or f"gid://shopify/MailingAddress/{shop.next('MailingAddress')}?model_name=Address"
    return made


def is_whole(address: Any) -> bool:
    return isinstance(address, dict) and bool(address.get("countryCodeV2"))


def company(shop: "Shop", given: JSON, base: JSON | None = None) -> JSON:
    """CompanyAddress from `CompanyAddressInput`."""
    former = base or {}
    names = ("address1", "address2", "city", "zip", "phone", "firstName", "lastName", "recipient", "companyName")
    made: JSON = {name: given.get(name, former.get(name)) for name in names}
    code = given.get("countryCode", former.get("countryCode"))
    made |= {"countryCode": code, "country": country_name(code), "zoneCode": given.get("zoneCode")}
    made["province"] = PROVINCES.get(made["zoneCode"] or "", made["zoneCode"])
    made["formattedArea"] = ", ".join(place for place in (made["city"], made["country"]) if place)
    made["id"] = former.get("id") or f"gid://shopify/CompanyAddress/{shop.next('CompanyAddress')}"
    return {"__typename": "CompanyAddress", **made}
