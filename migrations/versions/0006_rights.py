"""rights that follow the record: each store's mode and map, people's own sign-ins, what a filter needs of documents"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_rights",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
    )
    op.create_table(
        "person_sign_in",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("user_id", sa.String(), sa.ForeignKey("store_user.id"), nullable=False, unique=True),
        sa.Column("connection_version", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("refresh_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_person_sign_in_store_id", "person_sign_in", ["store_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("state_sha256", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("user_id", sa.String(), sa.ForeignKey("store_user.id"), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("browser_sha256", sa.String(), nullable=False),
        sa.Column("connection_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_sign_in_attempt_store_id", "sign_in_attempt", ["store_id"])
    op.create_index("ix_sign_in_attempt_expires_at", "sign_in_attempt", ["expires_at"])
    with op.batch_alter_table("filed_document") as table:
        table.add_column(sa.Column("folders", sa.JSON(), nullable=True))
        table.add_column(sa.Column("types", sa.JSON(), nullable=True))
        table.add_column(sa.Column("categories", sa.JSON(), nullable=True))
        table.add_column(sa.Column("record_class_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("filed_document") as table:
        for name in ("record_class_id", "categories", "types", "folders"):
            table.drop_column(name)
    op.drop_table("sign_in_attempt")
    op.drop_table("person_sign_in")
    op.drop_table("store_rights")
