"""Approved content, pictures and compliance of a Shopify product: the same job as in any store."""

import io
import json

import pytest
from PIL import Image

from app.db.links import WorkspaceLink
from app.db.publications import Publication, PublicationField
from sandbox import credentials
from sandbox.shopify import changed, making
from sandbox.shopify.state import JSON
from tests.doors import APP
from tests.engine import office
from tests.house import House
from tests.integration.doors.test_shopify_extensions import bearer

SHOP, SHEET = credentials.SHOPIFY_SHOP, "Product content.json"


def product_of(house: House, product_id: str) -> JSON:
    with house.stage.shopify.acting(SHOP) as shop:
        found = shop.get("Product", f"gid://shopify/Product/{product_id}")
        assert found is not None
        media = [shop.find("MediaImage", one) for one in found["mediaIds"]]
        return found | {"media": [(one["filename"], one["alt"]) for one in media if one]}


@pytest.fixture
def launch(house: House) -> tuple[House, str, int]:
    """A house, a product of its shop, and the product's workspace."""
    house.move_in_shop()
    with house.stage.shopify.acting(SHOP) as shop:
        made = making.product(shop, title="Desk lamp", descriptionHtml="<p>Old text</p>")
        making.variant(shop, made, price="39.90", sku="LAMP-1")
        changed.tell(shop, made, "create")
    house.drain()
    product_id = str(made["id"].rpartition("/")[2])
    (link,) = house.rows(WorkspaceLink, object_type="product", object_id=product_id)
    return house, product_id, link.workspace_id


def test_content_is_decided_in_a_workflow_started_by_hand_and_published(launch: tuple[House, str, int]) -> None:
    house, product_id, workspace = launch
    node = house.write_document(workspace, "01 Content", SHEET, json.dumps({"name": "Desk lamp Aurora"}).encode())
    house.request(house.store_id, "product", product_id, "recheck")
    house.drain()
    path, headers = f"/panel/products/{product_id}/ask/review_content", bearer(house)
    client = house.flask.test_client()
    for status in (303, 409):
        sent = client.post(path, base_url=APP, headers=headers, data={"node_id": str(node), f"attached-{node}": "on"})
        assert sent.status_code == status, sent.get_data(as_text=True)
    house.drain()
    office.decide(house, "sf_content_approval", "approved", user="mia.larsen@demo")
    assert product_of(house, product_id)["title"] == "Desk lamp Aurora"


def test_approved_texts_and_a_picture_are_published_shown_when_they_drift_and_undone(
    launch: tuple[House, str, int],
) -> None:
    house, product_id, workspace = launch
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(buffer, "PNG")
    house.write_document(workspace, "02 Images", "front.png", buffer.getvalue())
    content = {"name": "Desk lamp Aurora", "description": "<p>Approved text</p>", "page_title": "Aurora",
               "search_keywords": "lamp, desk", "images": [{"document": "front.png", "alt": "Front"}]}  # fmt: skip
    node_id = house.write_document(workspace, "01 Content", SHEET, json.dumps(content).encode())
    house.approve(node_id)
    house.drain()
    (publication,) = house.rows(Publication, object_id=product_id)
    states = {row.field: row.state for row in house.rows(PublicationField, publication_id=publication.id)}
    assert publication.state == "live", states
    live = product_of(house, product_id)
    assert (live["title"], live["descriptionHtml"], live["seo"]["title"]) == (
        "Desk lamp Aurora", "<p>Approved text</p>", "Aurora",
    )  # fmt: skip
    assert [name for name, _ in live["media"]] == ["front.png"]
    with house.stage.shopify.acting(SHOP) as shop:
        product = shop.get("Product", live["id"])
        assert product is not None
        product["title"] = "Changed by hand"
        shop.touch(product)
        changed.tell(shop, product)
    house.drain()
    states = {row.field: row.state for row in house.rows(PublicationField, publication_id=publication.id)}
    assert states["name"] == "drifted"
    house.request(house.store_id, "product", product_id, "undo", publication_id=publication.id)
    house.drain()
    after = product_of(house, product_id)
    assert (after["title"], after["descriptionHtml"]) == ("Changed by hand", "<p>Old text</p>")
    rows = house.rows(PublicationField, publication_id=publication.id)
    assert after["media"] == [], [(row.field, row.state, row.before, row.after, row.live, row.note) for row in rows]
