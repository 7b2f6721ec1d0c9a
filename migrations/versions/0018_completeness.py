"""completeness: what a workspace must hold and lacks, as Content Server last reported it"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace_link", sa.Column("completeness", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("workspace_link", "completeness")
