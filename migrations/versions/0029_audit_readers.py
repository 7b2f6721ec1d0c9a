"""audit: indexes for how its readers narrow it"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BY = {"ix_audit_action": "action", "ix_audit_actor": "actor"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit", "actor", type_=sa.String(collation="C"))
    op.drop_index("ix_audit_object", "audit")
    op.create_index("ix_audit_object", "audit", ["store_id", "object", "seq"])
    for name, column in BY.items():
        op.create_index(name, "audit", ["store_id", column, "seq"])
    op.create_index("ix_audit_at", "audit", ["store_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_at", "audit")
    for name in BY:
        op.drop_index(name, "audit")
    op.drop_index("ix_audit_object", "audit")
    op.create_index("ix_audit_object", "audit", ["store_id", "object"])
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit", "actor", type_=sa.String(collation="default"))
