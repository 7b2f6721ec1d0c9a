"""names: what a server has, as last read, and which of them stand for ours"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_names",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
    )
    op.add_column("opentext_connection", sa.Column("names", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("opentext_connection", "names")
    op.drop_table("server_names")
