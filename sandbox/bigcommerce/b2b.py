"""The door of B2B Edition: its own paths, headers, envelope and quota, beside the core API.

A store hash that is missing or not the token's is answered with a server error, as the documentation says. The name of
the scope is not published; the one here is the sandbox's own. Source: BigCommerce B2B Edition documentation,
"Authentication", "Best practices".
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.scopes import B2B
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import Window
from sandbox.bigcommerce.wire import whole
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

BASE = "/api/v3/io"
QUOTA, WINDOW = 150, timedelta(minutes=1)
PAGE, LARGEST_PAGE = 10, 250
Work = Callable[..., Any]


def serve(api: "BigCommerce", methods: str, path: str, work: Work) -> None:
    """`work(shop, call, **ids)` gives the data, or (data, meta); a Refused becomes the envelope of a failure."""

    def handler(call: Call, **ids: Any) -> Response:
        try:
            shop = _enter(api, call)
            found = work(shop, call, **ids)
        except Refused as refused:
            return failure(refused)
        data, meta = found if isinstance(found, tuple) else (found, {})
        body = {"code": 200, "data": data, "meta": {"message": "SUCCESS"} | meta}
        response = json_response(body)
        _show(shop, response)
        return response

    api.route(methods, f"{BASE}{path}", handler)


def failure(refused: Refused) -> Response:
    said: Any = refused.errors or refused.title
    body = {"code": refused.status, "data": {"errMsg": said}, "meta": {"message": refused.title}}
    return json_response(body, refused.status)


def page(call: Call, found: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """By offset, with the total."""
    limit = whole(call.args.get("limit", str(PAGE)), "limit", 422)
    offset = whole(call.args.get("offset", "0"), "offset", 422)
    if not 1 <= limit <= LARGEST_PAGE or offset < 0:
        raise Refused(422, errors={"limit": f"must be 1 to {LARGEST_PAGE}"})
    pagination = {"totalCount": len(found), "limit": limit, "offset": offset}
    return found[offset : offset + limit], {"pagination": pagination}


def _enter(api: "BigCommerce", call: Call) -> Shop:
    token = api.state.tokens.get(call.headers.get("X-Auth-Token", ""))
    if "X-Auth-Token" not in call.headers or (token is None and "X-Store-Hash" in call.headers):
        raise Refused(401, "Unauthorized")
    if token is None or token.store_hash != call.headers.get("X-Store-Hash", ""):
        raise Refused(500, "Internal Server Error")
    store = api.state.stores[token.store_hash]
    if not store.b2b:
        raise Refused(404, "B2B Edition is not enabled in this store.")
    if B2B not in token.scopes:
        raise Refused(403, "You don't have a required scope to access the endpoint")
    shop = Shop(api, store, token.client_id)
    _count(shop)
    return shop


def _count(shop: Shop) -> None:
    window: Window = shop.store.b2b_window
    if window.started is None or shop.now() - window.started >= WINDOW:
        window.started, window.used = shop.now(), 0
    if window.used >= QUOTA:
        raise Refused(429)
    window.used += 1


def _show(shop: Shop, response: Response) -> None:
    window = shop.store.b2b_window
    spent = shop.now() - window.started if window.started else timedelta(0)
    response.headers["X-Requests-Allocated"] = str(QUOTA)
    response.headers["X-Requests-Remaining"] = str(max(0, QUOTA - window.used))
    response.headers["X-Request-Window-Resets-After"] = str(max(0, int((WINDOW - spent).total_seconds())))
