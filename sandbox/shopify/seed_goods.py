"""Fills a demo shop: what every shop has, and goods, people and orders where it is seeded."""

from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.shopify import addresses, making, placing
from sandbox.shopify import seed_data as data
from sandbox.shopify.gids import gid
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

CHANNELS = ("Online Store", "Point of Sale")


def furnish(shop: "Shop") -> None:
    """Sales channels, payment terms, reasons for returns, policies, languages, a market."""
    at = shop.stamp()
    for name in CHANNELS:
        catalog = shop.new("AppCatalog", title=name, status="ACTIVE", priceListId=None, publicationId=None)
        publication = shop.new("Publication", name=name, autoPublish=name == CHANNELS[0], catalogId=catalog["id"])
        catalog["publicationId"] = publication["id"]
    for name, kind, days in data.TERMS:
        said = f"{name} of the invoice" if days else name
        shop.new("PaymentTermsTemplate", name=name, translatedName=name, paymentTermsType=kind, dueInDays=days,
                 description=said)  # fmt: skip
    for handle, name in data.REASONS:
        shop.new("ReturnReasonDefinition", handle=handle, name=name, deleted=False)
    for kind, title, body in data.POLICIES:
        shop.new("ShopPolicy", type=kind, title=title, body=body, createdAt=at, updatedAt=at)
    for code, name, primary in (("en", "English", True), ("de", "German", False)):
        shop.new("ShopLocale", locale=code, name=name, primary=primary, published=True)
    shop.new("Market", name="Germany", handle="de", status="ACTIVE", type="REGION")
    shop.new("Market", name="Wholesale", handle="wholesale", status="ACTIVE", type="COMPANY_LOCATION")


def fill(shop: "Shop") -> None:
    """Products, customers, companies, pages and orders."""
    start = shop.now()
    for number, told in enumerate(data.PRODUCTS):
        shop.at = start - timedelta(days=60 - number)
        _product(shop, told)
    for number, row in enumerate(data.CUSTOMERS):
        shop.at = start - timedelta(days=50 - number)
        _customer(shop, row)
    for row in data.COMPANIES:
        _company(shop, row)
    for page in data.PAGES:
        making.page(shop, **page)
    for hours, told in data.ORDERS:
        shop.at = start - timedelta(hours=hours)
        _order(shop, told)
    shop.at = start


def _product(shop: "Shop", told: JSON) -> None:
    sizes = told.get("sizes")
    names = ("title", "vendor", "productType", "tags", "descriptionHtml", "status")
    made = making.product(shop, **{n: told[n] for n in names if n in told})
    made["options"] = making.options(shop, {"Size": list(sizes)} if sizes else {"Title": ["Default Title"]})
    if made["status"] == "ACTIVE":
        made["publishedAt"] = made["createdAt"]
        made["publications"] = [
            {"publicationId": p["id"], "publishDate": made["createdAt"]} for p in shop.all("Publication")
        ]
    for size in sizes or ("Default Title",):
        more = {n: told[k] for n, k in (("harmonizedSystemCode", "hs"), ("countryCodeOfOrigin", "origin")) if k in told}
        making.variant(
            shop, made, quantity=told["quantity"], price=told["price"],
            sku=f"{told['sku']}-{size.split()[0]}" if sizes else told["sku"],
            optionValues=[{"name": "Size" if sizes else "Title", "value": size}], **more,
        )  # fmt: skip


def _customer(shop: "Shop", row: tuple[object, ...]) -> None:
    first, last, company, email, street, city, postal, country, tags = row
    place = {"firstName": first, "lastName": last, "company": company, "address1": street, "city": city,
             "zip": postal, "countryCode": country}  # fmt: skip
    making.customer(
        shop, firstName=first, lastName=last, email=email, tags=list(tags),  # type: ignore[call-overload]
        addresses=[addresses.mailing(shop, place)],
    )  # fmt: skip


def _company(shop: "Shop", row: tuple[object, ...]) -> None:
    name, erp, place, street, city, postal, country, email, tax = row
    company = making.company(shop, name=name, externalId=erp)
    where = {"address1": street, "city": city, "zip": postal, "countryCode": country, "companyName": name}
    spot = making.company_location(shop, company, name=place, taxRegistrationId=tax or None)
    spot["shippingAddress"] = spot["billingAddress"] = addresses.company(shop, where)
    customer = next(c for c in shop.all("Customer") if c["email"] == email)
    contact = making.company_contact(shop, company, customer, title="Buyer")
    company["mainContactId"] = contact["id"]
    role = shop.where("CompanyContactRole", companyId=company["id"], name="Ordering only")[0]
    making.role_assignment(shop, company, contact, role, spot)


def _order(shop: "Shop", told: JSON) -> None:
    customer = shop.find("Customer", gid("Customer", 1000 + told["customer"]))
    assert customer is not None  # noqa: S101  # the rows above
    place = customer["addresses"][0]
    shipping = addresses.mailing(shop, {"countryCode": told["ship_to"], "city": "Lagos", "address1": "14 Awolowo Road"},
                                 place | {"id": None}) if "ship_to" in told else place  # fmt: skip
    about: JSON = {
        "customerId": customer["id"], "email": customer["email"], "billingAddress": place, "shippingAddress": shipping,
        "poNumber": told.get("po_number"), "shippingLines": [{"title": "Standard", "price": "6.90"}],
    }  # fmt: skip
    if "company" in told:
        about |= _buyer(shop, told["company"])
    if "risk" in told:
        said = {"description": "Shipping address is far from the card's country.", "sentiment": "NEGATIVE"}
        about["assessments"] = [{"clientId": "", "riskLevel": told["risk"], "facts": [said]}]
    order = placing.place(shop, about, [_line(shop, *item) for item in told["items"]],
                          payment=told.get("payment", "paid"))  # fmt: skip
    if told.get("fulfilled"):
        placing.fulfill_all(shop, order)


def _buyer(shop: "Shop", number: int) -> JSON:
    company = shop.all("Company")[number]
    return {
        "companyId": company["id"],
        "locationId": shop.where("CompanyLocation", companyId=company["id"])[0]["id"],
        "contactId": company["mainContactId"],
    }


def _line(shop: "Shop", sku: str, quantity: int) -> JSON:
    found = next(v for v in shop.all("ProductVariant") if v["sku"] == sku or v["sku"].startswith(f"{sku}-"))
    return placing.line_of(shop, found, quantity)
