"""Users and groups, and the sessions of a user. Source: section 1.1 and the members calls of the specification."""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tickets
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import GROUP, Member
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.refusal import Refusal
from sandbox.content_server.wire import Exchange
from sandbox.kernel.standin import json_response


def listing(x: Exchange) -> Response:
    page = page_of(_found(x), x.query, 25)
    rows = [{"data": {"properties": shapes.member(x.state, item)}} for item in page.items]
    return x.answer(rows, collection=collection(page, x.query.text("sort")))


def listing_v1(x: Exchange) -> Response:
    page = page_of(_found(x), x.query, 25)
    paging = page.paging()
    rows: dict[str, Any] = {"data": [shapes.member(x.state, item) for item in page.items]}
    return json_response(rows | {name: paging[name] for name in ("limit", "page", "page_total", "total_count")})


def _found(x: Exchange) -> list[Member]:
    query = x.query
    found = list(x.state.members.values())
    kind = query.integer("where_type")
    if kind is not None:
        found = [item for item in found if item.type == kind]
    for name in ("name", "first_name", "last_name"):
        text = query.text(f"where_{name}").casefold()
        found = [item for item in found if str(getattr(item, name)).casefold().startswith(text)]
    text = query.text("query").casefold()
    return [
        item
        for item in found
        if any(part.casefold().startswith(text) for part in (item.name, item.first_name, item.last_name, item.email))
    ]


def one(x: Exchange, id: int) -> Response:
    return x.answer({"data": {"properties": shapes.member(x.state, _member(x, id), full=x.actor.user.admin)}})


def one_v1(x: Exchange, id: int) -> Response:
    return json_response({"data": shapes.member(x.state, _member(x, id), full=x.actor.user.admin)})


def member_of(x: Exchange, id: int) -> Response:
    groups = [x.state.members[group] for group in _member(x, id).groups]
    return x.answer([{"data": {"properties": shapes.member(x.state, item)}} for item in groups])


def members_of(x: Exchange, id: int) -> Response:
    if _member(x, id).type != GROUP:
        raise Refusal("Could not process object, invalid request")
    found = [item for item in x.state.members.values() if id in item.groups]
    page = page_of(found, x.query, 25)
    rows = [{"data": {"properties": shapes.member(x.state, item)}} for item in page.items]
    return x.answer(rows, collection=collection(page))


def _member(x: Exchange, id: int) -> Member:
    found = x.state.members.get(id)
    if found is None:
        raise Refusal(f"Could not get a member for {id}", 500)
    return found


def sessions(x: Exchange) -> Response:
    own = [item for item in x.state.tickets.values() if item.user_id == x.actor.user.id and item.expires > x.actor.now]
    rows = [{"creation_date": shapes.utc(item.issued), "expiration_date": shapes.utc(item.expires)} for item in own]
    return x.answer({"active_sessions": {"recs": rows}, "previous_sessions": {"recs": []}})


def end_sessions(x: Exchange, id: int | None = None) -> Response:
    user_id = id or x.actor.user.id
    if user_id != x.actor.user.id and not x.actor.user.admin:
        raise Refusal("Insufficient permissions to perform that action", 403)
    keep = tickets.presented(x.call) if id is None else ""
    x.state.tickets = {
        value: item for value, item in x.state.tickets.items() if item.user_id != user_id or value == keep
    }
    x.call.effect = f"sessions of {user_id} ended"
    return x.answer({})


ROUTES = (
    Route("GET", "/v2/members", listing),
    Route("GET", "/v1/members", listing_v1),
    Route("GET", "/v2/members/<id>", one),
    Route("GET", "/v1/members/<id>", one_v1),
    Route("GET", "/v2/members/<id>/memberof", member_of),
    Route("GET", "/v2/members/<id>/members", members_of),
    Route("GET", "/v2/members/sessions", sessions),
    Route("DELETE", "/v2/members/sessions", end_sessions),
    Route("DELETE", "/v2/members/<id>/sessions", end_sessions),
)
