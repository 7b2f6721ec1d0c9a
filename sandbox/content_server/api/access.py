"""Who may see what, asked for many items at once; what a user has reserved. Source: OpenText's own Python client."""

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tree
from sandbox.content_server.api.route import Route
from sandbox.content_server.model import SEE, Node
from sandbox.content_server.paging import collection, page_of
from sandbox.content_server.permissions import Actor, may
from sandbox.content_server.refusal import Refusal, wrong_type
from sandbox.content_server.wire import Exchange


def seen_by_caller(x: Exchange) -> Response:
    """The ids of the asked ones that the calling user may see."""
    return x.answer({"ids": _seen(x, x.actor)})


def seen_by_other(x: Exchange) -> Response:
    """The same for another member; for administrators."""
    if not x.actor.user.admin:
        raise Refusal("Insufficient permissions to perform that action", 403)
    member = x.state.members.get(x.parameters().required_integer("right_id"))
    if member is None:
        raise wrong_type("right_id")
    return x.answer({"ids": _seen(x, Actor(x.state, member, x.actor.now))})


def _seen(x: Exchange, actor: Actor) -> list[int]:
    ids = x.parameters().integers("ids")
    if not ids:
        raise Refusal("The parameter 'ids' is not specified")
    nodes = {node_id: x.state.nodes.get(abs(node_id)) for node_id in ids}
    return [node_id for node_id, node in nodes.items() if node is not None and _sees(actor, node)]


def reserved(x: Exchange) -> Response:
    """What the calling user has reserved, the latest first."""
    own = [node for node in x.state.nodes.values() if node.reserved_user_id == x.actor.user.id]
    found = [node for node in own if _sees(x.actor, node)]
    page = page_of(sorted(found, key=lambda node: node.reserved_date or x.actor.now, reverse=True), x.query, 100)
    rows = [{"data": {"properties": shapes.node_properties(x.state, node)}} for node in page.items]
    return x.answer(rows, collection=collection(page))


def _sees(actor: Actor, node: Node) -> bool:
    return tree.is_live(actor.state, node) and may(actor, node, SEE)


ROUTES = (
    Route("POST", "/v2/ai/nodes/permissions/check", seen_by_caller),
    Route("POST", "/v2/nodes/permissions/check", seen_by_other),
    Route("GET", "/v2/members/reserved", reserved),
)
