"""Several reasons may hold one order: whoever is done first must not release what another still holds."""

from sqlalchemy import select
from sqlmodel import col

from app.db.runs import Run, StepRow
from app.db.session import reading
from app.domain.commerce import OrderStatus
from app.engine.runs import Context
from app.scenarios import BY_SLUG

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
