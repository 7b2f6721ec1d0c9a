"""Rules of what buyers get after a purchase: care and set-up, warranty, welcome."""

from datetime import datetime, timedelta

from app.db.types import utc_now
from app.domain.commerce import Order, OrderStatus, Product
from app.domain.ids import ProductId
from app.domain.trade import Company, CompanyState
from app.engine.drivers.material import VOID
from app.engine.drivers.papers import advice
from app.engine.drivers.reading import LOOK_BACK, number
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context
from app.errors import NotFound

MOST_PRODUCTS = 100
TAKEN_BACK = frozenset(
    {OrderStatus.CANCELLED, OrderStatus.DECLINED, OrderStatus.REFUNDED, OrderStatus.DISPUTED, OrderStatus.INCOMPLETE}
)


def care(context: Context) -> Something | Nothing:
    """Goods the buyer keeps and whose product says how to set them up or care for them."""
    found = _kept_goods(context)
    if isinstance(found, Nothing):
        return found
    told = [one for one in found if advice(one)]
    if not told:
        return Nothing("None of the products has a custom field named Care, Set-up or Instructions.")
    return _about(told, "say how to set them up or care for them")


def warranty(context: Context) -> Something | Nothing:
    """Goods the buyer keeps and whose product has a warranty."""
    found = _kept_goods(context)
    if isinstance(found, Nothing):
        return found
    covered = [one for one in found if one.warranty.strip()]
    if not covered:
        return Nothing("None of the products says anything about a warranty.")
    told = _about(covered, "have a warranty")
    return Something(told.why, {**told.facts, "warranty_number": f"W-{number(context)}"})


def first_order(context: Context) -> Something | Nothing:
    """The first purchase of a buyer with an account; a guest has nothing to sign in to."""
    order = context.subject
    if not isinstance(order, Order) or order.status in TAKEN_BACK:
        return Nothing("The order did not stay with the buyer.")
    if order.customer_id is None:
        return Nothing("The buyer has no account.")
    since = utc_now() - LOOK_BACK
    earlier = (
        one for one in context.store.read.orders_of(order.customer_id, since)
        if one.status not in VOID and _place(one) < _place(order)
    )  # fmt: skip
    if next(earlier, None) is not None:
        return Nothing("It is not the buyer's first order.")
    return Something("It is the buyer's first order.")


def _place(order: Order) -> tuple[datetime, int, str]:
    """Of two orders of the same second the one with the smaller number came first."""
    return order.placed_at, len(order.id), order.id


def new_company(context: Context) -> Something | Nothing:
    """A company that was approved and has registered lately: others know their way."""
    company, days = context.subject, int(getattr(context.preferences, "newest_days", 60))
    if not isinstance(company, Company) or company.state is not CompanyState.APPROVED:
        return Nothing("The company is not approved any more.")
    if company.since is not None and utc_now() - company.since > timedelta(days=days):
        return Nothing("The company has been a customer for longer.")
    return Something("The company was approved.")


def _kept_goods(context: Context) -> list[Product] | Nothing:
    """The order's products of the chosen kinds that were not given back; one that is gone is left out."""
    order = context.subject
    if not isinstance(order, Order) or order.status in TAKEN_BACK:
        return Nothing("The order did not stay with the buyer.")
    kept = [line.product_id for line in order.lines if line.product_id and line.quantity > line.refunded]
    wanted = _names(str(getattr(context.preferences, "only_for", "")))
    found = [one for each in dict.fromkeys(kept[:MOST_PRODUCTS]) if (one := _product(context, each))]
    chosen = [one for one in found if not wanted or wanted & one.kinds]
    return chosen or Nothing("None of the products is of a kind such letters are written about.")


def _product(context: Context, product_id: ProductId) -> Product | None:
    try:
        return context.store.read.product(product_id)
    except NotFound:
        return None


def _names(text: str) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in text.replace(";", ",").split(",") if one.strip())


def _about(products: list[Product], words: str) -> Something:
    names = ", ".join(one.name for one in products[:5])
    return Something(f"These products {words}: {names}.", {"product_ids": [str(one.id) for one in products]})
