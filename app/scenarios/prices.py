"""Scenarios about prices: agreements with customers and companies, in force from their first day to their last."""

import re
from decimal import Decimal

from pydantic import Field, field_validator

from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Each, Occasion, Preferences, Scenario, Subject, Unfit, every_event
from app.domain.steps import (
    AwaitDecision,
    EndPublication,
    EnsureWorkspace,
    FileApprovalRecord,
    FileEvidence,
    Outcome,
    PublishDue,
    PublishPrices,
    RecordApproval,
    RestoreFields,
    StartWorkflow,
    Step,
    UndoPublication,
)

CONTRACTS, PRICING, OUTCOME = "01 Contracts", "05 Pricing", "03 Outcome"
GROUP_WIDE = (
    "Prices go to the price list assigned to the customer's group, or to a new one that is then assigned to it: "
    "everybody in that group gets them. Keep a customer with prices of its own in a group of its own."
)


def is_price_agreement(name: str) -> bool:
    """ "Price agreement 2027.xlsx", "price agreement ACME.csv"."""
    return name.lower().startswith("price agreement") and name.lower().endswith((".csv", ".xlsx"))


class AgreementPreferences(Preferences):
    """What an agreement's rows must keep to."""

    all_or_nothing: bool = Field(
        default=False, title="All of an agreement or nothing",
        description="On: one row that cannot be published holds back the others. Off: the others are published.",
    )  # fmt: skip
    least_margin: Decimal | None = Field(
        default=Decimal(0), ge=0, lt=100, max_digits=5, decimal_places=2, title="Least margin in percent",
        description="A price below the cost, or with a smaller margin, is refused where the store knows the cost. "
                    "Leave empty to switch this check off.",
    )  # fmt: skip
    currencies: str = Field(
        default="", max_length=200, title="Currencies",
        description="Codes of the currencies agreements may be in, for example EUR, USD. Empty: the store's own.",
    )  # fmt: skip

    @field_validator("currencies")
    @classmethod
    def _codes(cls, value: str) -> str:
        codes = [code for code in re.split(r"[\s,;]+", value.upper()) if code]
        if not all(re.fullmatch(r"[A-Z]{3}", code) for code in codes):
            raise Unfit("Write three-letter codes, for example EUR, USD.")
        return ", ".join(codes)

    def currency_codes(self) -> frozenset[str]:
        return frozenset(code for code in self.currencies.split(", ") if code)


class PriceDeciders(Preferences):
    """Who decides about prices in the workflow."""

    pricing_group: str = Field(
        default="Pricing", min_length=1, max_length=120, title="Group that decides about prices",
        description="The OpenText group whose members approve or reject.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    finance_group: str = Field(
        default="Finance", min_length=1, max_length=120, title="Group that approves large discounts",
        description="Asked as well where Finance has to agree.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip


class AgreementReviewPreferences(PriceDeciders, AgreementPreferences):
    """Who decides about an agreement, and what its rows must keep to."""

    needs_finance: bool = Field(
        default=True, title="Finance agrees as well", description="Every agreement is also approved by Finance.",
    )  # fmt: skip
    deadline_days: int = Field(
        default=5, ge=1, le=90, title="Days to decide", description="After this time the agreement is not published.",
    )  # fmt: skip


def approved_agreement(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per approved version of a price agreement."""
    if not is_price_agreement(event.detail.get("document_name", "")):
        return ()
    return every_event(event, subject, preferences)


def when_due(name: str) -> Each:
    """One run for each publication whose first day ("start") or end ("end") has come."""

    def occasions(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
        if event.detail.get("publication") != name:
            return ()
        return (Occasion(f"{event.detail.get('publication_id', '')}:{event.id}"),)

    return occasions


_EVIDENCE: dict[ObjectType, tuple[Step, ...]] = {
    ObjectType.CUSTOMER: (FileEvidence(folder=PRICING, classification="Approvals"),),
    ObjectType.COMPANY: (FileEvidence(folder=PRICING, classification="Approvals"),),
    ObjectType.CASE: (FileEvidence(folder=OUTCOME, classification="Approvals"),),
}


def _agreement(subject: ObjectType) -> Scenario:
    return Scenario(
        slug=f"price-agreement-{subject}",
        title=f"Publish the approved price agreement of a {subject} as prices",
        catalogue=(4, 11),
        providers=frozenset(Provider),
        subject=subject,
        applies="The approved document is a price agreement; once for each approved version.",
        triggers=frozenset({Topic.CONTENT_APPROVED}),
        each=approved_agreement,
        preferences=AgreementPreferences,
        steps=(
            RecordApproval(folder=PRICING, classification="Customer agreements"),
            PublishPrices(),
            *_EVIDENCE[subject],
        ),
        outcome=f"The {subject} pays the agreed prices from the first day to the last; a report says of every row "
                "whether it was applied, skipped or refused, and why.",
        works_by=GROUP_WIDE,
    )  # fmt: skip


def _review(subject: ObjectType) -> Scenario:
    keep = FileApprovalRecord(folder=PRICING, classification="Customer agreements")
    return Scenario(
        slug=f"price-agreement-review-{subject}",
        title=f"Have a price agreement of a {subject} decided in a workflow, then publish it",
        catalogue=(4, 11, 22),
        providers=frozenset(Provider),
        subject=subject,
        triggers=frozenset(),
        requests=frozenset({"review_agreement"}),
        each=every_event,
        preferences=AgreementReviewPreferences,
        steps=(
            EnsureWorkspace(business_object_type=subject.value.upper()),
            StartWorkflow(process="sf_special_price"),
            AwaitDecision(
                process="sf_special_price",
                outcomes=(
                    Outcome("approved", "Approved", (keep, PublishPrices(), *_EVIDENCE[subject])),
                    Outcome("approved_modified", "Another discount", (keep,)),
                    Outcome("rejected", "Rejected", (keep,)),
                    Outcome("expired", "No decision in time", (keep,)),
                ),
            ),
        ),
        outcome="After the approval the prices are published as with an approved document; another discount than the "
                "file's is kept as a record, and the file is corrected and approved again.",
        works_by=GROUP_WIDE,
    )  # fmt: skip


def _start(subject: ObjectType) -> Scenario:
    return Scenario(
        slug=f"publication-begins-{subject}",
        title=f"Publish what was approved for a {subject} on the day it begins",
        catalogue=(4, 22),
        providers=frozenset(Provider),
        subject=subject,
        applies="The first day of something approved has come.",
        triggers=frozenset({Topic.TIME_CAME}),
        each=when_due("start"),
        steps=(PublishDue(), *_EVIDENCE[subject]),
        outcome="From the first day on the approved values are live; what people changed since the approval stays.",
    )


def _end(subject: ObjectType) -> Scenario:
    return Scenario(
        slug=f"publication-ends-{subject}",
        title=f"Take back what was published for a {subject} when it ends",
        catalogue=(4, 22),
        providers=frozenset(Provider),
        subject=subject,
        applies="The last day of something published is over.",
        triggers=frozenset({Topic.TIME_CAME}),
        each=when_due("end"),
        steps=(EndPublication(), *_EVIDENCE[subject]),
        outcome="After the last day what was there before is back; what people changed since stays.",
    )


def _undo(subject: ObjectType) -> Scenario:
    return Scenario(
        slug=f"publication-undo-{subject}",
        title=f"Put back what a publication for a {subject} replaced, except what a person changed since",
        catalogue=(4, 20, 22),
        providers=frozenset(Provider),
        subject=subject,
        triggers=frozenset(),
        requests=frozenset({"undo"}),
        each=every_event,
        steps=(UndoPublication(), *_EVIDENCE[subject]),
        outcome="Prices or terms are as they were before; what people changed since is left alone and named.",
    )


def _restore(subject: ObjectType) -> Scenario:
    return Scenario(
        slug=f"publication-restore-{subject}",
        title=f"Write approved values of a {subject} again where the store has drifted",
        catalogue=(4, 20, 22),
        providers=frozenset(Provider),
        subject=subject,
        triggers=frozenset(),
        requests=frozenset({"restore"}),
        each=every_event,
        steps=(RestoreFields(), *_EVIDENCE[subject]),
        outcome="The chosen prices or terms are the approved ones again.",
    )


CUSTOMER_AGREEMENT, COMPANY_AGREEMENT = _agreement(ObjectType.CUSTOMER), _agreement(ObjectType.COMPANY)
CUSTOMER_AGREEMENT_REVIEW, COMPANY_AGREEMENT_REVIEW = _review(ObjectType.CUSTOMER), _review(ObjectType.COMPANY)

GOVERNED = (ObjectType.CUSTOMER, ObjectType.COMPANY, ObjectType.CASE)

SCENARIOS = (
    CUSTOMER_AGREEMENT, COMPANY_AGREEMENT, CUSTOMER_AGREEMENT_REVIEW, COMPANY_AGREEMENT_REVIEW,
    *(make(subject) for subject in GOVERNED for make in (_start, _end, _undo, _restore)),
)  # fmt: skip
