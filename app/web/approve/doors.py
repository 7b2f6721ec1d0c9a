"""Who may enter the inbox for approvers, and the cookies that say so.

These pages stand by themselves, never in a store's frame: a cookie proves the person, and what changes anything needs
the page token of the same session beside it.
"""

from flask import Response, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.engine import approvers, person_sign_in
from app.engine.deps import Deps
from app.errors import Rejected
from app.settings import Settings
from app.stores.port import Frame
from app.web import guards
from app.web.guards import PAGE_FIELD, PAGE_HEADER, SAFE, Check
from app.web.limits import Window
from app.web.panel.sign_in import cookie_name

ENTRANCE_SECONDS = 180 * 86400


def passer_by(deps: Deps) -> Check:
    """Anybody who comes to sign in; only our own page starts it."""
    pace = Window(60, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")
        if request.method not in SAFE:
            guards.from_our_own_page(deps.settings)

    return check


def came_back(deps: Deps) -> Check:
    """A browser that comes back from OpenText with the state of a sign-in it began at this address, and its own secret.
    Once. Leaves `g.attempt` and `g.returned`, the query.
    """
    pace = Window(60, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")
        g.returned = guards.query_once()
        state, tenant = g.returned.get("state", ""), (request.view_args or {}).get("tenant", "")
        name = cookie_name(deps.settings, person_sign_in.cookie_suffix(state))
        attempt = approvers.take_up(deps, tenant, state, request.cookies.get(name, ""))
        if attempt is None:
            raise Rejected("This sign-in is unknown or over.", status=401, code="approver_sign_in_over")
        issuer = deps.opentext(attempt.store_id).people.issuer
        if g.returned.get("iss", issuer) != issuer:
            raise Rejected("Somebody else answered.", status=401, code="approver_sign_in_over")
        g.attempt = attempt

    return check


def approver(deps: Deps) -> Check:
    """A person of OpenText who signed in here. Leaves `g.approver`; `g.merchant` is the same person at no store's desk.

    A browser whose session is over is led to where it last signed in.
    """
    failures, pace = Window(30, 60), Window(600, 10)

    def check() -> Response | None:
        secret = request.cookies.get(session_cookie(deps.settings), "")
        who = approvers.by_secret(deps, secret)
        if who is None:
            if secret:
                failures.take(request.remote_addr or "")
            tenant = request.cookies.get(entrance_cookie(deps.settings), "")
            if request.method in SAFE and approvers.store_of(tenant) is not None:
                return make_response(redirect(url_for("approve_entrance.show", tenant=tenant, over="1"), 303))
            raise Rejected("The session is unknown or over.", status=401, code="approver_over")
        pace.take(who.session_id)
        if request.method not in SAFE:
            guards.from_our_own_page(deps.settings)
            approvers.demand_page(deps, who, request.headers.get(PAGE_HEADER) or request.form.get(PAGE_FIELD, ""))
        g.approver, g.merchant, g.frame = who, who.at(who.store_id), Frame()
        return None

    return check


# Cookies: first-party, for this host alone; Lax, so that a link in a mail finds whoever is signed in


def _prefix(settings: Settings) -> str:
    return "__Host-" if settings.public_url.startswith("https:") else ""


def session_cookie(settings: Settings) -> str:
    return f"{_prefix(settings)}ecm-approver"


def entrance_cookie(settings: Settings) -> str:
    """Where this browser signed in last; it opens nothing."""
    return f"{_prefix(settings)}ecm-approve-at"


def let_in(response: AnyResponse, settings: Settings, secret: str, tenant: str) -> None:
    is_https = settings.public_url.startswith("https:")
    for name, value, seconds in (
        (session_cookie(settings), secret, None), (entrance_cookie(settings), tenant, ENTRANCE_SECONDS),
    ):  # fmt: skip
        response.set_cookie(name, value, path="/", max_age=seconds, httponly=True, samesite="Lax", secure=is_https)


def let_out(response: AnyResponse, settings: Settings) -> None:
    is_https = settings.public_url.startswith("https:")
    response.delete_cookie(session_cookie(settings), path="/", httponly=True, samesite="Lax", secure=is_https)
