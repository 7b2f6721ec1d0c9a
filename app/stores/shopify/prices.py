"""Price lists and variants by SKU; what brings a list to buyers is in `offers`.

Source: Shopify Admin GraphQL API 2026-10, priceLists, catalogs, quantityPricingByVariantUpdate (all or nothing, 250
prices at once). Prices have no dates.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import Field

from app.domain.commerce import Money
from app.domain.ids import PriceListId, ProductId
from app.domain.trade import Price, PriceList, PriceTier, RefusedPrice, Variant
from app.errors import Conflict, Permanent
from app.stores.shopify.bulk_prices import BulkPrices
from app.stores.shopify.client import UserError
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.offers import CatalogAssigning, CatalogOffers, PriceListNode, TitledNode
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import Amount, Nodes, Number, Payload, StockItem, Text, parse

T = TypeVar("T")
BATCH = 250  # prices in one write
LARGEST = 25_000  # prices in one file of writes
LISTED = 50  # values of one filter
TIERED = 15  # prices asked for with all their tiers
GONE = frozenset({"PRICE_NOT_FIXED", "VARIANT_NOT_FOUND"})


class VariantNode(Payload):
    id: Number
    sku: Text = ""
    title: Text = ""
    price: Decimal
    inventory_quantity: int | None = None
    inventory_item: StockItem = StockItem()
    product: TitledNode


class Break(Payload):
    minimum_quantity: int
    price: Amount


class PricedVariant(Payload):
    id: Number
    sku: Text = ""


class PriceNode(Payload):
    variant: PricedVariant
    price: Amount
    breaks: Nodes[Break] = Field(default=Nodes(), alias="quantityPriceBreaks")


class PriceReading(CatalogOffers):
    """The prices' part of StoreReader."""

    def variants(self, skus: Collection[str]) -> dict[str, Variant]:
        """Fifty SKUs in a call. Where several variants share one, the first is meant."""
        found: dict[str, Variant] = {}
        for part in parts(sorted({sku for sku in skus if sku}), LISTED):
            filters = " OR ".join(f"sku:{quoted(sku)}" for sku in part)
            for node in self._client.pages("VariantsBySku", "productVariants", filter=filters):
                entry = parse(node, VariantNode)
                if entry.sku in part:
                    found.setdefault(entry.sku, self._variant(entry))
        return found

    def price_lists(self) -> list[PriceList]:
        found = (parse(node, PriceListNode) for node in self._client.pages("PriceLists", "priceLists"))
        return [
            PriceList(PriceListId(one.id), one.name, one.currency, one.catalog.title if one.catalog else "")
            for one in found
        ]

    def prices(self, price_list_id: PriceListId, skus: Collection[str] | None = None) -> Iterator[Price]:
        """The fixed prices: what an adjustment makes of the shop's own prices is no record."""
        owner = gid("PriceList", price_list_id)
        if skus is None or self._is_shorter_whole(price_list_id, len(skus)):
            yield from (one for one in self._with_breaks(owner, None) if skus is None or one.sku in skus)
            return
        ids = sorted(int(entry.id) for entry in self.variants(skus).values())
        for part in parts(ids, LISTED):
            filters = " OR ".join(f"variant_id:{one}" for one in part)
            yield from (price for price in self._with_breaks(owner, filters) if price.sku in skus)

    def _is_shorter_whole(self, price_list_id: PriceListId, wanted: int) -> bool:
        """Fifty SKUs take two calls, eighty prices one."""
        return wanted > LISTED and self._price_list(price_list_id).fixed_prices_count <= 3 * wanted

    def _with_breaks(self, owner: str, filters: str | None) -> Iterator[Price]:
        """Most prices have no tiers or few: only of those with more are all of them asked for."""
        more: list[str] = []
        for node in self._client.pages("PriceListPrices", "priceList", "prices", id=owner, filter=filters):
            entry = parse(node, PriceNode)
            if entry.breaks.page_info.has_next_page:
                more.append(entry.variant.id)
            else:
                yield _price(entry)
        for part in parts(more, TIERED):
            named = " OR ".join(f"variant_id:{one}" for one in part)
            found = self._client.run("PriceListTiers", id=owner, filter=named)["priceList"]["prices"]["nodes"]
            yield from (_price(parse(node, PriceNode)) for node in found)

    def _variant(self, entry: VariantNode) -> Variant:
        is_only = entry.title == "Default Title"
        return Variant(
            id=entry.id,
            product_id=ProductId(entry.product.id),
            sku=entry.sku,
            name=entry.product.title if is_only else f"{entry.product.title} - {entry.title}",
            price=Money(entry.price, self._shop().currency_code),
            available=entry.inventory_quantity if entry.inventory_item.tracked else None,
        )


class PriceWriting(PriceReading, CatalogAssigning):
    """The prices' part of StorePublisher."""

    price_batch: int = LARGEST

    def create_price_list(self, name: str) -> PriceListId:
        """In the shop's own currency, with its own prices for whatever is not on it."""
        found = self._list_named(name)
        if found is not None:
            return found.id
        wanted = {
            "name": name, "currency": self._shop().currency_code,
            "parent": {"adjustment": {"type": "PERCENTAGE_DECREASE", "value": 0}},
        }  # fmt: skip
        try:
            made = self._client.change("PriceListCreate", "priceListCreate", input=wanted)["priceList"]
        except Conflict:  # somebody (or our own lost request) was faster
            found = self._list_named(name)
            if found is None:
                raise
            return found.id
        return PriceListId(number(made["id"]))

    def write_prices(self, price_list_id: PriceListId, prices: Sequence[Price], key: str = "") -> list[RefusedPrice]:
        """More than 250 in bulk; what did not get there that way goes in writes of our own, which say why not."""
        if len(prices) > LARGEST:
            raise Permanent(f"Shopify takes {LARGEST:,} prices at once.", code="too_many", service=SERVICE)
        currency = self._price_list(price_list_id).currency
        refused = [
            RefusedPrice(one.sku, one.currency, f"The price list is in {currency}.")
            for one in prices if one.currency != currency
        ]  # fmt: skip
        left = [one for one in prices if one.currency == currency]
        if len(left) > BATCH and key:
            batches = list(writes(left))
            left = BulkPrices(self._client, price_list_id, key).write(batches, [pricing(part) for part in batches])
        for part in writes(left):
            refused += self._write_part(price_list_id, part)
            self._client.leave_half()
        return refused

    def _write_part(self, price_list_id: PriceListId, prices: Sequence[Price]) -> list[RefusedPrice]:
        """A write is all or nothing and says which entries it refuses: the others are sent once more."""
        refused: dict[int, str] = {}
        while left := [place for place in range(len(prices)) if place not in refused]:
            wanted = pricing([prices[place] for place in left])
            variables = {"id": gid("PriceList", price_list_id), "input": wanted}
            errors = self._client.tried("QuantityPricing", "quantityPricingByVariantUpdate", **variables)
            if not errors:
                break
            refused |= self._named(errors, left, [prices[place] for place in left])
        return [RefusedPrice(prices[n].sku, prices[n].currency, why) for n, why in sorted(refused.items())]

    def remove_prices(self, price_list_id: PriceListId, prices: Sequence[Price]) -> None:
        """What is no price of the list (any more) is left out and the rest tried again."""
        for part in parts(dict.fromkeys(one.variant_id for one in prices), BATCH):
            self._client.leave_half()
            left = [gid("ProductVariant", one) for one in part]
            while left:
                errors = self._client.tried(
                    "FixedPricesDelete", "priceListFixedPricesDelete", id=gid("PriceList", price_list_id),
                    variantIds=left,
                )  # fmt: skip
                gone = {place(one) for one in errors if one.code in GONE}
                if len(gone) < len(errors) or None in gone:
                    self._client.refuse("FixedPricesDelete", errors)
                if not errors:
                    break
                left = [one for where, one in enumerate(left) if where not in gone]

    def _list_named(self, name: str) -> PriceList | None:
        return next((one for one in self.price_lists() if one.name == name), None)

    def _named(self, errors: list[UserError], left: list[int], sent: list[Price]) -> dict[int, str]:
        """The refused places and why. An error that names none refuses the write as a whole."""
        owners = [where for where, one in enumerate(sent) for _ in one.tiers]
        found: dict[int, str] = {}
        for one in errors:
            where = place(one)
            if where is not None and "quantityPriceBreaksToAdd" in one.path:
                where = owners[where] if where < len(owners) else None
            if where is None or where >= len(left):
                self._client.refuse("QuantityPricing", errors)
            else:
                found.setdefault(left[where], one.message[:300])
        return found


def pricing(prices: Sequence[Price]) -> dict[str, Any]:
    """Prices and their tiers, replacing those there were."""
    ids = [gid("ProductVariant", one.variant_id) for one in prices]
    return {
        "pricesToAdd": [
            {"variantId": key, "price": _money(one.price, one.currency)} for key, one in zip(ids, prices, strict=True)
        ],
        "pricesToDeleteByVariantId": [], "quantityRulesToAdd": [], "quantityRulesToDeleteByVariantId": [],
        "quantityPriceBreaksToDelete": [], "quantityPriceBreaksToDeleteByVariantId": ids,
        "quantityPriceBreaksToAdd": [
            {"variantId": key, "minimumQuantity": tier.quantity_from, "price": _money(tier.price, one.currency)}
            for key, one in zip(ids, prices, strict=True)
            for tier in one.tiers
        ],
    }  # fmt: skip


def writes(prices: Sequence[Price]) -> Iterator[list[Price]]:
    """What goes in one write: as many prices and as many tiers as an input list may hold."""
    part: list[Price] = []
    tiers = 0
    for one in prices:
        if part and (len(part) == BATCH or tiers + len(one.tiers) > BATCH):
            yield part
            part, tiers = [], 0
        part.append(one)
        tiers += len(one.tiers)
    if part:
        yield part


def parts(values: Collection[T], size: int) -> Iterator[list[T]]:
    listed = list(values)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]


def place(error: UserError) -> int | None:
    """The place in the list that an error's path names."""
    return next((int(part) for part in error.path.split(".") if part.isdigit()), None)


def _money(amount: Any, currency: str) -> dict[str, str]:
    return {"amount": str(amount), "currencyCode": currency}


def _price(found: PriceNode) -> Price:
    tiers = sorted((PriceTier(one.minimum_quantity, one.price.amount) for one in found.breaks.nodes),
                   key=lambda one: one.quantity_from)  # fmt: skip
    return Price(found.variant.id, found.variant.sku, found.price.currency_code, found.price.amount, tuple(tiers))


__all__ = ["BATCH", "PriceReading", "PriceWriting", "pricing"]
