"""Letters after a purchase: care and set-up, warranty, welcome."""

from pydantic import Field

from app.domain.commerce import Order, OrderStatus
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Preferences, Scenario, Subject
from app.domain.steps import (
    ComposeCommunication,
    ConsiderLetter,
    DeliverCommunication,
    EnsureWorkspace,
    MarkInStore,
    Outcome,
    ShareWithBuyer,
    Step,
    WaitDays,
)
from app.domain.trade import Company, CompanyState
from app.scenarios.communications import NEEDS_COMPANIES, RecentPreferences, is_recent

CORRESPONDENCE = "03 Correspondence"


class WelcomePreferences(RecentPreferences):
    """How long after the purchase the letter goes out."""

    wait_days: int = Field(
        default=3, ge=0, le=365, title="Days after shipping",
        description="So that the letter does not come before the parcel. 0: at once.",
    )  # fmt: skip


class GoodsPreferences(WelcomePreferences):
    """For which products."""

    only_for: str = Field(
        default="", max_length=1000, title="Only for these kinds of products",
        description="Brands, or values of the custom fields “Category” and “Type”, separated by commas. Empty: all.",
    )  # fmt: skip


class NewCompanyPreferences(RecentPreferences):
    """Which companies are new."""

    newest_days: int = Field(
        default=90, ge=1, le=730, title="Days a company is new",
        description="A company that registered longer ago gets no welcome pack any more.",
    )  # fmt: skip


def has_left(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """The whole order has left the house."""
    sent = (OrderStatus.SHIPPED, OrderStatus.COMPLETED)
    if isinstance(subject, Order) and subject.status in sent and is_recent(subject, preferences):
        return (f"The order stands at “{subject.status_label}”",)
    return ()


def _due(rule: str, *steps: Step) -> tuple[Step, ...]:
    """After the days chosen, where there is something to write."""
    letter = Outcome("letter", "A letter is due", (EnsureWorkspace("ORDER", parents=(ObjectType.CUSTOMER,)), *steps))
    return (WaitDays("wait_days"), ConsiderLetter(rule, (letter,)))


CARE_GUIDE = Scenario(
    slug="care-guide",
    title="Send set-up and care instructions for what was bought, with the products' approved documents",
    catalogue=(31,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The goods are with the buyer, and there is something to say about them.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_left,
    preferences=GoodsPreferences,
    steps=_due(
        "care",
        ShareWithBuyer(documents=(), products=True),
        ComposeCommunication("SF_CARE", folder=CORRESPONDENCE, document="care_guide"),
        DeliverCommunication("care_guide", subject="Getting the best out of your order {number}",
                             text="How to set up and care for what you bought at {store}. All documents of your order: "
                                  "{shelf}"),
    ),
    outcome="The guide lies in the order's workspace; it names the link to the products' approved documents.",
    works_by="The instructions are custom fields of the product named Care, Set-up or Instructions (at Shopify "
             "metafields of the shop with these names); manuals are its approved documents in OpenText.",
)  # fmt: skip

WARRANTY_LETTER = Scenario(
    slug="warranty-letter",
    title="Register the warranty of what was bought and send its number",
    catalogue=(31,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The goods are with the buyer, and they carry a warranty.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_left,
    preferences=GoodsPreferences,
    steps=_due(
        "warranty",
        ComposeCommunication("SF_WARRANTY", folder=CORRESPONDENCE, document="warranty", classification="Orders"),
        MarkInStore((("warranty", "{warranty_number}"),)),
        DeliverCommunication("warranty", subject="Your warranty for order {number}",
                             text="Keep this letter: it names the warranty of what you bought at {store}."),
    ),
    outcome="The order carries the warranty's number; the letter is a record in its workspace.",
    works_by="The store registers no warranties: the number is kept on the order, and in OpenText.",
)  # fmt: skip

WELCOME_CUSTOMER = Scenario(
    slug="welcome-customer",
    title="Welcome a buyer after the first purchase with the first steps in their account",
    catalogue=(31,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The goods of the buyer's first order have arrived.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=has_left,
    preferences=WelcomePreferences,
    steps=_due(
        "first_order",
        ComposeCommunication("SF_ONBOARDING", folder=CORRESPONDENCE, document="welcome"),
        DeliverCommunication("welcome", subject="Welcome to {store}", text="Your first steps at {store}."),
    ),
    outcome="The guide lies in the order's workspace; the panel shows how and when it reached the buyer.",
)  # fmt: skip


def is_approved(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    is_theirs = isinstance(subject, Company) and subject.state is CompanyState.APPROVED
    return ("The company was approved",) if is_theirs else ()


WELCOME_COMPANY = Scenario(
    slug="welcome-company",
    title="Send an approved company its welcome pack: prices, terms, first steps",
    catalogue=(31,),
    providers=frozenset(Provider),
    subject=ObjectType.COMPANY,
    applies="The company was approved a short while ago.",
    triggers=frozenset({Topic.COMPANY_CHANGED}),
    when=is_approved,
    preferences=NewCompanyPreferences,
    steps=(
        ConsiderLetter("new_company", (
            Outcome("letter", "A letter is due", (
                EnsureWorkspace("COMPANY"),
                ComposeCommunication("SF_ONBOARDING", folder="04 Onboarding", document="welcome",
                                     classification="Customer agreements"),
                DeliverCommunication("welcome", subject="Welcome to {store}",
                                     text="Your company's account at {store} is ready: prices, terms, first steps."),
            )),
        )),
    ),
    outcome="The welcome pack lies in the company's workspace as a record; it goes out once.",
    works_by=NEEDS_COMPANIES,
)  # fmt: skip

SCENARIOS = (CARE_GUIDE, WARRANTY_LETTER, WELCOME_CUSTOMER, WELCOME_COMPANY)
