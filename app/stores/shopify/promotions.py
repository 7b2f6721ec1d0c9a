"""Promotions: discounts with a code, and those that apply by themselves. Ids: `code:12`, `automatic:12`.

Source: Shopify Admin GraphQL API 2026-10, discountNodes, discountCodeBasicCreate, discountAutomaticBasicCreate.
Whether a discount holds is a matter of its dates: to switch it off is to end it now. One that shall not hold yet begins
years ahead, so that it never held; switching it on lets it begin.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from app.domain.commerce import Money
from app.domain.ids import PromotionId
from app.domain.trade import Promotion, PromotionTerms
from app.errors import NotFound, Permanent
from app.stores.shopify.client import Data
from app.stores.shopify.mapping import fingerprint
from app.stores.shopify.names import SERVICE, gid, number
from app.stores.shopify.orders import quoted
from app.stores.shopify.payloads import Amount, Nodes, Payload, Text, Time, parse
from app.stores.shopify.prices import PriceReading, PriceWriting

CODE, AUTOMATIC = "code", "automatic"
KINDS = {CODE: "DiscountCodeNode", AUTOMATIC: "DiscountAutomaticNode"}
WORDS = {CODE: "Code", AUTOMATIC: "Automatic"}
NOT_HERE = "not_in_this_store"
FAR = timedelta(days=3650)  # a discount that is not to hold yet begins so late
MOST_GOODS = 50  # variants of one discount that are read back


class Value(Payload):
    percentage: Decimal | None = None
    amount: Amount | None = None
    applies_on_each_item: bool = False


class Sold(Payload):
    id: str
    sku: Text = ""


class Kind(Payload):
    """Which of several types an answer is of."""

    name: Text = Field(default="", alias="__typename")


class Items(Payload):
    kind: Text = Field(default="", alias="__typename")
    all_items: bool = False
    variants: Nodes[Sold] = Field(default=Nodes(), alias="productVariants")


class Gets(Payload):
    value: Value = Value()
    items: Items = Items()


class Code(Payload):
    code: str


class Discount(Payload):
    """Other kinds than the two we write have no title here."""

    kind: str = Field(alias="__typename")
    title: Text = ""
    status: Text = ""
    starts_at: Time | None = None
    ends_at: Time | None = None
    usage_limit: int | None = None
    applies_once_per_customer: bool = False
    context: Kind = Kind()
    minimum_requirement: Kind | None = None
    codes: Nodes[Code] = Nodes()
    customer_gets: Gets = Gets()


class DiscountNode(Payload):
    id: str
    discount: Discount


class PromotionReading(PriceReading):
    """The promotions' part of StoreReader."""

    def promotions(self) -> Iterator[Promotion]:
        for node in self._client.pages("Discounts", "discountNodes", filter=None):
            if parse(node, DiscountNode).discount.title:
                yield promotion(node)

    def promotion(self, promotion_id: PromotionId) -> Promotion:
        return promotion(self._discount(promotion_id))

    def _discount(self, promotion_id: str) -> Data:
        node = self._client.run("DiscountRead", id=_gid(promotion_id)).get("discountNode")
        if not isinstance(node, dict):
            raise NotFound("Shopify does not have this discount.", service=SERVICE)
        return node


class PromotionWriting(PromotionReading, PriceWriting):
    """The promotions' part of StorePublisher."""

    def save_promotion(self, promotion_id: PromotionId | None, terms: PromotionTerms, *, enabled: bool) -> PromotionId:
        """Found again by its name, so a repetition makes no second."""
        kind = CODE if terms.code else AUTOMATIC
        _check(terms, kind)
        known = self._known(promotion_id, terms.name)
        if known is not None and _id(known).partition(":")[0] != kind:
            raise Permanent(
                "A discount with a code cannot become one that applies by itself, nor the other way round.",
                code="other_kind", service=SERVICE,
                hint="Give the new promotion another name, or delete the old one in Shopify.",
            )  # fmt: skip
        body = self._body(terms, known, enabled=enabled)
        field = f"discount{WORDS[kind]}Basic"
        if known is None:
            made = self._client.change(f"Discount{WORDS[kind]}Create", f"{field}Create", d=body)
            found = PromotionId(f"{kind}:{number(made[f'{kind}DiscountNode']['id'])}")
        else:
            found = _id(known)
            self._client.change(f"Discount{WORDS[kind]}Update", f"{field}Update", id=_gid(found), d=body)
        return found

    def set_promotion_enabled(self, promotion_id: PromotionId, enabled: bool) -> None:
        kind = WORDS.get(promotion_id.partition(":")[0], "")
        is_on = self.promotion(promotion_id).is_enabled
        if is_on is not enabled:
            name = f"Discount{kind}{'Activate' if enabled else 'Deactivate'}"
            self._client.change(name, name[0].lower() + name[1:], id=_gid(promotion_id))

    def _known(self, promotion_id: PromotionId | None, name: str) -> Data | None:
        if promotion_id is not None:
            return self._discount(promotion_id)
        found = self._client.pages("Discounts", "discountNodes", filter=f"title:{quoted(name)}")
        return next((one for one in found if parse(one, DiscountNode).discount.title == name), None)

    def _body(self, terms: PromotionTerms, known: Data | None, *, enabled: bool) -> Data:
        starts, ends = _times(terms, enabled=enabled)
        body: Data = {
            "title": terms.name, "startsAt": _iso(starts), "context": {"all": "ALL"},
            "endsAt": _iso(ends) if ends else None,
            "customerGets": {"value": _value(terms), "items": self._items(terms, known)},
        }  # fmt: skip
        if terms.code:
            body |= {"code": terms.code, "usageLimit": terms.max_uses}
        return body

    def _items(self, terms: PromotionTerms, known: Data | None) -> Data:
        if not terms.skus:
            return {"all": True}
        found = self.variants(terms.skus)
        if missing := sorted(set(terms.skus) - found.keys()):
            raise Permanent(f"Shopify has no variant {', '.join(missing)[:200]}.", code="unknown_sku", service=SERVICE)
        wanted = {gid("ProductVariant", one.id) for one in found.values()}
        present = parse(known, DiscountNode).discount.customer_gets.items.variants.nodes if known else ()
        before = {one.id for one in present}
        return {"products": {"productVariantsToAdd": sorted(wanted - before),
                             "productVariantsToRemove": sorted(before - wanted)}}  # fmt: skip


def promotion(node: Data) -> Promotion:
    found = parse(node, DiscountNode).discount
    value, codes = found.customer_gets.value, found.codes.nodes
    amount = Money(value.amount.amount, value.amount.currency_code) if value.amount else None
    percent = (value.percentage * 100).normalize() + 0 if value.percentage is not None else None
    is_ours, waits = _is_ours(found), _waits(found)
    return Promotion(
        id=_id(node),
        terms=PromotionTerms(
            name=found.title,
            percent=percent if is_ours else None,
            amount=amount if is_ours else None,
            skus=tuple(one.sku for one in found.customer_gets.items.variants.nodes if one.sku),
            code=codes[0].code if codes else "",
            starts_at=None if waits else found.starts_at,
            ends_at=None if waits else found.ends_at,
            max_uses=found.usage_limit,
        ),
        is_enabled=found.status in ("ACTIVE", "SCHEDULED") and not waits,
        version=fingerprint(node),
        snapshot=json.dumps(node, ensure_ascii=False, sort_keys=True, indent=1),
    )


def _waits(found: Discount) -> bool:
    """It begins so late that somebody must let it begin."""
    return found.starts_at is not None and found.starts_at > datetime.now(UTC) + FAR / 2


def _is_ours(found: Discount) -> bool:
    """Whether our terms say all there is: for everybody, without a minimum, for all goods or for variants by name."""
    items = found.customer_gets.items
    named = all(one.sku for one in items.variants.nodes) and not items.variants.page_info.has_next_page
    goods = items.all_items or (items.kind == "DiscountProducts" and bool(items.variants.nodes) and named)
    plain = found.context.name == "DiscountBuyerSelectionAll" and found.minimum_requirement is None
    return goods and plain and not found.applies_once_per_customer


def _times(terms: PromotionTerms, *, enabled: bool) -> tuple[datetime, datetime | None]:
    """One that is over is written as it was; what else shall not hold begins years ahead."""
    now = datetime.now(UTC)
    is_over = terms.ends_at is not None and terms.ends_at <= now
    if enabled or (is_over and terms.starts_at is not None):
        return terms.starts_at or now, terms.ends_at
    return (now + FAR).replace(microsecond=0), None


def _check(terms: PromotionTerms, kind: str) -> None:
    if terms.group_id:
        raise Permanent("Shopify has no customer groups, so a discount is for everybody.", code=NOT_HERE,
                        service=SERVICE, hint="Give the discount a code and tell it to whom it is for.")  # fmt: skip
    if len(terms.skus) > MOST_GOODS:
        raise Permanent(f"A discount for more than {MOST_GOODS} variants cannot be looked at again.", code="too_many",
                        service=SERVICE, hint="Make several promotions of it.")  # fmt: skip
    if kind == AUTOMATIC and terms.max_uses is not None:
        raise Permanent("Shopify limits the uses of discounts with a code only.", code=NOT_HERE, service=SERVICE,
                        hint="Give the promotion a code, or no limit.")  # fmt: skip


def _value(terms: PromotionTerms) -> dict[str, Any]:
    if terms.percent is not None:
        return {"percentage": float(terms.percent / 100)}
    if terms.amount is None:
        raise Permanent("The promotion gives nothing.", code="no_terms", service=SERVICE)
    return {"discountAmount": {"amount": str(terms.amount.amount), "appliesOnEachItem": bool(terms.skus)}}


def _id(node: Data) -> PromotionId:
    """The node's own id says of which kind it is."""
    kind = next((name for name, word in KINDS.items() if f"/{word}/" in str(node["id"])), AUTOMATIC)
    return PromotionId(f"{kind}:{number(str(node['id']))}")


def _gid(promotion_id: str) -> str:
    kind, _, key = promotion_id.partition(":")
    if kind not in KINDS:
        raise NotFound("Shopify does not have this discount.", service=SERVICE)
    return gid(KINDS[kind], key)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


__all__ = ["PromotionReading", "PromotionWriting", "promotion"]
