"""Changing customers. Source: Admin GraphQL API reference, customerCreate, customerUpdate, tax exemptions, erasure."""

from collections.abc import Callable

from sandbox.shopify import changed, customer_facts, making
from sandbox.shopify.errors import UserError
from sandbox.shopify.mutating import mutation
from sandbox.shopify.operations import metafields, tags
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

PLAIN = ("firstName", "lastName", "email", "phone", "note", "locale", "taxExempt", "taxExemptions")
LONGEST_NOTE = 5000


@mutation("customerCreate")
def create(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    if not any(given.get(name) for name in ("email", "phone", "firstName", "lastName")):
        raise UserError("A name, phone number, or email address must be present", None)
    _check(shop, given, None)
    fields = {name: given[name] for name in PLAIN if given.get(name) is not None}
    made = making.customer(shop, **fields, tags=tags.checked(given.get("tags") or []))
    _consent(made, given)
    metafields.set_for(shop, made, given.get("metafields"), ["input", "metafields"])
    changed.tell(shop, made, "create")
    return {"customer": made}


@mutation("customerUpdate")
def update(shop: Shop, args: JSON) -> JSON:
    given = args["input"]
    made = shop.need("Customer", given.get("id"), ["input", "id"], None, "Customer does not exist")
    _check(shop, given, made)
    metafields.set_for(shop, made, given.get("metafields"), ["input", "metafields"])
    made |= {name: given[name] for name in PLAIN if name in given}
    made["displayName"] = customer_facts.name(made)
    _consent(made, given)
    if "tags" in given:
        tags.put(shop, made, given["tags"] or [])
    else:
        changed.tell(shop, made)
    return {"customer": made}


def _consent(made: JSON, given: JSON) -> None:
    state = (given.get("emailMarketingConsent") or {}).get("marketingState")
    if state:
        made["marketingState"] = state
    by_text = (given.get("smsMarketingConsent") or {}).get("marketingState")
    if by_text:
        made["smsState"] = by_text


def _check(shop: Shop, given: JSON, own: JSON | None) -> None:
    email = given.get("email")
    if email and ("@" not in email or " " in email):
        raise UserError("Email is invalid", ["input", "email"])
    for name, said in (("email", "Email"), ("phone", "Phone")):
        wanted = given.get(name)
        if wanted and any(c[name] == wanted and c is not own for c in shop.all("Customer")):
            raise UserError(f"{said} has already been taken", ["input", name])
    if len(given.get("note") or "") > LONGEST_NOTE:
        raise UserError(f"Note is too long (maximum is {LONGEST_NOTE} characters)", ["input", "note"])


@mutation("customerDelete")
def delete(shop: Shop, args: JSON) -> JSON:
    made = shop.need("Customer", args["input"]["id"], ["id"], None, "Customer can't be found")
    if customer_facts.orders(shop, made):
        raise UserError("Customer can't be deleted because they have associated orders", ["id"])
    shop.drop(made)
    changed.gone(shop, made)
    return {"deletedCustomerId": made["id"], "shop": shop.api.shop_node(shop)}


def _exemptions(change: Callable[[set[str], set[str]], set[str]]) -> Callable[[Shop, JSON], JSON]:
    def work(shop: Shop, args: JSON) -> JSON:
        made = shop.need("Customer", args["customerId"], ["customerId"], None, "Customer does not exist")
        made["taxExemptions"] = sorted(change(set(made["taxExemptions"]), set(args["taxExemptions"])))
        changed.tell(shop, made)
        return {"customer": made}

    return work


mutation("customerAddTaxExemptions")(_exemptions(lambda had, given: had | given))
mutation("customerRemoveTaxExemptions")(_exemptions(lambda had, given: had - given))
mutation("customerReplaceTaxExemptions")(_exemptions(lambda _had, given: given))


@mutation("customerRequestDataErasure")
def request_erasure(shop: Shop, args: JSON) -> JSON:
    """The merchant asks to forget a customer; apps are told by `customers/redact` when the time has come."""
    made = shop.find("Customer", args["customerId"])
    if made is None:
        raise UserError("Customer does not exist", ["customerId"], "DOES_NOT_EXIST")
    made["erasure"] = shop.stamp()
    return {"customerId": made["id"]}


@mutation("customerCancelDataErasure")
def cancel_erasure(shop: Shop, args: JSON) -> JSON:
    made = shop.find("Customer", args["customerId"])
    if made is None:
        raise UserError("Customer does not exist", ["customerId"], "DOES_NOT_EXIST")
    if made["erasure"] is None:
        raise UserError("Customer is not being erased", ["customerId"], "NOT_BEING_ERASED")
    made["erasure"] = None
    return {"customerId": made["id"]}
