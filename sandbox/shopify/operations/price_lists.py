"""Price lists: fixed prices of variants over an adjustment of the shop's own, and quantity pricing.

Source: Admin GraphQL API reference, priceListCreate, priceListFixedPrices..., quantityPricingByVariantUpdate. Prices
have no validity dates.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.shopify import lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError, entry
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import decimal, money, text
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import catalogs
from sandbox.shopify.operations.products import variants
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

MOST_BY_PRODUCT = 10_000
LONGEST_NAME = 255


# Reading


@query("priceList")
def price_list(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("PriceList", args["id"])


@query("priceLists")
def price_lists(shop: Shop, _node: JSON, args: JSON) -> Listing:
    return lists.listing(shop, shop.all("PriceList"), args, lists.common(), {"NAME": lambda p: p["name"]})


field("PriceList", "catalog")(lambda s, p, _: catalogs.of(s, p["catalogId"]))
field("PriceList", "fixedPricesCount")(lambda _s, p, _a: len(p["prices"]))


@field("PriceList", "prices")
def prices(shop: Shop, node: JSON, args: JSON) -> Listing:
    """Fixed prices, and for all other variants what the adjustment makes of the shop's price."""
    fixed = [_shown(shop, node, v, one) for i, one in node["prices"].items() if (v := shop.find("ProductVariant", i))]
    relative = [
        _shown(shop, node, v, None) for v in shop.all("ProductVariant") if v["id"] not in node["prices"]
    ] if args.get("originType") != "FIXED" else []  # fmt: skip
    found = [*([] if args.get("originType") == "RELATIVE" else fixed), *relative]
    filters: dict[str, Callable[[JSON], Any]] = {
        "variant_id": lambda p: number_of(p["variant"]["id"]),
        "product_id": lambda p: number_of(p["variant"]["productId"]),
    }
    listing = lists.listing(shop, found, args, filters, {})
    listing.sorts = {"ID": lambda p: number_of(p["variant"]["id"])}
    return listing


def _shown(shop: Shop, node: JSON, variant: JSON, fixed: JSON | None) -> JSON:
    compare = fixed["compareAtPrice"] if fixed else None
    return {
        "id": variant["id"], "variant": variant, "listId": node["id"],
        "originType": "FIXED" if fixed else "RELATIVE",
        "price": money(price_of(shop, node, variant), node["currency"]),
        "compareAtPrice": money(compare, node["currency"]) if compare else None,
    }  # fmt: skip


def price_of(_shop: Shop, node: JSON, variant: JSON) -> Decimal:
    fixed = node["prices"].get(variant["id"])
    if fixed is not None:
        return decimal(fixed["price"])
    adjustment = node["parent"]["adjustment"]
    share = decimal(adjustment["value"]) / 100
    sign = -1 if adjustment["type"] == "PERCENTAGE_DECREASE" else 1
    return decimal(variant["price"]) * (1 + sign * share)


@field("PriceListPrice", "quantityPriceBreaks")
def price_breaks(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    found = shop.find("PriceList", node["listId"])
    return _breaks(found, node["variant"]) if found else []


def _breaks(node: JSON, variant: JSON) -> list[JSON]:
    own = [b for b in node["breaks"] if b["variantId"] == variant["id"]]
    return [
        {**b, "price": money(b["price"], node["currency"])} for b in sorted(own, key=lambda b: b["minimumQuantity"])
    ]


@field("ProductVariant", "contextualPricing")
def contextual_pricing(shop: Shop, node: JSON, args: JSON) -> JSON:
    """The price at a company location: the lowest of its active catalogs, else the shop's own."""
    place = shop.find("CompanyLocation", args["context"].get("companyLocationId"))
    found = [
        chosen
        for c in catalogs.every(shop)
        if place is not None and catalogs.is_offered(shop, c, place)
        and (chosen := shop.find("PriceList", c["priceListId"]))
    ]  # fmt: skip
    best = min(found, key=lambda p: price_of(shop, p, node), default=None)
    if best is None:
        return {"price": money(node["price"], shop.currency), "quantityRule": _usual_rule(), "breaks": []}
    return {
        "price": money(price_of(shop, best, node), best["currency"]),
        "quantityRule": best["rules"].get(node["id"], _usual_rule()),
        "breaks": _breaks(best, node),
    }


def _usual_rule() -> JSON:
    return {"minimum": 1, "maximum": None, "increment": 1}


@field("ProductVariantContextualPricing", "quantityPriceBreaks")
def contextual_breaks(_shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return list(node["breaks"])


# Lists


@mutation("priceListCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    _check_list(shop, given, None)
    made = shop.new(
        "PriceList", name=given["name"], currency=given["currency"], parent=_parent(given["parent"]),
        catalogId=None, prices={}, breaks=[], rules={}, createdAt=shop.stamp(), updatedAt=shop.stamp(),
    )  # fmt: skip
    _attach(shop, made, given)
    return {"priceList": made}


@mutation("priceListUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    made = shop.need("PriceList", args["id"], ["id"], "PRICE_LIST_NOT_FOUND")
    given = args["input"]
    _check_list(shop, given, made)
    made |= {n: given[n] for n in ("name", "currency") if given.get(n)}
    if given.get("parent"):
        made["parent"] = _parent(given["parent"])
    _attach(shop, made, given)
    shop.touch(made)
    return {"priceList": made}


@mutation("priceListDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("PriceList", args["id"], ["id"], "PRICE_LIST_NOT_FOUND")
    for record in catalogs.every(shop):
        if record["priceListId"] == made["id"]:
            record["priceListId"] = None
    shop.drop(made)
    return {"deletedId": made["id"]}


def _parent(given: JSON) -> JSON:
    return {"adjustment": dict(given["adjustment"]), "settings": dict(given.get("settings") or {})}


def _check_list(shop: Shop, given: JSON, own: JSON | None) -> None:
    name = given.get("name")
    if name is not None and not name.strip():
        raise UserError("Name can't be blank", ["input", "name"], "BLANK")
    if name and len(name) > LONGEST_NAME:
        raise UserError(f"Name is too long (maximum is {LONGEST_NAME} characters)", ["input", "name"], "TOO_LONG")
    if name and any(p["name"] == name and p is not own for p in shop.all("PriceList")):
        raise UserError("Name has already been taken", ["input", "name"], "TAKEN")
    adjustment = (given.get("parent") or {}).get("adjustment")
    if adjustment:
        most = 100 if adjustment["type"] == "PERCENTAGE_DECREASE" else 1000
        path = ["input", "parent", "adjustment", "value"]
        if adjustment["value"] < 0:
            raise UserError("The adjustment must not be negative", path, "INVALID_ADJUSTMENT_MIN_VALUE")
        if adjustment["value"] > most:
            raise UserError(f"The adjustment must be at most {most}", path, "INVALID_ADJUSTMENT_MAX_VALUE")
    if given.get("catalogId") and catalogs.of(shop, given["catalogId"]) is None:
        raise UserError("Catalog does not exist", ["input", "catalogId"], "CATALOG_DOES_NOT_EXIST")


def _attach(shop: Shop, made: JSON, given: JSON) -> None:
    catalog = catalogs.of(shop, given.get("catalogId"))
    if catalog is None:
        return
    if catalog["priceListId"] not in (None, made["id"]):
        raise UserError("The catalog has a price list already", ["input", "catalogId"], "CATALOG_TAKEN")
    catalog["priceListId"], made["catalogId"] = made["id"], catalog["id"]


# Fixed prices


@mutation("priceListFixedPricesAdd")
def add(shop: Shop, args: JSON) -> JSON:
    made = _list(shop, args)
    _check_prices(shop, made, args["prices"], ["prices"])
    return {"prices": _put(shop, made, args["prices"])}


@mutation("priceListFixedPricesUpdate")
def change(shop: Shop, args: JSON) -> JSON:
    made = _list(shop, args)
    _check_prices(shop, made, args["pricesToAdd"], ["pricesToAdd"])
    _check_fixed(shop, made, args["variantIdsToDelete"], ["variantIdsToDelete"])
    added = _put(shop, made, args["pricesToAdd"])
    for text_id in args["variantIdsToDelete"]:
        made["prices"].pop(text_id, None)
    return {"pricesAdded": added, "deletedFixedPriceVariantIds": list(args["variantIdsToDelete"])}


@mutation("priceListFixedPricesDelete")
def remove(shop: Shop, args: JSON) -> JSON:
    made = _list(shop, args)
    _check_fixed(shop, made, args["variantIds"], ["variantIds"])
    for text_id in args["variantIds"]:
        del made["prices"][text_id]
    shop.touch(made)
    return {"deletedFixedPriceVariantIds": list(args["variantIds"])}


@mutation("priceListFixedPricesByProductUpdate")
def change_by_product(shop: Shop, args: JSON) -> JSON:
    made = shop.need("PriceList", args["priceListId"], ["priceListId"], "PRICE_LIST_DOES_NOT_EXIST")
    add_given, gone = args.get("pricesToAdd") or [], args.get("pricesToDeleteByProductIds") or []
    if not add_given and not gone:
        raise UserError("No update operations were specified", None, "NO_UPDATE_OPERATIONS_SPECIFIED")
    ids = [one["productId"] for one in add_given]
    if len(set(ids)) != len(ids) or len(set(gone)) != len(gone):
        raise UserError("A product is named twice", ["pricesToAdd"], "DUPLICATE_ID_IN_INPUT")
    if set(ids) & set(gone):
        raise UserError("A product cannot be added and deleted", ["pricesToAdd"], "ID_MUST_BE_MUTUALLY_EXCLUSIVE")
    products = [shop.need("Product", i, ["pricesToAdd"], "PRODUCT_DOES_NOT_EXIST") for i in ids]
    dropped = [shop.need("Product", i, ["pricesToDeleteByProductIds"], "PRODUCT_DOES_NOT_EXIST") for i in gone]
    if any(one["price"]["currencyCode"] != made["currency"] for one in add_given):
        said = "The currency must be the price list's"
        raise UserError(said, ["pricesToAdd"], "PRICES_TO_ADD_CURRENCY_MISMATCH")
    wanted = [
        {"variantId": v["id"], "price": one["price"], "compareAtPrice": one.get("compareAtPrice")}
        for product, one in zip(products, add_given, strict=True)
        for v in variants(shop, product)
    ]
    if len(made["prices"]) + len(wanted) > MOST_BY_PRODUCT:
        said = f"More than {MOST_BY_PRODUCT} fixed prices"
        raise UserError(said, ["pricesToAdd"], "PRICE_LIMIT_EXCEEDED")
    _put(shop, made, wanted)
    for product in dropped:
        for v in variants(shop, product):
            made["prices"].pop(v["id"], None)
    return {"pricesToAddProducts": products, "pricesToDeleteProducts": dropped}


def _list(shop: Shop, args: JSON) -> JSON:
    return shop.need("PriceList", args["priceListId"], ["priceListId"], "PRICE_LIST_NOT_FOUND")


def _check_prices(shop: Shop, made: JSON, given: list[JSON], path: list[str]) -> None:
    errors = []
    for place, one in enumerate(given):
        here = [*path, str(place)]
        if shop.find("ProductVariant", one["variantId"]) is None:
            errors.append(entry("Variant not found.", [*here, "variantId"], "VARIANT_NOT_FOUND"))
        elif one["price"]["currencyCode"] != made["currency"]:
            said = "The specified currency does not match the price list's currency."
            errors.append(entry(said, [*here, "price", "currencyCode"], "PRICE_LIST_CURRENCY_MISMATCH"))
    if errors:
        raise UserError.many(errors)


def _check_fixed(shop: Shop, made: JSON, ids: list[str], path: list[str]) -> None:
    for place, text_id in enumerate(ids):
        if shop.find("ProductVariant", text_id) is None:
            raise UserError("Variant not found.", [*path, str(place)], "VARIANT_NOT_FOUND")
        if text_id not in made["prices"]:
            raise UserError("Only fixed prices can be deleted.", [*path, str(place)], "PRICE_NOT_FIXED")


def _put(shop: Shop, made: JSON, given: list[JSON]) -> list[JSON]:
    found = []
    for one in given:
        compare = one.get("compareAtPrice")
        made["prices"][one["variantId"]] = {
            "price": text(one["price"]["amount"]), "compareAtPrice": text(compare["amount"]) if compare else None,
        }  # fmt: skip
        variant = shop.find("ProductVariant", one["variantId"])
        if variant is not None:
            found.append(_shown(shop, made, variant, made["prices"][one["variantId"]]))
    shop.touch(made)
    return found


# Quantity pricing


@mutation("quantityPricingByVariantUpdate")
def update_quantity_pricing(shop: Shop, args: JSON) -> JSON:
    """All or nothing; only for catalogs of company locations."""
    made, given = _list(shop, args), args["input"]
    catalog = catalogs.of(shop, made["catalogId"])
    if catalog is not None and catalog["__typename"] != "CompanyLocationCatalog" and given["quantityRulesToAdd"]:
        said = "Quantity rules are for catalogs of company locations."
        raise UserError(said, ["input", "quantityRulesToAdd"], "QUANTITY_RULE_ADD_CATALOG_CONTEXT_NOT_SUPPORTED")
    _check_quantity_pricing(shop, made, given)
    _put(shop, made, given["pricesToAdd"])
    for text_id in given["pricesToDeleteByVariantId"]:
        made["prices"].pop(text_id, None)
    for rule in given["quantityRulesToAdd"]:
        made["rules"][rule["variantId"]] = {n: rule.get(n) for n in ("minimum", "maximum", "increment")}
    for text_id in given["quantityRulesToDeleteByVariantId"]:
        made["rules"].pop(text_id, None)
    gone, by_variant = set(given["quantityPriceBreaksToDelete"]), given.get("quantityPriceBreaksToDeleteByVariantId")
    made["breaks"] = [
        b for b in made["breaks"] if b["id"] not in gone and b["variantId"] not in (by_variant or [])
    ]  # fmt: skip
    for one in given["quantityPriceBreaksToAdd"]:
        _put_break(shop, made, one)
    touched = dict.fromkeys(
        one["variantId"] for name in ("pricesToAdd", "quantityRulesToAdd", "quantityPriceBreaksToAdd")
        for one in given[name]
    )  # fmt: skip
    return {"productVariants": [v for i in touched if (v := shop.find("ProductVariant", i))]}


def _put_break(shop: Shop, made: JSON, one: JSON) -> None:
    number = gid("QuantityPriceBreak", shop.next("QuantityPriceBreak"))
    at = (one["variantId"], one["minimumQuantity"])
    made["breaks"] = [b for b in made["breaks"] if (b["variantId"], b["minimumQuantity"]) != at]
    made["breaks"].append(
        {"__typename": "QuantityPriceBreak", "id": number, "variantId": one["variantId"],
         "minimumQuantity": one["minimumQuantity"], "price": text(one["price"]["amount"])}
    )  # fmt: skip


def _check_quantity_pricing(shop: Shop, made: JSON, given: JSON) -> None:
    kinds = (("pricesToAdd", "PRICE_ADD"), ("quantityPriceBreaksToAdd", "QUANTITY_PRICE_BREAK_ADD"),
             ("quantityRulesToAdd", "QUANTITY_RULE_ADD"))  # fmt: skip
    for name, code in kinds:
        for place, one in enumerate(given[name]):
            path = ["input", name, str(place)]
            if shop.find("ProductVariant", one["variantId"]) is None:
                raise UserError("Variant not found.", [*path, "variantId"], f"{code}_VARIANT_NOT_FOUND")
            if "price" in one and one["price"]["currencyCode"] != made["currency"]:
                raise UserError(
                    "Currency does not match the price list.", [*path, "price"], f"{code}_CURRENCY_MISMATCH"
                )
            if name == "quantityRulesToAdd":
                _check_rule(one, path)
    added = {one["variantId"] for one in given["pricesToAdd"]}
    for place, one in enumerate(given["quantityPriceBreaksToAdd"]):
        if one["variantId"] not in added and one["variantId"] not in made["prices"]:
            said = "A fixed price is needed before quantity breaks."
            path = ["input", "quantityPriceBreaksToAdd", str(place)]
            raise UserError(said, path, "QUANTITY_PRICE_BREAK_ADD_PRICE_LIST_PRICE_NOT_FOUND")


def _check_rule(one: JSON, path: list[str]) -> None:
    if one["minimum"] < 1:
        raise UserError("Minimum must be at least 1.", [*path, "minimum"], "QUANTITY_RULE_ADD_MINIMUM_IS_LESS_THAN_ONE")
    if one["increment"] < 1:
        said = "Increment must be at least 1."
        raise UserError(said, [*path, "increment"], "QUANTITY_RULE_ADD_INCREMENT_IS_LESS_THAN_ONE")
    if one["minimum"] % one["increment"]:
        said = "Minimum must be a multiple of the increment."
        raise UserError(said, [*path, "minimum"], "QUANTITY_RULE_ADD_MINIMUM_NOT_A_MULTIPLE_OF_INCREMENT")
    if one.get("maximum") is not None and one["maximum"] < one["minimum"]:
        said = "Maximum must not be below the minimum."
        raise UserError(said, [*path, "maximum"], "QUANTITY_RULE_ADD_MINIMUM_GREATER_THAN_MAXIMUM")
