"""An HTTP task's outgoing call: a token, the request, the answer into variables.

What fails a task, as in the engine: no answer (connection, time-out, no token) always; an answer only when
its status is listed in `failStatusCodes` ("404,5XX"). `ignoreException` turns either into the variable
`<prefix>ErrorMessage`. Source: OpenText workflow reference, the BPMN dialect and how a process calls out.
"""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from sandbox.kernel.deliveries import Deliveries, Delivery
from sandbox.workflow import expressions
from sandbox.workflow.errors import ProcessFailed
from sandbox.workflow.expressions import Scope
from sandbox.workflow.state import KeptToken, OutgoingCall, Switches

FIELDS = {
    "requestMethod", "requestUrl", "requestHeaders", "requestBody", "requestBodyEncoding", "requestTimeout",
    "responseVariableName", "saveResponseVariableAsJson", "saveResponseParameters", "failStatusCodes",
    "ignoreException", "disallowRedirects", "resultVariablePrefix", "useCurrentAuthToken",
}  # fmt: skip
AUTHENTICATION = {
    "authenticationUrl", "contentType", "clientId", "clientSecret", "scope", "grantType",
    "username", "password",
    "useCurrentAuthToken",
}  # fmt: skip
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass
class Caller:
    """What an HTTP task needs of the world; `kept` are tokens for the expired-token switch."""

    deliveries: Deliveries
    switches: Switches
    kept: list[KeptToken]
    now: datetime


class HttpTaskCall:
    """One execution of one HTTP task."""

    def __init__(self, activity_id: str, extensions: dict[str, Any], scope: Scope, caller: Caller) -> None:
        self.activity_id, self.scope, self.caller = activity_id, scope, caller
        self.fields = {name: self._resolved(field) for name, field in extensions["fields"].items()}
        raw = extensions.get("authentication", {})
        self.authentication = {name: expressions.text(value, scope) for name, value in raw.items()}
        self.prefix = self.fields.get("resultVariablePrefix") or activity_id

    def perform(self) -> OutgoingCall:
        """Call, store the answer. Raises ProcessFailed where the model does not ignore a failure."""
        method, url = self.fields["requestMethod"].upper(), self.fields["requestUrl"]
        done = OutgoingCall(self.activity_id, method, url, 0, self.caller.now)
        try:
            response = self._send(method, url)
            if response is None:
                done.note = "withheld"
                return done
            done.status = response.status_code
            self._store(response)
            self._judge(response)
        except (httpx.HTTPError, httpx.InvalidURL, ProcessFailed) as error:
            done.note = str(error) or type(error).__name__
            if not self._flag("ignoreException"):
                raise ProcessFailed(f"HTTP exception occurred in '{self.activity_id}': {done.note}") from error
            self.scope.set(f"{self.prefix}ErrorMessage", done.note)
        return done

    def _resolved(self, field: dict[str, Any]) -> str:
        return expressions.text(field["text"], self.scope) if field["expression"] else str(field["text"])

    def _flag(self, name: str) -> bool:
        return self.fields.get(name, "").lower() == "true"

    def _send(self, method: str, url: str) -> httpx.Response | None:
        headers = self._headers()
        if self.authentication.get("useCurrentAuthToken", "false") != "true" and self.authentication:
            headers["Authorization"] = f"Bearer {self._token()}"
        body = self.fields.get("requestBody", "").encode(self.fields.get("requestBodyEncoding") or "utf-8")
        delivery = Delivery(
            system="workflow", method=method, url=url, body=body, headers=lambda: headers, id=self.activity_id
        )
        return self.caller.deliveries.call(delivery)

    def _headers(self) -> dict[str, str]:
        """`Name: value` lines, as the field holds them."""
        lines = [line.partition(":") for line in self.fields.get("requestHeaders", "").splitlines() if line.strip()]
        if any(not colon for _, colon, _ in lines):
            raise ProcessFailed(f"request headers of '{self.activity_id}' are not 'Name: value' lines")
        return {name.strip(): value.strip() for name, _, value in lines}

    def _token(self) -> str:
        """Ask the named token endpoint, as JSON where the model says so, else as a form."""
        details = self.authentication
        asked = {
            "client_id": details.get("clientId"),
            "client_secret": details.get("clientSecret"),
            "grant_type": details.get("grantType") or "client_credentials",
            "scope": details.get("scope"),
            "username": details.get("username"),
            "password": details.get("password"),
        }
        body = {name: value for name, value in asked.items() if value}
        kind: dict[str, Any] = {"json": body} if "json" in details.get("contentType", "") else {"data": body}
        response = self.caller.deliveries.client.post(details["authenticationUrl"], **kind)
        if response.status_code != 200:
            raise ProcessFailed(f"the token endpoint answered {response.status_code}")
        try:
            answer = response.json()
            token, life = str(answer["access_token"]), float(answer.get("expires_in", 600))
        except (ValueError, KeyError, TypeError) as error:
            raise ProcessFailed("the token endpoint's answer holds no access_token") from error
        return self._kept(token, life)

    def _kept(self, token: str, life: float) -> str:
        """Remember the token; by the switch, send one that is over instead."""
        self.caller.kept.append(KeptToken(token, self.caller.now + timedelta(seconds=life)))
        del self.caller.kept[:-20]
        if not self.caller.switches.expired_callback_token:
            return token
        over = [kept.value for kept in self.caller.kept if kept.expires <= self.caller.now]
        return over[0] if over else backdated(token)

    def _store(self, response: httpx.Response) -> None:
        if self._flag("saveResponseParameters"):
            self.scope.set(f"{self.prefix}ResponseStatusCode", response.status_code)
            self.scope.set(f"{self.prefix}ResponseReason", response.reason_phrase)
        name = self.fields.get("responseVariableName")
        if not name:
            return
        value: Any = response.text
        if self._flag("saveResponseVariableAsJson"):
            try:
                value = response.json() if response.content else None
            except ValueError:
                value = response.text
        self.scope.set(name, value)

    def _judge(self, response: httpx.Response) -> None:
        patterns = [p.strip().upper() for p in self.fields.get("failStatusCodes", "").split(",") if p.strip()]
        if any(re.fullmatch(p.replace("X", r"\d"), str(response.status_code)) for p in patterns):
            raise ProcessFailed(f"status code {response.status_code}")


def backdated(token: str) -> str:
    """The JWT with its expiry in the past; its signature no longer fits: refused either way."""
    try:
        head, payload, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return token + "-expired"
    claims["exp"] = int(claims.get("iat", claims.get("exp", 0))) - 3600
    changed = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=").decode()
    return f"{head}.{changed}.{signature}"


def check(extensions: dict[str, Any], activity_id: str, refuse: Callable[[str], Exception]) -> None:
    """At deployment: required fields, and nothing the task would silently leave undone."""
    fields, authentication = extensions["fields"], extensions.get("authentication", {})
    for name in ("requestMethod", "requestUrl"):
        if not fields.get(name, {}).get("text"):
            raise refuse(f"HTTP task '{activity_id}' has no {name}")
    if fields["requestMethod"]["text"].upper() not in METHODS:
        raise refuse(f"HTTP task '{activity_id}': method {fields['requestMethod']['text']}")
    if unknown := (set(fields) - FIELDS) | (set(authentication) - AUTHENTICATION):
        raise refuse(f"HTTP task '{activity_id}': not run here: {', '.join(sorted(unknown))}")
    current = (authentication.get("useCurrentAuthToken"), fields.get("useCurrentAuthToken", {}).get("text"))
    if "true" in current:
        raise refuse(f"HTTP task '{activity_id}': useCurrentAuthToken would hand out the caller's token")
    if authentication and not authentication.get("authenticationUrl"):
        raise refuse(f"HTTP task '{activity_id}': authenticationDetails without authenticationUrl")
