"""Root lists: the search text, what is filtered by, the sort keys."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.shopify import search
from sandbox.shopify.connections import Listing
from sandbox.shopify.gids import number_of
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON

Read = Callable[[JSON], Any]


def common() -> dict[str, Read]:
    """Filters of every list."""
    return {
        "id": lambda node: [number_of(node["id"]), node["id"]],
        "created_at": lambda node: moment(node.get("createdAt")),
        "updated_at": lambda node: moment(node.get("updatedAt")),
        "tag": lambda node: node.get("tags"),
    }


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def listing(
    shop: Shop, nodes: Sequence[JSON], args: JSON, filters: Mapping[str, Read], sorts: Mapping[str, Read], *,
    usual: str = "ID", words: Sequence[str] = ("title", "name"),
) -> Listing:  # fmt: skip
    """Nodes that match `args["query"]`, sortable. Ignored filters are told in `extensions.search`."""
    text = args.get("query") or ""
    found = list(nodes)
    if text.strip():
        parsed = search.parse(_positive(text), filters, lambda node: [node.get(word) for word in words], shop.now())
        found = [node for node in found if parsed.matches(node)]
        if parsed.warnings:
            shop.searches.append({"path": list(shop.path), "query": text, "warnings": parsed.warnings})
    by = {"ID": lambda node: number_of(node["id"]), **sorts}
    key = args.get("sortKey")
    return Listing(found, by, usual if key in (None, "RELEVANCE") or key not in by else key)


def count(nodes: Sequence[Any]) -> JSON:
    return {"count": len(nodes), "precision": "EXACT"}


def _positive(text: str) -> str:
    """`tag_not:x` as `-tag:x`."""
    return text.replace("tag_not:", "-tag:")
