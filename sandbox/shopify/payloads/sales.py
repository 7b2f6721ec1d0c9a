"""Bodies of draft orders, abandoned checkouts, payment terms, disputes, discounts and other things around a sale."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.shopify import draft_facts
from sandbox.shopify.money import decimal, text
from sandbox.shopify.payloads import customers
from sandbox.shopify.payloads.common import address, number
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop


def draft(shop: "Shop", record: JSON) -> JSON:
    """`draft_orders/*`."""
    customer = shop.find("Customer", record["customerId"])
    shipping = record["shippingLine"]
    return {
        "id": number(record["id"]), "note": record["note"], "email": record["email"] or "",
        "taxes_included": record["taxesIncluded"], "currency": record["currencyCode"],
        "invoice_sent_at": record["invoiceSentAt"], "created_at": record["createdAt"],
        "updated_at": record["updatedAt"], "tax_exempt": record["taxExempt"], "completed_at": record["completedAt"],
        "name": record["name"], "allow_discount_codes_in_checkout?": record["allowDiscountCodesInCheckout"],
        "b2b?": bool(record["companyId"]), "status": record["status"].lower(),
        "line_items": [_draft_line(shop, line) for line in draft_facts.lines(shop, record)], "api_client_id": None,
        "shipping_address": address(record["shippingAddress"]), "billing_address": address(record["billingAddress"]),
        "invoice_url": record["invoiceUrl"], "created_on_api_version_handle": None,
        "applied_discount": _discount(record["appliedDiscount"], draft_facts.discount(shop, record)),
        "order_id": number(record["orderId"]) if record.get("orderId") else None,
        "shipping_line": {"custom": True, "handle": None, "title": shipping["title"], "price": text(shipping["price"])}
        if shipping else None,
        "tax_lines": _taxes(draft_facts.tax(shop, record), record), "tags": ", ".join(record["tags"]),
        "note_attributes": [{"name": a["key"], "value": a["value"]} for a in record["customAttributes"]],
        "total_price": text(draft_facts.total_price(shop, record)),
        "subtotal_price": text(draft_facts.subtotal(shop, record)), "total_tax": text(draft_facts.tax(shop, record)),
        "payment_terms": terms_of(shop, record), "admin_graphql_api_id": record["id"],
        "customer": customers.customer(shop, customer) if customer else None,
    }  # fmt: skip


def _draft_line(shop: "Shop", line: JSON) -> JSON:
    variant = shop.find("ProductVariant", line["variantId"])
    return {
        "id": number(line["id"]), "variant_id": number(line["variantId"]),
        "product_id": number(variant["productId"]) if variant else None, "title": line["title"],
        "variant_title": line["variantTitle"], "sku": line["sku"], "vendor": line["vendor"],
        "quantity": line["quantity"], "requires_shipping": line["requiresShipping"], "taxable": line["taxable"],
        "gift_card": False, "fulfillment_service": "manual", "grams": 0, "tax_lines": [],
        "applied_discount": _discount(line["appliedDiscount"], draft_facts.line_discount(line)),
        "name": line["name"], "properties": [], "custom": line["custom"], "price": text(draft_facts.unit_price(line)),
        "admin_graphql_api_id": line["id"],
    }  # fmt: skip


def _discount(given: JSON | None, amount: Decimal) -> JSON | None:
    if given is None:
        return None
    return {
        "description": given["description"], "value": str(given["value"]), "title": given["title"],
        "amount": text(amount), "value_type": given["valueType"].lower(),
    }  # fmt: skip


def _taxes(tax: Decimal, record: JSON) -> list[JSON]:
    if not tax:
        return []
    return [{"rate": float(record["taxRate"]), "title": "VAT", "price": text(tax)}]


def terms(shop: "Shop", record: JSON) -> JSON:
    """`payment_terms/*`."""
    schedules = shop.where("PaymentSchedule", paymentTermsId=record["id"])
    return {
        "id": number(record["id"]), "payment_terms_name": record["paymentTermsName"],
        "payment_terms_type": record["paymentTermsType"].lower(), "due_in_days": record["dueInDays"],
        "created_at": record["createdAt"], "updated_at": record["updatedAt"],
        "payment_schedules": [schedule(shop, one) for one in schedules], "admin_graphql_api_id": record["id"],
    }  # fmt: skip


def terms_of(shop: "Shop", owner: JSON) -> JSON | None:
    found = shop.where("PaymentTerms", referenceId=owner["id"])
    return terms(shop, found[0]) if found else None


def schedule(shop: "Shop", record: JSON) -> JSON:
    """`payment_schedules/due`."""
    return {
        "amount": text(record["amount"]), "balance_due": text(record["balanceDue"]),
        "completed_at": record["completedAt"], "created_at": record["createdAt"], "currency": shop.currency,
        "due_at": record["dueAt"], "id": number(record["id"]), "issued_at": record["issuedAt"],
        "payment_terms_id": number(record["paymentTermsId"]), "presentment_currency": shop.currency,
        "total_balance": text(record["balanceDue"]), "total_price": text(record["amount"]),
        "updated_at": record["updatedAt"], "admin_graphql_api_id": record["id"],
    }  # fmt: skip


def dispute(shop: "Shop", record: JSON) -> JSON:
    """`disputes/*`."""
    return {
        "id": number(record["id"]), "order_id": number(record["orderId"]) if record["orderId"] else None,
        "type": record["type"].lower(), "amount": text(record["amount"]), "currency": shop.currency,
        "reason": record["reason"].lower(), "network_reason_code": record["networkReasonCode"],
        "status": record["status"].lower(), "evidence_due_by": record["evidenceDueBy"],
        "evidence_sent_on": record["evidenceSentOn"], "finalized_on": record["finalizedOn"],
        "initiated_at": record["initiatedAt"],
    }  # fmt: skip


def discount(shop: "Shop", record: JSON) -> JSON:
    """`discounts/*`."""
    return {
        "admin_graphql_api_id": record["id"], "title": record["title"], "status": discount_status(shop, record),
        "created_at": record["createdAt"], "updated_at": record["updatedAt"],
    }  # fmt: skip


def discount_status(shop: "Shop", record: JSON) -> str:
    """ACTIVE, EXPIRED or SCHEDULED, by the clock."""
    now = shop.stamp()
    if record["startsAt"] > now:
        return "SCHEDULED"
    return "EXPIRED" if record["endsAt"] and record["endsAt"] <= now else "ACTIVE"


def redeem_code(record: JSON, code: JSON) -> JSON:
    """`discounts/redeemcode_added`, `discounts/redeemcode_removed`."""
    told = {"id": code["id"], "code": code["code"]}
    return {"admin_graphql_api_id": record["id"], "redeem_code": told, "updated_at": record["updatedAt"]}


def metaobject(shop: "Shop", record: JSON) -> JSON:
    """`metaobjects/*`."""
    app = shop.app
    return {
        "type": record["type"], "handle": record["handle"], "created_at": record["createdAt"],
        "updated_at": record["updatedAt"], "display_name": record["displayName"], "id": record["id"],
        "definition_id": record["definitionId"], "fields": {f["key"]: f["value"] for f in record["fields"]},
        "created_by_staff_id": None,
        "created_by_app_id": f"gid://shopify/ApiClient/{app.number}" if app else None,
        "capabilities": {"publishable": {"status": record["publishStatus"].lower()}},
    }  # fmt: skip


def publication(shop: "Shop", product: JSON, entry: JSON, *, published: bool) -> JSON:
    """`product_publications/create`, `product_publications/update`."""
    del shop
    return {
        "id": None, "publication_id": number(entry["publicationId"]), "published_at": entry.get("publishDate"),
        "published": published, "created_at": None, "updated_at": product["updatedAt"],
        "product_id": number(product["id"]),
    }  # fmt: skip


def checkout(shop: "Shop", record: JSON) -> JSON:
    """`checkouts/*`."""
    customer = shop.find("Customer", record["customerId"])
    goods = sum((decimal(x["price"]) * x["quantity"] for x in record["lines"]), Decimal(0))
    token = f"{number(record['id']):x}"
    told = {
        "token": token, "cart_token": token, "email": record["email"], "gateway": None,
        "buyer_accepts_marketing": False, "created_at": record["createdAt"], "updated_at": record["updatedAt"],
        "landing_site": None, "note": record["note"] or None, "note_attributes": [], "referring_site": None,
        "shipping_lines": [], "shipping_address": address(record["shippingAddress"]), "taxes_included": True,
        "total_weight": 0, "currency": shop.currency, "completed_at": record["completedAt"], "closed_at": None,
        "user_id": None, "location_id": None, "source_identifier": None, "source_url": None, "device_id": None,
        "phone": None, "customer_locale": None, "line_items": [_checkout_line(line) for line in record["lines"]],
        "name": record["name"], "source": None, "abandoned_checkout_url": record["abandonedCheckoutUrl"],
        "discount_codes": [], "tax_lines": [], "source_name": "web", "presentment_currency": shop.currency,
        "buyer_accepts_sms_marketing": False, "sms_marketing_phone": None, "total_discounts": "0.00",
        "total_line_items_price": text(goods), "total_price": text(goods), "total_tax": "0.00",
        "subtotal_price": text(goods), "total_duties": None, "reservation_token": None,
        "billing_address": address(record["billingAddress"]),
    }  # fmt: skip
    return told | ({"customer": customers.customer(shop, customer)} if customer else {})


def _checkout_line(line: JSON) -> JSON:
    return {
        "key": line["id"], "product_id": number(line["productId"]), "variant_id": number(line["variantId"]),
        "quantity": line["quantity"], "sku": line["sku"], "title": line["title"], "price": text(line["price"]),
        "line_price": text(decimal(line["price"]) * line["quantity"]), "requires_shipping": True, "taxable": True,
        "vendor": line["vendor"], "variant_title": line["variantTitle"], "gift_card": False, "properties": None,
    }  # fmt: skip


def bulk(shop: "Shop", record: JSON) -> JSON:
    """`bulk_operations/finish`: without the result's address, which is read."""
    del shop
    code = record["errorCode"]
    return {
        "admin_graphql_api_id": record["id"], "completed_at": record["completedAt"],
        "created_at": record["createdAt"], "error_code": code.lower() if code else None,
        "status": record["status"].lower(), "type": record["type"].lower(),
    }  # fmt: skip


def deleted_discount(shop: "Shop", record: JSON) -> JSON:
    return {"admin_graphql_api_id": record["id"], "deleted_at": shop.stamp()}
