"""Small facts on an object, in the app's own namespace, where no other app can write.

Source: Shopify Admin GraphQL API 2026-10, metafieldsSet (25 at once, all or nothing; `compareDigest`).
"""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.ids import ObjectType
from app.errors import NotFound, Permanent
from app.stores.shopify import mapping, payloads
from app.stores.shopify.client import ShopifyClient
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import parse

NAMESPACE = "$app"
TYPES = {
    ObjectType.ORDER: "Order", ObjectType.PRODUCT: "Product", ObjectType.CUSTOMER: "Customer",
    ObjectType.COMPANY: "Company",
}  # fmt: skip
LINE, LONG, ADDRESS, LIST = "single_line_text_field", "multi_line_text_field", "url", "json"
_ABSENT: Any = object()


def owner(object_type: ObjectType, object_id: str) -> str:
    if object_type not in TYPES:
        raise Permanent(
            f"Nothing can be left on a {object_type} in Shopify.", code="not_in_this_store", service=SERVICE
        )
    return gid(TYPES[object_type], object_id)


class Metafields:
    """What we keep on one object."""

    def __init__(self, client: ShopifyClient, owner_id: str) -> None:
        self._client, self._owner = client, owner_id

    def present(self) -> dict[str, str]:
        """Value by key. NotFound when the object is not there."""
        node = self._client.run("MetafieldsOf", id=self._owner).get("node")
        if not isinstance(node, dict) or "metafields" not in node:
            raise NotFound("Shopify does not have this object.", service=SERVICE)
        found = parse(node["metafields"], payloads.Nodes[payloads.Metafield])
        return {entry.key: entry.value for entry in found.nodes}

    def put(self, values: Mapping[str, str]) -> None:
        """Those that differ, in one write; an empty value removes."""
        present = self.present()
        changed = {key: value for key, value in values.items() if value and present.get(key) != value}
        if changed:
            self.write([entry(key, value) for key, value in changed.items()])
        self.remove(key for key, value in values.items() if not value and key in present)

    def write(self, entries: list[dict[str, Any]]) -> None:
        wanted = [{"ownerId": self._owner, "namespace": NAMESPACE, **one} for one in entries]
        self._client.change("MetafieldsSet", "metafieldsSet", metafields=wanted)

    def remove(self, keys: Any) -> None:
        """Idempotent."""
        wanted = [{"ownerId": self._owner, "namespace": NAMESPACE, "key": key} for key in keys]
        if wanted:
            self._client.change("MetafieldsDelete", "metafieldsDelete", metafields=wanted)

    def set_pair(self, key: str, found: payloads.Metafield | None, name: str, value: str | None) -> None:
        """One entry of a list of names and values; nobody's newer change to the list is overwritten (Conflict)."""
        before = mapping.pairs(found)
        after = with_pair(before, name, value)
        if after != before:
            digest = found.compare_digest if found else None
            text = json.dumps(after, ensure_ascii=False)
            self.write([{"key": key, "type": LIST, "value": text, "compareDigest": digest}])


Pairs = tuple[tuple[str, str], ...]


def with_pair(before: Pairs, name: str, value: str | None) -> Pairs:
    """The list with this entry, where the first of its name was; without it for None. Names occur once."""
    kept: dict[str, str] = {}
    for key, text in before:
        kept.setdefault(key, text)
    if value is None:
        kept.pop(name, None)
    else:
        kept[name] = value
    return tuple(kept.items())


def entry(key: str, value: str) -> dict[str, Any]:
    """As metafieldsSet takes it: an address as one, so that it can be clicked in the admin."""
    is_address = key.endswith("_url") and value.startswith(("https://", "http://"))
    plain = LONG if "\n" in value else LINE
    return {"key": key, "type": ADDRESS if is_address else plain, "value": value}


__all__ = ["LIST", "NAMESPACE", "Metafields", "entry", "owner", "with_pair"]
