"""Every kind of request our BigCommerce client makes, and the stand-in's answers, judged by the published files."""

import io

import pytest

from app.domain.ids import ObjectType, OrderId, ProductId
from app.errors import AppError
from tests.contract.stores.bigcommerce import BigCommerceCase
from tests.contract.stores.contract import MISSING, PNG
from tests.contract.stores.faults import CALLS
from tests.contract.stores.published import FILES, FOLDER, Finding, Published

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="BigCommerce's OpenAPI files are not here (../shared/specs/bigcommerce)"
)

# Where the files are known to be wrong, silent or narrower than the service; each must still occur.
NULL_OPTION_SET = "public examples of running stores show null where there is none; we do not read it"
NULL_CHANNELS = "null means all channels, as the field's description says"
DEVIATIONS: dict[Finding, str] = {
    ("POST /graphql", "operation is in none of the files"): "the GraphQL Admin schema is not published as a file",
    (
        "GET /v2/orders",
        "request: query sort : 'date_modified:asc' is not one of ['id', 'customer_id', 'date_created', "
        "'date_modified', 'status_id', 'channel_id', 'external_id']",
    ): "the parameter's description adds the direction",
    ("GET /v3/hooks", "answer 200: body data: [] should be non-empty"): "a new installation has no hooks",
    ("PUT /v3/hooks/{webhook_id}", "answer 422: status is not declared"): "declared for POST, with the same rules",
    **{
        (
            f"{method} /v3/catalog/products{path}",
            f"answer 200: body data{place}.option_set_id: None {text}",
        ): NULL_OPTION_SET
        for method, path, place in (("GET", "", ".*"), ("GET", "/{product_id}", ""), ("PUT", "/{product_id}", ""))
        for text in ("for not nullable", "is not of type 'integer'")
    },
    **{
        ("GET /v3/customers", f"answer 200: body data.*.channel_ids: None {text}"): NULL_CHANNELS
        for text in ("for not nullable", "is not of type 'array'")
    },
}


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


@pytest.fixture(scope="module")
def findings() -> set[Finding]:
    case, published = BigCommerceCase(), Published()
    walk(case)
    assert len(case.journal.entries) > 40
    return {found for entry in case.journal.entries for found in published.findings(*entry)}


def test_requests_and_answers_agree_with_the_files(findings: set[Finding]) -> None:
    assert sorted(findings - DEVIATIONS.keys()) == []


def test_every_named_deviation_still_occurs(findings: set[Finding]) -> None:
    assert sorted(DEVIATIONS.keys() - findings) == []


def test_every_file_is_asked() -> None:
    assert all((FOLDER / name).is_file() for name in FILES)
