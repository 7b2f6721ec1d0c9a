"""the set-up's draft: what was entered and tried so far, and the order of the first document"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setup_draft",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("first_order", sa.String(), nullable=False),
        sa.Column("first_state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("setup_draft")
