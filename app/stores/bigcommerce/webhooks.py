"""A webhook delivery from BigCommerce: genuine or refused, then reduced to what the intake needs.

Two proofs: the Standard Webhooks signature over the raw body (key: the bytes of the client secret), and a
header of our own that BigCommerce repeats from the hook. Source: BigCommerce developer documentation,
"Webhooks overview" and "HTTPS webhook overview"; Standard Webhooks specification.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr, ValidationError

from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider, store_id
from app.errors import Rejected
from app.settings import Settings
from app.stores.bigcommerce import payloads
from app.stores.port import Delivery

HOOK_HEADER = "X-ECM-Hook"
HOOK_LABEL = b"storefront-ecm/bigcommerce/hook-header/1"
FUTURE = timedelta(seconds=300)
MOST_SIGNATURES = 5

_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_DIGITS = re.compile(r"[1-9][0-9]{0,18}")
_HASH = re.compile(r"[0-9a-f]{1,64}")

# Scope → topic, object, where its id is. Shapes differ: see "Webhook events" of the documentation.
ROUTES: tuple[tuple[re.Pattern[str], Topic, ObjectType, tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), topic, object_type, path)
    for pattern, topic, object_type, path in (
        (
            r"store/order/(created|updated|statusUpdated|archived|message/created|refund/created)",
            Topic.ORDER_CHANGED,
            ObjectType.ORDER,
            ("id",),
        ),
        (r"store/order/transaction/(created|updated)", Topic.ORDER_CHANGED, ObjectType.ORDER, ("order_id",)),
        (r"store/shipment/(created|updated|deleted)", Topic.ORDER_CHANGED, ObjectType.ORDER, ("orderId",)),
        (r"store/product/deleted", Topic.PRODUCT_DELETED, ObjectType.PRODUCT, ("id",)),
        (
            r"store/product/(created|updated|inventory/updated|inventory/order/updated)",
            Topic.PRODUCT_CHANGED,
            ObjectType.PRODUCT,
            ("id",),
        ),
        (
            r"store/sku/(created|updated|deleted)",
            Topic.PRODUCT_CHANGED,
            ObjectType.PRODUCT,
            ("sku", "product_id"),
        ),
        (
            r"store/sku/inventory/(updated|order/updated)",
            Topic.PRODUCT_CHANGED,
            ObjectType.PRODUCT,
            ("inventory", "product_id"),
        ),
        (r"store/customer/(created|updated|deleted)", Topic.CUSTOMER_CHANGED, ObjectType.CUSTOMER, ("id",)),
        (
            r"store/customer/address/(created|updated|deleted)",
            Topic.CUSTOMER_CHANGED,
            ObjectType.CUSTOMER,
            ("address", "customer_id"),
        ),
        (r"store/information/updated", Topic.STORE_CHANGED, ObjectType.STORE, ()),
        (r"store/app/uninstalled", Topic.APP_UNINSTALLED, ObjectType.STORE, ()),
    )
)
# Numbers worth keeping with the event: our name → where it is.
DETAILS = {
    "previous_status_id": ("status", "previous_status_id"),
    "new_status_id": ("status", "new_status_id"),
    "refund_id": ("refund", "refund_id"),
    "message_id": ("message", "order_message_id"),
}


def hook_secret(settings: Settings, external_id: str) -> str:
    """What our own header carries in the hooks of this store: hex, derived from the app's key."""
    return _hook_secret(settings.secret_key, external_id)


def delivery(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
    """Verify and reduce. `headers` by lower-case name. Rejected (401) for anything not genuine, nothing else.

    The store comes from the signed body alone. A signed body we cannot read is handed on with `is_readable`
    False, and with an empty `external_id` where it names no store.
    """
    message_id = _verify(settings, headers, body, now)
    try:
        store_hash = payloads.Producer.model_validate_json(body).producer.removeprefix("stores/")
    except ValidationError:
        return _unreadable("", message_id)
    _check_hook_header(settings, headers, store_hash)
    try:
        return _reduce(payloads.HookBody.model_validate_json(body), store_hash, message_id)
    except (ValidationError, LookupError):
        return _unreadable(store_hash, message_id)


def _verify(settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message id of a genuine delivery. No part of a header is converted before its form is known."""
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    entries = headers.get("webhook-signature", "").split(" ")
    if not _MESSAGE_ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(stamp) or len(entries) > MOST_SIGNATURES:
        raise _refused()
    age = now.timestamp() - int(stamp)
    if not -FUTURE.total_seconds() <= age <= settings.bigcommerce.webhook_max_age.total_seconds():
        raise _refused()
    signed = f"{message_id}.{stamp}.".encode() + body
    given = [signature for entry in entries if (signature := _signature(entry)) is not None]
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in client_secrets(settings)]
    if not _any_equal(given, expected):
        raise _refused()
    return message_id


def client_secrets(settings: Settings) -> list[bytes]:
    """The client secret, and the former one while it is being rotated."""
    texts = (settings.bigcommerce.client_secret, settings.bigcommerce.previous_client_secret)
    return [text.get_secret_value().encode() for text in texts if text is not None and text.get_secret_value()]


def _signature(entry: str) -> bytes | None:
    version, _, text = entry.partition(",")
    if version != "v1" or len(text) != 44:  # 32 bytes in base64
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _any_equal(given: Iterable[bytes], expected: Iterable[bytes]) -> bool:
    """Every pair is compared, in constant time: how long it takes tells nothing."""
    wanted = tuple(expected)
    equal = [hmac.compare_digest(one, other) for one in given for other in wanted]
    return any(equal)


def _check_hook_header(settings: Settings, headers: Mapping[str, str], store_hash: str) -> None:
    """After a rotation of the app's key, hooks carry the former value until they are next checked."""
    given = headers.get(HOOK_HEADER.lower(), "").encode("utf-8", "replace")
    keys = (settings.secret_key, *settings.previous_secret_keys)
    if not _any_equal([given], [_hook_secret(key, store_hash).encode() for key in keys]):
        raise _refused()


def _hook_secret(secret_key: SecretStr, external_id: str) -> str:
    key = hmac.new(secret_key.get_secret_value().encode(), HOOK_LABEL, hashlib.sha256).digest()
    store = store_id(Provider.BIGCOMMERCE, external_id)
    return hmac.new(key, store.encode(), hashlib.sha256).hexdigest()


def _reduce(body: payloads.HookBody, store_hash: str, message_id: str) -> Delivery:
    detail = {"scope": body.scope}
    if _HASH.fullmatch(body.hash):
        detail["hash"] = body.hash
    for pattern, topic, object_type, path in ROUTES:
        if pattern.fullmatch(body.scope):
            object_id = _number(body.data, path) if path else store_hash
            detail |= {name: found for name, where in DETAILS.items() if (found := _dig(body.data, where)) is not None}
            return Delivery(store_hash, message_id, topic, object_type, object_id, detail)
    return Delivery(store_hash, message_id, Topic.IGNORED, "", "", detail)


def _number(data: Any, path: tuple[str, ...]) -> str:
    """The id at `path`; LookupError when there is none: then the body is not of a shape we know."""
    found = _dig(data, path)
    if found is None or not _DIGITS.fullmatch(found):
        raise LookupError(path)
    return found


def _dig(data: Any, path: tuple[str, ...]) -> str | None:
    """The whole number at `path` as text; some shapes write it as a string."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    if isinstance(data, int) and not isinstance(data, bool) and 0 <= data < 10**19:
        return str(data)
    return data if isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < 20 else None


def _unreadable(store_hash: str, message_id: str) -> Delivery:
    return Delivery(store_hash, message_id, Topic.IGNORED, "", "", {}, is_readable=False)


def _refused() -> Rejected:
    return Rejected("The signature is missing or wrong.", status=401, code="bad_signature")
