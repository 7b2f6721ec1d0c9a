"""Scenarios about compliance documents of products: checked, shown, reminded of, without them not sold."""

from pydantic import Field

from app.domain.commerce import Product
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.publication import is_content_sheet
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    CheckDocuments,
    EnsureWorkspace,
    FileEvidence,
    MarkInStore,
    Notice,
    Outcome,
    PublishCompliance,
    RecordApproval,
    SetVisibility,
)
from app.scenarios.documents import listed
from app.scenarios.times import on_timer

FOLDER, REMINDER, REASON = "03 Compliance", "compliance", "compliance"


class CompliancePreferences(Preferences):
    """Which products may be sold with compliance documents only."""

    skus: str = Field(
        default="", max_length=2000, title="Products that need compliance documents",
        description="Beginnings of SKUs, separated by commas; * for every product. Others are checked when asked for.",
    )  # fmt: skip


def is_regulated(product: Product, preferences: Preferences) -> bool:
    starts = tuple(one.casefold() for one in listed(getattr(preferences, "skus", "")))
    skus = [sku.casefold() for sku in (product.sku, *product.variants)]
    return "*" in starts or any(sku.startswith(starts) for sku in skus if starts)


def _checked(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return ("Its compliance documents are checked",) if isinstance(subject, Product) else ()


def _each_check(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """When a regulated product appears, a document is approved or arrives, one grows too old, or somebody asks."""
    if event.topic is Topic.TIME_CAME:
        return on_timer(f"{REMINDER}:0:", f"{REMINDER}:look")(event, subject, preferences)
    if event.topic is Topic.REQUESTED:
        return every_event(event, subject, preferences)
    if not isinstance(subject, Product) or not is_regulated(subject, preferences):
        return ()
    if event.topic is Topic.PRODUCT_CHANGED:
        return (Occasion(f"seen:{getattr(preferences, 'skus', '')}"),)
    return every_event(event, subject, preferences)


PRODUCT_COMPLIANCE = Scenario(
    slug="product-compliance",
    title="Sell regulated products only with valid compliance documents",
    catalogue=(6, 23, 36),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="The product's SKU begins as you chose, or somebody asks.",
    triggers=frozenset(
        {Topic.PRODUCT_CHANGED, Topic.CONTENT_APPROVED, Topic.DOCUMENT_ARRIVED, Topic.TIME_CAME}
    ),
    requests=frozenset({"check_compliance"}),
    when=_checked,
    each=_each_check,
    preferences=CompliancePreferences,
    steps=(
        EnsureWorkspace(business_object_type="PRODUCT"),
        CheckDocuments(
            folder=FOLDER,
            reminder=REMINDER,
            outcomes=(
                Outcome("complete", "Compliant", (
                    SetVisibility(reason=REASON, shown=True),
                    MarkInStore((("compliance", "valid"), ("compliance_valid_until", "{valid_until}"))),
                )),
                Outcome("incomplete", "Not compliant", (
                    SetVisibility(reason=REASON, shown=False, message="Not available at the moment."),
                    MarkInStore((("compliance", "not valid"), ("compliance_valid_until", "none"))),
                )),
            ),
        ),
    ),
    outcome="A product without valid documents is hidden and off sale; it comes back as it was once they are valid.",
    works_by=(
        "The store knows no validity: OpenText does, and the app reminds itself of each date. A product a person "
        "shows again by hand stays shown."
    ),
)  # fmt: skip


def _ahead(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """A reminder before the day; the day itself is a check."""
    if event.detail.get("days", "0") == "0":
        return ()
    return on_timer(f"{REMINDER}:")(event, subject, preferences)


COMPLIANCE_WARNING = Scenario(
    slug="product-compliance-warning",
    title="Warn before a compliance document expires",
    catalogue=(6, 36),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="A document of the product expires in 60, 30 or 7 days.",
    triggers=frozenset({Topic.TIME_CAME}),
    when=_checked,
    each=_ahead,
    steps=(
        Notice(
            "“{document}” expires in {days} days. Have a new version approved in OpenText before the product is hidden."
        ),
        MarkInStore((("compliance", "expires in {days} days"),)),
    ),
    outcome="The panel says 60, 30 and 7 days before which document expires, and what happens then.",
)


def _approved_document(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    if is_content_sheet(event.detail.get("document_name", "")):
        return ()
    return every_event(event, subject, preferences)


COMPLIANCE_PUBLISH = Scenario(
    slug="product-compliance-publish",
    title="Show approved compliance documents on the product, with number and link",
    catalogue=(6, 11, 36),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="The approved document is no content sheet; once for each approved version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=_approved_document,
    steps=(
        RecordApproval(folder="04 Evidence"),
        PublishCompliance(folder=FOLDER),
        FileEvidence(folder="04 Evidence", classification="Approvals"),
    ),
    outcome="The product carries a field with the document's number and a link to exactly the approved version.",
    works_by="No file is put into the store: the link leads to the app, which serves that version.",
)

SCENARIOS = (COMPLIANCE_PUBLISH, PRODUCT_COMPLIANCE, COMPLIANCE_WARNING)
