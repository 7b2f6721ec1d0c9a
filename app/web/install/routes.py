"""The routes; each guard has already said who calls."""

from flask import Blueprint, Response, current_app, g, make_response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app.domain.ids import Provider
from app.engine import installs, sessions
from app.engine.deps import Deps
from app.web import guards
from app.web.notices import notice, to_admin
from app.web.texts import N_

PANELS = ("/orders/", "/products/", "/customers/")  # what a deep link may name; each has its page under /panel


def make_auth_blueprint(deps: Deps) -> Blueprint:
    """GET /auth: the one-time code has been exchanged; keep the token, queue the set-up, sign nobody in."""
    bp = Blueprint("install", __name__)

    @bp.get("/auth")
    def auth() -> Response:
        installs.complete(deps, Provider.BIGCOMMERCE, g.installed, guards.correlation_id())
        if "external_install" in request.args:
            return make_response(redirect(guards.external_install(deps.settings, succeeded=True)))
        return notice(N_("ECM is installed"), N_("Open ECM from the Apps menu. The first page connects OpenText."))

    return bp


def make_load_blueprint(deps: Deps) -> Blueprint:
    """GET /load: a person opens the app; on to an address without the signed payload."""
    bp = Blueprint("load", __name__)

    @bp.get("/load")
    def load() -> Response:
        code = sessions.sign_in(deps, Provider.BIGCOMMERCE, g.signed_in)
        return make_response(redirect(f"/open/{code}", 303))

    return bp


def make_calls_blueprint(deps: Deps) -> Blueprint:
    """GET /uninstall and /remove_user, from the platform's servers."""
    bp = Blueprint("store_calls", __name__)

    @bp.get("/uninstall")
    def uninstall() -> Response:
        installs.uninstall(deps, Provider.BIGCOMMERCE, g.signed_in, guards.correlation_id())
        return Response(b"")

    @bp.get("/remove_user")
    def remove_user() -> Response:
        installs.remove_user(deps, Provider.BIGCOMMERCE, g.signed_in)
        return Response(b"")

    return bp


def make_open_blueprint(deps: Deps) -> Blueprint:
    """GET /open/<code>: the page that was asked for, rendered here so that a browser without our cookie has it too."""
    bp = Blueprint("open", __name__)

    @bp.get("/<code>")
    def open_page(code: str) -> Response:  # noqa: ARG001  # the guard has taken it up
        g.clean_path = show(g.opened.path)
        response = make_response(current_app.ensure_sync(current_app.dispatch_request)())
        guards.set_cookie(response, deps.settings, g.opened.secret)
        return response

    return bp


def show(path: str) -> str:
    """Turn this request into one for the page behind a deep link (or the start page); returns its address."""
    wanted = f"/panel{path}" if path.startswith(PANELS) else path
    for address in (wanted, "/"):
        try:
            rule, arguments = _adapter().match(address, method="GET", return_rule=True)
        except HTTPException:
            continue
        blueprint = rule.endpoint.rpartition(".")[0]
        surface, _ = current_app.extensions["surfaces"].get(blueprint, (None, None))
        if surface is not None and surface.guard is guards.merchant_session:
            request.url_rule, request.view_args = rule, dict(arguments)
            return address
    raise LookupError("there is no start page")


def _adapter() -> MapAdapter:
    return current_app.url_map.bind_to_environ(request.environ)


def make_session_blueprint(deps: Deps) -> Blueprint:
    """POST /sign-out: end this session."""
    bp = Blueprint("session", __name__)

    @bp.post("/sign-out")
    @guards.requires("viewer")
    def sign_out() -> Response:
        who = guards.merchant()
        sessions.sign_out(deps, who)
        response = notice(N_("You are signed out"), N_("Open ECM again from your store."), more=to_admin(who))
        guards.forget_cookie(response, deps.settings)
        return response

    return bp
