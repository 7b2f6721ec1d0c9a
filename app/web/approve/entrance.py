"""Where approvers come in: a page of its own for each store's OpenText, on to OTDS, and back.

The page says the same for every address, so that it tells nobody which stores there are. Nothing in an address says
where to go afterwards: it is always the inbox.
"""

import structlog
from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import approvers, person_sign_in
from app.engine.approvers import Attempt
from app.engine.deps import Deps
from app.errors import AppError, NeedsReauth, NotFound
from app.opentext.people import SignedOut
from app.web import language, templating
from app.web.approve import doors
from app.web.buyer.reading import page, read_as_buyer
from app.web.language import _
from app.web.panel.sign_in import cookie_name, keep_cookie

log = structlog.get_logger(__name__)


def make_entrance_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("approve_entrance", __name__)
    bp.record_once(templating.install)

    @bp.get("/<tenant>")
    def show(tenant: str) -> Response:
        if approvers.store_of(tenant) is None:
            raise NotFound("Nobody can sign in here.", code="no_entrance")
        over = _("Your session has ended. Sign in again.") if request.args.get("over") == "1" else ""
        return _page(tenant, over)

    @bp.post("/<tenant>")
    def begin(tenant: str) -> AnyResponse:
        """On to OpenText. No redirect: browsers hold a form's redirects to the page's own policy."""
        read_as_buyer("UTC")
        try:
            begun = approvers.begin(deps, tenant)
        except NeedsReauth:
            return _page(tenant, _not_let_in(), 409)
        response = make_response(render_template("panel/leaving.html", url=begun.url, comes_back=True))
        response.headers["Refresh"] = f"0;url={begun.url}"
        keep_cookie(response, deps.settings, begun.name, begun.secret)
        return response

    return bp


def make_return_blueprint(deps: Deps) -> Blueprint:
    bp = Blueprint("approve_return", __name__)
    bp.record_once(templating.install)

    @bp.get("/<tenant>/return")
    def returned(tenant: str) -> AnyResponse:
        response = _end(deps, g.attempt, g.returned, tenant)
        name = cookie_name(deps.settings, person_sign_in.cookie_suffix(g.attempt.state))
        response.delete_cookie(name, path="/", httponly=True, samesite="Lax",
                               secure=deps.settings.public_url.startswith("https:"))  # fmt: skip
        return response

    return bp


def _end(deps: Deps, attempt: Attempt, given: dict[str, str], tenant: str) -> AnyResponse:
    """Redeem the code and let the person in; whatever else happens is said beside the button to try again."""
    read_as_buyer("UTC")
    if "code" not in given:
        return _page(tenant, _("OpenText did not sign you in. Try again."), 403)
    earlier = request.cookies.get(doors.session_cookie(deps.settings), "")
    locale = request.accept_languages.best or language.DEFAULT
    try:
        secret = approvers.finish(deps, attempt, given["code"], locale, earlier)
    except SignedOut as error:
        words = _("OpenText did not accept this sign-in, or does not know you in Content Server. Try again; if it "
                  "stays, ask who gives access to OpenText in your company.")  # fmt: skip
        return _refused(tenant, error, words, 403)
    except NeedsReauth as error:
        return _refused(tenant, error, _not_let_in(), 409)
    except AppError as error:
        return _refused(tenant, error, _("OpenText is not answering right now. Try again in a moment."), 503)
    response = redirect(url_for("approve.index"), 303)
    doors.let_in(response, deps.settings, secret, tenant)
    return response


def _not_let_in() -> str:
    return _("OpenText does not let this app sign people in. Tell the administrator who gave you this address: what to "
             "enter in OpenText stands on the settings page “Who sees what”.")  # fmt: skip


def _refused(tenant: str, error: AppError, words: str, status: int) -> Response:
    log.info("approver_not_signed_in", reason=error.specific_code)
    return _page(tenant, words, status)


def _page(tenant: str, wrong: str, status: int = 200) -> Response:
    read_as_buyer("UTC")
    return page("approve/entrance.html", status, tenant=tenant, wrong=wrong)
