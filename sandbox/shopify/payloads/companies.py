"""Bodies of companies, locations, contacts and roles (GraphQL-like, without numeric ids)."""

from typing import TYPE_CHECKING

from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def company(shop: "Shop", record: JSON) -> JSON:
    """`companies/*`."""
    del shop
    return {
        "name": record["name"], "note": record["note"], "external_id": record["externalId"],
        "main_contact_admin_graphql_api_id": record["mainContactId"], "created_at": record["createdAt"],
        "updated_at": record["updatedAt"], "customer_since": record["customerSince"],
        "admin_graphql_api_id": record["id"],
    }  # fmt: skip


def location(shop: "Shop", record: JSON) -> JSON:
    """`company_locations/*`."""
    of = shop.find("Company", record["companyId"])
    tax = record["taxRegistrationId"]
    experience = record["buyerExperience"]
    return {
        "name": record["name"], "external_id": record["externalId"], "phone": record["phone"],
        "locale": record["locale"], "created_at": record["createdAt"], "updated_at": record["updatedAt"],
        "note": record["note"],
        "buyer_experience_configuration": {
            "checkout_to_draft": experience["checkoutToDraft"],
            "payment_terms_template_admin_graphql_api_id": experience["paymentTermsTemplateId"],
        } if experience["checkoutToDraft"] or experience["paymentTermsTemplateId"] else None,
        "admin_graphql_api_id": record["id"], "tax_exemptions": list(record["taxExemptions"]),
        "tax_settings": {
            "tax_registration_id": tax, "tax_exempt": record["taxExempt"],
            "tax_exemptions": list(record["taxExemptions"]),
        },
        "company": company(shop, of) if of else None,
        "billing_address": _address(record, record["billingAddress"]),
        "shipping_address": _address(record, record["shippingAddress"]),
        "tax_registration": {"tax_id": tax},
    }  # fmt: skip


def _address(record: JSON, place: JSON | None) -> JSON | None:
    if place is None:
        return None
    return {
        "address1": place["address1"], "city": place["city"], "province": place["province"],
        "country": place["country"], "zip": place["zip"], "recipient": place["recipient"],
        "first_name": place["firstName"], "last_name": place["lastName"], "address2": place["address2"],
        "phone": place["phone"], "zone_code": place["zoneCode"], "country_code": place["countryCode"],
        "created_at": record["createdAt"], "updated_at": record["updatedAt"], "admin_graphql_api_id": place["id"],
        "company_admin_graphql_api_id": record["companyId"],
    }  # fmt: skip


def contact(shop: "Shop", record: JSON) -> JSON:
    """`company_contacts/*`."""
    of = shop.find("Company", record["companyId"])
    return {
        "customer_admin_graphql_api_id": record["customerId"], "title": record["title"], "locale": record["locale"],
        "created_at": record["createdAt"], "updated_at": record["updatedAt"], "admin_graphql_api_id": record["id"],
        "company": company(shop, of) if of else None,
    }  # fmt: skip


def role(shop: "Shop", record: JSON) -> JSON:
    """`company_contact_roles/*`: who may do what where."""
    who, where = shop.find("CompanyContact", record["contactId"]), shop.find("CompanyLocation", record["locationId"])
    what = shop.find("CompanyContactRole", record["roleId"])
    return {
        "company_contact": contact(shop, who) if who else None,
        "company_location": location(shop, where) if where else None,
        "company_contact_role": {
            "name": what["name"] if what else "", "note": what["note"] if what else "",
            "admin_graphql_api_id": record["roleId"],
        },
        "admin_graphql_api_id": record["id"],
    }  # fmt: skip
