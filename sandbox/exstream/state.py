"""What the Exstream stand-in remembers: clients, tokens, design assets, jobs, messages. Plain picklable data."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

from sandbox import credentials

TENANT_ADMIN, INTEGRATOR = "tenantadmin", "empower_integrator"
NO_ROLE_CLIENT, NO_ROLE_SECRET = "storefront-no-role", "no-role-demo-secret-0123456789"
DRAFT, REVIEW, REJECTED, APPROVED = "DRAFT", "REVIEW", "REJECTED", "APPROVED"
COMMUNICATION, COMMUNICATION_SET, DATA_SOURCE = "exstrapplication", "exstrcommunicationset", "exstrdatasource"
SAMPLE_FILE, QUEUE, OUTPUT = "samplefile", "exstroutputqueue", "exstroutput"


@dataclass
class Client:
    id: str
    secret: str
    roles: set[str] = field(default_factory=set)


@dataclass
class Token:
    client_id: str
    expires: datetime


@dataclass
class Domain:
    id: str
    production: bool
    workflow: Literal["standard", "simple"] = "standard"


@dataclass
class Version:
    """One version of an asset. Its `id` is the asset's, the same for all versions."""

    id: str
    version: int
    name: str
    type: str
    state: str
    created: datetime
    modified: datetime
    created_by: str = "designer@demo"
    modified_by: str = "designer@demo"
    description: str = ""
    state_comment: str = ""
    locked: bool = False
    subtype: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass
class Link:
    subject: str
    subject_version: int
    object: str


@dataclass
class QueueEntry:
    """A queue of a communication set; `driver` is "PDF" or "HTML"."""

    name: str
    driver: str
    prod_file: str


@dataclass
class CommunicationSet:
    """What a manifest tells. `design` is the layout its communication composes with."""

    data_source: str
    data_source_id: str
    queues: list[QueueEntry]


@dataclass
class Service:
    """A named service of Orchestration. "compose" runs a communication, "forward" sends on what it is handed."""

    name: str
    domain: str
    kind: Literal["compose", "forward"]
    design: str = ""


@dataclass
class Job:
    """A batch job and what was put in; nobody can ask for its state."""

    id: str
    job_id: str
    service: str
    due: datetime
    body: Any
    ended: bool = False


@dataclass
class Attempt:
    state: str
    first_attempt: datetime
    delivery_time: datetime | None = None
    gamma_code: str = ""


@dataclass
class Destination:
    """One recipient of a message. `due` is when the next thing happens to it."""

    ref: str
    address: str
    due: datetime | None
    track: str
    attempts: list[Attempt] = field(default_factory=list)
    opens: list[datetime] = field(default_factory=list)
    dsn: list[dict[str, str]] = field(default_factory=list)
    sms_events: list[dict[str, str]] = field(default_factory=list)


@dataclass
class File:
    name: str
    mime_type: str
    content: bytes = field(repr=False)


@dataclass
class Message:
    """Something that was sent: by Notifications (emails, sms) or by a forwarding service (channel)."""

    id: str
    kind: Literal["emails", "sms", "faxes", "channel"]
    entered: datetime
    subject: str
    destinations: list[Destination]
    body: File | None = None
    files: list[File] = field(default_factory=list)
    customer_reference: str = ""
    billing_code: str = ""
    submit_id: str = ""
    tracking: bool = False


@dataclass
class ExstreamState:
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    assets: dict[str, dict[str, list[Version]]] = field(default_factory=dict)  # domain -> id -> versions, oldest first
    links: dict[str, list[Link]] = field(default_factory=dict)  # by domain
    sets: dict[str, CommunicationSet] = field(default_factory=dict)
    designs: dict[str, str] = field(default_factory=dict)  # communication id -> design key
    services: dict[str, Service] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)  # "jobs", "notifications" -> address
    faults: dict[str, int] = field(default_factory=dict)  # switch -> how often it still strikes
    composed: dict[str, int] = field(default_factory=dict)  # design -> compositions, what a licence counts
    packages: list[str] = field(default_factory=list)
    numbers: int = 0
    offset_means_rows: bool = False

    def number(self) -> int:
        """The next of all numbers; ids are made of them."""
        self.numbers += 1
        return self.numbers

    def uuid(self, kind: str) -> str:
        return stable_id(f"{kind}/{self.number()}")

    def strikes(self, fault: str) -> bool:
        """Whether the switch is on, using it up by one."""
        left = self.faults.get(fault, 0)
        if left:
            self.faults[fault] = left - 1
        return left > 0

    def latest(self, domain: str, id: str) -> Version | None:
        versions = self.assets.get(domain, {}).get(id)
        return versions[-1] if versions else None

    def approved(self, domain: str, id: str) -> Version | None:
        """The newest approved version, which the engine composes with."""
        versions = self.assets.get(domain, {}).get(id, [])
        return next((each for each in reversed(versions) if each.state == APPROVED), None)

    def all_versions(self, domain: str) -> Iterator[Version]:
        for versions in self.assets.get(domain, {}).values():
            yield from versions


def stable_id(name: str) -> str:
    """A UUID that is the same in every world."""
    return str(uuid5(NAMESPACE_URL, f"sandbox:exstream:{name}"))


def demo_clients() -> dict[str, Client]:
    admin = {TENANT_ADMIN, INTEGRATOR}
    clients = (
        Client(credentials.EXSTREAM_CLIENT_ID, credentials.EXSTREAM_CLIENT_SECRET, admin),
        Client(NO_ROLE_CLIENT, NO_ROLE_SECRET),
    )
    return {client.id: client for client in clients}


Json = dict[str, Any]
