"""How we call one shop: one document at a time, cost and throttling, refusals in three shapes in one place.

Source: Shopify developer documentation, "GraphQL Admin API" (status and error codes), "API rate limits".
Throttling is a 200 with the code THROTTLED: nothing was executed, so it is always safe to repeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.domain.ids import Provider, store_id
from app.errors import Conflict, NeedsReauth, NotFound, Permanent, RateLimited, Retryable
from app.outbound import Outbound, raise_for, speaking_to
from app.settings import Settings
from app.stores.shopify.documents import document, is_mutation
from app.stores.shopify.names import API_VERSION, SERVICE, shop_url
from app.stores.shopify.tokens import ShopAccess, ShopToken

Data = dict[str, Any]
NOT_THERE = frozenset({"NOT_FOUND", "RESOURCE_NOT_FOUND", "FULFILLMENT_ORDER_NOT_FOUND", "DISPUTE_EVIDENCE_NOT_FOUND"})
ALREADY = frozenset({"TAKEN", "ALREADY_EXISTS", "STALE_OBJECT", "INVALID_STATE", "DUPLICATE_FULFILLMENT_HOLD_HANDLE"})
PAUSED = {402: "The shop is frozen: its Shopify bill is unpaid.", 423: "The shop is locked by Shopify."}


class ScopeMissing(Permanent):
    """A scope the merchant has not given. `scopes`: what Shopify says it requires."""

    code = "missing_scope"


@dataclass(frozen=True)
class Budget:
    """What the last answer said of the cost bucket: points left, restored each second, most it holds."""

    left: float
    rate: float
    most: float


@dataclass(frozen=True)
class UserError:
    """One entry of `userErrors`."""

    path: str
    message: str
    code: str


class ShopifyClient:
    """The calls to one shop. Thread safe. `budget` is None before the first answer."""

    def __init__(self, settings: Settings, outbound: Outbound, shop: str, access: ShopAccess) -> None:
        self._http = outbound.client(store_id(Provider.SHOPIFY, shop), SERVICE, shop_url(settings, shop))
        self._access = access
        self.shop = shop
        self.budget: Budget | None = None

    @property
    def scopes(self) -> frozenset[str]:
        return self._access.token().scopes

    def run(self, name: str, /, **variables: Any) -> Data:
        """`data` of the operation of that name. Raises our errors; a partial answer for a missing scope raises too."""
        token = self._access.token()
        response = self._send(name, variables, token)
        if response.status_code == 401:
            response = self._send(name, variables, self._access.renewed(token))
        return self._data(name, response)

    def change(self, name: str, field: str, /, errors: str = "userErrors", **variables: Any) -> Data:
        """A mutation's own payload (`field` of data). Its user errors become ours: Conflict, NotFound or Permanent."""
        payload: Data = self.run(name, **variables).get(field) or {}
        refused = user_errors(payload, errors)
        if refused:
            raise _refused(name, refused)
        return payload

    def pages(self, name: str, *path: str, **variables: Any) -> Iterator[Data]:
        """Every node of the connection at `path`, page by page."""
        after: str | None = None
        while True:
            found: Any = self.run(name, after=after, **variables)
            for step in path:
                found = (found or {}).get(step)
            if not found:
                return
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def _send(self, name: str, variables: Data, token: ShopToken) -> httpx.Response:
        body = {"query": document(name), "variables": variables, "operationName": name}
        headers = {"X-Shopify-Access-Token": token.access, "Accept": "application/json"}
        with speaking_to(SERVICE, writing=is_mutation(name)):
            return self._http.post(f"/admin/api/{API_VERSION}/graphql.json", json=body, headers=headers)

    def _data(self, name: str, response: httpx.Response) -> Data:
        if response.status_code in PAUSED:
            hint = "Settle it in the Shopify admin; the work that waits goes on by itself."
            raise NeedsReauth(PAUSED[response.status_code], upstream=SERVICE, code="shop_paused", hint=hint)
        raise_for(response, service=SERVICE)
        answer = _answer(name, response)
        self._note_budget(answer)
        errors = [one for one in answer.get("errors") or [] if isinstance(one, dict)]
        if errors:
            raise self._error(name, errors, answer)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Permanent("Shopify sent an answer we do not know.", code="unexpected_answer", operation=name)
        return data

    def _note_budget(self, answer: Data) -> None:
        status = ((answer.get("extensions") or {}).get("cost") or {}).get("throttleStatus")
        if isinstance(status, dict):
            names = ("currentlyAvailable", "restoreRate", "maximumAvailable")
            left, rate, most = (float(status.get(one) or 0) for one in names)
            self.budget = Budget(left, rate, most)

    def _error(self, name: str, errors: list[Data], answer: Data) -> Exception:
        codes = [str((one.get("extensions") or {}).get("code", "")) for one in errors]
        context: Data = {"service": SERVICE, "operation": name, "said": str(errors[0].get("message", ""))[:300]}
        if "THROTTLED" in codes:
            return RateLimited("Shopify asks us to slow down.", retry_after=self._wait(answer), **context)
        if "ACCESS_DENIED" in codes:
            needed = str((errors[codes.index("ACCESS_DENIED")].get("extensions") or {}).get("requiredAccess", ""))
            return ScopeMissing(
                "Shopify refuses: the app was not given a scope it needs for this.",
                hint=f"Give the app this access in the Shopify admin: {needed[:200]}" if needed else
                "Give the app the access it asks for in the Shopify admin.", **context,
            )  # fmt: skip
        if "SHOP_INACTIVE" in codes:
            return NeedsReauth("The shop is not active.", upstream=SERVICE, code="shop_paused", **context)
        if "INTERNAL_SERVER_ERROR" in codes:
            return Retryable(
                "Shopify has a problem.", code="server_error", unknown_outcome=is_mutation(name), **context
            )
        return Permanent("Shopify did not accept a request.", **context)

    def _wait(self, answer: Data) -> float:
        """Seconds until the bucket holds what the request asked for."""
        asked = float(((answer.get("extensions") or {}).get("cost") or {}).get("requestedQueryCost") or 100)
        if self.budget is None or not self.budget.rate:
            return 2.0
        return max(0.5, (asked - self.budget.left) / self.budget.rate)


def user_errors(payload: Data, name: str = "userErrors") -> list[UserError]:
    return [
        UserError(".".join(map(str, one.get("field") or [])), str(one.get("message", "")), str(one.get("code") or ""))
        for one in payload.get(name) or []
    ]


def _refused(name: str, errors: Sequence[UserError]) -> Permanent:
    first = errors[0]
    context: Data = {"service": SERVICE, "operation": name, "path": first.path, "user_code": first.code}
    words = f"Shopify refused it: {first.message[:300]}"
    if first.code in NOT_THERE:
        return NotFound(words, **context)
    if first.code in ALREADY:
        return Conflict(words, **context)
    return Permanent(words, code="refused", **context)


def _answer(name: str, response: httpx.Response) -> Data:
    try:
        found = response.json()
    except ValueError as error:
        raise Retryable(
            "Shopify sent half an answer.", code="broken_answer", unknown_outcome=is_mutation(name)
        ) from error
    if not isinstance(found, dict):
        raise Permanent("Shopify sent an answer we do not know.", code="unexpected_answer", operation=name)
    return found
