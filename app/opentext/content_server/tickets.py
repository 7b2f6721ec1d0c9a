"""Whose ticket is this? A ticket somebody handed us, shown to the Content Server it should come from, then forgotten.

It is a person's credential for the whole repository: it goes into one header of one request, never into a log line,
an error, a row or a cache. Source: Content Server Rest API 2.0.2, `GET /v1/auth` with a ticket.
"""

import re

import httpx

from app.errors import NeedsReauth, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, read
from app.opentext.connection import Connection
from app.opentext.content_server.payloads import WhoAmI
from app.outbound import Outbound, raise_for, speaking_to

PATIENCE = httpx.Timeout(5, connect=3, pool=1)  # somebody waits at a door
# Opaque; seen: some eighty characters of Base64. What cannot be one is refused without asking anybody.
TICKET = re.compile(r"[\x21-\x7e]{32,1000}")
REFUSALS = (400, 401, 403)


class Tickets:
    """Checks tickets with one connection's own Content Server; no other address is ever asked."""

    def __init__(self, connection: Connection, outbound: Outbound) -> None:
        self._http = outbound.client(connection.tenant, CONTENT_SERVER, connection.content_server.content_server_url)

    def holder(self, ticket: str) -> str | None:
        """The login name the ticket stands for now, or None. Raises Retryable where nobody could be asked."""
        if not TICKET.fullmatch(ticket):
            return None
        try:
            return self._ask(ticket)
        except (NeedsReauth, Permanent) as error:  # a moved or misbehaving server says nothing about the ticket
            raise Retryable("Content Server could not say whose ticket this is.", code="ticket_unchecked") from error

    def _ask(self, ticket: str) -> str | None:
        headers = {"Accept": "application/json", "OTCSTicket": ticket}
        with speaking_to(CONTENT_SERVER):
            response = self._http.get("api/v1/auth", headers=headers, timeout=PATIENCE)
        if response.status_code in REFUSALS:
            return None
        raise_for(response, service=CONTENT_SERVER)
        return read(WhoAmI, response, service=CONTENT_SERVER).data.name or None
