"""The door for news from Content Server: an approval was given or refused, a workflow ended. JSON or form."""

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


class ContentBody(BaseModel):
    """The fields we use of what was agreed; a ticket or anything else in the body is never read."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    event: str = Field(pattern=r"^[a-z]{1,40}\.[a-z_]{1,40}$")
    node_id: Number
    version: Optional = ""
    event_id: str = Field(default="", pattern=r"^[A-Za-z0-9._:-]{0,100}$")


def make_content_blueprint(deps: Deps) -> Blueprint:
    """POST /callbacks/content-server/<tenant>: 202 for a hint taken in, also the second time."""
    bp = Blueprint("content_callbacks", __name__)
    admission = Admission(deps)

    @bp.post("/<tenant>")
    def news(tenant: str) -> tuple[Response, int]:  # noqa: ARG001  # the guard has made the store of it
        body = parse(ContentBody, g.raw if request.mimetype == JSON else form_fields(g.raw))
        admission.check()
        told = ContentNews(body.event, body.node_id, body.version, body.event_id)
        callbacks.accept_content(deps, g.store_id, told, g.raw, guards.correlation_id())
        return jsonify(status="accepted"), 202

    return bp
