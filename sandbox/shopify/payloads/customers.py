"""Bodies of customers (REST-like)."""

from typing import TYPE_CHECKING

from sandbox.shopify.payloads.common import identity, number
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def customer(shop: "Shop", record: JSON) -> JSON:
    """`customers/*`. Tags are in topics of their own."""
    places = record["addresses"]
    told = identity(record) | {
        "created_at": record["createdAt"], "updated_at": record["updatedAt"], "first_name": record["firstName"],
        "last_name": record["lastName"], "state": record["state"].lower(), "note": record["note"],
        "verified_email": record["verifiedEmail"], "multipass_identifier": None, "tax_exempt": record["taxExempt"],
        "email": record["email"], "phone": record["phone"], "currency": shop.currency,
        "addresses": [_address(record, place) for place in places],
        "tax_exemptions": list(record["taxExemptions"]),
    }  # fmt: skip
    return told | ({"default_address": _address(record, places[0])} if places else {})


def _address(record: JSON, place: JSON) -> JSON:
    return {
        "id": number(place["id"]), "customer_id": number(record["id"]), "first_name": place["firstName"],
        "last_name": place["lastName"], "company": place["company"], "address1": place["address1"],
        "address2": place["address2"], "city": place["city"], "province": place["province"],
        "country": place["country"], "zip": place["zip"], "phone": place["phone"], "name": place["name"],
        "province_code": place["provinceCode"], "country_code": place["countryCodeV2"],
        "country_name": place["country"], "default": place is record["addresses"][0],
    }  # fmt: skip


def person(record: JSON) -> JSON:
    """As the compliance topics name a customer."""
    return {"id": number(record["id"]), "email": record["email"], "phone": record["phone"]}
