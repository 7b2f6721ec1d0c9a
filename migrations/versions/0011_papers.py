"""papers: what buyers are asked for and send, policies in force, sale holds, recalls, shelves"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload_request",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=True),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("object_name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("holder_sha256", sa.String(), nullable=False),
    )
    op.create_index("ix_upload_request_object", "upload_request", ["store_id", "object_type", "object_id"])
    op.create_table(
        "upload_file",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("request_id", sa.String(), sa.ForeignKey("upload_request.id"), nullable=False),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filed_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("node_id", sa.Integer(), nullable=True),
    )
    op.create_index(
        "ix_upload_file_kept",
        "upload_file",
        ["received_at"],
        sqlite_where=sa.text("state = 'kept'"),
        postgresql_where=sa.text("state = 'kept'"),
    )
    op.create_index("ix_upload_file_request_id", "upload_file", ["request_id"])
    op.create_table(
        "upload_content",
        sa.Column("file_id", sa.String(), sa.ForeignKey("upload_file.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "policy_version",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_node_id", sa.Integer(), nullable=True),
        sa.Column("html_node_id", sa.Integer(), nullable=True),
        sa.UniqueConstraint("store_id", "page_id", "number"),
    )
    op.create_index("ix_policy_in_force", "policy_version", ["store_id", "in_force_from"])
    op.create_table(
        "policy_of_order",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("order_id", sa.String(), primary_key=True),
        sa.Column("version_id", sa.String(), sa.ForeignKey("policy_version.id"), primary_key=True),
    )
    op.create_table(
        "sale_hold",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), sa.ForeignKey("run.id"), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("written", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("store_id", "product_id", "reason"),
    )
    op.create_table(
        "recall_search",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("skus", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "recall_order",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("order_id", sa.String(), primary_key=True),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("remedy", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
    )
    op.create_table(
        "shelf",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("object_name", sa.String(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("store_id", "object_type", "object_id"),
    )


def downgrade() -> None:
    op.drop_table("shelf")
    op.drop_table("recall_order")
    op.drop_table("recall_search")
    op.drop_table("sale_hold")
    op.drop_table("policy_of_order")
    op.drop_table("policy_version")
    op.drop_table("upload_content")
    op.drop_table("upload_file")
    op.drop_table("upload_request")
