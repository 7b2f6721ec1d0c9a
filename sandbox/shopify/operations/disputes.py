"""Disputes of Shopify Payments and their evidence. Source: Admin GraphQL API reference, disputeEvidenceUpdate.

Evidence is sent when it is submitted, else at the due date. Files are uploaded in the admin; the API only assigns them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.shopify import addresses, changed, lists
from sandbox.shopify.connections import Listing
from sandbox.shopify.errors import UserError
from sandbox.shopify.gids import gid, number_of
from sandbox.shopify.money import money
from sandbox.shopify.mutating import mutation
from sandbox.shopify.resolving import Resolver, field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

TEXTS = (
    "accessActivityLog", "cancellationPolicyDisclosure", "cancellationRebuttal", "customerEmailAddress",
    "customerFirstName", "customerLastName", "refundPolicyDisclosure", "refundRefusalExplanation", "uncategorizedText",
)  # fmt: skip
FILES = {
    "cancellationPolicyFile": "CANCELLATION_POLICY_FILE", "customerCommunicationFile": "CUSTOMER_COMMUNICATION_FILE",
    "refundPolicyFile": "REFUND_POLICY_FILE", "serviceDocumentationFile": "SERVICE_DOCUMENTATION_FILE",
    "shippingDocumentationFile": "SHIPPING_DOCUMENTATION_FILE", "uncategorizedFile": "UNCATEGORIZED_FILE",
}  # fmt: skip
LONGEST = 150_000


@query("disputes")
def listed(shop: Shop, _node: JSON, args: JSON) -> Listing:
    filters: dict[str, Callable[[JSON], Any]] = {
        **lists.common(), "status": lambda d: d["status"], "initiated_at": lambda d: lists.moment(d["initiatedAt"]),
    }  # fmt: skip
    return lists.listing(shop, shop.all("ShopifyPaymentsDispute"), args, filters, {})


@query("dispute")
def one(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("ShopifyPaymentsDispute", args["id"])


@query("disputeEvidence")
def evidence(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return shop.get("ShopifyPaymentsDisputeEvidence", args["id"])


DISPUTE: dict[str, Resolver] = {
    "legacyResourceId": lambda _s, d, _a: str(number_of(d["id"])),
    "amount": lambda s, d, _: money(d["amount"], s.currency),
    "order": lambda s, d, _: s.find("Order", d["orderId"]),
    "reasonDetails": lambda _s, d, _a: {"reason": d["reason"], "networkReasonCode": d["networkReasonCode"]},
    "disputeEvidence": lambda s, d, _: _evidence_of(s, d),
}
for _name, _resolver in DISPUTE.items():
    field("ShopifyPaymentsDispute", _name)(_resolver)


def _evidence_of(shop: Shop, dispute: JSON) -> JSON | None:
    return next((e for e in shop.all("ShopifyPaymentsDisputeEvidence") if e["disputeId"] == dispute["id"]), None)


def _dispute_of(shop: Shop, node: JSON) -> JSON:
    found = shop.find("ShopifyPaymentsDispute", node["disputeId"])
    assert found is not None  # noqa: S101  # evidence goes with its dispute
    return found


field("ShopifyPaymentsDisputeEvidence", "dispute")(lambda s, e, _: _dispute_of(s, e))
field("ShopifyPaymentsDisputeEvidence", "disputeFileUploads")(
    lambda s, e, _: s.where("ShopifyPaymentsDisputeFileUpload", evidenceId=e["id"])
)


@field("ShopifyPaymentsDisputeEvidence", "fulfillments")
def fulfillments(shop: Shop, node: JSON, _args: JSON) -> list[JSON]:
    return [
        {
            "__typename": "ShopifyPaymentsDisputeFulfillment",
            "id": gid("ShopifyPaymentsDisputeFulfillment", number_of(f["id"])),
            "shippingCarrier": tracking.get("company"), "shippingDate": f["createdAt"][:10],
            "shippingTrackingNumber": tracking.get("number"),
        }
        for f in shop.where("Fulfillment", orderId=_dispute_of(shop, node)["orderId"])
        for tracking in [f["trackingInfo"][0] if f["trackingInfo"] else {}]
    ]  # fmt: skip


@mutation("disputeEvidenceUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    node = shop.need("ShopifyPaymentsDisputeEvidence", args["id"], ["id"], "DISPUTE_EVIDENCE_NOT_FOUND",
                     "Dispute evidence could not be found.")  # fmt: skip
    dispute, given = _dispute_of(shop, node), args["input"]
    if node["submitted"] or dispute["status"] != "NEEDS_RESPONSE":
        said = "Evidence already accepted and can no longer be edited."
        raise UserError(said, ["id"], "EVIDENCE_ALREADY_ACCEPTED")
    if dispute["evidenceDueBy"] and dispute["evidenceDueBy"] <= shop.stamp():
        raise UserError("Evidence past due date.", ["id"], "EVIDENCE_PAST_DUE_DATE")
    if any(len(given.get(name) or "") > LONGEST for name in TEXTS):
        raise UserError("Text is too large.", ["input"], "TOO_LARGE")
    chosen = [(_file(shop, node, given[name]["id"], name), name, given[name]) for name in FILES if given.get(name)]
    for file, name, one_file in chosen:
        if one_file.get("destroy"):
            shop.drop(file)
        else:
            file["disputeEvidenceType"] = FILES[name]
    node |= {name: given[name] for name in TEXTS if name in given}
    if given.get("shippingAddress"):
        node["shippingAddress"] = addresses.mailing(shop, given["shippingAddress"], node["shippingAddress"])
    if given.get("submitEvidence"):
        submit(shop, dispute, node)
    return {"disputeEvidence": node}


def _file(shop: Shop, node: JSON, text: str, name: str) -> JSON:
    found = shop.find("ShopifyPaymentsDisputeFileUpload", text)
    if found is None or found["evidenceId"] != node["id"]:
        raise UserError("File upload could not be found.", ["input", name, "id"], "FILE_NOT_FOUND")
    return found


def submit(shop: Shop, dispute: JSON, node: JSON) -> None:
    """The evidence goes to the bank; nothing can be added."""
    node["submitted"] = True
    dispute |= {"status": "UNDER_REVIEW", "evidenceSentOn": shop.stamp()}
    changed.tell(shop, dispute)


# What the bank and the admin do


def opened(shop: Shop, order: JSON | None, about: JSON) -> JSON:
    """A new dispute with its empty evidence."""
    usual: JSON = {
        "type": "CHARGEBACK", "status": "NEEDS_RESPONSE", "reason": "FRAUDULENT", "networkReasonCode": "4837",
        "initiatedAt": shop.stamp(), "evidenceSentOn": None, "finalizedOn": None, "createdAt": shop.stamp(),
        "updatedAt": shop.stamp(),
    }  # fmt: skip
    made = shop.new("ShopifyPaymentsDispute", orderId=order["id"] if order else None, **(usual | about))
    place = order["shippingAddress"] if order else None
    texts: dict[str, Any] = dict.fromkeys(TEXTS)
    shop.new(
        "ShopifyPaymentsDisputeEvidence", disputeId=made["id"], submitted=False, **texts,
        customerPurchaseIp=order["clientIp"] if order else None, productDescription=None,
        shippingAddress=place, billingAddress=order["billingAddress"] if order else None,
    )  # fmt: skip
    changed.tell(shop, made, "create")
    seconds = (datetime.fromisoformat(made["evidenceDueBy"]) - shop.now()).total_seconds()
    shop.later(max(1, seconds), "evidence due", dispute=made["id"])
    return made


def fall_due(shop: Shop, about: JSON) -> None:
    """At the due date what there is goes to the bank by itself."""
    dispute = shop.find("ShopifyPaymentsDispute", about["dispute"])
    node = _evidence_of(shop, dispute) if dispute else None
    if dispute is not None and node is not None and dispute["status"] == "NEEDS_RESPONSE":
        submit(shop, dispute, node)


FINISH = {"evidence due": fall_due}
