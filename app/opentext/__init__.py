"""The right wing: OTDS, Content Server, Workflow Service, Exstream. One folder per service, one way to sign in."""

from dataclasses import dataclass

from app.opentext.connection import Connection
from app.opentext.content_server.approvals import Approvals
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.completeness import CompletenessReports
from app.opentext.content_server.documents import DEFAULT_LIMIT, Documents
from app.opentext.content_server.holds import Holds
from app.opentext.content_server.inventory import Inventory
from app.opentext.content_server.items import Items
from app.opentext.content_server.links import Links
from app.opentext.content_server.permissions import Permissions
from app.opentext.content_server.records import Records
from app.opentext.content_server.relations import Relations
from app.opentext.content_server.search import Search
from app.opentext.content_server.teams import Teams
from app.opentext.content_server.tickets import Tickets
from app.opentext.content_server.workflows import ContentWorkflows
from app.opentext.content_server.workspace_types import WorkspaceTypes
from app.opentext.content_server.workspaces import Workspaces
from app.opentext.exstream import Communications, communications
from app.opentext.keys import OtdsKeys
from app.opentext.login import TokenCache
from app.opentext.people import People
from app.opentext.workflow_service.client import WorkflowApi
from app.opentext.workflow_service.deployment import Deployment
from app.opentext.workflow_service.instances import WorkflowService
from app.opentext.workflows import Workflows
from app.outbound import Outbound


@dataclass(frozen=True)
class OpenText:
    """One store's OpenText. Keep it as long as the connection's version: folder ids, category keys,
    classification ids and what the server can do are learned once. Safe for many threads."""

    connection: Connection
    workspaces: Workspaces
    documents: Documents
    categories: Categories
    records: Records
    approvals: Approvals
    workflows: WorkflowService
    deployment: Deployment
    tickets: Tickets
    types: WorkspaceTypes
    teams: Teams
    relations: Relations
    items: Items
    holds: Holds
    completeness: CompletenessReports
    search: Search
    links: Links
    content_workflows: ContentWorkflows
    all_workflows: Workflows  # both kinds, for people to look at
    permissions: Permissions
    people: People  # persons signed in as themselves
    keys: OtdsKeys
    inventory: Inventory  # names to choose from
    communications: Communications | None = None  # where Exstream is connected


def open_text(
    connection: Connection, outbound: Outbound, tokens: TokenCache, *, max_bytes: int = DEFAULT_LIMIT
) -> OpenText:
    """The clients for one connection. Makes no call. `max_bytes` bounds a download."""
    server = ContentServer(connection, outbound, tokens)
    categories = Categories(server)
    documents = Documents(server, categories, max_bytes)
    holds = Holds(server)
    records = Records(server, holds)
    api = WorkflowApi(connection, outbound, tokens)
    service, own_workflows, links = WorkflowService(api), ContentWorkflows(server), Links(server.url)
    return OpenText(
        connection=connection,
        workspaces=Workspaces(server, categories),
        documents=documents,
        categories=categories,
        records=records,
        approvals=Approvals(server, categories, documents),
        workflows=service,
        deployment=Deployment(api),
        tickets=Tickets(connection, outbound),
        types=WorkspaceTypes(server),
        teams=Teams(server),
        relations=Relations(server),
        items=Items(server, records),
        holds=holds,
        completeness=CompletenessReports(server),
        search=Search(server, categories),
        links=links,
        content_workflows=own_workflows,
        all_workflows=Workflows(service, own_workflows, links),
        permissions=Permissions(server),
        people=People(connection, outbound, tokens, max_bytes),
        keys=OtdsKeys(connection, outbound),
        inventory=Inventory(server),
        communications=communications(connection, outbound, tokens) if connection.exstream else None,
    )


__all__ = ["Connection", "OpenText", "TokenCache", "open_text"]
