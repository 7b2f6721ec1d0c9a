"""Changing draft orders, and turning them into orders.

Without payment terms a completed draft becomes a paid order; with terms it becomes one that is to be paid.
Source: Admin GraphQL API reference, draftOrderCreate to draftOrderComplete.
"""

import copy
import secrets
from decimal import Decimal

from sandbox.shopify import addresses, changed, draft_facts, placing
from sandbox.shopify import draft_facts as facts
from sandbox.shopify.errors import UserError
from sandbox.shopify.money import bag, decimal, text
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import metafields, payment_terms, tags
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

MOST_LINES = 499
PLAIN = ("note", "email", "phone", "poNumber", "taxExempt", "reserveInventoryUntil", "visibleToCustomer",
         "allowDiscountCodesInCheckout", "sourceName")  # fmt: skip


@mutation("draftOrderCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    if not given.get("lineItems"):
        raise UserError("Add at least 1 product", None)
    _check(shop, given)
    made = _new(shop)
    _fill(shop, made, given)
    placing.note(shop, made, "created", f"{shop.user_name or 'The app'} created this draft order.")
    changed.tell(shop, made, "create")
    return {"draftOrder": made}


@mutation("draftOrderUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    made = _open(shop, args["id"], ["id"])
    _check(shop, args["input"])
    _fill(shop, made, args["input"])
    changed.tell(shop, made)
    return {"draftOrder": made}


@mutation("draftOrderCalculate")
def calculate(shop: Shop, args: JSON) -> JSON:
    """Sums of a draft that is not kept."""
    given = args["input"]
    if not given.get("lineItems"):
        raise UserError("Add at least 1 product", None)
    _check(shop, given)
    made = _new(shop)
    _fill(shop, made, given)
    currency = made["currencyCode"]
    sums = {
        "totalPriceSet": bag(facts.total_price(shop, made), currency),
        "totalTaxSet": bag(facts.tax(shop, made), currency),
    }
    _forget(shop, made)
    shop.store.counters["draft name"] -= 1
    return {"calculatedDraftOrder": sums}


@mutation("draftOrderDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("DraftOrder", args["input"]["id"], ["input", "id"], None, "Draft order does not exist")
    if made["status"] == "COMPLETED":
        raise UserError("Completed draft orders cannot be deleted", ["input", "id"])
    _forget(shop, made)
    changed.gone(shop, made)
    return {"deletedId": made["id"]}


def _forget(shop: Shop, made: JSON) -> None:
    for line in facts.lines(shop, made):
        shop.drop(line)
    shop.drop(made)


@mutation("draftOrderInvoiceSend")
def send_invoice(shop: Shop, args: JSON) -> JSON:
    made = _open(shop, args["id"], ["id"])
    to = (args.get("email") or {}).get("to") or made["email"]
    if not to:
        raise UserError("To can't be blank", ["email", "to"])
    made |= {"status": "INVOICE_SENT", "invoiceSentAt": shop.stamp()}
    placing.note(shop, made, "invoice_sent", f"An invoice was sent to {to}.")
    changed.tell(shop, made)
    return {"draftOrder": made}


@mutation("draftOrderComplete")
def complete(shop: Shop, args: JSON) -> JSON:
    made = _open(shop, args["id"], ["id"])
    terms = next(iter(shop.where("PaymentTerms", referenceId=made["id"])), None)
    order = placing.place(
        shop, _about(made), [_line_of(shop, line) for line in facts.lines(shop, made)],
        payment="pending" if terms else "paid", gateway="manual",
    )  # fmt: skip
    if terms is not None:
        payment_terms.attach(shop, order, terms["templateId"], schedules=None)
    made |= {"status": "COMPLETED", "completedAt": shop.stamp(), "completedOrderId": order["id"]}
    changed.tell(shop, made)
    return {"draftOrder": made}


def _about(made: JSON) -> JSON:
    names = ("customerId", "companyId", "locationId", "contactId", "email", "phone", "poNumber", "note", "taxExempt",
             "billingAddress", "shippingAddress", "taxRate", "taxesIncluded", "discountCodes",
             "customAttributes")  # fmt: skip
    about = {name: made[name] for name in names}
    line = made["shippingLine"]
    return about | {
        "tags": list(made["tags"]), "shippingLines": [dict(line)] if line else [], "sourceName": "shopify_draft_order",
        "draftOrderId": made["id"], "discount": str(made["orderDiscount"]),
    }  # fmt: skip


def _line_of(shop: Shop, line: JSON) -> JSON:
    variant = shop.find("ProductVariant", line["variantId"])
    shared = {
        "title": line["title"], "variantTitle": line["variantTitle"], "sku": line["sku"], "vendor": line["vendor"],
        "quantity": line["quantity"], "price": text(facts.unit_price(line)),
        "discount": str(facts.line_discount(line)),
        "requiresShipping": line["requiresShipping"], "taxable": line["taxable"],
        "customAttributes": line["customAttributes"],
    }  # fmt: skip
    if variant is None:
        return shared
    return placing.line_of(shop, variant, line["quantity"]) | shared


# Filling


def _new(shop: Shop) -> JSON:
    shop.store.counters["draft name"] += 1
    at, token = shop.stamp(), secrets.token_hex(16)
    return shop.new(
        "DraftOrder", name=f"#D{shop.store.counters['draft name']}", status="OPEN", createdAt=at, updatedAt=at,
        completedAt=None, completedOrderId=None, invoiceSentAt=None, invoiceUrl=shop.url(f"/invoices/{token}"),
        note=None, email=None, phone=None, poNumber=None, tags=[], customAttributes=[], taxExempt=False,
        taxesIncluded=shop.store.profile["taxesIncluded"], taxRate="0.19", reserveInventoryUntil=None,
        visibleToCustomer=False, allowDiscountCodesInCheckout=False, sourceName="draft", currencyCode=shop.currency,
        presentmentCurrencyCode=shop.currency, customerId=None, companyId=None, locationId=None, contactId=None,
        billingAddress=None, shippingAddress=None, shippingLine=None, appliedDiscount=None, discountCodes=[],
        orderDiscount="0",
    )  # fmt: skip


def _shipping_line(given: JSON | None) -> JSON | None:
    if not given:
        return None
    price = given.get("priceWithCurrency") or {}
    return {"title": given.get("title") or "Custom", "price": price.get("amount", "0")}


def _fill(shop: Shop, made: JSON, given: JSON) -> None:
    metafields.set_for(shop, made, given.get("metafields"), ["input", "metafields"])
    made |= {name: given[name] for name in PLAIN if name in given}
    if "tags" in given:
        made["tags"] = tags.checked(given["tags"] or [])
    for name in ("customAttributes", "discountCodes"):
        if name in given:
            made[name] = copy.deepcopy(given[name] or [])
    _buyer(shop, made, given)
    for name in ("billingAddress", "shippingAddress"):
        if given.get(name):
            made[name] = addresses.mailing(shop, given[name], made[name])
    if "shippingLine" in given:
        made["shippingLine"] = _shipping_line(given["shippingLine"])
    if "appliedDiscount" in given:
        made["appliedDiscount"] = _discount(given["appliedDiscount"])
    if given.get("lineItems") is not None:
        _replace_lines(shop, made, given["lineItems"])
    made["orderDiscount"] = str(draft_facts.discount(shop, made))
    if given.get("paymentTerms"):
        wanted = given["paymentTerms"]
        template = wanted.get("paymentTermsTemplateId")
        payment_terms.attach(shop, made, template, schedules=wanted.get("paymentSchedules"))


def _replace_lines(shop: Shop, made: JSON, given: list[JSON]) -> None:
    for line in facts.lines(shop, made):
        shop.drop(line)
    for one in given:
        _add_line(shop, made, one)


def _buyer(shop: Shop, made: JSON, given: JSON) -> None:
    entity = given.get("purchasingEntity") or ({"customerId": given["customerId"]} if given.get("customerId") else {})
    company = entity.get("purchasingCompany")
    if company:
        contact = shop.find("CompanyContact", company["companyContactId"])
        made |= {"companyId": company["companyId"], "locationId": company["companyLocationId"],
                 "contactId": company["companyContactId"],
                 "customerId": contact["customerId"] if contact else None}  # fmt: skip
    elif entity.get("customerId"):
        made |= {"customerId": entity["customerId"], "companyId": None, "locationId": None, "contactId": None}
    customer = shop.find("Customer", made["customerId"])
    if customer is not None:
        made["email"] = made["email"] or customer["email"]
        if given.get("useCustomerDefaultAddress") and customer["addresses"]:
            made["shippingAddress"] = made["shippingAddress"] or customer["addresses"][0]
            made["billingAddress"] = made["billingAddress"] or customer["addresses"][0]


def _discount(given: JSON | None) -> JSON | None:
    if not given:
        return None
    amount = (given.get("amountWithCurrency") or {}).get("amount")
    value = amount if given["valueType"] == "FIXED_AMOUNT" and amount is not None else given["value"]
    return {"title": given.get("title"), "description": given.get("description"), "value": str(value),
            "valueType": given["valueType"]}  # fmt: skip


def _add_line(shop: Shop, made: JSON, one: JSON) -> None:
    variant = shop.find("ProductVariant", one.get("variantId"))
    known = placing.line_of(shop, variant, one["quantity"]) if variant else {}
    price = known.get("price") or (one.get("originalUnitPriceWithCurrency") or {}).get("amount", "0")
    override = (one.get("priceOverride") or {}).get("amount")
    title, kind = known.get("title") or one.get("title"), known.get("variantTitle")
    shop.new(
        "DraftOrderLineItem", draftId=made["id"], variantId=one.get("variantId"), title=title, variantTitle=kind,
        name=title if kind in (None, "Default Title") else f"{title} - {kind}", custom=variant is None,
        sku=known.get("sku") or one.get("sku"), vendor=known.get("vendor"), quantity=one["quantity"], price=text(price),
        priceOverride=text(override) if override is not None else None, uuid=one.get("uuid"),
        appliedDiscount=_discount(one.get("appliedDiscount")), customAttributes=one.get("customAttributes") or [],
        requiresShipping=known.get("requiresShipping", bool(one.get("requiresShipping"))),
        taxable=one.get("taxable", True),
    )  # fmt: skip


def _check(shop: Shop, given: JSON) -> None:
    rows = given.get("lineItems") or []
    if len(rows) > MOST_LINES:
        raise UserError(f"Cannot have more than {MOST_LINES} line items", ["input", "lineItems"])
    for place, one in enumerate(rows):
        path = ["input", "lineItems", str(place)]
        if one["quantity"] < 1:
            raise UserError("Quantity must be greater than or equal to 1", [*path, "quantity"])
        if one.get("variantId") and shop.find("ProductVariant", one["variantId"]) is None:
            raise UserError("Product with ID is no longer available.", [*path, "variantId"])
        if not one.get("variantId") and not (one.get("title") or "").strip():
            raise UserError("Title can't be blank", [*path, "title"])
        override = one.get("priceOverride")
        if override and (not one.get("variantId") or override["currencyCode"] != shop.currency):
            raise UserError("Price override must be in the draft's currency, for a variant", [*path, "priceOverride"])
        if one.get("appliedDiscount"):
            _check_discount(one["appliedDiscount"], [*path, "appliedDiscount"])
    if given.get("appliedDiscount"):
        _check_discount(given["appliedDiscount"], ["input", "appliedDiscount"])
    _check_buyer(shop, given.get("purchasingEntity") or {})
    if given.get("deposit") and shop.store.plan != "plus":
        raise UserError("Deposits are not available on this plan", ["input", "deposit"])


def _check_discount(given: JSON, path: list[str]) -> None:
    value = decimal(given["value"])
    if value < 0 or (given["valueType"] == "PERCENTAGE" and value > Decimal(100)):
        raise UserError("Discount value is invalid", [*path, "value"])


def _check_buyer(shop: Shop, entity: JSON) -> None:
    path, company = ["input", "purchasingEntity"], entity.get("purchasingCompany")
    if entity.get("customerId"):
        shop.need("Customer", entity["customerId"], [*path, "customerId"], None, "Customer does not exist")
    if company:
        for name, kind in (("companyId", "Company"), ("companyLocationId", "CompanyLocation"),
                           ("companyContactId", "CompanyContact")):  # fmt: skip
            found = shop.need(kind, company[name], [*path, "purchasingCompany", name], None)
            if found.get("companyId", company["companyId"]) != company["companyId"]:
                raise UserError("Location and contact must be of the company", [*path, "purchasingCompany", name])


def _open(shop: Shop, text_id: str, path: list[str]) -> JSON:
    made = shop.need("DraftOrder", text_id, path, None, "Draft order does not exist")
    if made["status"] == "COMPLETED":
        raise UserError("This draft order has been completed and can't be changed", path)
    return made
