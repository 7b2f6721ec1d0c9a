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
    COMPANY_CHANGED = "company.changed"
    SHIPPING_CHANGED = "shipping.changed"  # what is to be shipped: held back, another day; whose it is must be asked
    ORDER_MESSAGE = "order.message"  # the buyer wrote
    STOCK_CHANGED = "stock.changed"
    PAGE_CHANGED = "page.changed"
    PRICES_CHANGED = "prices.changed"
    PROMOTION_CHANGED = "promotion.changed"
    QUOTE_CHANGED = "quote.changed"  # about its customer; the detail names the quote
    CART_ABANDONED = "cart.abandoned"
    CASE_CHANGED = "case.changed"  # opened, added to, closed
    STORE_CHANGED = "store.changed"
    APP_INSTALLED = "app.installed"
    APP_UNINSTALLED = "app.uninstalled"
    SCOPES_CHANGED = "app.scopes_changed"
    DATA_REQUESTED = "privacy.data_requested"  # somebody wants to know what is kept of them
    PERSON_REDACTED = "privacy.person_redacted"  # somebody is to be forgotten
    STORE_REDACTED = "privacy.store_redacted"  # the store is gone for good
    WORKFLOW_DECIDED = "workflow.decided"
    CONTENT_APPROVED = "content.approved"
    DOCUMENT_ARRIVED = "document.arrived"  # a buyer or partner uploaded what was asked for
    TIME_CAME = "time.came"  # a timer or a calendar date; the detail names which
    ANNOUNCED = "announced"  # a run came to what others may act on; the detail names what, and the run
    DELIVERY_REPORTED = "delivery.reported"  # something became of a document on its way to a buyer
    REQUESTED = "requested"  # a person clicked; the detail names what
    IGNORED = "ignored"  # signed and well formed, but nothing we act on


class Source(StrEnum):
    """Who delivered it."""

    STORE = "store"
    WORKFLOW = "workflow"
    CONTENT_SERVER = "content_server"
    EXSTREAM = "exstream"
    NOTIFICATIONS = "notifications"
    PERSON = "person"
    RECONCILE = "reconcile"
    IMPORT = "import"  # what was there before the installation, looked at because somebody asked
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
