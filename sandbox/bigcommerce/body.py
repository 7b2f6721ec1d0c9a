"""Reading a request's JSON body and its query, strictly."""

import json
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Request

from sandbox.bigcommerce.errors import Refused


def json_of(call: Request) -> Any:
    """The body as JSON. Refused (400) when it is empty or broken."""
    try:
        return json.loads(call.get_data(cache=True))
    except ValueError as error:
        raise Refused(400, "The request body is not valid JSON.") from error


def only(call: Request, names: Iterable[str], status: int) -> None:
    """Refuse query parameters the operation does not declare (V2: 400, V3: 422)."""
    strange = sorted(set(call.args) - set(names))
    if not strange:
        return
    if status == 400:
        raise Refused(400, errors={n: f"The field '{n}' is not supported by this resource." for n in strange})
    listed = ", ".join(strange)
    raise Refused(422, f"The filter(s): {listed} are not valid filter parameter(s).", dict.fromkeys(strange, "unknown"))
