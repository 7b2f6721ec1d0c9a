"""What tests of business buyers in a Shopify shop do again and again: a company, its agreements, what it pays."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.db.links import FiledDocument, WorkspaceLink
from app.db.publications import Publication, PublicationField
from sandbox import credentials
from sandbox.shopify import making
from sandbox.shopify.hands import goods
from sandbox.shopify.operations import catalogs
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON
from tests.house import House

SHOP, THEO = credentials.SHOPIFY_SHOP, "theo.martin@demo"
GOODS = {"NW-TORCH": "79.90", "NW-TENT": "129.00", "NW-ROPE": "49.00"}
Prices = dict[str, tuple[Decimal, dict[int, Decimal]]]


def number(record: JSON) -> str:
    return str(record["id"]).rpartition("/")[2]


def hand(house: House, act: Callable[..., JSON], *given: Any) -> JSON:
    """A merchant does something in the shop by hand, and we learn of it."""
    with house.stage.shopify.acting(SHOP) as shop:
        made = act(shop, *given)
    house.drain()
    return made


def stock(house: House) -> None:
    """The goods that agreements and campaigns are about."""
    with house.stage.shopify.acting(SHOP) as shop:
        for sku, price in GOODS.items():
            if not shop.where("ProductVariant", sku=sku):
                making.variant(shop, making.product(shop, title=sku), price=price, sku=sku)


def record(house: House, kind: str, object_id: str) -> JSON:
    """An object as the shop has it."""
    with house.stage.shopify.acting(SHOP) as shop:
        found = shop.get(kind, f"gid://shopify/{kind}/{object_id}")
        assert found is not None
        return dict(found)


class Partner:
    """A company of the shop with a contact, one location, and the workspace that holds what was agreed."""

    def __init__(self, house: House, name: str = "Werft AG") -> None:
        self.house, self.name = house, name
        stock(house)
        contact = {"email": f"{name.split()[0].lower()}@example.com", "firstName": "Ada", "lastName": "Löwe"}
        made = hand(house, goods.create_company, {"name": name, "contact": contact, "address": {"city": "Köln"}})
        self.id = number(made)

    @property
    def link(self) -> WorkspaceLink:
        (found,) = self.house.rows(WorkspaceLink, object_type="company", object_id=self.id)
        link: WorkspaceLink = found
        return link

    def place(self, shop: Shop) -> JSON:
        return shop.where("CompanyLocation", companyId=f"gid://shopify/Company/{self.id}")[0]

    def place_now(self) -> JSON:
        with self.house.stage.shopify.acting(SHOP) as shop:
            return dict(self.place(shop))

    def write(self, content: str, name: str = "Price agreement.csv", folder: str = "05 Pricing") -> int:
        return self.house.write_document(self.link.workspace_id, folder, name, content.encode(), user=THEO)

    def approve(self, content: str, name: str = "Price agreement.csv", folder: str = "05 Pricing") -> int:
        node = self.write(content, name, folder)
        self.house.approve(node, user=THEO)
        self.house.drain()
        return node

    def prices(self) -> Prices:
        """SKU -> what this company pays at its location where something was agreed."""
        with self.house.stage.shopify.acting(SHOP) as shop:
            offered = [one for one in catalogs.every(shop) if catalogs.is_offered(shop, one, self.place(shop))]
            found: Prices = {}
            for one in offered:
                price_list = shop.find("PriceList", one["priceListId"])
                assert price_list is not None
                for variant_id, price in price_list["prices"].items():
                    variant = shop.find("ProductVariant", variant_id)
                    assert variant is not None
                    breaks = {
                        b["minimumQuantity"]: Decimal(b["price"])
                        for b in price_list["breaks"]
                        if b["variantId"] == variant_id
                    }
                    found[variant["sku"]] = (Decimal(price["price"]), breaks)
            return found

    def change(self, sku: str, price: str) -> None:
        """A person sets another agreed price in the shop."""
        with self.house.stage.shopify.acting(SHOP) as shop:
            (variant,) = shop.where("ProductVariant", sku=sku)
            price_list = shop.get("PriceList", f"gid://shopify/PriceList/{self.publication().target}")
            assert price_list is not None
            price_list["prices"][variant["id"]] = {"price": price, "compareAtPrice": None}

    def publication(self, kind: str = "prices") -> Publication:
        found = self.house.rows(Publication, object_id=self.id, kind=kind)
        newest: Publication = sorted(found, key=lambda row: row.created_at)[-1]
        return newest

    def fields(self, kind: str = "prices") -> dict[str, PublicationField]:
        rows = self.house.rows(PublicationField, publication_id=self.publication(kind).id)
        return {row.title: row for row in rows}

    def states(self, kind: str = "prices") -> dict[str, str]:
        return {title: row.state for title, row in self.fields(kind).items()}

    def ask(self, request: str, **detail: str) -> None:
        self.house.request(self.house.store_id, "company", self.id, request, **detail)
        self.house.drain()

    def report(self) -> list[dict[str, str]]:
        """The rows of the newest report on prices."""
        rows = [row for row in self.house.rows(FiledDocument) if row.name.endswith(".csv") and " prices " in row.name]
        newest, sink = max(rows, key=lambda row: row.node_id), io.BytesIO()
        self.house.deps.opentext(self.house.store_id).documents.download(newest.node_id, newest.version, sink)
        return list(csv.DictReader(io.StringIO(sink.getvalue().decode("utf-8-sig"))))
