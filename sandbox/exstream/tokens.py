"""The three ways to a token of 900 seconds: gateway (JSON), SaaS and own cluster (forms at OTDS).

Source: reference for OpenText Exstream, section 3.
"""

import base64
import binascii
import json
import secrets
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from sandbox import credentials
from sandbox.exstream.state import Client, ExstreamState, Json, Token
from sandbox.kernel.standin import Call, json_response

LIFE = timedelta(seconds=900)


def gateway(call: Call, state: ExstreamState, now: datetime, tenant: str) -> Response:
    """Apigee's refusals, as at the gateway of the Workflow Service."""
    try:
        asked = json.loads(call.raw()) if call.mimetype == "application/json" else None
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or not asked.get("grant_type"):
        return _fault(400, "Required param : grant_type", "oauth.v2.InvalidRequest")
    client = state.clients.get(str(asked.get("client_id")))
    if tenant != credentials.EXSTREAM_TENANT or client is None:
        return _fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")
    if client.secret != asked.get("client_secret"):
        return _fault(401, "Client credentials are invalid", "oauth.v2.InvalidClientCredentials")
    if asked["grant_type"] != "client_credentials":
        return _fault(400, "Unsupported grant type", "oauth.v2.UnsupportedGrantType")
    return _issued(call, state, now, client, "")


def otds(call: Call, state: ExstreamState, now: datetime, tenant: str, scopes: set[str]) -> Response:
    """RFC 6749's refusals. `scopes` must all be asked for."""
    if call.mimetype != "application/x-www-form-urlencoded":
        return _oauth("invalid_request", "The body must be a form")
    form = call.form
    client = state.clients.get(form.get("client_id", ""))
    if client is None or client.secret != form.get("client_secret"):
        return _oauth("invalid_client", "Client authentication failed", 401)
    if form.get("grant_type") != "client_credentials":
        return _oauth("unsupported_grant_type", "The grant type is not supported")
    if tenant != credentials.EXSTREAM_TENANT:
        return _oauth("invalid_request", f"Unknown tenant {tenant}")
    if missing := scopes - set(form.get("scope", "").split()):
        return _oauth("invalid_scope", f"Missing scope {sorted(missing)[0]}")
    return _issued(call, state, now, client, form.get("scope", ""))


def bearer(call: Call, state: ExstreamState, now: datetime) -> Client | None:
    """The client whose token the request carries."""
    kind, _, value = call.headers.get("Authorization", "").partition(" ")
    token = state.tokens.get(value.strip()) if kind.lower() == "bearer" else None
    if token is None or token.expires <= now:
        return None
    return state.clients.get(token.client_id)


def notifications_account(call: Call, state: ExstreamState, now: datetime) -> bool:
    """HTTP Basic with the account of Notifications, or a bearer as everywhere."""
    kind, _, value = call.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return bearer(call, state, now) is not None
    try:
        given = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return given == f"{credentials.NOTIFICATIONS_USER}:{credentials.NOTIFICATIONS_PASSWORD}"


def _issued(call: Call, state: ExstreamState, now: datetime, client: Client, scope: str) -> Response:
    state.tokens = {value: token for value, token in state.tokens.items() if token.expires > now}
    value = secrets.token_urlsafe(32)
    state.tokens[value] = Token(client.id, now + LIFE)
    call.effect = f"token issued to {client.id}"
    body: Json = {"access_token": value, "token_type": "Bearer", "expires_in": int(LIFE.total_seconds())}
    return json_response(body | ({"scope": scope} if scope else {}), headers={"Cache-Control": "no-store"})


def _fault(status: int, text: str, code: str) -> Response:
    return json_response({"fault": {"faultstring": text, "detail": {"errorcode": code}}}, status)


def _oauth(error: str, description: str, status: int = 400) -> Response:
    return json_response({"error": error, "error_description": description}, status)
