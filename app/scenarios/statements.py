"""Monthly statements and reminders of business buyers' accounts."""

from pydantic import Field

from app.domain.commerce import Customer
from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Condition, Preferences, Scenario, Subject
from app.domain.steps import (
    ComposeCommunication,
    ConsiderLetter,
    DeliverCommunication,
    EnsureWorkspace,
    Outcome,
    PassOn,
    Step,
)
from app.domain.trade import Company
from app.scenarios.communications import NEEDS_COMPANIES, LetterPreferences
from app.scenarios.times import each_month

STATEMENTS = "08 Statements"
FROM_ORDERS = (
    "From the orders of the last two years and their payments; stores tell no accounts. An order is due after "
    "the company's payment terms, else after 14 days."
)
SEEN = " Customers are those whose orders we have seen since the installation, or in an import of the past."

CALENDAR_MONTH = Scenario(
    slug="calendar-month",
    title="Tell customers and companies when a month has begun, for their statements and letters",
    catalogue=(25, 28, 29),
    providers=frozenset(Provider),
    subject=ObjectType.STORE,
    applies="A month of your store has begun.",
    triggers=frozenset({Topic.TIME_CAME}),
    each=each_month,
    steps=(PassOn("customer"), PassOn("company")),
    outcome="What is to be written once a month is written; nobody is told where nothing monthly is switched on.",
)


class StatementPreferences(LetterPreferences):
    """Which accounts get a statement."""

    without_open_items: bool = Field(
        default=False, title="Also where nothing is open",
        description="A summary of the month for every account that ordered something in it.",
    )  # fmt: skip


class GroupPreferences(LetterPreferences):
    """Which customers are business buyers."""

    groups: str = Field(
        default="", max_length=1000, title="Customer groups",
        description="Names separated by commas; at Shopify tags. Empty: all in a group or with a company name.",
    )  # fmt: skip


class CustomerStatementPreferences(StatementPreferences, GroupPreferences):
    """Which customers get a statement, and when."""


class OverduePreferences(LetterPreferences):
    """From when on an open item is reminded of."""

    overdue_days: int = Field(
        default=7, ge=1, le=365, title="Days overdue",
        description="Accounts with an item overdue by so many days at the end of the month get a reminder.",
    )  # fmt: skip


class CustomerOverduePreferences(OverduePreferences, GroupPreferences):
    """Which customers get a reminder, and from when on."""


def names_in(text: str) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in text.replace(";", ",").split(",") if one.strip())


def is_account(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """A company, or a business buyer who belongs to none: the company's own statement has the others' orders."""
    if isinstance(subject, Company):
        return ("A month is over",)
    if not isinstance(subject, Customer) or subject.company_id:
        return ()
    wanted = names_in(preferences.groups) if isinstance(preferences, GroupPreferences) else frozenset()
    if wanted:
        return ("A month is over",) if subject.groups & wanted else ()
    return ("A month is over",) if subject.group_id or subject.company else ()


def _monthly(
    kind: str, subject: ObjectType, title: str, preferences: type[Preferences], steps: tuple[Step, ...], works_by: str
) -> Scenario:
    when: Condition = is_account
    return Scenario(
        slug=f"{kind}-{subject.value}",
        title=title,
        catalogue=(25,),
        providers=frozenset(Provider),
        subject=subject,
        applies="A company or a business buyer without one, of whom the month has something to tell; once a month.",
        triggers=frozenset({Topic.TIME_CAME}),
        requests=frozenset({"send_statement"}) if kind == "statement" else frozenset(),
        when=when,
        each=each_month,
        preferences=preferences,
        steps=steps,
        outcome=f"The {subject.value}'s workspace holds it as a record; one for each month, and what became of it.",
        works_by=works_by,
    )


def _statement(workspace: EnsureWorkspace) -> tuple[Step, ...]:
    return (
        ConsiderLetter("statement", (
            Outcome("letter", "A letter is due", (
                workspace,
                ComposeCommunication("SF_STATEMENT", folder=STATEMENTS, document="statement",
                                     classification="Account statements"),
                DeliverCommunication("statement", subject="Your statement from {store}",
                                     text="Your account statement from {store} for the past month is ready."),
            )),
        )),
    )  # fmt: skip


def _reminder(workspace: EnsureWorkspace) -> tuple[Step, ...]:
    return (
        ConsiderLetter("overdue", (
            Outcome("letter", "A letter is due", (
                workspace,
                ComposeCommunication("SF_AGEING_NOTICE", folder=STATEMENTS, document="reminder",
                                     classification="Account statements"),
                DeliverCommunication("reminder", subject="Open items at {store}",
                                     text="Some items of your account at {store} are overdue. The letter lists them."),
            )),
        )),
    )  # fmt: skip


COMPANY, CUSTOMER = EnsureWorkspace("COMPANY"), EnsureWorkspace("CUSTOMER")
SCENARIOS = (
    CALENDAR_MONTH,
    _monthly("statement", ObjectType.COMPANY, "Send every company its monthly statement", StatementPreferences,
             _statement(COMPANY), f"{NEEDS_COMPANIES} {FROM_ORDERS}"),
    _monthly("statement", ObjectType.CUSTOMER, "Send every business buyer without a company a monthly statement",
             CustomerStatementPreferences, _statement(CUSTOMER), FROM_ORDERS + SEEN),
    _monthly("overdue", ObjectType.COMPANY, "Remind companies every month of what is overdue", OverduePreferences,
             _reminder(COMPANY), f"{NEEDS_COMPANIES} {FROM_ORDERS}"),
    _monthly("overdue", ObjectType.CUSTOMER, "Remind business buyers without a company of what is overdue",
             CustomerOverduePreferences, _reminder(CUSTOMER), FROM_ORDERS + SEEN),
)  # fmt: skip
