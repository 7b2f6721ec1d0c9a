"""workspaces: how many open tasks of Content Server's own engine are known there"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None
TABLE = "workspace_link"
BATCH = 500


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("content_tasks", sa.Integer(), nullable=False, server_default="0"))
    _count_what_is_known()
    op.create_index("ix_workspace_link_waiting", TABLE, ["store_id", "content_tasks"])


def downgrade() -> None:
    op.drop_index("ix_workspace_link_waiting", TABLE)
    op.drop_column(TABLE, "content_tasks")


def _count_what_is_known() -> None:
    """In batches by id: there may be many workspaces, of which few have such a workflow."""
    table = sa.table(
        TABLE, sa.column("id", sa.String), sa.column("workflows", sa.JSON), sa.column("content_tasks", sa.Integer)
    )
    bind, last = op.get_bind(), ""
    while True:
        page = sa.select(table.c.id, table.c.workflows).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
        rows = bind.execute(page).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            if count := _open(row.workflows):
                bind.execute(sa.update(table).where(table.c.id == row.id).values(content_tasks=count))


def _open(workflows: Any) -> int:
    kept = json.loads(workflows) if isinstance(workflows, str) else workflows or []
    return sum(len(one.get("tasks") or ()) for one in kept if one.get("engine") == "content_server")
