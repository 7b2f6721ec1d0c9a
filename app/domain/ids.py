"""Identifiers, each its own type so that they cannot be mixed up."""

from enum import StrEnum
from typing import NewType

StoreId = NewType("StoreId", str)  # "<provider>:<the store's id there>", for example "bigcommerce:abc123"
OrderId = NewType("OrderId", str)
ProductId = NewType("ProductId", str)
CustomerId = NewType("CustomerId", str)
CompanyId = NewType("CompanyId", str)
CaseId = NewType("CaseId", str)  # ours: a return, complaint, dispute, recall, campaign, price request, application
PageId = NewType("PageId", str)  # a page or policy of the store, as its adapter names it
PromotionId = NewType("PromotionId", str)
PriceListId = NewType("PriceListId", str)
NodeId = NewType("NodeId", int)  # any object in Content Server: workspace, folder, document
RunId = NewType("RunId", str)


class Provider(StrEnum):
    """Where a store lives."""

    BIGCOMMERCE = "bigcommerce"
    SHOPIFY = "shopify"


class ObjectType(StrEnum):
    """What a workspace or an event can be about."""

    ORDER = "order"
    PRODUCT = "product"
    CUSTOMER = "customer"
    COMPANY = "company"
    CASE = "case"
    PAGE = "page"
    STORE = "store"


def store_id(provider: Provider, external_id: str) -> StoreId:
    return StoreId(f"{provider}:{external_id}")


def external_store_id(store: StoreId) -> str:
    """What the provider calls the store."""
    return store.partition(":")[2]


def lane(store: StoreId, object_type: str, object_id: str) -> str:
    """Everything about one object of one store; one piece of work at a time."""
    return f"{store}/{object_type}/{object_id}"
