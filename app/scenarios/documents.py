"""Scenarios about documents others must give, and those buyers may read."""

from pydantic import Field, field_validator

from app.domain.commerce import REVIEWABLE, Customer, Order, OrderStatus
from app.domain.events import Event, Topic
from app.domain.ids import ObjectType, Provider
from app.domain.scenario import Occasion, Preferences, Scenario, Subject, Unfit, every_event
from app.domain.steps import (
    AddNote,
    AwaitDecision,
    AwaitDocuments,
    EnsureWorkspace,
    FileApprovalRecord,
    FileUpload,
    MarkInStore,
    Notice,
    Outcome,
    RequestDocuments,
    SetOrderStatus,
    SetTimer,
    ShareWithBuyer,
    StartWorkflow,
    Step,
    UpdateWorkspace,
)
from app.scenarios.times import on_timer

REMINDER = "documents_reminder"
NO_EVENT = (
    "Stores have no place for documents: the buyer gets a link to a page of ours, without an account, and what is "
    "sent there is filed in OpenText."
)


# --- whatever arrives ------------------------------------------------------------------------------------------------


def _each_file(event: Event, _subject: Subject, _preferences: Preferences) -> tuple[Occasion, ...]:
    """One run per file of a buyer; what staff file themselves is in its place already."""
    file = event.detail.get("file", "")
    return (Occasion(f"file:{file}"),) if file else ()


def _arrived(subject: ObjectType, words: str) -> Scenario:
    return Scenario(
        slug=f"document-arrived-{subject.value}",
        title=f"File what a buyer sent about {words}",
        catalogue=(23,),
        providers=frozenset(Provider),
        subject=subject,
        applies="A buyer sent a file; once for each file.",
        triggers=frozenset({Topic.DOCUMENT_ARRIVED}),
        each=_each_file,
        steps=(FileUpload(),),
        outcome="The file lies in its folder under its document type; who waits for it goes on.",
        works_by=NO_EVENT,
    )


ARRIVED = (
    _arrived(ObjectType.ORDER, "an order"),
    _arrived(ObjectType.CUSTOMER, "their account"),
    _arrived(ObjectType.PRODUCT, "a product"),
    _arrived(ObjectType.CASE, "a case"),
    _arrived(ObjectType.COMPANY, "their company"),
)


# --- asked for by a person -------------------------------------------------------------------------------------------


class AskPreferences(Preferences):
    """How long a link for documents works."""

    upload_days: int = Field(
        default=14, ge=1, le=90, title="Days the link works",
        description="After this time the link explains that it has expired.",
    )  # fmt: skip


def _asked(subject: ObjectType, bo_type: str, folder: str, words: str) -> Scenario:
    return Scenario(
        slug=f"ask-for-documents-{subject.value}",
        title=f"Ask for documents about {words}, by a link",
        catalogue=(23,),
        providers=frozenset(Provider),
        subject=subject,
        triggers=frozenset(),
        requests=frozenset({"ask_documents"}),
        each=every_event,
        preferences=AskPreferences,
        steps=(
            EnsureWorkspace(business_object_type=bo_type),
            RequestDocuments(purpose="documents we need from you", folder=folder, days_preference="upload_days"),
            SetTimer(REMINDER, fact="upload_until", days=-3),
        ),
        outcome="The panel shows a link to copy; what is sent there is filed by itself.",
        works_by=NO_EVENT,
    )


ASKED = (
    _asked(ObjectType.ORDER, "ORDER", "07 Requested documents", "an order"),
    _asked(ObjectType.CUSTOMER, "CUSTOMER", "04 Onboarding", "a customer"),
    _asked(ObjectType.PRODUCT, "PRODUCT", "03 Compliance", "a product"),
    _asked(ObjectType.COMPANY, "COMPANY", "04 Onboarding", "a company"),
)


def _reminder(subject: ObjectType, words: str) -> Scenario:
    return Scenario(
        slug=f"documents-reminder-{subject.value}",
        title=f"Say when a link for documents about {words} is about to end",
        catalogue=(23,),
        providers=frozenset(Provider),
        subject=subject,
        applies="The link ends in three days and something is missing.",
        triggers=frozenset({Topic.TIME_CAME}),
        each=on_timer(REMINDER),
        steps=(Notice("The buyer has not sent everything yet, and the link ends in 3 days. Remind them or ask anew."),),
        outcome="The panel says so three days before; once everything was sent it stays silent.",
    )


REMINDERS = (
    _reminder(ObjectType.ORDER, "an order"),
    _reminder(ObjectType.CUSTOMER, "a customer"),
    _reminder(ObjectType.PRODUCT, "a product"),
    _reminder(ObjectType.COMPANY, "a company"),
)


# --- required before shipment or activation --------------------------------------------------------------------------


class RequiredPreferences(Preferences):
    """What must be there, who collects and who verifies."""

    document_types: str = Field(
        default="Import licence", min_length=1, max_length=500, title="Required documents",
        description="Document types in OpenText. Others than those listed are separated by commas.",
        json_schema_extra={"names": "document_type"},
    )  # fmt: skip
    upload_days: int = Field(
        default=14, ge=1, le=90, title="Days to send them",
        description="How long the buyer’s link works, and how long we wait for what is still missing.",
    )  # fmt: skip
    requester_group: str = Field(
        default="Customer Service", min_length=1, max_length=120, title="Group that collects",
        description="The OpenText group that reminds the buyer.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    compliance_group: str = Field(
        default="Compliance", min_length=1, max_length=120, title="Group that verifies",
        description="The OpenText group that decides whether everything is in order.",
        json_schema_extra={"name": "group"},
    )  # fmt: skip
    deadline_days: int = Field(
        default=5, ge=1, le=90, title="Days to verify",
        description="After this time without a decision a note asks somebody to look at it.",
    )  # fmt: skip


class OrderDocumentsPreferences(RequiredPreferences):
    """Which orders need documents."""

    skus: str = Field(
        default="", max_length=2000, title="SKUs that need documents",
        description="Beginnings of SKUs, separated by commas. Leave empty to go by country only, or by hand.",
    )  # fmt: skip
    countries: str = Field(
        default="", max_length=500, title="Countries that need documents",
        description="Two-letter codes of shipping countries, separated by commas, for example US, CH.",
    )  # fmt: skip

    @field_validator("countries")
    @classmethod
    def _codes(cls, value: str) -> str:
        codes = listed(value)
        for code in codes:
            if len(code) != 2 or not code.isascii() or not code.isalpha():
                raise Unfit(f"“{code}” is not a two-letter country code such as DE.")
        return ", ".join(code.upper() for code in codes)


class CustomerDocumentsPreferences(RequiredPreferences):
    """Which customers need documents."""

    document_types: str = Field(
        default="Tax exemption certificate", min_length=1, max_length=500, title="Required documents",
        description="Document types in OpenText. Others than those listed are separated by commas.",
        json_schema_extra={"names": "document_type"},
    )  # fmt: skip
    groups: str = Field(
        default="", max_length=1000, title="Customer groups that need documents",
        description="Names, separated by commas; at Shopify tags of customers. Leave empty to ask by hand only.",
    )  # fmt: skip


def listed(text: str) -> list[str]:
    """The words between commas."""
    return [word for part in text.split(",") if (word := part.strip())]


def needs_documents(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    """Why an order that is paid and not shipped must wait for documents."""
    if not isinstance(subject, Order) or not isinstance(preferences, OrderDocumentsPreferences):
        return ()
    if subject.status not in REVIEWABLE or not subject.is_paid:
        return ()
    starts = tuple(one.casefold() for one in listed(preferences.skus))
    found = [line.sku for line in subject.lines if starts and line.sku.casefold().startswith(starts)]
    countries = set(listed(preferences.countries)) & set(subject.shipping_country_codes)
    reasons = [f"{sku} must not leave without documents" for sku in dict.fromkeys(found)]
    return (*reasons, *(f"Deliveries to {code} need documents" for code in sorted(countries)))


def customer_needs_documents(subject: Subject, preferences: Preferences) -> tuple[str, ...]:
    if not isinstance(subject, Customer) or not isinstance(preferences, CustomerDocumentsPreferences):
        return ()
    found = [one for one in listed(preferences.groups) if one.casefold() in subject.groups]
    return tuple(f"Customers of the group {one} need documents" for one in found[:1])


def required(event: Event, subject: Subject, preferences: Preferences) -> tuple[Occasion, ...]:
    """Once by itself; a person may ask again. The fact tells Content Server that the rule of these types applies."""
    facts = {"documents_required": "yes"}
    if event.topic is Topic.REQUESTED:
        return tuple(Occasion(one.key, facts) for one in every_event(event, subject, preferences))
    return (Occasion("required", facts),)


_RELEASED = (UpdateWorkspace(business_object_type="ORDER"),)
_KEPT = (
    UpdateWorkspace(business_object_type="ORDER"),
    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
)


def _release(note: str) -> Step:
    return SetOrderStatus(OrderStatus.AWAITING_FULFILLMENT, only_from=(OrderStatus.UNDER_REVIEW,), note=note)


def _stay(note: str) -> Step:
    return SetOrderStatus(OrderStatus.UNDER_REVIEW, only_from=(OrderStatus.UNDER_REVIEW,), note=note)


ORDER_DOCUMENTS = Scenario(
    slug="order-documents",
    title="Hold orders until required documents are there, release them when complete",
    catalogue=(23,),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    applies="The order is paid and not shipped, and holds goods or goes to a country of your choices.",
    triggers=frozenset({Topic.ORDER_CHANGED}),
    requests=frozenset({"require_documents"}),
    when=needs_documents,
    each=required,
    preferences=OrderDocumentsPreferences,
    steps=(
        SetOrderStatus(
            OrderStatus.UNDER_REVIEW, only_from=tuple(sorted(REVIEWABLE)), note="Held for documents: {reasons}."
        ),
        EnsureWorkspace(business_object_type="ORDER", parents=(ObjectType.CUSTOMER,)),
        RequestDocuments(
            purpose="your order can leave as soon as we have these documents", types_preference="document_types",
            folder="07 Requested documents", days_preference="upload_days",
        ),
        SetTimer(REMINDER, fact="upload_until", days=-3),
        StartWorkflow(process="sf_document_collection"),
        AwaitDecision(
            process="sf_document_collection",
            outcomes=(
                Outcome("complete", "Complete", (
                    FileApprovalRecord(folder="04 Decision", classification="Approvals"),
                    AwaitDocuments(days_preference="upload_days", outcomes=(
                        Outcome("complete", "All documents are there", (
                            _release("Documents complete, verified by {decided_by}.{comment}"), *_RELEASED,
                        )),
                        Outcome("overdue", "Still not complete", (
                            _stay("Verified by {decided_by}, but OpenText still misses a document; please look."),
                            *_RELEASED,
                        )),
                    )),
                )),
                Outcome("waived", "Waived", (_release("Documents waived by {decided_by}.{comment}"), *_KEPT)),
                Outcome("incomplete_closed", "Closed as incomplete", (
                    _stay("Documents are incomplete, closed by {decided_by}.{comment}"), *_KEPT,
                )),
                Outcome("expired", "No decision in time", (
                    _stay("Nobody verified the documents in time; please look at this order."), *_KEPT,
                )),
            ),
        ),
    ),
    outcome="The order waits, the panel shows the link and what is missing; complete, it goes on by itself.",
    works_by=NO_EVENT,
)  # fmt: skip


def _mark(state: str) -> Step:
    return MarkInStore((("required_documents", state),))


_CUSTOMER = (
    UpdateWorkspace(business_object_type="CUSTOMER"),
    FileApprovalRecord(folder="04 Onboarding", classification="Approvals"),
)

CUSTOMER_DOCUMENTS = Scenario(
    slug="customer-documents",
    title="Collect a customer's required documents before activation",
    catalogue=(23,),
    providers=frozenset(Provider),
    subject=ObjectType.CUSTOMER,
    applies="The customer is in one of the groups you chose.",
    triggers=frozenset({Topic.CUSTOMER_CHANGED}),
    requests=frozenset({"require_documents"}),
    when=customer_needs_documents,
    each=required,
    preferences=CustomerDocumentsPreferences,
    steps=(
        _mark("missing"),
        EnsureWorkspace(business_object_type="CUSTOMER"),
        RequestDocuments(
            purpose="we activate your account as soon as we have these documents", types_preference="document_types",
            folder="04 Onboarding", days_preference="upload_days",
        ),
        SetTimer(REMINDER, fact="upload_until", days=-3),
        StartWorkflow(process="sf_document_collection"),
        AwaitDecision(
            process="sf_document_collection",
            outcomes=(
                Outcome("complete", "Complete", (
                    FileApprovalRecord(folder="04 Onboarding", classification="Approvals"),
                    AwaitDocuments(days_preference="upload_days", outcomes=(
                        Outcome("complete", "All documents are there", (
                            _mark("complete"),
                            AddNote("customer", "Documents complete, verified by {decided_by}.{comment}"),
                        )),
                        Outcome("overdue", "Still not complete", (
                            AddNote("customer", "Verified by {decided_by}, but OpenText still misses a document."),
                        )),
                    )),
                )),
                Outcome("waived", "Waived", (
                    _mark("waived"), AddNote("customer", "Documents waived by {decided_by}.{comment}"), *_CUSTOMER,
                )),
                Outcome("incomplete_closed", "Closed as incomplete", (
                    _mark("incomplete"),
                    AddNote("customer", "Documents are incomplete, closed by {decided_by}.{comment}"), *_CUSTOMER,
                )),
                Outcome("expired", "No decision in time", (
                    AddNote("customer", "Nobody verified the documents in time; please look."), *_CUSTOMER,
                )),
            ),
        ),
    ),
    outcome="The customer carries the mark “required documents: missing” until they are complete or waived.",
    works_by="A store cannot block a customer: a mark on the customer tells the theme and other apps. " + NO_EVENT,
)  # fmt: skip


# --- for the buyer to read -------------------------------------------------------------------------------------------

SHARE = Scenario(
    slug="share-order-documents",
    title="Let the buyer read chosen documents of an order, by one link",
    catalogue=(),
    providers=frozenset(Provider),
    subject=ObjectType.ORDER,
    triggers=frozenset(),
    requests=frozenset({"share_documents"}),
    each=every_event,
    steps=(ShareWithBuyer(()),),
    outcome="The panel shows a link to copy: the chosen documents and the approved ones of the order's products.",
)

SCENARIOS = (*ARRIVED, *ASKED, *REMINDERS, ORDER_DOCUMENTS, CUSTOMER_DOCUMENTS, SHARE)
