"""Who may do what. A node without entries of its own has its parent's; an administrator may do everything."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sandbox.content_server.model import FULL, PUBLIC_ACCESS, Member, Node, State
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal


@dataclass(frozen=True)
class Actor:
    """A user at work on the state at one moment."""

    state: State
    user: Member
    now: datetime

    @cached_property
    def principals(self) -> frozenset[int]:
        """The user, everybody, and all groups, nested ones too."""
        found, queue = {self.user.id, PUBLIC_ACCESS}, list(self.user.groups)
        while queue:
            group = queue.pop()
            if group not in found:
                found.add(group)
                queue.extend(self.state.members[group].groups)
        return frozenset(found)


def entries_of(state: State, node: Node) -> dict[int, frozenset[str]]:
    """The permission entries that hold for a node: its own, else the nearest ancestor's."""
    current: Node | None = node
    while current is not None:
        if current.permissions is not None:
            return current.permissions
        current = state.nodes.get(current.parent_id)
    return {}


def effective(actor: Actor, node: Node) -> frozenset[str]:
    """The union over the user, the groups and the workspace roles."""
    if actor.user.admin:
        return FULL
    granted: set[str] = set()
    for right_id, permissions in entries_of(actor.state, node).items():
        if right_id in actor.principals or plays_role(actor, right_id):
            granted |= permissions
    return frozenset(granted)


def plays_role(actor: Actor, right_id: int) -> bool:
    workspace = actor.state.nodes.get(actor.state.role_of.get(right_id, 0))
    if workspace is None or workspace.workspace is None:
        return False
    role = workspace.workspace.roles.get(right_id)
    return role is not None and not actor.principals.isdisjoint(role.members)


def may(actor: Actor, node: Node, permission: str) -> bool:
    return permission in effective(actor, node)


def require(actor: Actor, node: Node, permission: str) -> None:
    if not may(actor, node, permission):
        raise Refusal(NOT_ACCESSIBLE)
