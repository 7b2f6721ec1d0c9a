"""Large lists, collected by the shop itself: bulk operations.

Source: Shopify developer documentation, "Perform bulk operations". An operation is found again by its query, so that a
stop in between begins no second one: begun, waited for (RateLimited), then its result is read from a file.
"""

import json
import tempfile
from collections.abc import Iterator

from app.errors import Conflict, Permanent, RateLimited
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.documents import fragments_of
from app.stores.shopify.names import SERVICE

LOOK_AGAIN = 20.0  # seconds
LARGEST = 2 * 1024**3  # bytes of a result
IN_WORK = frozenset({"CREATED", "RUNNING"})


def placed_orders(client: ShopifyClient, filters: str) -> Iterator[Data]:
    """Heads of the orders that a filter finds, oldest first."""
    text = json.dumps(filters, ensure_ascii=False)
    query = "query PlacedOrders { orders(query: %s, sortKey: CREATED_AT) { edges { node { ...OrderHead } } } }"
    return collected(client, f"{query % text}\n{fragments_of('OrderHead')}")


def collected(client: ShopifyClient, query: str) -> Iterator[Data]:
    """The result of a bulk query, line by line. RateLimited until the shop has it."""
    known = [one for one in _recent(client) if one.get("query") == query]
    done = next((one for one in known if one["status"] == "COMPLETED"), None)
    if done is not None:
        return _lines(client, str(done["url"])) if done.get("url") else iter(())
    if not any(one["status"] in IN_WORK for one in known):
        _begin(client, query)
    raise RateLimited("Shopify is collecting the orders.", code="collecting", retry_after=LOOK_AGAIN, service=SERVICE)


def _recent(client: ShopifyClient) -> list[Data]:
    """The latest first."""
    found = client.run("BulkRecent")["bulkOperations"]["nodes"]
    return sorted(found, key=lambda one: str(one["createdAt"]), reverse=True)


def _begin(client: ShopifyClient, query: str) -> None:
    try:
        client.change("BulkRunQuery", "bulkOperationRunQuery", query=query)
    except (Conflict, Permanent) as error:
        if error.context.get("user_code") not in ("LIMIT_REACHED", "OPERATION_IN_PROGRESS"):
            raise  # another of ours is under way: this one has its turn later


def _lines(client: ShopifyClient, url: str) -> Iterator[Data]:
    with tempfile.TemporaryFile() as result:
        client.fetch_file(url, result, LARGEST)
        result.seek(0)
        for line in result:
            if line.strip():
                found = json.loads(line)
                if isinstance(found, dict):
                    yield found


__all__ = ["collected", "placed_orders"]
