"""communications: where a store's Exstream is, what was composed, filed and delivered, what jobs reported"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("opentext_connection", sa.Column("exstream", sa.JSON(), nullable=True))
    op.add_column(
        "shared_document", sa.Column("delivery_key", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("shared_document", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shared_document", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_shared_document_delivery_key", "shared_document", ["delivery_key"])
    op.create_table(
        "communication",
        sa.Column("job_key", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("compositions", sa.Integer(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("communication_id", sa.String(), nullable=False),
        sa.Column("driver_sha256", sa.String(), nullable=False),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("outputs", sa.JSON(), nullable=False),
        sa.Column("contents", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("run_id", "document"),
    )
    op.create_index("ix_communication_object", "communication", ["store_id", "object_type", "object_id"])
    op.create_table(
        "communication_delivery",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("job_key", sa.String(), sa.ForeignKey("communication.job_key"), nullable=False),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_job", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("may_repeat", sa.Boolean(), nullable=False),
        sa.Column("is_marketing", sa.Boolean(), nullable=False),
        sa.Column("address_mark", sa.String(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_communication_delivery_job_key", "communication_delivery", ["job_key"])
    op.create_index("ix_communication_delivery_run_id", "communication_delivery", ["run_id"])
    op.create_index("ix_delivery_provider_job", "communication_delivery", ["store_id", "provider_job"])
    op.create_index("ix_delivery_address", "communication_delivery", ["store_id", "address_mark"])
    op.create_table(
        "communication_news",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("part_key", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("store_id", "part_key", "event"),
    )


def downgrade() -> None:
    op.drop_table("communication_news")
    op.drop_table("communication_delivery")
    op.drop_table("communication")
    op.drop_index("ix_shared_document_delivery_key", table_name="shared_document")
    for name in ("opened_at", "expires_at", "delivery_key"):
        op.drop_column("shared_document", name)
    op.drop_column("opentext_connection", "exstream")
