"""What a panel knows of one store object: frozen plain values, filled by `panel`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.db.panel_deliveries import DeliveryFacts
from app.domain.rights import UNKNOWN, UNLIMITED, Rights, Traits


@dataclass(frozen=True)
class ShopFacts:
    """The store and its OpenText. `opentext_state` is empty before a connection was saved; `opentext_silent_since` is
    None while OpenText answers."""

    name: str
    state: str
    pause_reason: str
    timezone: str
    currency: str
    storefront_url: str
    opentext_state: str
    opentext_silent_since: datetime | None = None
    can_mail: bool = False  # by OpenText Notifications, or a service of Exstream that mails
    deployed: tuple[str, ...] = ()  # keys of the workflow models that are there
    locale: str = ""  # the store's language and country, empty before it was asked


@dataclass(frozen=True)
class SnapshotFacts:
    """What the store last told us about the object."""

    name: str
    is_gone: bool
    facts: dict[str, Any]
    seen_at: datetime


@dataclass(frozen=True)
class LinkFacts:
    """A workspace and when OpenText last answered about it. `workflows` as `engine.workflow_list` keeps them;
    `workflows_unknown` names the engines that did not tell theirs."""

    name: str
    url: str
    linked_at: datetime
    seen_at: datetime
    workflows: tuple[dict[str, Any], ...] = ()
    workflows_unknown: tuple[str, ...] = ()
    node_id: int = 0
    completeness: dict[str, Any] = field(default_factory=dict)  # as `engine.completeness` keeps it


@dataclass(frozen=True)
class DocumentFacts:
    """A document of the workspace, as OpenText last told."""

    name: str
    folder: str
    version: int
    size: int
    mime_type: str
    url: str
    filed_by_us: bool
    record_class: str
    record_schedule: str
    kept_until: datetime | None
    retention: str
    holds: tuple[str, ...]
    approval_status: str
    approval_version: int | None
    modified_at: datetime | None
    id: str = ""
    node_id: int = 0
    traits: Traits = UNKNOWN
    record_class_id: int | None = None
    delivery: DeliveryFacts | None = None  # where it was sent to its buyer


@dataclass(frozen=True)
class FieldFacts:
    """One published field; values as stored: {"text": …}, {"image": {…}} or {} for "was not there"."""

    field: str
    title: str
    seq: int
    before: dict[str, Any]
    after: dict[str, Any]
    live: dict[str, Any]
    state: str
    changed_at: datetime | None
    note: str = ""  # why it was refused or skipped, in words


@dataclass(frozen=True)
class PublicationFacts:
    """One approved version that was put into the store."""

    id: str
    run_id: str
    version: int
    document_name: str
    document_url: str
    approved_by: str
    approved_at: datetime | None
    state: str
    published_at: datetime | None
    checked_at: datetime | None
    undone_at: datetime | None
    created_at: datetime | None
    fields: tuple[FieldFacts, ...]
    node_id: int = 0


@dataclass(frozen=True)
class RequestFacts:
    """Something a person asked for: on its way, or ended a moment ago. `reason` says why it waits or how it ended."""

    request: str
    received_at: datetime | None
    state: str
    reason: str


@dataclass(frozen=True)
class StepFacts:
    """One step of a run. `summary` and the error texts are sentences for a merchant."""

    seq: int
    kind: str
    params: dict[str, Any]
    status: str
    attempts: int
    summary: str
    error_code: str
    error_message: str
    error_hint: str
    next_attempt_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class WorkflowFacts:
    """A workflow: where it stands, who must act, what was decided."""

    instance_id: str
    status: str
    tasks: tuple[dict[str, Any], ...]
    outcome: str
    decided_by: str
    decided_at: datetime | None
    comment: str
    found_by: str
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True)
class EventFacts:
    """What set a run off. `person` is the e-mail of who clicked, where a person did."""

    source: str
    topic: str
    request: str
    person: str
    received_at: datetime


@dataclass(frozen=True)
class RunFacts:
    """One scenario at work on the object."""

    id: str
    scenario: str
    subject_name: str
    reasons: tuple[str, ...]
    facts: dict[str, Any]
    state: str
    outcome: str
    correlation_id: str
    started_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    steps: tuple[StepFacts, ...]
    workflow: WorkflowFacts | None
    event: EventFacts | None


@dataclass(frozen=True)
class OrderOfCustomer:
    """An order of one customer that has been reviewed or filed. `node_id` is its workspace, 0 without one."""

    object_id: str
    name: str
    facts: dict[str, Any]
    workspace_url: str
    outcome: str
    state: str
    started_at: datetime
    node_id: int = 0


@dataclass(frozen=True)
class CaseFacts:
    """A case of the order or customer: where it stands, who must act, and the run that needs a person, if any."""

    id: str
    number: str
    title: str
    state: str
    reason: str
    order_id: str
    opened_at: datetime | None
    due_at: datetime | None
    outcome: str
    amount: str
    currency: str
    workspace_url: str
    tasks: tuple[dict[str, Any], ...]
    stuck_run: str
    node_id: int = 0


@dataclass(frozen=True)
class BuyerLinkFacts:
    """A link given out: to send documents (`wanted`: what for, `received`: how many came), or to read them (a shelf).

    The address is made from id, `round` and `expires_at` and signed when it is shown; it is kept nowhere.
    """

    kind: str  # upload or shelf
    id: str
    about: str
    wanted: tuple[str, ...]
    received: int
    created_at: datetime | None
    expires_at: datetime | None
    opened_at: datetime | None
    round: int = 1
    state: str = "open"  # open, complete, revoked or expired
    mailed: DeliveryFacts | None = None  # the latest mail we sent with it


@dataclass(frozen=True)
class TermsFacts:
    """A version of a policy or terms that was in force when the order was placed. `until` is None while it still is."""

    title: str
    number: int
    url: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class PanelRows:
    """Everything a panel is made of. `hidden` names what was left out for the reader: see `engine.rights`."""

    shop: ShopFacts
    object_type: str
    object_id: str
    snapshot: SnapshotFacts | None
    link: LinkFacts | None
    customer_id: str
    customer_link: LinkFacts | None
    documents: tuple[DocumentFacts, ...] = ()
    publications: tuple[PublicationFacts, ...] = ()
    requests: tuple[RequestFacts, ...] = ()
    runs: tuple[RunFacts, ...] = field(default=())
    cases: tuple[CaseFacts, ...] = ()
    links: tuple[BuyerLinkFacts, ...] = ()
    terms: tuple[TermsFacts, ...] = ()
    switched_off: tuple[str, ...] = ()  # slugs of scenarios
    is_off_sale: bool = False  # of a product: by us
    people: tuple[tuple[str, str], ...] = ()  # of a company: (customer id, name)
    rights: Rights = UNLIMITED
    hidden: frozenset[str] = frozenset()
