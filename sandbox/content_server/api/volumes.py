"""Volumes, the recycle bin, nicknames and unique names. Source: sections 3.1 and 3.3."""

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tree
from sandbox.content_server.api.nodes import listing, read
from sandbox.content_server.api.route import SORRY, Route
from sandbox.content_server.model import DELETE, MODIFY, TYPE_NAMES, VOLUMES, Node
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import may, require
from sandbox.content_server.refusal import NOT_ACCESSIBLE, Refusal
from sandbox.content_server.wire import Exchange

NICKNAME_LIMIT, BAD_IN_NICKNAME = 248, set("!%()-{}[]\";'<>?,./\\#:& ")


def all_volumes(x: Exchange) -> Response:
    nodes = [x.state.nodes[node_id] for node_id in x.state.volumes.values()]
    return x.answer([{"data": {"properties": shapes.node_properties(x.state, node)}} for node in nodes])


def volume(x: Exchange, kind: int) -> Response:
    return read(x, _volume_id(x, kind))


def contents(x: Exchange, kind: int) -> Response:
    return listing(x, _volume_id(x, kind))


def _volume_id(x: Exchange, kind: int) -> int:
    if kind not in VOLUMES:
        known = kind in TYPE_NAMES
        raise Refusal(f"Subtype {kind} is not a root subtype" if known else f"Subtype {kind} not registered", 500)
    return x.state.volumes[kind]


def deleted(x: Exchange) -> Response:
    gone = [node for node in x.state.nodes.values() if node.deleted and may(x.actor, node, "see")]
    page = page_of(gone, x.query, 100)
    rows = [{"data": {"properties": shapes.node_properties(x.state, node)}} for node in page.items]
    return x.answer(rows, collection=collection(page))


def restore(x: Exchange) -> Response:
    nodes = _deleted(x)
    for node in nodes:
        tree.restore(x.actor, node)
    x.call.effect = f"restored {[node.id for node in nodes]}"
    return x.answer({"success": [node.id for node in nodes], "failure": {"errors": {}, "ids": []}})


def purge(x: Exchange) -> Response:
    nodes = _deleted(x)
    for node in nodes:
        require(x.actor, node, DELETE)
        tree.purge(x.actor, node)
    x.call.effect = f"purged {[node.id for node in nodes]}"
    return x.answer({"success": [node.id for node in nodes], "failure": {"errors": {}, "ids": []}})


def _deleted(x: Exchange) -> list[Node]:
    ids = x.sent.integers("ids")
    if not ids:
        raise Refusal("The parameter 'ids' is not specified.")
    nodes = [x.state.nodes.get(node_id) for node_id in ids]
    found = [node for node in nodes if node is not None and node.deleted and may(x.actor, node, "see")]
    if len(found) != len(ids):
        raise Refusal(NOT_ACCESSIBLE)
    return found


def by_nickname(x: Exchange, nickname: str) -> Response:
    try:
        node = tree.find(x.actor, x.state.nicknames.get(nickname.casefold(), 0))
    except Refusal as error:
        text = f"Sorry, no exact match was found for an item with the Nickname {nickname}."
        raise Refusal(text, 404) from error
    return read(x, node.id)


def set_nickname(x: Exchange, id: int) -> Response:
    node, nickname = tree.find(x.actor, id), x.parameters().text("nickname").strip()
    require(x.actor, node, MODIFY)
    taken = x.state.nicknames.get(nickname.casefold())
    if nickname.isdigit():
        raise Refusal("Nickname cannot be a number", 500)
    if len(nickname) > NICKNAME_LIMIT or BAD_IN_NICKNAME & set(nickname):
        raise Refusal("Nickname not in valid format", 500)
    if taken not in (None, node.id):
        raise Refusal("Nicknames must be unique", 500)
    if node.nickname:
        x.state.nicknames.pop(node.nickname.casefold(), None)
    node.nickname = nickname or None
    if nickname:
        x.state.nicknames[nickname.casefold()] = node.id
    x.call.effect = f"nickname of {id} set"
    return x.answer({})


def unique_names(x: Exchange) -> Response:
    rows = []
    for name in x.query.words("where_names"):
        node = x.state.nodes.get(x.state.nicknames.get(name.casefold(), 0))
        if node is not None and tree.is_live(x.state, node) and may(x.actor, node, "see"):
            rows.append({"NodeId": node.id, "NodeName": node.name, "UniqueName": node.nickname})
    return x.answer(rows)


ROUTES = (
    Route("GET", "/v2/volumes", all_volumes),
    Route("GET", "/v2/volumes/<kind>", volume),
    Route("GET", "/v2/volumes/<kind>/nodes", contents),
    Route("GET", "/v2/volumes/recyclebin/nodes", deleted),
    Route("POST", "/v2/volumes/recyclebin/nodes/restore", restore, unknown=SORRY),
    Route("POST", "/v2/volumes/recyclebin/nodes/purge", purge, unknown=SORRY),
    Route("GET", "/v2/nicknames/<nickname>/nodes", by_nickname, ("nickname",)),
    Route("PUT", "/v2/nodes/<id>/nicknames", set_nickname, unknown=SORRY),
    Route("GET", "/v2/uniquenames", unique_names),
)
