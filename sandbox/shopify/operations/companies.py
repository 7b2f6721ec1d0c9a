"""Reading companies, their locations, contacts and roles. Source: Admin GraphQL API reference, B2B."""

from collections.abc import Callable
from typing import Any

from sandbox.shopify import lists
from sandbox.shopify import order_facts as facts
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import number_of
from sandbox.shopify.money import money, total
from sandbox.shopify.operations import orders
from sandbox.shopify.operations.customers import spoken_age
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

Read = Callable[[JSON], Any]
SORTS: dict[str, Read] = {
    "NAME": lambda c: c["name"], "CREATED_AT": lambda c: c["createdAt"], "UPDATED_AT": lambda c: c["updatedAt"],
    "SINCE_DATE": lambda c: c.get("customerSince"),
}  # fmt: skip


def _filters() -> dict[str, Read]:
    return {
        **lists.common(),
        "name": lambda c: c["name"],
        "external_id": lambda c: c["externalId"],
        "since_date": lambda c: lists.moment(c.get("customerSince")),
        "active_customers_count": lambda c: c.get("contacts"),
        "ordering_status": lambda _c: "approved",
        "company_id": lambda c: number_of(c.get("companyId") or ""),
        "ids": lambda c: number_of(c["id"]),
    }


@query("companies")
def companies(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return lists.listing(shop, shop.all("Company"), args, _filters(), SORTS, words=("name", "externalId"))


@query("companiesCount")
def companies_count(shop: Shop, _node: JSON, _args: JSON) -> JSON:
    return lists.count(shop.all("Company"))


@query("company")
def company(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Company", args["id"])


@query("companyContact")
def contact(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("CompanyContact", args["id"])


@query("companyLocation")
def location(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("CompanyLocation", args["id"])


@query("companyLocations")
def locations(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return lists.listing(shop, shop.all("CompanyLocation"), args, _filters(), SORTS, words=("name", "externalId"))


def _orders(shop: Shop, node: JSON, name: str) -> list[JSON]:
    return [o for o in shop.all("Order") if o.get(name) == node["id"]]


def _spent(shop: Shop, node: JSON, name: str) -> JSON:
    found = _orders(shop, node, name)
    paid = total(facts.received(shop, o) - facts.refunded(shop, o) for o in found)
    return money(paid, shop.currency)


def _visible(shop: Shop, node: JSON, name: str) -> list[JSON]:
    return [o for o in orders.visible(shop) if o.get(name) == node["id"]]


def _of(kind: str) -> Resolver:
    def resolve(shop: Shop, node: JSON, args: JSON) -> Listing:
        return lists.listing(shop, shop.where(kind, companyId=node["id"]), args, _filters(), SORTS)

    return resolve


COMPANY: dict[str, Resolver] = {
    "contacts": _of("CompanyContact"),
    "contactRoles": _of("CompanyContactRole"),
    "locations": _of("CompanyLocation"),
    "contactsCount": lambda s, c, _: lists.count(s.where("CompanyContact", companyId=c["id"])),
    "locationsCount": lambda s, c, _: lists.count(s.where("CompanyLocation", companyId=c["id"])),
    "mainContact": lambda s, c, _: s.find("CompanyContact", c["mainContactId"]),
    "defaultRole": lambda s, c, _: s.find("CompanyContactRole", c.get("defaultRoleId")),
    "orders": lambda s, c, a: orders.listing(s, _visible(s, c, "companyId"), a),
    "draftOrders": lambda s, c, a: lists.listing(s, s.where("DraftOrder", companyId=c["id"]), a, lists.common(), {}),
    "ordersCount": lambda s, c, _: lists.count(_orders(s, c, "companyId")),
    "totalSpent": lambda s, c, _: _spent(s, c, "companyId"),
    "lifetimeDuration": lambda s, c, _: spoken_age(s, c["customerSince"]),
}
for _name, _resolver in COMPANY.items():
    field("Company", _name)(_resolver)

CONTACT: dict[str, Resolver] = {
    "company": lambda s, c, _: s.find("Company", c["companyId"]),
    "customer": lambda s, c, _: s.find("Customer", c["customerId"]),
    "isMainContact": lambda s, c, _: (s.find("Company", c["companyId"]) or {}).get("mainContactId") == c["id"],
    "roleAssignments": lambda s, c, _: [a for a in _assignments(s, c) if a["contactId"] == c["id"]],
    "lifetimeDuration": lambda s, c, _: spoken_age(s, c["createdAt"]),
}
for _name, _resolver in CONTACT.items():
    field("CompanyContact", _name)(_resolver)


def _assignments(shop: Shop, node: JSON) -> list[JSON]:
    return shop.where("CompanyContactRoleAssignment", companyId=node["companyId"])


ASSIGNMENT: dict[str, Resolver] = {
    "company": lambda s, a, _: s.find("Company", a["companyId"]),
    "companyContact": lambda s, a, _: s.find("CompanyContact", a["contactId"]),
    "companyLocation": lambda s, a, _: s.find("CompanyLocation", a["locationId"]),
    "role": lambda s, a, _: s.find("CompanyContactRole", a["roleId"]),
}
for _name, _resolver in ASSIGNMENT.items():
    field("CompanyContactRoleAssignment", _name)(_resolver)


def catalogs_of(shop: Shop, node: JSON) -> list[JSON]:
    return [c for c in shop.all("CompanyLocationCatalog") if node["id"] in c["locationIds"]]


LOCATION: dict[str, Resolver] = {
    "company": lambda s, x, _: s.find("Company", x["companyId"]),
    "catalogs": lambda s, x, _: catalogs_of(s, x),
    "catalogsCount": lambda s, x, _: lists.count(catalogs_of(s, x)),
    "roleAssignments": lambda s, x, _: [a for a in _assignments(s, x) if a["locationId"] == x["id"]],
    "orders": lambda s, x, a: orders.listing(s, _visible(s, x, "locationId"), a),
    "ordersCount": lambda s, x, _: lists.count(_orders(s, x, "locationId")),
    "totalSpent": lambda s, x, _: _spent(s, x, "locationId"),
}
for _name, _resolver in LOCATION.items():
    field("CompanyLocation", _name)(_resolver)


@field("CompanyLocation", "taxSettings")
def tax_settings(_shop: Shop, node: JSON, _args: JSON) -> JSON:
    return {name: node[name] for name in ("taxRegistrationId", "taxExempt", "taxExemptions")}


@field("CompanyLocation", "buyerExperienceConfiguration")
def buyer_experience(shop: Shop, node: JSON, _args: JSON) -> JSON:
    known = node["buyerExperience"]
    deposit = known["deposit"]
    return {
        "checkoutToDraft": known["checkoutToDraft"],
        "editableShippingAddress": known["editableShippingAddress"],
        "paymentTermsTemplate": shop.find("PaymentTermsTemplate", known["paymentTermsTemplateId"]),
        "deposit": {"__typename": "DepositPercentage", "percentage": deposit} if deposit else None,
    }
