"""Every endpoint of the stand-in, request and answer, against the published OpenAPI files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.contract.openapi import SPECS, WHY_SKIPPED, Spec
from tests.sandbox.bigcommerce.bench import STORE, Bench, make
from tests.sandbox.bigcommerce.deviations import DEVIATIONS, Deviation
from tests.sandbox.bigcommerce.walk import EVERYWHERE, Walker

FOLDER = SPECS / "bigcommerce"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=WHY_SKIPPED)
# The file that describes a path below the store; the first that fits.
FILES = (
    ("/v2/(store|time)", "store_information.v2.yml"),
    ("/v2/customer_groups", "customers.v2.yml"),
    ("/v2/order", "orders.v2.oas2.yml"),
    ("/v3/orders", "orders.v3.yml"),
    ("/v3/hooks", "webhooks.v3.yml"),
    ("/v3/customers/subscribers", "subscribers.v3.yml"),
    ("/v3/customers", "customers.v3.yml"),
    ("/v3/inventory", "inventory.v3.yml"),
    ("/v3/settings", "settings.v3.yml"),
    ("/v3/checkouts", "checkouts.v3.yml"),
    ("/v3/store/systemlogs", "store_logs.v3.yml"),
    ("/v3/catalog/(variants|products/\\d+/variants)", "catalog/product-variants_catalog.v3.yml"),
    ("/v3/catalog", "catalog/products_catalog.v3.yml"),
    ("/v3/pricelists", "price_lists.v3.yml"),
    ("/v3/promotions", "promotions.v3.yml"),
    ("/v3/content/pages", "pages.v3.yml"),
    ("/v3/carts", "carts.v3.yml"),
    ("/v3/channels", "channels.v3.yml"),
)
# No file describes the GraphQL endpoint and brands, nor the spelling of shipping addresses the links in orders use.
NOT_DESCRIBED = re.compile(r"/graphql|/v2/orders/.*shippingaddresses|/v3/catalog/brands")


@dataclass
class Seen:
    """One exchange and what the file says against it."""

    method: str
    path: str
    status: int
    problems: list[str]


class Judge(httpx.BaseTransport):
    """Holds every exchange against its file as it happens."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner, self.seen = inner, list[Seen]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self.inner.handle_request(request)
        response.read()
        response.request = request
        path = request.url.path.removeprefix(STORE)
        problems = [] if NOT_DESCRIBED.match(path) else _judged(path, response)
        if request.extensions.get("wrong"):
            problems = [p for p in problems if p.startswith(("answer", "status"))]
        self.seen.append(Seen(request.method, path, response.status_code, problems))
        return response


def _judged(path: str, response: httpx.Response) -> list[str]:
    name = next(file for pattern, file in FILES if re.match(pattern, path))
    return Spec.load(FOLDER / name).judge(response, strict_answer=response.is_success)


@pytest.fixture(scope="module")
def walked() -> Iterator[tuple[Bench, list[Seen]]]:
    """The whole walk, once."""
    judges: list[Judge] = []

    def wrap(inner: httpx.BaseTransport) -> Judge:
        judges.append(Judge(inner))
        return judges[0]

    bench = make(seeded=True, wrap=wrap)
    for area in EVERYWHERE:
        area(Walker(bench))
    yield bench, judges[0].seen
    bench.world.deliveries.close()


def _explains(deviation: Deviation, seen: Seen, problem: str) -> bool:
    return (
        deviation.method in ("*", seen.method)
        and re.fullmatch(deviation.path, seen.path) is not None
        and re.search(deviation.problem, problem) is not None
    )


def test_requests_and_answers_are_what_the_published_files_describe(walked: tuple[Bench, list[Seen]]) -> None:
    unexplained = [
        f"{seen.method} {seen.path} {seen.status}: {problem}"
        for seen in walked[1]
        for problem in seen.problems
        if not any(_explains(deviation, seen, problem) for deviation in DEVIATIONS)
    ]
    assert unexplained == []


def test_every_endpoint_was_walked_past(walked: tuple[Bench, list[Seen]]) -> None:
    bench, seen = walked
    patterns = [
        (method, path, re.compile(re.sub(r"<int:\w+>", r"\\d+", re.sub(r"<\w+>", "[^/]+", path))))
        for method, path in bench.bc.endpoints()
        if path != "/graphql"
    ]
    missed = [
        f"{method} {path}"
        for method, path, pattern in patterns
        if not any(s.method == method and pattern.fullmatch(s.path) for s in seen)
    ]
    assert missed == []


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda d: f"{d.method} {d.path}")
def test_every_known_deviation_is_still_one(deviation: Deviation, walked: tuple[Bench, list[Seen]]) -> None:
    assert any(_explains(deviation, seen, problem) for seen in walked[1] for problem in seen.problems)
