"""publications of anything: what kind, to what, on which approval, from when until when; approvals kept as records"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("record_node_id", sa.Integer(), nullable=False),
        sa.Column("record_name", sa.String(), nullable=False),
        sa.Column("record_class", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("store_id", "object_type", "object_id", "node_id", "version", name="uq_approval_source"),
    )
    op.create_index("ix_approval_run_id", "approval", ["run_id"])
    with op.batch_alter_table("publication") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="content"))
        table.add_column(sa.Column("target", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("target_name", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("approval_id", sa.String(), nullable=True))
        table.add_column(sa.Column("is_whole", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_publication_target", ["store_id", "kind", "target"])
    op.execute("UPDATE publication SET target = object_id")
    for name in ("kind", "target", "target_name", "is_whole"):
        with op.batch_alter_table("publication") as table:
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("publication_field") as table:
        table.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("publication_field") as table:
        table.alter_column("note", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("publication_field") as table:
        table.drop_column("note")
    with op.batch_alter_table("publication") as table:
        table.drop_index("ix_publication_target")
        for name in ("valid_to", "valid_from", "is_whole", "approval_id", "target_name", "target", "kind"):
            table.drop_column(name)
    op.drop_index("ix_approval_run_id", table_name="approval")
    op.drop_table("approval")
