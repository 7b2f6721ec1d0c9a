"""Where OpenText sends a browser back to: the guard takes up the sign-in it began, the page says how it ended."""

import structlog
from flask import Blueprint, Response, g, render_template, request

from app.engine import person_sign_in
from app.engine.deps import Deps
from app.engine.person_sign_in import Attempt
from app.errors import AppError, NeedsReauth, Rejected
from app.opentext.people import SignedOut
from app.web import guards, templating
from app.web.guards import Check
from app.web.language import _
from app.web.limits import Window
from app.web.panel.sign_in import cookie_name

log = structlog.get_logger(__name__)


def came_back(deps: Deps) -> Check:
    """A browser that comes back from OpenText with the state of a sign-in it began here, and its own secret. Once.

    Leaves `g.attempt`, `g.merchant` and `g.returned`, the query.
    """
    pace = Window(60, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")
        g.returned = guards.query_once()
        state = g.returned.get("state", "")
        name = cookie_name(deps.settings, person_sign_in.cookie_suffix(state))
        tenant = (request.view_args or {}).get("tenant", "")
        attempt = person_sign_in.take_up(deps, tenant, state, request.cookies.get(name, ""))
        if attempt is None:
            raise Rejected("This sign-in is unknown or over.", status=401, code="sign_in_over")
        issuer = deps.opentext(attempt.who.store_id).people.issuer
        if g.returned.get("iss", issuer) != issuer:
            raise Rejected("Somebody else answered.", status=401, code="sign_in_over")
        g.attempt, g.merchant = attempt, attempt.who

    return check


def make_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("sign_in_return", __name__)
    bp.record_once(templating.install)

    @bp.get("/opentext/<tenant>/return")
    def returned(tenant: str) -> Response:  # noqa: ARG001  # the guard has compared it with the attempt's store
        response = _end(deps, g.attempt, g.returned)
        name = cookie_name(deps.settings, person_sign_in.cookie_suffix(g.attempt.state))
        response.delete_cookie(name, path="/", httponly=True, samesite="Lax",
                               secure=deps.settings.public_url.startswith("https:"))  # fmt: skip
        return response

    return bp


def _end(deps: Deps, attempt: Attempt, given: dict[str, str]) -> Response:
    """Redeem the code; whatever happens is said here, in a window that can be closed."""
    if "code" not in given:
        return _page(
            _("You are not signed in"), _("OpenText did not sign you in. Close this window and try again."), 403
        )
    try:
        name = person_sign_in.finish(deps, attempt, given["code"])
    except SignedOut as error:
        _note(attempt, error)
        text = _("OpenText did not accept this sign-in, or does not know you in Content Server. Close this window and "
                 "try again; if it stays, ask who gives access to OpenText in your company.")  # fmt: skip
        return _page(_("You are not signed in"), text, 403)
    except NeedsReauth as error:
        _note(attempt, error)
        text = _("OpenText does not let this app sign people in. An administrator finds what to enter there on the "
                 "settings page “Who sees what”.")  # fmt: skip
        return _page(_("You are not signed in"), text, 409)
    except AppError as error:
        _note(attempt, error)
        text = _("OpenText is not answering right now. Close this window and try again in a moment.")
        return _page(_("You are not signed in"), text, 503)
    return _page(
        _("You are signed in"), _("Close this window and go back to the panel; it shows what you may see."), 200, name
    )


def _note(attempt: Attempt, error: AppError) -> None:
    log.info("person_not_signed_in", user_id=attempt.who.user_id, reason=error.specific_code)


def _page(title: str, text: str, status: int, name: str = "") -> Response:
    return Response(render_template("panel/returned.html", title=title, text=text, name=name), status)
