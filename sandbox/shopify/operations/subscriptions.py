"""Webhook subscriptions made by API: for one shop, deleted by Shopify when deliveries keep failing."""

import re
from urllib.parse import urlsplit

from sandbox.shopify import scopes, topics, versions
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError, denied
from sandbox.shopify.gids import number_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

NAME = re.compile(r"[A-Za-z0-9_-]{1,50}")
PAYLOAD = ["webhookSubscription"]


@query("webhookSubscriptions")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    """Shop-specific ones of this app only: those of its configuration are not in here."""
    found = shop.where("WebhookSubscription", clientId=shop.client_id)
    if args.get("topics"):
        found = [s for s in found if s["topic"] in args["topics"]]
    uri = args.get("uri") or args.get("callbackUrl")
    found = [s for s in found if uri in (None, s["uri"])]
    return Listing(found, {"CREATED_AT": lambda s: s["createdAt"], "ID": lambda s: number_of(s["id"])})


@query("webhookSubscription")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    found = shop.get("WebhookSubscription", args["id"])
    return found if found and found["clientId"] == shop.client_id else None


@query("webhookSubscriptionsCount")
def counted(shop: Shop, _node: JSON, _args: JSON) -> JSON:
    return {"count": len(shop.where("WebhookSubscription", clientId=shop.client_id)), "precision": "EXACT"}


@mutation("webhookSubscriptionCreate")
def create(shop: Shop, args: JSON) -> JSON:
    topic, given = args["topic"], args["webhookSubscription"]
    needed = topics.needs(topics.name(topic))
    if not scopes.met(needed, shop.scopes):
        raise denied("webhookSubscriptionCreate", scopes.spelled(needed))
    fields = _checked(shop, given, topic, None)
    made = shop.new(
        "WebhookSubscription", clientId=shop.client_id, topic=topic, format=given.get("format") or "JSON",
        createdAt=shop.stamp(), updatedAt=shop.stamp(), **fields,
    )  # fmt: skip
    return {"webhookSubscription": made}


@mutation("webhookSubscriptionUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    known = _own(shop, args["id"])
    known |= _checked(shop, {**_given_before(known), **args["webhookSubscription"]}, known["topic"], known)
    shop.touch(known)
    return {"webhookSubscription": known}


@mutation("webhookSubscriptionDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    known = _own(shop, args["id"])
    shop.drop(known)
    return {"deletedWebhookSubscriptionId": known["id"]}


@field("WebhookSubscription", "apiVersion")
def version(shop: Shop, _node: JSON, _args: JSON) -> JSON:
    app = shop.app
    return versions.shown(app.webhook_version if app else versions.CURRENT)


@field("WebhookSubscription", "legacyResourceId")
def legacy_id(_shop: Shop, node: JSON, _args: JSON) -> str:
    return str(number_of(node["id"]))


@field("WebhookSubscription", "callbackUrl")
def callback(_shop: Shop, node: JSON, _args: JSON) -> str:
    return str(node["uri"])


@field("WebhookSubscription", "endpoint")
def endpoint(_shop: Shop, node: JSON, _args: JSON) -> JSON:
    return {"__typename": "WebhookHttpEndpoint", "callbackUrl": node["uri"]}


def _own(shop: Shop, text: str) -> JSON:
    found = shop.need("WebhookSubscription", text, ["id"], said="Webhook subscription does not exist")
    if found["clientId"] != shop.client_id:
        raise UserError("Webhook subscription does not exist", ["id"], "NOT_FOUND")
    return found


def _given_before(known: JSON) -> JSON:
    return {name: known[name] for name in ("uri", "filter", "includeFields", "name", "metafieldNamespaces")}


def _checked(shop: Shop, given: JSON, topic: str, present: JSON | None) -> JSON:
    uri = given.get("uri") or given.get("callbackUrl") or ""
    address = urlsplit(uri)
    plain = address.scheme == "http" and shop.api.app_base_url.startswith("http:")
    if address.scheme not in ("https", "pubsub") and not plain and not uri.startswith("arn:"):
        raise UserError("Address protocol http:// is not supported", [*PAYLOAD, "callbackUrl"])
    name = given.get("name")
    if name is not None and not NAME.fullmatch(name):
        raise UserError("Name may hold 50 letters, digits, hyphens and underscores", [*PAYLOAD, "name"])
    same = [
        s
        for s in shop.where("WebhookSubscription", clientId=shop.client_id, topic=topic, uri=uri)
        if s is not present and s["filter"] == (given.get("filter") or None)
    ]
    if same:
        raise UserError("Address for this topic has already been taken", [*PAYLOAD, "callbackUrl"])
    return {
        "uri": uri,
        "filter": given.get("filter") or None,
        "includeFields": list(given.get("includeFields") or []),
        "metafieldNamespaces": list(given.get("metafieldNamespaces") or []),
        "metafields": list(given.get("metafields") or []),
        "name": name,
    }
