"""Product content: the sheet authors start from, and what an approved version of it publishes."""

import io
import tempfile
from urllib.parse import quote, urlsplit

from pydantic import ValidationError

from app.db.links import SharedDocument
from app.db.session import reading
from app.domain.commerce import Product
from app.domain.content import Approval, Document
from app.domain.ids import NodeId
from app.domain.publication import (
    COMPLIANCE_FIELD,
    CONTENT_SHEET,
    IMAGE_PREFIX,
    TEXT_FIELDS,
    ApprovedSource,
    ContentSheet,
    SheetCompliance,
    SheetImage,
    is_content_sheet,
    starter_sheet,
)
from app.domain.steps import FileContentSheet, PublishContent
from app.engine import approvals, sanitise
from app.engine.handlers import filing, publishing
from app.engine.papers.types import TYPES
from app.engine.publications import Draft, PlannedField, share
from app.engine.publications.content import live_value
from app.engine.publications.kinds import CONTENT
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
    filing.give_type(context, filed, TYPES["content_sheet"])
    return Done(f"“{filed['name']}” was filed for the authors to start from.", result=filed)


def _product(context: Context) -> Product:
    assert isinstance(context.subject, Product)  # noqa: S101  # the catalogue's own test proves the pairing
    return context.subject


# --- publish ---------------------------------------------------------------------------------------------------------


def publish_content(context: Context, _step: PublishContent) -> Result:
    """Exactly the approved version: read, check, before-image, pictures and document first, texts last, read back."""
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    approval = _approval(context, node_id, version)
    if not approval.is_approved or approval.version != version:
        words = f"Version {version} is no longer the approved one; nothing was published."
        return Skipped(words, publishing.workspace_of(context))
    source, sheet = _read_sheet(context, node_id, version, approval)
    product = _product(context)
    fields = _planned(context, sheet, approval)
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, CONTENT, product.id, product.name,
        source, context.opentext.workspaces.url(node_id), fields,
    )  # fmt: skip
    return publishing.published(context, publishing.publish(context, draft))


def _approval(context: Context, node_id: NodeId, version: int) -> Approval:
    """What this run's own workflow decided about exactly this version; else what Content Server says of the sheet."""
    if "decision" not in context.facts:
        return context.opentext.documents.approval(node_id)
    with reading(context.deps.database) as session:
        kept = approvals.of_version(
            session, context.store_id, context.subject_type, context.subject_id, node_id, version
        )
    return Approval("Approved", kept.version, kept.decided_by, kept.decided_at) if kept else Approval("")


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


def pinned(context: Context, folder: str, name: str, approval: Approval) -> tuple[Document, int]:
    """The document of that name and its version at the time of the approval. Permanent when there is none."""
    documents, workspace_id = context.opentext.documents, publishing.workspace_id_of(context)
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


def _planned(context: Context, sheet: ContentSheet, approval: Approval) -> list[PlannedField]:
    product = _product(context)
    texts = sheet.texts()
    if "description" in texts:
        hosts = frozenset(host for image in product.images if (host := urlsplit(image.url).hostname))
        texts["description"] = sanitise.product_html(texts["description"], hosts)
    fields = [
        PlannedField(name, TEXT_FIELDS[name], live_value(product, name), {"text": value})
        for name, value in texts.items()
    ]
    fields += [_image(context, product, one, approval) for one in sheet.images]
    if sheet.compliance is not None:
        fields.append(_compliance(context, product, sheet.compliance, approval))
    return fields


def _image(context: Context, product: Product, wanted: SheetImage, approval: Approval) -> PlannedField:
    """A picture in the version the approver saw: the newest that existed when the sheet was approved."""
    document, version = pinned(context, IMAGES_FOLDER, wanted.document, approval)
    field = f"{IMAGE_PREFIX}{wanted.document}"
    after = {"file_name": wanted.document, "alt": wanted.alt, "thumbnail": wanted.thumbnail,
             "node_id": document.id, "version": version}  # fmt: skip
    return PlannedField(field, f"Image {wanted.document}", live_value(product, field), {"image": after})


def _compliance(context: Context, product: Product, wanted: SheetCompliance, approval: Approval) -> PlannedField:
    """The store cannot hold a file: shoppers get a link to us, which serves that exact version."""
    document, version = pinned(context, COMPLIANCE_FOLDER, wanted.document, approval)
    with tempfile.TemporaryFile() as sink:
        sha256 = context.opentext.documents.download(document.id, version, sink)
    shared = share(
        context.deps,
        SharedDocument(token=random_token()[:32], store_id=context.store_id, object_id=product.id, node_id=document.id,
                       version=version, sha256=sha256, name=document.name, mime_type=document.mime_type),
    )  # fmt: skip
    link = f"{context.deps.settings.public_url}/documents/{shared.token}/{quote(document.name)}"
    if len(link) > 250:  # the store's limit for a custom field's value
        link = f"{context.deps.settings.public_url}/documents/{shared.token}"
    before = live_value(product, COMPLIANCE_FIELD, wanted.label)
    return PlannedField(COMPLIANCE_FIELD, wanted.label, before, {"text": link, "name": wanted.label})
