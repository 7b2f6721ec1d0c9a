"""New customers, products, variants and locations with all their fields: for mutations, control API and seed."""

import re
from typing import TYPE_CHECKING, Any

from sandbox.shopify import customer_facts, stock
from sandbox.shopify.gids import gid
from sandbox.shopify.money import text
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

UNSAFE = re.compile(r"[^a-z0-9]+")
UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "å": "a", "ø": "o"})


def handle(shop: "Shop", kind: str, title: str, wanted: str | None = None) -> str:
    """A free handle of this type of thing: `title` in small letters and hyphens, numbered when it is taken."""
    base = UNSAFE.sub("-", (wanted or title).lower().translate(UMLAUTS)).strip("-") or kind.lower()
    taken, found, number = {r["handle"] for r in shop.all(kind)}, base, 1
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def customer(shop: "Shop", **given: Any) -> JSON:
    at = shop.stamp()
    usual: JSON = {
        "firstName": None, "lastName": None, "email": None, "phone": None, "state": "DISABLED", "locale": "en",
        "note": None, "tags": [], "taxExempt": False, "taxExemptions": [], "verifiedEmail": True, "addresses": [],
        "createdAt": at, "updatedAt": at, "marketingState": "NOT_SUBSCRIBED", "erasure": None,
    }  # fmt: skip
    fields = usual | given
    return shop.new("Customer", **fields, displayName=customer_facts.name(fields))


def location(shop: "Shop", name: str, **address: Any) -> JSON:
    at = shop.stamp()
    place = dict.fromkeys(
        ("address1", "address2", "city", "country", "countryCode", "phone", "province", "provinceCode", "zip")
    )
    return shop.new(
        "Location", name=name, address=place | address, isActive=True, fulfillsOnlineOrders=True, createdAt=at,
        updatedAt=at, activatable=False, deactivatable=True, deletable=False, hasActiveInventory=True,
        isFulfillmentService=False, shipsInventory=True, isPrimary=not shop.all("Location"),
    )  # fmt: skip


def product(shop: "Shop", **given: Any) -> JSON:
    """A product without variants."""
    at = shop.stamp()
    usual: JSON = {
        "title": "Product", "descriptionHtml": "", "status": "ACTIVE", "vendor": shop.store.profile["name"],
        "productType": "", "tags": [], "createdAt": at, "updatedAt": at, "publishedAt": None, "templateSuffix": None,
        "seo": {"title": None, "description": None}, "categoryId": None, "categoryName": None, "options": [],
        "mediaIds": [], "publications": [], "collectionIds": [], "requiresSellingPlan": False,
    }  # fmt: skip
    fields = usual | given
    fields["handle"] = handle(shop, "Product", fields["title"], given.get("handle"))
    return shop.new("Product", **fields)


def options(shop: "Shop", of: dict[str, list[str]]) -> list[JSON]:
    """ProductOption records inside a product: name -> values."""
    return [
        {
            "__typename": "ProductOption", "id": gid("ProductOption", shop.next("ProductOption")), "name": name,
            "position": place,
            "optionValues": [{"__typename": "ProductOptionValue", "name": value,
                              "id": gid("ProductOptionValue", shop.next("ProductOptionValue"))} for value in values],
        }
        for place, (name, values) in enumerate(of.items(), start=1)
    ]  # fmt: skip


def variant(shop: "Shop", product_record: JSON, *, quantity: int | None = None, **given: Any) -> JSON:
    """A variant with its inventory item; `quantity` makes it tracked, at the main location."""
    at = shop.stamp()
    item_fields = {n: given.pop(n) for n in ("countryCodeOfOrigin", "harmonizedSystemCode", "cost") if n in given}
    item = shop.new(
        "InventoryItem", sku=given.get("sku"), tracked=quantity is not None, createdAt=at, updatedAt=at,
        requiresShipping=given.pop("requiresShipping", True), duplicateSkuCount=0,
        countryCodeOfOrigin=item_fields.get("countryCodeOfOrigin"),
        harmonizedSystemCode=item_fields.get("harmonizedSystemCode"), unitCost=item_fields.get("cost"),
    )  # fmt: skip
    values = given.pop("optionValues", [{"name": "Title", "value": "Default Title"}])
    usual: JSON = {
        "barcode": None, "price": "0.00", "compareAtPrice": None, "inventoryPolicy": "DENY", "sku": None,
        "taxable": True, "createdAt": at, "updatedAt": at,
    }  # fmt: skip
    position = len(shop.where("ProductVariant", productId=product_record["id"])) + 1
    fields = usual | given
    fields["price"] = text(fields["price"])
    made = shop.new(
        "ProductVariant", productId=product_record["id"], inventoryItemId=item["id"], position=position,
        optionValues=values, title=" / ".join(v["value"] for v in values), **fields,
    )  # fmt: skip
    item["variantId"] = made["id"]
    if quantity is not None and shop.all("Location"):
        level = stock.level_at(shop, item, shop.all("Location")[0])
        level["quantities"] |= {"available": quantity, "on_hand": quantity}
    return made


# Companies and pages


def company(shop: "Shop", **given: Any) -> JSON:
    """A company with its two usual roles."""
    at = shop.stamp()
    usual: JSON = {
        "name": "Company", "externalId": None, "note": None, "customerSince": at, "createdAt": at, "updatedAt": at,
        "mainContactId": None,
    }  # fmt: skip
    made = shop.new("Company", **(usual | given))
    for name, said in (("Location admin", "Can order and manage the location"), ("Ordering only", "Can place orders")):
        role = shop.new("CompanyContactRole", companyId=made["id"], name=name, note=said)
        made.setdefault("defaultRoleId", role["id"])
    return made


def company_location(shop: "Shop", of: JSON, **given: Any) -> JSON:
    at = shop.stamp()
    usual: JSON = {
        "name": of["name"], "externalId": None, "phone": None, "locale": "en", "note": None, "createdAt": at,
        "updatedAt": at, "billingAddress": None, "shippingAddress": None, "taxRegistrationId": None,
        "taxExempt": False, "taxExemptions": [], "currency": shop.currency, "catalogIds": [],
        "buyerExperience": {"checkoutToDraft": False, "editableShippingAddress": False,
                            "paymentTermsTemplateId": None, "deposit": None},
    }  # fmt: skip
    return shop.new("CompanyLocation", companyId=of["id"], **(usual | given))


def company_contact(shop: "Shop", of: JSON, of_customer: JSON, **given: Any) -> JSON:
    at = shop.stamp()
    usual: JSON = {"title": None, "locale": "en", "createdAt": at, "updatedAt": at}
    return shop.new("CompanyContact", companyId=of["id"], customerId=of_customer["id"], **(usual | given))


def role_assignment(shop: "Shop", of: JSON, contact: JSON, role: JSON, spot: JSON) -> JSON:
    at = shop.stamp()
    return shop.new(
        "CompanyContactRoleAssignment", companyId=of["id"], contactId=contact["id"], roleId=role["id"],
        locationId=spot["id"], createdAt=at, updatedAt=at,
    )  # fmt: skip


def page(shop: "Shop", **given: Any) -> JSON:
    at = shop.stamp()
    usual: JSON = {
        "title": "Page", "body": "", "publishedAt": at, "templateSuffix": None, "createdAt": at, "updatedAt": at,
    }  # fmt: skip
    fields = usual | given
    fields["handle"] = handle(shop, "Page", fields["title"], given.get("handle"))
    return shop.new("Page", **fields)
