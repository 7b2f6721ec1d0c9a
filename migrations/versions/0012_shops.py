"""shops: who renews a store's token, what stores asked of us about people's data"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token_lease",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.Float(53), nullable=False),
    )
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_ids", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("ix_privacy_request_store", "privacy_request", ["store_id", "received_at"])


def downgrade() -> None:
    op.drop_table("privacy_request")
    op.drop_table("token_lease")
