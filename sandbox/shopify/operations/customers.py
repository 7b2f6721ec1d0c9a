"""Reading customers. Source: Admin GraphQL API reference, Customer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.shopify import customer_facts, lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import number_of
from sandbox.shopify.money import money
from sandbox.shopify.operations import orders
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

SORTS: dict[str, Callable[[JSON], Any]] = {
    "NAME": lambda c: c["displayName"], "CREATED_AT": lambda c: c["createdAt"], "UPDATED_AT": lambda c: c["updatedAt"],
}  # fmt: skip


def filters(shop: Shop) -> dict[str, Callable[[JSON], Any]]:
    return {
        **lists.common(),
        "customer_date": lambda c: lists.moment(c["createdAt"]),
        "email": lambda c: c["email"],
        "phone": lambda c: c["phone"],
        "first_name": lambda c: c["firstName"],
        "last_name": lambda c: c["lastName"],
        "state": lambda c: c["state"],
        "country": lambda c: [a["country"] for a in c["addresses"]] + [a["countryCodeV2"] for a in c["addresses"]],
        "orders_count": lambda c: len(customer_facts.orders(shop, c)),
        "total_spent": lambda c: float(customer_facts.spent(shop, c)),
    }


def listing(shop: Shop, args: JSON) -> Listing:
    words = ("displayName", "email", "phone")
    return lists.listing(shop, shop.all("Customer"), args, filters(shop), SORTS, words=words)


@query("customers")
def customers(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return listing(shop, args)


@query("customersCount")
def customers_count(shop: Shop, _node: JSON, args: JSON) -> JSON:
    return lists.count(listing(shop, args).nodes)


@query("customer")
def customer(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Customer", args["id"])


def visible_orders(shop: Shop, node: JSON) -> list[JSON]:
    return [o for o in orders.visible(shop) if o["customerId"] == node["id"]]


FACTS: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, c, _a: str(number_of(c["id"])),
    "defaultAddress": lambda _s, c, _a: c["addresses"][0] if c["addresses"] else None,
    "addressesV2": lambda _s, c, _a: c["addresses"],
    "addresses": lambda _s, c, a: c["addresses"][: a.get("first")],
    "amountSpent": lambda s, c, _: money(customer_facts.spent(s, c), s.currency),
    "numberOfOrders": lambda s, c, _: str(len(customer_facts.orders(s, c))),
    "lastOrder": lambda s, c, _: next(iter(reversed(visible_orders(s, c))), None),
    "orders": lambda s, c, a: orders.listing(s, visible_orders(s, c), a),
    "canDelete": lambda s, c, _: not customer_facts.orders(s, c),
    "companyContactProfiles": lambda s, c, _: s.where("CompanyContact", customerId=c["id"]),
    "lifetimeDuration": lambda s, c, _: spoken_age(s, c["createdAt"]),
}
for _name, _resolver in FACTS.items():
    field("Customer", _name)(_resolver)


@field("Customer", "defaultEmailAddress")
def email(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    if not node["email"]:
        return None
    return {"emailAddress": node["email"], "marketingState": node.get("marketingState", "NOT_SUBSCRIBED")}


@field("Customer", "defaultPhoneNumber")
def phone(_shop: Shop, node: JSON, _args: JSON) -> JSON | None:
    if not node["phone"]:
        return None
    state = node.get("smsState", "NOT_SUBSCRIBED").replace("NOT_", "NEVER_")
    return {"phoneNumber": node["phone"], "smsMarketingConsent": {"state": state}}


def spoken_age(shop: Shop, since: str) -> str:
    """`about 2 months`."""
    days = (shop.now() - datetime.fromisoformat(since)).days
    if days < 1:
        return "less than a day"
    if days < 30:
        return f"{days} day{'s' if days != 1 else ''}"
    months = days // 30
    return f"about {months} month{'s' if months != 1 else ''}"
