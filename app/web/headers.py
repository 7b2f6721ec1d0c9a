"""What every answer carries, and the rules a browser is given for our pages.

`frame-ancestors` is per store: the origins of its platform's control panel plus the store's own. Pages that no store
frames say 'none'.
"""

import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from app.domain.ids import Provider, external_store_id
from app.engine.deps import Deps
from app.stores.port import Frame
from app.web.answers import Answers

COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store, private",
}
HSTS = "max-age=31536000; includeSubDomains"
_OWN_IMAGES = ["'self'", "data:"]
NOTHING = "default-src 'none'; frame-ancestors 'none'"
OTHER_SESSION = ("page_token", "two_identities")  # the browser is signed in, but not as this page was
PAGE_IS_OLD = "X-ECM-Page-Is-Old"
FETCH_A_TOKEN = "X-Shopify-Retry-Invalid-Session-Request"  # noqa: S105  # a name: the admin's script asks once more
SOURCE = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?")


def nonce() -> str:
    """The one-time word that lets our own inline script and style run on this page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty when it is none a policy may name."""
    try:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return ""
    return origin if SOURCE.fullmatch(origin) else ""


def page_policy(ancestors: Iterable[str], images: Iterable[str] = (), scripts: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page. Ancestors that are no plain origins are left out; none left = 'none'.

    `images`: further origins pictures may come from (a store's own, for its product thumbnails), filtered alike;
    `scripts`: origins of the script that the framing admin brings.
    """
    good = sorted({source for source in (origin_of(a) for a in ancestors) if source})
    pictures = sorted({source for source in (origin_of(a) for a in images) if source})
    brought = sorted({source for source in (origin_of(a) for a in scripts) if source})
    own = f"'self' 'nonce-{nonce()}'"
    return (
        f"default-src 'none'; script-src {' '.join([own, *brought])}; style-src {own}; "
        f"img-src {' '.join(_OWN_IMAGES + pictures)}; connect-src 'self'; "
        f"font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; "
        f"frame-ancestors {' '.join(good) if good else chr(39) + 'none' + chr(39)}"
    )


def register(app: Flask, deps: Deps) -> None:
    """Give every answer its headers; a view may have set its own policy (a document does)."""
    settings = deps.settings
    is_https = settings.public_url.startswith("https:")
    base = COMMON | ({"Strict-Transport-Security": HSTS} if is_https else {})

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in base.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _policy(deps))
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if response.status_code == 401 and g.get("is_framed") and request.authorization is not None:
            response.headers[FETCH_A_TOKEN] = "1"
        if response.status_code == 403 and g.get("reason") in OTHER_SESSION:
            response.headers[PAGE_IS_OLD] = "1"
        if "frame" in g and g.frame.script and response.mimetype == "text/html":
            response.headers["Link"] = _fetched_first(g.frame.script)
        if g.get("answers") is Answers.PAGE and request.endpoint != "static":
            response.headers["Vary"] = "Cookie, X-ECM-Page"
        return response


def _fetched_first(script: str) -> str:
    """Tell the browser of the admin's script before it has read the page."""
    return f'<{origin_of(script)}>; rel="preconnect", <{script}>; rel="preload"; as="script"'


def frame(deps: Deps) -> Frame:
    """How this request's page is shown: as its person's store does it, or the one its guard found it to come from."""
    if "frame" in g:
        return g.frame  # type: ignore[no-any-return]
    who = g.get("merchant")
    if who is None:  # a constant page for somebody nobody knows, in whichever admin it may stand
        return Frame(tuple(source for one in admins(deps) for source in one.ancestors or (one.home,)))
    g.frame = deps.door(Provider(who.store_id.partition(":")[0])).frame(external_store_id(who.store_id))
    return g.frame  # type: ignore[no-any-return]


def admins(deps: Deps) -> list[Frame]:
    """The admins the app is set up for; the one alone that this request's guard found it to come from."""
    every = [deps.door(one).frame("") for one in Provider if deps.door(one).is_configured()]
    told = g.frame.name if "frame" in g else ""
    return [one for one in every if one.name == told] or every


def sandboxed_policy() -> str:
    """Of what is shown of a document in a frame of our own pages: nothing runs, nothing is fetched, nothing is sent.

    Who may frame it: our own page, and whoever frames that.
    """
    deps: Deps = current_app.extensions["ecm"]
    own = origin_of(deps.settings.public_url)
    ancestors = page_policy([*frame(deps).ancestors, g.merchant.admin_url, own]).rpartition("frame-ancestors ")[2]
    return (
        f"sandbox; default-src 'none'; img-src data:; style-src 'nonce-{nonce()}'; base-uri 'none'; "
        f"form-action 'none'; frame-ancestors {ancestors}"
    )


def _policy(deps: Deps) -> str:
    """Pages in the merchant's frame name who may frame them; everything else may be framed by nobody."""
    if g.get("answers") is not Answers.PAGE or not g.get("is_framed", False):
        return NOTHING if g.get("answers") is not Answers.PAGE else page_policy(())
    merchant = g.get("merchant")
    shown = frame(deps)
    own = [merchant.admin_url] if merchant else []
    scripts = [shown.script] if shown.script else []
    return page_policy([*shown.ancestors, *own], g.get("csp_img_sources", ()), scripts)
