"""Bodies of orders, their transactions, refunds and fulfillments (REST-like)."""

from typing import TYPE_CHECKING

from sandbox.shopify import order_facts as facts
from sandbox.shopify.money import decimal
from sandbox.shopify.payloads import customers
from sandbox.shopify.payloads.common import address, amount, identity, number, sums
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

FINANCIAL = {"PARTIALLY_PAID": "partially_paid", "PARTIALLY_REFUNDED": "partially_refunded"}
FULFILLMENT = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial", "RESTOCKED": "restocked"}


def order(shop: "Shop", record: JSON) -> JSON:
    """`orders/*`. It holds no company: that is read by GraphQL."""
    customer = shop.find("Customer", record["customerId"])
    return (
        identity(record)
        | _head(shop, record)
        | _sums(shop, record)
        | {
            "billing_address": address(record["billingAddress"]),
            "customer": customers.customer(shop, customer) if customer else None,
            "discount_applications": [],
            "fulfillments": [fulfillment(shop, f) for f in facts.fulfillments(shop, record)],
            "line_items": [_line(shop, record, line) for line in facts.lines(shop, record)],
            "payment_terms": _terms(shop, record),
            "refunds": [refund(shop, r) for r in facts.refunds(shop, record)],
            "shipping_address": address(record["shippingAddress"]),
            "shipping_lines": _shipping(shop, record),
            "returns": [{"admin_graphql_api_id": r["id"], "status": r["status"].lower()}
                        for r in facts.returns(shop, record)],
            "line_item_groups": [],
        }
    )  # fmt: skip


def _head(shop: "Shop", record: JSON) -> JSON:
    paid = facts.financial_status(shop, record)
    return {
        "app_id": None, "browser_ip": record["clientIp"], "buyer_accepts_marketing": False,
        "cancel_reason": record["cancelReason"].lower() if record["cancelReason"] else None,
        "cancelled_at": record["cancelledAt"], "cart_token": None, "checkout_token": None, "client_details": None,
        "closed_at": record["closedAt"], "confirmation_number": record["confirmationNumber"], "confirmed": True,
        "contact_email": record["email"], "created_at": record["createdAt"], "currency": record["currencyCode"],
        "customer_locale": record["customerLocale"], "device_id": None,
        "discount_codes": [{"code": code, "amount": amount(record["discount"]), "type": "fixed_amount"}
                           for code in record["discountCodes"]],
        "duties_included": False, "email": record["email"] or "", "estimated_taxes": False,
        "financial_status": FINANCIAL.get(paid, paid.lower()),
        "fulfillment_status": FULFILLMENT.get(facts.fulfillment_status(shop, record)),
        "landing_site": None, "landing_site_ref": None, "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ", "merchant_of_record_app_id": None, "name": record["name"],
        "note": record["note"],
        "note_attributes": [{"name": a["key"], "value": a["value"]} for a in record["customAttributes"]],
        "number": record["number"] - 1000, "order_number": record["number"],
        "order_status_url": shop.url(f"/orders/{number(record['id'])}/authenticate?key={record['confirmationNumber']}"),
        "payment_gateway_names": list(dict.fromkeys(t["gateway"] for t in facts.transactions(shop, record))),
        "phone": record["phone"], "po_number": record["poNumber"],
        "presentment_currency": record["presentmentCurrencyCode"], "processed_at": record["processedAt"],
        "reference": None, "referring_site": None, "source_identifier": None, "source_name": record["sourceName"],
        "source_url": None, "tags": ", ".join(record["tags"]), "tax_exempt": record["taxExempt"],
        "tax_lines": _taxes(shop, record, facts.total_tax(shop, record)),
        "taxes_included": record["taxesIncluded"], "test": record["test"], "token": record["confirmationNumber"],
        "total_weight": 0, "updated_at": record["updatedAt"], "user_id": None,
    }  # fmt: skip


def _sums(shop: "Shop", record: JSON) -> JSON:
    goods, now = facts.subtotal(shop, record), facts.subtotal(shop, record, current=True)
    whole, left = facts.total_price(shop, record), facts.current_total(shop, record)
    tax, tax_left = facts.total_tax(shop, record), facts.total_tax(shop, record, current=True)
    off, lines = facts.discounts(shop, record), decimal(record["goods"])
    told: JSON = {
        "current_shipping_price_set": sums(shop, facts.shipping(record), record),
        "total_shipping_price_set": sums(shop, facts.shipping(record), record),
        "total_cash_rounding_payment_adjustment_set": sums(shop, 0, record),
        "total_cash_rounding_refund_adjustment_set": sums(shop, 0, record),
        "current_total_additional_fees_set": None, "current_total_duties_set": None,
        "original_total_additional_fees_set": None, "original_total_duties_set": None,
        "total_outstanding": amount(facts.outstanding(shop, record)), "total_tip_received": "0.00",
    }  # fmt: skip
    pairs = {
        "subtotal_price": goods, "current_subtotal_price": now, "total_price": whole, "current_total_price": left,
        "total_tax": tax, "current_total_tax": tax_left, "total_discounts": off, "current_total_discounts": off,
        "total_line_items_price": lines,
    }  # fmt: skip
    for name, value in pairs.items():
        told |= {name: amount(value), f"{name}_set": sums(shop, value, record)}
    return told


def _taxes(shop: "Shop", record: JSON, tax: object) -> list[JSON]:
    if record["taxExempt"] or not decimal(record["taxRate"]):
        return []
    told = {"title": record["taxTitle"], "rate": float(record["taxRate"]), "price": amount(tax)}
    return [told | {"price_set": sums(shop, decimal(tax), record), "channel_liable": False}]


def _line(shop: "Shop", record: JSON, line: JSON) -> JSON:
    return identity(line) | {
        "attributed_staffs": [], "current_quantity": max(0, facts.current_quantity(shop, line)),
        "fulfillable_quantity": facts.unfulfilled_quantity(shop, line), "fulfillment_service": "manual",
        "fulfillment_status": _line_status(shop, line), "gift_card": line["isGiftCard"], "grams": 0,
        "name": line["name"], "price": amount(line["price"]),
        "price_set": sums(shop, decimal(line["price"]), record), "product_exists": line["productId"] is not None,
        "product_id": number(line["productId"]),
        "properties": [{"name": a["key"], "value": a["value"]} for a in line["customAttributes"]],
        "quantity": line["quantity"], "requires_shipping": line["requiresShipping"], "sales_line_item_group_id": None,
        "sku": line["sku"], "taxable": line["taxable"], "title": line["title"],
        "total_discount": amount(line["discount"]), "total_discount_set": sums(shop, decimal(line["discount"]), record),
        "variant_id": number(line["variantId"]),
        "variant_inventory_management": "shopify" if line["variantId"] else None,
        "variant_title": line["variantTitle"], "vendor": line["vendor"],
        "tax_lines": _taxes(shop, record, facts.tax_of(record, facts.line_total(line))), "duties": [],
        "discount_allocations": [],
    }  # fmt: skip


def _line_status(shop: "Shop", line: JSON) -> str | None:
    sent = facts.fulfilled_quantity(shop, line)
    if not sent:
        return None
    return "partial" if facts.unfulfilled_quantity(shop, line) else "fulfilled"


def _shipping(shop: "Shop", record: JSON) -> list[JSON]:
    return [
        {
            "id": (number(record["id"]) or 0) * 10 + place, "carrier_identifier": None, "code": line["title"],
            "current_discounted_price_set": sums(shop, decimal(line["price"]), record),
            "discounted_price": amount(line["price"]),
            "discounted_price_set": sums(shop, decimal(line["price"]), record), "is_removed": False, "phone": None,
            "price": amount(line["price"]), "price_set": sums(shop, decimal(line["price"]), record),
            "requested_fulfillment_service_id": None, "source": "shopify", "title": line["title"],
            "tax_lines": _taxes(shop, record, facts.tax_of(record, decimal(line["price"]))),
            "discount_allocations": [],
        }
        for place, line in enumerate(record["shippingLines"])
    ]  # fmt: skip


def _terms(shop: "Shop", record: JSON) -> JSON | None:
    found = shop.where("PaymentTerms", referenceId=record["id"])
    if not found:
        return None
    terms = found[0]
    return {
        "id": number(terms["id"]), "created_at": terms["createdAt"], "due_in_days": terms["dueInDays"],
        "payment_schedules": [], "payment_terms_name": terms["paymentTermsName"],
        "payment_terms_type": terms["paymentTermsType"].lower(), "updated_at": terms["updatedAt"],
    }  # fmt: skip


def transaction(shop: "Shop", record: JSON) -> JSON:
    """`order_transactions/create`."""
    card = record["paymentDetails"]
    details = {
        "credit_card_bin": None, "avs_result_code": card["avsResultCode"], "cvv_result_code": card["cvvResultCode"],
        "credit_card_number": card["number"], "credit_card_company": card["company"], "buyer_action_info": None,
        "credit_card_name": None, "credit_card_wallet": None, "credit_card_expiration_month": None,
        "credit_card_expiration_year": None, "payment_method_name": card["paymentMethodName"],
    } if card else None  # fmt: skip
    return _transaction(shop, record) | {"payment_details": details}


def _transaction(shop: "Shop", record: JSON) -> JSON:
    order_record = shop.find("Order", record["orderId"])
    left = facts.uncaptured(shop, record) if record["kind"] == "AUTHORIZATION" else decimal(0)
    return identity(record) | {
        "order_id": number(record["orderId"]), "kind": record["kind"].lower(), "gateway": record["gateway"],
        "status": record["status"].lower(), "message": None, "created_at": record["createdAt"], "test": record["test"],
        "authorization": record["authorizationCode"], "location_id": None, "user_id": None,
        "parent_id": number(record["parentId"]), "processed_at": record["processedAt"], "device_id": None,
        "error_code": record["errorCode"].lower() if record["errorCode"] else None, "source_name": "web",
        "receipt": {}, "amount": amount(record["amount"]), "currency": shop.currency,
        "payment_id": record["paymentId"], "total_unsettled_set": sums(shop, left, order_record),
        "manual_payment_gateway": record["gateway"] in ("manual", "bank deposit"), "amount_rounding": None,
    }  # fmt: skip


def tender(shop: "Shop", record: JSON) -> JSON:
    """`tender_transactions/create`: money that moved."""
    sign = "-" if record["kind"] == "REFUND" else ""
    return {
        "id": number(record["id"]), "order_id": number(record["orderId"]),
        "amount": f"{sign}{amount(record['amount'])}", "currency": shop.currency, "user_id": None,
        "test": record["test"], "processed_at": record["processedAt"], "remote_reference": record["paymentId"],
        "payment_details": None,
        "payment_method": "credit_card" if record["paymentDetails"] else "other",
    }  # fmt: skip


def refund(shop: "Shop", record: JSON) -> JSON:
    """`refunds/create`."""
    order_record = shop.find("Order", record["orderId"])
    assert order_record is not None  # noqa: S101  # refunds go with their order
    returned = shop.find("Return", record["returnId"])
    return identity(record) | {
        "order_id": number(record["orderId"]), "created_at": record["createdAt"], "note": record["note"],
        "user_id": None, "processed_at": record["processedAt"], "duties": [],
        "total_duties_set": sums(shop, 0, order_record),
        "return": {"id": number(returned["id"]), "admin_graphql_api_id": returned["id"]} if returned else None,
        "refund_shipping_lines": [], "restock": any(part["restockType"] != "NO_RESTOCK" for part in record["lines"]),
        "order_adjustments": [],
        "refund_line_items": [_refund_line(shop, order_record, part) for part in record["lines"]],
        "transactions": [_transaction(shop, t) for t in shop.where("OrderTransaction", refundId=record["id"])],
    }  # fmt: skip


def _refund_line(shop: "Shop", record: JSON, part: JSON) -> JSON:
    line = shop.find("LineItem", part["lineItemId"])
    assert line is not None  # noqa: S101
    subtotal = facts.line_total(line, part["quantity"])
    tax = facts.tax_of(record, subtotal)
    return {
        "id": number(part["id"]), "quantity": part["quantity"], "line_item_id": number(line["id"]),
        "location_id": number(part.get("locationId")), "restock_type": part["restockType"].lower(),
        "subtotal": float(amount(subtotal)), "total_tax": float(amount(tax)),
        "subtotal_set": sums(shop, subtotal, record), "total_tax_set": sums(shop, tax, record),
        "line_item": _old_line(shop, record, line),
    }  # fmt: skip


def _old_line(shop: "Shop", record: JSON, line: JSON, quantity: int | None = None) -> JSON:
    """A line as refunds and fulfillments still spell it."""
    whole = _line(shop, record, line)
    gone = ("attributed_staffs", "current_quantity", "sales_line_item_group_id")
    told = {name: value for name, value in whole.items() if name not in gone}
    return told | ({"quantity": quantity} if quantity is not None else {})


def fulfillment(shop: "Shop", record: JSON) -> JSON:
    """`fulfillments/*`."""
    order_record = shop.find("Order", record["orderId"])
    assert order_record is not None  # noqa: S101
    tracking = record["trackingInfo"]
    numbers, urls = [t["number"] for t in tracking if t["number"]], [t["url"] for t in tracking if t["url"]]
    parts = shop.where("FulfillmentLineItem", fulfillmentId=record["id"])
    lines = [(shop.find("LineItem", part["lineItemId"]), part["quantity"]) for part in parts]
    return identity(record) | {
        "order_id": number(record["orderId"]), "status": record["status"].lower(), "created_at": record["createdAt"],
        "service": "manual", "updated_at": record["updatedAt"],
        "tracking_company": tracking[0]["company"] if tracking else None,
        "shipment_status": record["shipmentStatus"].lower() if record["shipmentStatus"] else None,
        "location_id": number(record["locationId"]), "origin_address": None, "email": order_record["email"] or "",
        "destination": address(order_record["shippingAddress"]),
        "line_items": [_old_line(shop, order_record, line, quantity) for line, quantity in lines if line],
        "tracking_number": numbers[0] if numbers else None, "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None, "tracking_urls": urls, "receipt": {}, "name": record["name"],
    }  # fmt: skip
