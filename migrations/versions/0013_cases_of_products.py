"""cases of products: the product a recall or a campaign is about"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = (("id", sa.String()), ("order_id", sa.String()), ("product_id", sa.String()), ("items", sa.JSON()))


def upgrade() -> None:
    op.add_column("case_file", sa.Column("product_id", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_case_product", "case_file", ["store_id", "product_id"])
    # Cases that were opened before name their product among their items.
    case = sa.table("case_file", *(sa.column(name, kind) for name, kind in COLUMNS))
    connection = op.get_bind()
    for row in connection.execute(sa.select(case).where(case.c.order_id == "")).all():
        products = {str(item["product_id"]) for item in row.items or () if item.get("product_id")}
        if len(products) == 1:
            connection.execute(sa.update(case).where(case.c.id == row.id).values(product_id=products.pop()))


def downgrade() -> None:
    op.drop_index("ix_case_product", "case_file")
    op.drop_column("case_file", "product_id")
