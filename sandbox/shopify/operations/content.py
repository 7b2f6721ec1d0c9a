"""Pages, store policies, translations. Source: Admin GraphQL API reference, pageCreate, shopPolicyUpdate, translations.

There is no topic for a changed page or policy, and no history of either.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.shopify import changed, lists, making
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import kind_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import metafields
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

LARGEST_BODY, LARGEST_PAGE, LONGEST_TITLE = 512 * 1024, 512 * 1024, 255
MARKUP = re.compile(r"<[^>]*>")
TITLES = {
    "CONTACT_INFORMATION": "Contact", "LEGAL_NOTICE": "Legal notice", "PRIVACY_POLICY": "Privacy policy",
    "REFUND_POLICY": "Refund policy", "SHIPPING_POLICY": "Shipping policy",
    "SUBSCRIPTION_POLICY": "Purchase options cancellation policy", "TERMS_OF_SALE": "Terms of sale",
    "TERMS_OF_SERVICE": "Terms of service",
}  # fmt: skip
# Type -> (field of the record, kind of content)
TRANSLATABLE: dict[str, dict[str, tuple[str, str]]] = {
    "Product": {"title": ("title", "SINGLE_LINE_TEXT_FIELD"), "body_html": ("descriptionHtml", "HTML"),
                "handle": ("handle", "URI"), "product_type": ("productType", "SINGLE_LINE_TEXT_FIELD")},
    "Page": {"title": ("title", "SINGLE_LINE_TEXT_FIELD"), "body_html": ("body", "HTML"), "handle": ("handle", "URI")},
    "ShopPolicy": {"body": ("body", "HTML")},
    "Metafield": {"value": ("value", "MULTI_LINE_TEXT_FIELD")},
}  # fmt: skip
RESOURCE_TYPES = {"PRODUCT": "Product", "PAGE": "Page", "SHOP_POLICY": "ShopPolicy", "METAFIELD": "Metafield"}


# Pages


@query("pages")
def pages(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "title": lambda p: p["title"],
        "handle": lambda p: p["handle"],
        "published_at": lambda p: lists.moment(p["publishedAt"]),
        "published_status": lambda p: "published" if is_live(shop, p) else "unpublished",
    }
    sorts = {"TITLE": lambda p: p["title"], "UPDATED_AT": lambda p: p["updatedAt"],
             "PUBLISHED_AT": lambda p: p["publishedAt"]}  # fmt: skip
    return lists.listing(shop, shop.all("Page"), args, filters, sorts, words=("title", "handle"))


@query("page")
def page(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Page", args["id"])


def is_live(shop: Shop, node: JSON) -> bool:
    at = lists.moment(node["publishedAt"])
    return at is not None and at <= shop.now()


field("Page", "isPublished")(lambda s, p, _: is_live(s, p))
field("Page", "bodySummary")(lambda _s, p, _a: " ".join(MARKUP.sub(" ", p["body"]).split())[:150])
field("Page", "defaultCursor")(lambda _s, p, _a: p["id"])


@mutation("pageCreate")
def create_page(shop: Shop, args: JSON) -> JSON:
    given = args["page"]
    _check_page(shop, given, None)
    fields = {n: given[n] for n in ("title", "body", "handle", "templateSuffix") if given.get(n) is not None}
    made = making.page(shop, **fields, publishedAt=_published(shop, given, None))
    metafields.set_for(shop, made, given.get("metafields"), ["page", "metafields"])
    return {"page": made}


@mutation("pageUpdate")
def update_page(shop: Shop, args: JSON) -> JSON:
    made, given = shop.need("Page", args["id"], ["id"]), args["page"]
    _check_page(shop, given, made)
    metafields.set_for(shop, made, given.get("metafields"), ["page", "metafields"])
    made |= {n: given[n] for n in ("title", "body", "handle", "templateSuffix") if given.get(n) is not None}
    if "isPublished" in given or "publishDate" in given:
        made["publishedAt"] = _published(shop, given, made["publishedAt"])
    shop.touch(made)
    return {"page": made}


@mutation("pageDelete")
def delete_page(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Page", args["id"], ["id"])
    shop.drop(made)
    return {"deletedPageId": made["id"]}


def _published(shop: Shop, given: JSON, before: str | None) -> str | None:
    if given.get("publishDate"):
        return str(given["publishDate"])
    if given.get("isPublished") is False:
        return None
    return before or shop.stamp()


def _check_page(shop: Shop, given: JSON, own: JSON | None) -> None:
    title = given.get("title")
    if title is not None and not title.strip():
        raise UserError("Title can't be blank", ["page", "title"], "BLANK")
    if len(title or "") > LONGEST_TITLE:
        raise UserError(f"Title is too long (maximum is {LONGEST_TITLE})", ["page", "title"], "TOO_LONG")
    if len((given.get("body") or "").encode()) > LARGEST_PAGE:
        raise UserError("Body is too big (maximum is 512 KB)", ["page", "body"], "TOO_BIG")
    handle = given.get("handle")
    if handle and any(p["handle"] == handle and p is not own for p in shop.all("Page")):
        raise UserError("Handle has already been taken", ["page", "handle"], "TAKEN")
    ahead = given.get("publishDate") and datetime.fromisoformat(given["publishDate"]) > shop.now()
    if ahead and given.get("isPublished"):
        said = "A page that is published cannot have a publish date in the future"
        raise UserError(said, ["page", "publishDate"], "INVALID_PUBLISH_DATE")


# Policies and languages


@field("Shop", "shopPolicies")
def policies(shop: Shop, _node: JSON, _args: JSON) -> list[JSON]:
    return [p for p in shop.all("ShopPolicy") if p["body"]]


@field("ShopPolicy", "url")
def policy_url(shop: Shop, node: JSON, _args: JSON) -> str:
    return f"{shop.store.profile['url']}/policies/{node['type'].lower().replace('_', '-')}"


@mutation("shopPolicyUpdate")
def update_policy(shop: Shop, args: JSON) -> JSON:
    given = args["shopPolicy"]
    if len(given["body"].encode()) > LARGEST_BODY:
        raise UserError("Body is too big (maximum is 512 KB)", ["shopPolicy", "body"], "TOO_BIG")
    known = next((p for p in shop.all("ShopPolicy") if p["type"] == given["type"]), None)
    if known is None:
        known = shop.new("ShopPolicy", type=given["type"], title=TITLES[given["type"]], body="",
                         createdAt=shop.stamp(), updatedAt=shop.stamp())  # fmt: skip
    if known["body"] != given["body"]:
        known["body"] = given["body"]
        shop.touch(known)
    return {"shopPolicy": known}


@query("shopLocales")
def locales(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    wanted = args.get("published")
    return [x for x in shop.all("ShopLocale") if wanted in (None, x["published"])]


# Translations


@query("translatableResource")
def translatable(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    found = shop.any_of(args["resourceId"])
    if found is None or found["__typename"] not in TRANSLATABLE:
        return None
    return {"resourceId": found["id"], "record": found}


@query("translatableResources")
def translatables(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    kind = RESOURCE_TYPES.get(args["resourceType"])
    return [{"id": r["id"], "resourceId": r["id"], "record": r} for r in shop.all(kind)] if kind else []


@field("TranslatableResource", "translatableContent")
def contents(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    record = node["record"]
    return [
        {"key": key, "value": record[name], "digest": digest(record[name]), "locale": _primary(shop), "type": kind}
        for key, (name, kind) in TRANSLATABLE[record["__typename"]].items()
        if record[name]
    ]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _primary(shop: Shop) -> str:
    return next((str(x["locale"]) for x in shop.all("ShopLocale") if x["primary"]), "en")


for _kind in ("Product", "Page", "ShopPolicy"):

    @field(_kind, "translations")
    def translations(shop: Shop, node: JSON, args: JSON) -> list[JSON]:
        found = shop.where("Translation", ownerId=node["id"], locale=args["locale"], marketId=args.get("marketId"))
        return [_shown(t, node) for t in found]


def _shown(translation: JSON, record: JSON) -> JSON:
    name = TRANSLATABLE[record["__typename"]][translation["key"]][0]
    return {**translation, "outdated": translation["digest"] != digest(record[name] or "")}


@mutation("translationsRegister")
def register(shop: Shop, args: JSON) -> JSON:
    record = _translated(shop, args["resourceId"])
    known = TRANSLATABLE[record["__typename"]]
    enabled = {x["locale"] for x in shop.all("ShopLocale") if not x["primary"]}
    for place, one in enumerate(args["translations"]):
        path = ["translations", str(place)]
        if one["key"] not in known:
            raise UserError(f"Key {one['key']} is not translatable", [*path, "key"], "INVALID_KEY_FOR_MODEL")
        if one["locale"] not in enabled:
            said = f"Locale {one['locale']} is not enabled in the shop"
            raise UserError(said, [*path, "locale"], "INVALID_LOCALE_FOR_SHOP")
        if not one["value"].strip():
            raise UserError("Value can't be blank", [*path, "value"], "BLANK")
        if one["translatableContentDigest"] != digest(record[known[one["key"]][0]] or ""):
            said = "Translatable content hash is invalid"
            raise UserError(said, [*path, "translatableContentDigest"], "INVALID_TRANSLATABLE_CONTENT")
    made = [_put(shop, record, one) for one in args["translations"]]
    if record["__typename"] == "Product":
        changed.tell(shop, record)
    return {"translations": [_shown(t, record) for t in made]}


def _put(shop: Shop, record: JSON, one: JSON) -> JSON:
    about = {"key": one["key"], "locale": one["locale"], "marketId": one.get("marketId")}
    known = shop.where("Translation", ownerId=record["id"], **about)
    made = known[0] if known else shop.new("Translation", ownerId=record["id"], **about)
    made |= {"value": one["value"], "digest": one["translatableContentDigest"], "updatedAt": shop.stamp()}
    return made


@mutation("translationsRemove")
def remove(shop: Shop, args: JSON) -> JSON:
    record = _translated(shop, args["resourceId"])
    gone = [
        t
        for t in shop.where("Translation", ownerId=record["id"])
        if t["key"] in args["translationKeys"] and t["locale"] in args["locales"]
        and t["marketId"] in (args.get("marketIds") or [None])
    ]  # fmt: skip
    for one in gone:
        shop.drop(one)
    return {"translations": [_shown(t, record) for t in gone]}


def _translated(shop: Shop, text: str) -> JSON:
    found = shop.any_of(text)
    if found is None:
        raise UserError("Resource does not exist", ["resourceId"], "RESOURCE_NOT_FOUND")
    if kind_of(text) not in TRANSLATABLE:
        raise UserError("Resource is not translatable", ["resourceId"], "RESOURCE_NOT_TRANSLATABLE")
    return found
