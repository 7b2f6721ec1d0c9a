"""what pages ask of long tables: the latest of a store, and what is open or failing"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN, FAILING = sa.text("ended_at IS NULL"), sa.text("error_code <> ''")
DRIFTED = sa.text("state = 'drifted'")


def upgrade() -> None:
    op.create_index("ix_inbox_latest", "inbox_event", ["store_id", "received_at"])
    op.create_index("ix_inbox_open", "inbox_event", ["store_id", "state"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_run_latest", "run", ["store_id", "started_at"])
    op.create_index(
        "ix_step_failing", "step", ["store_id", "error_code"], sqlite_where=FAILING, postgresql_where=FAILING
    )
    op.create_index(
        "ix_field_drifted", "publication_field", ["store_id"], sqlite_where=DRIFTED, postgresql_where=DRIFTED
    )


def downgrade() -> None:
    op.drop_index("ix_field_drifted", table_name="publication_field")
    op.drop_index("ix_step_failing", table_name="step")
    op.drop_index("ix_run_latest", table_name="run")
    op.drop_index("ix_inbox_open", table_name="inbox_event")
    op.drop_index("ix_inbox_latest", table_name="inbox_event")
