"""callback secrets: since when, which one before it, and until when that one is accepted"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
TABLE = "opentext_connection"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("callback_secret_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(TABLE, sa.Column("earlier_callback_sha256", sa.String(), nullable=False, server_default=""))
    op.add_column(TABLE, sa.Column("earlier_callback_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("earlier_callback_until", "earlier_callback_sha256", "callback_secret_at"):
        op.drop_column(TABLE, name)
