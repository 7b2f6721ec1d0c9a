"""Markets, catalogs with their prices, and discounts: what a merchant does about trade by hand."""

from typing import Any, Literal

from pydantic import Field

from sandbox.kernel.hands import NotAccepted
from sandbox.shopify.hands import placing_orders, reads
from sandbox.shopify.hands.asking import Friendly, change, checked, every, need, read, shown
from sandbox.shopify.hands.placing_orders import Amount
from sandbox.shopify.money import text
from sandbox.shopify.operations import catalogs
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

DISCOUNTS = ("DiscountCodeNode", "DiscountAutomaticNode")


class MarketWords(Friendly):
    """A market for businesses; `locations` are the numbers of the company locations it is for (none: all)."""

    name: str = "B2B"
    locations: list[int] = Field(default_factory=list)
    status: Literal["ACTIVE", "DRAFT"] = "ACTIVE"


def create_market(shop: Shop, given: JSON) -> JSON:
    asked = checked(MarketWords, given)
    ids = [need(shop, "CompanyLocation", one)["id"] for one in asked.locations]
    handle = asked.name.lower().replace(" ", "-")
    made = shop.new("Market", name=asked.name, handle=handle, status=asked.status, type="COMPANY_LOCATION",
                    locationIds=ids)  # fmt: skip
    return get_market(shop, made["id"])


def get_market(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Market", number, reads.MARKET)


def list_markets(shop: Shop) -> list[JSON]:
    return every(shop, "Market", reads.MARKET)


def _offer(shop: Shop, catalog: JSON) -> JSON:
    """A catalog with its fixed prices by SKU, which is what somebody looking at a company wants to know."""
    price_list = shop.find("PriceList", catalog["priceListId"])
    prices = price_list["prices"] if price_list else {}
    by_sku = {v["sku"]: one["price"] for key, one in prices.items() if (v := shop.find("ProductVariant", key))}
    return {"price_list_id": price_list["id"].rpartition("/")[2] if price_list else None, "prices": by_sku,
            "currency": price_list["currency"] if price_list else None}  # fmt: skip


def list_catalogs(shop: Shop) -> list[JSON]:
    """Those for businesses: by company location or by market, each with its price list."""
    return [get_catalog(shop, one["id"]) for one in catalogs.every(shop) if one["__typename"] != "AppCatalog"]


def get_catalog(shop: Shop, number: Any) -> JSON:
    found = next(
        (one for one in catalogs.every(shop) if str(number) in (one["id"], one["id"].rpartition("/")[2])), None
    )
    if found is None:
        found = need(shop, "CompanyLocationCatalog", number, status=404)
    places = [one.rpartition("/")[2] for one in found.get("locationIds", [])]
    return {"id": int(found["id"].rpartition("/")[2]), "gid": found["id"], "title": found["title"],
            "status": found["status"], "locations": places, **_offer(shop, found)}  # fmt: skip


class CatalogWords(Friendly):
    """A catalog for businesses; `locations` are the numbers of the company locations that buy by it."""

    title: str
    locations: list[int] = Field(default_factory=list)


def create_catalog(shop: Shop, given: JSON) -> JSON:
    asked = checked(CatalogWords, given)
    places = [need(shop, "CompanyLocation", one)["id"] for one in asked.locations]
    wanted = {"title": asked.title, "status": "ACTIVE", "context": {"companyLocationIds": places}}
    return get_catalog(shop, change(shop, "catalogCreate", {"input": wanted}, "input")["catalog"]["id"])


class AgreedPrice(Friendly):
    """A person sets the fixed price of a SKU in a catalog's price list by hand."""

    sku: str
    price: Amount


def patch_catalog(shop: Shop, number: Any, given: JSON) -> JSON:
    shown_now, asked = get_catalog(shop, number), checked(AgreedPrice, given)
    price_list = shop.find("PriceList", f"gid://shopify/PriceList/{shown_now['price_list_id']}")
    variant = next(iter(shop.where("ProductVariant", sku=asked.sku)), None)
    if price_list is None or variant is None:
        raise NotAccepted(422, "", {"sku": "there is no such variant, or the catalog has no price list"})
    amount = text(placing_orders.amount(asked.price, "price"))
    price_list["prices"][variant["id"]] = {"price": amount, "compareAtPrice": None}
    return get_catalog(shop, number)


# Discounts


def create_discount(shop: Shop, given: JSON) -> JSON:
    """With `code` (DiscountCodeBasicInput), else one that applies by itself (DiscountAutomaticBasicInput)."""
    kind = "Code" if given.get("code") else "Automatic"
    usual: JSON = {"startsAt": shop.stamp(), "context": {"all": "ALL"}}
    usual["customerGets"] = {"value": {"percentage": 0.1}, "items": {"all": True}}
    name = f"{kind.lower()}BasicDiscount" if kind == "Automatic" else "basicCodeDiscount"
    made = change(shop, f"discount{kind}BasicCreate", {name: usual | given}, name)
    return get_discount(shop, made[f"{kind.lower()}DiscountNode"]["id"])


def patch_discount(shop: Shop, number: Any, given: JSON) -> JSON:
    """`active` switches it on or off; the rest is the input of the discount's own kind."""
    found = _discount(shop, number)
    kind = "Code" if found["__typename"] == "DiscountCodeNode" else "Automatic"
    body = {name: value for name, value in given.items() if name != "active"}
    if body:
        name = "automaticBasicDiscount" if kind == "Automatic" else "basicCodeDiscount"
        change(shop, f"discount{kind}BasicUpdate", {"id": found["id"], name: body}, name)
    if "active" in given:
        change(shop, f"discount{kind}{'Activate' if given['active'] else 'Deactivate'}", {"id": found["id"]})
    return get_discount(shop, found["id"])


def _discount(shop: Shop, number: Any) -> JSON:
    named = [d for kind in DISCOUNTS for d in shop.all(kind) if str(number) in (d["id"], d["id"].rpartition("/")[2])]
    return named[0] if named else need(shop, DISCOUNTS[0], number, status=404)


def get_discount(shop: Shop, number: Any) -> JSON:
    document = f"query($id: ID!) {{ discountNode(id: $id) {{ {reads.DISCOUNT} }} }}"
    node: JSON = read(shop, document, id=_discount(shop, number)["id"])["discountNode"]
    about: JSON = node["discount"]
    return {"id": node["id"], "gid": node["gid"]} | about


def list_discounts(shop: Shop) -> list[JSON]:
    return [get_discount(shop, one["id"]) for kind in DISCOUNTS for one in shop.all(kind)]


def delete_discount(shop: Shop, number: Any) -> None:
    found = _discount(shop, number)
    kind = "Code" if found["__typename"] == DISCOUNTS[0] else "Automatic"
    change(shop, f"discount{kind}Delete", {"id": found["id"]})
