"""What a backfill costs: orders into workspaces with one document each, by the calls it makes and the time it takes.

Every call to Content Server takes 50 ms longer, eight are in flight. The fewest calls that do it: an upsert for 50
workspaces, an upload for each document, and, where documents go into a folder, one look for it in each new workspace,
which no call of the server spares. The stand-in works in this very process: the processor's part is taken off the
time. The tests have the machine to themselves, and must hold at the first try.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest

from app.domain.content import BusinessObject, Workspace, WorkspaceSpec
from app.domain.ids import NodeId
from app.opentext import OpenText, TokenCache, open_text
from app.outbound import Outbound
from tests.contract.opentext.landscape import Landscape, a_connection, settings

IN_FLIGHT, BATCH, DELAY = 8, 50, 0.05
FOLDER = "01 Order record"
MOST_CALLS, MOST_TIME = 1.3, 1.5
SIGNING_IN = ("/v1/auth",)


class Slowed(httpx.BaseTransport):
    """Waits before every call to Content Server and counts; `most` is how many were on their way at once."""

    def __init__(self, inner: httpx.BaseTransport, delay: float) -> None:
        self._inner, self._delay, self._lock = inner, delay, threading.Lock()
        self.calls = self.now = self.most = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "content.test" or request.url.path.endswith(SIGNING_IN):
            return self._inner.handle_request(request)
        with self._lock:
            self.calls, self.now = self.calls + 1, self.now + 1
            self.most = max(self.most, self.now)
        try:
            time.sleep(self._delay)
            return self._inner.handle_request(request)
        finally:
            with self._lock:
                self.now -= 1


@dataclass(frozen=True)
class Figures:
    """`alone`: the seconds these calls would take with nothing between them, eight at a time.

    `worked`: seconds of the processor; the stand-in's part is in them, which a real server would do elsewhere.
    """

    orders: int
    calls: int
    minimum: int
    seconds: float
    worked: float
    alone: float
    most_at_once: int

    def __str__(self) -> str:
        times, longer = self.calls / self.minimum, self.seconds / self.alone
        return (
            f"{self.orders} orders: {self.calls} calls, the minimum is {self.minimum} (x {times:.2f}); "
            f"{self.seconds:.2f} s, {self.worked:.2f} s of the processor, the calls alone {self.alone:.2f} s "
            f"(x {longer:.2f}); {self.most_at_once} at once"
        )


def backfill(land: Landscape, orders: int, *, folder: str) -> Figures:
    """Workspaces by the batch, each one's document as soon as it has one: one queue, eight threads."""
    slowed = Slowed(land.transport, DELAY)
    outbound = Outbound(settings(), slowed)
    opentext = open_text(a_connection(), outbound, TokenCache())
    opentext.workspaces.find(BusinessObject("BigCommerce", "ORDER", "nobody"))  # signed in, once for all
    slowed.calls = 0
    started, worked = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        batches = [range(start, min(start + BATCH, orders)) for start in range(0, orders, BATCH)]
        made = [pool.submit(_batch, opentext, batch, folder, pool.submit) for batch in batches]
        filed = [upload.result() for batch in made for upload in batch.result()]
    seconds, worked = time.monotonic() - started, time.process_time() - worked
    outbound.close()
    assert len(set(filed)) == orders
    minimum = len(batches) + orders * (2 if folder else 1)
    return Figures(orders, slowed.calls, minimum, seconds, worked, slowed.calls * DELAY / IN_FLIGHT, slowed.most)


Submit = Callable[..., Future[NodeId]]


def _batch(opentext: OpenText, numbers: range, folder: str, submit: Submit) -> list[Future[NodeId]]:
    found = opentext.workspaces.ensure_many([_spec(number) for number in numbers])
    uploads = []
    for number, workspace in zip(numbers, found, strict=True):
        assert isinstance(workspace, Workspace), workspace
        uploads.append(submit(_file, opentext, workspace.id, number, folder))
    return uploads


def _spec(number: int) -> WorkspaceSpec:
    values = {"orderNumber": (str(number),), "store": ("demo",), "total": ("80.00",), "currency": ("EUR",)}
    return WorkspaceSpec(BusinessObject("BigCommerce", "ORDER", f"bc-demo-{number}"), values)


def _file(opentext: OpenText, workspace: NodeId, number: int, folder: str) -> NodeId:
    parent = opentext.documents.folder(workspace, folder) if folder else workspace
    content = f"%PDF-1.7 order {number}".encode()
    return opentext.documents.upload(parent, f"Order {number}.pdf", content, "application/pdf").id


@pytest.mark.alone
@pytest.mark.parametrize(
    ("orders", "folder"),
    [
        pytest.param(400, FOLDER, id="400 into their folders", marks=pytest.mark.slow),
        pytest.param(200, "", id="200 into the workspaces"),
    ],
)
def test_a_backfill_makes_few_calls_and_keeps_eight_in_flight(
    orders: int, folder: str, record_property: Callable[[str, object], None]
) -> None:
    figures = _figures(orders, folder)
    record_property("figures", str(figures))
    print(figures)  # noqa: T201  # shown by pytest -rP
    assert figures.calls <= MOST_CALLS * figures.minimum, figures
    assert figures.seconds <= MOST_TIME * figures.alone + figures.worked, figures
    assert figures.most_at_once == IN_FLIGHT


def _figures(orders: int, folder: str) -> Figures:
    land = Landscape()
    try:
        figures = backfill(land, orders, folder=folder)
        assert len(land.content_server.state.by_business_object) == orders
    finally:
        land.close()
    return figures
