"""The rule of personal catalogues: which products, at whose prices."""

from datetime import timedelta

from app.db.types import utc_now
from app.domain.commerce import Customer
from app.domain.trade import AudienceKind
from app.engine.drivers.material import VOID
from app.engine.drivers.reading import orders_of_account
from app.engine.letters.verdict import Nothing, Something
from app.engine.runs import Context
from app.stores.port import Capability

MOST = 60  # products of one catalogue


def catalogue(context: Context) -> Something | Nothing:
    """The products chosen for everybody and those the buyer bought before, at the prices of the buyer's group."""
    customer = context.subject
    if not isinstance(customer, Customer):
        return Nothing("Catalogues are made for buyers with an account.")
    products = list(dict.fromkeys([*_chosen(context), *_bought(context, customer)]))[:MOST]
    if not products:
        return Nothing("No products are chosen for the catalogue, and the buyer has bought none yet.")
    until = utc_now() + timedelta(days=int(getattr(context.preferences, "valid_days", 60)))
    facts = {
        "product_ids": products, "price_list_id": _price_list(context, customer),
        "valid_to": until.date().isoformat(),
    }  # fmt: skip
    return Something(f"{len(products)} products.", facts)


def _chosen(context: Context) -> list[str]:
    text = str(getattr(context.preferences, "skus", ""))
    skus = [one.strip() for one in text.replace(";", ",").replace("\n", ",").split(",") if one.strip()]
    known = context.store.read.variants(skus) if skus else {}
    return [str(known[sku].product_id) for sku in skus if sku in known]


def _bought(context: Context, customer: Customer) -> list[str]:
    """The latest first."""
    if not getattr(context.preferences, "include_bought", True):
        return []
    orders = [one for one in orders_of_account(context, customer) if one.status.value not in VOID]
    orders.sort(key=lambda one: one.placed_at, reverse=True)
    return [str(line.product_id) for order in orders for line in order.lines if line.product_id]


def _price_list(context: Context, customer: Customer) -> str:
    """The price list of the buyer's group or company; "" where there is none: then the catalogue's prices count."""
    read, wanted = context.store.read, {(AudienceKind.GROUP, customer.group_id)} if customer.group_id else set()
    wanted |= {(AudienceKind.COMPANY, str(customer.company_id))} if customer.company_id else set()
    if not wanted or Capability.PRICE_LISTS not in read.capabilities:
        return ""
    for found in read.price_lists():
        if wanted & {(one.kind, one.id) for one in read.audiences_of(found.id)}:
            return str(found.id)
    return ""
