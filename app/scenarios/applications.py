"""Scenarios of B2B registrations: decided in a workflow, then group, credit, terms and the right to buy."""

from pydantic import Field

from app.domain.commerce import Customer
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, every_event
from app.domain.steps import (
    AwaitDecision,
    EnsureWorkspace,
    FileApprovalRecord,
    FileEvidence,
    FilePaper,
    Outcome,
    PublishTerms,
    SetCompanyState,
    StartWorkflow,
    Step,
    UpdateWorkspace,
)
from app.domain.trade import Company, CompanyState

ONBOARDING, CREDIT = "04 Onboarding", "06 Credit"


class ApplicationPreferences(Preferences):
    """Who decides about a new account, and what an approved one gets."""

    group: str = Field(
        default="", max_length=120, title="Customer group of approved accounts",
        description="The group, and with it the price list, of accounts approved on credit; in a store without groups "
                    "the catalog or price list itself. Empty: left as it is.",
    )  # fmt: skip
    prepay_group: str = Field(
        default="", max_length=120, title="Customer group of accounts that pay in advance",
        description="The group (or catalog) of accounts approved without credit. Empty: left as it is.",
    )  # fmt: skip
    onboarding_group: str = Field(
        default="Customer Onboarding", min_length=1, max_length=120, title="Group that checks the documents",
        description="The OpenText group asked first.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    finance_group: str = Field(
        default="Finance", min_length=1, max_length=120, title="Group that decides about credit",
        description="The OpenText group that sets limit and payment terms.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    legal_group: str = Field(
        default="Legal", min_length=1, max_length=120, title="Group that checks the contract",
        description="The OpenText group asked last.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    deadline_days: int = Field(
        default=5, ge=1, le=90, title="Days to decide",
        description="After this time the account stays as it is and somebody has to look at it.",
    )  # fmt: skip


class CustomerApplicationPreferences(ApplicationPreferences):
    """Beside that: which customers are reviewed by themselves."""

    review_new: bool = Field(
        default=False, title="Review new business customers by themselves",
        description="On: a customer with a company name and in no group is reviewed once. Off: only when asked for.",
    )  # fmt: skip


def applies_as_company(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    """Not one we made: its customer's registration was decided, and what was approved is still being written."""
    if isinstance(subject, Company) and subject.state is CompanyState.PENDING and not subject.is_made_by_us:
        return (f"{subject.name} has registered and waits to be approved",)
    return ()


def applies_as_customer(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Customer) or not getattr(preferences, "review_new", False):
        return ()
    is_new = subject.company and not subject.group_id and not subject.company_id
    return (f"{subject.name} has registered as {subject.company}",) if is_new else ()


def each_application(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """Once by itself; again whenever a person asks."""
    if event.topic is Topic.REQUESTED:
        return every_event(event, subject, preferences)
    return (Occasion("application"),)


def _steps(business_object: str) -> tuple[Step, ...]:
    keep = FileApprovalRecord(folder=ONBOARDING, classification="Customer agreements")
    agreed: tuple[Step, ...] = (
        UpdateWorkspace(business_object_type=business_object),
        FilePaper("account_terms", folder=CREDIT, document="agreed_terms"),
        FileEvidence(folder=CREDIT, classification="Approvals"),
    )
    refused = SetCompanyState(CompanyState.REJECTED, only_from=(CompanyState.PENDING,))
    return (
        EnsureWorkspace(business_object_type=business_object),
        FilePaper("account_terms", folder=ONBOARDING),
        StartWorkflow(process="sf_b2b_onboarding"),
        AwaitDecision(
            process="sf_b2b_onboarding",
            outcomes=(
                Outcome("approved", "Approved on credit", (keep, PublishTerms(on_credit=True), *agreed)),
                Outcome("approved_prepay", "Approved, pays in advance", (keep, PublishTerms(on_credit=False), *agreed)),
                Outcome("rejected", "Rejected", (keep, refused)),
                Outcome("more_info", "More documents needed", (keep,)),
                Outcome("expired", "No decision in time", (keep,)),
            ),
        ),
    )


COMPANY_APPLICATION = Scenario(
    slug="company-application",
    title="Have a company's registration and credit decided, then write its group, credit and terms",
    catalogue=(1, 20),
    providers=frozenset(Provider),
    subject=ObjectType.COMPANY,
    applies="The company has registered and waits to be approved; again when somebody asks.",
    triggers=frozenset({Topic.COMPANY_CHANGED}),
    requests=frozenset({"review_account"}),
    when=applies_as_company,
    each=each_application,
    preferences=ApplicationPreferences,
    steps=_steps("COMPANY"),
    outcome="The company may buy with the group, credit and terms that were approved, or is rejected; the record says "
    "who decided.",
    works_by="Needs B2B Edition in BigCommerce, B2B in Shopify. Shopify has neither groups nor credit: the group of "
    "your choices is the catalog (or price list) the company's locations get, the credit limit is kept in a metafield, "
    "and a company that may not buy on its own has its orders made drafts. After “more documents needed” the documents "
    "are filed by hand or by an upload link, then the account is reviewed again.",
)

CUSTOMER_APPLICATION = Scenario(
    slug="customer-application",
    title="Have a business customer's registration and credit decided, then write the group and credit terms",
    catalogue=(1, 20),
    providers=frozenset(Provider),
    subject=ObjectType.CUSTOMER,
    applies="The customer has registered with a company, is in no group yet, and you chose to look at new ones.",
    triggers=frozenset({Topic.CUSTOMER_CHANGED}),
    requests=frozenset({"review_account"}),
    when=applies_as_customer,
    each=each_application,
    preferences=CustomerApplicationPreferences,
    steps=_steps("CUSTOMER"),
    outcome="The customer buys with the group or catalog, credit and payment terms that were approved.",
    works_by="Where the store makes companies of customers (Shopify with B2B), the approved customer becomes the main "
    "contact of a company of that name, which gets catalog, terms and the right to buy. Elsewhere the store keeps no "
    "credit: limit and days are written into the customer attribute “Credit terms” for people and other apps to read.",
)

SCENARIOS = (COMPANY_APPLICATION, CUSTOMER_APPLICATION)
