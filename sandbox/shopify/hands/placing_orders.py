"""An order in a few friendly words: who buys what, paid how, sent where."""

from decimal import Decimal, InvalidOperation
from typing import Literal

from pydantic import Field

from sandbox.bigcommerce.countries import COUNTRIES
from sandbox.kernel.hands import NotAccepted
from sandbox.shopify import addresses, placing
from sandbox.shopify.hands.asking import Friendly, checked, find, need
from sandbox.shopify.money import text
from sandbox.shopify.operations import order_changes
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

Amount = str | int | float
Id = int | str
Payment = Literal["paid", "authorized", "pending", "declined", "voided", "captured"]
RISKS = ("LOW", "MEDIUM", "HIGH")
Risk = Literal["LOW", "MEDIUM", "HIGH"]
SUSPICIOUS = "Characteristics of this order are similar to fraudulent orders observed in the past."
SOMEBODY: JSON = {
    "firstName": "Erika", "lastName": "Mustermann", "address1": "Heidestraße 17", "city": "Köln", "zip": "51147",
    "countryCode": "DE", "phone": "+49 221 555 0199",
}  # fmt: skip
SOMEBODYS_EMAIL = "erika.mustermann@example.com"


class Place(Friendly):
    """An address. `country_iso2` is another word for `countryCode`, `name` is first and last name."""

    firstName: str | None = None
    lastName: str | None = None
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    provinceCode: str | None = None
    zip: str | None = None
    phone: str | None = None
    countryCode: str | None = None
    country_iso2: str | None = None


class Item(Friendly):
    """A variant (by id or `sku`), a product's first variant, or anything with a title and a price."""

    variant: Id | None = None
    product: Id | None = None
    product_id: Id | None = None
    sku: str | None = None
    title: str | None = None
    quantity: int = Field(default=1, ge=1)
    price: Amount | None = None
    properties: dict[str, str] = Field(default_factory=dict)
    requires_shipping: bool | None = None


class Order(Friendly):
    """`total`: one line of assorted goods (or the price of the only item). `currency`: what the buyer pays in."""

    total: Amount | None = None
    currency: str | None = None
    items: list[Item] = Field(default_factory=list)
    customer: Id | None = None
    company: Id | None = None
    email: str | None = None
    phone: str | None = None
    billing: Place = Place()
    shipping: Place | None = None
    shipping_cost: Amount = "0"
    discount: Amount = "0"
    payment_status: Payment = "paid"
    gateway: str = "shopify_payments"
    risk: Risk | None = None
    fraud_review: bool = False
    note: str | None = None
    tags: list[str] = Field(default_factory=list)
    po_number: str | None = None
    custom_attributes: dict[str, str] = Field(default_factory=dict)
    test: bool = False
    source: str = "web"


def place(shop: Shop, given: JSON) -> JSON:
    """The new order. Paid unless `payment_status` says otherwise."""
    asked = checked(Order, given)
    order = placing.place(
        shop, _about(shop, asked), lines(shop, asked), payment=asked.payment_status, gateway=asked.gateway
    )
    risk = asked.risk or ("HIGH" if asked.fraud_review else None)
    if risk is not None:
        assess(shop, order, risk)
    return order


def assess(shop: Shop, order: JSON, level: str) -> None:
    """Shopify's own analysis of an order comes to this."""
    feeling = "NEGATIVE" if level == "HIGH" else "NEUTRAL" if level == "MEDIUM" else "POSITIVE"
    order_changes.put_assessment(shop, order, level, [{"description": SUSPICIOUS, "sentiment": feeling}], "")


def _about(shop: Shop, asked: Order) -> JSON:
    customer = need(shop, "Customer", asked.customer, "customer") if asked.customer is not None else None
    buyer = _buyer(shop, asked, customer)
    customer = customer or find(shop, "Customer", buyer.get("customerId") or 0)
    home = (customer["addresses"] or [None])[0] if customer else None
    base = home or addresses.mailing(shop, SOMEBODY)
    billing = address(shop, asked.billing, base, "billing")
    shipping = address(shop, asked.shipping, billing, "shipping") if asked.shipping else billing
    email = asked.email or (customer["email"] if customer else SOMEBODYS_EMAIL)
    about: JSON = {
        "customerId": customer["id"] if customer else None, "email": email, "phone": asked.phone,
        "billingAddress": billing, "shippingAddress": shipping, "note": asked.note, "tags": sorted(set(asked.tags)),
        "poNumber": asked.po_number, "test": asked.test, "sourceName": asked.source,
        "customAttributes": [{"key": k, "value": v} for k, v in asked.custom_attributes.items()],
        "discount": str(amount(asked.discount, "discount")),
    }  # fmt: skip
    if amount(asked.shipping_cost, "shipping_cost"):
        cost = text(amount(asked.shipping_cost, "shipping_cost"))
        about["shippingLines"] = [{"title": "Standard", "price": cost}]
    return about | _currency(shop, asked) | buyer


def _currency(shop: Shop, asked: Order) -> JSON:
    """Amounts stay in the shop's currency; the buyer's own is shown beside it, one to one."""
    wanted = (asked.currency or shop.currency).upper()
    known = shop.store.profile["enabledPresentmentCurrencies"]
    if wanted not in known:
        raise NotAccepted(422, "", {"currency": f"must be one of {', '.join(known)}"})
    return {"presentmentCurrencyCode": wanted}


def _buyer(shop: Shop, asked: Order, customer: JSON | None) -> JSON:
    """A company's contact orders for its first location: the customer where that is one, else the main contact."""
    if asked.company is None:
        return {}
    company = need(shop, "Company", asked.company, "company")
    contacts = shop.where("CompanyContact", companyId=company["id"])
    own = [c for c in contacts if customer is None or c["customerId"] == customer["id"]]
    first = next((c for c in own if c["id"] == company["mainContactId"]), own[0] if own else None)
    if first is None:
        raise NotAccepted(422, "", {"company": "nobody who could order is a contact of this company"})
    spot = shop.where("CompanyLocation", companyId=company["id"])[0]
    return {"companyId": company["id"], "locationId": spot["id"], "contactId": first["id"],
            "customerId": first["customerId"]}  # fmt: skip


def address(shop: Shop, given: Place, base: JSON, where: str) -> JSON:
    """A whole address from a few facts; another country leaves the base's town behind."""
    said = given.model_dump(exclude_none=True)
    code = said.pop("country_iso2", None) or said.get("countryCode")
    if code is not None and code.upper() not in COUNTRIES:
        raise NotAccepted(422, "", {f"{where}.countryCode": f"'{code}' is no country known here"})
    if "name" in said:
        said["firstName"], _, said["lastName"] = said.pop("name").partition(" ")
    if code is not None:
        said["countryCode"] = code.upper()
        if code.upper() != base.get("countryCodeV2"):
            said = {"city": None, "zip": None, "provinceCode": None} | said
    return addresses.mailing(shop, said, base)


def lines(shop: Shop, asked: Order) -> list[JSON]:
    """Fields of LineItem for each item."""
    total = amount(asked.total, "total") if asked.total is not None else None
    if total is not None and len(asked.items) > 1:
        raise NotAccepted(422, "", {"total": "goes with no item or one; give each item its price instead"})
    items = asked.items or [Item(price=str(total if total is not None else Decimal("100.00")))]
    if total is not None and asked.items:
        items = [items[0].model_copy(update={"price": str(total / items[0].quantity)})]
    return [_line(shop, item, f"items.{place}") for place, item in enumerate(items)]


def _line(shop: Shop, item: Item, where: str) -> JSON:
    variant = _variant(shop, item, where)
    more: JSON = {"customAttributes": [{"key": k, "value": v} for k, v in item.properties.items()]}
    if item.price is not None:
        more["price"] = text(amount(item.price, f"{where}.price"))
    if item.requires_shipping is not None:
        more["requiresShipping"] = item.requires_shipping
    if variant is not None:
        return placing.line_of(shop, variant, item.quantity, **more)
    return {"title": item.title or "Assorted goods", "sku": item.sku, "quantity": item.quantity, "price": "0"} | more


def _variant(shop: Shop, item: Item, where: str) -> JSON | None:
    if item.variant is not None:
        return need(shop, "ProductVariant", item.variant, f"{where}.variant")
    if (wanted := item.product if item.product is not None else item.product_id) is not None:
        product = need(shop, "Product", wanted, f"{where}.product")
        return shop.where("ProductVariant", productId=product["id"])[0]
    if item.sku is not None and item.title is None:
        found = next((v for v in shop.all("ProductVariant") if v["sku"] == item.sku), None)
        if found is None:
            raise NotAccepted(422, "", {f"{where}.sku": f"there is no variant with the SKU {item.sku}"})
        return found
    return None


def amount(given: Amount, where: str) -> Decimal:
    """A positive amount of money."""
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or found < 0:
        raise NotAccepted(422, "", {where: "must be an amount of money, 0 or more"})
    return found
