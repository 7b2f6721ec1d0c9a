"""Tickets: issued, sliding, ended; and who is behind the credential a request presents.

A ticket is good for the session time-out from its issue. Used after the reaction time, the answer carries a fresh
one in the header `OTCSTicket` (with `OTCSTicketExpires`); a client that keeps the old one is logged out in the end.
Source: OpenText's Content Server REST documentation
"""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from werkzeug.datastructures import Headers

from sandbox.content_server.model import Member, State, Ticket
from sandbox.kernel.standin import Call
from sandbox.otds.directory import Directory, TokenRefused
from sandbox.otds.state import User


def issue(state: State, user: Member, now: datetime) -> str:
    state.tickets = {value: kept for value, kept in state.tickets.items() if kept.expires > now}
    value = base64.b64encode(secrets.token_bytes(60)).decode("ascii") + "*"
    state.tickets[value] = Ticket(user.id, now, now + timedelta(seconds=state.session_timeout_seconds))
    return value


def presented(call: Call) -> str:
    return (
        call.headers.get("OTCSTicket")
        or call.cookies.get("otcsticket")
        or call.cookies.get("LLCookie")
        or call.headers.get("LLCookie")
        or ""
    )


def user_of(state: State, value: str, now: datetime) -> Member | None:
    ticket = state.tickets.get(value)
    return state.members[ticket.user_id] if ticket and ticket.expires > now else None


def user_of_call(state: State, directory: Directory, call: Call, now: datetime) -> Member | None:
    """By ticket; without one by OTDS ticket or OTDS bearer token."""
    ticket = presented(call)
    if ticket:
        return user_of(state, ticket, now)
    return directory_user(state, directory, call)


def directory_user(state: State, directory: Directory, call: Call) -> Member | None:
    scheme, _, token = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            return member_of(state, directory.read_token(token).user)
        except TokenRefused:
            return None
    otds_ticket = call.headers.get("OTDSTicket") or call.cookies.get("OTDSTicket")
    return member_of(state, directory.user_of_ticket(otds_ticket)) if otds_ticket else None


def member_of(state: State, user: User | None) -> Member | None:
    """The member OTDS synchronised this user to; a token of nobody, or of a user unknown here, is refused."""
    if user is None or user.resource_name is None:
        return None
    return next((member for member in state.members.values() if member.name == user.resource_name), None)


def renew(state: State, call: Call, headers: Headers, now: datetime) -> None:
    """Slide: an ageing ticket that was used gets a successor, the old one lives out its time."""
    ticket = state.tickets.get(presented(call))
    if ticket is None or ticket.expires <= now or "OTCSTicket" in headers:
        return
    if now - ticket.issued < timedelta(seconds=state.session_reaction_seconds):
        return
    value = issue(state, state.members[ticket.user_id], now)
    announce(state, headers, value)


def announce(state: State, headers: Headers, value: str) -> None:
    headers["OTCSTicket"] = value
    headers["OTCSTicketExpires"] = state.tickets[value].expires.strftime("%Y-%m-%dT%H:%M:%SZ")


def hashed(value: str) -> str:
    return hashlib.sha512(value.encode("utf-8")).hexdigest()
