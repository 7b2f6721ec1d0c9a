"""Who may see an item, asked for somebody else: for an administrator's question, never for showing anything to people.

Source: Content Server Rest API 2.0.2: `GET /v2/nodes/{id}/permissions`, `…/permissions/effective/{right_id}` (an
aggregation of the member's and its groups' permissions), `GET /v2/members/{id}/memberof`.
"""

from collections import deque

from app.domain.content import Permission
from app.domain.ids import NodeId
from app.opentext.answers import Payload, Text
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.payloads import Many, MemberList

MOST_GROUPS = 200
NEEDED = ("see", "see_contents", "add_items")  # where workspaces are made


class _Row(Payload):
    permissions: tuple[str, ...] | None = ()
    right_id: int | None = None
    type: Text = ""


class _Data(Payload):
    permissions: _Row | list[_Row] | None = None

    @property
    def rows(self) -> list[_Row]:
        found = self.permissions
        return [] if found is None else found if isinstance(found, list) else [found]


class _Result(Payload):
    data: _Data | list[_Data] = _Data()

    @property
    def rows(self) -> list[_Row]:
        parts = self.data if isinstance(self.data, list) else [self.data]
        return [row for part in parts for row in part.rows]


class _Entries(Payload):
    results: Many[_Result] = ()


class _Effective(Payload):
    """The specification shows lists where servers answer objects; both are read."""

    results: _Result | list[_Result] = _Result()

    @property
    def rows(self) -> list[_Row]:
        parts = self.results if isinstance(self.results, list) else [self.results]
        return [row for part in parts for row in part.rows]


class Permissions:
    """Permissions of items as the app's own account may read them."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server

    def effective(self, node: NodeId, member: int) -> frozenset[str]:
        """What a user or group may do with an item, groups included.

        Raises NotFound (not visible to us), UnknownRoute (older server) or Permanent (we may not ask).
        """
        answer = self._server.get(_Effective, "v2", "nodes", node, "permissions", "effective", member)
        return frozenset(name for row in answer.rows for name in row.permissions or ())

    def entries(self, node: NodeId) -> list[Permission]:
        """The item's own entries, as they stand. Raises NotFound."""
        answer = self._server.get(_Entries, "v2", "nodes", node, "permissions")
        return [
            Permission(row.right_id, row.type or "custom", frozenset(row.permissions or ()))
            for result in answer.results
            for row in result.rows
        ]

    def groups_of(self, member: int) -> frozenset[int]:
        """All groups a user is in, groups of groups too. Raises Permanent where we may not ask."""
        found: set[int] = set()
        waiting = deque([member])
        while waiting and len(found) < MOST_GROUPS:
            answer = self._server.get(MemberList, "v2", "members", waiting.popleft(), "memberof")
            for row in answer.results:
                number = row.data.properties.id
                if number not in found:
                    found.add(number)
                    waiting.append(number)
        return frozenset(found)
