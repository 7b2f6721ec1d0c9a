"""What a records manager makes by REST: schedules with their stages, codes. Source: sections 6.2, 6.5 and 6.6.

Records Management says refusals inside an answer: `results{ok, errMsg, id}`.
"""

from typing import Any

from werkzeug.wrappers import Response

from sandbox.content_server.api.route import Route
from sandbox.content_server.api.templates import ROUTES as TEMPLATE_ROUTES
from sandbox.content_server.model import Rsi
from sandbox.content_server.refusal import Refusal
from sandbox.content_server.wire import Exchange
from sandbox.kernel.standin import json_response

NOT_ALLOWED = "Insufficient permissions to perform that action"


def create_schedule(x: Exchange) -> Response:
    """A schedule without a stage keeps nothing yet."""
    sent = x.parameters()
    code, status = sent.text("name"), sent.text("status")
    if not code or not status:
        raise _refused("Missing required parameter")
    _require_administrator(x)
    if code in x.state.rsis:
        raise _refused(f"The RSI '{code}' already exists.")
    number = max((item.id for item in x.state.rsis.values()), default=0) + 1
    x.state.rsis[code] = Rsi(number, code, sent.text("title") or code, 0, sent.text("description"), action_code=0)
    x.call.effect = f"RSI {number} '{code}' created"
    return _done(x, number)


def add_stage(x: Exchange, rsi_id: int) -> Response:
    """One stage is kept per schedule here: the last one added."""
    sent = x.parameters()
    found = next((item for item in x.state.rsis.values() if item.id == rsi_id), None)
    if found is None or sent.text("objectType") not in ("LIV", "LRM") or not sent.text("stage"):
        raise _refused("Invalid RSI or stage")
    _require_administrator(x)
    found.event_type = sent.required_integer("eventType")
    found.years, found.months = sent.integer("retentionYears") or 0, sent.integer("retentionMonths") or 0
    found.days = sent.integer("retentionDays") or 0
    found.date_to_use = sent.text("dateToUse") or found.date_to_use
    found.action_code = sent.integer("actionCode") or 0
    x.call.effect = f"RSI {rsi_id} got a stage"
    return _done(x, found.id)


def create_code(x: Exchange, name: str) -> Response:
    """Of the code tables only hold types can be added to here."""
    sent = x.parameters()
    code = sent.required("code")
    if name != "hold_type":
        raise Refusal("Could not get table description")
    _require_administrator(x)
    if code in x.state.hold_types:
        raise Refusal(f"The code '{code}' already exists.")
    x.state.hold_types.append(code)
    x.call.effect = f"hold type {code} created"
    return json_response({"code": code, "description": sent.text("description")})


def _require_administrator(x: Exchange) -> None:
    if not x.actor.user.admin:
        raise _refused(NOT_ALLOWED)


def _refused(text: str) -> Refusal:
    body: dict[str, Any] = {"results": {"ok": False, "errMsg": text, "id": 0}}
    return Refusal(text, 400, body | {"error": text})


def _done(x: Exchange, number: int) -> Response:
    return x.answer({"ok": True, "errMsg": "", "id": number})


ROUTES = (
    Route("POST", "/v2/rsischedules", create_schedule),
    Route("POST", "/v2/rsischedules/<rsi_id>/stages", add_stage),
    Route("POST", "/v1/recordsmanagement/rmcodes/<name>", create_code, ("name",)),
    *TEMPLATE_ROUTES,
)
