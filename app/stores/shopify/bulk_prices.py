"""Very many prices: handed over as one file, written by Shopify itself at no cost of the app's budget.

One line of the file is one write of 250 prices, all of them or none. Shopify remembers the operation, we do not: its
text carries a mark of ours, so whoever takes the work up again finds it, waits for it and never begins it twice.
Source: Shopify Admin GraphQL API 2026-10, bulkOperationRunMutation, stagedUploadsCreate; "Bulk import data".
"""

import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from app.domain.trade import Price
from app.errors import Permanent, RateLimited, Retryable
from app.stores.shopify.client import Data, ShopifyClient
from app.stores.shopify.documents import document
from app.stores.shopify.names import SERVICE, gid

LOOKS, PAUSE = 3, 0.5  # how often we look in place, and the seconds in between
LOOK_AGAIN = 15.0  # seconds
LARGEST = 512 * 1024**2  # bytes of a result
IN_WORK = frozenset({"CREATED", "RUNNING", "CANCELING"})
BUSY = frozenset({"LIMIT_REACHED", "OPERATION_IN_PROGRESS"})
FILE_TROUBLE = frozenset({"NO_SUCH_FILE", "INTERNAL_FILE_SERVER_ERROR"})
NAME, KIND = "prices.jsonl", "text/jsonl"


class BulkPrices:
    """One write of many prices to one list. `key` names it: the same for every attempt at it."""

    def __init__(self, client: ShopifyClient, price_list_id: str, key: str) -> None:
        self._client, self._list = client, gid("PriceList", price_list_id)
        self._mark = f"Prices{price_list_id}x{sha256(key.encode()).hexdigest()[:16]}"

    def write(self, batches: Sequence[Sequence[Price]], inputs: Sequence[Data]) -> list[Price]:
        """The prices that did not get there, for whatever reason; all of them where an earlier attempt has ended.

        RateLimited while Shopify is at it. `inputs` belong to `batches`, line by line.
        """
        known = self._known()
        if known is None:
            self._begin(inputs)
        elif known["status"] not in IN_WORK:
            return [price for batch in batches for price in batch]
        found = self._awaited()
        if found["status"] != "COMPLETED" or not found.get("url"):
            return [price for batch in batches for price in batch]
        done = set(self._lines_done(str(found["url"]))) if known is None else set()
        return [price for number, batch in enumerate(batches) if number not in done for price in batch]

    def _known(self) -> Data | None:
        """The latest operation that carries our mark."""
        found: list[Data] = self._client.run("BulkRecent")["bulkOperations"]["nodes"]
        ours = [one for one in found if self._mark in str(one.get("query") or "")]
        return max(ours, key=lambda one: str(one["createdAt"]), default=None)

    def _begin(self, inputs: Sequence[Data]) -> None:
        lines = (json.dumps({"id": self._list, "input": one}).encode() + b"\n" for one in inputs)
        path = self._client.stage(NAME, KIND, "BULK_MUTATION_VARIABLES", io.BytesIO(b"".join(lines)))
        text = document("QuantityPricing").replace("mutation QuantityPricing", f"mutation {self._mark}", 1)
        try:
            self._client.change("BulkRunMutation", "bulkOperationRunMutation", mutation=text, path=path)
        except Permanent as error:
            code = error.context.get("user_code")
            if code in BUSY:
                raise _at_it() from error
            if code in FILE_TROUBLE:
                raise Retryable("Shopify lost the file of prices.", code="file_lost", service=SERVICE) from error
            raise

    def _awaited(self) -> Data:
        """Small ones are done in a moment; for the others somebody comes back."""
        for _ in range(LOOKS):
            found = self._known()
            if found is not None and found["status"] not in IN_WORK:
                return found
            self._client.pause(PAUSE)
        raise _at_it()

    def _lines_done(self, url: str) -> Iterator[int]:
        """The numbers of the lines that were written."""
        with tempfile.TemporaryFile() as result:
            self._client.fetch_file(url, result, LARGEST)
            result.seek(0)
            for line in result:
                told: Any = json.loads(line) if line.strip() else {}
                payload = (told.get("data") or {}).get("quantityPricingByVariantUpdate")
                if payload and not payload.get("userErrors") and isinstance(told.get("__lineNumber"), int):
                    yield told["__lineNumber"]


def _at_it() -> RateLimited:
    return RateLimited("Shopify is writing the prices.", code="writing", retry_after=LOOK_AGAIN, service=SERVICE)


__all__ = ["BulkPrices"]
