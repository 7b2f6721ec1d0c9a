"""OpenText Notifications: e-mail and SMS with attempts, returns and opens for every recipient.

Source: OpenText Notifications REST (messaging e-mail and SMS), its quick start for the status answer. Its field for
e-mail attachments is not published; files go along only where the connection says so.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app.domain.content import DeliveryHandle, DeliveryStatus, FiledOutput, Recipient
from app.errors import NeedsReauth, Permanent
from app.opentext.answers import M, read, said
from app.opentext.connection import Connection
from app.opentext.exstream import mapping, payloads
from app.opentext.exstream.delivery import Dispatch, check_recipients, read_all
from app.opentext.exstream.filing import Read
from app.outbound import Outbound, raise_for, speaking_to

NOTIFICATIONS = "notifications"
EMAIL, SMS = "opentext_notifications_email", "opentext_notifications_sms"
BASE = "mra/v1/outbound"
LARGEST_MAIL = 10_000_000  # bytes of files
LONGEST_SMS = 459  # characters: three parts
LONGEST_REFERENCE = 100


class Notifications:
    """The REST calls. `kind` is emails or sms. Raises the errors of every client; a send may be `unknown_outcome`."""

    def __init__(self, connection: Connection, outbound: Outbound) -> None:
        of = connection.exstream.notifications if connection.exstream else None
        if of is None:
            raise NeedsReauth(
                "OpenText Notifications is not connected yet.", upstream=NOTIFICATIONS, code="not_connected",
                hint="Enter its address and account in the settings.",
            )  # fmt: skip
        self.connection = of
        self._http = outbound.client(connection.tenant, NOTIFICATIONS, of.url)

    def send(self, kind: str, body: Mapping[str, Any], reference: str) -> str:
        """The job's id. `reference` also goes along as the submission's own id."""
        headers = {"X-MRA-SubmitId": quote(reference, safe=":#/")[:LONGEST_REFERENCE]}
        return self._call(payloads.Job, "POST", f"{BASE}/{kind}", writing=True, json=dict(body), headers=headers).job_id

    def status(self, kind: str, job_id: str) -> payloads.JobStatus:
        """What became of a job. Raises NotFound for an unknown one."""
        return self._call(payloads.JobStatus, "GET", f"{BASE}/{kind}/status", params={"job_id": job_id})

    def reference(self, kind: str, job_id: str) -> str:
        """Our own reference of a job, "" where it has none: tells what became of a send whose answer was lost."""
        return mapping.text(self.status(kind, job_id).reference_base64)

    def _call(self, model: type[M], method: str, path: str, *, writing: bool = False, **request: Any) -> M:
        headers = {"Accept": "application/json", "Authorization": self._credential()} | request.pop("headers", {})
        with speaking_to(NOTIFICATIONS, writing=writing):
            response = self._http.request(method, path, headers=headers, **request)
        raise_for(response, service=NOTIFICATIONS, said=said(response, self.connection.password))
        return read(model, response, service=NOTIFICATIONS, writing=writing)

    def _credential(self) -> str:
        of = self.connection
        if not of.user:
            return f"Bearer {of.password}"
        return "Basic " + base64.b64encode(f"{of.user}:{of.password}".encode()).decode("ascii")


class NotificationsEmail:
    """A DeliveryChannel. The HTML output is the message where one goes along, else the dispatch's text and link.

    Other outputs are attached where the connection allows it; otherwise there must be a link.
    """

    name = EMAIL

    def __init__(self, api: Notifications, read: Read) -> None:
        self._api, self._read = api, read

    def deliver(self, dispatch: Dispatch) -> DeliveryHandle:
        check_recipients(dispatch)
        _check_addresses([each for each in dispatch.recipients if "@" not in each.email], "e-mail address")
        files = read_all(dispatch, self._read, LARGEST_MAIL)
        if not self._api.connection.attach:
            files = [(output, content) for output, content in files if output.mime_type == mapping.HTML]
        message = next((each for each in files if each[0].mime_type == mapping.HTML), None)
        attached = [each for each in files if each is not message]
        if not (attached or message or dispatch.link or dispatch.is_whole):
            raise Permanent(
                "The message has neither a link nor a file.", code="nothing_to_send",
                hint="Give it a link, or allow attachments in the connection.",
            )  # fmt: skip
        job_id = self._api.send("emails", self._email(dispatch, message, attached), dispatch.key)
        sent = tuple(output.sha256 for output, _ in ([message] if message else []) + attached)
        return DeliveryHandle(EMAIL, job_id, dispatch.key, dispatch.recipients, sent)

    def status(self, handle: DeliveryHandle) -> DeliveryStatus:
        return mapping.delivery_status(self._api.status("emails", handle.job_id), handle.recipients)

    def _email(
        self, dispatch: Dispatch, message: tuple[FiledOutput, bytes] | None, attached: list[tuple[FiledOutput, bytes]]
    ) -> dict[str, Any]:
        options = {"subject": dispatch.subject, "charset": "utf-8", "html_open_tracking": "top"}
        if self._api.connection.sender_name:
            options["from_display_name"] = self._api.connection.sender_name
        body = {
            "destinations": [{"email": each.email, "ref": each.ref} for each in dispatch.recipients],
            "body": [_message(dispatch, message)],
            "options": {"customer_reference": dispatch.key, "email_options": options},
        }
        documents = [{"name": output.name, "type": _ending(output), "data": _base64(data)} for output, data in attached]
        return body | ({"documents": documents} if documents else {})


class NotificationsSms:
    """A DeliveryChannel: the dispatch's text and link, never a file."""

    name = SMS

    def __init__(self, api: Notifications) -> None:
        self._api = api

    def deliver(self, dispatch: Dispatch) -> DeliveryHandle:
        check_recipients(dispatch)
        _check_addresses([each for each in dispatch.recipients if not each.phone], "telephone number")
        text = " ".join(part for part in (dispatch.text.strip(), dispatch.link) if part)
        if not text or len(text) > LONGEST_SMS:
            raise Permanent(f"A text message needs 1 to {LONGEST_SMS} characters.", code="bad_text", length=len(text))
        body = {
            "destinations": [{"sms": each.phone, "ref": each.ref} for each in dispatch.recipients],
            "sms_text": text,
            "options": {"customer_reference": dispatch.key},
        }
        return DeliveryHandle(SMS, self._api.send("sms", body, dispatch.key), dispatch.key, dispatch.recipients)

    def status(self, handle: DeliveryHandle) -> DeliveryStatus:
        return mapping.delivery_status(self._api.status("sms", handle.job_id), handle.recipients)


def _check_addresses(without: list[Recipient], what: str) -> None:
    if without:
        refs = ", ".join(each.ref for each in without[:5])
        raise Permanent(f"A recipient has no {what}.", code="no_address", recipients=refs)


def _message(dispatch: Dispatch, message: tuple[FiledOutput, bytes] | None) -> dict[str, str]:
    if message is not None:
        return {"type": "html", "name": "message.html", "charset": "utf-8", "data": _base64(message[1])}
    link = "" if dispatch.is_whole else dispatch.link
    text = "\n\n".join(part for part in (dispatch.text.strip(), link) if part)
    return {"type": "text", "name": "message.txt", "charset": "utf-8", "data": _base64(text.encode())}


def _ending(output: FiledOutput) -> str:
    return mapping.EXTENSIONS.get(output.mime_type, output.name.rpartition(".")[2].lower())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
