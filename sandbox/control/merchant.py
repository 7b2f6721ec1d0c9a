"""A merchant's hands in a BigCommerce store: the stand-in's own REST handlers, called without its door.

So bodies are those of the store's API, checked as it checks them, and webhooks leave as they would; but no token is
needed, no quota is used, no fault strikes and the ledger stays silent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from sandbox.bigcommerce import orders, products
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.shop import Shop
from sandbox.control.answers import Problem
from sandbox.kernel.standin import Call
from sandbox.stage import Stage

JSON = dict[str, Any]
Handler = Callable[..., Response]


@dataclass(frozen=True)
class Resource:
    """Handlers by what is asked; `id_name` is how they call the id. `listed_as`: the state's collection."""

    listing: Handler
    read: Handler
    create: Handler | None = None
    change: Handler | None = None
    id_name: str = "id"
    include: str = ""
    set_by_platform: tuple[str, ...] = ()


# `set_by_platform`: read-only in the API, because shoppers and payment providers set them; here anybody may.
RESOURCES: dict[str, Resource] = {
    "orders": Resource(
        orders.list_orders, orders.show_order, orders.create_order, orders.update_order, "order_id",
        set_by_platform=("payment_status", "cart_id", "currency_code", "is_email_opt_in", "credit_card_type"),
    ),
    "products": Resource(
        products.list_products, products.show_product, products.create_product, products.update_product, "product_id",
        include="images,custom_fields",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Merchant:
    """One store as its owner has it in hand. Every method raises Problem."""

    stage: Stage
    store_hash: str

    def listing(self, name: str, query: dict[str, str]) -> Any:
        return self._call(name, "GET", RESOURCES[name].listing, query=query)

    def read(self, name: str, number: str) -> Any:
        resource = RESOURCES[name]
        query = {"include": resource.include} if resource.include else {}
        return self._call(name, "GET", resource.read, number, query=query)

    def create(self, name: str, body: JSON) -> Any:
        handler = RESOURCES[name].create
        if handler is None:
            raise Problem(405, f"{name} cannot be created here.")
        return self._call(name, "POST", handler, body=body)

    def change(self, name: str, number: str, body: JSON) -> Any:
        handler = RESOURCES[name].change
        if handler is None:
            raise Problem(405, f"{name} cannot be changed here.")
        return self._call(name, "PUT", handler, number, body=body)

    def _call(
        self, name: str, method: str, handler: Handler, number: str | None = None,
        *, body: JSON | None = None, query: dict[str, str] | None = None,
    ) -> Any:  # fmt: skip
        resource = RESOURCES[name]
        ids = {} if number is None else {resource.id_name: _whole(number, name)}
        rest, extra = _split(body, resource.set_by_platform)
        builder = EnvironBuilder(path=f"/{name}", method=method, json=rest, query_string=query or {})
        try:
            with self.stage.bigcommerce.acting(self.store_hash) as shop:
                return _finished(shop, name, handler(shop, Call(builder.get_environ()), **ids), extra)
        except Refused as refused:
            raise _problem(refused) from refused
        finally:
            builder.close()


def _split(body: JSON | None, names: tuple[str, ...]) -> tuple[JSON | None, JSON]:
    if body is None:
        return None, {}
    extra = {name: value for name, value in body.items() if name in names}
    return {name: value for name, value in body.items() if name not in names}, extra


def _finished(shop: Shop, name: str, response: Response, extra: JSON) -> Any:
    """The answer's data; what the platform sets is put in before the webhooks leave."""
    if not response.get_data():
        return [] if response.status_code == 204 else {}
    found = response.get_json()
    data = found["data"] if isinstance(found, dict) and "data" in found else found
    if extra:
        stored: dict[int, JSON] = getattr(shop.store, name)
        stored[data["id"]] |= extra
        data |= extra
    return data


def _whole(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Problem(404, f"There is no {name.rstrip('s')} {text}.")
    return int(text)


def _problem(refused: Refused) -> Problem:
    """The store's refusal; a wrong body is always 422 here."""
    status = 422 if refused.status == 400 else refused.status
    more = {"fields": refused.errors} if refused.errors else {}
    if refused.body is not None:
        more["store_says"] = refused.body
    return Problem(status, refused.title, **more)
