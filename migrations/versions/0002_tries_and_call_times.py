"""failed tries at doors, call times of all processes"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failed_tries",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_failed_tries_until", "failed_tries", ["until"])
    op.create_table(
        "upstream_calls",
        sa.Column("upstream", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(precision=53), nullable=False),
        sa.Column("buckets", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("upstream", "outcome"),
    )


def downgrade() -> None:
    op.drop_table("upstream_calls")
    op.drop_index("ix_failed_tries_until", table_name="failed_tries")
    op.drop_table("failed_tries")
