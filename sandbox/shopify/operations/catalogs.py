"""Catalogs: what a company location or a market is offered, at which prices.

Direct assignment to company locations needs the highest plan; other plans have at most three, through markets.
Source: Admin GraphQL API reference, catalogCreate, CatalogUserErrorCode; B2B on all plans.
"""

from collections.abc import Callable
from typing import Any

from sandbox.shopify import lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError, wrong_id
from sandbox.shopify.gids import kind_of, number_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

KINDS = {"APP": "AppCatalog", "COMPANY_LOCATION": "CompanyLocationCatalog", "MARKET": "MarketCatalog"}
LIMIT_BELOW_PLUS, MOST_PER_LOCATION = 3, 25


def of(shop: Shop, text: str | None) -> JSON | None:
    return shop.find(kind_of(text or ""), text) if kind_of(text or "") in KINDS.values() else None


def every(shop: Shop) -> list[JSON]:
    return [record for kind in KINDS.values() for record in shop.all(kind)]


@query("catalog")
def catalog(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    if kind_of(args["id"]) not in KINDS.values():
        raise wrong_id(args["id"])
    return of(shop, args["id"])


@query("catalogs")
def catalogs(shop: Shop, _node: JSON, args: JSON) -> Listing:
    kind = args.get("type")
    found = shop.all(KINDS[kind]) if kind in KINDS else [] if kind == "NONE" else every(shop)
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(),
        "title": lambda c: c["title"],
        "status": lambda c: c["status"],
        "company_location_id": lambda c: [number_of(i) for i in c.get("locationIds", [])],
        "company_id": lambda c: [number_of(x["companyId"]) for x in _locations(shop, c)],
        "market_id": lambda c: [number_of(i) for i in c.get("marketIds", [])],
        "app_id": lambda _c: None,
    }
    return lists.listing(shop, found, args, filters, {"TITLE": lambda c: c["title"]})


@query("markets")
def markets(shop: Shop, _node: JSON, args: JSON) -> Listing:
    found = [m for m in shop.all("Market") if args.get("type") in (None, m["type"])]
    return lists.listing(shop, found, args, {**lists.common(), "name": lambda m: m["name"]}, {})


@field("Market", "conditions")
def conditions(_shop: Shop, node: JSON, _args: JSON) -> JSON:
    """Of a B2B market the company locations it is for; without any named it is for all of them."""
    if node["type"] != "COMPANY_LOCATION":
        return {"companyLocationsCondition": None}
    ids = node.get("locationIds", [])
    return {"companyLocationsCondition": {"locationIds": ids, "applicationLevel": "SPECIFIED" if ids else "ALL"}}


field("CompanyLocationsCondition", "companyLocations")(lambda s, c, _: _locations(s, c))


def is_offered(shop: Shop, node: JSON, place: JSON) -> bool:
    """Whether a catalog applies at a company location, directly or by an active market."""
    if node["status"] != "ACTIVE":
        return False
    found = [m for i in node.get("marketIds", []) if (m := shop.find("Market", i)) and m["status"] == "ACTIVE"]
    by_market = any(
        m["type"] == "COMPANY_LOCATION" and (not m.get("locationIds") or place["id"] in m["locationIds"]) for m in found
    )
    return by_market or place["id"] in node.get("locationIds", [])


def _locations(shop: Shop, node: JSON) -> list[JSON]:
    return [found for i in node.get("locationIds", []) if (found := shop.find("CompanyLocation", i))]


for _kind in KINDS.values():
    field(_kind, "priceList")(lambda s, c, _: s.find("PriceList", c["priceListId"]))
    field(_kind, "publication")(lambda s, c, _: s.find("Publication", c["publicationId"]))
field("CompanyLocationCatalog", "companyLocations")(lambda s, c, _: _locations(s, c))
field("CompanyLocationCatalog", "companyLocationsCount")(lambda s, c, _: lists.count(_locations(s, c)))


@field("MarketCatalog", "markets")
def markets_of(shop: Shop, node: JSON, args: JSON) -> list[JSON]:
    found = [m for i in node["marketIds"] if (m := shop.find("Market", i))]
    return [m for m in found if all(args.get(n) in (None, m[n]) for n in ("type", "status"))]


@field("MarketCatalog", "marketsCount")
def markets_count(shop: Shop, node: JSON, args: JSON) -> JSON:
    return lists.count(markets_of(shop, node, args))


# Changing


@mutation("catalogCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    kind, ids = _context(shop, given["context"], ["input", "context"])
    _check_title(shop, given["title"], None)
    _check_plan(shop, kind)
    links = _links(shop, given, None, ["input"])
    name = "locationIds" if kind == "CompanyLocationCatalog" else "marketIds"
    _check_free(shop, ids, name, None, ["input", "context"])
    made = shop.new(kind, title=given["title"], status=given["status"], **{name: ids}, **links)
    _link(shop, made)
    return {"catalog": made}


@mutation("catalogUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    made, given = _catalog(shop, args["id"], ["id"]), args["input"]
    if given.get("title") is not None:
        _check_title(shop, given["title"], made)
    links = _links(shop, given, made, ["input"])
    if given.get("context"):
        kind, ids = _context(shop, given["context"], ["input", "context"])
        if kind != made["__typename"]:
            raise UserError("The context must stay of its kind", ["input", "context"], "INVALID_CATALOG_CONTEXT_TYPE")
        made["locationIds" if kind == "CompanyLocationCatalog" else "marketIds"] = ids
    made |= {n: given[n] for n in ("title", "status") if given.get(n) is not None} | links
    _link(shop, made)
    return {"catalog": made}


@mutation("catalogContextUpdate")
def update_context(shop: Shop, args: JSON) -> JSON:
    made = _catalog(shop, args["catalogId"], ["catalogId"])
    if not args.get("contextsToAdd") and not args.get("contextsToRemove"):
        said = "Contexts to add or to remove must be given"
        raise UserError(said, ["contextsToAdd"], "REQUIRES_CONTEXTS_TO_ADD_OR_REMOVE")
    name = "locationIds" if made["__typename"] == "CompanyLocationCatalog" else "marketIds"
    add: list[str] = []
    if args.get("contextsToAdd"):
        kind, add = _context(shop, args["contextsToAdd"], ["contextsToAdd"])
        if kind != made["__typename"]:
            raise UserError("The context is of another kind", ["contextsToAdd"], "INVALID_CATALOG_CONTEXT_TYPE")
        _check_free(shop, add, name, made, ["contextsToAdd"])
    given = args.get("contextsToRemove") or {}
    gone = {*(given.get("companyLocationIds") or []), *(given.get("marketIds") or [])}
    made[name] = [i for i in dict.fromkeys([*made[name], *add]) if i not in gone]
    return {"catalog": made}


@mutation("catalogDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = _catalog(shop, args["id"], ["id"])
    for kind in ("PriceList", "Publication"):
        for record in [r for r in shop.all(kind) if r.get("catalogId") == made["id"]]:
            record["catalogId"] = None
            if args.get("deleteDependentResources"):
                shop.drop(record)
    shop.drop(made)
    return {"deletedId": made["id"]}


def _catalog(shop: Shop, text: str, path: list[str]) -> JSON:
    found = of(shop, text)
    if found is None:
        raise UserError("Catalog does not exist.", path, "CATALOG_NOT_FOUND")
    if found["__typename"] == "AppCatalog":
        raise UserError("A sales channel's catalog cannot be changed.", path, "CANNOT_MODIFY_APP_CATALOG")
    return found


def _context(shop: Shop, given: JSON, path: list[str]) -> tuple[str, list[str]]:
    """(type of catalog, ids); exactly one kind of context."""
    locations, markets_given = given.get("companyLocationIds"), given.get("marketIds")
    if (locations is None) is (markets_given is None):
        said = "Must provide exactly one context type."
        raise UserError(said, path, "MUST_PROVIDE_EXACTLY_ONE_CONTEXT_TYPE")
    if locations is not None:
        for text in locations:
            shop.need("CompanyLocation", text, [*path, "companyLocationIds"], "COMPANY_LOCATION_NOT_FOUND")
        return "CompanyLocationCatalog", list(dict.fromkeys(locations))
    for text in markets_given or []:
        shop.need("Market", text, [*path, "marketIds"], "MARKET_NOT_FOUND")
    return "MarketCatalog", list(dict.fromkeys(markets_given or []))


def _check_plan(shop: Shop, kind: str) -> None:
    if shop.store.plan == "plus":
        return
    if kind == "CompanyLocationCatalog":
        said = "Catalogs cannot be assigned to company locations on this plan."
        raise UserError(said, ["input", "context"], "UNPERMITTED_ENTITLEMENTS_DIRECT_CATALOG_ASSIGNMENT")
    if len(shop.all("MarketCatalog")) >= LIMIT_BELOW_PLUS:
        said = f"This plan allows at most {LIMIT_BELOW_PLUS} B2B catalogs."
        raise UserError(said, ["input"], "B2B_CATALOG_LIMIT_REACHED")


def _check_title(shop: Shop, title: str, own: JSON | None) -> None:
    if not title.strip():
        raise UserError("Title can't be blank", ["input", "title"], "BLANK")
    if any(c["title"] == title and c is not own for c in every(shop)):
        raise UserError("Title has already been taken", ["input", "title"], "TAKEN")


def _check_free(shop: Shop, ids: list[str], name: str, own: JSON | None, path: list[str]) -> None:
    if own is not None and set(ids) & set(own[name]):
        raise UserError("The context is assigned to this catalog already", path, "CONTEXT_ALREADY_ASSIGNED_TO_CATALOG")
    for text in ids:
        if sum(text in c.get(name, ()) for c in every(shop)) >= MOST_PER_LOCATION:
            said = f"A location can have at most {MOST_PER_LOCATION} catalogs"
            raise UserError(said, path, "CONTEXT_CATALOG_LIMIT_REACHED")


def _links(shop: Shop, given: JSON, own: JSON | None, path: list[str]) -> JSON:
    """The price list and publication, which must be there and belong to no other catalog."""
    links: JSON = {} if own is not None else {"priceListId": None, "publicationId": None}
    for name, kind, code in (("priceListId", "PriceList", "PRICE_LIST_NOT_FOUND"),
                             ("publicationId", "Publication", "PUBLICATION_NOT_FOUND")):  # fmt: skip
        if given.get(name):
            found = shop.need(kind, given[name], [*path, name], code)
            if found.get("catalogId") not in (None, own["id"] if own else None):
                raise UserError(f"The {kind} belongs to another catalog", [*path, name], "TAKEN")
            links[name] = found["id"]
    return links


def _link(shop: Shop, made: JSON) -> None:
    for name, kind in (("priceListId", "PriceList"), ("publicationId", "Publication")):
        found = shop.find(kind, made[name])
        if found is not None:
            found["catalogId"] = made["id"]
