"""Scenarios of campaigns: briefs, legal approvals, discount rules and exceptions as records, with what runs by them."""

from decimal import Decimal

from pydantic import Field

from app.domain.cases import Case, CaseKind
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.publication import document_kind
from app.domain.scenario import Mode, Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    EnsureWorkspace,
    FileEvidence,
    FilePaper,
    LookAtPromotions,
    OpenCase,
    PublishPromotions,
    RecordApproval,
    UpdateWorkspace,
)
from app.scenarios.times import each_day

BRIEF, OUTCOME, VERSIONS, CLASS = "01 Brief", "03 Outcome", "04 Versions", "Pricing approvals"
RECORDED = frozenset({"Campaign brief", "Legal approval", "Policy exception"})
BY_LOOKING = (
    "Shopify tells of each change of a discount. BigCommerce tells nobody when a promotion changes: all of them are "
    "read once a day, after each publication, and when somebody asks."
)


class CampaignPreferences(Preferences):
    """What discount rules must keep to before they run."""

    needs_legal: bool = Field(
        default=True, title="Legal approves first",
        description="On: promotions go live only once a document “Legal approval …” of the campaign is approved.",
    )  # fmt: skip
    most_percent: Decimal | None = Field(
        default=Decimal(50), gt=0, le=100, max_digits=5, decimal_places=2, title="Largest discount in percent",
        description="More needs an approved “Policy exception …” in the campaign. Empty: this check is off.",
    )  # fmt: skip
    all_or_nothing: bool = Field(
        default=False, title="All promotions of a file or none",
        description="On: one row that cannot be published holds back the others. Off: the others are published.",
    )  # fmt: skip


class PromotionWatchPreferences(Preferences):
    """What happens to promotions nobody approved. Off at first: each live promotion would open a campaign at once."""

    mode: Mode = Mode.OFF
    switch_off_unapproved: bool = Field(
        default=False, title="Switch off what nobody approved",
        description="Off: a promotion without an approval opens a campaign and goes on. On: it is switched off too.",
    )  # fmt: skip
    most_days: int | None = Field(
        default=None, ge=1, le=3650, title="Longest run in days without an end",
        description="A promotion that names no last day is switched off after so many days. Empty: it goes on.",
    )  # fmt: skip


def is_campaign(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if isinstance(subject, Case) and subject.kind is CaseKind.CAMPAIGN:
        return (subject.additions[-1].text if subject.additions else f"{subject.name} was opened",)
    return ()


def each_version(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Once for each change of the case."""
    if not isinstance(subject, Case):
        return ()
    return (Occasion(f"version:{subject.version}", {"stage": f"state {subject.version}"}),)


def is_rules(name: str) -> bool:
    """ "Promotions spring.xlsx", "promotion VIP.csv"."""
    return document_kind(name) == "Promotion" and name.lower().endswith((".csv", ".xlsx"))


def approved_rules(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    is_ours = is_rules(event.detail.get("document_name", "")) and is_campaign(subject, preferences)
    return every_event(event, subject, preferences) if is_ours else ()


def approved_paper(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    is_ours = document_kind(event.detail.get("document_name", "")) in RECORDED and is_campaign(subject, preferences)
    return every_event(event, subject, preferences) if is_ours else ()


def _open(subject: ObjectType, about: str) -> Scenario:
    return Scenario(
        slug=f"campaign-open-{subject}",
        title=f"Open a campaign {about}",
        catalogue=(15,),
        providers=frozenset(Provider),
        subject=subject,
        triggers=frozenset(),
        requests=frozenset({"open_campaign"}),
        each=every_event,
        steps=(OpenCase(CaseKind.CAMPAIGN),),
        outcome="The campaign has its number and workspace: brief, legal approval and discount rules go there.",
    )


CAMPAIGN = Scenario(
    slug="campaign",
    title="Give every campaign its workspace and keep each state of its promotions as a record",
    catalogue=(15,),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="A campaign is open; once for each version of it.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_campaign,
    each=each_version,
    steps=(
        EnsureWorkspace(business_object_type="CAMPAIGN", parents=(ObjectType.CUSTOMER, ObjectType.COMPANY)),
        FilePaper("campaign_state", folder=VERSIONS, classification=CLASS),
    ),
    outcome="The campaign's workspace holds brief, approvals and every state its promotions were in.",
    works_by=BY_LOOKING,
)

CAMPAIGN_PAPERS = Scenario(
    slug="campaign-approvals",
    title="Keep approved briefs, legal approvals and exceptions of campaigns as records",
    catalogue=(11, 15),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="The approved document is a brief or a legal approval of the campaign; once for each version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=approved_paper,
    steps=(RecordApproval(folder=OUTCOME, classification=CLASS),),
    outcome="Who approved which version lies in the campaign's workspace as a record; promotions waiting for it go on.",
)

CAMPAIGN_PUBLISH = Scenario(
    slug="campaign-publish",
    title="Publish the approved discount rules of a campaign as promotions",
    catalogue=(11, 15, 22),
    providers=frozenset(Provider),
    subject=ObjectType.CASE,
    applies="The approved document holds the campaign's rules; once for each version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=approved_rules,
    preferences=CampaignPreferences,
    steps=(
        RecordApproval(folder=OUTCOME, classification=CLASS),
        PublishPromotions(),
        FileEvidence(folder=OUTCOME, classification=CLASS),
        UpdateWorkspace(business_object_type="CAMPAIGN"),
    ),
    outcome="The promotions run as approved, each linked to its campaign; a row that was refused says why.",
    works_by="Write a file “Promotion ….csv” or “.xlsx” with the columns name, percent or amount and currency, SKUs, "
    "code, customer group, starts, ends, most uses. The store itself starts and ends a promotion on its days. In "
    "Shopify a promotion is for everybody, and only one with a code can have a limit of uses: other rows are refused.",
)

PROMOTION_WATCH = Scenario(
    slug="promotion-watch",
    title="Look at all promotions once a day: each belongs to a campaign, each change is kept",
    catalogue=(15,),
    providers=frozenset(Provider),
    subject=ObjectType.STORE,
    applies="Once a day, when the store tells of a change, or when somebody asks.",
    triggers=frozenset({Topic.TIME_CAME, Topic.PROMOTION_CHANGED}),
    requests=frozenset({"look_at_promotions"}),
    each=lambda event, subject, preferences: (
        each_day(event, subject, preferences)
        if event.topic is Topic.TIME_CAME
        else every_event(event, subject, preferences)
    ),
    preferences=PromotionWatchPreferences,
    steps=(LookAtPromotions(),),
    outcome="A promotion that runs without an approval, or too long, has a campaign that says so, and is switched off "
    "if you wish.",
    works_by=BY_LOOKING,
)

SCENARIOS = (
    _open(ObjectType.PRODUCT, "for a product"), _open(ObjectType.CUSTOMER, "for a customer or customer group"),
    CAMPAIGN, CAMPAIGN_PAPERS, CAMPAIGN_PUBLISH, PROMOTION_WATCH,
)  # fmt: skip
