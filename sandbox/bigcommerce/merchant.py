"""Stores from outside: create, change and read resources by friendly JSON, with the webhooks the real store would send.

Everything goes the way the API goes; only defaults and wording are added. For control API, desk and tests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox import credentials
from sandbox.bigcommerce import merchant_goods as goods
from sandbox.bigcommerce import merchant_orders as orders
from sandbox.bigcommerce import merchant_trade as trade
from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.kernel.hands import NotAccepted

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

Create = Callable[[Shop, JSON], JSON]
Patch = Callable[[Shop, Any, JSON], JSON]
Get = Callable[[Shop, Any], JSON]
T = TypeVar("T")
List = Callable[[Shop], list[JSON]]
Delete = Callable[[Shop, Any], None]


@dataclass(frozen=True)
class Resource:
    create: Create | None
    patch: Patch | None
    get: Get
    list: List
    delete: Delete | None = None


RESOURCES: dict[str, Resource] = {
    "orders": Resource(orders.create, orders.patch, orders.get, orders.listed, orders.archive),
    "shipments": Resource(
        orders.create_shipment, orders.patch_shipment, orders.get_shipment, orders.list_shipments,
        orders.delete_shipment,
    ),
    "refunds": Resource(orders.create_refund, None, orders.get_refund, orders.list_refunds),
    "messages": Resource(orders.create_message, orders.patch_message, orders.get_message, orders.list_messages),
    "transactions": Resource(
        orders.create_transaction, orders.patch_transaction, orders.get_transaction, orders.list_transactions
    ),
    "products": Resource(
        goods.create_product, goods.patch_product, goods.get_product, goods.list_products, goods.delete_product
    ),
    "customers": Resource(
        goods.create_customer, goods.patch_customer, goods.get_customer, goods.list_customers, goods.delete_customer
    ),
    "customer_groups": Resource(goods.create_group, None, goods.get_group, goods.list_groups),
    "carts": Resource(goods.create_cart, goods.patch_cart, goods.get_cart, goods.list_carts, goods.delete_cart),
    "pages": Resource(goods.create_page, goods.patch_page, goods.get_page, goods.list_pages, goods.delete_page),
    "promotions": Resource(
        goods.create_promotion, goods.patch_promotion, goods.get_promotion, goods.list_promotions,
        goods.delete_promotion,
    ),
    "price_lists": Resource(
        goods.create_price_list, goods.patch_price_list, goods.get_price_list, goods.list_price_lists,
        goods.delete_price_list,
    ),
    "companies": Resource(
        trade.create_company, trade.patch_company, trade.get_company, trade.list_companies, trade.delete_company
    ),
    "subscribers": Resource(
        trade.create_subscriber, trade.patch_subscriber, trade.get_subscriber, trade.list_subscribers,
        trade.delete_subscriber,
    ),
    "inventory": Resource(None, trade.patch_stock, trade.get_stock, trade.list_stock),
    "checkout_settings": Resource(None, trade.patch_checkout, trade.get_checkout, trade.list_checkout),
    "inventory_settings": Resource(
        None, trade.patch_inventory_settings, trade.get_inventory_settings, trade.list_inventory_settings
    ),
    "system_log": Resource(trade.create_entry, None, trade.get_entry, trade.list_entries),
    "metafields": Resource(None, None, goods.get_metafield, goods.list_metafields),
    "store": Resource(None, goods.patch_store, goods.get_store, lambda shop: [goods.get_store(shop, "")]),
}  # fmt: skip


class Merchant:
    """The merchant's and the shoppers' hands. Every method raises NotAccepted (a ValueError) with field names."""

    def __init__(self, api: "BigCommerce") -> None:
        self._api = api

    def create(self, resource: str, data: JSON, store_hash: str = credentials.STORE_HASH) -> JSON:
        work = _able(resource, _resource(resource).create, "created")
        with self._acting(store_hash) as shop:
            return work(shop, dict(_object(data)))

    def patch(self, resource: str, number: Any, data: JSON, store_hash: str = credentials.STORE_HASH) -> JSON:
        work = _able(resource, _resource(resource).patch, "changed")
        with self._acting(store_hash) as shop:
            return work(shop, number, dict(_object(data)))

    def get(self, resource: str, number: Any, store_hash: str = credentials.STORE_HASH) -> JSON:
        """One resource with all that belongs to it, as the API spells it."""
        with self._acting(store_hash) as shop:
            return _resource(resource).get(shop, number)

    def list(self, resource: str, store_hash: str = credentials.STORE_HASH) -> list[JSON]:
        """All of them, newest first."""
        with self._acting(store_hash) as shop:
            return list(reversed(_resource(resource).list(shop)))

    def delete(self, resource: str, number: Any, store_hash: str = credentials.STORE_HASH) -> None:
        work = _able(resource, _resource(resource).delete, "deleted")
        with self._acting(store_hash) as shop:
            work(shop, number)

    def decline_refunds(self, *, declined: bool = True, store_hash: str = credentials.STORE_HASH) -> None:
        """Whether the payment provider refuses refunds from now on."""
        with self._acting(store_hash) as shop:
            shop.store.decline_refunds = declined

    @contextmanager
    def _acting(self, store_hash: str) -> Iterator[Shop]:
        try:
            with self._api.acting(store_hash) as shop:
                yield shop
        except Refused as refused:
            raise NotAccepted(refused.status, refused.title, refused.errors) from refused


def _resource(name: str) -> Resource:
    found = RESOURCES.get(name.replace("pricelists", "price_lists"))
    if found is None:
        raise NotAccepted(404, "", {"resource": f"'{name}' is none of {', '.join(RESOURCES)}"})
    return found


def _able(resource: str, work: T | None, what: str) -> T:
    if work is None:
        raise NotAccepted(405, "", {"resource": f"{resource} cannot be {what}"})
    return work


def _object(data: Any) -> JSON:
    if not isinstance(data, dict):
        raise NotAccepted(422, "", {"body": "must be an object"})
    return data
