"""Scenarios about policies, terms and other texts buyers agree to."""

from pydantic import Field

from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    CapturePolicy,
    EnsureWorkspace,
    FileEvidence,
    LookAtPages,
    PublishPage,
    RecordApproval,
    RestoreFields,
    UndoPublication,
    UpdateWorkspace,
)
from app.domain.trade import Page, PageKind
from app.scenarios.times import each_day

WORDS = (
    "terms, conditions, privacy, policy, policies, return, refund, shipping, warranty, cookie, imprint, legal, "
    "consent, disclosure, withdrawal, agb, impressum, datenschutz, widerruf"
)
TERMS = ("terms", "conditions", "agb")


class PolicyPreferences(Preferences):
    """Which pages are policies."""

    title_words: str = Field(
        default=WORDS, min_length=1, max_length=1000, title="Words in the titles of policies",
        description="A page is kept as a policy when its title holds one of these words. Terms at checkout always are.",
    )  # fmt: skip


class PolicyPublishPreferences(PolicyPreferences):
    """How an approved policy reaches buyers."""

    link_at_checkout: bool = Field(
        default=True, title="Name the terms at checkout",
        description="When a page with terms is published, the terms at checkout say where to read them.",
    )  # fmt: skip


def is_policy(page: Page, preferences: Preferences) -> bool:
    words = getattr(preferences, "title_words", WORDS)
    wanted = [word for part in words.split(",") if (word := part.strip().casefold())]
    return page.kind is PageKind.POLICY or any(word in page.title.casefold() for word in wanted)


def is_terms(page: Page) -> bool:
    return any(word in page.title.casefold() for word in TERMS)


def a_policy(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Page) and is_policy(subject, preferences):
        return (f"“{subject.title}” is a policy of your store",)
    return ()


POLICY_CAPTURE = Scenario(
    slug="policy-versions",
    title="Keep every version of policies and terms as a record, with the time it was in force",
    catalogue=(12,),
    providers=frozenset(Provider),
    subject=ObjectType.PAGE,
    applies="The page's title holds one of your words, or they are the terms at checkout.",
    triggers=frozenset({Topic.PAGE_CHANGED}),
    requests=frozenset({"create_workspace"}),
    when=a_policy,
    each=every_event,
    preferences=PolicyPreferences,
    steps=(
        EnsureWorkspace(business_object_type="PAGE"),
        CapturePolicy(folder="02 Versions", classification="Policies"),
        UpdateWorkspace(business_object_type="PAGE"),
    ),
    outcome="Each version lies in its workspace as PDF/A and HTML; every order says which ones it was placed under.",
    works_by=(
        "BigCommerce tells when a page or the checkout's settings change, but not when a page is deleted; Shopify "
        "tells of no change of a page or policy: all of them are looked at once a day as well."
    ),
)

POLICY_LOOK = Scenario(
    slug="policy-look",
    title="Look at all policies once a day, for changes nobody told",
    catalogue=(12,),
    providers=frozenset(Provider),
    subject=ObjectType.STORE,
    applies="Once a day.",
    triggers=frozenset({Topic.TIME_CAME}),
    requests=frozenset({"look_at_pages", "set_up_store"}),
    each=lambda event, subject, preferences: (
        each_day(event, subject, preferences)
        if event.topic is Topic.TIME_CAME
        else every_event(event, subject, preferences)
    ),
    preferences=PolicyPreferences,
    steps=(LookAtPages(),),
    outcome="A policy that changed without a word, or is gone, is noticed within a day.",
)


def approved_page(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per approved version of an HTML document in the page's workspace, our own copies left out."""
    name = event.detail.get("document_name", "").lower()
    if not name.endswith((".html", ".htm")) or " version " in name:
        return ()
    return every_event(event, subject, preferences)


_EVIDENCE = (
    UpdateWorkspace(business_object_type="PAGE"),
    FileEvidence(folder="03 Evidence", classification="Approvals"),
)

POLICY_PUBLISH = Scenario(
    slug="policy-publish",
    title="Publish an approved policy to its page and name it at checkout",
    catalogue=(11, 27),
    providers=frozenset(Provider),
    subject=ObjectType.PAGE,
    applies="The approved document is the page's HTML text; once for each approved version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=approved_page,
    preferences=PolicyPublishPreferences,
    steps=(RecordApproval(folder="03 Evidence"), PublishPage(), *_EVIDENCE),
    outcome="The page shows exactly the approved text, the terms at checkout name it, and its new version is kept.",
)

POLICY_UNDO = Scenario(
    slug="policy-undo",
    title="Put a page's earlier text back, except what a person changed since",
    catalogue=(27,),
    providers=frozenset(Provider),
    subject=ObjectType.PAGE,
    triggers=frozenset(),
    requests=frozenset({"undo"}),
    each=every_event,
    steps=(UndoPublication(), *_EVIDENCE),
    outcome="The page reads as it did before the publication.",
)

POLICY_RESTORE = Scenario(
    slug="policy-restore",
    title="Write an approved policy again where the page has drifted",
    catalogue=(27,),
    providers=frozenset(Provider),
    subject=ObjectType.PAGE,
    triggers=frozenset(),
    requests=frozenset({"restore"}),
    each=every_event,
    steps=(RestoreFields(), *_EVIDENCE),
    outcome="The page reads as approved again.",
)

SCENARIOS = (POLICY_CAPTURE, POLICY_LOOK, POLICY_PUBLISH, POLICY_UNDO, POLICY_RESTORE)
