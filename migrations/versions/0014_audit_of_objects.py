"""audit: what was done with one object, found without reading the whole chain"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_object", "audit", ["store_id", "object"])


def downgrade() -> None:
    op.drop_index("ix_audit_object", "audit")
