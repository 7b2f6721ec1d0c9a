"""Tags of anything that has some. Source: Admin GraphQL API reference, tagsAdd and tagsRemove."""

from sandbox.shopify import changed, scopes
from sandbox.shopify.errors import UserError, denied
from sandbox.shopify.gids import kind_of
from sandbox.shopify.mutating import mutation
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

TAGGED = ("Order", "Customer", "DraftOrder", "Product")
LONGEST, MOST = 255, 250


@mutation("tagsAdd")
def add(shop: Shop, args: JSON) -> JSON:
    record, given = _owner(shop, args["id"], "tagsAdd"), split(args["tags"])
    known = {tag.lower() for tag in record["tags"]}
    fresh = [tag for tag in given if tag.lower() not in known]
    if fresh:
        put(shop, record, [*record["tags"], *fresh])
    return {"node": record}


@mutation("tagsRemove")
def remove(shop: Shop, args: JSON) -> JSON:
    record = _owner(shop, args["id"], "tagsRemove")
    gone = {tag.lower() for tag in split(args["tags"])}
    kept = [tag for tag in record["tags"] if tag.lower() not in gone]
    if kept != record["tags"]:
        put(shop, record, kept)
    return {"node": record}


def put(shop: Shop, record: JSON, tags: list[str]) -> None:
    """Set the tags, in alphabetical order as the API shows them, and tell."""
    former = list(record["tags"])
    record["tags"] = checked(tags)
    if record["__typename"] == "Customer":
        _tell_customer(shop, record, former)
    changed.tell(shop, record)


def _tell_customer(shop: Shop, record: JSON, former: list[str]) -> None:
    added = [tag for tag in record["tags"] if tag not in former]
    gone = [tag for tag in former if tag not in record["tags"]]
    for event, tags in (("added", added), ("removed", gone)):
        if tags:
            shop.emit(f"customer.tags_{event}", {"customerId": record["id"], "tags": tags, "occurredAt": shop.stamp()})


def split(tags: list[str]) -> list[str]:
    """One entry may hold several, separated by commas."""
    return checked([part for text in tags for part in text.split(",")])


def checked(tags: list[str]) -> list[str]:
    """Trimmed, without empty ones and doubles (whatever their case). UserError for too long or too many."""
    found: dict[str, str] = {}
    for tag in tags:
        if tag.strip():
            found.setdefault(tag.strip().lower(), tag.strip())
    if any(len(tag) > LONGEST for tag in found.values()):
        raise UserError(f"Tags is too long (maximum is {LONGEST} characters)", ["tags"], "TOO_LONG")
    if len(found) > MOST:
        raise UserError(f"Tags cannot be more than {MOST}", ["tags"], "INVALID")
    return sorted(found.values(), key=str.lower)


def _owner(shop: Shop, text: str, name: str) -> JSON:
    kind = kind_of(text)
    needed = scopes.OWNERS.get(kind, ())
    if kind in TAGGED and not scopes.met(needed, shop.scopes):
        raise denied(name, scopes.spelled(needed))
    if kind not in TAGGED:
        raise UserError("Invalid id", ["id"], "INVALID")
    return shop.need(kind, text, ["id"], None)
