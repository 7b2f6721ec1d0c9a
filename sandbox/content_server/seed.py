"""The demo repository's names, once: everything a test, the desk or another stand-in refers to.

Ids differ per server and are looked up by name; only admin (1000) and the Enterprise volume (2000)
are the same everywhere. `fixtures.py` builds the repository from these.
"""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.content_server.model import (
    ADD_ITEMS,
    DELETE_VERSIONS,
    FULL,
    GROUP,
    READ,
    SERVICE_USER,
    USER,
    WRITE,
    Attribute,
    Member,
)
from sandbox.people import (
    COMPLIANCE,
    CONTENT_APPROVERS,
    CUSTOMER_SERVICE,
    FINANCE,
    GROUPS,
    LEGAL,
    ONBOARDING,
    ORDER_REVIEW,
    PEOPLE,
    PRICING,
    RECORDS_MANAGERS,
    RETURNS,
    SUPPORT_LEADS,
    Person,
)

# Members. Users log in through OTDS; the names are those OTDS maps its users to.
ADMIN, SERVICE = "admin", "svc-storefront"
ANNA, TOM, RITA, LIAM = "anna.berg@demo", "tom.okafor@demo", "rita.records@demo", "liam.author@demo"
MIA, JON, SAM, LENA = "mia.larsen@demo", "jon.weber@demo", "sam.reyes@demo", "lena.hoff@demo"
ADMIN_ID, ENTERPRISE_ID = 1000, 2000
DEFAULT_GROUP_ID = 999
GROUP_IDS = {name: number for number, name in enumerate(GROUPS, start=1101)}


def members() -> list[Member]:
    found = [Member(DEFAULT_GROUP_ID, "DefaultGroup", GROUP)]
    found += [Member(number, name, GROUP) for name, number in GROUP_IDS.items()]
    found.append(Member(ADMIN_ID, ADMIN, USER, "Admin", "", "admin@example.com", [DEFAULT_GROUP_ID], admin=True))
    found.append(Member(1001, SERVICE, SERVICE_USER, "Storefront", "Service", "", [DEFAULT_GROUP_ID]))
    return found + [_person(number, person) for number, person in enumerate(PEOPLE, start=1002)]


def _person(member_id: int, person: Person) -> Member:
    groups = [DEFAULT_GROUP_ID, *(GROUP_IDS[name] for name in person.groups)]
    return Member(member_id, person.login, USER, person.first, person.last, person.email, groups)


# Categories. A field is an attribute and, where a business object feeds it, its business property.
Kind = Literal["String", "Integer", "Date", "Boolean", "User", "Set"]


@dataclass(frozen=True)
class Field:
    name: str
    property: str = ""
    kind: Kind = "String"
    multi: bool = False
    max_length: int | None = 248
    valid: tuple[str, ...] = ()
    required: bool = False
    default: str | None = None
    fields: tuple["Field", ...] = ()

    def attribute(self, attribute_id: int) -> Attribute:
        limit = self.max_length if self.kind == "String" else None
        inner = [item.attribute(attribute_id + n) for n, item in enumerate(self.fields, 1)]
        return Attribute(
            attribute_id,
            self.name,
            self.kind,
            self.multi,
            limit,
            list(self.valid),
            self.required,
            self.default,
            inner,
        )


ORDER, CUSTOMER, PRODUCT, CASE, APPROVAL = "Order", "Customer", "Product", "Case", "Approval"
POLICY, CERTIFICATE, COMPANY = "Policy", "Certificate", "Company"
PENDING, APPROVED, REJECTED, CHANGES_REQUESTED = "Pending", "Approved", "Rejected", "Changes requested"

CATEGORY_FIELDS: dict[str, tuple[Field, ...]] = {
    ORDER: (
        Field("Order number", "orderNumber", max_length=64),
        Field("Store", "store", max_length=64),
        Field("Placed on", "placedOn", "Date"),
        Field("Total", "total", max_length=32),
        Field("Currency", "currency", max_length=3),
        Field("Status", "status", max_length=64),
        Field("Customer name", "customerName"),
        Field("Customer e-mail", "customerEmail"),
        Field("Billing country", "billingCountry", max_length=64),
        Field("Shipping country", "shippingCountry", max_length=64),
        Field("Review reasons", "reviewReasons", multi=True),
        Field("Payment status", "paymentStatus", max_length=64),
        Field("Decision", "decision", max_length=64),
        Field("Decided by", "decidedBy"),
        Field("Decided on", "decidedOn", "Date"),
        Field(
            "Line items",
            "lineItems",
            "Set",
            fields=(
                Field("SKU", "sku", max_length=64),
                Field("Name", "name"),
                Field("Quantity", "quantity", "Integer"),
                Field("Price", "price", max_length=32),
            ),
        ),
        Field("Documents required", "documentsRequired", max_length=3),
        Field("Policies in force", "policiesInForce", multi=True),
    ),
    CUSTOMER: (
        Field("Customer id", "customerId", max_length=64),
        Field("Store", "store", max_length=64),
        Field("Name", "name"),
        Field("Company", "company"),
        Field("E-mail", "email"),
        Field("Phone", "phone", max_length=64),
        Field("Country", "country", max_length=64),
        Field("Customer group", "customerGroup"),
        Field("Customer since", "customerSince", "Date"),
    ),
    COMPANY: (
        Field("Company id", "companyId", max_length=64),
        Field("Store", "store", max_length=64),
        Field("Name", "name"),
        Field("E-mail", "email"),
        Field("Tax id", "taxId", max_length=64),
        Field("Status", "status", max_length=64),
        Field("Customer group", "customerGroup"),
        Field("Credit limit", "creditLimit", max_length=32),
        Field("Currency", "currency", max_length=3),
        Field("Payment terms in days", "paymentTermsDays", "Integer"),
    ),
    PRODUCT: (
        Field("SKU", "sku", max_length=64),
        Field("Name", "name"),
        Field("Store", "store", max_length=64),
        Field("Product id", "productId", max_length=64),
        Field("Published version", "publishedVersion", "Integer"),
        Field("Published on", "publishedOn", "Date"),
    ),
    CASE: (
        Field("Case number", "caseNumber", max_length=64),
        Field("Store", "store", max_length=64),
        Field("Order number", "orderNumber", max_length=64),
        Field("Customer name", "customerName"),
        Field("Reason", "reason"),
        Field("Amount", "amount", max_length=32),
        Field("Currency", "currency", max_length=3),
        Field("Opened on", "openedOn", "Date"),
        Field("Due on", "dueOn", "Date"),
        Field("Status", "status", max_length=64),
        Field("Decision", "decision", max_length=64),
    ),
    POLICY: (
        Field("Page id", "pageId", max_length=64),
        Field("Store", "store", max_length=64),
        Field("Title", "title"),
        Field("Address", "address"),
        Field("Version in force", "versionInForce", "Integer"),
        Field("In force from", "inForceFrom", "Date"),
    ),
    CERTIFICATE: (
        Field("Number", max_length=64),
        Field("Issued by"),
    ),
    APPROVAL: (
        Field(
            "Status",
            valid=(PENDING, APPROVED, REJECTED, CHANGES_REQUESTED),
            required=True,
            default=PENDING,
        ),
        Field("Approved by"),
        Field("Approved on", kind="Date"),
        Field("Approved version", kind="Integer"),
        Field("Comment", max_length=2000),
    ),
}


# Records management: classification, its retention schedule and the years it keeps.
@dataclass(frozen=True)
class FilePlanEntry:
    name: str
    rsi: str
    years: int


FILE_PLAN = (
    FilePlanEntry("Orders", "ORD-7", 7),
    FilePlanEntry("Invoices", "INV-10", 10),
    FilePlanEntry("Shipping documents", "SHP-7", 7),
    FilePlanEntry("Refunds", "REF-10", 10),
    FilePlanEntry("Payments", "PAY-10", 10),
    FilePlanEntry("Tax documents", "TAX-10", 10),
    FilePlanEntry("Approvals", "APR-7", 7),
    FilePlanEntry("Pricing approvals", "PRC-10", 10),
    FilePlanEntry("Cases", "CAS-3", 3),
    FilePlanEntry("Account statements", "STM-10", 10),
    FilePlanEntry("Customer agreements", "AGR-10", 10),
    FilePlanEntry("Compliance documents", "CMP-10", 10),
    FilePlanEntry("Policies", "POL-10", 10),
)
HOLD_TYPES = ("LEGAL", "AUDIT", "FOIA")


# Workspace types: template, folders, team and the documents a workspace must have.
@dataclass(frozen=True)
class Team:
    role: str
    permissions: frozenset[str]
    members: tuple[str, ...]
    leader: bool = False


@dataclass(frozen=True)
class Required:
    """A document type (classification 199) a workspace should hold, and where."""

    name: str
    folder: str
    required: bool = True
    mime_types: tuple[str, ...] = ("application/pdf",)
    validity_months: int = 0
    rule: tuple[str, str] | None = None  # it applies where this attribute of the workspace's category has this value


@dataclass(frozen=True)
class Template:
    """`bo_types` share the type; `folder_classes` puts an RM classification on a template folder, `kept_from` names the
    roles that do not see it."""

    name: str
    bo_types: tuple[str, ...]
    category: str
    pattern: str
    location: str
    folders: tuple[str, ...]
    team: tuple[Team, ...]
    documents: tuple[Required, ...]
    folder_classes: dict[str, str] = field(default_factory=dict)
    kept_from: dict[str, tuple[str, ...]] = field(default_factory=dict)


COORDINATOR = Team("Coordinator", FULL, (SERVICE,), leader=True)
REVIEWER = Team("Reviewer", WRITE, (ORDER_REVIEW,))
RECORDS = Team("Records manager", FULL, (RECORDS_MANAGERS,))
AUTHOR = Team("Author", WRITE | {DELETE_VERSIONS}, (LIAM,))
APPROVER = Team("Approver", WRITE, (CONTENT_APPROVERS,))
RETURNS_TEAM = Team("Returns", WRITE, (RETURNS, CUSTOMER_SERVICE))
ACCOUNT_TEAM = Team("Account team", READ, (ORDER_REVIEW,))

ACCOUNT_FOLDERS = (
    "01 Contracts",
    "02 Orders",
    "03 Correspondence",
    "04 Onboarding",
    "05 Pricing",
    "06 Credit",
    "07 Support",
    "08 Statements",
)
SPREADSHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

TEMPLATES = (
    Template(
        "Order exception",
        ("ORDER",),
        ORDER,
        "Order [Order:Order number] ([Order:Store])",
        "Orders",
        (
            "01 Order record",
            "02 Payment",
            "03 Correspondence",
            "04 Decision",
            "05 Fulfilment",
            "06 Records",
            "07 Requested documents",
        ),
        (COORDINATOR, REVIEWER, RECORDS, Team("Service", READ | {ADD_ITEMS}, (CUSTOMER_SERVICE,))),
        (
            Required("Order record", "01 Order record"),
            Required("Decision record", "04 Decision"),
            Required("Payment record", "02 Payment", required=False),
            Required(
                "Import licence",
                "07 Requested documents",
                mime_types=("application/pdf", "image/jpeg", "image/png"),
                rule=("Documents required", "yes"),
            ),
        ),
        {"02 Payment": "Invoices"},
        {"02 Payment": ("Service",)},
    ),
    Template(
        "Customer",
        ("CUSTOMER",),
        CUSTOMER,
        "Customer [Customer:Customer id] ([Customer:Store])",
        "Customers",
        ACCOUNT_FOLDERS,
        (COORDINATOR, ACCOUNT_TEAM, Team("Pricing team", WRITE, (ONBOARDING, PRICING)), RECORDS),
        (
            Required("Signed agreement", "01 Contracts"),
            Required("Price agreement", "01 Contracts", required=False, mime_types=SPREADSHEETS),
            Required("Tax exemption certificate", "04 Onboarding", validity_months=12),
        ),
    ),
    Template(
        "Company",
        ("COMPANY",),
        COMPANY,
        "Company [Company:Company id] ([Company:Store])",
        "Companies",
        ACCOUNT_FOLDERS,
        (COORDINATOR, Team("Account team", WRITE, (ONBOARDING, PRICING)), RECORDS),
        (
            Required("Signed agreement", "01 Contracts"),
            Required("Price agreement", "01 Contracts", required=False, mime_types=SPREADSHEETS),
        ),
    ),
    Template(
        "Price request",
        ("PRICE_REQUEST",),
        CASE,
        "Price request [Case:Case number] ([Case:Store])",
        "Price requests",
        ("01 Request", "02 Documents", "03 Outcome"),
        (COORDINATOR, Team("Reviewer", WRITE, (PRICING, FINANCE)), RECORDS),
        (Required("Price request", "01 Request", required=False),),
    ),
    Template(
        "Campaign",
        ("CAMPAIGN",),
        CASE,
        "Campaign [Case:Case number] ([Case:Store])",
        "Campaigns",
        ("01 Brief", "02 Legal", "03 Outcome", "04 Versions"),
        (COORDINATOR, Team("Reviewer", WRITE, (PRICING, LEGAL)), RECORDS),
        (
            Required("Campaign brief", "01 Brief", required=False),
            Required("Legal approval", "02 Legal", required=False),
        ),
    ),
    Template(
        "Application",
        ("APPLICATION",),
        CASE,
        "Application [Case:Case number] ([Case:Store])",
        "Applications",
        ("01 Application", "02 Documents", "03 Outcome"),
        (COORDINATOR, Team("Reviewer", WRITE, (ONBOARDING, FINANCE, LEGAL)), RECORDS),
        (Required("Application", "01 Application", required=False),),
    ),
    Template(
        "Product launch",
        ("PRODUCT",),
        PRODUCT,
        "Product [Product:Product id] ([Product:Store])",
        "Products",
        ("01 Content", "02 Images", "03 Compliance", "04 Evidence"),
        (COORDINATOR, AUTHOR, APPROVER, RECORDS),
        (
            Required("Product content", "01 Content", mime_types=("application/json", "text/html")),
            Required("Declaration of conformity", "03 Compliance", validity_months=36),
            Required("Safety data sheet", "03 Compliance", required=False, validity_months=24),
            Required("Product image", "02 Images", required=False, mime_types=("image/jpeg", "image/png")),
        ),
        {"03 Compliance": "Compliance documents"},
    ),
    Template(
        "Return case",
        ("RETURN",),
        CASE,
        "Return [Case:Case number] ([Case:Store])",
        "Returns",
        ("01 Request", "02 Photos", "03 Correspondence", "04 Decision", "05 Case file"),
        (COORDINATOR, RETURNS_TEAM, RECORDS),
        (
            Required("Return request", "01 Request"),
            Required("Photo of the goods", "02 Photos", False, ("image/jpeg", "image/png", "application/pdf")),
        ),
    ),
    Template(
        "Dispute",
        ("DISPUTE",),
        CASE,
        "Dispute [Case:Case number] ([Case:Store])",
        "Disputes",
        ("01 Claim", "02 Evidence", "03 Correspondence", "04 Outcome", "05 Case file"),
        (COORDINATOR, Team("Service", WRITE, (CUSTOMER_SERVICE, FINANCE)), RECORDS),
        (Required("Dispute evidence", "02 Evidence"),),
    ),
    Template(
        "Complaint",
        ("COMPLAINT",),
        CASE,
        "Complaint [Case:Case number] ([Case:Store])",
        "Complaints",
        ("01 Complaint", "02 Evidence", "03 Correspondence", "04 Outcome", "05 Case file"),
        (COORDINATOR, Team("Service", WRITE, (CUSTOMER_SERVICE, SUPPORT_LEADS)), RECORDS),
        (Required("Complaint", "01 Complaint"),),
    ),
    Template(
        "Recall",
        ("RECALL",),
        CASE,
        "Recall [Case:Case number] ([Case:Store])",
        "Recalls",
        ("01 Notice", "02 Evidence", "03 Correspondence", "04 Remediation"),
        (COORDINATOR, Team("Recall team", WRITE, (COMPLIANCE, LEGAL)), RECORDS),
        (Required("Recall notice", "01 Notice"),),
    ),
    Template(
        "Policy",
        ("PAGE",),
        POLICY,
        "Policy [Policy:Page id] ([Policy:Store])",
        "Policies",
        ("01 Text", "02 Versions", "03 Evidence"),
        (COORDINATOR, Team("Author", WRITE, (LEGAL,)), APPROVER, RECORDS),
        (),
        {"02 Versions": "Policies"},
    ),
    Template(
        "Case",
        ("CASE",),
        CASE,
        "Case [Case:Case number] ([Case:Store])",
        "Cases",
        ("01 Documents", "02 Correspondence", "03 Outcome"),
        (COORDINATOR, REVIEWER, RECORDS),
        (),
    ),
)

# External systems: a store is a connection of the sample type, which needs no endpoint (section 5.1).
CONNECTION_TYPE = "Business Scenario Sample"
BIGCOMMERCE, SHOPIFY = "BigCommerce", "Shopify"
DISPLAY_URLS = {
    BIGCOMMERCE: "https://login.bigcommerce.com/deep-links/manage/{resource}/{id}",
    SHOPIFY: "https://admin.shopify.com/store/{store}/{resource}/{id}",
}
RESOURCES = {
    "ORDER": "orders",
    "CUSTOMER": "customers",
    "COMPANY": "companies",
    "PRICE_REQUEST": "cases",
    "CAMPAIGN": "cases",
    "APPLICATION": "cases",
    "PRODUCT": "products",
    "RETURN": "returns",
    "DISPUTE": "disputes",
    "COMPLAINT": "complaints",
    "RECALL": "recalls",
    "PAGE": "pages",
    "CASE": "cases",
}

# Workflow maps (section 13.2). A step is done by a group, or by the member in the attribute it names.
DOCUMENT_APPROVAL, QUICK_APPROVAL = "Document approval", "Quick approval"
REVIEW_DISPOSITIONS = (  # custom action, decision, whether the workflow goes on
    ("Approve", APPROVED, True),
    ("Reject", REJECTED, False),
    ("Request changes", CHANGES_REQUESTED, False),
)


@dataclass(frozen=True)
class MapStep:
    title: str
    group: str
    dispositions: tuple[tuple[str, str, bool], ...] = ()
    accept: bool = False
    chosen_by: str = ""


@dataclass(frozen=True)
class Map:
    name: str
    start_step: bool
    steps: tuple[MapStep, ...]
    fields: tuple[Field, ...] = ()


MAPS = (
    Map(
        DOCUMENT_APPROVAL,
        True,
        (
            MapStep("Approve", CONTENT_APPROVERS, REVIEW_DISPOSITIONS, accept=True, chosen_by="Approver"),
            MapStep("Check the record", RECORDS_MANAGERS),
        ),
        (Field("Approver", kind="User"), Field("Reason", max_length=255)),
    ),
    Map(QUICK_APPROVAL, False, (MapStep("Approve", CONTENT_APPROVERS, REVIEW_DISPOSITIONS),)),
)
