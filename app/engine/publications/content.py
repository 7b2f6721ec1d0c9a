"""Product content as a kind of publication: texts, pictures, the link to a compliance document."""

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.commerce import Product
from app.domain.ids import NodeId, ProductId
from app.domain.publication import COMPLIANCE_FIELD, IMAGE_PREFIX, TEXT_FIELDS, image_name
from app.domain.scenario import Subject
from app.engine.publications import documents
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.errors import Permanent
from app.stores.port import Store


def live_value(product: Product, field: str, custom_field: str = "") -> Value:
    """What the store holds for a field now."""
    if field in TEXT_FIELDS:
        return {"text": product.fields.get(field, "")}
    if field.startswith(IMAGE_PREFIX):
        name = field.removeprefix(IMAGE_PREFIX)
        image = next((one for one in product.images if one.file_name == image_name(name)), None)
        if image is None:
            return {}
        return {"image": {"file_name": name, "alt": image.alt, "thumbnail": image.is_thumbnail, "id": image.id}}
    value = next((v for n, v in product.custom_fields if n == custom_field), None)
    return {} if value is None else {"text": value, "name": custom_field}


class ContentKind:
    """A product's governed fields. A picture's value names the document version its bytes come from."""

    skips_changed = False  # planned and written in one go; a picture's place changes with another's
    changes_subject = True

    def live(
        self, store: Store, target: str, rows: Sequence[Row], subject: Subject | None = None
    ) -> Mapping[str, Value]:
        product = subject if isinstance(subject, Product) else store.read.product(ProductId(target))
        asked = any((row.after.get("image") or {}).get("thumbnail") for row in rows)
        found = {row.field: live_value(product, row.field, row.after.get("name", "")) for row in rows}
        return found if asked else {field: _unasked(value) for field, value in found.items()}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        """Pictures and the document first; texts last and in one call: a buyer sees the old or the new version."""
        product_id = ProductId(target)
        for one in wanted:
            if one.field.startswith(IMAGE_PREFIX):
                _write_image(context, product_id, one)
            elif one.field == COMPLIANCE_FIELD:
                _write_link(context, product_id, one)
        texts = {one.field: one.value.get("text", "") for one in wanted if one.field in TEXT_FIELDS}
        if texts:
            context.effects.still_mine()
            context.store.publish.write_product_fields(product_id, texts)
        report([one.field for one in wanted], {})


def _unasked(value: Value) -> Value:
    """Where no picture was asked to stand first, one does all the same in some stores: that is no change."""
    image = value.get("image")
    return {"image": image | {"thumbnail": False}} if image else value


def _write_link(context: Context, product_id: ProductId, wanted: Wanted) -> None:
    name = wanted.value.get("name") or wanted.now["name"]
    context.effects.still_mine()
    context.store.publish.set_product_custom_field(product_id, name, wanted.value.get("text"))
    documents.withdraw(context.deps, context.store_id, product_id, besides=wanted.value.get("text", ""))


def _write_image(context: Context, product_id: ProductId, wanted: Wanted) -> None:
    publish, present = context.store.publish, wanted.now.get("image")
    context.effects.still_mine()
    if "image" not in wanted.value:
        if present:
            publish.remove_product_image(product_id, present["id"])
        return
    image = wanted.value["image"]
    if present:  # a picture of that name is there: only its words or its place differ
        publish.change_product_image(product_id, present["id"], alt=image["alt"], thumbnail=image["thumbnail"])
        return
    _add_image(context, product_id, wanted, image)


def _add_image(context: Context, product_id: ProductId, wanted: Wanted, image: dict[str, Any]) -> None:
    if "node_id" not in image:
        raise Permanent(
            f"The picture “{image['file_name']}” was not published by us, so it cannot be put back.",
            code="picture_unknown", hint="Upload it in the store, or publish the content sheet again.",
        )  # fmt: skip

    def look_up() -> dict[str, Any] | None:
        found = live_value(context.store.read.product(product_id), wanted.field)
        return found.get("image")

    def act() -> dict[str, Any]:
        with tempfile.TemporaryFile() as content:
            context.opentext.documents.download(NodeId(image["node_id"]), image["version"], content)
            content.seek(0)
            added = context.store.publish.add_product_image(
                product_id, content, image["file_name"], alt=image["alt"], thumbnail=image["thumbnail"]
            )
        return {"id": added.id}

    context.effects.once(context.key(f"image:{wanted.field}:{image['version']}"), act, look_up=look_up)
