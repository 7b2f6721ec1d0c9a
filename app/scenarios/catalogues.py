"""Personal catalogues: for the buyers of a group once a month, or for one buyer on a click."""

from pydantic import Field

from app.domain.commerce import Customer
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Preferences, Scenario, Subject, every_event
from app.domain.steps import ComposeCommunication, ConsiderLetter, DeliverCommunication, EnsureWorkspace, Outcome, Step
from app.scenarios.communications import LetterPreferences
from app.scenarios.retention import CONSENT, agreed
from app.scenarios.statements import names_in
from app.scenarios.times import each_month

HOW = (
    "At the prices of the price list of the buyer's group or company, else at those of the store; hidden products are "
    "left out. "
    f"{CONSENT}"
)


class CataloguePreferences(LetterPreferences):
    """What is in the catalogue."""

    title: str = Field(
        default="", max_length=120, title="Title of the catalogue",
        description="Empty: the store's name and “your catalogue”.",
    )  # fmt: skip
    skus: str = Field(
        default="", max_length=4000, title="Products for everybody",
        description="SKUs separated by commas; sixty products at most, these first.",
    )  # fmt: skip
    include_bought: bool = Field(
        default=True, title="What the buyer bought before",
        description="Adds the products of the buyer's orders of the last two years, the latest first.",
    )  # fmt: skip
    valid_days: int = Field(
        default=60, ge=1, le=365, title="Days the prices are valid",
        description="Printed on the catalogue, counted from the day it is made.",
    )  # fmt: skip


class GroupCataloguePreferences(CataloguePreferences):
    """For whom."""

    groups: str = Field(
        default="", max_length=1000, title="Customer groups",
        description="Names separated by commas; at Shopify tags. Empty: nobody gets a catalogue by itself.",
    )  # fmt: skip


def is_in_group(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """A buyer of the segment who has agreed to such letters."""
    wanted = names_in(preferences.groups) if isinstance(preferences, GroupCataloguePreferences) else frozenset()
    if not isinstance(subject, Customer) or not subject.groups & wanted:
        return ()
    return agreed()(subject, preferences)


_STEPS: tuple[Step, ...] = (
    ConsiderLetter("catalogue", (
        Outcome("letter", "A letter is due", (
            EnsureWorkspace("CUSTOMER", parents=(ObjectType.COMPANY,)),
            ComposeCommunication("SF_CATALOG", folder="05 Pricing", document="catalogue"),
            DeliverCommunication("catalogue", purpose="marketing", subject="Your catalogue from {store}",
                                 text="Your personal catalogue from {store} is ready."),
        )),
    )),
)  # fmt: skip

CATALOGUE_MONTH = Scenario(
    slug="catalogue-month",
    title="Send the buyers of chosen groups a catalogue with their own prices every month",
    catalogue=(29,),
    providers=frozenset(Provider),
    subject=ObjectType.CUSTOMER,
    applies="The customer is in a group you chose; once a month.",
    triggers=frozenset({Topic.TIME_CAME}),
    when=is_in_group,
    each=each_month,
    preferences=GroupCataloguePreferences,
    steps=_STEPS,
    outcome="The catalogue lies in the customer's workspace; the panel shows how it reached the buyer, or why not.",
    works_by=HOW,
)

CATALOGUE_REQUEST = Scenario(
    slug="catalogue-request",
    title="Make one buyer a catalogue with their own prices",
    catalogue=(29,),
    providers=frozenset(Provider),
    subject=ObjectType.CUSTOMER,
    triggers=frozenset(),
    requests=frozenset({"send_catalogue"}),
    each=every_event,
    preferences=CataloguePreferences,
    steps=_STEPS,
    outcome="The catalogue lies in the customer's workspace. It is sent to who agreed to advertising; others get it as "
    "a link from the panel.",
    works_by=HOW,
)

SCENARIOS = (CATALOGUE_MONTH, CATALOGUE_REQUEST)
