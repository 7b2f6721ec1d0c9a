"""Permission entries of a node, and its audit trail. Source: section 3.8."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import audit, shapes, tree
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import (
    ALL_PERMISSIONS,
    EDIT_PERMISSIONS,
    GROUP,
    PUBLIC_ACCESS,
    AuditEntry,
    Node,
)
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import Actor, effective, entries_of, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal, missing, wrong_type
from sandbox.content_server.wire import Exchange, Params

HIDDEN = (500, NOT_ACCESSIBLE)
THIS, BELOW, BOTH, THIS_AND_NEXT = 0, 1, 2, 3


def listing(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    rows = [
        {"data": {"permissions": _entry(node, right_id, granted)}}
        for right_id, granted in entries_of(x.state, node).items()
    ]
    return x.answer(rows)


def _entry(node: Node, right_id: int, granted: frozenset[str]) -> dict[str, Any]:
    kind = "custom"
    if right_id == PUBLIC_ACCESS:
        kind = "public"
    elif right_id == node.owner_user_id:
        kind = "owner"
    return {
        "permissions": [name for name in ALL_PERMISSIONS if name in granted],
        "right_id": None if right_id == PUBLIC_ACCESS else right_id,
        "type": kind,
    }


def for_everybody(x: Exchange, id: int) -> Response:
    return _set(x, id, lambda sent, node: PUBLIC_ACCESS)  # noqa: ARG005


def for_owner(x: Exchange, id: int) -> Response:
    return _set(x, id, lambda sent, node: sent.integer("right_id") or node.owner_user_id)


def for_one(x: Exchange, id: int, right_id: int | None = None) -> Response:
    return _set(x, id, lambda sent, node: right_id or sent.required_integer("right_id"))  # noqa: ARG005


def _set(x: Exchange, id: int, right: Any) -> Response:
    sent, node = x.parameters(), tree.find(x.actor, id)
    right_id, granted = right(sent, node), _permissions(sent)
    _require_known(x, right_id)
    for item in _reach(x, node, sent.integer("apply_to") or THIS):
        require(x.actor, item, EDIT_PERMISSIONS)
        item.permissions = {**entries_of(x.state, item), right_id: granted}
        audit.note(x.state, item.id, 9, x.actor.user.id, x.actor.now)
    x.call.effect = f"permissions of {id} changed"
    return x.answer({})


def many(x: Exchange, id: int) -> Response:
    sent, node = x.parameters(), tree.find(x.actor, id)
    entries = sent.values.get("permissions_array")
    if not isinstance(entries, list) or not all(isinstance(item, dict) for item in entries):
        raise missing("permissions_array")
    wanted = {Params(item).required_integer("right_id"): _permissions(Params(item)) for item in entries}
    for right_id in wanted:
        _require_known(x, right_id)
    require(x.actor, node, EDIT_PERMISSIONS)
    node.permissions = {**entries_of(x.state, node), **wanted}
    audit.note(x.state, node.id, 9, x.actor.user.id, x.actor.now)
    x.call.effect = f"permissions of {id} changed"
    return x.answer({})


def remove(x: Exchange, id: int, right_id: int) -> Response:
    node = tree.find(x.actor, id)
    require(x.actor, node, EDIT_PERMISSIONS)
    entries = dict(entries_of(x.state, node))
    if right_id not in entries:
        raise Refusal(NOT_ACCESSIBLE)
    del entries[right_id]
    node.permissions = entries
    audit.note(x.state, node.id, 9, x.actor.user.id, x.actor.now)
    x.call.effect = f"permissions of {id} changed"
    return x.answer({})


def effective_for(x: Exchange, id: int, right_id: int) -> Response:
    node, member = tree.find(x.actor, id), x.state.members.get(right_id)
    if member is None:
        raise wrong_type("right_id")
    granted = effective(Actor(x.state, member, x.actor.now), node)
    shown = {
        "permissions": [name for name in ALL_PERMISSIONS if name in granted],
        "right_id": right_id,
        "type": "group" if member.type == GROUP else "custom",
    }
    return x.answer({"data": {"permissions": shown}})


def _permissions(sent: Params) -> frozenset[str]:
    names = frozenset(sent.words("permissions"))
    if not names <= set(ALL_PERMISSIONS):
        raise wrong_type("permissions")
    return names


def _require_known(x: Exchange, right_id: int) -> None:
    if right_id != PUBLIC_ACCESS and right_id not in x.state.members and right_id not in x.state.role_of:
        raise wrong_type("right_id")


def _reach(x: Exchange, node: Node, apply_to: int) -> list[Node]:
    below = [item for item in tree.descendants(x.state, node) if item is not node]
    reach = {
        THIS: [node],
        BELOW: below,
        BOTH: [node, *below],
        THIS_AND_NEXT: [node, *tree.children(x.state, node.id)],
    }
    if apply_to not in reach:
        raise wrong_type("apply_to")
    return reach[apply_to]


# --- audit ---


def audit_trail(x: Exchange, id: int) -> Response:
    """Dates of the filters are days, both included."""
    node, query = tree.find(x.actor, id), x.query
    entries = [entry for entry in x.state.audit.get(node.id, []) if _matches(entry, query)]
    newest_first = query.text("sort") != "asc_audit_date"
    entries.sort(key=lambda entry: entry.date, reverse=newest_first)
    page = page_of(entries, query, 100, 1000)
    kinds = sorted({entry.event_type for entry in entries})
    data = {
        "audit": [_audit(x, entry) for entry in page.items],
        "audit_event_types": [{"id": kind, "name": audit.EVENTS[kind]} for kind in kinds],
    }
    return x.answer({"data": data}, collection=collection(page, query.text("sort") or "desc_audit_date"))


def _matches(entry: AuditEntry, query: Params) -> bool:
    kind, user = query.integer("where_type"), query.integer("where_user_id")
    first, last = query.text("where_audit_date_start"), query.text("where_audit_date_end")
    day = entry.date.strftime("%Y-%m-%d")
    return (
        kind in (None, entry.event_type)
        and user in (None, entry.user_id)
        and (not first or day >= first[:10])
        and (not last or day <= last[:10])
    )


def _audit(x: Exchange, entry: AuditEntry) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": entry.node_id,
        "event_type": entry.event_type,
        "audit_date": shapes.utc(entry.date),
        "user_id": entry.user_id,
        "agent_id": None,
        "audit_language_code": None,
        "target_user_id": entry.target_user_id,
        "audit_name": entry.name,
    }
    if any("user_id" in text for text in x.call.args.getlist("expand")):
        row["user_id_expand"] = shapes.member(x.state, x.state.members[entry.user_id])
    return row


PERMISSIONS = "/v2/nodes/<id>/permissions"
ROUTES = (
    Route("GET", PERMISSIONS, listing, unknown=HIDDEN),
    Route("PUT", f"{PERMISSIONS}/public", for_everybody, unknown=HIDDEN),
    Route("PUT", f"{PERMISSIONS}/owner", for_owner, unknown=HIDDEN),
    Route("PUT", f"{PERMISSIONS}/group", for_one, unknown=HIDDEN),
    Route("POST", f"{PERMISSIONS}/custom", for_one, unknown=HIDDEN),
    Route("POST", f"{PERMISSIONS}/custom/bulk", many, unknown=HIDDEN),
    Route("PUT", f"{PERMISSIONS}/custom/<right_id>", for_one, unknown=HIDDEN),
    Route("DELETE", f"{PERMISSIONS}/custom/<right_id>", remove, unknown=HIDDEN),
    Route("GET", f"{PERMISSIONS}/effective/<right_id>", effective_for, unknown=HIDDEN),
    Route("GET", "/v2/nodes/<id>/audit", audit_trail, unknown=SORRY),
)
