"""What can happen, on either side. An event is a hint that says what to look at; the truth is re-read."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import StoreId


class Topic(StrEnum):
    """Every kind of event. `inbox_event.topic` holds these."""

    ORDER_CHANGED = "order.changed"
    PRODUCT_CHANGED = "product.changed"
    PRODUCT_DELETED = "product.deleted"
    CUSTOMER_CHANGED = "customer.changed"
    STORE_CHANGED = "store.changed"
    APP_INSTALLED = "app.installed"
    APP_UNINSTALLED = "app.uninstalled"
    WORKFLOW_DECIDED = "workflow.decided"
    CONTENT_APPROVED = "content.approved"
    REQUESTED = "requested"  # a person clicked; the detail names what
    IGNORED = "ignored"  # signed and well formed, but nothing we act on


class Source(StrEnum):
    """Who delivered it."""

    STORE = "store"
    WORKFLOW = "workflow"
    CONTENT_SERVER = "content_server"
    PERSON = "person"
    RECONCILE = "reconcile"
    CLOCK = "clock"


@dataclass(frozen=True)
class Event:
    """One thing that happened. `detail` holds ids and enumerations only."""

    id: str
    store_id: StoreId
    source: Source
    topic: Topic
    object_type: str
    object_id: str
    detail: dict[str, str]
