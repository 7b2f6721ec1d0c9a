"""The gateway's tokens, RS256 JWTs of 900 seconds, and its refusals in Apigee's shape.

Source: OpenText workflow reference, authentication.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.people import PASSWORD
from sandbox.workflow.core import Actor
from sandbox.workflow.state import State

LIFE_SECONDS = 900


def fault(status: int, text: str, code: str) -> Response:
    """A refusal by the API gateway, before the service is reached."""
    return json_response({"fault": {"faultstring": text, "detail": {"errorcode": code}}}, status)


INVALID_TOKEN = (401, "Invalid access token", "oauth.v2.InvalidAccessToken")
EXPIRED_TOKEN = (401, "Access Token expired", "keymanagement.service.access_token_expired")


def issue(call: Call, state: State, now: datetime, tenant: str) -> Response:
    """Answer a token request, JSON or form, credentials in the body or as Basic."""
    asked = _asked(call)
    if asked is None:
        return fault(400, "Required param : grant_type", "oauth.v2.InvalidRequest")
    client = asked.get("client_id", "")
    if tenant != state.tenant or client not in state.clients:
        return fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")
    if state.clients[client] != asked.get("client_secret"):
        return fault(401, "Client credentials are invalid", "oauth.v2.InvalidClientCredentials")
    if asked.get("grant_type") == "client_credentials":
        return _token(state, now, tenant, client, f"{client}@OAuthClients", {"service": True})
    if asked.get("grant_type") != "password":
        return fault(400, f"Unsupported grant type : {asked.get('grant_type')}", "oauth.v2.UnsupportedGrantType")
    name = asked.get("username", "")
    if name not in state.people or asked.get("password") != PASSWORD:
        return fault(401, "Invalid user credentials", "oauth.v2.InvalidUserCredentials")
    return _token(state, now, tenant, client, name, {"preferred_username": name})


def _asked(call: Call) -> dict[str, str] | None:
    if call.mimetype == "application/json":
        try:
            asked = json.loads(call.raw())
        except ValueError:
            return None
        if not isinstance(asked, dict):
            return None
    else:
        asked = call.form.to_dict()
    if call.authorization and call.authorization.type == "basic":
        asked = {
            "client_id": call.authorization.username,
            "client_secret": call.authorization.password,
        } | asked
    return asked if asked.get("grant_type") else None


def _token(state: State, now: datetime, tenant: str, client: str, subject: str, more: dict[str, Any]) -> Response:
    issued = int(now.timestamp())
    claims = {"iss": f"tenants/{tenant}", "sub": subject, "tenant": tenant, "client_id": client,
              "iat": issued, "exp": issued + LIFE_SECONDS} | more  # fmt: skip
    token = jwt.encode({"alg": "RS256", "kid": "workflow-1"}, claims, _key(state))
    return json_response({"access_token": token, "token_type": "Bearer", "expires_in": LIFE_SECONDS})


def actor(call: Call, state: State, now: datetime) -> Actor | Response:
    """Who the bearer token belongs to, or the gateway's refusal."""
    header = call.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        return fault(*INVALID_TOKEN)
    try:
        claims = jwt.decode(header.removeprefix("Bearer ").strip(), _key(state), algorithms=["RS256"]).claims
    except (JoseError, ValueError):
        return fault(*INVALID_TOKEN)
    if claims["exp"] <= now.timestamp():
        return fault(*EXPIRED_TOKEN)
    return Actor(claims["sub"], is_service=claims.get("service", False))


def key_set(state: State) -> dict[str, Any]:
    public = _key(state).as_dict(private=False)
    return {"keys": [{**public, "kid": "workflow-1", "use": "sig", "alg": "RS256"}]}


def _key(state: State) -> RSAKey:
    return _read_key(state.signing_key)


@cache
def _read_key(pem: str) -> RSAKey:
    return RSAKey.import_key(pem)
