"""How to reach a tenant's OpenText: addresses, client credentials. Entered once, tested, stored encrypted."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class ContentServerConnection:
    """OTDS and Content Server. `external_system` names the store's connection there ("BigCommerce")."""

    otds_url: str  # https://host/otdsws
    content_server_url: str  # https://host/cs/cs
    client_id: str
    client_secret: str
    external_system: str
    names: tuple[tuple[str, str, str], ...] = ()  # kind, our name, what this server calls it; see `called`

    def called(self, kind: str, name: str) -> str:
        """What this server calls a thing of ours: the same, unless an administrator chose another."""
        return next((theirs for of, ours, theirs in self.names if (of, ours) == (kind, name)), name)

    def meant(self, kind: str, name: str) -> str:
        """What we call a thing of this server's; empty where another one was chosen to stand for our name of it."""
        ours = next((ours for of, ours, theirs in self.names if (of, theirs) == (kind, name)), "")
        return ours or (name if self.called(kind, name) == name else "")


@dataclass(frozen=True)
class WorkflowConnection:
    """The Workflow Service behind its gateway. Paths are settings: regions and releases differ."""

    gateway_url: str  # https://us.api.opentext.com
    tenant: str
    client_id: str
    client_secret: str
    workflow_path: str = "/workflow/v1"
    history_path: str = "/workflow-history/v1"


@dataclass(frozen=True)
class TemplateLocation:
    """Where one of our templates is in the Design Asset Service. `archive_queue` names the queue to prefer."""

    key: str  # "SF_INVOICE"
    communication_id: str  # a UUID, the same for all versions
    domain: str = ""  # empty: the connection's
    archive_queue: str = ""


@dataclass(frozen=True)
class NotificationsConnection:
    """OpenText Notifications. A user name means HTTP Basic; without one `password` is a bearer token."""

    url: str  # https://api.eu.cloudmessaging.opentext.com
    user: str
    password: str = field(repr=False)
    sender_name: str = ""
    attach: bool = False  # send files; else a link to what is filed


@dataclass(frozen=True)
class ExstreamConnection:
    """OpenText Communications (Exstream). `flavour` is how its token is got: gateway, SaaS ("ot2") or own cluster.

    The three services share `url` unless their own addresses are given. Source: OpenText's SDK for Communications.
    """

    url: str  # https://communication.us.api.opentext.com
    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    flavour: Literal["gateway", "ot2", "local"] = "gateway"
    otds_url: str = ""  # for "ot2" and "local"; empty: url
    subscription: str = ""  # for "ot2"
    domain: str = ""  # of the Design Asset Service
    templates: tuple[TemplateLocation, ...] = ()
    das_url: str = ""
    orchestration_url: str = ""
    empower_url: str = ""
    channel_service: str = ""  # the Orchestration service that sends what we hand over; empty: none
    channel_sends: Literal["print", "mail", "both"] = "print"  # what it was set up for; nothing tells us
    in_flight: int = 4  # calls at a time
    notifications: NotificationsConnection | None = None


@dataclass(frozen=True)
class Connection:
    """One store's OpenText. `tenant` names it in logs and limits; `version` changes when any part does."""

    tenant: str
    version: int
    content_server: ContentServerConnection
    workflow: WorkflowConnection
    exstream: ExstreamConnection | None = None
