"""history: dry runs and imports; a scenario is on, in shadow or off"""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history_job",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending", sa.JSON(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_history_job_store", "history_job", ["store_id", "started_at"])
    _rewrite(lambda values: {"mode": "on" if values.pop("enabled", True) else "off", **values})


def downgrade() -> None:
    _rewrite(lambda values: {"enabled": values.pop("mode", "on") != "off", **values})
    op.drop_table("history_job")


def _rewrite(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    table = sa.table(
        "scenario_preference", sa.column("store_id"), sa.column("scenario"), sa.column("values", sa.JSON())
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(table)).all():
        values = row.values if isinstance(row.values, dict) else json.loads(row.values)
        where = (table.c.store_id == row.store_id, table.c.scenario == row.scenario)
        connection.execute(sa.update(table).where(*where).values(values=change(dict(values))))
