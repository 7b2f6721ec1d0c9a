"""OTDS over HTTP: `/otdsws/oauth2/…` and `/otdsws/rest/…`.

Source: OpenText's Content Server REST documentation Errors of `/rest` are
`{"status", "error", "errorDetails"}`; their wording is not published.
"""

import secrets
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, StandIn, json_response
from sandbox.otds.administration import Administration, user_json
from sandbox.otds.directory import SYSTEM, Directory, TokenRefused
from sandbox.otds.login_page import login_page, refusal_page
from sandbox.otds.oauth import EXCHANGE, OAuthRefused, TokenEndpoint
from sandbox.otds.state import Client, Grant, User

if TYPE_CHECKING:
    from sandbox.kernel.world import World

BASE = "/otdsws"
FORM = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Otds(StandIn):
    """One directory. `base_url` is scheme and host as clients see it; the issuer starts with it."""

    system = SYSTEM

    def __init__(self, world: "World", base_url: str = "http://otds.test") -> None:
        super().__init__(world)
        self.directory = Directory(world)
        self.base_url = base_url.rstrip("/")
        self.issuer = f"{self.base_url}{BASE}/oauth2"
        rest = f"{BASE}/rest"
        self.route("POST", f"{BASE}/oauth2/token", self._token)
        self.route("GET", f"{BASE}/oauth2/auth", self._authorize)
        self.route("POST", f"{BASE}/oauth2/auth", self._sign_in)
        self.route("GET", f"{BASE}/oauth2/jwks", self._jwks)
        self.route("GET", f"{BASE}/oauth2/.well-known/openid-configuration", self._discovery)
        self.route("POST", f"{rest}/authentication/credentials", self._credentials)
        self.route("POST", f"{rest}/authentication/ticketforuser", self._ticket_for_user)
        self.route("POST", f"{rest}/authentication/oauth/tokeninfo", self._token_info)
        self.route("GET", f"{rest}/currentuser", self._current_user)
        self.route("GET", f"{rest}/users/<user_id>", self._user)
        self.route("GET", f"{BASE}/logout", self._logout)
        Administration(self, rest, self._caller)

    def not_found(self, call: Call) -> Response:  # noqa: ARG002
        return _rest_error(404, "Not Found")

    def wrong_method(self, call: Call) -> Response:  # noqa: ARG002
        return _rest_error(405, "Method Not Allowed")

    # --- OAuth 2.0 ---

    def _token(self, call: Call) -> Response:
        try:
            if call.mimetype != FORM:
                raise OAuthRefused("invalid_request", f"The body must be {FORM}")
            repeated = [name for name in call.form if len(call.form.getlist(name)) > 1]
            if repeated:
                raise OAuthRefused("invalid_request", f"The parameter '{repeated[0]}' is repeated")
            endpoint = TokenEndpoint(self.directory, self.issuer)
            answer = endpoint.answer(call.form, call.headers.get("Authorization"))
        except OAuthRefused as error:
            headers = NO_STORE | ({"WWW-Authenticate": 'Basic realm="otds"'} if error.status == 401 else {})
            body = {"error": error.error, "error_description": error.description}
            return json_response(body, error.status, headers)
        call.effect = f"token issued by {call.form['grant_type']}"
        return json_response(answer, headers=NO_STORE)

    def _authorize(self, call: Call) -> Response:
        return self._refused(call) or _html(login_page(f"{BASE}/oauth2/auth", call.args))

    def _sign_in(self, call: Call) -> Response:
        refused = self._refused(call)
        if refused is not None:
            return refused
        user = self.directory.check_password(call.form.get("username", ""), call.form.get("password", ""))
        if user is None:
            page = login_page(f"{BASE}/oauth2/auth", call.form, "The user name or password is wrong.")
            return _html(page, 401)
        code = self._new_code(call, user)
        call.effect = f"{user.id} signed in"
        return _back(call, {"code": code})

    def _new_code(self, call: Call, user: User) -> str:
        form = call.form
        client = self.directory.state.clients[form["client_id"]]
        code = secrets.token_urlsafe(24)
        self.directory.state.codes[code] = Grant(
            client.id,
            user.id,
            form.get("scope", ""),
            self.directory.now() + timedelta(seconds=client.auth_code_life),
            form.get("redirect_uri", ""),
            form.get("code_challenge", ""),
        )
        return code

    def _refused(self, call: Call) -> Response | None:
        """A page when client or redirect address are not known; else the error goes back to the client."""
        values = call.values
        client = self.directory.state.clients.get(values.get("client_id", ""))
        if client is None:
            return _html(refusal_page("Unknown client."), 400)
        if not _allowed(client, values.get("redirect_uri", "")):
            return _html(refusal_page("The redirect address is not registered for this client."), 400)
        if values.get("response_type") != "code":
            return _back(call, {"error": "unsupported_response_type"})
        challenge, method = values.get("code_challenge", ""), values.get("code_challenge_method", "")
        if not client.confidential and not challenge:
            return _back(call, _invalid("code_challenge is required"))
        if challenge and method != "S256":
            return _back(call, _invalid("code_challenge_method must be S256"))
        return None

    def _jwks(self, call: Call) -> Response:  # noqa: ARG002
        return json_response(self.directory.public_keys())

    def _discovery(self, call: Call) -> Response:  # noqa: ARG002
        return json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": [
                    "authorization_code",
                    "refresh_token",
                    "client_credentials",
                    "password",
                    EXCHANGE,
                ],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    # --- REST ---

    def _credentials(self, call: Call) -> Response:
        body = _json_object(call)
        user = self.directory.check_password(_text(body, "userName"), _text(body, "password"))
        if user is None:
            return _rest_error(401, "Invalid user name or password")
        call.effect = f"ticket for {user.id}"
        return json_response(_ticket_answer(user, self.directory.issue_ticket(user)))

    def _ticket_for_user(self, call: Call) -> Response:
        body = _json_object(call)
        asking = self.directory.user_of_ticket(_text(body, "ticket"))
        if asking is None:
            return _rest_error(400, "Expired OTDS SSO ticket")
        if asking.name != "admin":
            return _rest_error(403, "Not allowed to impersonate")
        user = self.directory.find_user(_text(body, "userName"))
        if user is None:
            return _rest_error(404, "Unknown user")
        call.effect = f"ticket for {user.id}"
        return json_response(_ticket_answer(user, self.directory.issue_ticket(user)))

    def _token_info(self, call: Call) -> Response:
        body = _json_object(call)
        try:
            token = self.directory.read_token(_text(body, "token"))
        except TokenRefused:
            return _rest_error(410, "The token is expired or revoked")
        if body.get("resourceId") and (token.user is None or token.user.resource_name is None):
            return _rest_error(401, "No access to the resource")
        return json_response(
            {
                "userId": token.user.id if token.user else None,
                "userName": token.user.name if token.user else None,
                "userPartition": token.user.partition if token.user else None,
                "clientId": token.claims["client_id"],
                "scope": token.claims["scope"],
                "expires": token.claims["exp"],
            }
        )

    def _current_user(self, call: Call) -> Response:
        user = self._caller(call)
        if user is None:
            return _rest_error(401, "Authentication required")
        return json_response({"isAdmin": user.name == "admin", "user": user_json(user)})

    def _user(self, call: Call, user_id: str) -> Response:
        if self._caller(call) is None:
            return _rest_error(401, "Authentication required")
        user = self.directory.state.users.get(user_id)
        return json_response(user_json(user)) if user else _rest_error(404, f"No user '{user_id}'")

    def _logout(self, call: Call) -> Response:
        value = call.headers.get("OTDSTicket") or call.cookies.get("OTDSTicket", "")
        if self.directory.state.tickets.pop(value, None):
            call.effect = "ticket ended"
        return _html(refusal_page("You are signed out."))

    def _caller(self, call: Call) -> User | None:
        ticket = call.headers.get("OTDSTicket") or call.cookies.get("OTDSTicket")
        if ticket:
            return self.directory.user_of_ticket(ticket)
        scheme, _, value = call.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return self.directory.read_token(value).user
        except TokenRefused:
            return None


def _allowed(client: Client, address: str) -> bool:
    return any(fnmatchcase(address, pattern) for pattern in client.redirect_urls)


def _invalid(description: str) -> dict[str, str]:
    return {"error": "invalid_request", "error_description": description}


def _back(call: Call, answer: dict[str, str]) -> Response:
    """Send the browser back to the client, with its `state`."""
    address = call.values["redirect_uri"]
    if "state" in call.values:
        answer |= {"state": call.values["state"]}
    join = "&" if "?" in address else "?"
    return Response(status=302, headers={"Location": f"{address}{join}{urlencode(answer)}"} | NO_STORE)


def _html(page: str, status: int = 200) -> Response:
    headers = NO_STORE | {"X-Frame-Options": "DENY"}
    return Response(page, status, headers, content_type="text/html; charset=UTF-8")


def _rest_error(status: int, text: str) -> Response:
    return json_response({"status": status, "error": text, "errorDetails": None}, status)


def _json_object(call: Call) -> dict[str, Any]:
    body = call.get_json(silent=True)  # None for another content type or broken JSON
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _ticket_answer(user: User, ticket: str) -> dict[str, Any]:
    return {
        "token": None,
        "userId": user.id,
        "ticket": ticket,
        "resourceID": None,
        "failureReason": None,
        "passwordExpirationTime": 0,
        "continuation": False,
        "continuationContext": None,
        "continuationData": None,
    }
