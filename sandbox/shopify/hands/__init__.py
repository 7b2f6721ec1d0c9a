"""Shops from outside: create, change and read resources by friendly JSON, with the webhooks the real shop would send.

Everything goes the way the API goes; only defaults and wording are added. For control API, admin pages and tests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox import credentials
from sandbox.kernel.hands import NotAccepted
from sandbox.shopify.errors import UserError
from sandbox.shopify.hands import disputing, goods, orders, sending, trading
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

T = TypeVar("T")


@dataclass(frozen=True)
class Resource:
    get: Callable[[Shop, Any], JSON]
    list: Callable[[Shop], list[JSON]]
    create: Callable[[Shop, JSON], JSON] | None = None
    patch: Callable[[Shop, Any, JSON], JSON] | None = None
    delete: Callable[[Shop, Any], None] | None = None


RESOURCES: dict[str, Resource] = {
    "orders": Resource(orders.get, orders.listed, orders.create, orders.patch, orders.delete),
    "fulfillments": Resource(
        sending.get_fulfillment, sending.list_fulfillments, sending.create_fulfillment, sending.patch_fulfillment
    ),
    "fulfillment_orders": Resource(
        sending.get_fulfillment_order, sending.list_fulfillment_orders, None, sending.patch_fulfillment_order
    ),
    "returns": Resource(sending.get_return, sending.list_returns, sending.create_return, sending.patch_return),
    "refunds": Resource(sending.get_refund, sending.list_refunds, sending.create_refund),
    "disputes": Resource(
        disputing.get_dispute, disputing.list_disputes, disputing.create_dispute, disputing.patch_dispute
    ),
    "checkouts": Resource(
        disputing.get_checkout, disputing.list_checkouts, disputing.create_checkout, disputing.patch_checkout
    ),
    "products": Resource(
        goods.get_product, goods.list_products, goods.create_product, goods.patch_product, goods.delete_product
    ),
    "customers": Resource(
        goods.get_customer, goods.list_customers, goods.create_customer, goods.patch_customer, goods.delete_customer
    ),
    "companies": Resource(
        goods.get_company, goods.list_companies, goods.create_company, goods.patch_company, goods.delete_company
    ),
    "company_locations": Resource(goods.get_location, goods.list_locations, None, goods.patch_location),
    "markets": Resource(trading.get_market, trading.list_markets, trading.create_market),
    "catalogs": Resource(trading.get_catalog, trading.list_catalogs, trading.create_catalog, trading.patch_catalog),
    "discounts": Resource(
        trading.get_discount, trading.list_discounts, trading.create_discount, trading.patch_discount,
        trading.delete_discount,
    ),
    "draft_orders": Resource(
        goods.get_draft, goods.list_drafts, goods.create_draft, goods.patch_draft, goods.delete_draft
    ),
    "pages": Resource(goods.get_page, goods.list_pages, goods.create_page, goods.patch_page, goods.delete_page),
    "policies": Resource(goods.get_policy, goods.list_policies, None, goods.patch_policy),
    "metafields": Resource(goods.get_metafield, goods.list_metafields),
    "subscriptions": Resource(
        goods.get_subscription, goods.list_subscriptions, None, None, goods.delete_subscription
    ),
    "store": Resource(goods.get_store, lambda shop: [goods.get_store(shop, "")], None, goods.patch_store),
}  # fmt: skip


class Merchant:
    """The merchant's, the buyers' and the bank's hands. Every method raises NotAccepted with field names."""

    def __init__(self, api: "Shopify") -> None:
        self._api = api

    def create(self, resource: str, data: JSON, shop: str = credentials.SHOPIFY_SHOP) -> JSON:
        work = _able(resource, _resource(resource).create, "created")
        with self._acting(shop) as here:
            return work(here, dict(_object(data)))

    def patch(self, resource: str, number: Any, data: JSON, shop: str = credentials.SHOPIFY_SHOP) -> JSON:
        work = _able(resource, _resource(resource).patch, "changed")
        with self._acting(shop) as here:
            return work(here, number, dict(_object(data)))

    def get(self, resource: str, number: Any, shop: str = credentials.SHOPIFY_SHOP) -> JSON:
        """One resource with all that belongs to it, as the API spells it; by number or global id."""
        with self._acting(shop) as here:
            return _resource(resource).get(here, number)

    def list(self, resource: str, shop: str = credentials.SHOPIFY_SHOP) -> list[JSON]:
        """All of them, newest first."""
        with self._acting(shop) as here:
            return list(reversed(_resource(resource).list(here)))

    def delete(self, resource: str, number: Any, shop: str = credentials.SHOPIFY_SHOP) -> None:
        work = _able(resource, _resource(resource).delete, "deleted")
        with self._acting(shop) as here:
            work(here, number)

    @contextmanager
    def _acting(self, shop: str) -> Iterator[Shop]:
        try:
            with self._api.acting(self._api.store(shop).domain) as here:
                yield here
        except UserError as error:
            fields = {".".join(e["field"] or ["body"]): str(e["message"]) for e in error.entries}
            raise NotAccepted(422, "", fields) from error


def _resource(name: str) -> Resource:
    found = RESOURCES.get(name)
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
