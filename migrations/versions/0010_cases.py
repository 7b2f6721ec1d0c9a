"""cases: what stores have no object for, and their number ranges"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


STEP = sa.table("step", sa.column("id", sa.String()), sa.column("kind", sa.String()), sa.column("params", sa.JSON()))


def _rename_steps(kind: str, new: str, more: dict[str, str]) -> None:
    """Steps written down under the old name go on under the new one; a paper the old one cannot write is left."""
    bind = op.get_bind()
    for row in bind.execute(sa.select(STEP).where(STEP.c.kind == kind)).all():
        if row.params.get("paper", "order_record") != "order_record":
            continue
        params = {"kind": new, "folder": row.params["folder"]} | more
        bind.execute(sa.update(STEP).where(STEP.c.id == row.id).values(kind=new, params=params))


def upgrade() -> None:
    _rename_steps("file_order_record", "file_paper", {"paper": "order_record", "document": "order_record",
                                                      "classification": ""})  # fmt: skip
    op.create_table(
        "case_file",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cause_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("company_id", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("amount", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("additions", sa.JSON(), nullable=False),
        sa.UniqueConstraint("store_id", "cause_key"),
        sa.UniqueConstraint("store_id", "number"),
    )
    op.create_index("ix_case_order", "case_file", ["store_id", "order_id"])
    op.create_index("ix_case_customer", "case_file", ["store_id", "customer_id"])
    op.create_table(
        "case_number",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    _rename_steps("file_paper", "file_order_record", {})
    op.drop_table("case_number")
    op.drop_index("ix_case_customer", "case_file")
    op.drop_index("ix_case_order", "case_file")
    op.drop_table("case_file")
