"""Who may ask: a person of the store, by the token the admin gives an extension for each request.

Extensions run on an origin of Shopify's own, so every answer says who may read it. No cookie ever comes along: the
token is the only identity, and with it any page may read what its person may.
Source: Shopify developer documentation, admin UI extensions, "Connect to your app's backend", "Network features".
"""

from flask import Blueprint, Response, request

from app.engine.deps import Deps
from app.errors import Rejected
from app.web import guards
from app.web.guards import Check

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
REAUTHORIZE = "X-Shopify-API-Request-Failure-Reauthorize-Url"
PREFLIGHT_SECONDS = 7200


def admin_extension(deps: Deps) -> Check:
    """A signed-in person by `Authorization: Bearer`; a preflight needs nobody. Leaves `g.merchant`."""
    session = guards.merchant_session(deps)

    def check() -> Response | None:
        if request.method == "OPTIONS":
            return preflight()
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise Rejected("The token is missing.", status=401, code="bad_token")
        return session()

    return check


def preflight() -> Response:
    """What a browser asks before it lets another origin's script ask."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "Authorization, Content-Type",
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    return Response(status=204, headers=headers)


def share(bp: Blueprint) -> None:
    """Let the extension's origin read every answer, refusals too; a bad token tells it to fetch another."""

    @bp.after_request
    def allow(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = f"{RETRY}, {REAUTHORIZE}"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.status_code == 401:
            response.headers[RETRY] = "1"
        return response
