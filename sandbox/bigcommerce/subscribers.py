"""Newsletter subscribers (V3). A DELETE without a filter takes them all, as the real one does."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters
from sandbox.bigcommerce.body import json_of, only
from sandbox.bigcommerce.errors import Refused, missing
from sandbox.bigcommerce.fields import Field, Fields, check
from sandbox.bigcommerce.scopes import CUSTOMERS
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import no_content, v3, v3_page, zulu
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

CONSENTS = ("marketing_newsletter", "abandoned_cart")
FIELDS: Fields = {
    "email": Field("string", required=True, least=3),
    "first_name": Field("string", most=255),
    "last_name": Field("string", most=255),
    "source": Field("string", most=255),
    "order_id": Field("integer", nullable=True, least=1),
    "channel_id": Field("integer", least=1),
    "consents": Field("array", of=Field("string", choices=CONSENTS)),
}
DATES = ("", "min", "max")
FILTERS: filters.Declared = {
    "id": ("integer", ("", "in")),
    **dict.fromkeys(("email", "first_name", "last_name", "source"), ("string", ("",))),
    "order_id": ("integer", ("",)),
    "date_created": ("date", DATES),
    "date_modified": ("date", DATES),
}


def routes(api: "BigCommerce") -> None:
    one = "/customers/subscribers/<int:subscriber_id>"
    api.v3("GET", "/customers/subscribers", CUSTOMERS, list_subscribers)
    api.v3("POST", "/customers/subscribers", CUSTOMERS, create_subscriber)
    api.v3("DELETE", "/customers/subscribers", CUSTOMERS, delete_subscribers)
    api.v3("GET", one, CUSTOMERS, show_subscriber)
    api.v3("PUT", one, CUSTOMERS, update_subscriber)
    api.v3("DELETE", one, CUSTOMERS, delete_subscriber)


def list_subscribers(shop: Shop, call: Call) -> Response:
    return v3_page(call, filters.apply(call, shop.store.subscribers.values(), FILTERS))


def show_subscriber(shop: Shop, call: Call, subscriber_id: int) -> Response:
    only(call, (), 422)
    return v3(_own(shop, subscriber_id))


def create_subscriber(shop: Shop, call: Call) -> Response:
    made = create(shop, check(json_of(call), FIELDS, "v3", creating=True))
    call.effect = f"subscriber {made['id']} created"
    return v3(made)


def update_subscriber(shop: Shop, call: Call, subscriber_id: int) -> Response:
    subscriber = _own(shop, subscriber_id)
    change(shop, subscriber, check(json_of(call), FIELDS, "v3", creating=False))
    call.effect = f"subscriber {subscriber_id} changed"
    return v3(subscriber)


def delete_subscriber(shop: Shop, call: Call, subscriber_id: int) -> Response:
    if subscriber_id in shop.store.subscribers:
        delete(shop, subscriber_id)
        call.effect = f"subscriber {subscriber_id} deleted"
    return no_content()


def delete_subscribers(shop: Shop, call: Call) -> Response:
    gone = [s["id"] for s in filters.apply(call, shop.store.subscribers.values(), FILTERS)]
    for number in gone:
        delete(shop, number)
    call.effect = f"{len(gone)} subscribers deleted" if gone else ""
    return no_content()


# What others use too


def create(shop: Shop, body: JSON) -> JSON:
    _check_email(shop, body, None)
    number, at = shop.store.next("subscriber"), zulu(shop.now())
    made: JSON = {
        "id": number, "email": "", "first_name": "", "last_name": "", "source": "custom", "order_id": None,
        "channel_id": 1, "consents": ["marketing_newsletter"], "date_created": at, "date_modified": at,
    }  # fmt: skip
    shop.store.subscribers[number] = made | body
    shop.emit("store/subscriber/created", {"type": "subscriber", "id": number})
    return shop.store.subscribers[number]


def change(shop: Shop, subscriber: JSON, body: JSON) -> None:
    _check_email(shop, body, subscriber)
    subscriber |= body | {"date_modified": zulu(shop.now())}
    shop.emit("store/subscriber/updated", {"type": "subscriber", "id": subscriber["id"]})


def delete(shop: Shop, subscriber_id: int) -> None:
    del shop.store.subscribers[subscriber_id]
    shop.emit("store/subscriber/deleted", {"type": "subscriber", "id": subscriber_id})


def _check_email(shop: Shop, body: JSON, own: JSON | None) -> None:
    email = body.get("email", "").lower()
    if email and "@" not in email:
        raise Refused(422, errors={"email": "must be valid"})
    if email and any(s["email"].lower() == email for s in shop.store.subscribers.values() if s is not own):
        raise Refused(409, f"Subscriber with email '{body['email']}' already exists.")


def _own(shop: Shop, subscriber_id: int) -> JSON:
    found = shop.store.subscribers.get(subscriber_id)
    if found is None:
        raise missing("Subscriber", subscriber_id)
    return found
