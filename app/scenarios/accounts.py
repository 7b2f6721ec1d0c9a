"""Scenarios about the accounts of business buyers: one workspace per customer and company with all that was agreed."""

import re
from hashlib import sha256

from pydantic import Field, field_validator

from app.domain.commerce import Customer, Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.publication import document_kind
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, Unfit, every_event
from app.domain.steps import (
    EnsureWorkspace,
    FileEvidence,
    FilePaper,
    LinkInStore,
    PublishTaxExemption,
    RecordApproval,
    TellAccounts,
)
from app.domain.trade import Company, CompanyState

ORDERS, CREDIT = "02 Orders", "06 Credit"
BY_GROUP = (
    "Companies are known where the store has them: with B2B Edition in BigCommerce, with B2B in Shopify. Elsewhere a "
    "customer is a business buyer who is in a customer group or has a company name; what was agreed is then in the "
    "customer's own workspace."
)
IN_WORDS = {
    CompanyState.PENDING: "{name} waits to be approved", CompanyState.APPROVED: "{name} is approved",
    CompanyState.REJECTED: "{name} was rejected", CompanyState.INACTIVE: "{name} is inactive",
}  # fmt: skip


class AccountPreferences(Preferences):
    """Which customers get a workspace of their own."""

    every_customer: bool = Field(
        default=False, title="Private customers as well",
        description="Off: only who buys for a company, is in a customer group, or has a company name.",
    )  # fmt: skip


def is_business_buyer(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Customer):
        return ()
    reasons = []
    if subject.company_id:
        reasons.append(f"{subject.name} buys for a company")
    if subject.group:
        reasons.append(f"{subject.name} is in the customer group {subject.group}")
    if subject.company:
        reasons.append(f"{subject.name} buys as {subject.company}")
    if not reasons and getattr(preferences, "every_customer", False):
        reasons.append(f"{subject.name} has an account")
    return tuple(reasons)


def is_company(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    return (IN_WORDS[subject.state].format(name=subject.name),) if isinstance(subject, Company) else ()


def is_business_order(subject: Subject, _preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Order) or subject.customer_id is None or subject.status is OrderStatus.INCOMPLETE:
        return ()
    if subject.company_id:
        return (f"Order {subject.number} was placed for a company",)
    return (f"Order {subject.number} is billed to {subject.billing.company}",) if subject.billing.company else ()


def each_change(event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """Once for each state of the account, and for each order that came to something."""
    if isinstance(subject, Company):
        seen = f"{subject.version}:{_standing(subject)}"
    else:
        seen = subject.version if isinstance(subject, Customer) else ""
    return (Occasion(event.detail.get("occasion") or f"seen:{seen}"),)


def _standing(company: Company) -> str:
    """A digest of what its papers show: its places, people, credit and taxes change without the company itself."""
    shown = (
        company.state, company.group, company.tax_id, company.is_tax_exempt, company.tax_exemptions, company.addresses,
        company.members, str(company.credit_limit), company.is_on_credit_hold, company.payment_terms_days,
    )  # fmt: skip
    return sha256(repr(shown).encode()).hexdigest()[:16]


def each_status(_event: Event, subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    return (Occasion(f"status:{subject.status}"),) if isinstance(subject, Order) else ()


_PAPERS = (
    FilePaper("order_history", folder=ORDERS),
    FilePaper("account_terms", folder=CREDIT),
)

CUSTOMER_WORKSPACE = Scenario(
    slug="customer-workspace",
    title="Keep one workspace per business customer: contracts, prices, orders, credit, support",
    catalogue=(1, 34),
    providers=frozenset(Provider),
    subject=ObjectType.CUSTOMER,
    applies="The customer buys for a company or is in a customer group, or you chose every customer.",
    triggers=frozenset({Topic.CUSTOMER_CHANGED}),
    requests=frozenset({"create_workspace"}),
    when=is_business_buyer,
    each=each_change,
    preferences=AccountPreferences,
    steps=(
        EnsureWorkspace(business_object_type="CUSTOMER", parents=(ObjectType.COMPANY,)),
        *_PAPERS,
        LinkInStore(ObjectType.CUSTOMER),
    ),
    outcome="The customer's panel links the workspace; order history and agreed terms in it are those of today.",
    works_by=BY_GROUP,
)

COMPANY_WORKSPACE = Scenario(
    slug="company-workspace",
    title="Keep one workspace per company: contracts, prices, orders, credit, support",
    catalogue=(1, 34),
    providers=frozenset(Provider),
    subject=ObjectType.COMPANY,
    applies="The store has the company.",
    triggers=frozenset({Topic.COMPANY_CHANGED}),
    requests=frozenset({"create_workspace"}),
    when=is_company,
    each=each_change,
    steps=(EnsureWorkspace(business_object_type="COMPANY"), *_PAPERS, LinkInStore(ObjectType.COMPANY)),
    outcome="The company's workspace holds order history and agreed terms of today; its buyers' panels link it.",
    works_by="Needs B2B Edition in BigCommerce, B2B in Shopify. BigCommerce's control panel has no place for "
    "companies: the company's panel is among the app's own pages, linked from its buyers' panels; and it tells nobody "
    "of credit and payment terms changed in B2B Edition: they are seen with the next order or change. Shopify tells "
    "of each change of a company, its locations, contacts and roles.",
)

BUSINESS_ORDER = Scenario(
    slug="business-order",
    title="Bring the workspaces of customer and company up to date when their order moves on",
    catalogue=(1, 34),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The buyer of the order has a workspace of its own, or its company has; once for each status.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    when=is_business_order,
    each=each_status,
    steps=(TellAccounts(),),
    outcome="The order histories in the customer's and the company's workspaces show the order as it stands.",
)


class TaxExemptionPreferences(Preferences):
    """What an approved certificate exempts from."""

    exemptions: str = Field(
        default="", max_length=500, title="Exemptions of the store",
        description="The store's names of what a certificate exempts from, separated by commas, for example "
                    "EU_REVERSE_CHARGE_EXEMPTION_RULE. Empty: from all taxes.",
    )  # fmt: skip
    months: int = Field(
        default=12, ge=1, le=120, title="Months a certificate holds",
        description="Counted from its approval. Then the company is taxed as before, unless a newer one is approved.",
    )  # fmt: skip

    @field_validator("exemptions")
    @classmethod
    def _names(cls, value: str) -> str:
        names = [name for name in re.split(r"[\s,;]+", value.upper()) if name]
        if not all(re.fullmatch(r"[A-Z][A-Z0-9_]{2,79}", name) for name in names):
            raise Unfit("Write the names as the store spells them, for example EU_REVERSE_CHARGE_EXEMPTION_RULE.")
        return ", ".join(names)


def approved_certificate(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per approved version of a certificate."""
    is_one = document_kind(event.detail.get("document_name", "")) == "Tax exemption certificate"
    return every_event(event, subject, preferences) if is_one else ()


TAX_EXEMPTION = Scenario(
    slug="company-tax-exemption",
    unavailable={Provider.BIGCOMMERCE: "BigCommerce keeps no tax exemption of companies."},
    title="Exempt a company from taxes once its certificate is approved, until it expires",
    catalogue=(1, 34),
    providers=frozenset({Provider.SHOPIFY}),
    subject=ObjectType.COMPANY,
    applies="The approved document is a tax exemption certificate of the company; once for each version.",
    triggers=frozenset({Topic.CONTENT_APPROVED}),
    each=approved_certificate,
    preferences=TaxExemptionPreferences,
    steps=(
        RecordApproval(folder="04 Onboarding", classification="Customer agreements"),
        PublishTaxExemption(),
        FilePaper("account_terms", folder=CREDIT, document="agreed_terms"),
        FileEvidence(folder=CREDIT, classification="Approvals"),
    ),
    outcome="The company buys without the taxes it is exempt from, at each of its locations, as long as its "
    "certificate holds; the record says who approved it.",
    works_by="A document is a certificate when its name begins with “Tax exemption certificate”.",
)

SCENARIOS = (CUSTOMER_WORKSPACE, COMPANY_WORKSPACE, BUSINESS_ORDER, TAX_EXEMPTION)
