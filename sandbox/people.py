"""The demo's people and groups, once: Directory Services, Content Server and the Workflow Service know the same."""

from dataclasses import dataclass

PASSWORD = "demo"  # everybody's
PARTITION = "demo"

ORDER_REVIEW, CONTENT_APPROVERS, RECORDS_MANAGERS = "Order Review", "Content Approvers", "Records Managers"
CUSTOMER_SERVICE, SUPPORT_LEADS, LEGAL = "Customer Service", "Support Leads", "Legal"
RETURNS, FINANCE, OPERATIONS = "Returns", "Finance", "Operations"
ONBOARDING, PRICING, COMPLIANCE = "Customer Onboarding", "Pricing", "Compliance"
GROUPS = (
    ORDER_REVIEW, CONTENT_APPROVERS, RECORDS_MANAGERS, CUSTOMER_SERVICE, LEGAL, RETURNS, FINANCE, OPERATIONS,
    ONBOARDING, SUPPORT_LEADS, PRICING, COMPLIANCE,
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One person. `login` is what all three services call them."""

    first: str
    last: str
    groups: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Within the partition: anna.berg."""
        return f"{self.first}.{self.last}".lower()

    @property
    def login(self) -> str:
        return f"{self.name}@{PARTITION}"

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


PEOPLE = (
    Person("Anna", "Berg", (ORDER_REVIEW, CONTENT_APPROVERS)),
    Person("Tom", "Okafor", (ORDER_REVIEW, CONTENT_APPROVERS)),
    Person("Rita", "Records", (RECORDS_MANAGERS,)),
    Person("Liam", "Author"),
    Person("Mia", "Larsen", (CONTENT_APPROVERS,)),
    Person("Jon", "Weber", (CONTENT_APPROVERS,)),
    Person("Sam", "Reyes", (CUSTOMER_SERVICE,)),
    Person("Lena", "Hoff", (LEGAL,)),
    Person("Nina", "Koch", (RETURNS,)),
    Person("Omar", "Haddad", (FINANCE,)),
    Person("Paul", "Eriksen", (OPERATIONS,)),
    Person("Grace", "Taylor", (ONBOARDING,)),
    Person("Sofia", "Rossi", (SUPPORT_LEADS, CUSTOMER_SERVICE)),
    Person("Theo", "Martin", (PRICING,)),
    Person("Uma", "Patel", (COMPLIANCE,)),
)
