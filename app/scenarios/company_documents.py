"""Documents a company must give before it buys on its terms: asked for and verified."""

from pydantic import Field

from app.domain.events import Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Preferences, Scenario, Subject
from app.domain.steps import (
    AwaitDecision,
    AwaitDocuments,
    EnsureWorkspace,
    FileApprovalRecord,
    Notice,
    Outcome,
    RequestDocuments,
    SetTimer,
    StartWorkflow,
    UpdateWorkspace,
)
from app.domain.trade import Company, CompanyState
from app.scenarios.communications import NEEDS_COMPANIES
from app.scenarios.documents import NO_EVENT, REMINDER, RequiredPreferences, required

FOLDER = "04 Onboarding"


class CompanyDocumentsPreferences(RequiredPreferences):
    """Which companies need documents."""

    document_types: str = Field(
        default="Tax exemption certificate", min_length=1, max_length=500, title="Required documents",
        description="Document types in OpenText. Others than those listed are separated by commas.",
        json_schema_extra={"names": "document_type"},
    )  # fmt: skip
    every_company: bool = Field(
        default=False, title="Ask every new company",
        description="As soon as it is in the store. Off: you ask by hand.",
    )  # fmt: skip


def company_needs_documents(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Company) or not isinstance(preferences, CompanyDocumentsPreferences):
        return ()
    is_open = subject.state in (CompanyState.PENDING, CompanyState.APPROVED) and not subject.is_tax_exempt
    return ("New companies need documents",) if preferences.every_company and is_open else ()


_RECORD = FileApprovalRecord(folder=FOLDER, classification="Approvals")
_UPDATED = UpdateWorkspace(business_object_type="COMPANY")

COMPANY_DOCUMENTS = Scenario(
    slug="company-documents",
    title="Collect a company's required documents and have them verified",
    catalogue=(23,),
    providers=frozenset(Provider),
    subject=ObjectType.COMPANY,
    applies="The company is new, and you chose to ask every new one.",
    triggers=frozenset({Topic.COMPANY_CHANGED}),
    requests=frozenset({"require_documents"}),
    when=company_needs_documents,
    each=required,
    preferences=CompanyDocumentsPreferences,
    steps=(
        EnsureWorkspace(business_object_type="COMPANY"),
        RequestDocuments(
            purpose="we need these documents before you buy on your company's terms",
            types_preference="document_types", folder=FOLDER, days_preference="upload_days",
        ),
        SetTimer(REMINDER, fact="upload_until", days=-3),
        StartWorkflow(process="sf_document_collection"),
        AwaitDecision(
            process="sf_document_collection",
            outcomes=(
                Outcome("complete", "Complete", (
                    _RECORD,
                    AwaitDocuments(days_preference="upload_days", outcomes=(
                        Outcome("complete", "All documents are there", (_UPDATED,)),
                        Outcome("overdue", "Still not complete", (
                            Notice("The documents were verified, but OpenText still misses one."),
                        )),
                    )),
                )),
                Outcome("waived", "Waived", (_UPDATED, _RECORD)),
                Outcome("incomplete_closed", "Closed as incomplete", (_UPDATED, _RECORD)),
                Outcome("expired", "No decision in time", (
                    Notice("Nobody verified the company's documents in time."), _UPDATED, _RECORD,
                )),
            ),
        ),
    ),
    outcome="The panel shows the link and what is missing, and once they are verified that they are complete.",
    works_by=f"{NEEDS_COMPANIES} {NO_EVENT} A tax exemption certificate takes effect when it is approved in OpenText.",
)  # fmt: skip

SCENARIOS = (COMPANY_DOCUMENTS,)
