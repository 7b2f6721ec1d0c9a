"""stores: who is mailed when one is silent, and of which silence that was done"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None
TABLE = "store"
WORDS = {"silence_mail_to": "", "silence_mail_lang": "en", "silence_mail_problem": ""}


def upgrade() -> None:
    for name, otherwise in WORDS.items():
        op.add_column(TABLE, sa.Column(name, sa.String(), nullable=False, server_default=otherwise))
    op.add_column(TABLE, sa.Column("silence_told_for", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("silence_told_for", *WORDS):
        op.drop_column(TABLE, name)
