"""Webhook deliveries: who has subscribed, filters, reduced bodies, the signature, headers, retries, removal.

Source: Shopify developer documentation, webhooks (delivery structure, HTTPS delivery, troubleshooting, filtering).
A retry repeats the very message: same body, same webhook id. Eight retries within about four hours; when all of them
fail, a subscription made by API is deleted and an app-specific one is kept.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from sandbox.kernel.deliveries import Delivery
from sandbox.shopify import scopes, topics, webhook_filter
from sandbox.shopify.scalars import moment
from sandbox.shopify.state import JSON, App, Subscription

if TYPE_CHECKING:
    from sandbox.shopify.shop import Shop

RETRY_AFTER = (15, 60, 240, 600, 1200, 2400, 3600, 5400)
NAMES = UUID("7d1f6c52-0f0d-4f0e-9d35-5b0000000001")


def compact(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the raw body; the key is the client secret's bytes."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def emit(shop: "Shop", topic: str, body: JSON, *, only_app: str | None = None) -> None:
    """Queue one message for each subscription of the topic; it leaves when the present call is done."""
    event = _uuid(shop, "event")
    at = moment(shop.now())
    for app, subscription, owner in subscriptions(shop, topic):
        if only_app is not None and app.client_id != only_app:
            continue
        if subscription.filter and not webhook_filter.matches(subscription.filter, body):
            continue
        said = webhook_filter.reduced(body, subscription.include_fields)
        shop.api.queue(_delivery(shop, app, subscription, owner, topic, said, event, at))


def subscriptions(shop: "Shop", topic: str) -> list[tuple[App, Subscription, JSON | None]]:
    """(app, subscription, its record when it was made by API) for every app that may hear of the topic."""
    found: list[tuple[App, Subscription, JSON | None]] = []
    for client_id, installed in shop.store.installations.items():
        app = shop.api.state.apps[client_id]
        if not scopes.met(topics.needs(topic), scopes.implied(installed.scopes)):
            continue
        found += [(app, s, None) for s in app.subscriptions if topic in s.topics]
        made = shop.where("WebhookSubscription", clientId=client_id, topic=topics.enum(topic))
        found += [(app, of_record(record), record) for record in made]
    return found


def compliance(shop: "Shop", app: App, topic: str, body: JSON) -> None:
    """One of the three compliance topics: only app-specific subscriptions, also after an uninstall."""
    for subscription in app.subscriptions:
        if topic in subscription.topics:
            event, at = _uuid(shop, "event"), moment(shop.now())
            shop.api.queue(_delivery(shop, app, subscription, None, topic, body, event, at))


def of_record(record: JSON) -> Subscription:
    return Subscription(
        (topics.name(record["topic"]),), record["uri"], record.get("filter") or "",
        tuple(record.get("includeFields") or ()), record.get("name") or "",
    )  # fmt: skip


def address(app: App, uri: str) -> str:
    """A relative address of the app's configuration is appended to its application URL."""
    return uri if urlsplit(uri).scheme else app.application_url.rstrip("/") + uri


def _delivery(
    shop: "Shop", app: App, subscription: Subscription, owner: JSON | None, topic: str, body: JSON, event: str, at: str
) -> Delivery:
    raw, message_id, api, store = compact(body), _uuid(shop, "webhook"), shop.api, shop.store
    client_id = app.client_id

    def headers() -> dict[str, str]:
        signer = api.state.apps[client_id].secrets[0]
        given = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "Accept": "*/*",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": signature(signer, raw),
            "X-Shopify-Shop-Domain": store.domain,
            "X-Shopify-API-Version": app.webhook_version,
            "X-Shopify-Webhook-Id": message_id,
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": at,
        }
        return given | ({"X-Shopify-Name": subscription.name} if subscription.name else {})

    target = address(app, subscription.uri)
    delivery = Delivery(api.system, target, raw, headers, RETRY_AFTER)
    if owner is not None:
        delivery.on_result = _result(shop, owner, delivery)
    return delivery


def _result(shop: "Shop", record: JSON, delivery: Delivery) -> Callable[[bool, int], None]:
    def on_result(ok: bool, status: int) -> None:
        del status
        if shop.api.state.shops.get(shop.store.domain) is not shop.store:
            return  # the world was reset while the message was under way
        if not ok and delivery.attempts > len(RETRY_AFTER):
            with shop.api.acting(shop.store.domain) as here:
                here.drop(record)

    return on_result


def _uuid(shop: "Shop", what: str) -> str:
    shop.api.state.serial += 1
    return str(uuid5(NAMES, f"{shop.store.domain}/{what}/{shop.api.state.serial}"))
