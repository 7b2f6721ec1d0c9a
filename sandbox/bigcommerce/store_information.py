"""Store profile, server time, and the channels a store sells on."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce.body import only
from sandbox.bigcommerce.scopes import ANY, INFORMATION
from sandbox.bigcommerce.shop import Shop
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce


def routes(api: "BigCommerce") -> None:
    api.v2("GET", "/store", INFORMATION, show_store)
    api.v2("GET", "/time", ANY, show_time)


def show_store(shop: Shop, call: Call) -> Response:
    only(call, (), 400)
    return json_response(shop.store.profile)


def show_time(shop: Shop, call: Call) -> Response:
    only(call, (), 400)
    return json_response({"time": int(shop.now().timestamp())})
