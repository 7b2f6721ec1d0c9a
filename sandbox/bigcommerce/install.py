"""The app's life in a store: code grant, signed_payload_jwt, load, uninstall, users leaving.

Source: BigCommerce developer documentation, guides "auth", "callbacks", "users" and "buttons".
"""

import secrets
from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import OctKey
from werkzeug.wrappers import Response

from sandbox.bigcommerce.errors import Refused
from sandbox.bigcommerce.state import JSON, App, Grant, State, Store, Token, User
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

CODE_LIFE = timedelta(minutes=10)
FIELDS = ("client_id", "client_secret", "code", "context", "scope", "grant_type", "redirect_uri")


def routes(api: "BigCommerce") -> None:
    api.route("POST", "/oauth2/token", lambda call: _exchange(api, call))
    api.route("GET", "/app/<client_id>/install", lambda call, client_id: _button(api, call, client_id))
    for outcome in ("succeeded", "failed"):
        api.route(
            "GET",
            f"/app/<client_id>/install/{outcome}",
            lambda _call, client_id, o=outcome: _page(client_id, o),
        )


# Called by desk and control API, under the lock


def install_url(
    api: "BigCommerce", store: Store, app: App, user: User, scopes: tuple[str, ...], *, external: bool
) -> str:
    """Where the merchant's browser goes after accepting: the app's auth callback with a fresh code."""
    code = secrets.token_urlsafe(24)
    expires = api.world.clock.now() + CODE_LIFE
    api.state.grants[code] = Grant(app.client_id, store.hash, scopes, user.id, expires)
    query = {
        "code": code,
        "scope": " ".join(scopes),
        "context": f"stores/{store.hash}",
        "account_uuid": api.state.account_uuid,
    }
    return f"{app.auth_url}?{urlencode(query | ({'external_install': '1'} if external else {}))}"


def signed_payload(
    api: "BigCommerce", store: Store, app: App, user: User, path: str, channel_id: int | None, **claims: Any
) -> str:
    """`signed_payload_jwt`: HS256 with the client secret, good for 24 hours, in real time (its reader lives there)."""
    issued = int((api.world.clock.now() - api.world.clock.offset).timestamp())
    payload = {
        "aud": app.client_id,
        "iss": "bc",
        "iat": issued,
        "nbf": issued - 5,
        "exp": issued - 5 + 86400,
        "jti": str(uuid4()),
        "sub": f"stores/{store.hash}",
        "user": {"id": user.id, "email": user.email, "locale": user.locale},
        "owner": {"id": store.owner.id, "email": store.owner.email},
        "url": path,
        "channel_id": channel_id,
    } | claims
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, payload, OctKey.import_key(app.client_secret))


def uninstall(api: "BigCommerce", store: Store, app: App, user: User) -> None:
    """Tell the app, then take its tokens and hooks away. App Extensions stay, hidden."""
    token = signed_payload(api, store, app, user, "/", None)
    _call_back(api, app.uninstall_url, token)
    for text in [t for t, known in api.state.tokens.items() if _is(known, store, app)]:
        del api.state.tokens[text]
    for number in [n for n, hook in store.hooks.items() if hook.client_id == app.client_id]:
        del store.hooks[number]
    store.installed.pop(app.client_id, None)


def remove_user(api: "BigCommerce", store: Store, app: App, user: User) -> None:
    """Take a user's access to the app away and tell the app."""
    if user is store.owner:
        raise ValueError("user: the store owner cannot be removed")
    _call_back(api, app.remove_user_url, signed_payload(api, store, app, user, "/", None))
    store.users.remove(user)


def revoke_tokens(state: State, app: App) -> None:
    """After a change of scopes: every token of the app is void until the merchant accepts again."""
    for text in [t for t, token in state.tokens.items() if token.client_id == app.client_id]:
        del state.tokens[text]


def issue_token(state: State, store: Store, app: App, scopes: tuple[str, ...], *, app_level: bool = True) -> str:
    """A new token of the app for the store; the former ones are void."""
    for text in [t for t, known in state.tokens.items() if _is(known, store, app)]:
        del state.tokens[text]
    text = secrets.token_urlsafe(24).lower()
    state.tokens[text] = Token(app.client_id, store.hash, frozenset(scopes), app_level)
    store.installed[app.client_id] = True
    return text


def _is(token: Token, store: Store, app: App) -> bool:
    return (token.store_hash, token.client_id) == (store.hash, app.client_id)


def _call_back(api: "BigCommerce", url: str, token: str) -> None:
    """A server-to-server callback: one attempt, the answer does not matter."""
    if url:
        target = f"{url}?{urlencode({'signed_payload_jwt': token})}"
        api.queue(Delivery(api.system, target, b"", lambda: {"User-Agent": "BigCommerce"}, method="GET"))


# The login host


def _exchange(api: "BigCommerce", call: Call) -> Response:
    try:
        given = _given(call)
        app, grant = _granted(api, given)
    except Refused as refused:
        return json_response({"error": refused.title, "error_description": refused.body}, refused.status)
    grant.used = True
    store = api.state.stores[grant.store_hash]
    user = next((u for u in store.users if u.id == grant.user_id), store.owner)
    call.effect = f"store {store.hash} token issued to {app.client_id}"
    return json_response(_installed(api, store, app, user, grant))


def _given(call: Call) -> dict[str, str]:
    if call.mimetype == "application/json":
        body = call.get_json(silent=True)
        given = body if isinstance(body, dict) else {}
    elif call.mimetype == "application/x-www-form-urlencoded":
        given = call.form.to_dict()
    else:
        raise _no(415, "invalid_request", "Send JSON or a form.")
    for name in FIELDS:
        if not isinstance(given.get(name), str) or not given[name]:
            raise _no(400, "invalid_request", f"Missing parameter: {name}")
    return given


def _granted(api: "BigCommerce", given: dict[str, str]) -> tuple[App, Grant]:
    app = api.state.apps.get(given["client_id"])
    if app is None or not compare_digest(app.client_secret.encode(), given["client_secret"].encode()):
        raise _no(401, "invalid_client", "Client authentication failed.")
    if given["grant_type"] != "authorization_code":
        raise _no(400, "unsupported_grant_type", "Only authorization_code is supported.")
    grant = api.state.grants.get(given["code"])
    if grant is None or grant.client_id != app.client_id or grant.used:
        raise _no(400, "invalid_grant", "The code is unknown or was used before.")
    if grant.expires <= api.world.clock.now():
        raise _no(400, "invalid_grant", "The code has expired.")
    if given["redirect_uri"] != app.auth_url:
        raise _no(400, "invalid_request", "redirect_uri does not match the registered auth callback.")
    if given["context"] != f"stores/{grant.store_hash}":
        raise _no(400, "invalid_request", "context does not match the code.")
    if set(given["scope"].split()) != set(grant.scopes):
        raise _no(400, "invalid_scope", "scope does not match the scopes that were granted.")
    return app, grant


def _installed(api: "BigCommerce", store: Store, app: App, user: User, grant: Grant) -> JSON:
    return {
        "access_token": issue_token(api.state, store, app, grant.scopes),
        "scope": " ".join(grant.scopes),
        "user": {"id": user.id, "username": user.email, "email": user.email},
        "owner": {"id": store.owner.id, "username": store.owner.email, "email": store.owner.email},
        "context": f"stores/{store.hash}",
        "account_uuid": api.state.account_uuid,
    }


def _button(api: "BigCommerce", call: Call, client_id: str) -> Response:
    """The install button on somebody's page; `?store=` picks the store, the first one otherwise."""
    app = api.state.apps.get(client_id)
    store = api.state.stores.get(call.args.get("store", next(iter(api.state.stores))))
    if app is None or store is None:
        return Response("There is no such app.", 404, content_type="text/plain")
    target = install_url(api, store, app, store.owner, app.scopes, external=True)
    return Response(status=302, headers={"Location": target})


def _page(client_id: str, outcome: str) -> Response:
    del client_id
    text = f"<!doctype html><title>Installation</title><p>The installation {outcome}. You may close this window."
    return Response(text, content_type="text/html; charset=UTF-8")


def _no(status: int, error: str, description: str) -> Refused:
    return Refused(status, error, body=description)
