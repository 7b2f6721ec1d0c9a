"""The routes; each guard has already said who calls."""

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from app.domain.ids import Provider
from app.engine import installs
from app.engine.deps import Deps
from app.web import guards, templating
from app.web.embedded import entrance
from app.web.install.routes import show


def make_blueprint(deps: Deps) -> Blueprint:
    """GET /shopify and below: the page that was asked for, at an address without the token."""
    bp = Blueprint("embedded", __name__)

    def page(wanted: str = "") -> Response:
        g.clean_path = show(f"/{wanted}")
        response = make_response(current_app.ensure_sync(current_app.dispatch_request)())
        guards.set_cookie(response, deps.settings, g.secret)
        return response

    for rule in ("", "/", "/<path:wanted>"):
        bp.add_url_rule(rule, "page", page, methods=["GET"])
    return bp


def make_bounce_blueprint(deps: Deps) -> Blueprint:
    """GET /shopify/session-token: nothing but the admin's script, which knows what to do."""
    del deps
    bp = Blueprint("session_token", __name__)
    bp.record_once(templating.install)

    @bp.get("/session-token")
    def session_token() -> str:
        return render_template("embedded/bounce.html", frame=g.frame)

    return bp


def make_grant_blueprint(deps: Deps) -> Blueprint:
    """GET /shopify/auth/callback: the code has been exchanged; keep the token, go back into the admin."""
    bp = Blueprint("code_grant", __name__)

    @bp.get("/auth/callback")
    def callback() -> AnyResponse:
        installs.complete(deps, Provider.SHOPIFY, g.installed, guards.correlation_id())
        response = redirect(deps.embedded[Provider.SHOPIFY].inside(g.returned, ""))
        response.delete_cookie(entrance.COOKIE, path=entrance.CALLBACK, httponly=True, samesite="Lax")
        return response

    return bp


__all__ = ["make_blueprint", "make_bounce_blueprint", "make_grant_blueprint"]
