"""Catalogs: what brings a price list to a company's locations.

A list reaches nobody by itself. Where the plan lets an app assign catalogs to locations directly, the list gets a
catalog of its own; elsewhere one of a B2B market that is for exactly these locations, which a person makes in Shopify.
Source: Shopify Admin GraphQL API 2026-10, catalogCreate, catalogContextUpdate, markets, CatalogUserErrorCode.
"""

from collections.abc import Collection
from typing import Any

from pydantic import AliasPath, Field

from app.domain.ids import PriceListId
from app.domain.trade import Audience, AudienceKind
from app.errors import NotFound, Permanent
from app.stores.shopify.capabilities import CapabilityReading
from app.stores.shopify.client import ScopeMissing
from app.stores.shopify.names import SERVICE, gid
from app.stores.shopify.payloads import NamedNode, Node, Nodes, Number, Payload, Text, parse

NOT_ON_PLAN = frozenset({
    "B2B_CATALOG_LIMIT_REACHED", "UNPERMITTED_ENTITLEMENTS_DIRECT_CATALOG_ASSIGNMENT",
    "UNPERMITTED_ENTITLEMENTS_MARKET_CATALOGS", "COMPANY_LOCATION_CATALOG_STATUS_PLAN",
    "CONTEXT_CATALOG_LIMIT_REACHED",
})  # fmt: skip
OWN_MARKET = (
    "In Shopify, make a B2B market for exactly the locations of this company under Markets, then try again; the plan "
    "Plus needs none."
)
BY_MARKET = "/MarketCatalog/"


class TitledNode(Node):
    title: Text = ""


class PriceListNode(Payload):
    id: Number
    name: str
    currency: str
    fixed_prices_count: int = 0
    catalog: TitledNode | None = None
    catalog_gid: str = Field(default="", validation_alias=AliasPath("catalog", "id"))


class LocationNode(Payload):
    id: str
    company: NamedNode


class MarketNode(Payload):
    id: str
    name: str
    status: str
    level: Text = Field(
        default="", validation_alias=AliasPath("conditions", "companyLocationsCondition", "applicationLevel")
    )
    places: Nodes[LocationNode] = Field(
        default=Nodes(), validation_alias=AliasPath("conditions", "companyLocationsCondition", "companyLocations")
    )


class CatalogOffers(CapabilityReading):
    """For whom a price list is."""

    def audiences_of(self, price_list_id: PriceListId) -> list[Audience]:
        """The companies at whose locations its catalog applies."""
        found = self._price_list(price_list_id)
        companies = {one.company.id: one.company.name for one in self._places(found.catalog_gid)}
        return [Audience(AudienceKind.COMPANY, key, name) for key, name in companies.items()]

    def _price_list(self, price_list_id: str) -> PriceListNode:
        node = self._client.run("PriceListRead", id=gid("PriceList", price_list_id)).get("priceList")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this price list.", service=SERVICE)
        return parse(node, PriceListNode)

    def _places(self, catalog: str) -> list[LocationNode]:
        """Where a catalog applies; one of another kind than for businesses has no such places."""
        if BY_MARKET in catalog:
            return self._places_by_market(catalog)
        if "/CompanyLocationCatalog/" not in catalog:
            return []
        found = self._client.pages("CatalogLocations", "catalog", "companyLocations", id=catalog)
        return [parse(node, LocationNode) for node in found]

    def _places_by_market(self, catalog: str) -> list[LocationNode]:
        """None where the app may not look at markets, or the catalog is not offered at all."""
        try:
            node = self._client.run("CatalogMarkets", id=catalog).get("catalog") or {}
        except ScopeMissing:
            return []
        if node.get("status") != "ACTIVE":
            return []
        markets = parse(node["markets"], Nodes[MarketNode])
        return [place for one in markets.nodes if one.status == "ACTIVE" for place in one.places.nodes]


class CatalogAssigning(CatalogOffers):
    """Bringing a price list to a company, and taking it away."""

    def assign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        """By its catalog, which is made where the list has none yet."""
        places, found = self._places_of(audience), self._price_list(price_list_id)
        if found.catalog_gid:
            self._widen(found.catalog_gid, places)
            return
        wanted = {
            "title": found.name, "status": "ACTIVE", "priceListId": gid("PriceList", price_list_id),
            "context": self._context(places),
        }  # fmt: skip
        self._assigning("CatalogCreate", "catalogCreate", input=wanted)

    def unassign_price_list(self, price_list_id: PriceListId, audience: Audience) -> None:
        """A market is a person's and stays as it is: the catalog is offered no more."""
        catalog = self._price_list(price_list_id).catalog_gid
        gone = [one.id for one in self._places(catalog) if one.company.id == audience.id]
        if gone and BY_MARKET in catalog:
            self._client.change("CatalogUpdate", "catalogUpdate", id=catalog, input={"status": "DRAFT"})
        elif gone:
            self._assigning("CatalogContext", "catalogContextUpdate", id=catalog,
                            remove={"companyLocationIds": gone})  # fmt: skip

    def _widen(self, catalog: str, places: Collection[str]) -> None:
        present = {one.id for one in self._places(catalog)}
        missing = [one for one in places if one not in present]
        if missing and BY_MARKET in catalog:
            wanted = {"status": "ACTIVE", "context": {"marketIds": [self._market_for(places)]}}
            self._assigning("CatalogUpdate", "catalogUpdate", id=catalog, input=wanted)
        elif missing:
            self._assigning("CatalogContext", "catalogContextUpdate", id=catalog,
                            add={"companyLocationIds": missing})  # fmt: skip

    def _context(self, places: Collection[str]) -> dict[str, list[str]]:
        if self._shop().assigns_directly:
            return {"companyLocationIds": list(places)}
        return {"marketIds": [self._market_for(places)]}

    def _market_for(self, places: Collection[str]) -> str:
        """The market of exactly these locations: of a wider one others would get the prices, too."""
        for node in self._client.pages("Markets", "markets"):
            market = parse(node, MarketNode)
            is_whole = market.level == "SPECIFIED" and {one.id for one in market.places.nodes} == set(places)
            if is_whole and market.status == "ACTIVE":
                return market.id
        raise Permanent(
            "The shop's plan offers catalogs by market only, and no active market is for exactly this company.",
            code="not_on_plan", hint=OWN_MARKET, service=SERVICE,
        )  # fmt: skip

    def _assigning(self, name: str, field: str, **variables: Any) -> None:
        try:
            self._client.change(name, field, **variables)
        except Permanent as error:
            if error.context.get("user_code") not in NOT_ON_PLAN:
                raise
            raise Permanent(
                "The shop's plan does not let this price list be assigned to a company.", code="not_on_plan",
                hint="Change the shop's plan, or archive B2B catalogs that are not needed any more, then try again.",
                **error.context,
            ) from error  # fmt: skip

    def _places_of(self, audience: Audience) -> list[str]:
        if audience.kind is not AudienceKind.COMPANY:
            raise Permanent(
                "Shopify has no customer groups: a price list is for companies.", code="not_in_this_store",
                service=SERVICE, hint="Make an agreement with the company.",
            )  # fmt: skip
        node = self._client.run("LocationsOfCompany", id=gid("Company", audience.id)).get("company")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this company.", service=SERVICE)
        places = [str(one["id"]) for one in node["locations"]["nodes"]]
        if not places:
            raise Permanent(
                "The company has no location, so prices would reach nobody.", code="no_location", service=SERVICE,
                hint="Add a location to the company in Shopify, then try again.",
            )  # fmt: skip
        return places


__all__ = ["CatalogAssigning", "CatalogOffers", "PriceListNode", "TitledNode"]
