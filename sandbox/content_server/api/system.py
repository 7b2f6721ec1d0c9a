"""Log in and out, who am I, ping, server information. Source: section 1.1."""

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.content_server import shapes, tickets
from sandbox.content_server.api.route import Route
from sandbox.content_server.refusal import UNAUTHENTICATED, Refusal
from sandbox.content_server.wire import Exchange, Params, body_of
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.content_server.standin import ContentServer


def log_in(server: "ContentServer", call: Call) -> Response:
    sent = Params(body_of(call))
    for name in ("username", "password"):
        if not sent.text(name):
            raise Refusal(f"Argument {name} is required", 500)
    if sent.text("domain"):
        raise Refusal("Unable to login. Domain support is disabled", 401)
    user = server.directory.check_password(sent.text("username"), sent.text("password"))
    member = tickets.member_of(server.state, user)
    if member is None:
        raise Refusal("Invalid username/password specified", 401)
    call.effect = f"{member.name} logged in"
    ticket = tickets.issue(server.state, member, server.world.clock.now())
    return json_response({"ticket": ticket})


def who_am_i(server: "ContentServer", call: Call) -> Response:
    """With OTDS credentials and no ticket the answer's header brings a ticket."""
    now = server.world.clock.now()
    member = tickets.user_of_call(server.state, server.directory, call, now)
    if member is None:
        raise Refusal(UNAUTHENTICATED, 401)
    answer = json_response({"data": shapes.member(server.state, member, full=member.admin)})
    if not tickets.presented(call):
        tickets.announce(server.state, answer.headers, tickets.issue(server.state, member, now))
        call.effect = f"ticket for {member.name}"
    return answer


def log_out(x: Exchange) -> Response:
    if x.state.tickets.pop(tickets.presented(x.call), None):
        x.call.effect = f"{x.actor.user.name} logged out"
    return json_response({})


def check_hash(server: "ContentServer", call: Call) -> Response:
    """A service was handed the hash of a ticket: is it live?"""
    wanted, now = Params(body_of(call)).required("ticket"), server.world.clock.now()
    live = (value for value, ticket in server.state.tickets.items() if ticket.expires > now)
    if not any(tickets.hashed(value) == wanted for value in live):
        raise Refusal(UNAUTHENTICATED, 401)
    return json_response({"results": {"valid": True}})


def ping(server: "ContentServer", call: Call) -> Response:  # noqa: ARG001
    return json_response({"rest_api": [{"build": 1, "href": "api/v1", "version": 1}]})


def server_info(x: Exchange) -> Response:
    state = x.state
    timeout = state.session_timeout_seconds * 1000
    reaction = state.session_reaction_seconds * 1000
    languages = [
        {"default": True, "display_name": "English", "language_code": "en"},
        {"default": False, "display_name": "German", "language_code": "de"},
    ]
    info: dict[str, Any] = {
        "mobile": {"offline_use": True, "client_timeout": 60_000},
        "server": {
            "url": x.address,
            "version": state.version,
            "character_encoding": 1,
            "current_date": shapes.local(x.actor.now),
            "current_locale_suffix": "_en_US",
            "domain_access_enabled": False,
            "language_code": "USA",
            "languages": languages,
            "metadata_languages": languages,
            "force_download_for_mime_types": ["text/html", "image/svg+xml"],
            "advanced_versioning": True,
            "enhanced_advanced_versioning": False,
        },
        "sessions": {
            "enabled": True,
            "expire_after_last_login": False,
            "expire_after_last_request": True,
            "session_timeout": timeout,
            "session_inactivity": timeout - reaction,
            "session_reaction_time": reaction,
            "logout_url": f"{x.address}?func=ll.DoLogout",
        },
        "viewer": {"content_suite": {}},
    }
    return json_response(info)


ROUTES = (
    Route("POST", "/v1/auth", log_in, open=True),
    Route("GET", "/v1/auth", who_am_i, open=True),
    Route("DELETE", "/v1/auth", log_out),
    Route("POST", "/v2/ai/auth/check", check_hash, open=True),
    Route("GET", "/v1/ping", ping, open=True),
    Route("GET", "/v1/serverinfo", server_info),
)
