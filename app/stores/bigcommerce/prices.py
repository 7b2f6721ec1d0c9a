"""Price lists: their records, for whom they are, and variants by SKU.

Source: BigCommerce API reference, Price lists V3, Catalog V3 (variants), Customers V2 (groups); developer
documentation, "Price lists" (batch sizes, one batch upsert at a time, batches stored in part).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice, pairwise
from typing import Any

from app.domain.commerce import Money
from app.domain.ids import CompanyId, PriceListId, ProductId
from app.domain.trade import Audience, AudienceKind, Price, PriceList, PriceTier, RefusedPrice, Variant
from app.errors import Conflict, Permanent
from app.stores.bigcommerce import payloads, trade_payloads
from app.stores.bigcommerce.catalog import CatalogReading
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, error_text, json_number, number, parse, refuse
from app.stores.bigcommerce.companies import CompanyWriting
from app.stores.bigcommerce.paging import PAGE, Query, v2_pages, v3_pages

BATCH = 1000  # records in one upsert
LISTED = 100  # values of one filter: an address may not grow without end
FEW = 10  # SKUs that are looked for one by one rather than by reading the whole catalogue


class PriceReading(CatalogReading):
    """The prices' part of StoreReader."""

    _client: BigCommerceClient

    def variants(self, skus: Collection[str]) -> dict[str, Variant]:
        """Products by their own SKUs a hundred at a time, then what is a variant's: one by one, or, where many are
        sought, by reading the catalogue through.
        """
        left, found = {sku for sku in skus if sku}, dict[str, Variant]()
        if len(left) <= PAGE:
            for part in batches(sorted(left), LISTED):
                self._take(self._products({"sku:in": ",".join(part)}), left, found)
        if 0 < len(left) <= FEW:
            self._one_by_one(left, found)
        elif left:
            self._take(self._products({}), left, found)
        return found

    def price_lists(self) -> list[PriceList]:
        found = v3_pages(self._client, "v3/pricelists", trade_payloads.PriceList, {"limit": PAGE})
        return [PriceList(PriceListId(str(entry.id)), entry.name) for entry in found]

    def prices(self, price_list_id: PriceListId, skus: Collection[str] | None = None) -> Iterator[Price]:
        """A hundred SKUs in a call; where more than a page's worth is sought, the whole list is read instead."""
        path = f"v3/pricelists/{number(price_list_id)}/records"
        query: dict[str, str | int] = {"include": "bulk_pricing_tiers,sku", "limit": PAGE}
        if skus is None or len(skus) > PAGE:
            found = v3_pages(self._client, path, trade_payloads.PriceRecord, query)
            yield from (_price(entry) for entry in found if skus is None or entry.sku in skus)
            return
        for part in batches(sorted(skus), LISTED):
            query["sku:in"] = ",".join(part)
            yield from map(_price, v3_pages(self._client, path, trade_payloads.PriceRecord, query))

    def audiences_of(self, price_list_id: PriceListId) -> list[Audience]:
        """The groups it is assigned to, or whose own rules name it. A channel alone is no audience."""
        assigned = set(self._assigned({"price_list_id": number(price_list_id)}))
        groups = v2_pages(self._client, "v2/customer_groups", trade_payloads.GroupWithRules)
        return [
            Audience(AudienceKind.GROUP, str(group.id), group.name)
            for group in groups
            if group.id in assigned or int(price_list_id) in group.price_lists
        ]

    def _assigned(self, query: dict[str, str]) -> list[int]:
        found = v3_pages(self._client, "v3/pricelists/assignments", trade_payloads.Assignment, query)
        return [entry.customer_group_id for entry in found if entry.customer_group_id]

    def _products(self, query: dict[str, str]) -> Iterator[payloads.PricedProduct]:
        fields = "name,sku,price,cost_price,inventory_tracking,inventory_level,base_variant_id"
        asked: Query = {"include": "variants", "include_fields": fields, "limit": PAGE, **query}
        return v3_pages(self._client, "v3/catalog/products", payloads.PricedProduct, asked)

    def _take(self, products: Iterable[payloads.PricedProduct], left: set[str], found: dict[str, Variant]) -> None:
        """The sought ones among the products' variants; ends as soon as none is left to find."""
        for product in products:
            for variant in product.variants:
                if variant.sku in left:
                    found[variant.sku] = _variant(product, variant, self._currency())
                    left.discard(variant.sku)
            if not left:
                return

    def _one_by_one(self, left: set[str], found: dict[str, Variant]) -> None:
        hits: dict[int, payloads.Variant] = {}
        for sku in sorted(left):
            listed = v3_pages(self._client, "v3/catalog/variants", payloads.Variant, {"sku": sku})
            hits |= {entry.product_id: entry for entry in listed if entry.sku == sku}
        if hits:
            self._take(self._products({"id:in": ",".join(map(str, sorted(hits)))}), left, found)


class PriceWriting(PriceReading, CompanyWriting):
    """The prices' part of StorePublisher."""

    _client: BigCommerceClient
    price_batch: int = BATCH

    def create_price_list(self, name: str) -> PriceListId:
        found = self._list_named(name)
        if found is None:
            try:
                response = self._client.post("v3/pricelists", {"name": name, "active": True})
                found = parse(response, payloads.Data[trade_payloads.PriceList]).data
            except Conflict:  # somebody (or our own lost request) was faster
                found = self._list_named(name)
                if found is None:
                    raise
        return PriceListId(str(found.id))

    def write_prices(
        self,
        price_list_id: PriceListId,
        prices: Sequence[Price],
        key: str = "",  # noqa: ARG002  # written while we wait
    ) -> list[RefusedPrice]:
        """One batch at a time in a store. Which entries of a refused batch were stored is not said: those that were
        not refused are sent once more.
        """
        if len(prices) > BATCH:
            raise Permanent(f"BigCommerce takes {BATCH:,} prices at once.", code="too_many", service=SERVICE)
        path = f"v3/pricelists/{number(price_list_id)}/records"
        refused: dict[int, RefusedPrice] = {}
        with self._client.turn("price records"):
            while left := [place for place in range(len(prices)) if place not in refused]:
                response = self._client.put(path, [_record(prices[place]) for place in left], also=422)
                if response.status_code != 422:
                    break
                refused |= _refused(response, prices, left)
        return [refused[place] for place in sorted(refused)]

    def remove_prices(self, price_list_id: PriceListId, prices: Sequence[Price]) -> None:
        path = f"v3/pricelists/{number(price_list_id)}/records"
        named: dict[tuple[str, str], list[str]] = {}
        for price in prices:
            name, value = ("variant_id:in", number(price.variant_id)) if price.variant_id else ("sku:in", price.sku)
            named.setdefault((price.currency.lower(), name), []).append(value)
        with self._client.turn("price records"):
            for (currency, name), values in named.items():
                for part in batches(values, LISTED):
                    self._client.delete(path, **{"currency": currency, name: ",".join(part)})

    def assign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        """To a group on every channel. A company's prices are those of its group, unless it keeps a list of its own."""
        wanted = int(number(price_list_id))
        if audience.kind is AudienceKind.COMPANY and self._assign_to_company(CompanyId(audience.id), wanted):
            return
        group = self._group_of(audience)
        if wanted in [entry.price_list_id for entry in self._assignments(group) if entry.channel_id is None]:
            return
        self._client.post("v3/pricelists/assignments", [{"price_list_id": wanted, "customer_group_id": int(group)}])

    def unassign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        group = self._group_of(audience)
        query = {"price_list_id": number(price_list_id), "customer_group_id": group}
        if self._assigned(query):
            self._client.delete("v3/pricelists/assignments", **query)

    def _assignments(self, group: str) -> list[trade_payloads.Assignment]:
        query = {"customer_group_id": group}
        return list(v3_pages(self._client, "v3/pricelists/assignments", trade_payloads.Assignment, query))

    def _group_of(self, audience: Audience) -> str:
        if audience.kind is AudienceKind.GROUP:
            return number(audience.id)
        group = self.company(CompanyId(audience.id)).group_id
        if not group:
            raise Permanent(
                f"{audience.name} has no customer group, so it cannot get a price list.",
                code="no_group",
                hint="Give the company a customer group in B2B Edition, then try again.",
                service=SERVICE,
            )
        return number(group)

    def _list_named(self, name: str) -> trade_payloads.PriceList | None:
        found = v3_pages(self._client, "v3/pricelists", trade_payloads.PriceList, {"name": name})
        return next((entry for entry in found if entry.name.lower() == name.lower()), None)


def batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(values)
    while part := list(islice(rest, size)):
        yield part


def _variant(product: payloads.PricedProduct, found: payloads.Variant, currency: str) -> Variant:
    """A variant without a price or cost of its own has its product's."""
    options = ", ".join(entry.label for entry in found.option_values if entry.label)
    stock = {"product": product.inventory_level, "variant": found.inventory_level}.get(product.inventory_tracking)
    cost = product.cost_price if found.cost_price is None else found.cost_price
    return Variant(
        id=str(found.id),
        product_id=ProductId(str(product.id)),
        sku=found.sku,
        name=f"{product.name} ({options})" if options else product.name,
        price=Money(product.price if found.price is None else found.price, currency),
        cost=Money(cost, currency) if cost else None,
        available=stock,
    )


def _price(found: trade_payloads.PriceRecord) -> Price:
    base = found.price if found.price is not None else found.calculated_price or Decimal(0)
    tiers = tuple(PriceTier(tier.quantity_min, _tier_price(tier, base)) for tier in found.bulk_pricing_tiers)
    return Price(str(found.variant_id), found.sku, found.currency.upper(), base, tiers)


def _tier_price(tier: trade_payloads.Tier, base: Decimal) -> Decimal:
    if tier.type == "percent":
        return base * (100 - tier.amount) / 100
    return tier.amount if tier.type == "fixed" else base - tier.amount


def _record(price: Price) -> dict[str, Any]:
    """Tiers follow one another without a gap; the last has no end."""
    named: dict[str, Any] = {"variant_id": int(number(price.variant_id))} if price.variant_id else {"sku": price.sku}
    tiers = sorted(price.tiers, key=lambda tier: tier.quantity_from)
    ends = [after.quantity_from - 1 for _, after in pairwise(tiers)]
    listed = [
        {"quantity_min": tier.quantity_from, "type": "fixed", "amount": json_number(tier.price)}
        | ({"quantity_max": ends[place]} if place < len(ends) else {})
        for place, tier in enumerate(tiers)
    ]
    return named | {
        "currency": price.currency.lower(),
        "price": json_number(price.price),
        "bulk_pricing_tiers": listed,
    }


def _refused(response: Any, prices: Sequence[Price], sent: Sequence[int]) -> dict[int, RefusedPrice]:
    """Place to refusal. A refusal that names none of what was sent is one of the whole batch: raises Permanent."""
    found: dict[int, RefusedPrice] = {}
    try:
        errors = parse(response, trade_payloads.BatchErrors).batch_errors
    except Permanent:
        errors = ()
    for error in errors:
        reason = "; ".join(f"{name}: {text}" for name, text in error.field_errors.items())[:300]
        for place in sent:
            if _is_about(error.data, prices[place]):
                price = prices[place]
                found[place] = RefusedPrice(price.sku, price.currency, reason or error_text(response))
    if not found:
        refuse(response)
    return found


def _is_about(data: dict[str, Any], price: Price) -> bool:
    same = str(data.get("currency", price.currency)).lower() == price.currency.lower()
    if data.get("variant_id"):
        return same and str(data["variant_id"]) == price.variant_id
    return same and bool(price.sku) and data.get("sku") == price.sku


__all__ = ["PriceReading", "PriceWriting"]
