"""OpenText Notifications: e-mail, SMS and fax taken in, attempts that move on by the clock, status, webhooks.

The shape of its refusals, and its field for e-mail attachments ("documents", as for fax), are not published: assumed.
Source: reference for OpenText Exstream, section 7.
"""

import base64
import binascii
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from werkzeug.wrappers import Response

from sandbox.exstream import tokens
from sandbox.exstream.state import Attempt, Destination, File, Json, Message, stable_id
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.exstream.standin import Exstream

BASE = "/mra/v1"
ADDRESS = {"emails": "email", "sms": "sms", "faxes": "fax"}
FIELDS = {
    "emails": {"destinations", "body", "options", "reports", "documents"},
    "sms": {"destinations", "sms_text", "options", "reports"},
    "faxes": {"destinations", "documents", "options", "reports"},
}
MIME_TYPES = {"pdf": "application/pdf", "html": "text/html", "text": "text/plain", "json": "application/json"}
TAKES, RETURNS_AFTER = timedelta(seconds=2), timedelta(seconds=60)
WEBHOOK_AGAIN = (10, 60, 300, 900)  # seconds
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
Kind = Literal["emails", "sms", "faxes"]


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Notifications:
    """Routes below /mra/v1."""

    def __init__(self, service: "Exstream") -> None:
        self.service = service
        for kind in ADDRESS:
            service.route("POST", f"{BASE}/outbound/<any({kind}):kind>", self.send)
            service.route("GET", f"{BASE}/outbound/<any({kind}):kind>/status", self.status)
        service.route("GET", f"{BASE}/track/<token>", self.track)

    def guard(self, call: Call) -> Response | None:
        if tokens.notifications_account(call, self.service.state, self.service.now()):
            return None
        return _refused(Refusal(401, "AUTHENTICATION", "Authentication is required"))

    def send(self, call: Call, kind: Kind) -> Response:
        with self.service.lock:
            try:
                message = self._message(call, kind)
            except Refusal as error:
                return _refused(error)
            self.service.state.messages[message.id] = message
            call.effect = f"{kind} {message.id} to {len(message.destinations)} taken in"
        return json_response({"job_id": message.id})

    def status(self, call: Call, kind: Kind) -> Response:
        with self.service.lock:
            found = self.service.state.messages.get(call.args.get("job_id", ""))
            if found is None or found.kind != kind:
                return _refused(Refusal(404, "NOT_FOUND", "No such job"))
            return json_response(status(found))

    def track(self, call: Call, token: str) -> Response:
        """The picture in a message: its being fetched means that the message was opened."""
        with self.service.lock:
            for message in self.service.state.messages.values():
                for each in message.destinations:
                    if each.track == token:
                        each.opens.append(self.service.now())
                        call.effect = f"{message.id} opened"
                        reports = self._webhooks(message)
                        break
                else:
                    continue
                break
            else:
                return Response(status=404)
        for report in reports:
            self.service.world.deliveries.send(report)
        return Response(PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})

    def run_due(self) -> list[Delivery]:
        """Move attempts on whose time has come; the webhooks to send. Called under the lock."""
        now, reports = self.service.now(), list[Delivery]()
        for message in self.service.state.messages.values():
            due = [each for each in message.destinations if each.due is not None and each.due <= now]
            for each in due:
                self._advance(message, each)
            if due:
                self.service.world.touched()
                reports += self._webhooks(message)
        return reports

    def _message(self, call: Call, kind: Kind) -> Message:
        body = call.get_json(silent=True)
        if not isinstance(body, dict):
            raise Refusal(400, "INVALID_JSON", "The body is not a JSON object")
        if strange := set(body) - FIELDS[kind]:
            raise Refusal(400, "UNKNOWN_FIELD", f"Unknown field {sorted(strange)[0]}")
        options = _object(body.get("options", {}), "options")
        email = _object(options.get("email_options", {}), "email_options")
        state = self.service.state
        id = f"xsi-{1_000_000 + state.number()}"
        parts = _files(body.get("body", []), "body") if kind == "emails" else []
        text = _text(body.get("sms_text", ""), "sms_text")
        if (kind == "emails" and not parts) or (kind == "sms" and not text):
            raise Refusal(400, "NO_CONTENT", "There is nothing to send")
        return Message(
            id, kind, self.service.now(), _text(email.get("subject", ""), "subject"),
            self._destinations(id, kind, body.get("destinations")),
            parts[0] if parts else File("message.txt", "text/plain", text.encode()) if text else None,
            parts[1:] + _files(body.get("documents", []), "documents"),
            _text(options.get("customer_reference", ""), "customer_reference"),
            _text(options.get("billing_code", ""), "billing_code"), call.headers.get("X-MRA-SubmitId", ""),
            tracking=bool(email.get("html_open_tracking")),
        )  # fmt: skip

    def _destinations(self, id: str, kind: Kind, given: Any) -> list[Destination]:
        if not isinstance(given, list) or not given:
            raise Refusal(400, "NO_DESTINATION", "At least one destination is needed")
        return [self._destination(f"{id}/{number}", kind, _object(e, "destination")) for number, e in enumerate(given)]

    def _destination(self, name: str, kind: Kind, given: Json) -> Destination:
        address = _text(given.get(ADDRESS[kind], ""), ADDRESS[kind])
        if not address or (kind == "emails") != ("@" in address):
            raise Refusal(400, "INVALID_ADDRESS", "A destination has no usable address")
        now = self.service.now()
        ref = _text(given.get("ref", ""), "ref")
        return Destination(ref, address, now + TAKES, stable_id(name), [Attempt("Submitted", now)])

    def _advance(self, message: Message, to: Destination) -> None:
        """Submitted -> Sent or Error; an address that returns what it got does so later."""
        now, last = self.service.now(), to.attempts[-1]
        to.due = None
        if last.state == "Sent":
            to.dsn.append(
                {"event_time": now.isoformat(), "action": "failed", "status": "5.1.1", "diagnostic": "no such user"}
            )
            return
        if reason := unreachable(self.service, to.address):
            last.state, last.gamma_code = "Error", reason
        else:
            last.state, last.delivery_time = "Sent", now
            to.due = now + RETURNS_AFTER if to.address.startswith("returned") else None
        if message.kind == "sms":
            word = "Failed" if last.state == "Error" else "Confirmed"
            to.sms_events.append({"event_time": now.isoformat(), "status": word, "message": "", "tags": ""})

    def _webhooks(self, message: Message) -> list[Delivery]:
        url = self.service.state.callbacks.get("notifications")
        if not url:
            return []
        bodies = [status(message)]
        if self.service.state.strikes("webhook_unknown_job"):
            bodies.insert(0, status(message) | {"job_id": "xsi-9999999"})
        return [self.service.delivery(url, body, WEBHOOK_AGAIN) for body in bodies]


def hand_over(
    service: "Exstream", subject: str, text: str, files: list[File], addresses: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """A forwarding service sends at once; what could not be reached, by ref. Called under the lock."""
    state, now, refused = service.state, service.now(), dict[str, str]()
    message = Message(f"ch-{1_000_000 + state.number()}", "channel", now, subject, [], files=files)
    message.body = File("message.txt", "text/plain", text.encode()) if text else None
    for ref, address in addresses:
        reason = unreachable(service, address)
        attempt = Attempt("Error" if reason else "Sent", now, None if reason else now, reason)
        message.destinations.append(Destination(ref, address, None, stable_id(f"{message.id}/{ref}"), [attempt]))
        if reason:
            refused[ref] = f"{address or 'no address'}: {reason}"
    state.messages[message.id] = message
    return refused


def unreachable(service: "Exstream", address: str) -> str:
    """Why an address cannot be reached: none, one made for it ("bounce@…"), or the switch."""
    if not address or address.startswith("bounce") or service.state.strikes("bounce"):
        return "550 mailbox unavailable"
    return ""


def status(message: Message) -> Json:
    """`job_state` is complete as soon as the job ran, whatever became of its recipients."""
    opens = [moment for each in message.destinations for moment in each.opens]
    opened_by = sum(1 for each in message.destinations if each.opens)
    return {
        "job_id": message.id, "job_state": ["Complete", "Posted"], "entry_time": message.entered.isoformat(),
        "billing_code_base64": _base64(message.billing_code),
        "customer_reference_base64": _base64(message.customer_reference),
        "html_open_tracking": {"total_open_count": len(opens), "distinct_open_count": opened_by},
        "attachments": [{"name": each.name} for each in message.files],
        "deliveries": [_delivery(message, each) for each in message.destinations],
    }  # fmt: skip


def _delivery(message: Message, to: Destination) -> Json:
    attempts = [
        {"state": each.state, "gamma_code": each.gamma_code, "first_attempt": each.first_attempt.isoformat(),
         "delivery_time": each.delivery_time.isoformat() if each.delivery_time else None}
        for each in to.attempts
    ]  # fmt: skip
    opens = [{"event_time": moment.isoformat()} for moment in to.opens]
    events: Json = {"email_delivery_events": {"dsn": to.dsn, "html_open": opens, "opt_out": None, "pull": []}}
    if message.kind == "sms":
        events = {"sms_delivery_events": to.sms_events}
    kind = ADDRESS.get(message.kind, "email")
    return {"ref_base64": _base64(to.ref), kind: to.address, "delivery_attempts": attempts, "events": events}


def _files(given: Any, name: str) -> list[File]:
    if not isinstance(given, list):
        raise Refusal(400, "INVALID_FIELD", f"{name} must be a list")
    found = []
    for each in given:
        part = _object(each, name)
        kind = _text(part.get("type", ""), "type")
        try:
            content = base64.b64decode(_text(part.get("data", ""), "data"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refusal(400, "INVALID_BASE64", f"{name} holds data that is not base64") from error
        found.append(
            File(_text(part.get("name", ""), "name"), MIME_TYPES.get(kind, "application/octet-stream"), content)
        )
    return found


def _object(given: Any, name: str) -> Json:
    if not isinstance(given, dict):
        raise Refusal(400, "INVALID_FIELD", f"{name} must be an object")
    return given


def _text(given: Any, name: str) -> str:
    if not isinstance(given, str):
        raise Refusal(400, "INVALID_FIELD", f"{name} must be text")
    return given


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _refused(error: Refusal) -> Response:
    return json_response({"error": {"code": error.code, "message": str(error)}}, error.status)
