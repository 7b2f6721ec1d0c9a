"""Promotions and their coupon codes. BigCommerce sends no event for them: whoever wants to know must look.

Source: BigCommerce API reference, Promotions V3.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.domain.commerce import Money
from app.domain.ids import PromotionId
from app.domain.trade import Promotion, PromotionTerms
from app.errors import Permanent
from app.stores.bigcommerce import payloads, trade_payloads
from app.stores.bigcommerce.client import SERVICE, BigCommerceClient, number, parse
from app.stores.bigcommerce.mapping import fingerprint
from app.stores.bigcommerce.paging import PAGE, v3_pages
from app.stores.bigcommerce.prices import PriceReading

COUPON, AUTOMATIC = "COUPON", "AUTOMATIC"
NOISE = frozenset({"current_uses"})  # grows with every sale
CODE_SECONDS = 3600.0


class PromotionReading(PriceReading):
    """The promotions' part of StoreReader."""

    _client: BigCommerceClient

    def promotions(self) -> Iterator[Promotion]:
        found = list(v3_pages(self._client, "v3/promotions", dict[str, Any], {"limit": PAGE}))
        skus = self._skus_of(found)
        for entry in found:
            yield self._promotion(entry, skus)

    def promotion(self, promotion_id: PromotionId) -> Promotion:
        entry = self._raw_promotion(promotion_id)
        return self._promotion(entry, self._skus_of([entry]))

    def _raw_promotion(self, promotion_id: PromotionId) -> dict[str, Any]:
        return parse(self._client.get(f"v3/promotions/{number(promotion_id)}"), payloads.Data[dict[str, Any]]).data

    def _promotion(self, entry: dict[str, Any], skus: dict[str, str]) -> Promotion:
        found = trade_payloads.Promotion.model_validate(entry)
        quiet = {name: value for name, value in entry.items() if name not in NOISE}
        code = self._code(found)
        return Promotion(
            id=PromotionId(str(found.id)),
            terms=terms(found, skus, code),
            is_enabled=found.status == "ENABLED",
            version=fingerprint((quiet, code)),
            snapshot=json.dumps(entry | ({"code": code} if code else {}), ensure_ascii=False, sort_keys=True, indent=1),
        )

    def _code(self, found: trade_payloads.Promotion) -> str:
        """The one code of a coupon; of a bulk of codes none stands for the others."""
        if found.redemption_type != COUPON or found.coupon_type == "BULK":
            return ""
        codes = self._client.kept.get(("code", found.id), lambda: self._codes(found.id), seconds=CODE_SECONDS)
        return codes[0].code if codes else ""

    def _codes(self, promotion_id: int) -> list[trade_payloads.Code]:
        return list(v3_pages(self._client, f"v3/promotions/{promotion_id}/codes", trade_payloads.Code, {"limit": 50}))

    def _skus_of(self, entries: list[dict[str, Any]]) -> dict[str, str]:
        """`products:77` and `variants:381` to SKU, for what the promotions name."""
        named = {key for entry in entries for rule in entry.get("rules", []) for key in _named(rule) or ()}
        products = sorted({int(key.partition(":")[2]) for key in named if key.startswith("products:")})
        variants = sorted({int(key.partition(":")[2]) for key in named if key.startswith("variants:")})
        found: dict[str, str] = {}
        for start in range(0, len(products), 100):
            part = ",".join(map(str, products[start : start + 100]))
            found |= {f"products:{entry.id}": entry.sku for entry in self._products({"id:in": part})}
        for variant_id in variants:
            found[f"variants:{variant_id}"] = self._sku(variant_id)
        return found

    def _sku(self, variant_id: int) -> str:
        def read() -> str:
            found = v3_pages(self._client, "v3/catalog/variants", payloads.Variant, {"id": variant_id})
            return next((entry.sku for entry in found if entry.id == variant_id), "")

        return self._client.kept.get(("sku", variant_id), read, seconds=CODE_SECONDS)


class PromotionWriting(PromotionReading):
    """The promotions' part of StorePublisher."""

    _client: BigCommerceClient

    def save_promotion(self, promotion_id: PromotionId | None, terms: PromotionTerms, *, enabled: bool) -> PromotionId:
        """A coupon's promotion is switched on last, when its code is there."""
        body = self._body(terms)
        known = self._known(promotion_id, terms.name)
        kind = COUPON if terms.code else AUTOMATIC
        if known is not None and known.redemption_type != kind:
            raise Permanent(
                "A promotion with a coupon code cannot become one that applies by itself, nor the other way round.",
                code="other_kind",
                hint="Give the new promotion another name, or delete the old one in BigCommerce.",
                service=SERVICE,
            )
        status = "ENABLED" if enabled else "DISABLED"
        first = "DISABLED" if kind == COUPON else status
        if known is None:
            more = {"redemption_type": kind, "status": first} | ({"coupon_type": "SINGLE"} if kind == COUPON else {})
            response = self._client.post("v3/promotions", body | more)
            known = parse(response, payloads.Data[trade_payloads.Promotion]).data
        else:
            self._client.put(f"v3/promotions/{known.id}", body | {"end_date": body.get("end_date"), "status": first})
        if kind == COUPON:
            self._set_code(known.id, terms.code)
            if first != status:
                self._client.put(f"v3/promotions/{known.id}", {"status": status})
        return PromotionId(str(known.id))

    def set_promotion_enabled(self, promotion_id: PromotionId, enabled: bool) -> None:
        self._client.put(f"v3/promotions/{number(promotion_id)}", {"status": "ENABLED" if enabled else "DISABLED"})

    def _known(self, promotion_id: PromotionId | None, name: str) -> trade_payloads.Promotion | None:
        if promotion_id is not None:
            return trade_payloads.Promotion.model_validate(self._raw_promotion(promotion_id))
        found = v3_pages(self._client, "v3/promotions", trade_payloads.Promotion, {"name": name})
        return next((entry for entry in found if entry.name == name), None)

    def _set_code(self, promotion_id: int, code: str) -> None:
        """A single coupon has one code: another one goes first."""
        present = self._codes(promotion_id)
        for entry in present:
            if entry.code != code:
                self._client.delete(f"v3/promotions/{promotion_id}/codes/{entry.id}")
        if code not in [entry.code for entry in present]:
            self._client.post(f"v3/promotions/{promotion_id}/codes", {"code": code})
        self._client.kept.forget(("code", promotion_id))

    def _body(self, terms: PromotionTerms) -> dict[str, Any]:
        body: dict[str, Any] = {
            "name": terms.name,
            "rules": [self._rule(terms)],
            "customer": {"group_ids": [int(number(terms.group_id))] if terms.group_id else []},
            "currency_code": terms.amount.currency if terms.amount else self._currency(),
            "max_uses": terms.max_uses,
        }
        times = {"start_date": terms.starts_at, "end_date": terms.ends_at}
        return body | {name: at.isoformat(timespec="seconds") for name, at in times.items() if at}

    def _rule(self, terms: PromotionTerms) -> dict[str, Any]:
        if terms.percent is not None:
            discount = {"percentage_amount": _plain(terms.percent)}
        elif terms.amount is not None:
            discount = {"fixed_amount": _plain(terms.amount.amount)}
        else:
            raise Permanent("A promotion gives a percentage or an amount.", code="no_discount", service=SERVICE)
        if not terms.skus:
            return {"action": {"cart_value": {"discount": discount}}, "apply_once": True}
        return {
            "action": {"cart_items": {"discount": discount, "items": self._matcher(terms.skus)}},
            "apply_once": True,
        }

    def _matcher(self, skus: tuple[str, ...]) -> dict[str, Any]:
        """A product that is its only variant is named as a product, every other variant by its own id."""
        known = self.variants(skus)
        missing = [sku for sku in skus if sku not in known]
        if missing:
            raise Permanent(
                f"The store has no product with the SKU {', '.join(missing[:5])}.", code="unknown_sku", service=SERVICE
            )
        bases = self._bases({known[sku].product_id for sku in skus})
        products = sorted({int(known[sku].product_id) for sku in skus if known[sku].id in bases})
        variants = sorted({int(known[sku].id) for sku in skus if known[sku].id not in bases})
        parts = [{name: ids} for name, ids in (("products", products), ("variants", variants)) if ids]
        return parts[0] if len(parts) == 1 else {"or": parts}

    def _bases(self, product_ids: set[Any]) -> set[str]:
        found = self._products({"id:in": ",".join(sorted(product_ids))})
        return {str(entry.base_variant_id) for entry in found if entry.base_variant_id}


def terms(found: trade_payloads.Promotion, skus: dict[str, str], code: str = "") -> PromotionTerms:
    """What the promotion gives. Where BigCommerce's rules say more than our terms can, neither percentage nor amount
    is set: its snapshot alone tells.
    """
    percent, amount, named = _discount(found)
    groups = found.customer.group_ids or ()
    listed = tuple(skus.get(key, "") for key in named)
    said = percent is not None or amount is not None
    is_ours = said and len(groups) <= 1 and not found.customer.excluded_group_ids and all(listed)
    is_ours = is_ours and not found.customer.minimum_order_count and not found.customer.segments
    return PromotionTerms(
        name=found.name,
        percent=percent if is_ours else None,
        amount=Money(amount, found.currency_code) if is_ours and amount is not None else None,
        skus=listed if is_ours else (),
        code=code,
        group_id=str(groups[0]) if len(groups) == 1 else "",
        starts_at=found.start_date,
        ends_at=found.end_date,
        max_uses=found.max_uses,
    )


def _discount(found: trade_payloads.Promotion) -> tuple[Decimal | None, Decimal | None, list[str]]:
    """(percentage, amount, what it is for) of the only rule, when it is one of those we write."""
    if len(found.rules) != 1 or found.rules[0].get("condition") or (named := _named(found.rules[0])) is None:
        return None, None, []
    action = found.rules[0]["action"]
    discount = (action.get("cart_value") or action.get("cart_items"))["discount"]
    percent, amount = discount.get("percentage_amount"), discount.get("fixed_amount")
    return (Decimal(percent) if percent else None), (Decimal(amount) if amount else None), named


def _named(rule: dict[str, Any]) -> list[str] | None:
    """`products:77`, `variants:381`: what a rule we could have written is for. None: a rule of another kind."""
    action = rule.get("action") or {}
    if set(action) == {"cart_value"} and set(action["cart_value"]) == {"discount"}:
        return []
    if set(action) != {"cart_items"} or set(action["cart_items"]) - {"as_total"} != {"discount", "items"}:
        return None
    if action["cart_items"].get("as_total"):
        return None
    items = action["cart_items"]["items"]
    parts = items["or"] if isinstance(items, dict) and set(items) == {"or"} else [items]
    if not all(isinstance(part, dict) and len(part) == 1 and set(part) <= {"products", "variants"} for part in parts):
        return None
    return [f"{name}:{value}" for part in parts for name, values in part.items() for value in values]


def _plain(amount: Decimal) -> str:
    """Amounts of a rule are texts without an exponent."""
    return f"{amount.normalize():f}"


__all__ = ["PromotionReading", "PromotionWriting"]
