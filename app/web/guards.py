"""Who may enter. Each guard authenticates one kind of caller and leaves who it is in `flask.g`; views trust only that.

A guard is made once per app (`guard(deps)`) and runs before every view of its surface; it raises Rejected. The table of
surfaces is in `app.web`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, make_response, redirect, request

from app.db.types import utc_now
from app.domain.ids import Provider
from app.engine import embedded, sessions
from app.engine.deps import Deps
from app.engine.sessions import Merchant, Role
from app.errors import Rejected
from app.settings import Settings
from app.web.limits import Window

Check = Callable[[], Response | None]
Guard = Callable[[Deps], Check]
View = TypeVar("View", bound=Callable[..., Any])

SAFE = ("GET", "HEAD")
PAGE_HEADER = "X-ECM-Page"
PAGE_FIELD = "page_token"
FORM_BYTES = 100_000  # beside a file
EMBEDDED = frozenset({"id_token", "embedded"})  # what an admin's frame puts into a page's address
EMBEDDED_HOME = "/shopify"


# What views ask


def merchant() -> Merchant:
    """The signed-in person of this request."""
    if "merchant" not in g:
        raise Rejected("Nobody is signed in.", status=401, code="no_session")
    found: Merchant = g.merchant
    return found


def require(role: Role | str) -> Merchant:
    """The signed-in person, who must have at least this role. Raises Rejected (403)."""
    who = merchant()
    if not who.role.covers(Role(role)):
        raise Rejected("The role does not allow this.", status=403, code="wrong_role")
    return who


def requires(role: Role | str) -> Callable[[View], View]:
    """Put on a view: the least role that may use it. One that changes something and says nothing is for owners only."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kw: Any) -> Any:
            require(role)
            return view(*args, **kw)

        guarded.required_role = Role(role)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def takes(longest: int) -> Callable[[View], View]:
    """Put on a view: how many bytes of file its form may bring, where that is more than a form usually has."""

    def mark(view: View) -> View:
        view.longest_body = longest + FORM_BYTES  # type: ignore[attr-defined]
        return view

    return mark


def correlation_id() -> str:
    """The id that ties this request to what it sets off; goes into `NewEvent.correlation_id`."""
    return str(g.request_id)


# Guards


def anyone(deps: Deps) -> Check:  # noqa: ARG001  # the guard's signature
    """No credential; for constant answers only."""
    return lambda: None


def merchant_session(deps: Deps) -> Check:
    """A signed-in person: the token of the store's admin, or cookie or page token to read, the page token to change
    anything. A browser that came from an admin with neither is sent to fetch a token.
    """
    failures, pace = Window(30, 60), Window(600, 10)

    def check() -> Response | None:
        if request.method in SAFE and EMBEDDED.intersection(request.args):
            return make_response(redirect(f"{EMBEDDED_HOME}{request.full_path.rstrip('?')}"))
        try:
            g.merchant = _by_admin(deps) or _who(deps)
        except Rejected as error:
            if error.status == 401 and _presented(deps.settings):
                failures.take(request.remote_addr or "")
            raise
        pace.take(g.merchant.session_id)
        if request.method not in SAFE:
            require(least_role(request.endpoint or ""))
        return None

    return check


def admin_token() -> str:
    """The token of the store's admin that this request carries; empty where it carries none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _by_admin(deps: Deps) -> Merchant | None:
    """Who the admin's token names. No other site can send it, so it needs no page token beside; one that is there
    must be the same person's.
    """
    token = admin_token()
    if not token:
        return None
    found = embedded.by_token(deps, token, correlation_id())
    page = request.headers.get(PAGE_HEADER, "")
    other = sessions.by_page_token(deps, page) if page else None
    if other is not None and other.user_id != found.user_id:
        raise Rejected("Token and page belong to different people.", status=400, code="two_identities")
    return found


def least_role(endpoint: str) -> Role:
    """Who may use a view that changes something: what it says itself, otherwise owners only."""
    view = current_app.view_functions[endpoint]
    return getattr(view, "required_role", Role.OWNER)


def _who(deps: Deps) -> Merchant:
    changing = request.method not in SAFE
    if changing:
        from_our_own_page(deps.settings)
    secret = request.cookies.get(cookie_name(deps.settings), "")
    token = request.headers.get(PAGE_HEADER) or (request.form.get(PAGE_FIELD, "") if changing else "")
    try:
        found = sessions.by_page_token(deps, token, secret) if token else None
    except Rejected as error:
        raise Rejected(error.message, status=403 if changing else 400, code=error.specific_code) from error
    if found is None and not token and not changing:
        found = sessions.by_secret(deps, secret)
    if found is not None:
        return found
    if changing and sessions.by_secret(deps, secret) is not None:
        raise Rejected("The page token is missing or wrong.", status=403, code="page_token")
    raise Rejected("The session is unknown or over.", status=401, code="no_session")


def _presented(settings: Settings) -> bool:
    return bool(request.headers.get(PAGE_HEADER) or request.cookies.get(cookie_name(settings)))


def from_our_own_page(settings: Settings) -> None:
    """The page token proves it; these headers, where a browser sends them, must not contradict it.

    `Origin: null` is what browsers send with a form of a page whose referrer policy is no-referrer, as ours is.
    """
    origin, site = request.headers.get("Origin", "null"), request.headers.get("Sec-Fetch-Site", "same-origin")
    own = urlsplit(origin).netloc in settings.hosts or origin == "null"
    if not own or site not in ("same-origin", "none"):
        raise Rejected("The request comes from another site.", status=403, code="cross_site")


def granted_code(deps: Deps) -> Check:
    """Installation: the one-time code is exchanged for a token; that it succeeds is the proof. Leaves `g.installed`."""
    pace = Window(30, 60)  # each try is a call to the platform

    def check() -> Response | None:
        pace.take(request.remote_addr or "")
        redirect_uri = f"{deps.settings.public_url}/bigcommerce/auth"
        try:
            g.installed = deps.door(Provider.BIGCOMMERCE).complete_install(query_once(), redirect_uri)
        except Rejected:
            if "external_install" in request.args:
                return make_response(redirect(external_install(deps.settings, succeeded=False)))
            raise
        return None

    return check


def external_install(settings: Settings, *, succeeded: bool) -> str:
    """Where an installation that began on somebody else's page ends."""
    own = settings.bigcommerce
    return f"{own.login_url}/app/{own.client_id}/install/{'succeeded' if succeeded else 'failed'}"


def signed_request(deps: Deps) -> Check:
    """The platform's signed payload of load, uninstall and remove_user requests. Leaves `g.signed_in`."""

    def check() -> None:
        g.signed_in = deps.door(Provider.BIGCOMMERCE).signed_request(query_once(), utc_now())

    return check


def query_once() -> dict[str, str]:
    """The query's parameters; one that is given twice is refused (which of the two would be meant?)."""
    found = request.args.to_dict(flat=False)
    if any(len(values) > 1 for values in found.values()):
        raise Rejected("A parameter is given twice.", code="repeated_parameter")
    return {name: values[0] for name, values in found.items()}


def open_code(deps: Deps) -> Check:
    """The one-time hand-over after `load`. Leaves `g.opened` and `g.merchant`."""
    failures = Window(30, 60)

    def check() -> None:
        opened = sessions.open_once(deps, (request.view_args or {}).get("code", ""))
        if opened is None:
            failures.take(request.remote_addr or "")
            raise Rejected("This hand-over is over.", status=401, code="hand_over")
        g.opened, g.merchant = opened, opened.merchant

    return check


# The cookie


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds it to this very host; over plain http (a demo on one machine) browsers would refuse that name."""
    return "__Host-ecm" if settings.public_url.startswith("https:") else "ecm"


def set_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Leave the session's secret with the browser. Partitioned: it lives only inside this store's control panel."""
    if settings.public_url.startswith("https:"):
        response.set_cookie(
            cookie_name(settings), secret, path="/", secure=True, httponly=True, samesite="None", partitioned=True
        )
    else:
        response.set_cookie(cookie_name(settings), secret, path="/", httponly=True, samesite="Lax")


def forget_cookie(response: Response, settings: Settings) -> None:
    """Take the session's secret from the browser again."""
    is_https = settings.public_url.startswith("https:")
    response.delete_cookie(
        cookie_name(settings), path="/", secure=is_https, httponly=True,
        samesite="None" if is_https else "Lax", partitioned=is_https,
    )  # fmt: skip
