"""How workspaces hang together: a customer's orders, an order's return case.

Source: Business Workspaces REST API v1 and v2, related items; OpenText's own Python client.
"""

from collections.abc import Iterator

from app.domain.content import RelatedWorkspace, Relation, Workspace
from app.domain.ids import NodeId
from app.errors import Conflict, NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.payloads import NodeList, Properties

PAGE = 200
PUSHED = "bo_"


class Relations:
    """Relations of workspaces, readable from either end. Relating and unrelating may be repeated."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server

    def of(self, workspace: NodeId, relation: Relation | None = None) -> list[RelatedWorkspace]:
        """The related workspaces we may see, parents first; of one kind only where `relation` says so.

        One call for each kind, more where there are above 200. Raises NotFound.
        """
        kinds = [relation] if relation else [Relation.PARENT, Relation.CHILD]
        return [each for kind in kinds for each in self.each(workspace, kind)]

    def each(self, workspace: NodeId, relation: Relation, *, type_id: int | None = None) -> Iterator[RelatedWorkspace]:
        """Related workspaces of one kind (and workspace type), a page held at a time. Raises NotFound."""
        query: dict[str, str | int] = {"where_relationtype": relation.value, "sort": "asc_name", "limit": PAGE}
        if type_id is not None:
            query["where_workspace_type_id"] = str(type_id)
        seen: set[int] = set()
        page = 1
        while True:
            answer = self._server.get(NodeList, *_items(workspace), query=query | {"page": page})
            new = [
                each.data.properties
                for each in answer.results
                if each.data.properties is not None and each.data.properties.id not in seen
            ]
            seen.update(each.id for each in new)
            for found in new:
                yield self._related(found, relation)
            if not new or page >= answer.paging.page_total:
                return
            page += 1

    def relate(self, workspace: NodeId, other: NodeId, relation: Relation) -> None:
        """`other` becomes the parent or child of `workspace`. Idempotent. Raises NotFound or Permanent (no right)."""
        fields = {"rel_bw_id": other, "rel_type": relation.value}
        try:
            self._server.form(Anything, "POST", *_items(workspace), fields=fields)
        except Conflict:
            return  # already related

    def unrelate(self, workspace: NodeId, other: NodeId, relation: Relation) -> None:
        """Take the relation away, at both ends. Idempotent. Raises NotFound or Permanent (no right)."""
        try:
            self._server.delete(Anything, *_items(workspace), other, query={"rel_type": relation.value})
        except (NotFound, UnknownRoute):
            raise
        except Permanent as error:  # refused, or not related any more: look
            if any(each.workspace.id == other for each in self.each(workspace, relation)):
                raise error from None

    def _related(self, found: Properties, relation: Relation) -> RelatedWorkspace:
        node = NodeId(found.id)
        workspace = Workspace(node, found.name, self._server.node_url(node))
        return RelatedWorkspace(workspace, relation, found.rel_type.casefold().startswith(PUSHED))


def _items(workspace: NodeId) -> tuple[object, ...]:
    return "v2", "businessworkspaces", workspace, "relateditems"
