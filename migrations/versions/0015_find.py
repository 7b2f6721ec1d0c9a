"""find: the words a store's objects are found by, filled from what is known of them"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LONGEST, BATCH = 120, 500
FOUND = ("order", "product", "customer", "company", "case")
SNAPSHOT = sa.table(
    "subject_snapshot",
    *(sa.column(name) for name in ("store_id", "object_type", "object_id", "name")),
    sa.column("facts", sa.JSON()),
)
COLUMNS = ("store_id", "term", "object_type", "object_id", "kind")


def upgrade() -> None:
    bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    entry = op.create_table(
        "search_entry",
        sa.Column("store_id", sa.String(), sa.ForeignKey("store.id"), primary_key=True),
        sa.Column("term", bytewise, primary_key=True),
        sa.Column("object_type", sa.String(), primary_key=True),
        sa.Column("object_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
    )
    op.create_index("ix_search_object", "search_entry", ["store_id", "object_type", "object_id"])
    connection = op.get_bind()
    for rows in connection.execute(sa.select(SNAPSHOT).where(SNAPSHOT.c.object_type.in_(FOUND))).partitions(BATCH):
        found = [dict(zip(COLUMNS, values, strict=True)) for row in rows for values in sorted(_entries(row))]
        if found:
            connection.execute(sa.insert(entry), found)


def _entries(row) -> set[tuple[str, ...]]:  # noqa: ANN001  # a row of the statement above
    facts, kind = row.facts or {}, row.object_type
    told = [
        ("number", facts.get("number") or row.object_id),
        *_named("name" if kind == "customer" else "title", row.name),
    ]
    told += [one for field in ("customer_name", "company") for one in _named("name", facts.get(field) or "")]
    told += [("email", facts.get(field)) for field in ("email", "customer_email")]
    told += [("number", facts.get("order_number"))] if kind == "case" else []
    told += [("sku", facts.get("sku")), *(("sku", line.get("sku")) for line in facts.get("lines") or ())]
    terms = {(what, _spelt(what, str(text or ""))) for what, text in told}
    return {(row.store_id, term, kind, row.object_id, what) for what, term in terms if len(term) > 2}


def _named(kind: str, name: str) -> list[tuple[str, str]]:
    parts = _folded(str(name)).split()
    return [(kind, str(name)), *((kind, one) for one in parts if len(parts) > 1 and len(one) > 1)]


def _spelt(kind: str, text: str) -> str:
    folded = _folded(text)
    if kind in ("number", "sku"):
        return "c:" + "".join(one for one in folded if one.isalnum())
    return f"t:{folded}"


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in letters if not unicodedata.combining(one) and one.isprintable())
    return " ".join(bare.split())[:LONGEST]


def downgrade() -> None:
    op.drop_table("search_entry")
