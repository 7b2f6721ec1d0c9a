"""One line of the route tables."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from sandbox.content_server.refusal import NOT_ACCESSIBLE

NO_NODE = "Could not get a node for {id}"
FAULT = (500, NO_NODE)
SORRY = (400, NOT_ACCESSIBLE)


@dataclass(frozen=True)
class Route:
    """`handler(exchange, **ids)`; an `open` one needs no ticket and is called as `handler(server, call, **ids)`.

    Path members are integers unless named in `texts`. `unknown` is the answer for a node that does not exist or that
    the user may not see.
    """

    methods: str
    path: str
    handler: Callable[..., Response]
    texts: tuple[str, ...] = ()
    open: bool = False
    unknown: tuple[int, str] = (400, NO_NODE)
