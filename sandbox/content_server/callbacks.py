"""The call-out after an approval: a WebReport, run by the map's last step, posts to the companion app.

A report tries once; what gets lost is found by polling. Source: sections 8 and 8.1 (fields and the four ways to
authenticate). The signature is renewed for each attempt.
"""

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from sandbox.content_server import tickets
from sandbox.content_server.model import CallbackSettings
from sandbox.credentials import OTDS_CLIENT_ID
from sandbox.kernel.deliveries import Delivery

if TYPE_CHECKING:
    from sandbox.content_server.standin import ContentServer

Fields = dict[str, str | int | None]


def send(server: "ContentServer", event: str, fields: Fields) -> str | None:
    """Post `event`; returns its id, None when no address is configured. Call without holding the server's lock."""
    with server.lock:
        state, settings, now = server.state, server.state.callbacks, server.world.clock.now()
        if not settings.url:
            return None
        state.callback_count += 1
        event_id = f"cs-{int(now.timestamp() * 1000)}-{state.callback_count}"
        body = json.dumps({"event": event, "event_id": event_id, "sent_at": now.isoformat(), **fields}).encode()
        server.world.touched()
    server.world.deliveries.send(
        Delivery(server.system, settings.url, body, lambda: headers(server, settings, body), id=event_id)
    )
    return event_id


def send_pending(server: "ContentServer") -> None:
    """What the reports of finished workflows have to tell; after the change, without holding the server's lock."""
    with server.lock:
        reports, server.state.workflows.reports = server.state.workflows.reports, []
    for report in reports:
        send(server, report["event"], {name: value for name, value in report.items() if name != "event"})


def headers(server: "ContentServer", settings: CallbackSettings, body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json", **_credential(server, settings, body)}


def _credential(server: "ContentServer", settings: CallbackSettings, body: bytes) -> dict[str, str]:
    now = server.world.clock.now()
    if settings.auth == "signature":
        # Real time: the companion's clock is not the sandbox's, and a stamp from its future would be refused.
        moment = str(int((now - server.world.clock.offset).timestamp()))
        return {"X-Storefront-Signature": f"t={moment},v1={signature(settings.secret, moment, body)}"}
    if settings.auth == "key":
        return {"X-Storefront-Key": settings.secret}
    user = server.actor(settings.user).user
    if settings.auth == "ticket":
        with server.lock:
            return {"X-Storefront-Ticket": tickets.issue(server.state, user, now)}
    directory = server.directory
    client = directory.state.clients[OTDS_CLIENT_ID]
    token = directory.issue_token(server.issuer, client, directory.find_user(user.name), "")
    return {"Authorization": f"Bearer {token}"}


def signature(secret: str, moment: str, body: bytes) -> str:
    """`v1` of `X-Storefront-Signature`: hex HMAC-SHA256 over `t`, a dot and the raw body."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
