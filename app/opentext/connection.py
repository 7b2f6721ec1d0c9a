"""How to reach a tenant's OpenText: addresses, client credentials. Entered once, tested, stored encrypted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ContentServerConnection:
    """OTDS and Content Server. `external_system` names the store's connection there ("BigCommerce")."""

    otds_url: str  # https://host/otdsws
    content_server_url: str  # https://host/cs/cs
    client_id: str
    client_secret: str
    external_system: str


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
class Connection:
    """One store's OpenText. `tenant` names it in logs and limits; `version` changes when any part does."""

    tenant: str
    version: int
    content_server: ContentServerConnection
    workflow: WorkflowConnection
