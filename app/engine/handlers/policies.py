"""Steps about the store's policies: versions kept as records, pages looked at, approved texts published."""

import html as markup
import io
from typing import Any

import structlog
from sqlalchemy import select
from sqlmodel import col

from app.db.policies import PolicyVersion
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection
from app.domain.content import Document
from app.domain.events import Source, Topic
from app.domain.ids import NodeId, ObjectType
from app.domain.publication import ApprovedSource
from app.domain.steps import CapturePolicy, LookAtPages, PublishPage
from app.domain.trade import Page, PageKind
from app.engine import policies, sanitise, subjects
from app.engine.handlers import filing, publishing
from app.engine.inbox import NewEvent
from app.engine.papers import policy_version
from app.engine.publications import Draft, PlannedField
from app.engine.publications.kinds import PAGE
from app.engine.publications.pages import AT_CHECKOUT, TEXT
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent
from app.scenarios import policies as scenarios

log = structlog.get_logger(__name__)
HTML = "text/html"
LONGEST = 2_000_000  # bytes of an approved page


# --- versions --------------------------------------------------------------------------------------------------------


def capture_policy(context: Context, step: CapturePolicy) -> Result:
    """The text as buyers read it now; the row comes first, so that the time is right however long filing takes."""
    page = _page(context)
    with unit_of_work(context.deps.database) as uow:
        if not policies.is_shown(page):
            ended = policies.end(uow.session, context.store_id, page.id)
            return _over(page, ended=ended)
        version, is_new = policies.begin(uow.session, context.store_id, page)
    if not is_new and version.pdf_node_id is not None:
        return Skipped(f"“{page.title}” reads as in version {version.number}; there is nothing new to keep.")
    name = f"{page.title} version {version.number}"
    paper = policy_version.write(version, context.external_store)
    key = f"policy:{version.id}"
    pdf = filing.file_once(context, f"{key}:pdf", step.folder, f"{name}.pdf", paper, filing.PDF)
    filing.classify(context, pdf, step.classification)
    web = filing.file_once(context, f"{key}:html", step.folder, f"{name}.html", version.html.encode(), HTML)
    filing.classify(context, web, step.classification)
    with unit_of_work(context.deps.database) as uow:
        row = uow.session.get_one(PolicyVersion, version.id)
        row.pdf_node_id, row.html_node_id = pdf["node_id"], web["node_id"]
    facts = filing.with_document(context, "policy", pdf) | {
        "policy": {"number": version.number, "since": version.in_force_from.isoformat()},
        "version": str(version.number), "effective_from": version.in_force_from.date().isoformat(),
    }  # fmt: skip
    words = f"Version {version.number} of “{page.title}” is kept as a record of class {step.classification}."
    return Done(words, facts)


def _page(context: Context) -> Page:
    assert isinstance(context.subject, Page)  # noqa: S101  # the catalogue's own test proves the pairing
    return context.subject


def _over(page: Page, *, ended: bool) -> Result:
    if ended:
        return Done(f"“{page.title}” is no longer shown, so its last version ended now.")
    return Skipped(f"“{page.title}” is not shown to buyers; no version of it is in force.")


def look_at_pages(context: Context, _step: LookAtPages) -> Result:
    """Every page read once; what differs from the version in force is told as an event of its own."""
    with reading(context.deps.database) as session:
        if session.get(OpenTextConnection, context.store_id) is None:
            return Skipped("OpenText is not connected yet, so there is nowhere to keep policies.")
    chosen = context.preferences
    watched = [page for page in context.store.read.pages() if scenarios.is_policy(page, chosen)]
    with reading(context.deps.database) as session:
        known = {
            row.page_id: row
            for row in session.execute(
                select(PolicyVersion).where(
                    col(PolicyVersion.store_id) == context.store_id, col(PolicyVersion.in_force_to).is_(None)
                )
            ).scalars()
        }
    changed = [page for page in watched if _differs(page, known.get(page.id))]
    for page in changed:
        _tell(context, page)
    gone = sorted(set(known) - {page.id for page in watched})
    with unit_of_work(context.deps.database) as uow:
        for page_id in gone:
            policies.end(uow.session, context.store_id, page_id)
    words = f"{len(watched)} policies were looked at, {len(changed)} of them changed."
    return Done(f"{words} No longer shown: {len(gone)}." if gone else words)


def _differs(page: Page, known: PolicyVersion | None) -> bool:
    if not policies.is_shown(page):
        return known is not None
    return known is None or known.sha256 != policies.digest(page) or known.pdf_node_id is None


def _tell(context: Context, page: Page) -> None:
    context.deps.intake.accept(
        NewEvent(context.store_id, Source.RECONCILE, f"page:{page.id}:{policies.digest(page)[:32]}:{context.run_id}",
                 Topic.PAGE_CHANGED, ObjectType.PAGE.value, page.id)
    )  # fmt: skip


# --- publish ---------------------------------------------------------------------------------------------------------


def publish_page(context: Context, _step: PublishPage) -> Result:
    """Exactly the approved version, sanitised; terms at checkout take its words, a page its markup."""
    node, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    approval = context.opentext.documents.approval(node)
    if not approval.is_approved or approval.version != version:
        return Skipped(f"Version {version} is no longer the approved one; nothing was published.")
    document = context.opentext.documents.get(node)
    sha256, text = _read(context, document, version)
    source = ApprovedSource(node, version, sha256, document.name, approval.by, approval.at)
    page = _page(context)
    draft = Draft(
        context.store_id, context.run_id, ObjectType.PAGE, page.id, PAGE, page.id, subjects.name(page), source,
        context.opentext.workspaces.url(node), _fields(context, page, text),
    )  # fmt: skip
    return publishing.published(context, publishing.publish(context, draft))


def _read(context: Context, document: Document, version: int) -> tuple[str, str]:
    buffer = io.BytesIO()
    sha256 = context.opentext.documents.download(document.id, version, buffer)
    content = buffer.getvalue()
    try:
        text = content[:LONGEST].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_a_page(document.name, version) from error
    clean = sanitise.page_html(text)
    if len(content) > LONGEST or not policies.text_of(clean):
        raise _not_a_page(document.name, version)
    return sha256, clean


def _not_a_page(name: str, version: int) -> Permanent:
    return Permanent(
        f"Version {version} of “{name}” cannot be published: it must be an HTML text in UTF-8, with words in it, of at "
        "most 2 MB.",
        code="page_invalid", hint="Save it as HTML in UTF-8 and have the new version approved; it is then published.",
    )  # fmt: skip


def _fields(context: Context, page: Page, text: str) -> list[PlannedField]:
    """The page's text; beside it, where wanted, the terms of each checkout, which name the page's address."""
    if page.kind is PageKind.POLICY:
        words = markup.escape(policies.text_of(text), quote=False)
        return [PlannedField(TEXT, page.title, _text(page.html), _text(markup.unescape(words)))]
    fields = [PlannedField(TEXT, page.title, _text(page.html), _text(text))]
    if not getattr(context.preferences, "link_at_checkout", False) or not scenarios.is_terms(page):
        return fields
    for terms in context.store.read.pages():
        if terms.kind is PageKind.POLICY and terms.id != page.id:
            line = f"{page.title}: {_address(context, page)}"
            fields.append(PlannedField(f"{AT_CHECKOUT}{terms.id}", terms.title, _text(terms.html), _text(line)))
    return fields


def _text(text: str) -> dict[str, Any]:
    return {"text": text}


def _address(context: Context, page: Page) -> str:
    if page.url.startswith(("https://", "http://")):
        return page.url
    return f"{context.store.read.profile().storefront_url.rstrip('/')}/{page.url.lstrip('/')}"
