"""The token endpoint: one function per grant, errors by RFC 6749 section 5.2.

The exact wording of OTDS's `error_description` is not published; clients may rely on `error` alone.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from sandbox.otds.directory import Directory, challenge_of
from sandbox.otds.state import Client, Grant, User

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
USER_ID = "urn:opentext.com:oauth:string:user_id"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # a URN


class OAuthRefused(Exception):
    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


class TokenEndpoint:
    """`answer(form, authorization)` gives the body of the 200 or raises OAuthRefused."""

    def __init__(self, directory: Directory, issuer: str) -> None:
        self._directory, self._issuer = directory, issuer
        self._grants = {
            "client_credentials": self._client_credentials,
            "password": self._password,
            "authorization_code": self._authorization_code,
            "refresh_token": self._refresh_token,
            EXCHANGE: self._exchange,
        }

    def answer(self, form: Mapping[str, str], authorization: str | None) -> dict[str, Any]:
        client = self._client(form, authorization)
        kind = _required(form, "grant_type")
        grant = self._grants.get(kind)
        if grant is None:
            raise OAuthRefused("unsupported_grant_type", f"The grant type '{kind}' is not supported")
        return grant(client, form)

    def _client(self, form: Mapping[str, str], authorization: str | None) -> Client:
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        if authorization and authorization.lower().startswith("basic "):
            client_id, secret = _basic(authorization)
        client = self._directory.state.clients.get(client_id)
        if client is None or not secrets.compare_digest((client.secret or "").encode(), secret.encode()):
            raise OAuthRefused("invalid_client", "Client authentication failed", 401)
        return client

    def _client_credentials(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        if not client.confidential:
            raise OAuthRefused("unauthorized_client", "The client is public")
        return self._tokens(client, self._directory.service_user(client), _scope(client, form), refresh=False)

    def _password(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        user = self._directory.check_password(_required(form, "username"), _required(form, "password"))
        if user is None:
            raise OAuthRefused("invalid_grant", "The user name or password is wrong")
        return self._tokens(client, user, _scope(client, form))

    def _authorization_code(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        grant = self._directory.state.codes.pop(_required(form, "code"), None)
        if grant is None or grant.client_id != client.id or grant.expires <= self._directory.now():
            raise OAuthRefused("invalid_grant", "The authorization code is unknown, used or expired")
        if grant.redirect_uri != form.get("redirect_uri", ""):
            raise OAuthRefused("invalid_grant", "redirect_uri does not match the authorization request")
        if grant.challenge and challenge_of(form.get("code_verifier", "")) != grant.challenge:
            raise OAuthRefused("invalid_grant", "code_verifier does not match the code challenge")
        return self._tokens(client, self._directory.state.users[grant.user_id], grant.scope)

    def _refresh_token(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        value = _required(form, "refresh_token")
        grant = self._directory.state.refresh_tokens.get(value)
        if grant is None or grant.client_id != client.id or grant.expires <= self._directory.now():
            raise OAuthRefused("invalid_grant", "The refresh token is unknown, used or expired")
        del self._directory.state.refresh_tokens[value]
        return self._tokens(client, self._directory.state.users[grant.user_id], grant.scope)

    def _exchange(self, client: Client, form: Mapping[str, str]) -> dict[str, Any]:
        subject, kind = _required(form, "subject_token"), _required(form, "subject_token_type")
        if not (client.allow_impersonation and client.confidential):
            raise OAuthRefused("unauthorized_client", "The client is not allowed to impersonate")
        if kind != USER_ID:
            raise OAuthRefused("invalid_request", "subject_token_type is not supported")
        user = self._directory.state.users.get(subject)
        if user is None:
            raise OAuthRefused("invalid_grant", "The subject is not a user of this directory")
        answer = self._tokens(client, user, _scope(client, form), refresh=False)
        return answer | {"issued_token_type": ACCESS_TOKEN}

    def _tokens(self, client: Client, user: User | None, scope: str, *, refresh: bool = True) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "access_token": self._directory.issue_token(self._issuer, client, user, scope),
            "token_type": "Bearer",
            "expires_in": client.access_token_life,
        }
        if scope:
            answer["scope"] = scope
        if user and refresh and client.allow_refresh_token:
            answer["refresh_token"] = self._new_refresh_token(client, user, scope)
        return answer

    def _new_refresh_token(self, client: Client, user: User, scope: str) -> str:
        state, now = self._directory.state, self._directory.now()
        state.refresh_tokens = {key: kept for key, kept in state.refresh_tokens.items() if kept.expires > now}
        value = secrets.token_urlsafe(32)
        state.refresh_tokens[value] = Grant(
            client.id, user.id, scope, now + timedelta(seconds=client.refresh_token_life)
        )
        return value


def _required(form: Mapping[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise OAuthRefused("invalid_request", f"The parameter '{name}' is required")
    return value


def _scope(client: Client, form: Mapping[str, str]) -> str:
    scope = form.get("scope", "")
    if client.allowed_scopes and not set(scope.split()) <= set(client.allowed_scopes):
        raise OAuthRefused("invalid_scope", "A requested scope is not allowed for this client")
    return scope


def _basic(authorization: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(authorization.split(" ", 1)[1], validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthRefused("invalid_client", "The Authorization header cannot be read", 401) from error
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
