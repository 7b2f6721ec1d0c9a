"""Steps about product content: the sheet authors start from, publishing what was approved, evidence, undo, restore."""

import io
import tempfile
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from app.db.links import SharedDocument
from app.db.publications import Publication, PublicationField
from app.db.session import reading
from app.db.types import utc_now
from app.domain.commerce import Product
from app.domain.content import Approval, Document
from app.domain.ids import NodeId, ProductId
from app.domain.publication import (
    COMPLIANCE_FIELD,
    CONTENT_SHEET,
    IMAGE_PREFIX,
    TEXT_FIELDS,
    ApprovedSource,
    ContentSheet,
    FieldState,
    PublicationState,
    SheetCompliance,
    SheetImage,
    is_content_sheet,
    starter_sheet,
)
from app.domain.steps import FileContentSheet, FileEvidence, PublishContent, RestoreFields, UndoPublication
from app.engine import knowledge, publications, sanitise
from app.engine.handlers import filing
from app.engine.papers import evidence
from app.engine.publications import PlannedField, Value, live_value, same
from app.engine.runs import Context, Done, Result, Skipped
from app.engine.vault import random_token
from app.errors import Permanent

IMAGES_FOLDER, COMPLIANCE_FOLDER = "02 Images", "03 Compliance"


def file_content_sheet(context: Context, step: FileContentSheet) -> Result:
    """The product's present texts as version 1 of the sheet, unless a sheet is there already."""
    product = _product(context)
    documents, workspace_id = context.opentext.documents, NodeId(context.facts["workspace_id"])
    folder = documents.folder(workspace_id, step.folder)
    present = [one for one in documents.children(folder) if is_content_sheet(one.name)]
    if present:
        return Skipped(f"The workspace already has “{present[0].name}”.")
    filed = filing.file_once(
        context,
        "content_sheet",
        step.folder,
        CONTENT_SHEET,
        starter_sheet(product.fields),
        "application/json",
    )
    return Done(f"“{filed['name']}” was filed for the authors to start from.", result=filed)


def _product(context: Context) -> Product:
    assert isinstance(context.subject, Product)  # noqa: S101  # the catalogue's own test proves the pairing
    return context.subject


# --- publish ---------------------------------------------------------------------------------------------------------


def publish_content(context: Context, _step: PublishContent) -> Result:
    """Exactly the approved version: read, check, before-image, pictures and document first, texts last, read back."""
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    approval = context.opentext.documents.approval(node_id)
    if not approval.is_approved or approval.version != version:
        return Skipped(f"Version {version} is no longer the approved one; nothing was published.", _workspace(context))
    source, sheet = _read_sheet(context, node_id, version, approval)
    pictures = [_PinnedImage(context, image, approval) for image in sheet.images]
    fields = _planned(context, sheet, pictures, approval)
    url = context.opentext.workspaces.url(node_id)
    product_id = _product(context).id
    publication_id = publications.start(context.deps, context.store_id, product_id, context.run_id, source, url, fields)
    _write(context, product_id, publications.fields_of(context.deps, publication_id), pictures)
    context.changed()
    rows = publications.confirm(context.deps, publication_id, context.store.read.product(product_id))
    return _published(context, publication_id, source, rows)


def _read_sheet(
    context: Context, node_id: NodeId, version: int, approval: Approval
) -> tuple[ApprovedSource, ContentSheet]:
    buffer = io.BytesIO()
    sha256 = context.opentext.documents.download(node_id, version, buffer)
    name = context.opentext.documents.get(node_id).name
    try:
        sheet = ContentSheet.model_validate_json(buffer.getvalue())
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in one["loc"]) or "the file" for one in error.errors()})
        raise Permanent(
            f"Version {version} of “{name}” cannot be published: please correct {', '.join(places[:8])}.",
            code="sheet_invalid",
            hint="Correct the content sheet and have the new version approved; it is then published.",
        ) from error  # fmt: skip
    return ApprovedSource(node_id, version, sha256, name, approval.by, approval.at), sheet


class _PinnedImage:
    """A picture in the version the approver saw: the newest that existed when the sheet was approved."""

    def __init__(self, context: Context, image: SheetImage, approval: Approval) -> None:
        self.image = image
        self.document, self.version = pinned(context, IMAGES_FOLDER, image.document, approval)
        self.field = f"{IMAGE_PREFIX}{image.document}"

    @property
    def after(self) -> Value:
        return {"image": {"file_name": self.image.document, "alt": self.image.alt, "thumbnail": self.image.thumbnail}}


def pinned(context: Context, folder: str, name: str, approval: Approval) -> tuple[Document, int]:
    """The document of that name and its version at the time of the approval. Permanent when there is none."""
    documents, workspace_id = context.opentext.documents, _workspace_id(context)
    found = documents.find(documents.folder(workspace_id, folder), name)
    if found is None:
        raise Permanent(
            f"“{name}” is named in the content sheet but is not in “{folder}”.", code="document_missing",
            hint=f"Add it to “{folder}”, then have the sheet approved again.",
        )  # fmt: skip
    earlier = [
        one.version_number for one in documents.versions(found.id)
        if approval.at is None or one.create_date is None or one.create_date <= approval.at
    ]  # fmt: skip
    if not earlier:
        raise Permanent(
            f"“{name}” was added after the content sheet was approved, so nobody approved it.", code="not_approved",
            hint="Have the content sheet approved again.",
        )  # fmt: skip
    return found, max(earlier)


def _workspace_id(context: Context) -> NodeId:
    return NodeId(int(_workspace(context)["workspace_id"]))


def _workspace(context: Context) -> dict[str, Any]:
    """The product's workspace as linked: this run did not create it."""
    if "workspace_id" not in context.facts:
        with reading(context.deps.database) as session:
            link = knowledge.link_of(session, context.store_id, context.subject_type.value, context.subject_id)
        if link is None:
            raise Permanent("This product has no launch workspace any more.", code="no_workspace")
        context.facts |= {"workspace_id": link.workspace_id, "workspace_url": link.workspace_url}
    return {key: context.facts[key] for key in ("workspace_id", "workspace_url")}


def _planned(
    context: Context, sheet: ContentSheet, pictures: list[_PinnedImage], approval: Approval
) -> list[PlannedField]:
    product = _product(context)
    texts = sheet.texts()
    if "description" in texts:
        hosts = frozenset(host for image in product.images if (host := urlsplit(image.url).hostname))
        texts["description"] = sanitise.product_html(texts["description"], hosts)
    fields = [
        PlannedField(name, TEXT_FIELDS[name], live_value(product, name), {"text": value})
        for name, value in texts.items()
    ]
    fields += [
        PlannedField(one.field, f"Image {one.image.document}", live_value(product, one.field), one.after)
        for one in pictures
    ]
    if sheet.compliance is not None:
        fields.append(_compliance(context, product, sheet.compliance, approval))
    return fields


def _compliance(context: Context, product: Product, wanted: SheetCompliance, approval: Approval) -> PlannedField:
    """The store cannot hold a file: shoppers get a link to us, which serves that exact version."""
    document, version = pinned(context, COMPLIANCE_FOLDER, wanted.document, approval)
    with tempfile.TemporaryFile() as sink:
        sha256 = context.opentext.documents.download(document.id, version, sink)
    shared = publications.share(
        context.deps,
        SharedDocument(token=random_token()[:32], store_id=context.store_id, object_id=product.id, node_id=document.id,
                       version=version, sha256=sha256, name=document.name, mime_type=document.mime_type),
    )  # fmt: skip
    link = f"{context.deps.settings.public_url}/documents/{shared.token}/{quote(document.name)}"
    if len(link) > 250:  # the store's limit for a custom field's value
        link = f"{context.deps.settings.public_url}/documents/{shared.token}"
    before = live_value(product, COMPLIANCE_FIELD, wanted.label)
    return PlannedField(COMPLIANCE_FIELD, wanted.label, before, {"text": link, "name": wanted.label})


def _write(context: Context, product_id: ProductId, rows: list[PublicationField], pictures: list[_PinnedImage]) -> None:
    """Compare before writing; texts last and in one call, so that a buyer sees the old or the new version."""
    by_field = {one.field: one for one in pictures}
    product = context.store.read.product(product_id)
    for row in rows:
        now = live_value(product, row.field, row.after.get("name", ""))
        if row.field.startswith(IMAGE_PREFIX) and not same(now, row.after):
            _write_image(context, product_id, row, now, by_field[row.field])
        if row.field == COMPLIANCE_FIELD and not same(now, row.after):
            context.effects.still_mine()
            context.store.publish.set_product_custom_field(product_id, row.after["name"], row.after["text"])
    texts = {
        row.field: row.after["text"] for row in rows
        if row.field in TEXT_FIELDS and not same(live_value(product, row.field), row.after)
    }  # fmt: skip
    if texts:
        context.effects.still_mine()
        context.store.publish.write_product_fields(product_id, texts)


def _write_image(
    context: Context, product_id: ProductId, row: PublicationField, now: Value, picture: _PinnedImage
) -> None:
    image, publish = picture.image, context.store.publish
    if "image" in now:  # a picture of that name is there: only its words or its place differ
        context.effects.still_mine()
        publish.change_product_image(product_id, now["image"]["id"], alt=image.alt, thumbnail=image.thumbnail)
        return

    def look_up() -> dict[str, Any] | None:
        found = live_value(context.store.read.product(product_id), row.field)
        return found.get("image")

    def act() -> dict[str, Any]:
        with tempfile.TemporaryFile() as content:
            context.opentext.documents.download(picture.document.id, picture.version, content)
            content.seek(0)
            added = publish.add_product_image(
                product_id, content, image.document, alt=image.alt, thumbnail=image.thumbnail
            )
        return {"id": added.id}

    context.effects.once(context.key(f"image:{row.field}:{picture.version}"), act, look_up=look_up)


def _published(context: Context, publication_id: str, source: ApprovedSource, rows: list[PublicationField]) -> Done:
    off = [row.title for row in rows if row.state != FieldState.LIVE.value]
    facts = _workspace(context) | {
        "publication": {"id": publication_id, "version": source.version, "published_at": utc_now().isoformat(),
                        "action": "Published"},
    }  # fmt: skip
    words = f"Version {source.version} of “{source.name}” is live: {', '.join(row.title for row in rows)}."
    if off:
        words = f"Version {source.version} was sent, but the store shows something else for {', '.join(off)}."
    return Done(words, facts, {"publication": publication_id})


# --- undo and restore ------------------------------------------------------------------------------------------------


def undo_publication(context: Context, _step: UndoPublication) -> Result:
    """Put the before-image back where the store still shows what we published; what a person changed stays."""
    publication, rows = _asked_for(context)
    product = _product(context)
    states: dict[str, tuple[FieldState, Value]] = {}
    texts: dict[str, str] = {}
    for row in rows:
        now = live_value(product, row.field, row.after.get("name", ""))
        if same(now, row.before):
            states[row.id] = (FieldState.UNDONE, now)
        elif not same(now, row.after):
            states[row.id] = (FieldState.KEPT, now)
        else:
            _put_back(context, product, row, now, texts)
            states[row.id] = (FieldState.UNDONE, row.before)
    if texts:
        context.effects.still_mine()
        context.store.publish.write_product_fields(product.id, texts)
    context.changed()
    _check_written(context, rows, states)
    publications.mark(context.deps, states, publication.id, PublicationState.UNDONE)
    kept = [row.title for row in rows if states[row.id][0] is FieldState.KEPT]
    words = f"Version {publication.version} was undone." if len(kept) < len(rows) else "Nothing was undone."
    if kept:
        words += f" Left as it is, because somebody changed it since: {', '.join(kept)}."
    return Done(words, _workspace(context) | _publication_facts(publication, "Undone"), {"kept": kept})


def _put_back(context: Context, product: Product, row: PublicationField, now: Value, texts: dict[str, str]) -> None:
    publish = context.store.publish
    if row.field in TEXT_FIELDS:
        texts[row.field] = row.before["text"]
        return
    context.effects.still_mine()
    if row.field == COMPLIANCE_FIELD:
        publish.set_product_custom_field(product.id, row.after["name"], row.before.get("text"))
        publications.withdraw(context.deps, context.store_id, product.id)
    elif "image" not in row.before:
        publish.remove_product_image(product.id, now["image"]["id"])
    else:
        image = row.before["image"]
        publish.change_product_image(product.id, now["image"]["id"], alt=image["alt"], thumbnail=image["thumbnail"])


def _check_written(context: Context, rows: list[PublicationField], states: dict[str, tuple[FieldState, Value]]) -> None:
    """Read back: a field that does not show what we put there is told as it is."""
    product = context.store.read.product(_product(context).id)
    for row in rows:
        state, expected = states[row.id]
        now = live_value(product, row.field, row.after.get("name", ""))
        if state is not FieldState.KEPT and not same(now, expected):
            states[row.id] = (FieldState.DRIFTED, now)


def restore_fields(context: Context, _step: RestoreFields) -> Result:
    """Write the approved values of the chosen fields again, over whatever is there now: that is what was asked."""
    publication, rows = _asked_for(context)
    if publication.state != PublicationState.LIVE.value:
        return Skipped("A newer publication governs this product now; nothing was restored.", _workspace(context))
    product = _product(context)
    drifted = [row for row in rows if not same(live_value(product, row.field, row.after.get("name", "")), row.after)]
    pictures = [_picture_again(context, publication, row) for row in drifted if row.field.startswith(IMAGE_PREFIX)]
    _write(context, product.id, drifted, pictures)
    context.changed()
    after = publications.confirm(context.deps, publication.id, context.store.read.product(product.id))
    words = "Everything already shows the approved values."
    if drifted:
        words = f"Restored: {', '.join(row.title for row in drifted)}."
    still = [row.title for row in after if row.state == FieldState.DRIFTED.value]
    if still:
        words += f" Still different: {', '.join(still)}."
    return Done(words, _workspace(context) | _publication_facts(publication, "Restored"))


def _picture_again(context: Context, publication: Publication, row: PublicationField) -> _PinnedImage:
    wanted = row.after["image"]
    image = SheetImage(document=wanted["file_name"], alt=wanted["alt"], thumbnail=wanted["thumbnail"])
    approved = Approval("Approved", publication.version, publication.approved_by, publication.approved_at)
    return _PinnedImage(context, image, approved)


def _asked_for(context: Context) -> tuple[Publication, list[PublicationField]]:
    """The publication a person chose, and its fields (all, or those they named)."""
    publication = publications.get(context.deps, context.store_id, str(context.facts.get("publication_id", "")))
    if publication is None or publication.object_id != context.subject_id:
        raise Permanent("This publication does not exist any more.", code="no_publication")
    names = {name for name in str(context.facts.get("fields", "")).split(",") if name}
    rows = publications.fields_of(context.deps, publication.id)
    return publication, [row for row in rows if not names or row.field in names]


def _publication_facts(publication: Publication, action: str) -> dict[str, Any]:
    return {"publication": {"id": publication.id, "version": publication.version, "action": action,
                            "published_at": utc_now().isoformat()}}  # fmt: skip


# --- evidence --------------------------------------------------------------------------------------------------------


def file_evidence(context: Context, step: FileEvidence) -> Result:
    """What was live before, what was approved, what is live now: filed as a record beside the content."""
    about = context.facts.get("publication")
    if about is None:
        return Skipped("Nothing was changed, so there is nothing to prove.")
    publication = publications.get(context.deps, context.store_id, about["id"])
    assert publication is not None  # noqa: S101  # publications are never deleted
    rows = publications.fields_of(context.deps, publication.id)
    product = _product(context)
    facts = _source_facts(publication, about)
    fields = [
        {"title": row.title, "field": row.field, "before": _shown(row.before), "after": _shown(row.after),
         "live": _shown(row.live), "state": row.state}
        for row in rows
    ]  # fmt: skip
    dated = publication.approved_at or publication.created_at
    paper = evidence.write(product.name, context.external_store, about["action"].lower(), dated, facts, fields)
    name = f"{about['action']} version {publication.version} {about['published_at'][:19].replace(':', '.')}.pdf"
    filed = filing.file_once(context, "evidence", step.folder, name, paper, filing.PDF)
    filing.classify(context, filed, step.classification)
    return Done(f"The evidence was filed in “{step.folder}” as a record.", result=filed)


def _source_facts(publication: Publication, about: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    approved_at = publication.approved_at.isoformat() if publication.approved_at else ""
    return (
        ("Document", publication.document_name),
        ("Version", str(publication.version)),
        ("SHA-256", publication.sha256),
        ("Approved by", publication.approved_by),
        ("Approved on", approved_at),
        (about["action"], about["published_at"]),
    )


def _shown(value: Value) -> str:
    if "image" in value:
        return f"{value['image']['file_name']} ({value['image']['alt']})"
    return str(value.get("text", "(not there)"))
