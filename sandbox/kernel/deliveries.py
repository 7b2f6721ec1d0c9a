"""What stand-ins send out by themselves: webhooks and callbacks, signed by their owner, retried on its schedule."""

import logging
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx

if TYPE_CHECKING:
    from sandbox.kernel.world import World

log = logging.getLogger(__name__)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities this process trusts: reading them takes longer than making a world."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass
class Delivery:
    """One message to the outside. `headers` is called for each attempt, so that a signature can be renewed.

    `retry_after` lists the seconds before each repetition; empty means one attempt. `on_result(ok, status)` tells the
    owner how the last attempt ended (status 0: no answer).
    """

    system: str
    url: str
    body: bytes
    headers: Callable[[], dict[str, str]]
    retry_after: Sequence[int] = ()
    on_result: Callable[[bool, int], None] | None = None
    method: str = "POST"
    id: str = field(default_factory=lambda: uuid4().hex)
    attempts: int = 0
    due: datetime | None = None


class Deliveries:
    """Sends in the background, or at once in the caller's thread when `inline` (tests). Faults may withhold or double.

    Withheld deliveries are kept in `withheld` and can be sent later with `release()`.
    """

    def __init__(self, world: "World", transport: httpx.BaseTransport | None, *, inline: bool) -> None:
        self._world, self._inline = world, inline
        verify = True if transport else _trusted()
        self.client = httpx.Client(
            transport=transport, timeout=10, trust_env=False, follow_redirects=False, verify=verify
        )
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="delivery")
        self._waiting: list[Delivery] = []
        self.withheld: list[Delivery] = []
        self._lock = threading.Lock()
        world.clock.on_advance(self.send_due)

    def send(self, delivery: Delivery) -> None:
        for _ in range(self._times(delivery)):
            self._go(delivery)

    def call(self, delivery: Delivery) -> httpx.Response | None:
        """Send once, in the caller's thread, and give the answer; None when it was withheld. Raises httpx.HTTPError.

        For a sender that must know the answer before it goes on (a workflow's HTTP task). The same faults strike.
        """
        response = None
        for _ in range(self._times(delivery)):
            delivery.attempts += 1
            response = self.client.request(
                delivery.method, delivery.url, content=delivery.body, headers=delivery.headers()
            )
        return response

    def _times(self, delivery: Delivery) -> int:
        """How often to send: once, more where a fault doubles it, not at all where one withholds it (and keeps all)."""
        path = httpx.URL(delivery.url).path
        rules = self._world.faults.hits(delivery.system, "SEND", path, ("withhold", "duplicate"))
        times = 1 + sum(rule.kind == "duplicate" for rule in rules)
        if any(rule.kind == "withhold" for rule in rules):
            self.withheld.extend([delivery] * times)
            return 0
        return times

    def postpone(self, delivery: Delivery, wait: timedelta) -> None:
        """Make the first attempt later, by the sandbox clock (a sender that holds back a blocked destination)."""
        delivery.due = self._world.clock.now() + wait
        with self._lock:
            self._waiting.append(delivery)

    def release(self) -> int:
        """Send everything that was withheld, newest first (out of order on purpose)."""
        held, self.withheld = self.withheld, []
        for delivery in reversed(held):
            self._go(delivery)
        return len(held)

    def send_due(self) -> None:
        """Repeat what failed and is due by the sandbox clock; the runner calls this every second."""
        now = self._world.clock.now()
        with self._lock:
            due = [d for d in self._waiting if d.due is not None and d.due <= now]
            self._waiting = [d for d in self._waiting if d not in due]
        for delivery in due:
            self._go(delivery)

    def forget(self) -> None:
        """Drop what waits for a repetition and what was withheld."""
        with self._lock:
            self._waiting.clear()
        self.withheld.clear()

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.client.close()

    def _go(self, delivery: Delivery) -> None:
        if self._inline:
            self._attempt(delivery)
        else:
            self._pool.submit(self._attempt, delivery)

    def _attempt(self, delivery: Delivery) -> None:
        delivery.attempts += 1
        status = 0
        try:
            response = self.client.request(
                delivery.method, delivery.url, content=delivery.body, headers=delivery.headers()
            )
            status = response.status_code
        except (httpx.HTTPError, ConnectionError) as error:
            log.info("delivery to %s failed: %s", delivery.url, error)
        ok = 200 <= status < 300
        if not ok and delivery.attempts <= len(delivery.retry_after):
            wait = timedelta(seconds=delivery.retry_after[delivery.attempts - 1])
            delivery.due = self._world.clock.now() + wait
            with self._lock:
                self._waiting.append(delivery)
        if delivery.on_result is not None:
            delivery.on_result(ok, status)
