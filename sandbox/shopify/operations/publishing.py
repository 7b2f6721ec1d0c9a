"""Publications: in which sales channels and catalogs a product can be seen, now or from a date on.

Source: Admin GraphQL API reference, publishablePublish, publicationCreate, ResourcePublicationV2.
"""

from datetime import datetime

from sandbox.shopify import changed, lists
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import kind_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import catalogs, products
from sandbox.shopify.payloads import sales as payloads
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

ONLINE_STORE = "Online Store"


@query("publications")
def publications(shop: Shop, _node: JSON, args: JSON) -> list[JSON]:
    kind = catalogs.KINDS.get(args.get("catalogType") or "")
    return [p for p in shop.all("Publication") if kind in (None, _kind(shop, p))]


@query("publication")
def publication(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("Publication", args["id"])


def _kind(shop: Shop, node: JSON) -> str:
    found = catalogs.of(shop, node["catalogId"])
    return str(found["__typename"]) if found else ""


def _published_in(shop: Shop, node: JSON) -> list[JSON]:
    return [p for p in shop.all("Product") if any(e["publicationId"] == node["id"] for e in p["publications"])]


field("Publication", "catalog")(lambda s, p, _: catalogs.of(s, p["catalogId"]))
field("Publication", "supportsFuturePublishing")(lambda _s, p, _a: p["name"] == ONLINE_STORE)
for _field in ("products", "includedProducts"):
    field("Publication", _field)(lambda s, p, a: products.listing(s, _published_in(s, p), a))
field("Publication", "includedProductsCount")(lambda s, p, _: lists.count(_published_in(s, p)))


@field("Product", "resourcePublicationsV2")
def resource_publications(shop: Shop, node: JSON, args: JSON) -> list[JSON]:
    kind = catalogs.KINDS.get(args.get("catalogType") or "")
    only = args.get("onlyPublished", True)
    return [
        {"id": e["publicationId"], "publication": found, "publishDate": e.get("publishDate"),
         "isPublished": products.is_live(shop, e)}
        for e in node["publications"]
        if (found := shop.find("Publication", e["publicationId"]))
        and kind in (None, _kind(shop, found)) and (not only or products.is_live(shop, e))
    ]  # fmt: skip


@field("Product", "resourcePublicationsCount")
def resource_publications_count(shop: Shop, node: JSON, args: JSON) -> JSON:
    only = args.get("onlyPublished", True)
    return lists.count([e for e in node["publications"] if not only or products.is_live(shop, e)])


@field("Product", "publishedOnPublication")
def published_on(shop: Shop, node: JSON, args: JSON) -> bool:
    wanted = args["publicationId"]
    return any(e["publicationId"] == wanted and products.is_live(shop, e) for e in node["publications"])


@mutation("publishablePublish")
def publish(shop: Shop, args: JSON) -> JSON:
    product = _publishable(shop, args["id"])
    wanted = [(_wanted(shop, one, place), one) for place, one in enumerate(args["input"])]
    for found, one in wanted:
        put(shop, product, found, one.get("publishDate"))
    if wanted:
        product["publishedAt"] = product["publishedAt"] or shop.stamp()
        changed.tell(shop, product)
    return {"publishable": product}


@mutation("publishableUnpublish")
def unpublish(shop: Shop, args: JSON) -> JSON:
    product = _publishable(shop, args["id"])
    wanted = [_wanted(shop, one, place) for place, one in enumerate(args["input"])]
    for found in wanted:
        take(shop, product, found)
    if wanted:
        changed.tell(shop, product)
    return {"publishable": product}


def put(shop: Shop, product: JSON, found: JSON, date: str | None) -> None:
    """Show a product in a publication; a second time only its date changes."""
    known = next((e for e in product["publications"] if e["publicationId"] == found["id"]), None)
    entry = known if known is not None else {"publicationId": found["id"]}
    entry["publishDate"] = date or entry.get("publishDate") or shop.stamp()
    if known is None:
        product["publications"].append(entry)
    event = "update" if known is not None else "create"
    live = products.is_live(shop, entry)
    shop.emit(f"product_publications/{event}", payloads.publication(shop, product, entry, published=live))


def take(shop: Shop, product: JSON, found: JSON) -> None:
    known = next((e for e in product["publications"] if e["publicationId"] == found["id"]), None)
    if known is not None:
        product["publications"].remove(known)
        shop.emit("product_publications/delete", {"id": None})
    if not product["publications"]:
        product["publishedAt"] = None


def _publishable(shop: Shop, text: str) -> JSON:
    if kind_of(text) != "Product":
        raise UserError("Publishable ID not found.", ["id"])
    return shop.need("Product", text, ["id"], None, "Publishable ID not found.")


def _wanted(shop: Shop, one: JSON, place: int) -> JSON:
    path = ["input", str(place), "publicationId"]
    found = shop.need(
        "Publication", one.get("publicationId"), path, None, "Publication does not exist or is not publishable."
    )  # the service's own words
    date = one.get("publishDate")
    if date and datetime.fromisoformat(date) > shop.now() and found["name"] != ONLINE_STORE:
        said = "Only the online store supports publishing in the future."
        raise UserError(said, ["input", str(place), "publishDate"])
    return found


@mutation("publicationCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    catalog = None
    if given.get("catalogId"):
        catalog = catalogs.of(shop, given["catalogId"])
        if catalog is None:
            raise UserError("Catalog does not exist.", ["input", "catalogId"], "CATALOG_NOT_FOUND")
        if catalog["publicationId"]:
            raise UserError("The catalog has a publication already.", ["input", "catalogId"], "TAKEN")
    name, catalog_id = (catalog["title"], catalog["id"]) if catalog else ("Publication", None)
    made = shop.new("Publication", name=name, autoPublish=bool(given.get("autoPublish")), catalogId=catalog_id)
    if catalog is not None:
        catalog["publicationId"] = made["id"]
    if given.get("defaultState") == "ALL_PRODUCTS":
        for product in shop.all("Product"):
            put(shop, product, made, None)
    return {"publication": made}


@mutation("publicationUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    made, given = _own(shop, args["id"]), args["input"]
    add, gone = given.get("publishablesToAdd") or [], given.get("publishablesToRemove") or []
    if len(add) + len(gone) > 50:
        said = "At most 50 publishables at once."
        raise UserError(said, ["input"], "PUBLICATION_UPDATE_LIMIT_EXCEEDED")
    for name, ids in (("publishablesToAdd", add), ("publishablesToRemove", gone)):
        for text in ids:
            shop.need("Product", text, ["input", name], "INVALID_PUBLISHABLE_ID")
    if given.get("autoPublish") is not None:
        made["autoPublish"] = given["autoPublish"]
    for text in add:
        product = shop.find("Product", text)
        if product is not None:
            put(shop, product, made, None)
    for text in gone:
        product = shop.find("Product", text)
        if product is not None:
            take(shop, product, made)
    return {"publication": made}


@mutation("publicationDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = _own(shop, args["id"])
    catalog = catalogs.of(shop, made["catalogId"])
    if catalog is not None:
        catalog["publicationId"] = None
    for product in shop.all("Product"):
        product["publications"] = [e for e in product["publications"] if e["publicationId"] != made["id"]]
    shop.drop(made)
    return {"deletedId": made["id"]}


def _own(shop: Shop, text: str) -> JSON:
    made = shop.need("Publication", text, ["id"], "PUBLICATION_NOT_FOUND")
    if _kind(shop, made) == "AppCatalog":
        said = "A sales channel's publication cannot be changed."
        raise UserError(said, ["id"], "CANNOT_MODIFY_APP_CATALOG_PUBLICATION")
    return made
