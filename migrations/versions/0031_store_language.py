"""stores: which language each one speaks, so that what is left in it does, too"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
TABLE = "store"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("locale", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column(TABLE, "locale")
