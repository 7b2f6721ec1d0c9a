"""Products, customers, companies, draft orders, pages, policies, subscriptions and the shop itself.

Bodies are the inputs of the API's own mutations; a few friendly words stand beside them.
"""

from typing import Any, Literal

from pydantic import Field

from sandbox.shopify import addresses, changed, making, stock, topics
from sandbox.shopify.hands import placing_orders, reads
from sandbox.shopify.hands.asking import Friendly, change, checked, every, need, read, shown
from sandbox.shopify.hands.placing_orders import Amount, Place
from sandbox.shopify.money import text
from sandbox.shopify.payloads import shops as shop_payloads
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

# Products


class ProductWords(Friendly):
    """Of the first variant; `published`: on every sales channel."""

    price: Amount | None = None
    sku: str | None = None
    quantity: int | None = Field(default=None, ge=0)
    published: bool | None = None


def create_product(shop: Shop, given: JSON) -> JSON:
    """On sale everywhere, unless `published` or `status` says otherwise."""
    words, body = _split(ProductWords, {"published": True} | given)
    made = change(shop, "productCreate", {"product": {"title": "Product"} | body}, "product")["product"]
    _product_words(shop, made, words)
    changed.tell(shop, made)
    return get_product(shop, made["id"])


def patch_product(shop: Shop, number: Any, given: JSON) -> JSON:
    """A person edits the product by hand, past every approval."""
    made = need(shop, "Product", number, status=404)
    words, body = _split(ProductWords, given)
    if body:
        change(shop, "productUpdate", {"product": {**body, "id": made["id"]}}, "product")
    if _product_words(shop, made, words) or not body:
        changed.tell(shop, made)
    return get_product(shop, made["id"])


def _product_words(shop: Shop, made: JSON, words: ProductWords) -> bool:
    variant = shop.where("ProductVariant", productId=made["id"])[0]
    item = stock.item_of(shop, variant)
    if words.price is not None:
        variant["price"] = text(placing_orders.amount(words.price, "price"))
    if words.sku is not None:
        variant["sku"] = item["sku"] = words.sku
    if words.quantity is not None:
        item["tracked"] = True
        stock.put(shop, stock.level_at(shop, item, shop.all("Location")[0]), "available", words.quantity)
    if words.published is not None:
        at = shop.stamp()
        channels = shop.all("Publication") if words.published else []
        made["publications"] = [{"publicationId": one["id"], "publishDate": at} for one in channels]
        made["publishedAt"] = at if words.published else None
    return bool(words.model_fields_set)


def get_product(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Product", number, reads.PRODUCT)


def list_products(shop: Shop) -> list[JSON]:
    return every(shop, "Product", reads.PRODUCT)


def delete_product(shop: Shop, number: Any) -> None:
    change(shop, "productDelete", {"input": {"id": need(shop, "Product", number, status=404)["id"]}})


# Customers


class CustomerWords(Friendly):
    address: Place | None = None


def create_customer(shop: Shop, given: JSON) -> JSON:
    words, body = _split(CustomerWords, given)
    usual = {} if {"email", "phone", "lastName"} & body.keys() else {"lastName": "Mustermann", "firstName": "Erika"}
    made = change(shop, "customerCreate", {"input": usual | body}, "input")["customer"]
    _home(shop, made, words)
    return get_customer(shop, made["id"])


def patch_customer(shop: Shop, number: Any, given: JSON) -> JSON:
    made = need(shop, "Customer", number, status=404)
    words, body = _split(CustomerWords, given)
    _home(shop, made, words)
    change(shop, "customerUpdate", {"input": {**body, "id": made["id"]}}, "input")
    return get_customer(shop, made["id"])


def _home(shop: Shop, made: JSON, words: CustomerWords) -> None:
    if words.address is not None:
        names = {"firstName": made["firstName"], "lastName": made["lastName"], "countryCode": "DE"}
        base = made["addresses"][0] if made["addresses"] else addresses.mailing(shop, names)
        made["addresses"] = [placing_orders.address(shop, words.address, base, "address"), *made["addresses"][1:]]


def get_customer(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Customer", number, reads.CUSTOMER)


def list_customers(shop: Shop) -> list[JSON]:
    return every(shop, "Customer", reads.CUSTOMER)


def delete_customer(shop: Shop, number: Any) -> None:
    change(shop, "customerDelete", {"input": {"id": need(shop, "Customer", number, status=404)["id"]}})


# Companies


class Person(Friendly):
    """Who orders for a company: a new customer, or the one with this address."""

    email: str
    firstName: str | None = None
    lastName: str | None = None
    title: str | None = None


class CompanyWords(Friendly):
    """`contact` orders for `location`, which carries the rest."""

    contact: Person | None = None
    location: str | None = None
    address: Place | None = None
    taxRegistrationId: str | None = None
    taxExempt: bool | None = None


def create_company(shop: Shop, given: JSON) -> JSON:
    words, body = _split(CompanyWords, given)
    name = body.get("name") or f"Company {len(shop.all('Company')) + 1}"
    whole: JSON = {"company": body | {"name": name}, "companyLocation": {"name": words.location or name}}
    if words.contact is not None:
        _known_or_new(shop, words.contact)
        whole["companyContact"] = words.contact.model_dump(exclude_none=True)
    made = change(shop, "companyCreate", {"input": whole}, "input.company")["company"]
    _location_words(shop, made, words)
    return get_company(shop, made["id"])


def patch_company(shop: Shop, number: Any, given: JSON) -> JSON:
    made = need(shop, "Company", number, status=404)
    words, body = _split(CompanyWords, given)
    _location_words(shop, made, words)
    if body:
        change(shop, "companyUpdate", {"companyId": made["id"], "input": body}, "input")
    return get_company(shop, made["id"])


def _known_or_new(shop: Shop, person: Person) -> None:
    if not any(c["email"] == person.email for c in shop.all("Customer")):
        names = {"firstName": person.firstName, "lastName": person.lastName}
        making.customer(shop, email=person.email, **{n: v for n, v in names.items() if v})


def _location_words(shop: Shop, made: JSON, words: CompanyWords) -> None:
    spot = shop.where("CompanyLocation", companyId=made["id"])[0]
    told: JSON = {n: getattr(words, n) for n in ("taxRegistrationId", "taxExempt") if getattr(words, n) is not None}
    if words.address is not None:
        given = words.address.model_dump(exclude_none=True)
        given["countryCode"] = given.pop("country_iso2", None) or given.get("countryCode") or "DE"
        usual = {"address1": "Hauptstraße 1", "companyName": made["name"]}
        place = addresses.company(shop, usual | given, spot["shippingAddress"])
        told |= {"shippingAddress": place, "billingAddress": dict(place)}
    if told:
        spot |= told
        changed.tell(shop, spot)


def get_company(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Company", number, reads.COMPANY)


def list_companies(shop: Shop) -> list[JSON]:
    return every(shop, "Company", reads.COMPANY)


def delete_company(shop: Shop, number: Any) -> None:
    change(shop, "companyDelete", {"id": need(shop, "Company", number, status=404)["id"]})


def patch_location(shop: Shop, number: Any, given: JSON) -> JSON:
    made = need(shop, "CompanyLocation", number, status=404)
    change(shop, "companyLocationUpdate", {"companyLocationId": made["id"], "input": given}, "input")
    return get_location(shop, made["id"])


def get_location(shop: Shop, number: Any) -> JSON:
    return shown(shop, "CompanyLocation", number, reads.LOCATION)


def list_locations(shop: Shop) -> list[JSON]:
    return every(shop, "CompanyLocation", reads.LOCATION)


# Draft orders, pages, policies


def create_draft(shop: Shop, given: JSON) -> JSON:
    made = change(shop, "draftOrderCreate", {"input": given}, "input")["draftOrder"]
    return get_draft(shop, made["id"])


def patch_draft(shop: Shop, number: Any, given: JSON) -> JSON:
    """`completed` makes it an order; the rest is DraftOrderInput."""
    made = need(shop, "DraftOrder", number, status=404)
    body = {name: value for name, value in given.items() if name != "completed"}
    if body:
        change(shop, "draftOrderUpdate", {"id": made["id"], "input": body}, "input")
    if given.get("completed"):
        change(shop, "draftOrderComplete", {"id": made["id"]})
    return get_draft(shop, made["id"])


def get_draft(shop: Shop, number: Any) -> JSON:
    return shown(shop, "DraftOrder", number, reads.DRAFT)


def list_drafts(shop: Shop) -> list[JSON]:
    return every(shop, "DraftOrder", reads.DRAFT)


def delete_draft(shop: Shop, number: Any) -> None:
    change(shop, "draftOrderDelete", {"input": {"id": need(shop, "DraftOrder", number, status=404)["id"]}})


def create_page(shop: Shop, given: JSON) -> JSON:
    return get_page(shop, change(shop, "pageCreate", {"page": given}, "page")["page"]["id"])


def patch_page(shop: Shop, number: Any, given: JSON) -> JSON:
    made = need(shop, "Page", number, status=404)
    change(shop, "pageUpdate", {"id": made["id"], "page": given}, "page")
    return get_page(shop, made["id"])


def get_page(shop: Shop, number: Any) -> JSON:
    return shown(shop, "Page", number, reads.PAGE)


def list_pages(shop: Shop) -> list[JSON]:
    return every(shop, "Page", reads.PAGE)


def delete_page(shop: Shop, number: Any) -> None:
    change(shop, "pageDelete", {"id": need(shop, "Page", number, status=404)["id"]})


class Policy(Friendly):
    body: str


def patch_policy(shop: Shop, number: Any, given: JSON) -> JSON:
    """By its type (`REFUND_POLICY`) or number. Shopify has no topic for it."""
    found, asked = _policy(shop, number), checked(Policy, given)
    change(shop, "shopPolicyUpdate", {"shopPolicy": {"type": found["type"], "body": asked.body}}, "shopPolicy")
    return get_policy(shop, found["id"])


def _policy(shop: Shop, number: Any) -> JSON:
    named = next((p for p in shop.all("ShopPolicy") if p["type"] == str(number).upper()), None)
    return named or need(shop, "ShopPolicy", number, status=404)


def get_policy(shop: Shop, number: Any) -> JSON:
    return shown(shop, "ShopPolicy", _policy(shop, number)["id"], reads.POLICY)


def list_policies(shop: Shop) -> list[JSON]:
    return every(shop, "ShopPolicy", reads.POLICY)


# What apps keep, what they listen to, the shop


def list_metafields(shop: Shop) -> list[JSON]:
    """Of every owner, with the owner's number."""
    found: list[JSON] = []
    for one in shop.all("Metafield"):
        owner = one["ownerId"].rpartition("/")[2]
        number = one["id"].rpartition("/")[2]
        said = {name: one[name] for name in ("namespace", "key", "type", "value", "ownerType")}
        found.append({"id": int(number), "gid": one["id"], "owner_id": int(owner), "owner": one["ownerId"], **said})
    return found


def get_metafield(shop: Shop, number: Any) -> JSON:
    wanted = need(shop, "Metafield", number, status=404)["id"]
    return next(one for one in list_metafields(shop) if one["gid"] == wanted)


def list_subscriptions(shop: Shop) -> list[JSON]:
    """Those that apps made by API."""
    return [
        {"client_id": one["clientId"], "topic_name": topics.name(one["topic"])} | entry
        for one, entry in zip(shop.all("WebhookSubscription"), every(shop, "WebhookSubscription", reads.SUBSCRIPTION),
                              strict=True)
    ]  # fmt: skip


def get_subscription(shop: Shop, number: Any) -> JSON:
    return shown(shop, "WebhookSubscription", number, reads.SUBSCRIPTION)


def delete_subscription(shop: Shop, number: Any) -> None:
    """As Shopify does after too many failures: nobody is told."""
    shop.drop(need(shop, "WebhookSubscription", number, status=404))


class StorePatch(Friendly):
    """`decline_refunds`: the payment provider refuses them. Seconds: how long Shopify takes for its own work.

    `plan` and `b2b`: what the merchant books; an app sees it when it asks.
    """

    name: str | None = None
    contactEmail: str | None = None
    ianaTimezone: str | None = None
    decline_refunds: bool | None = None
    plan: Literal["basic", "grow", "advanced", "plus"] | None = None
    b2b: bool | None = None
    routing_seconds: int | None = Field(default=None, ge=0, le=86400)
    job_seconds: int | None = Field(default=None, ge=0, le=86400)
    bulk_seconds: int | None = Field(default=None, ge=0, le=86400)
    file_seconds: int | None = Field(default=None, ge=0, le=86400)


def patch_store(shop: Shop, number: Any, given: JSON) -> JSON:
    del number
    said = checked(StorePatch, given).model_dump(exclude_none=True)
    profile = {name: value for name, value in said.items() if name in shop.store.profile}
    for name, value in said.items():
        if name not in profile:
            setattr(shop.store, name, value)
    if profile:
        shop.store.profile |= profile | {"updatedAt": shop.stamp()}
        shop.emit("shop/update", lambda: shop_payloads.shop(shop))
    return get_store(shop, "")


def get_store(shop: Shop, number: Any) -> JSON:
    del number
    names = ("domain", "handle", "frozen", "decline_refunds", "plan", "b2b")
    own = {n: getattr(shop.store, n) for n in names}
    told: JSON = read(shop, f"{{ shop {{ {reads.STORE} }} }}")["shop"]
    return told | own | {"installed": sorted(shop.store.installations)}


def _split(model: type[Any], given: JSON) -> tuple[Any, JSON]:
    """The friendly words, and the rest."""
    own = set(model.model_fields)
    return checked(model, {n: v for n, v in given.items() if n in own}), {
        n: v for n, v in given.items() if n not in own
    }
