"""The desk: stand-ins for the store's control panel and for OpenText's own pages, to click through in a browser."""

from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from sandbox.stage import Stage


def make_desk(stage: Stage) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return Response("soon")(environ, start_response)

    return app
