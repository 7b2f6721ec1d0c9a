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
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr, ValidationError

from app.domain.events import Topic
from app.domain.ids import Provider, store_id
from app.errors import Rejected
from app.settings import Settings
from app.stores.bigcommerce import payloads
from app.stores.bigcommerce.hook_events import OF_CHANNEL, Told, told_by
from app.stores.port import Delivery

HOOK_HEADER = "X-ECM-Hook"
HOOK_LABEL = b"storefront-ecm/bigcommerce/hook-header/1"
FUTURE = timedelta(seconds=300)
MOST_SIGNATURES = 5

_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_DIGITS = re.compile(r"[1-9][0-9]{0,18}")
_HASH = re.compile(r"[0-9a-f]{1,64}")
_CART = re.compile(r"[0-9a-fA-F-]{32,36}")

# Numbers worth keeping with the event: our name → where it is.
DETAILS = {
    "previous_status_id": ("status", "previous_status_id"),
    "new_status_id": ("status", "new_status_id"),
    "refund_id": ("refund", "refund_id"),
    "message_id": ("message", "order_message_id"),
    "price_list_id": ("price_list_id",),
    "customer_group_id": ("customer_group_id",),
    "user_id": ("user_id",),
}
# Of other shapes: a shipment's or cart's own id, a transaction's, which is a text.
SHIPMENT, TRANSACTION, CART = "store/shipment/", "store/order/transaction/", "store/cart/"


Numbers = Callable[[str], tuple[int, ...]]  # a store's hash → which of its headers are taken, the present one first


def only_the_first(external_id: str) -> tuple[int, ...]:
    """Of a store whose header was never renewed."""
    del external_id
    return (0,)


def hook_secret(settings: Settings, external_id: str, number: int = 0) -> str:
    """What our own header carries in this store's hooks: hex, derived from the app's key; `number`: of renewals."""
    return _hook_secret(settings.secret_key, external_id, number)


def delivery(
    settings: Settings, headers: Mapping[str, str], body: bytes, now: datetime, numbers: Numbers = only_the_first
) -> Delivery:
    """Verify and reduce. `headers` by lower-case name. Rejected (401) for anything not genuine, nothing else.

    The store comes from the signed body alone. A signed body we cannot read is handed on with `is_readable`
    False, and with an empty `external_id` where it names no store.
    """
    message_id = _verify(settings, headers, body, now)
    try:
        store_hash = payloads.Producer.model_validate_json(body).producer.removeprefix("stores/")
    except ValidationError:
        return _unreadable("", message_id)
    _check_hook_header(settings, headers, store_hash, numbers(store_hash))
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


def _check_hook_header(settings: Settings, headers: Mapping[str, str], store_hash: str, numbers: Iterable[int]) -> None:
    """After a rotation of the app's key, hooks carry the former value until they are next checked."""
    given = headers.get(HOOK_HEADER.lower(), "").encode("utf-8", "replace")
    keys = (settings.secret_key, *settings.previous_secret_keys)
    good = [_hook_secret(key, store_hash, number).encode() for key in keys for number in numbers]
    if not _any_equal([given], good):
        raise _refused()


def _hook_secret(secret_key: SecretStr, external_id: str, number: int) -> str:
    key = hmac.new(secret_key.get_secret_value().encode(), HOOK_LABEL, hashlib.sha256).digest()
    store = store_id(Provider.BIGCOMMERCE, external_id)
    named = f"{store}#{number}" if number else store  # no store's name holds a "#"
    return hmac.new(key, named.encode(), hashlib.sha256).hexdigest()


def _reduce(body: payloads.HookBody, store_hash: str, message_id: str) -> Delivery:
    detail = {"scope": body.scope}
    if _HASH.fullmatch(body.hash):
        detail["hash"] = body.hash
    told, channel = told_by(body.scope)
    if told is None:
        return Delivery(store_hash, message_id, Topic.IGNORED, "", "", detail)
    data = _first(body.data)
    detail |= _details(body.scope, data) | ({"channel_id": channel} if channel else {})
    object_id = f"{told.prefix}{_object_id(told, data, channel, store_hash)}"
    return Delivery(store_hash, message_id, told.topic, told.object_type, object_id, detail)


def _object_id(told: Told, data: Any, channel: str, store_hash: str) -> str:
    if told.where == OF_CHANNEL:
        return channel
    return _number(data, told.where) if told.where else store_hash


def _first(data: Any) -> Any:
    """A batch's event is an array; whoever acts reads the list anew, so its first entry says enough."""
    return data[0] if isinstance(data, list) and data else data


def _details(scope: str, data: Any) -> dict[str, str]:
    found = {name: value for name, where in DETAILS.items() if (value := _dig(data, where)) is not None}
    more = {}
    if scope.startswith(SHIPMENT):
        more["shipment_id"] = _dig(data, ("id",))
    if scope.startswith(TRANSACTION):
        more["transaction_id"] = _dig(data, ("transaction_id",))
    if scope.startswith(CART):
        more["cart_id"] = _cart_id(data)
    return found | {name: value for name, value in more.items() if value is not None}


def _cart_id(data: Any) -> str:
    """LookupError when there is none: then the body is not of a shape we know."""
    found = data.get("id") if isinstance(data, dict) else None
    if not isinstance(found, str) or not _CART.fullmatch(found):
        raise LookupError("id")
    return found


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
