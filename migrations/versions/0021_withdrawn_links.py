"""decision links: when one was withdrawn, which task of the engine it is about"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision_link", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("decision_link", sa.Column("task_id", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("task_id", "withdrawn_at"):
        op.drop_column("decision_link", name)
