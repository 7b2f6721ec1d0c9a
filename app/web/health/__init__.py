"""Is it alive (for everybody), is it ready, how is it doing (for the operator only)."""

from flask import Blueprint, Response, jsonify

from app.engine import metrics, readiness
from app.engine.deps import Deps

TEXT = "text/plain; version=0.0.4; charset=utf-8"


def make_alive_blueprint(deps: Deps) -> Blueprint:  # noqa: ARG001  # as all blueprints are made
    """GET /healthz: constant, touches nothing."""
    bp = Blueprint("alive", __name__)

    @bp.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    return bp


def make_inside_blueprint(deps: Deps) -> Blueprint:
    """GET /readyz and /metrics."""
    bp = Blueprint("inside", __name__)

    @bp.get("/readyz")
    def readyz() -> tuple[Response, int]:
        found = readiness.look(deps)
        return jsonify(found.parts), 200 if found.is_ready else 503

    @bp.get("/metrics")
    def scrape() -> Response:
        return Response(metrics.render(deps), content_type=TEXT)

    return bp
