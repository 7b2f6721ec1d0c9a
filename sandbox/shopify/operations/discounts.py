"""Discounts: codes and automatic ones. Deactivating ends them now.

Source: Admin GraphQL API reference, discountCodeBasicCreate, discountAutomaticBasicCreate and their neighbours.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.shopify import changed, lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError, wrong_id
from sandbox.shopify.gids import gid, kind_of
from sandbox.shopify.money import decimal, money
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import tags
from sandbox.shopify.payloads import sales as payloads
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

CODE, AUTOMATIC = "DiscountCodeNode", "DiscountAutomaticNode"
KINDS = {CODE: "DiscountCodeBasic", AUTOMATIC: "DiscountAutomaticBasic"}
PLAIN = ("title", "startsAt", "endsAt", "usageLimit", "appliesOncePerCustomer")


def every(shop: Shop) -> list[JSON]:
    return [*shop.all(CODE), *shop.all(AUTOMATIC)]


@query("discountNodes")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "title": lambda d: d["title"],
        "code": lambda d: [c["code"] for c in d["codes"]],
        "status": lambda d: payloads.discount_status(shop, d),
        "method": lambda d: "code" if d["__typename"] == CODE else "automatic",
        "type": lambda _d: "all",
        "discount_type": lambda d: "percentage" if d["percentage"] is not None else "fixed_amount",
        "starts_at": lambda d: lists.moment(d["startsAt"]),
        "ends_at": lambda d: lists.moment(d["endsAt"]),
        "times_used": lambda d: d["used"],
    }
    sorts = {"CREATED_AT": lambda d: d["createdAt"], "UPDATED_AT": lambda d: d["updatedAt"],
             "TITLE": lambda d: d["title"], "STARTS_AT": lambda d: d["startsAt"],
             "ENDS_AT": lambda d: d["endsAt"]}  # fmt: skip
    listing = lists.listing(shop, every(shop), args, filters, sorts)
    listing.nodes = [{**d, "__typename": "DiscountNode"} for d in listing.nodes]
    return listing


@query("discountNode")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    kind = kind_of(args["id"])
    if kind not in (*KINDS, "DiscountNode"):
        raise wrong_id(args["id"])
    found = shop.find(kind, args["id"])
    return {**found, "__typename": "DiscountNode"} if found else None


@query("automaticDiscountNode")
def automatic(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get(AUTOMATIC, args["id"])


@field("DiscountNode", "discount")
def discount(shop: Shop, node: JSON, _args: JSON) -> JSON:
    summary = _spoken(shop, node)
    return {**node, "__typename": KINDS[kind_of(node["id"])], "status": payloads.discount_status(shop, node),
            "summary": summary, "shortSummary": summary, "discountClasses": ["ORDER"],
            "asyncUsageCount": node["used"]}  # fmt: skip


for _kind in KINDS.values():

    @field(_kind, "context")
    def for_whom(shop: Shop, node: JSON, _args: JSON) -> JSON:
        """Everybody, unless customers were named."""
        named = ((node["context"] or {}).get("customers") or {}).get("add") or []
        if not named:
            return {"__typename": "DiscountBuyerSelectionAll", "all": "ALL"}
        return {"__typename": "DiscountCustomers", "customers": [c for i in named if (c := shop.find("Customer", i))]}

    @field(_kind, "minimumRequirement")
    def minimum(shop: Shop, node: JSON, _args: JSON) -> JSON | None:
        quantity = (node["minimum"].get("quantity") or {}).get("greaterThanOrEqualToQuantity")
        subtotal = (node["minimum"].get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
        if quantity:
            return {"__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": quantity}
        if subtotal:
            amount = money(subtotal, shop.currency)
            return {"__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": amount}
        return None

    @field(_kind, "customerGets")
    def customer_gets(shop: Shop, node: JSON, _args: JSON) -> JSON:
        """What it gives, and for which goods."""
        if node["percentage"] is not None:
            value: JSON = {"__typename": "DiscountPercentage", "percentage": node["percentage"]}
        else:
            value = {"__typename": "DiscountAmount", "amount": money(node["amount"], shop.currency),
                     "appliesOnEachItem": bool(node.get("eachItem"))}  # fmt: skip
        named = (node["items"].get("products") or {}).get("productVariantsToAdd") or []
        items = {"__typename": "DiscountProducts", "named": named} if named else {
            "__typename": "AllDiscountItems", "allItems": True
        }  # fmt: skip
        return {"value": value, "items": items}


@field("DiscountProducts", "productVariants")
def named_variants(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [v for text in node["named"] if (v := shop.find("ProductVariant", text))]


field("DiscountCodeBasic", "codesCount")(lambda _s, d, _a: lists.count(d["codes"]))


def _spoken(shop: Shop, node: JSON) -> str:
    if node["percentage"] is not None:
        return f"{node['percentage'] * 100:g}% off entire order"
    return f"{shop.currency} {node['amount']} off entire order"


# Codes


@mutation("discountCodeBasicCreate")
def create_code(shop: Shop, args: JSON) -> JSON:
    given, path = args["basicCodeDiscount"], ["basicCodeDiscount"]
    if not (given.get("code") or "").strip():
        raise UserError("Code can't be blank", [*path, "code"], "BLANK")
    _check_code(shop, given["code"], None, path)
    made = _make(shop, CODE, given, path)
    made["codes"] = [_code(shop, given["code"])]
    changed.tell(shop, made, "create")
    return {"codeDiscountNode": made}


@mutation("discountCodeBasicUpdate")
def update_code(shop: Shop, args: JSON) -> JSON:
    given, path = args["basicCodeDiscount"], ["basicCodeDiscount"]
    made = _need(shop, CODE, args["id"])
    code = given.get("code")
    if code:
        _check_code(shop, code, made, path)
    _put(shop, made, given, path)
    if code and code not in [c["code"] for c in made["codes"]]:
        former, made["codes"] = made["codes"], [_code(shop, code)]
        for gone in former:
            shop.emit("discounts/redeemcode_removed", payloads.redeem_code(made, gone))
        shop.emit("discounts/redeemcode_added", payloads.redeem_code(made, made["codes"][0]))
    changed.tell(shop, made)
    return {"codeDiscountNode": made}


def _code(shop: Shop, code: str) -> JSON:
    number = gid("DiscountRedeemCode", shop.next("DiscountRedeemCode"))
    return {"__typename": "DiscountRedeemCode", "id": number, "code": code, "asyncUsageCount": 0}


def _check_code(shop: Shop, code: str, own: JSON | None, path: list[str]) -> None:
    taken = {c["code"].lower() for d in shop.all(CODE) if d is not own for c in d["codes"]}
    if code.lower() in taken:
        raise UserError("Code must be unique. Please try a different code.", [*path, "code"], "TAKEN")
    if len(code) > 255:
        raise UserError("Code is too long (maximum is 255 characters)", [*path, "code"], "TOO_LONG")


# Automatic ones


@mutation("discountAutomaticBasicCreate")
def create_automatic(shop: Shop, args: JSON) -> JSON:
    made = _make(shop, AUTOMATIC, args["automaticBasicDiscount"], ["automaticBasicDiscount"])
    changed.tell(shop, made, "create")
    return {"automaticDiscountNode": made}


@mutation("discountAutomaticBasicUpdate")
def update_automatic(shop: Shop, args: JSON) -> JSON:
    made = _need(shop, AUTOMATIC, args["id"])
    _put(shop, made, args["automaticBasicDiscount"], ["automaticBasicDiscount"])
    changed.tell(shop, made)
    return {"automaticDiscountNode": made}


# Both


def _make(shop: Shop, kind: str, given: JSON, path: list[str]) -> JSON:
    if not (given.get("title") or "").strip():
        raise UserError("Title can't be blank", [*path, "title"], "BLANK")
    if not given.get("startsAt"):
        raise UserError("Starts at can't be blank", [*path, "startsAt"], "BLANK")
    if not (given.get("customerGets") or {}).get("value"):
        raise UserError("Customer gets value can't be blank", [*path, "customerGets", "value"], "BLANK")
    _check(given, given["startsAt"], path)
    at = shop.stamp()
    made = shop.new(
        kind, title="", startsAt=at, endsAt=None, usageLimit=None, appliesOncePerCustomer=False, percentage=None,
        amount=None, tags=[], used=0, codes=[], createdAt=at, updatedAt=at, items={}, minimum={}, context={},
        combinesWith={"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": False},
    )  # fmt: skip
    _fill(made, given)
    return made


def _put(shop: Shop, made: JSON, given: JSON, path: list[str]) -> None:
    del shop
    if "title" in given and not (given["title"] or "").strip():
        raise UserError("Title can't be blank", [*path, "title"], "BLANK")
    _check({"endsAt": made["endsAt"], **given}, given.get("startsAt") or made["startsAt"], path)
    _fill(made, given)


def _check(given: JSON, starts: str, path: list[str]) -> None:
    if given.get("endsAt") and given["endsAt"] <= starts:
        raise UserError("Ends at needs to be after starts_at", [*path, "endsAt"], "END_DATE_BEFORE_START_DATE")
    value = (given.get("customerGets") or {}).get("value") or {}
    if value.get("percentage") is not None and not 0 < value["percentage"] <= 1:
        here = [*path, "customerGets", "value", "percentage"]
        raise UserError("Value must be between 0.0 and 1.0", here, "VALUE_OUTSIDE_RANGE")
    amount = (value.get("discountAmount") or {}).get("amount")
    if amount is not None and decimal(amount) <= 0:
        here = [*path, "customerGets", "value", "discountAmount", "amount"]
        raise UserError("Amount must be greater than 0", here, "GREATER_THAN")


def _fill(made: JSON, given: JSON) -> None:
    made |= {n: given[n] for n in PLAIN if n in given}
    if given.get("tags") is not None:
        made["tags"] = tags.checked(given["tags"])
    gets = given.get("customerGets") or {}
    value = gets.get("value") or {}
    if value.get("percentage") is not None:
        made |= {"percentage": value["percentage"], "amount": None}
    elif value.get("discountAmount"):
        amount = value["discountAmount"]
        made |= {"percentage": None, "amount": str(amount.get("amount")), "eachItem": amount.get("appliesOnEachItem")}
    if gets.get("items"):
        made["items"] = _goods(made["items"], gets["items"])
    for name, key in (("minimum", "minimumRequirement"), ("context", "context")):
        if given.get(key):
            made[name] = given[key]
    made["combinesWith"] |= {n: bool(v) for n, v in (given.get("combinesWith") or {}).items()}


def _goods(before: JSON, given: JSON) -> JSON:
    """Variants are added to those there are, unless they are named to go."""
    asked = given.get("products")
    if asked is None:
        return given
    known = (before.get("products") or {}).get("productVariantsToAdd") or []
    gone = asked.get("productVariantsToRemove") or []
    kept = [text for text in known if text not in gone]
    return {"products": asked | {"productVariantsToAdd": [*kept, *(asked.get("productVariantsToAdd") or [])]}}


def _need(shop: Shop, kind: str, text: str) -> JSON:
    return shop.need(kind, text, ["id"], "INVALID", "Discount does not exist.")


def _switch(kind: str, payload: str, *, on: bool) -> Callable[[Shop, JSON], JSON]:
    def work(shop: Shop, args: JSON) -> JSON:
        made, now = _need(shop, kind, args["id"]), shop.stamp()
        if on:
            made["startsAt"] = min(made["startsAt"], now)
            if made["endsAt"] and made["endsAt"] <= now:
                made["endsAt"] = None
        else:
            made["endsAt"] = now
            if made["startsAt"] > now:
                made["startsAt"] = _earlier(now)
        changed.tell(shop, made)
        return {payload: made}

    return work


def _earlier(text: str) -> str:
    at = datetime.fromisoformat(text) - timedelta(seconds=1)
    return at.isoformat().replace("+00:00", "Z")


mutation("discountCodeActivate")(_switch(CODE, "codeDiscountNode", on=True))
mutation("discountCodeDeactivate")(_switch(CODE, "codeDiscountNode", on=False))
mutation("discountAutomaticActivate")(_switch(AUTOMATIC, "automaticDiscountNode", on=True))
mutation("discountAutomaticDeactivate")(_switch(AUTOMATIC, "automaticDiscountNode", on=False))


def _deletion(kind: str, payload: str) -> Callable[[Shop, JSON], JSON]:
    def work(shop: Shop, args: JSON) -> JSON:
        made = _need(shop, kind, args["id"])
        remove(shop, made)
        return {payload: made["id"]}

    return work


def remove(shop: Shop, made: JSON) -> None:
    shop.drop(made)
    shop.emit("discounts/delete", payloads.deleted_discount(shop, made))


mutation("discountCodeDelete")(_deletion(CODE, "deletedCodeDiscountId"))
mutation("discountAutomaticDelete")(_deletion(AUTOMATIC, "deletedAutomaticDiscountId"))
