"""Webhook deliveries: the envelope, the Standard Webhooks signature, retries, deactivation, the blocklist.

Source: BigCommerce developer documentation, Webhooks overview and HTTPS webhook overview; Standard Webhooks
specification.
Two points the documentation leaves open are settled to the receiver's disadvantage: a retry keeps the timestamp of the
message, and `hash` covers what happened but not when, so that two equal changes within a second have equal bodies.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.bigcommerce import events
from sandbox.bigcommerce.state import JSON, Domain, Hook, Store
from sandbox.kernel.deliveries import Delivery

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

RETRY_AFTER = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)
QUIET_DAYS = 90
BLOCK_WINDOW, BLOCK_LEAST, BLOCK_RATIO, BLOCK_SECONDS = 120, 100, 0.9, 180
NOTICE_EVERY = 600
WILL_RETRY, GIVEN_UP, BLOCKED = 90001, 90002, 90003


def compact(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def envelope(store: Store, scope: str, data: JSON, at: int) -> JSON:
    """The body of a delivery."""
    producer = f"stores/{store.hash}"
    what = {"producer": producer, "scope": scope, "data": data}
    return {
        "created_at": at,
        "store_id": str(store.profile["store_id"]),
        "producer": producer,
        "scope": scope,
        "hash": hashlib.sha1(compact(what), usedforsecurity=False).hexdigest(),
        "data": data,
    }


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>`: HMAC-SHA256 over id, time and raw body; the key is the client secret's bytes."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def emit(shop: "Shop", scope: str, data: JSON, deliver_as: str | None = None) -> None:
    """Queue one message for each active hook of the scope; it leaves when the present call is done."""
    at = int(shop.now().timestamp())
    body = compact(envelope(shop.store, deliver_as or scope, data, at))
    for hook in shop.store.hooks.values():
        if events.matches(hook.scope, scope) and _active(hook, at):
            hook.last_event_at = at
            shop.api.queue(_delivery(shop, hook, body, at), _blocked_for(shop.store, hook, at))


def sweep(store: Store, at: int) -> None:
    """Switch off what had no event for 90 days."""
    for hook in store.hooks.values():
        _active(hook, at)


def _active(hook: Hook, at: int) -> bool:
    if hook.is_active and at - hook.last_event_at > QUIET_DAYS * 86400:
        hook.is_active, hook.deactivated = False, True
    return hook.is_active


def _delivery(shop: "Shop", hook: Hook, body: bytes, at: int) -> Delivery:
    api, secret = shop.api, shop.api.state.apps[hook.client_id].client_secret
    message_id = api.message_id(hook)
    extra = dict(hook.headers or {})

    def headers() -> dict[str, str]:
        # The receiver lives in real time: the sandbox clock's lead is taken off, the message's age is kept.
        stamp = at - int(api.world.clock.offset.total_seconds())
        return {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "BigCommerce-Webhooks",
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(secret, message_id, stamp, body),
        } | extra

    delivery = Delivery(api.system, hook.destination, body, headers, RETRY_AFTER)
    delivery.on_result = _result(shop, hook, delivery)
    return delivery


def _result(shop: "Shop", hook: Hook, delivery: Delivery) -> Callable[[bool, int], None]:
    def on_result(ok: bool, status: int) -> None:
        if shop.api.state.stores.get(shop.store.hash) is not shop.store:
            return  # the world was reset while the message was under way
        with shop.api.acting(shop.store.hash) as here:
            _learn(here, hook, delivery, ok=ok, status=status)

    return on_result


def _learn(shop: "Shop", hook: Hook, delivery: Delivery, *, ok: bool, status: int) -> None:
    at = int(shop.now().timestamp())
    domain = _domain(shop.store, hook.destination)
    domain.attempts = [(t, good) for t, good in domain.attempts if t > at - BLOCK_WINDOW] + [(at, ok)]
    if ok:
        return
    if delivery.attempts > len(RETRY_AFTER):
        hook.is_active, hook.deactivated = False, True
        _notice(shop, hook, GIVEN_UP, f"Delivery to {hook.destination} failed finally, the webhook is disabled")
        return
    if at - domain.last_notice_at >= NOTICE_EVERY:
        domain.last_notice_at = at
        said = f"Non-200 response ({status})" if status else "No response"
        _notice(shop, hook, WILL_RETRY, f"{said} received when delivering to {hook.destination}, will retry")
    _block(shop, hook, domain, at)


def _block(shop: "Shop", hook: Hook, domain: Domain, at: int) -> None:
    tried, good = len(domain.attempts), sum(ok for _, ok in domain.attempts)
    if tried < BLOCK_LEAST or good / tried >= BLOCK_RATIO or domain.blocked_until > at:
        return
    domain.blocked_until = at + BLOCK_SECONDS
    domain.reasons = [{"failure_description": "Non-2xx responses", "count": tried - good, "timestamp": at}]
    _notice(shop, hook, BLOCKED, f"Domain {urlsplit(hook.destination).hostname} is blocked for 3 minutes")


def _notice(shop: "Shop", hook: Hook, code: int, message: str) -> None:
    if hook.scope != events.DELIVERY_EXCEPTION:
        data = {"type": "webhook", "id": hook.id, "error_code": code, "message": message}
        shop.emit(events.DELIVERY_EXCEPTION, data)


def _domain(store: Store, destination: str) -> Domain:
    return store.domains.setdefault(urlsplit(destination).netloc, Domain())


def _blocked_for(store: Store, hook: Hook, at: int) -> timedelta:
    """How long the hook's domain stays blocked: zero when it is not."""
    return timedelta(seconds=max(0, _domain(store, hook.destination).blocked_until - at))
