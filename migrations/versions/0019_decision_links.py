"""decision links: one task asked of one person by mail"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_link",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("maker_id", sa.String(), sa.ForeignKey("store_user.id"), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("task_ref", sa.String(), nullable=False),
        sa.Column("holder_sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.UniqueConstraint("token_sha256"),
    )
    op.create_index("ix_decision_link_store_id", "decision_link", ["store_id"])


def downgrade() -> None:
    op.drop_table("decision_link")
