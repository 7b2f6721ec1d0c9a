"""Who may enter from a store's admin: the token in the address, or one fetched by a page that does nothing else.

A browser outside of the admin is sent into it, for only there is a token to be had. A merchant whose platform did not
ask for the app's access by itself is sent to agree to it, and comes back with a code.
"""

import hmac
from urllib.parse import urlencode

from flask import Response, g, make_response, redirect, request

from app.db.session import reading
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import Provider, store_id
from app.engine import embedded
from app.engine.deps import Deps
from app.engine.vault import random_token
from app.errors import Rejected
from app.web import guards
from app.web.guards import Check
from app.web.limits import Window

PLATFORM = Provider.SHOPIFY
HOME = "/shopify"
BOUNCE = f"{HOME}/session-token"
CALLBACK = f"{HOME}/auth/callback"
AGAIN = "ecm-again"  # a page that was sent for a token once, and came back with a bad one, is not sent again
COOKIE = "ecm-install"
COOKIE_SECONDS = 600
FRESH_TOKEN_HELPS = frozenset({"bad_token", "invalid_subject_token"})


def document(deps: Deps) -> Check:
    """A person in the store's admin. Leaves `g.merchant`, and in `g.frame` who may frame the page."""
    pace = Window(120, 60)

    def check() -> Response | None:
        pace.take(request.remote_addr or "")
        query = guards.query_once()
        g.frame = deps.door(PLATFORM).frame(deps.embedded[PLATFORM].store_of(query))
        token = query.get("id_token") or guards.admin_token()
        if not token:
            return _without_token(deps, query)
        try:
            signed = deps.door(PLATFORM).signed_request(query | {"id_token": token}, utc_now())
            g.merchant = embedded.enter(deps, PLATFORM, token, signed, guards.correlation_id())
            g.secret = embedded.secret_of(deps, g.merchant.store_id, signed)
        except Rejected as error:
            if error.specific_code not in FRESH_TOKEN_HELPS or not _can_bounce(deps, query):
                raise
            return _bounce(query)
        g.frame = deps.door(PLATFORM).frame(signed.external_id)
        return None

    return check


def _without_token(deps: Deps, query: dict[str, str]) -> Response:
    if _can_bounce(deps, query):
        return _bounce(query)
    if "hmac" in query and _asks_for_itself(deps, query):
        return _leave(deps, query)
    inside = deps.embedded[PLATFORM].inside(query, wanted_path())
    if inside and query.get("embedded") != "1":
        return make_response(redirect(inside))
    raise Rejected("Open the app again from your store.", status=401, code="bad_token")


def wanted_path() -> str:
    """The page behind this address, as the admin names it; empty for the start page."""
    path = request.path.removeprefix(HOME)
    return "" if path == "/" else path


def _can_bounce(deps: Deps, query: dict[str, str]) -> bool:
    is_here = query.get("embedded") == "1" and bool(deps.embedded[PLATFORM].store_of(query))
    return is_here and AGAIN not in query and request.method == "GET"


def _bounce(query: dict[str, str]) -> Response:
    """To the page whose only content is the admin's script: that fetches a token and loads this page again."""
    kept = {name: value for name, value in query.items() if name != "id_token"}
    back = f"{request.path}?{urlencode(kept | {AGAIN: '1'})}"
    return make_response(redirect(f"{BOUNCE}?{urlencode(kept | {'shopify-reload': back})}"))


def bounced(deps: Deps) -> Check:
    """The page that fetches a token: for whoever names a store and an address of ours to go back to."""
    pace = Window(120, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")
        query = guards.query_once()
        store, back = deps.embedded[PLATFORM].store_of(query), query.get("shopify-reload", "")
        if not store or not (back == HOME or back.startswith((f"{HOME}/", f"{HOME}?"))) or "\\" in back:
            raise Rejected("This request is not complete.", code="bad_reload")
        g.frame = deps.door(PLATFORM).frame(store)

    return check


# The authorization-code grant


def _asks_for_itself(deps: Deps, query: dict[str, str]) -> bool:
    door = deps.embedded[PLATFORM]
    store = door.store_of(query)
    if not door.installs_by_code or not store:
        return False
    with reading(deps.database) as session:
        row = session.get(StoreRow, store_id(PLATFORM, store))
    return row is None or row.state != "installed"


def _leave(deps: Deps, query: dict[str, str]) -> Response:
    """On to the store, which asks the merchant; the state there and the browser's cookie belong together."""
    secret = random_token()
    state = _state(deps, secret, query.get("shop", ""))
    response = make_response(
        redirect(deps.embedded[PLATFORM].leave(query, f"{deps.settings.public_url}{CALLBACK}", state))
    )
    response.set_cookie(
        COOKIE, secret, path=CALLBACK, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=deps.settings.public_url.startswith("https:"),
    )  # fmt: skip
    return response


def returned_code(deps: Deps) -> Check:
    """A merchant who agreed, in the browser that was sent: its cookie proves the state. Leaves `g.installed`."""
    pace = Window(30, 60)  # each try is a call to the platform

    def check() -> None:
        pace.take(request.remote_addr or "")
        g.returned = guards.query_once()
        secret = request.cookies.get(COOKIE, "")
        wanted = _state(deps, secret, g.returned.get("shop", "")).encode()
        if not secret or not hmac.compare_digest(g.returned.get("state", "").encode("utf-8", "replace"), wanted):
            raise Rejected("This installation is unknown or over.", status=401, code="bad_install")
        g.installed = deps.door(PLATFORM).complete_install(g.returned, f"{deps.settings.public_url}{CALLBACK}")

    return check


def _state(deps: Deps, secret: str, shop: str) -> str:
    return deps.vault.sign("store-install", f"{secret}|{shop}")
