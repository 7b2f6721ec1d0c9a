"""What the workflow service remembers, as plain picklable data."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal

from joserfc.jwk import RSAKey

from sandbox import credentials
from sandbox.people import PEOPLE

Json = dict[str, Any]
DELEGATED, RESOLVED = "pending", "resolved"


@dataclass
class Variable:
    """A process or task variable. `type` is one of string, integer, long, double, boolean, date, json."""

    name: str
    type: str
    value: Any
    encryption: bool = False


@dataclass
class Comment:
    id: str
    author: str
    message: str
    time: datetime
    instance_id: str
    task_id: str | None = None


@dataclass
class Attachment:
    id: str
    name: str
    url: str
    description: str
    author: str
    time: datetime


@dataclass
class Model:
    """One deployed version of a process. `spec` is what the BPMN library made of it; a
    `removed` one is kept for the history of its instances."""

    id: str
    model_id: str
    key: str
    name: str
    version: int
    definition_id: str
    model_type: Literal["xml", "json"]
    content: Any
    xml: str
    spec: Json
    deployed: datetime
    deployed_by: str
    category: str = ""
    documentation: str = ""
    start_message: str | None = None
    start_activity: str = ""
    listeners: list[Json] = field(default_factory=list)
    removed: bool = False


@dataclass
class Task:
    """A user task, open until `ended`. Outcomes are (label, value); `step` is the library's own id."""

    id: str
    instance_id: str
    execution_id: str
    step: str
    key: str
    name: str
    created: datetime
    description: str | None = None
    assignee: str | None = None
    owner: str | None = None
    category: str | None = None
    priority: int = 50
    due: datetime | None = None
    claimed: datetime | None = None
    delegation: str | None = None
    form_key: str | None = None
    candidate_users: list[str] = field(default_factory=list)
    candidate_groups: list[str] = field(default_factory=list)
    outcome_variable: str = ""
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    task_type: str = "default"
    local: dict[str, Variable] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    ended: datetime | None = None
    delete_reason: str | None = None
    outcome: str | None = None
    completed_by: str | None = None


@dataclass
class Waiting:
    """One place where an instance stands: a user task, a receive task, a timer event or a called process."""

    execution_id: str
    activity_id: str
    kind: Literal["task", "receive", "event", "call"]
    task_id: str | None = None
    child_id: str | None = None


@dataclass
class Timer:
    activity_id: str
    due: datetime


@dataclass
class OutgoingCall:
    """What an HTTP task sent, for the desk: the answer's status, 0 for none; `note` says what went wrong."""

    activity_id: str
    method: str
    url: str
    status: int
    time: datetime
    note: str = ""


@dataclass
class Instance:
    """A process instance, running or finished. `progress` is the BPMN library's own state while it runs."""

    id: str
    definition_id: str
    key: str
    name: str | None
    business_key: str | None
    started: datetime
    started_by: str
    root_id: str
    parent_id: str | None = None
    parent_step: str | None = None
    ended: datetime | None = None
    delete_reason: str | None = None
    start_activity: str | None = None
    end_activity: str | None = None
    suspended: bool = False
    not_begun: bool = False
    variables: dict[str, Variable] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    timers: list[Timer] = field(default_factory=list)
    calls: list[OutgoingCall] = field(default_factory=list)
    progress: bytes | None = None
    retries: int = 3
    retry_at: datetime | None = None
    job_error: str | None = None


@dataclass
class Switches:
    """How strict and how faulty the service is; every strictness is on by default."""

    complete_needs_assignee: bool = True
    outcome_must_be_listed: bool = True  # by value or label
    unknown_fields_refused: bool = True  # in bodies and query strings
    service_client_may_act: bool = True  # on people's tasks; not known of the real service
    model_encoding: Literal["base64", "plain"] = "base64"  # of XML in a deployment; the other one is a 400
    history_lag_seconds: float = 0  # history shows the world as it was so long ago
    list_as_content: bool = False  # lists as `content[]`, not `_embedded`
    omit_page: bool = False  # lists without totals
    expired_callback_token: bool = False  # HTTP tasks send a token that is over
    outcome_as_task_variable: bool = False  # each historic task tells its own outcome; not known of the real service


@dataclass
class KeptToken:
    """A token some other system issued to an HTTP task; kept to send an expired one on purpose."""

    value: str
    expires: datetime


@cache
def make_signing_key() -> str:
    """One RSA key for the process, as PEM: making one is slow, and tests make many worlds."""
    return RSAKey.generate_key(2048).as_pem(private=True).decode()


@dataclass
class State:
    """Everything, found again after a restart. Ids are counted, so that two runs of a test see the same."""

    models: dict[str, Model] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    people: dict[str, list[str]] = field(default_factory=lambda: {p.login: list(p.groups) for p in PEOPLE})
    clients: dict[str, str] = field(
        default_factory=lambda: {credentials.WORKFLOW_CLIENT_ID: credentials.WORKFLOW_CLIENT_SECRET}
    )
    tenant: str = credentials.WORKFLOW_TENANT
    switches: Switches = field(default_factory=Switches)
    task_homes: dict[str, str] = field(default_factory=dict)  # task id -> instance id
    kept_tokens: list[KeptToken] = field(default_factory=list)
    signing_key: str = field(default_factory=make_signing_key)
    counter: int = 0

    def new_id(self) -> str:
        """A time-based-looking UUID, opaque to clients, the same in every run."""
        self.counter += 1
        return f"{self.counter:08x}-3391-11ea-b509-eeee0affefe7"
