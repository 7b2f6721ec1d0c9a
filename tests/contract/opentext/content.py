"""What the tests of the Content Server clients make before they begin: an order's workspace and its customer's."""

from dataclasses import dataclass

from app.domain.content import BusinessObject, Document, WorkspaceSpec
from app.domain.ids import NodeId
from app.opentext import OpenText
from tests.contract.opentext.landscape import Landscape

PDF = "application/pdf"
RECORD = "01 Order record"


@dataclass
class Place:
    """An order's workspace with its record folder, and the customer's workspace it hangs below."""

    land: Landscape
    workspace: NodeId
    customer: NodeId
    folder: NodeId

    @property
    def opentext(self) -> OpenText:
        return self.land.opentext

    def upload(self, name: str = "Order 100.pdf", content: bytes = b"%PDF-1", folder: NodeId | None = None) -> Document:
        return self.opentext.documents.upload(folder or self.folder, name, content, PDF)

    def record(self, name: str = "Order 100.pdf", classification: str = "Orders") -> NodeId:
        document = self.upload(name).id
        self.opentext.records.classify([document], classification)
        return document

    def hide(self, node: NodeId) -> None:
        """Nobody but the administrator sees the node any more."""
        self.land.content_server.state.nodes[node].permissions = {}


def a_place(land: Landscape, number: int = 100) -> Place:
    customer = BusinessObject("BigCommerce", "CUSTOMER", "bc-demostore1-77")
    own = BusinessObject("BigCommerce", "ORDER", f"bc-demostore1-{number}")
    known = {"customerId": ("77",), "store": ("demostore1",), "name": ("Ada",)}
    parent = land.opentext.workspaces.ensure(WorkspaceSpec(customer, known)).id
    values = {"orderNumber": (str(number),), "store": ("demostore1",)}
    workspace = land.opentext.workspaces.ensure(WorkspaceSpec(own, values, (customer,))).id
    folder = land.opentext.documents.folder(workspace, RECORD)
    land.calls()
    return Place(land, workspace, parent, folder)


def ids(found: object) -> list[int]:
    return [each.id for each in found]  # type: ignore[attr-defined]
