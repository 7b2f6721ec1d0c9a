"""An agreement's rows against the catalogue: what each would write, or why it is refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from app.domain.trade import Price, PriceTier, Variant
from app.engine.agreements.parsing import AgreedRow, Agreement
from app.engine.publications.kind import PlannedField
from app.engine.publications.values import Value

PREFIX = "price:"  # "price:<SKU>:<currency>" is the field of one record of a price list
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Rules:
    """What a row must keep to. `least_margin` in percent of the price, None: not looked at; `currencies` allowed."""

    currencies: frozenset[str]
    catalogue_currency: str
    least_margin: Decimal | None = Decimal(0)


def field_name(sku: str, currency: str) -> str:
    return f"{PREFIX}{sku}:{currency}"


def price_value(price: Price | None, lines: tuple[int, ...] = ()) -> Value:
    """A record as a publication keeps it; `lines` are the rows of the file it stands in."""
    if price is None:
        return {}
    tiers = [[tier.quantity_from, str(tier.price)] for tier in price.tiers]
    found = {"variant_id": price.variant_id, "sku": price.sku, "currency": price.currency, "price": str(price.price),
             "tiers": tiers}  # fmt: skip
    return {"price": found | ({"lines": list(lines)} if lines else {})}


def price_of(value: Value) -> Price:
    """The record a value stands for."""
    found = value["price"]
    tiers = tuple(PriceTier(int(quantity), Decimal(amount)) for quantity, amount in found["tiers"])
    return Price(found["variant_id"], found["sku"], found["currency"], Decimal(found["price"]), tiers)


def records(
    agreement: Agreement, variants: Mapping[str, Variant], rules: Rules
) -> tuple[list[tuple[Price, tuple[int, ...]]], list[PlannedField]]:
    """The records to write, each with its rows, and a refused field for every row that is not."""
    by_sku = {sku.casefold(): variant for sku, variant in variants.items()}
    good: list[tuple[Price, tuple[int, ...]]] = []
    refused = [_refused(one.number, one.sku, one.currency, one.reason) for one in agreement.refused]
    for _key, group in groupby(sorted(agreement.rows, key=lambda row: row.key), key=lambda row: row.key):
        rows = sorted(group, key=lambda row: row.from_quantity)
        price, problems = _record(rows, by_sku.get(rows[0].sku.casefold()), rules)
        if price is not None:
            good.append((price, tuple(row.number for row in rows)))
        else:
            refused += [_refused(row.number, row.sku, row.currency, problems[row.number]) for row in rows]
    return sorted(good, key=lambda one: one[1]), refused


def _refused(number: int, sku: str, currency: str, reason: str) -> PlannedField:
    title = f"{sku} {currency}".strip() or "no SKU"
    return PlannedField(f"row:{number}", title, {}, {"row": {"lines": [number]}}, reason)


def _record(rows: list[AgreedRow], variant: Variant | None, rules: Rules) -> tuple[Price | None, dict[int, str]]:
    """One record from the rows of one SKU and currency; all of them stand or fall together."""
    problems = {row.number: reason for row in rows if (reason := _problem(row, variant, rules))}
    if problems or variant is None:
        others = f"Row {min(problems)} of the same SKU is refused."
        return None, {row.number: problems.get(row.number, others) for row in rows}
    first, tiers = rows[0], rows
    if first.from_quantity > 1 and first.currency != variant.price.currency:
        reason = "There is no price from quantity 1, and the catalogue has none in this currency."
        return None, {row.number: reason for row in rows}
    base = variant.price.amount if first.from_quantity > 1 else _unit(first, variant)
    tiers = rows if first.from_quantity > 1 else rows[1:]
    listed = tuple(PriceTier(row.from_quantity, _unit(row, variant)) for row in tiers)
    return Price(variant.id, variant.sku, first.currency, base, listed), {}


def _problem(row: AgreedRow, variant: Variant | None, rules: Rules) -> str:
    if variant is None:
        return "The catalogue has no such SKU."
    if row.currency not in rules.currencies:
        return f"Prices in {row.currency} are not published here; allowed: {', '.join(sorted(rules.currencies))}."
    if row.discount is not None and row.currency != variant.price.currency:
        return f"A discount needs a catalogue price in {row.currency}, and there is none."
    return _margin_problem(_unit(row, variant), row.currency, variant, rules)


def _margin_problem(price: Decimal, currency: str, variant: Variant, rules: Rules) -> str:
    if rules.least_margin is None or variant.cost is None or variant.cost.currency != currency:
        return ""
    if price < variant.cost.amount:
        return f"The price {price} is below the cost {variant.cost}."
    margin = (price - variant.cost.amount) * 100 / price
    if margin < rules.least_margin:
        return f"The margin {margin:.1f} % is below {rules.least_margin.normalize():f} %."
    return ""


def _unit(row: AgreedRow, variant: Variant) -> Decimal:
    """The unit price; a discount is taken off the catalogue's price and rounded to the cent, half up."""
    if row.price is not None:
        return row.price
    assert row.discount is not None  # noqa: S101  # a row has one of the two
    return (variant.price.amount * (100 - row.discount) / 100).quantize(CENT, ROUND_HALF_UP)
