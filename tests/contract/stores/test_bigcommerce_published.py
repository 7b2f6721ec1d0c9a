"""Every kind of request our BigCommerce client makes, and the stand-in's answers, judged by the published files."""

import io
import re
from collections.abc import Iterator

import httpx
import pytest

from app.domain.ids import ObjectType, OrderId, ProductId
from app.errors import AppError
from tests.contract.openapi import SPECS, Spec
from tests.contract.stores.bigcommerce import HASH, BigCommerceCase
from tests.contract.stores.contract import MISSING, PNG
from tests.contract.stores.faults import CALLS

FOLDER = SPECS / "bigcommerce"
FILES = (
    "orders.v2.oas2.yml",
    "orders.v3.yml",
    "catalog/products_catalog.v3.yml",
    "customers.v2.yml",
    "customers.v3.yml",
    "store_information.v2.yml",
    "webhooks.v3.yml",
    "channels.v3.yml",
    "subscribers.v3.yml",
    "checkouts.v3.yml",
)
Finding = tuple[str, str]  # "METHOD /v3/path/{id}", what differs

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="BigCommerce's OpenAPI files are not here (../shared/specs/bigcommerce)"
)

# Where the files are silent or narrower than the service; each must still occur.
DEVIATIONS: dict[Finding, str] = {
    (
        "GET /v3/customers/subscribers",
        "query parameter id is missing",
    ): "the file calls one filter required; the operation's description calls all of them optional",
    ("POST /graphql", "is described in none of the files"): "the GraphQL Admin schema is not published as a file",
    (
        "GET /v2/orders",
        "query parameter sort: 'date_modified:asc' is not one of ['id', 'customer_id', 'date_created', "
        "'date_modified', 'status_id', 'channel_id', 'external_id']",
    ): "the parameter's description adds the direction",
    ("GET /v3/hooks", "answer.data: [] should be non-empty"): "a new installation has no hooks",
    ("PUT /v3/hooks/{id}", "status 422 is not declared, but 200"): "declared for POST, with the same rules",
    (
        "GET /v3/customers",
        "answer.data[0].channel_ids: None is not of type 'array'",
    ): "the field's description has null for all channels",
}
# A known defect: the answer's two alternatives (by address, by upload) overlap, so that no answer fits exactly one.
OVERLAPPING = ("POST /v3/catalog/products/{id}/images", "PUT /v3/catalog/products/{id}/images/{id}")


def walk(case: BigCommerceCase) -> None:
    """Every call of the port with work to do, and the refused ones."""
    store, ids = case.store, case.fill()
    for call in CALLS.values():
        call.prepare(case, ids)
        call.do(case, ids)
    store.publish.change_product_image(ids.product, _picture(case, ids.product), alt="Front", thumbnail=True)
    store.publish.link(ObjectType.PRODUCT, ids.product, {"a": "1"})
    store.publish.link(ObjectType.PRODUCT, ids.product, {"a": "2"})
    case.product("Second lamp")
    for refused in (
        lambda: store.read.order(OrderId(MISSING)),
        lambda: store.read.product(ProductId(MISSING)),
        lambda: store.publish.write_product_fields(ids.product, {"name": "Second lamp"}),
        lambda: store.publish.add_product_image(ids.product, io.BytesIO(b"no"), "a.png", alt="", thumbnail=False),
        lambda: store.setup.ensure_webhooks("gopher://nowhere", {}),
    ):
        with pytest.raises(AppError):
            refused()


def _picture(case: BigCommerceCase, product_id: ProductId) -> str:
    return case.store.publish.add_product_image(product_id, io.BytesIO(PNG), "b.png", alt="", thumbnail=False).id


def differences(response: httpx.Response, files: list[Spec]) -> Iterator[Finding]:
    """What the file that describes the operation says against one exchange."""
    request = response.request
    path = re.sub(r"/[0-9]+(?=/|$)", "/{id}", request.url.path.removeprefix(f"/stores/{HASH}"))
    unknown = f"{request.method} {request.url.path} is not described in "
    for file in files:
        found = file.judge(response)
        if found and found[0].startswith(unknown):
            continue
        operation = f"{request.method} {path}"
        for text in found:
            overlap = operation in OVERLAPPING and text.startswith("answer.data: ")
            if not overlap and "is valid under each of" not in text:  # fits several alternatives: the files' fault
                yield operation, text
        return
    yield f"{request.method} {path}", "is described in none of the files"


@pytest.fixture(scope="module")
def findings() -> set[Finding]:
    case = BigCommerceCase()
    walk(case)
    assert len(case.journal.entries) > 40
    files = [Spec.load(FOLDER / name) for name in FILES]
    return {found for entry in case.journal.entries for found in differences(entry, files)}


def test_requests_and_answers_agree_with_the_files(findings: set[Finding]) -> None:
    assert sorted(findings - DEVIATIONS.keys()) == []


def test_every_named_deviation_still_occurs(findings: set[Finding]) -> None:
    assert sorted(DEVIATIONS.keys() - findings) == []
