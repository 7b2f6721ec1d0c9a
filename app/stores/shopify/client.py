"""How we call one shop: one document at a time, cost and throttling, refusals in three shapes in one place.

Source: Shopify developer documentation, "GraphQL Admin API" (status and error codes), "API rate limits".
Throttling is a 200 with the code THROTTLED: nothing was executed, so it is always safe to repeat. What the shop's
bucket holds is told with every answer: short waits are waited for, a list is read no faster than leaves half of it
to others, and long waits are the caller's to plan.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, NoReturn

import httpx
import structlog

from app.domain.ids import Provider, store_id
from app.errors import Conflict, NotFound, Permanent, RateLimited, Retryable
from app.outbound import Outbound, Quota, raise_for, speaking_to
from app.settings import Settings
from app.stores.kept import Kept
from app.stores.shopify.documents import document, is_mutation
from app.stores.shopify.names import API_VERSION, SERVICE, shop_url
from app.stores.shopify.tokens import ShopAccess, ShopToken

log = structlog.get_logger(__name__)
Data = dict[str, Any]
FILES = "shopify_files"
JOB_LOOKS, JOB_PAUSE = 6, 0.5  # how often we look, and the seconds in between
NOT_THERE = frozenset({"NOT_FOUND", "RESOURCE_NOT_FOUND", "FULFILLMENT_ORDER_NOT_FOUND", "DISPUTE_EVIDENCE_NOT_FOUND"})
ALREADY = frozenset({"TAKEN", "ALREADY_EXISTS", "STALE_OBJECT", "INVALID_STATE", "DUPLICATE_FULFILLMENT_HOLD_HANDLE"})
PAUSED = {402: "The shop is frozen: its Shopify bill is unpaid.", 423: "The shop is locked by Shopify."}
PAUSE = 600.0  # seconds until a paused shop is asked again
LONGEST_WAIT = 10.0  # seconds we wait for points ourselves: half of any bucket is back by then
TRIES = 3
LATER = 15.0  # seconds
GIVE_ACCESS = "Give the app the access it asks for: Settings, Permissions, in the app."
UNKNOWN_COST = 100.0  # points, before a document was ever answered


class ScopeMissing(Permanent):
    """A scope the merchant has not given. `scopes`: what Shopify says it requires."""

    code = "missing_scope"


class Throttled(RateLimited):
    """Too few points were left: nothing was executed."""


@dataclass(frozen=True)
class Budget:
    """What an answer, `at` (monotonic), said of the bucket: points left, restored each second, most it holds."""

    left: float
    rate: float
    most: float
    at: float = 0.0

    def wait(self, points: float, now: float) -> float:
        """Seconds from `now` until so many points are there."""
        available = min(self.most, self.left + (now - self.at) * self.rate)
        return max(0.0, (min(points, self.most) - available) / self.rate) if self.rate else 0.0


@dataclass(frozen=True)
class UserError:
    """One entry of `userErrors`."""

    path: str
    message: str
    code: str


class ShopifyClient:
    """The calls to one shop. Thread safe. `budget` is None before the first answer.

    `monotonic` and `pause` (seconds) are given by tests.
    """

    def __init__(
        self, settings: Settings, outbound: Outbound, shop: str, access: ShopAccess, *,
        monotonic: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._tenant = store_id(Provider.SHOPIFY, shop)
        self._outbound, self._http = outbound, outbound.client(self._tenant, SERVICE, shop_url(settings, shop))
        self._access, self._monotonic, self._pause = access, monotonic, pause
        self._costs: dict[str, float] = {}
        self.shop = shop
        self.admin = next(iter(settings.shopify.admin_origins), "")
        self.kept = Kept()
        self.budget: Budget | None = None

    @property
    def scopes(self) -> frozenset[str]:
        return self._access.token().scopes

    def run(self, name: str, /, **variables: Any) -> Data:
        """`data` of the operation of that name. Raises our errors; a partial answer for a missing scope raises too."""
        for attempt in range(TRIES):
            self._await_points(self._costs.get(name, 0.0))
            try:
                return self._run(name, variables)
            except Throttled as error:
                if attempt == TRIES - 1:  # somebody else takes the points as they come: not again in a moment
                    error.retry_after = max(error.retry_after, LATER)
                    raise
                if error.retry_after > LONGEST_WAIT:
                    raise
                self._pause(max(error.retry_after, 0.5 * 2**attempt))
        raise AssertionError("unreachable")

    def _run(self, name: str, variables: Data) -> Data:
        token = self._access.token()
        response = self._send(name, variables, token)
        if response.status_code == 401:
            response = self._send(name, variables, self._access.renewed(token))
        return self._data(name, response)

    def _await_points(self, points: float) -> None:
        """Wait until the bucket holds so many. RateLimited where that takes longer than we wait ourselves."""
        wait = self.budget.wait(points, self._monotonic()) if self.budget and points else 0.0
        if wait > LONGEST_WAIT:
            raise RateLimited("Shopify asks us to slow down.", retry_after=wait, service=SERVICE)
        if wait:
            self._pause(wait)

    def change(self, name: str, field: str, /, errors: str = "userErrors", **variables: Any) -> Data:
        """A mutation's own payload (`field` of data). Its user errors become ours: Conflict, NotFound or Permanent."""
        payload: Data = self.run(name, **variables).get(field) or {}
        refused = user_errors(payload, errors)
        if refused:
            raise _refused(name, refused)
        return payload

    def tried(self, name: str, field: str, /, **variables: Any) -> list[UserError]:
        """A mutation whose user errors the caller wants to look at."""
        return user_errors(self.run(name, **variables).get(field) or {})

    def refuse(self, name: str, errors: Sequence[UserError]) -> NoReturn:
        raise _refused(name, errors)

    def pause(self, seconds: float) -> None:
        """Before looking again."""
        self._pause(seconds)

    def leave_half(self) -> None:
        """Before the next of many calls: waits until half of the bucket is there, which is for others."""
        if self.budget:
            self._await_points(self.budget.most / 2)

    def pages(self, name: str, *path: str, **variables: Any) -> Iterator[Data]:
        """Every node of the connection at `path`, page by page."""
        after: str | None = None
        while True:
            if after is not None:
                self.leave_half()
            found: Any = self.run(name, after=after, **variables)
            for step in path:
                found = (found or {}).get(step)
            if not found:
                return
            yield from found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def along(self, name: str, field: str, since: datetime) -> Iterator[Data]:
        """Every node of a list sorted by the time of the last change, from a time on, each version once.

        Each request begins at the last time seen: what changes meanwhile moves to the end and pushes no other out. By
        cursor only while one second fills whole pages.
        """
        start, after, seen = since.astimezone(UTC).replace(microsecond=0), None, set[str]()
        while True:
            found = self.run(name, filter=f"updated_at:>='{start:%Y-%m-%dT%H:%M:%SZ}'", after=after)[field]
            for node in found["nodes"]:
                key = json.dumps(node, sort_keys=True)
                if key not in seen:
                    seen.add(key)
                    yield node
            if not found["pageInfo"]["hasNextPage"]:
                return
            last = datetime.fromisoformat(found["nodes"][-1]["updatedAt"])
            start, after = (last, None) if last > start else (start, found["pageInfo"]["endCursor"])

    def finished(self, job: Data | None) -> bool:
        """Whether work that Shopify does in the background is done, after waiting a little for it."""
        for _ in range(JOB_LOOKS):
            if not job or job.get("done"):
                return True
            self._pause(JOB_PAUSE)
            job = self.run("JobState", id=job["id"]).get("job")
        return bool(job and job.get("done"))

    def stage(self, name: str, kind: str, resource: str, content: BinaryIO) -> str:
        """Upload a file to where Shopify takes it from; its address there, or for variables its key.

        `resource` is Shopify's word for its use: IMAGE, FILE, BULK_MUTATION_VARIABLES. Safe to repeat: nothing in the
        shop names it yet.
        """
        wanted = {"resource": resource, "filename": name, "mimeType": kind, "httpMethod": "POST"}
        payload = self.change("StagedUploads", "stagedUploadsCreate", input=[wanted])
        target = payload["stagedTargets"][0]
        fields = [(one["name"], one["value"]) for one in target["parameters"]]
        self._send_file(target["url"], fields, name, content, kind)
        return dict(fields)["key"] if resource == "BULK_MUTATION_VARIABLES" else str(target["resourceUrl"])

    def _send_file(self, url: str, fields: Sequence[tuple[str, str]], name: str, content: BinaryIO, kind: str) -> None:
        """The announced fields in their order, the file last."""
        http, path = self._elsewhere(url)
        with speaking_to(FILES, writing=True):
            response = http.post(path, files=[*((key, (None, value)) for key, value in fields),
                                              ("file", (name, content, kind))])  # fmt: skip
        raise_for(response, service=FILES)

    def fetch_file(self, url: str, sink: BinaryIO, most: int) -> None:
        """A file Shopify has made for us, into `sink`."""
        http, path = self._elsewhere(url)
        extensions = {"max_bytes": most, "stream_to": sink, "more_time": 120.0}
        with speaking_to(FILES):
            response = http.get(path, extensions=extensions)
        raise_for(response, service=FILES)

    def _elsewhere(self, url: str) -> tuple[httpx.Client, str]:
        """A client for another host that Shopify named, which never gets a token; and what to ask it for."""
        parts = httpx.URL(url)
        origin = f"{parts.scheme}://{parts.netloc.decode()}"
        return self._outbound.client(self._tenant, FILES, origin), parts.raw_path.decode()

    def _send(self, name: str, variables: Data, token: ShopToken) -> httpx.Response:
        body = {"query": document(name), "variables": variables, "operationName": name}
        headers = {"X-Shopify-Access-Token": token.access, "Accept": "application/json"}
        with speaking_to(SERVICE, writing=is_mutation(name)):
            return self._http.post(f"/admin/api/{API_VERSION}/graphql.json", json=body, headers=headers)

    def _data(self, name: str, response: httpx.Response) -> Data:
        if response.status_code in PAUSED:
            raise _paused(PAUSED[response.status_code], name)
        if response.status_code == 403:
            raise ScopeMissing("Shopify refuses: the app was not given a scope it needs for this.",
                               hint=GIVE_ACCESS, service=SERVICE, operation=name)  # fmt: skip
        if response.status_code in (404, 410):  # never an object: those are null in an answer
            raise Permanent("Shopify does not know this shop or this version of its interface.",
                            code="wrong_address", service=SERVICE, operation=name)  # fmt: skip
        try:
            raise_for(response, service=SERVICE)
        except Retryable as error:  # a query is sent like a mutation, and changes nothing
            error.unknown_outcome = error.unknown_outcome and is_mutation(name)
            raise
        _note_age(name, response)
        answer = _answer(name, response)
        self._note_cost(name, answer)
        errors = [one for one in answer.get("errors") or [] if isinstance(one, dict)]
        if errors:
            raise self._error(name, errors)
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Permanent("Shopify sent an answer we do not know.", code="unexpected_answer", operation=name)
        return data

    def _note_cost(self, name: str, answer: Data) -> None:
        cost = (answer.get("extensions") or {}).get("cost") or {}
        if isinstance(cost.get("requestedQueryCost"), (int, float)):
            self._costs[name] = float(cost["requestedQueryCost"])
        status = cost.get("throttleStatus")
        if not isinstance(status, dict):
            return
        names = ("currentlyAvailable", "restoreRate", "maximumAvailable")
        left, rate, most = (float(status.get(one) or 0) for one in names)
        now = self._monotonic()
        self.budget = Budget(left, rate, most, now)
        until_half = int(self.budget.wait(most / 2, now) * 1000)
        self._outbound.heard(self._tenant, SERVICE, Quota(int(left), int(most), until_half))

    def _error(self, name: str, errors: list[Data]) -> Exception:
        found = {str((one.get("extensions") or {}).get("code", "")): one for one in reversed(errors)}
        said = str(errors[0].get("message", ""))[:300]
        context: Data = {"service": SERVICE, "operation": name, "said": said}
        if "THROTTLED" in found:
            return Throttled("Shopify asks us to slow down.", retry_after=self._wait(name), **context)
        if "ACCESS_DENIED" in found or "not approved to access" in said:
            needed = str((found.get("ACCESS_DENIED", {}).get("extensions") or {}).get("requiredAccess", ""))
            hint = f"Give the app this access under Settings, Permissions: {needed[:200]}" if needed else GIVE_ACCESS
            return ScopeMissing("Shopify refuses: the app was not given a scope it needs for this.", hint=hint,
                                **context)  # fmt: skip
        if "SHOP_INACTIVE" in found:
            return _paused("The shop is not active.", name)
        if "INTERNAL_SERVER_ERROR" in found:
            doubt = is_mutation(name)
            return Retryable("Shopify has a problem.", code="server_error", unknown_outcome=doubt, **context)
        if "MAX_COST_EXCEEDED" in found:
            return Permanent("Shopify finds a request of ours too large.", code="too_costly", **context)
        return Permanent("Shopify did not accept a request.", **context)

    def _wait(self, name: str) -> float:
        """Seconds until the bucket holds what the request asks for; at least half a second, others want it too."""
        if self.budget is None or not self.budget.rate:
            return 2.0
        return max(0.5, self.budget.wait(self._costs.get(name, UNKNOWN_COST), self._monotonic()))


def _paused(sentence: str, name: str) -> RateLimited:
    """Asked again by itself, without end: the day the shop is back, its work goes on."""
    hint = "Settle it in the Shopify admin; the work that waits goes on by itself."
    return RateLimited(sentence, code="shop_paused", retry_after=PAUSE, hint=hint, service=SERVICE, operation=name)


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


def _note_age(name: str, response: httpx.Response) -> None:
    """For the operator's log: a version or a field that Shopify is about to take away, or has taken."""
    version = response.headers.get("X-Shopify-API-Version", API_VERSION)
    reason = response.headers.get("X-Shopify-API-Deprecated-Reason", "")
    if version != API_VERSION or reason:
        log.warning("interface_is_ageing", upstream=SERVICE, operation=name, version=version[:20], reason=reason[:200])


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
