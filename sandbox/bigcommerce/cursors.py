"""Lists that page by number or by cursor (customers, metafields, price list records and assignments, coupon codes)."""

import base64
import binascii
import json
from collections.abc import Sequence
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.state import JSON
from sandbox.bigcommerce.wire import page_of, v3_page
from sandbox.kernel.standin import json_response

NAMES = ("after", "before")


def listed(call: Request, items: Sequence[JSON], key: str = "id") -> Response:
    """One page of the items, which are in the order of the list. `after` and `before` do not mix with `page`."""
    if not set(NAMES) & set(call.args):
        body: JSON = json.loads(v3_page(call, items).get_data())
        page, limit = page_of(call, 422)
        shown = items[(page - 1) * limit : page * limit]
        body["meta"]["cursor_pagination"] = _cursors(call, items, shown, limit, key)
        return json_response(body)
    if "page" in call.args or set(NAMES) <= set(call.args):
        raise Refused(422, errors={"page": "page, after and before cannot be mixed"})
    _, limit = page_of(call, 422)
    shown = _after(call, items, limit, key) if "after" in call.args else _before(call, items, limit, key)
    return json_response({"data": shown, "meta": {"cursor_pagination": _cursors(call, items, shown, limit, key)}})


def _after(call: Request, items: Sequence[JSON], limit: int, key: str) -> list[JSON]:
    at = _place(items, _read(call, "after"), key)
    return list(items[at + 1 : at + 1 + limit])


def _before(call: Request, items: Sequence[JSON], limit: int, key: str) -> list[JSON]:
    at = _place(items, _read(call, "before"), key)
    return list(items[max(0, at - limit) : at])


def _place(items: Sequence[JSON], wanted: str, key: str) -> int:
    for place, item in enumerate(items):
        if str(item[key]) == wanted:
            return place
    raise Refused(422, errors={"cursor": "the cursor is unknown"})


def _cursors(call: Request, items: Sequence[JSON], shown: Sequence[JSON], limit: int, key: str) -> JSON:
    links: JSON = {}
    found: JSON = {"count": len(shown), "per_page": limit, "links": links}
    if not shown:
        return found
    start, end = _write(shown[0][key]), _write(shown[-1][key])
    kept = {n: v for n, v in call.args.to_dict().items() if n not in (*NAMES, "page")}
    if shown[-1][key] != items[-1][key]:
        links["next"] = "?" + urlencode({**kept, "limit": limit, "after": end})
    if shown[0][key] != items[0][key]:
        links["previous"] = "?" + urlencode({**kept, "limit": limit, "before": start})
    return found | {"start_cursor": start, "end_cursor": end}


def _write(value: object) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode()


def _read(call: Request, name: str) -> str:
    try:
        return base64.urlsafe_b64decode(call.args[name].encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise Refused(422, errors={name: "the cursor is unknown"}) from error
