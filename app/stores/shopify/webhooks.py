"""A webhook delivery from Shopify: genuine or refused, then reduced to what the intake needs.

Only the body is signed (base64 HMAC-SHA256, key: a client secret). Shop, topic and ids in the headers are claims:
the shop must be the body's where that names one, the topic must fit what the body is about, and whoever acts reads
the object anew from that shop, which knows nothing of another's. Source: Shopify developer documentation, "Delivery
structure", "HTTPS webhooks", "Privacy law compliance", "Rotate client credentials".
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

from app.domain.events import Topic
from app.domain.ids import CustomerId, OrderId
from app.domain.privacy import Person
from app.errors import Rejected
from app.settings import Settings
from app.stores.port import Delivery
from app.stores.shopify.hook_events import COMPLIANCE, FOREIGN, NAMES_SHOP, Told, told_by
from app.stores.shopify.names import client_secrets, is_shop

PREFIX = "x-shopify-"
_ID = re.compile(r"[\x21-\x7e]{1,100}")
_TOPIC = re.compile(r"[a-z_./]{1,80}")
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_GID = re.compile(r"gid://shopify/([A-Za-z]{1,60})/([1-9][0-9]{0,19})")
_TIME = re.compile(r"[0-9T:.Z+-]{1,40}")
MOST_ORDERS = 5000


class _Mismatch(LookupError):
    """The body is not what the headers say."""


def delivery(settings: Settings, headers: Mapping[str, str], body: bytes) -> Delivery:
    """Verify and reduce. `headers` by lower-case name. Rejected: 401 for what is not genuine, 400 for no delivery.

    A signed body we cannot read, or that is not of the topic claimed, is handed on with `is_readable` False.
    """
    verify(settings, headers.get(f"{PREFIX}hmac-sha256", ""), body)
    topic, shop = headers.get(f"{PREFIX}topic", ""), headers.get(f"{PREFIX}shop-domain", "").lower()
    message = headers.get(f"{PREFIX}webhook-id", "")
    if not _TOPIC.fullmatch(topic) or not _ID.fullmatch(message) or not is_shop(settings, shop):
        raise Rejected("A header is missing.", code="bad_delivery")
    key, detail = f"{topic}:{message}", _claims(headers, topic)
    try:
        return _reduce(topic, shop, key, detail, _object(body))
    except LookupError:
        return Delivery(shop, key, Topic.IGNORED, "", "", detail, is_readable=False)


def verify(settings: Settings, given: str, body: bytes) -> None:
    """Against every client secret; after a rotation Shopify goes on with the former one for a while."""
    try:
        mac = base64.b64decode(given, validate=True) if len(given) == 44 else b""
    except (binascii.Error, ValueError):
        mac = b""
    known = [hmac.new(secret, body, hashlib.sha256).digest() for secret in client_secrets(settings) if secret]
    equal = [hmac.compare_digest(mac, one) for one in known]  # every one is compared, in constant time
    if not any(equal):
        raise Rejected("The signature is missing or wrong.", status=401, code="bad_signature")


def person(body: bytes) -> Person:
    """Of `customers/data_request` and `customers/redact`. Rejected when it names nobody."""
    try:
        found = _object(body)
        customer = found.get("customer")
        customer = customer if isinstance(customer, dict) else {}
        told = found.get("orders_to_redact", found.get("orders_requested"))
        orders = [_number(one) for one in (told if isinstance(told, list) else [])[:MOST_ORDERS]]
        number = _number(customer["id"]) if customer.get("id") else ""
    except LookupError as error:
        raise Rejected("The request cannot be read.", code="bad_request") from error
    text = {name: value.strip() for name in ("email", "phone") if isinstance(value := customer.get(name), str)}
    if not number and not orders and not text.get("email"):
        raise Rejected("The request names nobody.", code="bad_request")
    return Person(
        customer_id=CustomerId(number) if number else None,
        emails=tuple(filter(None, [text.get("email")])),
        phones=tuple(filter(None, [text.get("phone")])),
        order_ids=tuple(OrderId(one) for one in orders),
    )


def _claims(headers: Mapping[str, str], topic: str) -> dict[str, str]:
    """What is worth keeping of the headers: never acted on, for tracing an event through several deliveries."""
    detail = {"scope": topic}
    event, at = headers.get(f"{PREFIX}event-id", ""), headers.get(f"{PREFIX}triggered-at", "")
    if _ID.fullmatch(event):
        detail["event_id"] = event
    if _TIME.fullmatch(at):
        detail["triggered_at"] = at
    return detail


def _reduce(topic: str, shop: str, key: str, detail: dict[str, str], body: dict[str, Any]) -> Delivery:
    if topic in NAMES_SHOP and str(body.get(NAMES_SHOP[topic], "")).lower() != shop:
        raise _Mismatch("shop")
    told = told_by(topic)
    if told is None:
        return Delivery(shop, key, Topic.IGNORED, "", "", detail)
    if told.kind and _kind(body) != told.kind:
        raise _Mismatch("topic")
    if (told.has and told.has not in body) or (told.topic is Topic.STORE_REDACTED and FOREIGN & body.keys()):
        raise _Mismatch("topic")
    detail |= _details(told, body) | dict(told.says)
    subject = _dig(body, told.where) if told.where else shop
    if subject is None and told in COMPLIANCE:  # somebody without an account: the orders or the address say who
        return Delivery(shop, key, told.topic, told.object_type, "", detail)
    if subject is None:  # a dispute of no order: nothing of ours is about it
        return Delivery(shop, key, Topic.IGNORED, "", "", detail)
    object_id = _number(subject) if told.where else shop
    return Delivery(shop, key, told.topic, told.object_type, object_id, detail)


def _kind(body: dict[str, Any]) -> str:
    """What the body says it is about; older shapes give the global id as `id`."""
    for name in ("admin_graphql_api_id", "id"):
        found = _GID.fullmatch(str(body.get(name, "")))
        if found:
            return found[1]
    return ""


def _details(told: Told, body: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, where in told.details:
        try:
            found[name] = _number(_dig(body, where))
        except LookupError:
            continue
    return found


def _dig(data: Any, path: tuple[str, ...]) -> Any:
    """What is at `path`, None where the body says null. LookupError where it says nothing."""
    for name in path:
        if data is None:
            return None
        if not isinstance(data, dict):
            raise LookupError(name)
        data = data[name]
    return data


def _number(value: Any) -> str:
    """A number, as such, as text or at the end of a global id. LookupError when it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**20:
        return str(value)
    text = value if isinstance(value, str) else ""
    found = _GID.fullmatch(text)
    if found:
        return found[2]
    if not _NUMBER.fullmatch(text):
        raise LookupError("id")
    return text


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise LookupError("body") from error
    if not isinstance(found, dict):
        raise LookupError("body")
    return found
