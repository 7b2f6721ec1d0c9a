"""Products off sale: each reason of ours is a row; what was there before comes back when the last one is lifted.

A person's change is never overwritten: where the product does not stand as we left it when a reason is lifted, it stays
as it is and the row says so. Lanes keep one of these at work per product only where the run is about the product; the
rows make several runs about one product agree.
"""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.sale_holds import SaleHold
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.commerce import Product, SaleState
from app.domain.ids import ProductId, StoreId
from app.engine.deps import Deps
from app.errors import Permanent

CHANGED_BY_A_PERSON = "A person changed it meanwhile, so it was left as it is."


def held(session: Session, store_id: StoreId, product_id: str) -> list[SaleHold]:
    """The reasons of ours that hold a product now, the oldest first."""
    statement = select(SaleHold).where(
        col(SaleHold.store_id) == store_id, col(SaleHold.product_id) == product_id, col(SaleHold.state) == "on"
    )
    return sorted(session.execute(statement).scalars(), key=lambda row: row.since)


def state_of(product: Product) -> SaleState:
    return product.sale or SaleState(product.is_visible, True)


def take_off(deps: Deps, store_id: StoreId, product_id: ProductId, reason: str, run_id: str, message: str = "") -> bool:
    """Hide it and stop its sale for this reason; read back. False: this reason held it already, and it still does.

    Raises Permanent (`visibility_not_taken`) where the store shows something else afterwards.
    """
    store = deps.store(store_id)
    now = state_of(store.read.product(product_id))
    wanted = SaleState(is_visible=False, is_purchasable=False, message=message[:255])
    is_new = _note(deps, store_id, product_id, reason, run_id, now, wanted)
    if _same(now, wanted):
        return is_new
    store.publish.set_sale_state(product_id, wanted)
    _check(deps, store_id, product_id, wanted)
    return True


def _note(
    deps: Deps, store_id: StoreId, product_id: str, reason: str, run_id: str, now: SaleState, wanted: SaleState
) -> bool:
    """Write down why, and how it stood before our first reason, before anything is written."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        others = held(session, store_id, product_id)
        if any(row.reason == reason for row in others):
            return False
        row = session.execute(
            select(SaleHold).where(
                col(SaleHold.store_id) == store_id, col(SaleHold.product_id) == product_id,
                col(SaleHold.reason) == reason,
            )
        ).scalar_one_or_none()  # fmt: skip
        row = row or SaleHold(store_id=store_id, product_id=product_id, reason=reason, run_id=run_id)
        row.run_id, row.state, row.note, row.since, row.lifted_at = run_id, "on", "", utc_now(), None
        row.before = dict(others[0].before) if others else asdict(now)
        row.written = asdict(wanted)
        session.add(row)
        return True


def give_back(deps: Deps, store_id: StoreId, product_id: ProductId, reason: str) -> str:
    """Lift this reason; the words say what became of the product. Nothing happens where it does not hold."""
    with reading(deps.database) as session:
        rows = held(session, store_id, product_id)
    mine = next((row for row in rows if row.reason == reason), None)
    if mine is None:
        return "It was not held for this reason."
    if len(rows) > 1:
        _lift(deps, mine, "")
        return "It stays off sale for another reason."
    store = deps.store(store_id)
    before, written = SaleState(**mine.before), SaleState(**mine.written)
    now = state_of(store.read.product(product_id))
    if _same(now, before):
        _lift(deps, mine, "")
        return "It is on sale as before."
    if not _same(now, written):
        _lift(deps, mine, CHANGED_BY_A_PERSON)
        return CHANGED_BY_A_PERSON
    store.publish.set_sale_state(product_id, before)
    _check(deps, store_id, product_id, before)
    _lift(deps, mine, "")
    return "It is shown and sold as before." if before.is_visible else "It is as it was before: not visible."


def give_all_back(deps: Deps, store_id: StoreId, product_id: ProductId) -> str:
    """Lift every reason of ours, the newest first; the last one's words tell what became of the product."""
    with reading(deps.database) as session:
        reasons = [row.reason for row in held(session, store_id, product_id)]
    words = "Nothing of ours holds it."
    for reason in reversed(reasons):
        words = give_back(deps, store_id, product_id, reason)
    return words


def _lift(deps: Deps, row: SaleHold, note: str) -> None:
    with unit_of_work(deps.database) as uow:
        kept = uow.session.get_one(SaleHold, row.id)
        kept.state, kept.note, kept.lifted_at = "lifted", note, utc_now()


def _check(deps: Deps, store_id: StoreId, product_id: ProductId, wanted: SaleState) -> None:
    after = state_of(deps.store(store_id).read.product(product_id))
    if not _same(after, wanted):
        raise Permanent(
            "The store did not take over whether the product is shown and sold.", code="visibility_not_taken",
            hint="Look at the product in the store, then try again.",
        )  # fmt: skip


def _same(a: SaleState, b: SaleState) -> bool:
    """As a buyer sees it: hidden is hidden, whatever the message; the message counts where it is shown."""
    if a.is_visible != b.is_visible or a.is_purchasable != b.is_purchasable:
        return False
    return a.is_purchasable or not a.is_visible or a.message.strip() == b.message.strip()


def products_with(deps: Deps, store_id: StoreId, reason: str) -> Sequence[str]:
    """The products this reason holds now."""
    with reading(deps.database) as session:
        statement = select(col(SaleHold.product_id)).where(
            col(SaleHold.store_id) == store_id, col(SaleHold.reason) == reason, col(SaleHold.state) == "on"
        )
        return list(session.execute(statement).scalars())
