"""Our token endpoint and the door for workflow decisions (a contract of ours; the models we deploy keep it)."""

from flask import Blueprint, Response, g, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from app.engine import callbacks
from app.engine.admission import Admission
from app.engine.callbacks import Claimed
from app.engine.deps import Deps
from app.web import guards
from app.web.bodies import parse


class DecisionBody(BaseModel):
    """A finished case. `actor` is taken so that it is not refused; it is never used."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, hide_input_in_errors=True)

    case: str = Field(min_length=1, max_length=100)
    process: str = Field(min_length=1, max_length=100)
    decision: str = Field(min_length=1, max_length=100)
    actor: str | None = Field(default=None, max_length=500)


def make_token_blueprint(deps: Deps) -> Blueprint:
    """POST /oauth2/token, client credentials only. Source of the answer: RFC 6749, section 5.1."""
    bp = Blueprint("token", __name__)

    @bp.post("/token")
    def token() -> Response:
        signed, life = callbacks.issue_token(deps, g.client)
        return jsonify(access_token=signed, token_type="Bearer", expires_in=life)  # noqa: S106  # the type's name

    return bp


def make_decision_blueprint(deps: Deps) -> Blueprint:
    """POST /callbacks/workflow/v1/decisions: 202 for a hint taken in, also the second time."""
    bp = Blueprint("decisions", __name__)
    admission = Admission(deps)

    @bp.post("/decisions")
    def decisions() -> tuple[Response, int]:
        body = parse(DecisionBody, g.raw)
        admission.check()
        callbacks.accept_decision(
            deps, g.store_id, Claimed(body.case, body.process, body.decision), g.raw, guards.correlation_id(),
            request.headers.get("X-Case-Token"),
        )  # fmt: skip
        return jsonify(status="accepted"), 202

    return bp
