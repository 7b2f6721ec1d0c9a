"""A workspace's team: its roles and who plays them.

Source: Business Workspaces REST API v1 and v2, roles; OpenText's own Python client, which sends plain fields.
"""

from collections.abc import Iterator

from app.domain.content import Member, Role
from app.domain.ids import NodeId
from app.errors import Conflict, NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import ContentServer, Query, UnknownRoute
from app.opentext.content_server.nodes import plain
from app.opentext.content_server.payloads import MemberList, MemberProperties, RoleList

GROUP = 1
MOST_PAGES = 20  # of groups, or of members whose names begin alike


class Teams:
    """Roles and members of one server's workspaces. Adding and removing may be repeated."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server

    def roles(self, workspace: NodeId) -> list[Role]:
        """Every role with its members: one call, and one for each role where the server leaves members out.

        Raises NotFound (no such workspace, or not visible).
        """
        answer = self._server.get(RoleList, *_roles(workspace), query={"fields": "members"})
        found = []
        for row in answer.results:
            role = row.data.properties
            members = self.members(workspace, role.id) if row.data.members is None else _members(row.data.members)
            found.append(Role(role.id, role.name, bool(role.leader), tuple(members)))
        return found

    def role(self, workspace: NodeId, name: str) -> Role:
        """A role by its name, letters and digits compared. Raises NotFound (`no_such_role`)."""
        for each in self.roles(workspace):
            if plain(each.name) == plain(name):
                return each
        raise NotFound(
            f"The workspace has no role {name}.", code="no_such_role", workspace=workspace, role=name,
            hint="Add the role to the workspace's template; it reaches new workspaces.",
        )  # fmt: skip

    def members(self, workspace: NodeId, role: int) -> list[Member]:
        """Who plays a role. Raises NotFound."""
        answer = self._server.get(MemberList, *_roles(workspace), role, "members")
        return _members([row.data.properties for row in answer.results])

    def add(self, workspace: NodeId, role: int, member: int) -> None:
        """Let a user or group play a role. Idempotent. Raises NotFound or Permanent (no such member, no right)."""
        try:
            self._server.form(Anything, "POST", *_roles(workspace), role, "members", fields={"id": member})
        except Conflict:
            return
        except (NotFound, UnknownRoute):
            raise
        except Permanent as error:  # the texts for "already there" are not published: look
            if not any(each.id == member for each in self.members(workspace, role)):
                raise error from None

    def remove(self, workspace: NodeId, role: int, member: int) -> None:
        """Take a member out of a role. Idempotent. Raises NotFound or Permanent (no right)."""
        try:
            self._server.delete(Anything, *_roles(workspace), role, "members", member)
        except UnknownRoute:
            raise
        except Permanent as error:
            if any(each.id == member for each in self.members(workspace, role)):
                raise error from None

    def groups(self) -> Iterator[Member]:
        """Every group we may see, a page at a time. Raises NeedsReauth or Permanent where members are hidden."""
        for page in range(1, MOST_PAGES + 1):
            query: Query = {"where_type": GROUP, "limit": 100, "page": page, "sort": "asc_name"}
            answer = self._server.get(MemberList, "v2", "members", query=query)
            yield from (_member(row.data.properties) for row in answer.results)
            if page >= answer.collection.paging.page_total:
                break

    def find(self, login: str) -> Member | None:
        """A user or group by login or group name, without case. None where there is none, or none we may see."""
        for page in range(1, MOST_PAGES + 1):
            query: Query = {"where_name": login, "limit": 100, "page": page}
            answer = self._server.get(MemberList, "v2", "members", query=query)
            for row in answer.results:
                if row.data.properties.name.casefold() == login.casefold():
                    return _member(row.data.properties)
            if page >= answer.collection.paging.page_total:
                break
        return None


def _roles(workspace: NodeId) -> tuple[object, ...]:
    return "v2", "businessworkspaces", workspace, "roles"


def _members(found: list[MemberProperties] | tuple[MemberProperties, ...]) -> list[Member]:
    return [_member(each) for each in found]


def _member(found: MemberProperties) -> Member:
    return Member(found.id, found.name, found.display_name or found.name_formatted or found.name, found.type == GROUP)
