"""Regulated products of a Shopify shop: off sale until their declaration is approved."""

from app.domain.ids import ProductId
from sandbox import credentials
from sandbox.office.repository import NewFile, Repository
from tests.engine import office, shop
from tests.house import House


def test_a_regulated_product_is_sold_only_while_its_declaration_is_valid(house: House) -> None:
    house.install_shop(connect=True)
    house.stage.shopify_admin.grant(["write_publications"], credentials.SHOPIFY_SHOP)
    house.drain()
    office.switch_on(house, "product-compliance", skus="NW-")
    product = ProductId(shop.number(shop.good(house, "NW-TORCH")))
    house.drain()
    read = house.deps.store(house.store_id).read
    assert not read.product(product).is_visible
    desk = Repository(house.stage)
    (workspace,) = desk.workspaces("PRODUCT", "", brief=True)
    new = NewFile(
        b"%PDF-1.7\nDeclaration of conformity", "CE declaration.pdf", "application/pdf", workspace=workspace["id"],
        folder="03 Compliance", document_type="Declaration of conformity",
    )  # fmt: skip
    node = int(desk.file("liam.author@demo", new)["id"])
    desk.decide("tom.okafor@demo", node, "Approved", "", None)
    house.drain()
    assert read.product(product).is_visible
    with house.stage.shopify.acting(credentials.SHOPIFY_SHOP) as there:
        kept = {one["key"]: one["value"] for one in there.all("Metafield")}
    assert kept["compliance"] == "valid"
