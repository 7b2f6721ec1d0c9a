"""A person's own way into OpenText: authorization code with PKCE at OTDS, then Content Server under their own ticket.

Source: OTDS OAuth 2.0 endpoints; RFC 6749 sections 4.1 and 6, RFC 7636 (S256). OTDS is not documented to accept PKCE; a
server that ignores the challenge still checks code, client and return address.
"""

import base64
import hashlib
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from pydantic import Field, SecretStr

from app.domain.ids import NodeId
from app.errors import NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, OTDS, Payload, Text, read, said
from app.opentext.connection import Connection
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.completeness import CompletenessReports
from app.opentext.content_server.documents import DEFAULT_LIMIT, Documents
from app.opentext.content_server.holds import Holds
from app.opentext.content_server.payloads import NodeList
from app.opentext.content_server.records import Records
from app.opentext.content_server.search import Search
from app.opentext.content_server.workflows import ContentWorkflows
from app.opentext.login import Key, Token, TokenCache
from app.outbound import Outbound, raise_for, speaking_to

PERSON = "opentext_person"  # whom NeedsReauth is about: one person's sign-in, never the store's connection
AT_ONCE = 250  # nodes a listing takes
LONGEST_CODE = 2_000
TICKET_LIFE = 900.0  # seconds; a person who was locked out in OTDS is asked about again after that
SHORTEST = 0.05  # seconds; an exhausted budget still fails as a time-out does


class SignedOut(NeedsReauth):
    """OpenText no longer takes this person's credential: the person signs in again. Nothing else is paused."""

    code = "sign_in_needed"

    def __init__(self, message: str = "Sign in to OpenText again.", **kw: Any) -> None:
        super().__init__(message, upstream=PERSON, **kw)


@dataclass(frozen=True)
class PersonTokens:
    """What OTDS gave for a person; `life` of the access token in seconds. Without a refresh token it ends with it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life: float


@dataclass(frozen=True)
class Identity:
    """Whom Content Server takes a person for."""

    id: int
    login: str
    name: str


class _Answer(Payload):
    """RFC 6749 section 5.1."""

    access_token: SecretStr = Field(min_length=1)
    refresh_token: SecretStr = SecretStr("")
    expires_in: float = 0


class _Refusal(Payload):
    error: Text = ""


class _Who(Payload):
    class Data(Payload):
        id: int
        name: Text = ""
        display_name: Text = ""
        first_name: Text = ""
        last_name: Text = ""

    data: Data


class Bearer(Protocol):
    """Gives a person's access token; `refused` names one that was just refused, so that another is got."""

    def __call__(self, refused: str = "") -> str: ...


def challenge(verifier: str) -> str:
    """S256 of RFC 7636."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


class People:
    """Signing persons in through one connection. Makes no call by itself."""

    def __init__(
        self, connection: Connection, outbound: Outbound, tokens: TokenCache, max_bytes: int = DEFAULT_LIMIT
    ) -> None:
        self._connection, self._outbound, self._tokens, self._max_bytes = connection, outbound, tokens, max_bytes
        self._of = connection.content_server
        self._otds = outbound.client(connection.tenant, OTDS, self._of.otds_url)
        self._server = outbound.client(connection.tenant, CONTENT_SERVER, self._of.content_server_url)

    @property
    def issuer(self) -> str:
        """Who issues the codes and tokens, as OTDS calls itself."""
        return f"{self._of.otds_url.rstrip('/')}/oauth2"

    def sign_in_url(self, return_url: str, state: str, verifier: str) -> str:
        """Where the person's browser goes."""
        asked = {
            "response_type": "code", "client_id": self._of.client_id, "redirect_uri": return_url, "state": state,
            "code_challenge": challenge(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{self.issuer}/auth?{urlencode(asked)}"

    def redeem(self, code: str, verifier: str, return_url: str, *, within: float) -> PersonTokens:
        """A code for tokens; once. Raises SignedOut (used, old, not ours), NeedsReauth (our client) or Retryable."""
        if not 0 < len(code) <= LONGEST_CODE:
            raise SignedOut(code="code_refused")
        return self._grant(
            {"grant_type": "authorization_code", "code": code, "redirect_uri": return_url, "code_verifier": verifier},
            within,
        )  # fmt: skip

    def renew(self, refresh_token: str, *, within: float) -> PersonTokens:
        """New tokens for a refresh token, which may be good for once only. Raises as `redeem` does."""
        found = self._grant({"grant_type": "refresh_token", "refresh_token": refresh_token}, within)
        return found if found.refresh else PersonTokens(found.access, refresh_token, found.life)

    def who_is(self, access_token: str, *, within: float) -> Identity:
        """Whom Content Server takes the token's person for. Raises SignedOut (unknown there) or Retryable."""
        data = read(_Who, self._introduce(access_token, within), service=CONTENT_SERVER).data
        name = data.display_name or f"{data.first_name} {data.last_name}".strip() or data.name
        return Identity(data.id, data.name, name)

    def content(self, key: Key, bearer: Bearer, *, until: float = float("inf")) -> "PersonalContent":
        """Content Server as one person sees it. `key` names the person and the state of their sign-in; `until` is the
        moment (monotonic seconds) by which reading must be over."""
        left = _Left(until)
        login = _PersonLogin(
            self, self._tokens, (CONTENT_SERVER, "person", self._connection.tenant, *key), bearer, left
        )
        within = None if until == float("inf") else left
        return PersonalContent(
            ContentServer(self._connection, self._outbound, self._tokens, login, within), left, self._max_bytes
        )

    def ticket(self, access_token: str, within: float) -> str:
        """A ticket of Content Server's for the person. Raises SignedOut or Retryable."""
        found = str(self._introduce(access_token, within).headers.get("OTCSTicket", ""))
        if not found:
            raise Retryable("Content Server answered the sign-in without a ticket.", code="no_ticket")
        return found

    def _introduce(self, access_token: str, within: float) -> httpx.Response:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        with speaking_to(CONTENT_SERVER):
            response = self._server.get("api/v1/auth", headers=headers, extensions={"within": within})
        if response.status_code in (400, 401, 403):
            raise SignedOut("Content Server does not know you by this sign-in.", code="person_unknown")
        raise_for(response, service=CONTENT_SERVER, said=said(response, access_token))
        return response

    def _grant(self, form: dict[str, str], within: float) -> PersonTokens:
        """The client proves itself in the body, as for its own tokens; the person's credential is never logged."""
        own = {"client_id": self._of.client_id, "client_secret": self._of.client_secret}
        with speaking_to(OTDS):
            response = self._otds.post(
                "oauth2/token", data=form | own, headers={"Accept": "application/json"},
                extensions={"within": within},
            )  # fmt: skip
        if not response.is_success:
            self._refuse(response)
        answer = read(_Answer, response, service=OTDS)
        access, refresh = answer.access_token.get_secret_value(), answer.refresh_token.get_secret_value()
        return PersonTokens(access, refresh, answer.expires_in or 3600)

    def _refuse(self, response: httpx.Response) -> None:
        error = _error_of(response)
        if response.status_code in (400, 401, 403) and error in ("invalid_grant", "access_denied"):
            raise SignedOut(code="grant_refused")
        if response.status_code in (400, 401, 403, 404):
            raise NeedsReauth(
                "OTDS does not let this client sign people in.", upstream=OTDS, code="client_refused", error=error[:60],
                hint="In OTDS, let the OAuth client sign people in, with the return address the settings page shows.",
            )  # fmt: skip
        raise_for(response, service=OTDS)


def _error_of(response: httpx.Response) -> str:
    try:
        return read(_Refusal, response, service=OTDS).error
    except (Permanent, Retryable):
        return ""


class _PersonLogin:
    """A person's ticket: got with their access token, kept for a while; a refused one is got anew once."""

    def __init__(self, people: People, tokens: TokenCache, key: Key, bearer: Bearer, left: "_Left") -> None:
        self._people, self._tokens, self._key, self._bearer, self._left = people, tokens, key, bearer, left

    def credential(self) -> str:
        return self._tokens.get(self._key, self._fetch)

    def refused(self, used: str) -> None:
        self._tokens.forget(self._key, used)

    def saw(self, used: str, response: httpx.Response) -> None:  # noqa: ARG002
        """Refused twice means signed out. The ticket does not slide: OTDS is to be asked about the person again."""
        if response.status_code == 401:
            raise SignedOut

    def _fetch(self) -> Token:
        access = self._bearer()
        try:
            ticket = self._people.ticket(access, self._left())
        except SignedOut:  # revoked, or its keys changed: once more with a fresh one
            ticket = self._people.ticket(self._bearer(access), self._left())
        return Token(ticket, TICKET_LIFE)


class _Left:
    """Seconds until a moment (monotonic); never so few that nothing could even fail."""

    def __init__(self, until: float) -> None:
        self._until = until

    def __call__(self) -> float:
        return max(self._until - time.monotonic(), SHORTEST)


class PersonalContent:
    """What one person may see and do. Every method may raise SignedOut, Retryable (nothing is known), Permanent."""

    def __init__(self, server: ContentServer, left: _Left, max_bytes: int) -> None:
        self._server, self._left = server, left
        self.holds = Holds(server)
        self.records = Records(server, self.holds)
        categories = Categories(server)
        self.documents = Documents(server, categories, max_bytes)
        self.search = Search(server, categories)
        self.completeness = CompletenessReports(server)
        self.workflows = ContentWorkflows(server)

    def visible(self, nodes: Collection[int]) -> frozenset[int]:
        """Which of these the person may see: one call for each 250."""
        wanted, found = sorted({node for node in nodes if node > 0}), set[int]()
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            body = '{"ids":[' + ",".join(map(str, part)) + '],"fields":["properties{id}"]}'
            answer = self._server.look(NodeList, "v2", "nodes", "list", fields={"body": body})
            found |= {row.data.properties.id for row in answer.results if row.data.properties is not None}
        return frozenset(found) & frozenset(wanted)

    def holds_on(self, documents: Collection[int], most: int) -> frozenset[tuple[int, str]]:
        """(document, hold) for the first few documents, as Content Server names the holds to this person."""
        found: set[tuple[int, str]] = set()
        for node in sorted(documents)[:most]:
            if self._left() <= SHORTEST:
                break
            try:
                found |= {(node, name) for name in self.holds.active_on(NodeId(node))}
            except NotFound:
                continue
            except SignedOut:
                raise
            except (Permanent, Retryable):
                break
        return frozenset(found)


__all__ = ["Bearer", "Identity", "People", "PersonTokens", "PersonalContent", "SignedOut", "challenge"]
