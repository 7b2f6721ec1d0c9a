"""Holds over HTTP. Source: sections 6.3 and 6.4. RM lists members as query parameters, pyxecm sends a form: both."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import attributes, holds, shapes, tree
from sandbox.content_server.api.records import OK, batch
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import AppliedHold, Attribute, Hold, Node
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import may
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal
from sandbox.content_server.wire import Exchange, Params
from sandbox.kernel.standin import json_response

NOT_CREATED = "Could not insert into the Hold Disposition table"
NOT_UPDATED = "Could not update Hold Disposition table"
ACCESS = (400, "Accessibility error. Not enough permissions")


def create(x: Exchange) -> Response:
    sent = x.parameters()
    for name in ("type", "name", "date_applied"):
        if not sent.text(name):
            raise Refusal(NOT_CREATED)
    _date(x, sent, "date_applied")
    hold = holds.create(x.actor, sent.text("name"), sent.text("type"), sent.text("comment"))
    hold.alternate_id = sent.text("alternate_id") or None
    hold.parent_id = sent.integer("parent_id")
    hold.date_to_remove = _date(x, sent, "date_to_remove")
    x.call.effect = f"hold {hold.id} '{hold.name}' created"
    return json_response({"holdID": hold.id})


def change(x: Exchange) -> Response:
    sent = x.parameters()
    hold = x.state.holds.get(sent.integer("id") or 0)
    if hold is None:
        raise Refusal(NOT_UPDATED)
    kind, name = sent.text("type") or hold.type, sent.text("name") or hold.name
    taken = holds.named(x.state, name)
    if kind not in x.state.hold_types or taken not in (None, hold):
        raise Refusal(NOT_UPDATED)
    until, removed = _date(x, sent, "date_to_remove"), _date(x, sent, "date_removed")
    hold.type, hold.name, hold.comment = kind, name, sent.text("comment", hold.comment)
    hold.date_to_remove = until or hold.date_to_remove
    if removed:
        holds.suspend(x.actor, hold, sent.text("removal_comment"))
    x.call.effect = f"hold {hold.id} changed"
    return json_response({"holdID": hold.id})


def _date(x: Exchange, sent: Params, name: str) -> str | None:
    if not sent.text(name):
        return None
    date: str = attributes.checked(x.state, Attribute(0, name, "Date"), sent.text(name))
    return date


def delete(x: Exchange, hold_id: int) -> Response:
    holds.delete(x.state, hold_id)
    x.call.effect = f"hold {hold_id} deleted"
    return json_response(OK)


def delete_v2(x: Exchange) -> Response:
    hold = _asked(x)
    holds.delete(x.state, hold.id)
    x.call.effect = f"hold {hold.id} deleted"
    return x.answer({"ok": True, "errMsg": "", "id": hold.id})


def names(x: Exchange) -> Response:
    rows = [{"HoldID": hold.id, "HoldName": hold.name, "ActiveHold": hold.active} for hold in x.state.holds.values()]
    return json_response(rows)


def listing(x: Exchange) -> Response:
    page = page_of(list(x.state.holds.values()), x.query, 25)
    data = {"holds": [_hold(x, hold) for hold in page.items]}
    return x.answer({"ok": True, "data": data}, collection=collection(page))


def one(x: Exchange) -> Response:
    """The specification shows `hold` at the top, real answers have it in `results.data`: both are sent."""
    hold = _hold(x, _asked(x))
    return x.answer({"ok": True, "data": {"hold": hold}}, hold=hold)


def _asked(x: Exchange) -> Hold:
    number, name = x.sent.integer("id"), x.sent.text("holdname")
    hold = holds.named(x.state, name) if name else x.state.holds.get(number or 0)
    if hold is None:
        text = f"The Hold '{name or number}' does not exist."
        raise Refusal(text, 400, {"results": {"ok": False, "errMsg": text, "id": 0}})
    return hold


def _hold(x: Exchange, hold: Hold) -> dict[str, Any]:
    people = x.state.members
    return {
        "HoldID": hold.id,
        "HoldName": hold.name,
        "ActiveHold": 1 if hold.active else 0,
        "OBJECT": None,
        "ApplyPatron": people[hold.applied_by].display_name,
        "DateApplied": shapes.local(hold.date_applied),
        "HoldComment": hold.comment,
        "HoldType": hold.type,
        "DateToRemove": hold.date_to_remove,
        "DateRemoved": shapes.local(hold.date_removed),
        "RemovalPatron": people[hold.removed_by].display_name if hold.removed_by else None,
        "RemovalComment": hold.removal_comment,
        "EditDate": None,
        "EditPatron": None,
        "AlternateHoldID": hold.alternate_id,
        "ParentID": hold.parent_id,
    }


def on_node(x: Exchange, id: int) -> Response:
    node = tree.find(x.actor, id)
    rows = [_applied(x, node, applied, item) for applied, item in holds.on(x.state, node)]
    return json_response({"data": rows, "definitions": {}})


def _applied(x: Exchange, node: Node, applied: AppliedHold, item: Node) -> dict[str, Any]:
    hold = x.state.holds[applied.hold_id]
    return {
        "id": item.id,
        "name": item.name,
        "subtype": item.type,
        "parent_id": shapes.parent_id(x.state, item),
        "hold_id": hold.id,
        "hold_name": hold.name,
        "hold_type": hold.type,
        "hold_comment": hold.comment,
        "hold_appliedmethod": "Direct" if item is node else "Indirect",
        "active": hold.active,
        "applied_by": x.state.members[applied.applied_by].display_name,
        "date_applied": shapes.local(applied.date_applied),
        "removable": item is node and may(x.actor, node, "edit_permissions"),
        "userid": applied.applied_by,
        "docxreftyp": "",
        "queryid": 0,
    }


def apply(x: Exchange, id: int) -> Response:
    node, hold_id = tree.find(x.actor, id), x.sent.integer("hold_id")
    if hold_id is None:
        raise Refusal("Missing LLPARAMS_LIST")
    holds.apply(x.actor, node, hold_id)
    x.call.effect = f"hold {hold_id} applied to {id}"
    return json_response(OK)


def release(x: Exchange, id: int, hold_id: int) -> Response:
    holds.release(x.actor, tree.find(x.actor, id), hold_id)
    x.call.effect = f"hold {hold_id} removed from {id}"
    return json_response(OK)


def apply_many(x: Exchange) -> Response:
    hold_id = _hold_id(x)
    return batch(x, lambda node: holds.apply(x.actor, node, hold_id), f"hold {hold_id} applied")


def release_many(x: Exchange) -> Response:
    hold_id = _hold_id(x)
    return batch(x, lambda node: holds.release(x.actor, node, hold_id), f"hold {hold_id} removed")


def _hold_id(x: Exchange) -> int:
    hold_id = x.parameters().integer("holdID")
    if hold_id not in x.state.holds:
        raise Refusal("Hold ID is not specified", 404)
    return hold_id or 0


def items(x: Exchange, hold_id: int) -> Response:
    if hold_id not in x.state.holds:
        raise Refusal(NOT_ACCESSIBLE)
    found = [node for node in holds.items(x.state, hold_id) if may(x.actor, node, "see")]
    backwards = x.query.text("sort").startswith("desc")
    page = page_of(sorted(found, key=lambda node: node.name.casefold(), reverse=backwards), x.query, 25)
    rows = [shapes.node_properties(x.state, node, shapes.local) for node in page.items]
    return json_response({"collection": collection(page, "asc_name"), "results": rows})


ROUTES = (
    Route("POST", "/v1/holds", create),
    Route("PUT", "/v1/holds", change),
    Route("GET", "/v1/holds", names),
    Route("DELETE", "/v1/holds/<hold_id>", delete),
    Route("GET", "/v2/holds", listing),
    Route("GET", "/v2/hold", one),
    Route("DELETE", "/v2/hold", delete_v2),
    Route("GET", "/v2/holditems/<hold_id>", items),
    Route("GET", "/v2/holditems/<hold_id>/page", items),
    Route("GET", "/v1/nodes/<id>/holds", on_node, unknown=ACCESS),
    Route("POST", "/v1/nodes/<id>/holds", apply, unknown=ACCESS),
    Route("DELETE", "/v1/nodes/<id>/holds/<hold_id>", release, unknown=ACCESS),
    Route("POST", "/v1/rmclassifications/applyhold", apply_many),
    Route("POST", "/v1/rmclassifications/removehold", release_many),
)
