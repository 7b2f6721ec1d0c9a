"""Several reasons may hold one order: whoever is done first must not release what another still holds.

What we hold ourselves is no reason of the store's: it starts no second review.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from app.db.runs import Run, StepRow
from app.db.session import reading
from app.domain.commerce import MANUAL_VERIFICATION, Order, OrderStatus
from app.domain.ids import ObjectType, StoreId
from app.domain.scenario import Subject
from app.engine.deps import Deps
from app.engine.runs import Context
from app.scenarios import BY_SLUG

NEVER_WRITTEN = ("cancelled", "shadow")
OVER = ("done", "cancelled", "shadow")


def others_that_hold(context: Context) -> list[str]:
    """The titles of scenarios whose runs hold this order now, this run's own left out."""
    with reading(context.deps.database) as session:
        rows = session.execute(
            select(col(Run.scenario), StepRow)
            .join(StepRow, col(StepRow.run_id) == col(Run.id))
            .where(
                col(Run.store_id) == context.store_id, col(Run.subject_type) == context.subject_type.value,
                col(Run.subject_id) == context.subject_id, col(Run.id) != context.run_id,
                col(Run.state).not_in(OVER), col(StepRow.kind) == "set_order_status", col(StepRow.status) == "done",
            )
        ).all()  # fmt: skip
    held = [slug for slug, step in rows if step.params.get("status") == OrderStatus.UNDER_REVIEW.value]
    return [BY_SLUG[slug].title for slug in dict.fromkeys(held) if slug in BY_SLUG]


def without_our_own_hold(deps: Deps, store_id: StoreId, subject: Subject) -> Subject:
    """The order without the reason "manual verification required" where it was us who set that status last."""
    if not isinstance(subject, Order) or MANUAL_VERIFICATION not in subject.manual_check:
        return subject
    with reading(deps.database) as session:
        steps = session.execute(
            select(StepRow)
            .join(Run, col(StepRow.run_id) == col(Run.id))
            .where(
                col(Run.store_id) == store_id, col(Run.subject_type) == ObjectType.ORDER.value,
                col(Run.subject_id) == subject.id, col(Run.state).not_in(NEVER_WRITTEN),
                col(StepRow.kind) == "set_order_status", col(StepRow.started_at).is_not(None),
                col(StepRow.status) != "skipped",
            )
        ).scalars()  # fmt: skip
        moves = sorted(steps, key=lambda step: (step.ended_at is None, step.ended_at or step.started_at))
        is_ours = bool(moves) and moves[-1].params.get("status") == OrderStatus.UNDER_REVIEW.value
    if not is_ours:
        return subject
    return replace(subject, manual_check=tuple(one for one in subject.manual_check if one != MANUAL_VERIFICATION))
