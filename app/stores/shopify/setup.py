"""What the app registers in a shop. Panels are part of the app itself; what a shop needs of its own is registered here:

webhooks whose scope not every shop gives (the others are in the app's configuration, for all shops), and the
definitions of the metafields that show the workspace's address on orders, products, customers and companies.
Source: Shopify Admin GraphQL API 2026-10, webhookSubscriptionCreate (Shopify deletes one after eight failed
deliveries: it is made again here), metafieldDefinitionCreate.
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.domain.events import Topic
from app.domain.ids import ObjectType
from app.errors import Conflict
from app.stores.shopify import hook_events
from app.stores.shopify.capabilities import CapabilityReading
from app.stores.shopify.client import ScopeMissing, ShopifyClient
from app.stores.shopify.metafields import NAMESPACE
from app.stores.shopify.payloads import Payload, Text, parse

NAME = "ecm"
SHOWN = "workspace_url"
PANELS = {
    ObjectType.ORDER: "ORDER", ObjectType.PRODUCT: "PRODUCT", ObjectType.CUSTOMER: "CUSTOMER",
    ObjectType.COMPANY: "COMPANY",
}  # fmt: skip


class Subscription(Payload):
    id: str
    topic: str
    uri: Text = ""


class ShopifySetup(CapabilityReading):
    """StoreSetup for one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def ensure_webhooks(
        self, destination: str, headers: Mapping[str, str], topics: Collection[Topic] | None = None
    ) -> dict[str, str]:
        """One subscription per topic. Shopify repeats no headers of ours; deliveries are known by their signature."""
        del headers
        listed = [parse(node, Subscription) for node in self._client.pages("Webhooks", "webhookSubscriptions")]
        granted = self.granted_scopes()
        report: dict[str, str] = {}
        for topic, scope in hook_events.by_shop(topics).items():
            present = [one for one in listed if one.topic == _enum(topic)]
            report[topic] = self._ensure_hook(topic, destination, present) if scope in granted else "refused"
        wanted = {_enum(topic) for topic, done in report.items() if done != "refused"}
        for one in listed:
            if one.topic not in wanted:
                self._client.change("WebhookDelete", "webhookSubscriptionDelete", id=one.id)
                report.setdefault(_name(one.topic, report), "removed")
        return report

    def ensure_panels(self) -> dict[str, str]:
        """The workspace's address, pinned so that it stands on the object's page in the admin."""
        return {kind.value: self._ensure_shown(owner) for kind, owner in PANELS.items()}

    def _ensure_hook(self, topic: str, destination: str, present: list[Subscription]) -> str:
        wanted: dict[str, Any] = {"uri": destination, "format": "JSON", "name": NAME}
        if not present:
            try:
                self._client.change("WebhookCreate", "webhookSubscriptionCreate", topic=_enum(topic), sub=wanted)
            except ScopeMissing:  # taken back meanwhile
                return "refused"
            return "created"
        kept = next((one for one in present if one.uri == destination), present[0])
        for one in present:
            if one is not kept:
                self._client.change("WebhookDelete", "webhookSubscriptionDelete", id=one.id)
        if kept.uri != destination:
            self._client.change("WebhookUpdate", "webhookSubscriptionUpdate", id=kept.id, sub=wanted)
            return "changed"
        return "kept"

    def _ensure_shown(self, owner: str) -> str:
        nodes = self._client.run("MetafieldDefinitions", ownerType=owner)["metafieldDefinitions"]["nodes"]
        if any(one["key"] == SHOWN for one in nodes):
            return "kept"
        definition = {
            "name": "ECM workspace", "namespace": NAMESPACE, "key": SHOWN, "ownerType": owner, "type": "url",
            "description": "Where this is kept in OpenText", "pin": True, "access": {"admin": "MERCHANT_READ"},
        }  # fmt: skip
        try:
            self._client.change("MetafieldDefinitionCreate", "metafieldDefinitionCreate", definition=definition)
        except Conflict:  # our own lost request was faster
            return "kept"
        return "created"


def _enum(topic: str) -> str:
    """`fulfillment_events/create` → `FULFILLMENT_EVENTS_CREATE`."""
    return topic.replace("/", "_").replace(".", "_").upper()


def _name(topic: str, known: Collection[str]) -> str:
    return next((one for one in known if _enum(one) == topic), topic.lower())
