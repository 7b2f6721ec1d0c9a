"""Scenarios about products."""

from pydantic import Field

from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.publication import is_content_sheet
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    AwaitDecision,
    EnsureWorkspace,
    FileApprovalRecord,
    FileContentSheet,
    FileEvidence,
    LinkInStore,
    Outcome,
    PublishContent,
    RecordApproval,
    RestoreFields,
    StartWorkflow,
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


class ContentReviewPreferences(Preferences):
    """Who decides about a product's content."""

    content_group: str = Field(
        default="Content Approvers", min_length=1, max_length=120, title="Group that decides about content",
        description="The OpenText group whose members approve, ask for changes or reject.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    regulated: bool = Field(
        default=False, title="Legal agrees as well",
        description="What the first group approved is also approved by Legal, for regulated goods.",
    )  # fmt: skip
    legal_group: str = Field(
        default="Legal", min_length=1, max_length=120, title="Group that approves regulated content",
        description="Asked as well where Legal has to agree.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    deadline_days: int = Field(
        default=3, ge=1, le=90, title="Days to decide", description="After this time the content is not published.",
    )  # fmt: skip


_KEEP = FileApprovalRecord(folder="04 Evidence", classification="Approvals")

PRODUCT_REVIEW = Scenario(
    slug="product-content-review",
    title="Have a product's content decided in a workflow, then publish exactly that version",
    catalogue=(3, 18),
    providers=frozenset(Provider),
    subject=ObjectType.PRODUCT,
    applies="Somebody asks for it in the product's panel.",
    triggers=frozenset(),
    requests=frozenset({"review_content"}),
    each=every_event,
    preferences=ContentReviewPreferences,
    steps=(
        EnsureWorkspace(business_object_type="PRODUCT"),
        StartWorkflow(process="sf_content_approval"),
        AwaitDecision(
            process="sf_content_approval",
            outcomes=(
                Outcome("approved", "Approved", (_KEEP, PublishContent(), *_EVIDENCE)),
                Outcome("changes_requested", "Changes requested", (_KEEP,)),
                Outcome("rejected", "Rejected", (_KEEP,)),
                Outcome("expired", "No decision in time", (_KEEP,)),
            ),
        ),
    ),
    outcome="After the approval the product shows exactly the version that was decided about; whatever else was "
    "decided is kept as a record, and nothing is published.",
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

SCENARIOS = (PRODUCT_LAUNCH, PRODUCT_PUBLISH, PRODUCT_REVIEW, PRODUCT_UNDO, PRODUCT_RESTORE)
