"""worth: what hangs on an object, taken out of its facts by the database, for lists that sort thousands by it"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WORTH = "coalesce(facts -> 'total' ->> 'amount', facts -> 'amount' ->> 'amount')"


def upgrade() -> None:
    with op.batch_alter_table("subject_snapshot") as table:
        table.add_column(sa.Column("worth", sa.String(), sa.Computed(WORTH, persisted=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("subject_snapshot") as table:
        table.drop_column("worth")
