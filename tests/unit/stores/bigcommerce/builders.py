"""Valid by default, say only what matters."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from app.settings import Settings
from app.stores.bigcommerce import hook_secret, part_payloads, payloads

CLIENT_ID = "unit-test-client"
SECRET = "unit-test-client-secret-0123456789"
FORMER_SECRET = "unit-test-former-secret-0123456789"
NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
STORE = "abc123"


def settings(**changes: Any) -> Settings:
    own = {"client_id": CLIENT_ID, "client_secret": SECRET, "previous_client_secret": FORMER_SECRET}
    base: dict[str, Any] = {
        "secret_key": "a-unit-test-key-0123456789-abcdefghij",
        "public_url": "https://app.example",
        "bigcommerce": own | changes.pop("bigcommerce", {}),
    }
    return Settings.model_validate(base | changes)


def order_json(**changes: Any) -> dict[str, Any]:
    """An order as `GET /v2/orders/{id}?include=consignments.line_items` shows it, spelt as V2 spells things."""
    billing = {
        "first_name": "Ada", "last_name": "Byron", "company": "", "street_1": "1 Dorset St", "street_2": "Flat 2",
        "city": "London", "state": "", "zip": "W1U 4EG", "country": "United Kingdom", "country_iso2": "gb",
        "phone": "020 7946 0000", "email": "ada@example.com", "form_fields": [],
    }  # fmt: skip
    return {
        "id": 118,
        "status_id": 11,
        "status": "Awaiting Fulfillment",
        "custom_status": "To be packed",
        "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
        "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000",
        "currency_code": "USD",
        "default_currency_code": "EUR",
        "total_inc_tax": "118.5000",
        "subtotal_ex_tax": "100.0000",
        "shipping_cost_ex_tax": "10.0000",
        "total_tax": "18.5000",
        "discount_amount": "7.5000",
        "coupon_discount": "2.5000",
        "payment_method": "Credit Card",
        "payment_status": "captured",
        "customer_id": 11,
        "billing_address": billing,
        "items_total": 3,
        "staff_notes": None,
        "customer_message": "",
        "geoip_country_iso2": "fr",
        "channel_id": 1,
        "credit_card_type": {},
        "consignments": {
            "pickups": [],
            "shipping": [billing | {"id": 99, "country_iso2": "DE", "line_items": [line_json(2), line_json(1)]}],
            "downloads": [{"recipient_email": "ada@example.com", "line_items": [line_json(3, product_id=0)]}],
            "email": {"gift_certificates": []},
        },
    } | changes


def line_json(line_id: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": line_id, "order_id": 118, "product_id": 77, "name": "Lamp", "sku": "L-1", "quantity": 2,
        "price_ex_tax": "25.0000", "total_ex_tax": "50.0000", "brand": "Glow",
    } | changes  # fmt: skip


def an_order(**changes: Any) -> payloads.Order:
    return payloads.Order.model_validate_json(json.dumps(order_json(**changes)))


def a_transaction(**changes: Any) -> part_payloads.Transaction:
    return part_payloads.Transaction.model_validate({"event": "purchase", "status": "ok"} | changes)


def a_product(**changes: Any) -> payloads.Product:
    base = {
        "id": 77, "name": "Lamp", "sku": "L-1", "description": "<p>Light</p>", "page_title": "", "weight": 1,
        "meta_description": None, "search_keywords": "lamp,light", "is_visible": True,
        "date_modified": "2018-08-15T14:48:31+00:00",
        "images": [{
            "id": 5, "product_id": 77, "image_file": "f/005/front-view__83011__60806.jpg", "is_thumbnail": True,
            "description": "Front", "url_standard": "https://cdn.example/front.jpg",
        }],
        "custom_fields": [{"id": 1, "name": "Certificate", "value": "CE 1"}],
    }  # fmt: skip
    return payloads.Product.model_validate(base | changes)


def hook_body(scope: str = "store/order/created", data: Any = None, **changes: Any) -> bytes:
    body = {
        "scope": scope,
        "store_id": "1025646",
        "data": {"type": "order", "id": 118} if data is None else data,
        "hash": "3f9ea420af83450d7ef9f78b08c8af25b2213637",
        "created_at": int(NOW.timestamp()),
        "producer": f"stores/{STORE}",
    }
    return json.dumps(body | changes).encode()


def hook_headers(
    body: bytes,
    *,
    own: Settings | None = None,
    secret: str = SECRET,
    at: float | None = None,
    stamp: str | None = None,
    message_id: str = "msg_1",
    store: str = STORE,
) -> dict[str, str]:
    """Genuine headers for a body, by lower-case name."""
    stamp = str(int(NOW.timestamp() if at is None else at)) if stamp is None else stamp
    digest = hmac.new(secret.encode(), f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        "x-ecm-hook": hook_secret(own or settings(), store),
    }
