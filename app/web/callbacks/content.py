"""The door for news from Content Server: an approval was given or refused, a workflow ended, somebody asks to publish.

JSON or form. The one door that a page of another origin may use: the tenant's own Content Server, where the command
"Publish to store" runs in a person's browser. No cookie counts here, so none is allowed to come along.
"""

import json
from typing import Annotated, Any

from flask import Blueprint, Response, g, jsonify, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.engine import callbacks
from app.engine.admission import Admission
from app.engine.callbacks import ContentNews
from app.engine.deps import Deps
from app.web import guards
from app.web.bodies import JSON, form_fields, parse


def _digits(value: Any) -> Any:
    """Whole numbers come as numbers (JSON) or as text (forms, WebReports)."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Number = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^[1-9][0-9]{0,17}$")]
Optional = Annotated[str, BeforeValidator(_digits), Field(pattern=r"^([1-9][0-9]{0,17})?$")]


PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, X-Storefront-Ticket",
    "Access-Control-Max-Age": "600",
}


class ContentBody(BaseModel):
    """The fields we use of what was agreed; anything else in the body is not read (a ticket only by the guard)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    event: str = Field(pattern=r"^[a-z]{1,40}\.[a-z_]{1,40}$")
    node_id: Number
    version: Optional = ""
    event_id: str = Field(default="", pattern=r"^[A-Za-z0-9._:-]{0,100}$")


def make_content_blueprint(deps: Deps) -> Blueprint:
    """POST /callbacks/content-server/<tenant>: 202 for a hint taken in, also the second time."""
    bp = Blueprint("content_callbacks", __name__)
    admission = Admission(deps)

    @bp.route("/<tenant>", methods=["OPTIONS"])
    def preflight(tenant: str) -> Response:  # noqa: ARG001  # the guard has looked whose origin this is
        answer = Response(status=204)
        if g.allowed_origin:
            answer.headers |= PREFLIGHT
        return answer

    @bp.after_request
    def let_its_own_page_read(response: Response) -> Response:
        response.vary.add("Origin")
        if origin := g.get("allowed_origin"):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
        return response

    @bp.post("/<tenant>")
    def news(tenant: str) -> tuple[Response, int]:  # noqa: ARG001  # the guard has made the store of it
        body = parse(ContentBody, g.raw if request.mimetype == JSON else form_fields(g.raw))
        admission.check()
        told = ContentNews(body.event, body.node_id, body.version, body.event_id)
        callbacks.accept_content(deps, g.store_id, told, _without_ticket(g.raw), guards.correlation_id())
        return jsonify(status="accepted"), 202

    return bp


def _without_ticket(raw: bytes) -> bytes:
    """The body as it is kept. A ticket in it is a person's credential: it ends here."""
    fields = json.loads(raw) if request.mimetype == JSON else form_fields(raw)
    rest = {name: value for name, value in fields.items() if name.strip().lower() != "ticket"}
    return raw if len(rest) == len(fields) else json.dumps(rest).encode()
