"""Steps about quotes: a price somebody wants approved becomes a case; what was decided becomes the quote's prices."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import sha256

from app.domain.aftersale import Quote, QuoteId, QuoteState
from app.domain.cases import Case, CaseItem, CaseKind
from app.domain.commerce import Customer, Money
from app.domain.events import Source
from app.domain.steps import OpenPriceRequest, PriceQuote
from app.engine import cases
from app.engine.agreements.audience import without
from app.engine.cases import NewCase
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import NotFound, Permanent
from app.stores.port import Capability

OURSELVES = "Storefront ECM"
CENT = Decimal("0.01")
PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%")
ASKED, LINES = "discount_percent", "_quote_lines"


def open_price_request(context: Context, _step: OpenPriceRequest) -> Result:
    """The store's word is read again: a delivery says only that something changed."""
    if Capability.QUOTES not in context.store.read.capabilities:
        raise without(context.store, Capability.QUOTES, "The app may not see the quotes of this store.")
    try:
        quote = context.store.read.quote(QuoteId(str(context.facts.get("quote_id", ""))))
    except NotFound:
        return Skipped("The quote is gone.")
    tag = str(getattr(context.preferences, "tag", "")).casefold()
    if quote.state is QuoteState.ORDERED or tag not in {one.casefold() for one in quote.tags}:
        return Skipped(f"{quote.name} asks for no special price.")
    cause = f"quote:{quote.id}"
    known = cases.find(context.deps, context.store_id, cause)
    if known is not None:
        return Skipped(f"{known.name} is about {quote.name} already.")
    customer = context.subject if isinstance(context.subject, Customer) else None
    opened = cases.open_case(
        context.deps, context.store_id,
        NewCase(
            CaseKind.PRICE_REQUEST, cause, OURSELVES, text=_words(quote), external_id=str(quote.id),
            customer_id=quote.customer_id, customer_name=customer.name if customer else "",
            company_id=quote.company_id, amount=quote.total,
            items=tuple(CaseItem(one.sku, one.name, one.quantity, one.id) for one in quote.lines),
            values={"quote": quote.name, ASKED: str(_asked(quote)), LINES: _lines(quote),
                    "sku_list_ref": ", ".join(one.sku or one.name for one in quote.lines)[:500]},
        ),
        Source.STORE,
    )  # fmt: skip
    return Done(f"{opened.name} was opened for {quote.name}.", {"case": opened.id, "case_number": opened.number})


def _words(quote: Quote) -> str:
    lines = "; ".join(f"{one.quantity} x {one.sku or one.name} at {one.price}" for one in quote.lines[:20])
    return f"{quote.name}: {lines}. {quote.note}".strip()


def _asked(quote: Quote) -> Decimal:
    found = PERCENT.search(quote.note)
    return Decimal(found[1].replace(",", ".")) if found else Decimal(0)


def _lines(quote: Quote) -> str:
    """A digest of what is offered at which price: another one is another quote. A line's id may change at any write."""
    told = [(one.name, one.sku, one.quantity, str(one.price), str(one.agreed or "")) for one in quote.lines]
    return sha256(repr(told).encode()).hexdigest()[:16]


def price_quote(context: Context, _step: PriceQuote) -> Result:
    """Absolute prices, so a repetition changes nothing; sent once."""
    case = context.subject
    if not isinstance(case, Case) or not case.external_id:
        raise Permanent("This case is about no quote.", code="no_quote")
    percent, publish = _decided(context, case), context.store.publish
    quote = context.store.read.quote(QuoteId(case.external_id))
    is_done = not _off(quote, percent)
    if quote.state is QuoteState.ORDERED and not is_done:
        return _left(context, case, f"{quote.name} has become an order; its prices hold.")
    if not is_done and _lines(quote) != case.values.get(LINES):
        return _left(context, case, f"Somebody changed {quote.name} since; it was left as it is.")
    if not is_done:
        context.effects.still_mine()
        quote = publish.price_quote(quote.id, {one.id: _less(one.price, percent) for one in quote.lines})
        if off := _off(quote, percent):
            raise Permanent(
                f"{quote.name} shows another price for {', '.join(off[:5])} than was approved.", code="not_taken",
                hint="Look at the quote in the store, then try again.",
            )  # fmt: skip
    context.effects.still_mine()
    publish.send_quote(quote.id)
    words = f"{quote.name} has the approved prices, {percent.normalize():f} % less, and was sent to the buyer."
    _say(context, case, "priced", words)
    return Done(words, {"quote_total": str(quote.total)})


def _off(quote: Quote, percent: Decimal) -> list[str]:
    """The lines that do not have the decided price."""
    return [one.sku or one.name for one in quote.lines if one.agreed != _less(one.price, percent)]


def _decided(context: Context, case: Case) -> Decimal:
    """Another discount than was asked for comes with the decision."""
    values = dict((context.facts.get("decision") or {}).get("values") or {})
    said = str(values.get("approved_percent") or case.values.get(ASKED) or "0")
    try:
        percent = Decimal(said.replace(",", "."))
    except InvalidOperation:
        percent = Decimal(0)
    if not percent.is_finite() or not 0 < percent < 100:
        raise Permanent(
            f"“{said[:20]}” is no discount, so no price was written.", code="no_discount",
            hint="Write the discount asked for into the quote's note (“10 %”), or decide for another discount.",
        )  # fmt: skip
    return percent


def _less(price: Money, percent: Decimal) -> Money:
    return Money((price.amount * (100 - percent) / 100).quantize(CENT, ROUND_HALF_UP), price.currency)


def _left(context: Context, case: Case, words: str) -> Result:
    _say(context, case, "left", words)
    return Skipped(words)


def _say(context: Context, case: Case, what: str, words: str) -> None:
    cases.add(context.deps, context.store_id, case.id, f"{what}:{context.run_id}", OURSELVES, words)
