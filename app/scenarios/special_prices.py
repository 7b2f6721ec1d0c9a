"""Scenarios of special prices for one order: a quote that asks for one is decided in a workflow, priced and sent."""

from pydantic import Field

from app.domain.cases import CaseKind, CaseState
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Occasion, Preferences, Scenario, Subject
from app.domain.steps import (
    AwaitDecision,
    CloseCase,
    EnsureWorkspace,
    FileApprovalRecord,
    FilePaper,
    OpenPriceRequest,
    Outcome,
    PriceQuote,
    StartWorkflow,
)
from app.scenarios.prices import PriceDeciders
from app.scenarios.returns import is_open

REQUEST, OUTCOME = "01 Request", "03 Outcome"
BY_DRAFTS = (
    "A quote is a draft order in Shopify. The discount asked for is the first percentage in the draft's note (“10 %”)."
)
NO_QUOTES = {
    Provider.BIGCOMMERCE: "The app does not read BigCommerce's quotes; special prices are decided as price agreements."
}


class PriceRequestPreferences(Preferences):
    """Which quotes ask for a special price."""

    tag: str = Field(
        default="price-approval", min_length=1, max_length=40, title="Tag of quotes that need an approval",
        description="A quote with this tag becomes a price request.",
    )  # fmt: skip


class PriceDecisionPreferences(PriceDeciders):
    """Who decides about a special price."""

    needs_finance: bool = Field(
        default=False, title="Finance agrees as well", description="Every special price is also approved by Finance.",
    )  # fmt: skip
    deadline_days: int = Field(
        default=5, ge=1, le=90, title="Days to decide", description="After this time the prices stay as they are.",
    )  # fmt: skip


def each_change(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Whether it asks for a price is read from the quote itself."""
    quote = event.detail.get("quote_id", "")
    return (Occasion(f"quote:{quote}:{event.id}", {"quote_id": quote}),) if quote else ()


PRICE_REQUEST_INTAKE = Scenario(
    slug="price-request-intake",
    title="Open a price request when a quote is tagged for approval",
    catalogue=(22,),
    providers=frozenset({Provider.SHOPIFY}),
    unavailable=NO_QUOTES,
    subject=ObjectType.CUSTOMER,
    applies="A quote of the customer carries your tag and is no order yet; once for each quote.",
    triggers=frozenset({Topic.QUOTE_CHANGED}),
    each=each_change,
    preferences=PriceRequestPreferences,
    steps=(OpenPriceRequest(),),
    outcome="The customer's panel shows the price request with what was asked for.",
    works_by=BY_DRAFTS,
)

PRICE_REQUEST = Scenario(
    slug="price-request",
    title="Have a special price decided, then write it into the quote and send it",
    catalogue=(22,),
    providers=frozenset({Provider.SHOPIFY}),
    unavailable=NO_QUOTES,
    subject=ObjectType.CASE,
    applies="A price request is open.",
    triggers=frozenset({Topic.CASE_CHANGED}),
    when=is_open(CaseKind.PRICE_REQUEST, "{case.name} waits for a decision"),
    preferences=PriceDecisionPreferences,
    steps=(
        EnsureWorkspace("PRICE_REQUEST", parents=(ObjectType.CUSTOMER, ObjectType.COMPANY)),
        FilePaper("case_file", folder=REQUEST),
        StartWorkflow(process="sf_special_price"),
        AwaitDecision(
            process="sf_special_price",
            outcomes=tuple(
                Outcome(value, title, (
                    FileApprovalRecord(folder=OUTCOME, classification="Pricing approvals"),
                    *((PriceQuote(),) if value.startswith("approved") else ()),
                    CloseCase(CaseState.CLOSED),
                ))
                for value, title in (
                    ("approved", "Approved"), ("approved_modified", "Another discount"), ("rejected", "Rejected"),
                    ("expired", "No decision in time"),
                )
            ),
        ),
    ),
    outcome="The buyer gets the quote at exactly the approved prices; a quote changed since is left alone, and the "
    "case says so.",
    works_by=BY_DRAFTS,
)  # fmt: skip

SCENARIOS = (PRICE_REQUEST_INTAKE, PRICE_REQUEST)
