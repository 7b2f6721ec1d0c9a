"""Whom a recall concerns and what became of each: the rows behind its counts."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.db.recalls import RecallOrder, RecallSearch
from app.db.types import utc_now
from app.domain.commerce import Order
from app.domain.ids import StoreId

OPEN = ("found", "told")
REMEDIES = {
    "refund": "refunded", "replacement": "replaced", "repair": "repaired", "disposed": "disposed of",
    "not_affected": "not affected after all", "no_answer": "no answer",
}  # fmt: skip


def search_of(
    session: Session, store_id: StoreId, case_id: str, skus: Sequence[str], since: datetime, until: datetime
) -> RecallSearch:
    """Where the search stands; begun with the first call. Further SKUs begin it anew, what was found stays."""
    row = session.get(RecallSearch, (store_id, case_id))
    wanted = sorted(set(skus))
    if row is None or row.skus != wanted:
        row = row or RecallSearch(store_id=store_id, case_id=case_id, since=since, until=until, reached=since)
        row.skus, row.since, row.until, row.reached, row.is_done = wanted, since, until, since, False
        session.add(row)
        session.flush()
    return row


def note_found(session: Session, store_id: StoreId, case_id: str, orders: Sequence[Order], skus: frozenset[str]) -> int:
    """Write affected orders down, each once; returns how many are new."""
    new = 0
    for order in orders:
        if session.get(RecallOrder, (store_id, case_id, order.id)) is not None:
            continue
        items = [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity} for line in order.lines if line.sku in skus
        ]
        session.add(
            RecallOrder(store_id=store_id, case_id=case_id, order_id=order.id, order_number=order.number,
                        customer_id=order.customer_id or "", placed_at=order.placed_at, items=items)
        )  # fmt: skip
        new += 1
    session.flush()
    return new


def one(session: Session, store_id: StoreId, case_id: str, order_id: str) -> RecallOrder | None:
    return session.get(RecallOrder, (store_id, case_id, order_id))


def open_ones(session: Session, store_id: StoreId, case_id: str, state: str) -> list[RecallOrder]:
    statement = (
        select(RecallOrder)
        .where(
            col(RecallOrder.store_id) == store_id, col(RecallOrder.case_id) == case_id, col(RecallOrder.state) == state
        )
        .order_by(col(RecallOrder.placed_at))
    )
    return list(session.execute(statement).scalars())


def note(row: RecallOrder, state: str, by: str, remedy: str = "") -> None:
    """A later word counts; "told" never takes a remedy back."""
    if state == "told" and row.state != "found":
        row.told_at = row.told_at or utc_now()
        return
    row.state, row.remedy, row.changed_at, row.changed_by = state, remedy or row.remedy, utc_now(), by
    if state == "told":
        row.told_at = utc_now()


def counts(session: Session, store_id: StoreId, case_id: str) -> Counter[str]:
    """How many affected orders are in which state; "all" and "customers" beside."""
    where = (col(RecallOrder.store_id) == store_id, col(RecallOrder.case_id) == case_id)
    rows = session.execute(
        select(col(RecallOrder.state), func.count()).where(*where).group_by(col(RecallOrder.state))
    ).all()
    found: Counter[str] = Counter({state: int(count) for state, count in rows})
    buyers = session.execute(
        select(func.count(func.distinct(col(RecallOrder.customer_id)))).where(
            *where, col(RecallOrder.customer_id) != ""
        )
    ).scalar_one()
    found["all"], found["customers"] = sum(found.values()), int(buyers)
    return found


def in_words(found: Counter[str]) -> str:
    """ "412 orders: 388 told, 17 remedied, 7 without an answer, 24 still to be told." """
    parts = [
        f"{found['told'] + found['remedied'] + found['no_answer']} told", f"{found['remedied']} remedied",
        f"{found['no_answer']} without an answer",
    ]  # fmt: skip
    if found["found"]:
        parts.append(f"{found['found']} still to be told")
    return f"{found['all']} orders: {', '.join(parts)}."


def window(opened_at: datetime, days: int) -> tuple[datetime, datetime]:
    """From when to when orders are looked through: up to a day after the case was opened."""
    return opened_at - timedelta(days=days), opened_at + timedelta(days=1)
