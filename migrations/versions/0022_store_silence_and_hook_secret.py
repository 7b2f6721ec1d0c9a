"""stores: how long one may be silent, and which secret header its webhooks carry"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
TABLE = "store"
HOURS = ("silence_hours", "quiet_from", "quiet_until")
NUMBERS = ("hook_number", "hook_carried")
TIMES = ("hook_secret_at", "earlier_hook_until")


def upgrade() -> None:
    for name in HOURS:
        op.add_column(TABLE, sa.Column(name, sa.Integer(), nullable=True))
    for name in NUMBERS:
        op.add_column(TABLE, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in TIMES:
        op.add_column(TABLE, sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in (*TIMES, *NUMBERS, *HOURS):
        op.drop_column(TABLE, name)
