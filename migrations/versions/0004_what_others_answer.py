"""how the other sides answer, workflows of a workspace, retention in words, people who were redacted"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circuit",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("upstream", sa.String(), primary_key=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_for", sa.Float(53), nullable=False),
        sa.Column("open_until", sa.Float(53), nullable=False),
        sa.Column("probe_until", sa.Float(53), nullable=False),
        sa.Column("saving_until", sa.Float(53), nullable=False),
    )
    op.create_table(
        "redacted_person",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("mark", sa.String(), primary_key=True),
        sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("filed_document", sa.Column("retention", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("workspace_link", sa.Column("workflows", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "workspace_link", sa.Column("workflows_unknown", sa.String(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("workspace_link", "workflows_unknown")
    op.drop_column("workspace_link", "workflows")
    op.drop_column("filed_document", "retention")
    op.drop_table("redacted_person")
    op.drop_table("circuit")
