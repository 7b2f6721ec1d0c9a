"""The two stores as the walks know them: one vocabulary, and what it means in each.

A row says `Create("shipments", ...)`, `Happens("order_cancelled")` or `Effect("store", "{held}")`; here stands which
call of the control API that is, and how the store's ledger and our pages call it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.ids import Provider
from sandbox import credentials

JSON = dict[str, Any]
Made = tuple[str, JSON]  # the store's own resource and body
Happening = tuple[str, str, JSON]  # method, path below the store, body


@dataclass(frozen=True)
class Store:
    """`words`: what rows name in braces. `makes`: noun -> its own resource and body; as it is where there is none."""

    provider: Provider
    words: Mapping[str, str]
    makes: Mapping[str, Callable[[JSON], Made]]
    happens: Mapping[str, Happening]

    def made(self, noun: str, facts: Mapping[str, Any]) -> Made:
        make = self.makes.get(noun)
        return make(dict(facts)) if make else (noun, dict(facts))

    @property
    def path(self) -> str:
        return f"/stores/{self.provider.value}"


def _order(status: str) -> Happening:
    return "PATCH", "orders/{order}", {"status": status}


BIGCOMMERCE = Store(
    Provider.BIGCOMMERCE,
    words={
        "store": "demostore1",
        "held": "order {order} status 11 -> 12",
        "released": "order {order} status 12 -> 11",
        "cancelled": "order {order} status 7 -> 5",
        "declined": "order {order} status 12 -> 6",
        "noted": "order {order} changed staff_notes",
        "paid_back": "refund",
        "product_changed": "product {product} changed",
        "product_marked": "custom field",
        "page_changed": "page {page} changed",
        "page_object": "{page}",
        "is_open": "in your store: Awaiting Fulfillment",
        "is_held": "in your store: Manual Verification Required",
        "is_cancelled": "in your store: Cancelled",
        "is_declined": "in your store: Declined",
        "is_hidden": "not visible to shoppers",
        "page_created": "page 12 created",
        "record_end": "completed",
        "account_type": "CUSTOMER",
        "account_workspace": "Customer {customer}",
        "promotion": "promotion 1 created",
        "promotions": "promotion",
        "prices_listed": "price list 1 created",
        "prices_set": "price list 1 1 records set",
        "prices_given": "1 price list assignments set",
        "prices": "price",
    },
    makes={"businesses": lambda facts: ("customers", facts)},
    happens={
        "order_cancelled": _order("Cancelled"),
        "order_completed": _order("Completed"),
        "order_disputed": _order("Disputed"),
    },
)


def _placed(facts: JSON) -> Made:
    """Whoever has an account orders by it; an address without a name is the buyer's own."""
    facts.pop("status", None), facts.pop("status_id", None)
    body: JSON = {name: facts[name] for name in ("total", "payment_status", "items", "shipping") if name in facts}
    if "billing" in facts:
        home = facts["billing"]
        body["billing"] = {"name": home["name"], "address1": home["street_1"], "city": home["city"],
                           "zip": home["zip"], "countryCode": home["country"]}  # fmt: skip
        body["email"] = home["email"]
    if "customer_id" in facts:
        body["customer"] = facts["customer_id"]
    if "company_id" in facts:
        body["company"] = facts["company_id"]
    if "customer_id" in facts or "company_id" in facts:
        body.pop("email", None)
    return "orders", body


def _product(facts: JSON) -> Made:
    body: JSON = {"title": facts["name"], "price": facts["price"], "sku": facts["sku"]}
    if "inventory_level" in facts:
        body["quantity"] = facts["inventory_level"]
    kept = {one["name"].lower(): one["value"] for one in facts.get("custom_fields", ())}
    kept |= {"warranty": facts["warranty"]} if "warranty" in facts else {}
    return "products", body | (
        {
            "metafields": [
                {"namespace": "custom", "key": name.replace("-", "_"), "type": "single_line_text_field", "value": value}
                for name, value in kept.items()
            ]
        }
        if kept
        else {}
    )


def _customer(facts: JSON) -> Made:
    home = {"address1": "Hauptstraße 1", "city": "Köln", "zip": "50667", "countryCode": "DE"}
    home |= {"company": facts["company"]} if "company" in facts else {}
    consent = {"emailMarketingConsent": {"marketingState": "SUBSCRIBED"}} if facts.get("agrees") else {}
    named = {"firstName": facts["first_name"], "lastName": facts["last_name"], "email": facts["email"]}
    return "customers", named | consent | {"address": home}


def _business(facts: JSON) -> Made:
    contact = {"firstName": facts["first_name"], "lastName": facts["last_name"], "email": facts["email"]}
    return "companies", {"name": facts["company"], "contact": contact, "address": {"city": "Köln", "zip": "50667"}}


def _sent(facts: JSON) -> Made:
    body: JSON = {"order_id": facts["order_id"], "tracking": {"number": facts["tracking_number"]}}
    if "items" in facts:
        body["items"] = [{"line": one["order_product_id"], "quantity": one["quantity"]} for one in facts["items"]]
    return "fulfillments", body


def _refunded(facts: JSON) -> Made:
    return "refunds", {"order_id": facts["order_id"], "amount": facts["amount"], "note": facts["reason"]}


def _page(facts: JSON) -> Made:
    return "pages", {"title": facts["name"], "body": facts["body"], "isPublished": facts["is_visible"]}


SHOPIFY = Store(
    Provider.SHOPIFY,
    words={
        "store": credentials.SHOPIFY_SHOP,
        "held": "fulfillmentOrderHold ",
        "released": "fulfillmentOrderReleaseHold ",
        "cancelled": "orderCancel gid://shopify/Order/{order}",
        "declined": "orderCancel gid://shopify/Order/{order}",
        "noted": "orderUpdate gid://shopify/Order/{order}",
        "paid_back": "refundCreate ",
        "product_changed": "productUpdate gid://shopify/Product/{product}",
        "product_marked": "metafieldsSet ",
        "page_changed": "pageUpdate gid://shopify/Page/{page}",
        "page_object": "sh-{store}-page-{page}",
        "is_open": "in your store: Unfulfilled",
        "is_held": "in your store: On hold",
        "is_cancelled": "in your store: Cancelled",
        "is_declined": "in your store: Cancelled",
        "is_hidden": "not visible to shoppers",
        "page_created": "pageCreate ",
        "record_end": "fulfilled",
        "account_type": "COMPANY",
        "account_workspace": "Company {account}",
        "promotion": "discountAutomaticBasicCreate ",
        "promotions": "discount",
        "prices_listed": "priceListCreate ",
        "prices_set": "quantityPricingByVariantUpdate",
        "prices_given": "catalogCreate ",
        "prices": "price",
    },
    makes={
        "businesses": _business,
        "orders": _placed,
        "products": _product,
        "customers": _customer,
        "shipments": _sent,
        "refunds": _refunded,
        "pages": _page,
    },
    happens={
        "contact_edited": ("PATCH", "customers/{customer}", {"note": "Buys for a company"}),
        "order_cancelled": ("PATCH", "orders/{order}", {"cancel": {"reason": "CUSTOMER"}}),
        "order_completed": ("POST", "fulfillments", {"order_id": "#{order}"}),
        "order_disputed": ("POST", "disputes", {"order_id": "#{order}"}),
    },
)
STORES = {one.provider: one for one in (BIGCOMMERCE, SHOPIFY)}
