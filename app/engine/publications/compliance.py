"""A compliance document as a kind of publication: a field of the product named like the document's type."""

from collections.abc import Mapping, Sequence

from app.domain.commerce import Product
from app.domain.ids import ProductId
from app.domain.scenario import Subject
from app.engine.publications import documents
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.stores.port import Store

FIELD = "compliance:"  # "compliance:<type>" is the field of one type's document


def shared_as(product_id: str, kind: str) -> str:
    """Under which id the document is shared: one address for each type of a product."""
    return f"compliance:{product_id}:{kind}"


class ComplianceKind:
    """Custom fields by name. Taking one back, or replacing it, closes the former document's address."""

    skips_changed = False
    changes_subject = True

    def live(
        self, store: Store, target: str, rows: Sequence[Row], subject: Subject | None = None
    ) -> Mapping[str, Value]:
        product = subject if isinstance(subject, Product) else store.read.product(ProductId(target))
        fields = dict(product.custom_fields)
        names = {row.field: row.field.removeprefix(FIELD) for row in rows}
        return {field: {"text": fields[name], "name": name} if name in fields else {} for field, name in names.items()}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        for one in wanted:
            name = one.field.removeprefix(FIELD)
            text = one.value.get("text")
            context.effects.still_mine()
            context.store.publish.set_product_custom_field(ProductId(target), name, text)
            documents.withdraw(context.deps, context.store_id, shared_as(target, name), besides=text or "")
            report([one.field], {})
