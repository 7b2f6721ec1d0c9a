"""approvers: sessions of people of OpenText without a store account, and sign-ins under way"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "approver_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("connection_version", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("refresh_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_sha256"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"]),
    )
    op.create_table(
        "approver_attempt",
        sa.Column("state_sha256", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("browser_sha256", sa.String(), nullable=False),
        sa.Column("connection_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("state_sha256"),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"]),
    )
    op.create_index("ix_approver_session_store_id", "approver_session", ["store_id"])
    op.create_index("ix_approver_session_created_at", "approver_session", ["created_at"])
    op.create_index("ix_approver_attempt_store_id", "approver_attempt", ["store_id"])
    op.create_index("ix_approver_attempt_expires_at", "approver_attempt", ["expires_at"])


def downgrade() -> None:
    op.drop_table("approver_attempt")
    op.drop_table("approver_session")
