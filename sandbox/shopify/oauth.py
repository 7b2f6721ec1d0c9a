"""Access tokens: token exchange, refresh with rotation, authorization code, client credentials.

Source: Shopify developer documentation, access tokens (token exchange, offline tokens, authorization code grant,
client credentials grant). Of a refresh the former token stays good until its replacement is first used, at most 30 days
after its own first use: an answer that got lost can be asked for again.
"""

import hashlib
import hmac
import secrets as random
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.shopify import id_tokens, scopes
from sandbox.shopify.state import JSON, AccessToken, App, Grant, RefreshToken, Store, User

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SUBJECT_ID, SUBJECT_TOKEN = (f"urn:{who}:params:oauth:token-type:{what}" for who, what in
                             (("ietf", "id_token"), ("shopify", "offline-access-token")))  # fmt: skip
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"
ACCESS_LIFE, REFRESH_LIFE, ONLINE_LIFE = timedelta(hours=1), timedelta(days=90), timedelta(hours=24)
OLD_REFRESH_LIFE, CODE_LIFE = timedelta(days=30), timedelta(minutes=10)


class No(Exception):
    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.body = status, {"error": error, "error_description": description}


def token(api: "Shopify", store: Store, call: Call) -> Response:
    """`POST /admin/oauth/access_token`."""
    try:
        given = _given(call)
        app = _app(api, store, given)
        answer = _granted(api, store, app, given)
    except No as no:
        return json_response(no.body, no.status)
    call.effect = f"{store.domain} token issued to {app.client_id}"
    return json_response(answer)


def _given(call: Call) -> dict[str, str]:
    if call.mimetype == "application/json":
        body = call.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
    else:
        given = call.form.to_dict()
    return {name: str(value) for name, value in given.items() if isinstance(value, (str, int))}


def _app(api: "Shopify", store: Store, given: dict[str, str]) -> App:
    app = api.state.apps.get(given.get("client_id", ""))
    sent = given.get("client_secret", "")
    if app is None or not any(hmac.compare_digest(sent.encode(), known.encode()) for known in app.secrets):
        raise No(401, "invalid_client", "The client credentials are not valid.")
    if app.client_id not in store.installations and "code" not in given:
        raise No(400, "invalid_client", "The app is not installed in this shop.")
    return app


def _granted(api: "Shopify", store: Store, app: App, given: dict[str, str]) -> JSON:
    kind = given.get("grant_type", "authorization_code" if "code" in given else "")
    if kind == EXCHANGE:
        return _exchange(api, store, app, given)
    if kind == "refresh_token":
        return _refresh(api, store, app, given)
    if kind == "authorization_code":
        return _code(api, store, app, given)
    if kind == "client_credentials":
        return _plain(api, store, app, given["client_secret"], timedelta(hours=24))
    raise No(400, "unsupported_grant_type", f"The grant type {kind or '(none)'} is not supported.")


def _exchange(api: "Shopify", store: Store, app: App, given: dict[str, str]) -> JSON:
    wanted, subject = given.get("requested_token_type"), given.get("subject_token", "")
    if given.get("subject_token_type") == SUBJECT_TOKEN:
        return _migrate(api, store, app, given)
    if given.get("subject_token_type") != SUBJECT_ID or wanted not in (OFFLINE, ONLINE):
        raise No(400, "invalid_request", "subject_token_type or requested_token_type is not valid.")
    claims = id_tokens.read(api, store, app, subject)
    if claims is None:
        raise No(400, "invalid_subject_token", "The subject token is expired or not valid.")
    if wanted == ONLINE:
        return _online(api, store, app, given["client_secret"], store.user(str(claims["sub"])))
    return _offline(api, store, app, given)


def _migrate(api: "Shopify", store: Store, app: App, given: dict[str, str]) -> JSON:
    """A token without expiry becomes an expiring one; the former is void."""
    known = api.state.tokens.get(given.get("subject_token", ""))
    if known is None or (known.client_id, known.shop) != (app.client_id, store.domain):
        raise No(400, "invalid_subject_token", "The subject token is not a valid offline token.")
    del api.state.tokens[given["subject_token"]]
    return _offline(api, store, app, given)


def _offline(api: "Shopify", store: Store, app: App, given: dict[str, str], replaces: str = "") -> JSON:
    if given.get("expiring", "0") not in ("1", "true") and not replaces:
        if not api.allow_lasting_tokens:
            raise No(400, "invalid_request", "This app must ask for expiring offline tokens (expiring=1).")
        return _plain(api, store, app, given["client_secret"], None)
    answer = _plain(api, store, app, given["client_secret"], ACCESS_LIFE)
    text, now = f"shprt_{random.token_hex(16)}", api.world.clock.now()
    api.state.refresh[text] = RefreshToken(
        app.client_id, store.domain, given["client_secret"], now + REFRESH_LIFE, replaces
    )
    return answer | {"refresh_token": text, "refresh_token_expires_in": int(REFRESH_LIFE.total_seconds())}


def _refresh(api: "Shopify", store: Store, app: App, given: dict[str, str]) -> JSON:
    text, now = given.get("refresh_token", ""), api.world.clock.now()
    known = api.state.refresh.get(text)
    if known is None or (known.client_id, known.shop) != (app.client_id, store.domain) or known.retired:
        raise No(400, "invalid_grant", "The refresh token is not valid.")
    too_old = known.first_used is not None and known.first_used + OLD_REFRESH_LIFE <= now
    if known.expires <= now or too_old:
        raise No(400, "invalid_grant", "The refresh token has expired.")
    known.first_used = known.first_used or now
    _retire(api, known)
    return _offline(api, store, app, given, replaces=text)


def _retire(api: "Shopify", used: RefreshToken) -> None:
    """The token whose replacement is now used, and the replacements nobody got, are void."""
    former = api.state.refresh.get(used.replaces)
    if former is None:
        return
    former.retired = True
    for other in api.state.refresh.values():
        if other.replaces == used.replaces and other is not used:
            other.retired = True


def _code(api: "Shopify", store: Store, app: App, given: dict[str, str]) -> JSON:
    grant = api.state.grants.get(given.get("code", ""))
    if grant is None or (grant.client_id, grant.shop) != (app.client_id, store.domain) or grant.used:
        raise No(400, "invalid_request", "The authorization code was not found or was already used.")
    if grant.expires <= api.world.clock.now():
        raise No(400, "invalid_request", "The authorization code has expired.")
    grant.used = True
    api.note_installed(store, app, grant.scopes)
    if grant.online:
        return _online(api, store, app, given["client_secret"], store.user(grant.user_id))
    return _offline(api, store, app, given)


def _plain(api: "Shopify", store: Store, app: App, secret: str, life: timedelta | None) -> JSON:
    text = issue(api, store, app, secret, life)
    said: JSON = {"access_token": text, "scope": _scope(store, app)}
    return said | ({"expires_in": int(life.total_seconds())} if life else {})


def _online(api: "Shopify", store: Store, app: App, secret: str, user: User) -> JSON:
    text = issue(api, store, app, secret, ONLINE_LIFE, user)
    return {
        "access_token": text,
        "scope": _scope(store, app),
        "expires_in": int(ONLINE_LIFE.total_seconds()),
        "associated_user_scope": _scope(store, app),
        "associated_user": {
            "id": user.id, "first_name": user.first_name, "last_name": user.last_name, "email": user.email,
            "email_verified": True, "account_owner": user.owner, "locale": user.locale, "collaborator": False,
        },
    }  # fmt: skip


def issue(api: "Shopify", store: Store, app: App, secret: str, life: timedelta | None, user: User | None = None) -> str:
    text = f"{'shpua' if user else 'shpat'}_{random.token_hex(16)}"
    expires = api.world.clock.now() + life if life else None
    api.state.tokens[text] = AccessToken(app.client_id, store.domain, secret, expires, user.id if user else 0)
    return text


def _scope(store: Store, app: App) -> str:
    """As granted, without the read scopes that a write scope brings along."""
    granted = store.installations[app.client_id].scopes
    return ",".join(sorted(s for s in granted if not (s.startswith("read_") and f"write_{s[5:]}" in granted)))


def void(api: "Shopify", *, shop: str = "", client_id: str = "", secret: str = "") -> None:
    """Tokens that match all that is named are no longer known."""

    def hit(known: AccessToken | RefreshToken) -> bool:
        return all(not want or have == want for want, have in
                   ((shop, known.shop), (client_id, known.client_id), (secret, known.secret)))  # fmt: skip

    for text in [t for t, known in api.state.tokens.items() if hit(known)]:
        del api.state.tokens[text]
    for text in [t for t, kept in api.state.refresh.items() if hit(kept)]:
        del api.state.refresh[text]


# The authorization-code way


def authorize(api: "Shopify", store: Store, call: Call) -> Response:
    """`GET /admin/oauth/authorize`: the merchant agrees at once, and goes back to the app."""
    app = api.state.apps.get(call.args.get("client_id", ""))
    target = call.args.get("redirect_uri", "")
    if app is None:
        return _page("Oauth error invalid_request: Could not find Shopify API application.", 400)
    if target not in app.redirect_urls:
        return _page("Oauth error invalid_request: The redirect_uri is not whitelisted.", 400)
    asked = tuple(filter(None, call.args.get("scope", "").split(","))) or app.scopes
    if strange := sorted(set(asked) - scopes.KNOWN):
        return _page(f"Oauth error invalid_scope: {', '.join(strange)}", 400)
    online = "per-user" in call.args.getlist("grant_options[]")
    url = code_url(api, store, app, target, asked, state=call.args.get("state", ""), online=online)
    return Response(status=302, headers={"Location": url})


def code_url(
    api: "Shopify", store: Store, app: App, target: str, granted: tuple[str, ...], *, state: str, online: bool = False
) -> str:
    code = random.token_hex(16)
    expires = api.world.clock.now() + CODE_LIFE
    api.state.grants[code] = Grant(app.client_id, store.domain, granted, store.owner.id, expires, online)
    query = {"code": code, "shop": store.domain, "host": api.host_parameter(store), "state": state}
    return f"{target}?{urlencode(signed(api, app, query))}"


def signed(api: "Shopify", app: App, query: dict[str, str]) -> dict[str, str]:
    """With `timestamp` and `hmac`: hex HMAC-SHA256 over the sorted parameters, joined by &."""
    now = int((api.world.clock.now() - api.world.clock.offset).timestamp())
    query = {**query, "timestamp": str(now)}
    message = "&".join(f"{name}={query[name]}" for name in sorted(query))
    digest = hmac.new(app.secrets[-1].encode(), message.encode(), hashlib.sha256).hexdigest()
    return {**query, "hmac": digest}


def _page(text: str, status: int) -> Response:
    return Response(f"<!doctype html><title>Shopify</title><p>{text}", status, content_type="text/html; charset=utf-8")
