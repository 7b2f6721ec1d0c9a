"""Quotes: Shopify's draft orders.

Source: Shopify Admin GraphQL API 2026-10, draftOrder, draftOrderInvoiceSend, draftOrderUpdate (its lines replace all).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import AliasPath, Field

from app.domain.aftersale import Quote, QuoteId, QuoteLine, QuoteState
from app.domain.commerce import Money
from app.domain.ids import CompanyId, CustomerId, OrderId
from app.errors import Conflict, NotFound, Permanent
from app.stores.shopify.client import ScopeMissing, ShopifyClient
from app.stores.shopify.mapping import fingerprint, money
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.payloads import Amount, Node, Nodes, Number, Paid, Payload, Purchasing, Text, Time, parse

DRAFTS = "Give the app the access write_draft_orders in the Shopify admin."
TAG, DISCOUNT = 40, 255  # characters
STATES = {"OPEN": QuoteState.OPEN, "INVOICE_SENT": QuoteState.SENT, "COMPLETED": QuoteState.ORDERED}


class Discount(Payload):
    title: Text = ""
    value: float
    value_type: str


class Attribute(Payload):
    key: str
    value: Text = ""


class DraftLine(Payload):
    id: str
    uuid: str
    title: str
    name: str
    sku: Text = ""
    quantity: int
    requires_shipping: bool
    taxable: bool
    custom: bool
    variant_gid: str = Field(default="", validation_alias=AliasPath("variant", "id"))
    original_unit_price_set: Paid
    price_override: Amount | None = None
    applied_discount: Discount | None = None
    custom_attributes: tuple[Attribute, ...] = ()


class DraftHead(Payload):
    id: Number
    updated_at: Time
    status: str
    tags: tuple[str, ...] = ()


class Draft(DraftHead):
    name: str
    invoice_url: Text = ""
    note: Text = Field(default="", alias="note2")
    order: Node | None = None
    customer: Node | None = None
    purchasing_entity: Purchasing | None = None
    total_price_set: Paid
    line_items: Nodes[DraftLine] = Nodes()


class SoldLine(Payload):
    id: Number
    title: str
    quantity: int
    requires_shipping: bool
    variant_gid: str = Field(default="", validation_alias=AliasPath("variant", "id"))
    original_unit_price_set: Paid


class Place(Payload):
    """An address as a draft takes it."""

    first_name: Text = ""
    last_name: Text = ""
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    city: Text = ""
    province_code: Text = ""
    zip: Text = ""
    country_code: Text = Field(default="", validation_alias="countryCodeV2")
    phone: Text = ""


class Gid(Payload):
    id: str


class Buyer(Payload):
    company: Gid | None = None
    location: Gid | None = None
    contact: Gid | None = None


class Sold(Payload):
    email: Text = ""
    customer: Gid | None = None
    purchasing_entity: Buyer | None = None
    shipping_address: Place | None = None
    line_items: Nodes[SoldLine] = Nodes()


class QuoteReading:
    """The quotes' part of StoreReader."""

    _client: ShopifyClient

    def quote(self, quote_id: QuoteId) -> Quote:
        return _quote(self._draft(quote_id))

    def quotes_changed_since(self, since: datetime) -> Iterator[tuple[QuoteId, str]]:
        """(id, version), oldest change first; none where the app may not see them."""
        try:
            for node in self._client.along("DraftsChangedSince", "draftOrders", since):
                head = parse(node, DraftHead)
                yield QuoteId(head.id), _version(head)
        except ScopeMissing:
            return

    def _draft(self, quote_id: str) -> Draft:
        node = self._client.run("DraftRead", id=gid("DraftOrder", quote_id)).get("draftOrder")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this draft order.", service=SERVICE)
        return parse(node, Draft)


class QuoteWriting(QuoteReading):
    """The quotes' part of StorePublisher."""

    def price_quote(self, quote_id: QuoteId, prices: Mapping[str, Money]) -> Quote:
        """All lines are sent, the others as they are; a draft of more lines than we read at once is left alone."""
        found = self._draft(quote_id)
        _refuse(found, prices)
        if any(_agreed(one) != prices.get(number(one.id), _agreed(one)) for one in found.line_items.nodes):
            lines = [_line(one, prices.get(number(one.id))) for one in found.line_items.nodes]
            owner = gid("DraftOrder", quote_id)
            self._client.change("DraftUpdate", "draftOrderUpdate", id=owner, input={"lineItems": lines})
        return self.quote(quote_id)

    def draft_replacement(
        self, order_id: OrderId, quantities: Mapping[str, int], mark: str, *, title: str, note: str
    ) -> Quote:  # fmt: skip
        """All of it discounted away; whoever completes it sends the goods. Found again by its tag."""
        try:
            return self._replace(order_id, quantities, mark, {"title": title, "note": note})
        except ScopeMissing as error:
            raise ScopeMissing(error.message, hint=DRAFTS, service=SERVICE) from error

    def _replace(
        self, order_id: OrderId, quantities: Mapping[str, int], mark: str, words: Mapping[str, str]
    ) -> Quote:  # fmt: skip
        tag = mark[:TAG]
        for node in self._client.pages("DraftsChangedSince", "draftOrders", filter=f'tag:"{tag}"'):
            head = parse(node, DraftHead)
            if tag in head.tags:
                return self.quote(QuoteId(head.id))
        order = self._client.run("OrderForDraft", id=gid("Order", order_id)).get("order")
        if not isinstance(order, dict):
            raise NotFound("Shopify does not have this order.", service=SERVICE)
        wanted = _replacement(parse(order, Sold), quantities, words["title"]) | {"tags": [tag], "note": words["note"]}
        made = self._client.change("DraftCreate", "draftOrderCreate", input=wanted)["draftOrder"]
        return self.quote(QuoteId(number(str(made["id"]))))

    def send_quote(self, quote_id: QuoteId) -> None:
        if self._draft(quote_id).status == "OPEN":
            self._client.change("DraftInvoiceSend", "draftOrderInvoiceSend", id=gid("DraftOrder", quote_id))


def _replacement(order: Sold, quantities: Mapping[str, int], title: str) -> dict[str, Any]:
    by_id = {one.id: one for one in order.line_items.nodes}
    strange = sorted(quantities.keys() - by_id.keys())
    if strange:
        raise Permanent(f"The order has no line {', '.join(strange)} that could be sent again.", code="unknown_line",
                        service=SERVICE)  # fmt: skip
    wanted: dict[str, Any] = {
        "lineItems": [_again(by_id[line_id], quantity) for line_id, quantity in quantities.items() if quantity > 0],
        "appliedDiscount": {"title": title[:DISCOUNT], "value": 100, "valueType": "PERCENTAGE"},
        "allowDiscountCodesInCheckout": False,
    }
    if order.shipping_address is not None:
        place = order.shipping_address.model_dump(by_alias=True)
        wanted["shippingAddress"] = {name: value for name, value in place.items() if value}
    return wanted | _buyer(order)


def _again(line: SoldLine, quantity: int) -> dict[str, Any]:
    if line.variant_gid:
        return {"variantId": line.variant_gid, "quantity": quantity}
    price = money(line.original_unit_price_set)
    return {"title": line.title, "quantity": quantity, "requiresShipping": line.requires_shipping,
            "originalUnitPriceWithCurrency": _money(price)}  # fmt: skip


def _buyer(order: Sold) -> dict[str, Any]:
    entity = order.purchasing_entity
    if entity and entity.company and entity.location and entity.contact:
        company = {"companyId": entity.company.id, "companyLocationId": entity.location.id,
                   "companyContactId": entity.contact.id}  # fmt: skip
        return {"purchasingEntity": {"purchasingCompany": company}}
    if order.customer is not None:
        return {"purchasingEntity": {"customerId": order.customer.id}}
    return {"email": order.email} if order.email else {}


def _refuse(found: Draft, prices: Mapping[str, Money]) -> None:
    if found.status == "COMPLETED":
        raise Conflict("This draft order has become an order; its prices hold.", service=SERVICE)
    if found.line_items.page_info.has_next_page:
        raise Permanent("This draft order has more lines than can be priced at once.", code="too_many", service=SERVICE)
    strange = sorted(prices.keys() - {number(one.id) for one in found.line_items.nodes})
    if strange:
        raise Permanent(f"The draft order has no line {', '.join(strange)}.", code="unknown_line", service=SERVICE)


def _line(found: DraftLine, agreed: Money | None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "uuid": found.uuid, "quantity": found.quantity,
        "customAttributes": [{"key": one.key, "value": one.value} for one in found.custom_attributes],
    }  # fmt: skip
    if found.custom or not found.variant_gid:
        usual = found.original_unit_price_set.presentment_money
        line |= {
            "title": found.title, "sku": found.sku or None, "requiresShipping": found.requires_shipping,
            "taxable": found.taxable,
            "originalUnitPriceWithCurrency": _money(agreed or Money(usual.amount, usual.currency_code)),
        }  # fmt: skip
    else:
        line["variantId"] = found.variant_gid
        price = agreed or _agreed(found)
        if price is not None:
            line["priceOverride"] = _money(price)
    if found.applied_discount is not None:
        line["appliedDiscount"] = found.applied_discount.model_dump(by_alias=True)
    return line


def _agreed(found: DraftLine) -> Money | None:
    """A line of no variant has no price but the one given."""
    if found.custom or not found.variant_gid:
        return money(found.original_unit_price_set)
    override = found.price_override
    return Money(override.amount, override.currency_code) if override else None


def _money(price: Money) -> dict[str, str]:
    return {"amount": str(price.amount), "currencyCode": price.currency}


def _quote(found: Draft) -> Quote:
    company = found.purchasing_entity.company if found.purchasing_entity else None
    return Quote(
        id=QuoteId(found.id),
        name=found.name,
        state=STATES.get(found.status, QuoteState.OPEN),
        total=money(found.total_price_set),
        lines=tuple(
            QuoteLine(number(one.id), one.sku, one.name, one.quantity, money(one.original_unit_price_set), _agreed(one))
            for one in found.line_items.nodes
        ),
        version=_version(found),
        customer_id=CustomerId(found.customer.id) if found.customer else None,
        company_id=CompanyId(company.id) if company else None,
        order_id=OrderId(found.order.id) if found.order else None,
        note=found.note,
        tags=found.tags,
        url=found.invoice_url,
    )


def _version(found: DraftHead) -> str:
    return fingerprint(found.model_dump(mode="json", include=set(DraftHead.model_fields)))


__all__ = ["QuoteReading", "QuoteWriting"]
