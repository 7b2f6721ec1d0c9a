"""The store's system log (V3, read only): what went wrong with payments, mails and shipping quotes."""

from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.bigcommerce import filters
from sandbox.bigcommerce.scopes import INFORMATION
from sandbox.bigcommerce.shop import Shop
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import iso, v3_page
from sandbox.kernel.standin import Call

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

TYPES = ("general", "payment", "shipping", "tax", "notification", "emailintegration", "ordersettings", "design")
SORTS = ("id", "date_created", "type")
FILTERS: filters.Declared = {
    "id": ("integer", ("in",)),
    "type": ("string", ("", "not")),
    "module": ("string", ("", "not")),
    "severity": ("integer", ("", "min", "max")),
}


def routes(api: "BigCommerce") -> None:
    api.v3("GET", "/store/systemlogs", INFORMATION, list_entries)


def list_entries(shop: Shop, call: Call) -> Response:
    found = filters.apply(call, shop.store.system_log.values(), FILTERS, ("sort", "direction"))
    found = filters.sort(found, call.args.get("sort", "id"), call.args.get("direction", "asc"), SORTS)
    return v3_page(call, [entry | {"severity": str(entry["severity"])} for entry in found])


def write(shop: Shop, body: JSON) -> JSON:
    """`severity`: 1 success, 2 notice, 3 warning, 4 error."""
    number = shop.store.next("system_log")
    usual: JSON = {"type": "general", "module": "", "severity": 2, "summary": "", "message": ""}
    shop.store.system_log[number] = {"id": number, **usual, **body, "date_created": iso(shop.now())}
    return shop.store.system_log[number]
