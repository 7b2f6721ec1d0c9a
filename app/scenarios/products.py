"""Scenarios about products."""

from pydantic import Field

from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.publication import is_content_sheet
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    EnsureWorkspace,
    FileContentSheet,
    FileEvidence,
    LinkInStore,
    PublishContent,
    RecordApproval,
    RestoreFields,
    UndoPublication,
    UpdateWorkspace,
)

_EVIDENCE = (
    UpdateWorkspace(business_object_type="PRODUCT"),
    FileEvidence(folder="04 Evidence", classification="Approvals"),
)


class LaunchPreferences(Preferences):
    """When a product gets its launch workspace."""

    automatically: bool = Field(
        default=True, title="Create it by itself",
        description="For every product that is created or changed. Off: only when somebody asks in its panel.",
    )  # fmt: skip


def wanted_automatically(_subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if isinstance(preferences, LaunchPreferences) and preferences.automatically:
        return ("Every product has a launch workspace",)
    return ()


PRODUCT_LAUNCH = Scenario(
    slug="product-launch-workspace",
    title="Give each product a launch workspace with a content sheet to start from",
    catalogue=(3,),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="You chose that every product gets one.",
    triggers=frozenset({Topic.PRODUCT_CHANGED}),
    requests=frozenset({"create_workspace"}),
    when=wanted_automatically,
    preferences=LaunchPreferences,
    steps=(
        EnsureWorkspace(business_object_type="PRODUCT"),
        FileContentSheet(folder="01 Content"),
        LinkInStore(ObjectType.PRODUCT),
    ),
    outcome="The product panel links the workspace; authors work on the content sheet, images and documents there.",
)


def approved_sheet(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per approved version of the content sheet; other approved documents are others' business."""
    if not is_content_sheet(event.detail.get("document_name", "")):
        return ()
    return every_event(event, subject, preferences)


PRODUCT_PUBLISH = Scenario(
    slug="product-content-publish",
    title="Publish exactly the approved version of a product's content",
    catalogue=(3, 11, 18),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="The approved document is a content sheet; once for each approved version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=approved_sheet,
    steps=(RecordApproval(folder="04 Evidence"), PublishContent(), *_EVIDENCE),
    outcome="The product shows the approved texts, images and compliance document, the panel each field's source.",
)

PRODUCT_UNDO = Scenario(
    slug="product-content-undo",
    title="Put back what a publication replaced, except what a person changed since",
    catalogue=(3,),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    triggers=frozenset(),
    requests=frozenset({"undo"}),
    each=every_event,
    steps=(UndoPublication(), *_EVIDENCE),
    outcome="The product is as it was before the publication; fields changed by people since are left alone.",
)

PRODUCT_RESTORE = Scenario(
    slug="product-content-restore",
    title="Write the approved value again where the store has drifted",
    catalogue=(3,),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    triggers=frozenset(),
    requests=frozenset({"restore"}),
    each=every_event,
    steps=(RestoreFields(), *_EVIDENCE),
    outcome="The chosen fields show the approved values again.",
)

SCENARIOS = (PRODUCT_LAUNCH, PRODUCT_PUBLISH, PRODUCT_UNDO, PRODUCT_RESTORE)
