"""Delivery, apart from composition: small channels that all take what was filed and tell what became of it.

`portal`: it is filed, a link shows it. `exstream_channel`: the customer's own Orchestration service sends what we hand
over. OpenText Notifications has a module of its own. Source: OpenText's samples know no delivery API of Exstream.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.domain.content import (
    DeliveryAttempt,
    DeliveryHandle,
    DeliveryState,
    DeliveryStatus,
    FiledCommunication,
    FiledOutput,
    Recipient,
    RecipientStatus,
)
from app.errors import Permanent
from app.opentext.answers import json_text
from app.opentext.exstream import payloads
from app.opentext.exstream.client import ExstreamApi
from app.opentext.exstream.filing import Read, filed_bytes
from app.opentext.exstream.mapping import together

PORTAL, EXSTREAM_CHANNEL = "portal", "exstream_channel"
ENVELOPE = "sf-handover/1"
LARGEST_HANDOVER = 20_000_000  # bytes of files in one call
Event = Literal["composed", "printed", "mailed", "failed"]
STATES = {
    "composed": DeliveryState.HANDED_OVER,
    "printed": DeliveryState.DELIVERED,
    "mailed": DeliveryState.DELIVERED,
    "failed": DeliveryState.FAILED,
}


@dataclass(frozen=True)
class Dispatch:
    """A filed communication on its way. `key` names this delivery once and for all (our job key and attempt).

    `mime_types` choose what is sent along, in this order; empty means a link alone. `text` is plain; where it
    `is_whole` it holds the link itself and nothing goes along.
    """

    key: str
    communication: FiledCommunication
    recipients: tuple[Recipient, ...] = field(repr=False)
    subject: str = ""
    text: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    mime_types: tuple[str, ...] = ()
    language: str = "en"
    is_whole: bool = False
    is_mail: bool = False  # else it is printed; for a service that does both

    def outputs(self) -> tuple[FiledOutput, ...]:
        return tuple(output for kind in self.mime_types for output in self.communication.of_type(kind))


class DeliveryChannel(Protocol):
    """One way to people. Both methods may raise Retryable, NeedsReauth or Permanent.

    `deliver` is not idempotent: the caller records the handle before anything else, and never repeats an
    `unknown_outcome` by itself.
    """

    name: str

    def deliver(self, dispatch: Dispatch) -> DeliveryHandle:
        """Send, or hand over, to every recipient. Raises Permanent (`no_recipient`, `no_address`, …)."""
        ...

    def status(self, handle: DeliveryHandle) -> DeliveryStatus:
        """What became of it, by recipient, as the channel tells now."""
        ...


class PortalLink:
    """Nothing is sent: the document is in its workspace, the panel and a signed link show it.

    `viewed` gives when a recipient's link of this delivery was first opened. Delivered means viewed.
    """

    name = PORTAL

    def __init__(self, viewed: Callable[[str, str], datetime | None]) -> None:
        self._viewed = viewed

    def deliver(self, dispatch: Dispatch) -> DeliveryHandle:
        check_recipients(dispatch)
        if not dispatch.communication.outputs:
            raise Permanent("Nothing was filed that a link could show.", code="nothing_filed")
        return DeliveryHandle(PORTAL, dispatch.key, dispatch.key, dispatch.recipients)

    def status(self, handle: DeliveryHandle) -> DeliveryStatus:
        statuses = tuple(self._one(handle.job_key, each) for each in handle.recipients)
        return DeliveryStatus(together([each.state for each in statuses]), statuses)

    def _one(self, key: str, whom: Recipient) -> RecipientStatus:
        at = self._viewed(key, whom.ref)
        if at is None:
            return RecipientStatus(whom.ref, DeliveryState.HANDED_OVER, reason="not viewed yet")
        attempt = DeliveryAttempt("viewed", at)
        return RecipientStatus(whom.ref, DeliveryState.DELIVERED, "", (attempt,), delivered_at=at, opened_at=at)


@dataclass(frozen=True)
class JobNews:
    """What the customer's job reported to our door about one recipient's part. `job_key` is `part_key(…)`."""

    job_key: str
    event: Event
    at: datetime | None = None
    detail: str = ""


class ExstreamChannel:
    """Hands the filed bytes to an Orchestration service of the customer, which sends them on, unchanged.

    One call, one job. The service reports, if at all, to our callback door; `news` gives what was reported of a part.
    Source: OpenText Exstream, batch input of a named service (its answer holds `jobId`; no status call is known).
    """

    name = EXSTREAM_CHANNEL

    def __init__(self, api: ExstreamApi, read: Read, news: Callable[[str], Sequence[JobNews]]) -> None:
        self._api, self._read, self._news = api, read, news

    def deliver(self, dispatch: Dispatch) -> DeliveryHandle:
        check_recipients(dispatch)
        of = self._api.connection
        if not of.channel_service or not of.domain:
            raise Permanent(
                "No Orchestration service is named that sends documents.", code="no_channel_service",
                hint="Enter its name and domain in the settings.",
            )  # fmt: skip
        files = read_all(dispatch, self._read, LARGEST_HANDOVER)
        if not files and not dispatch.is_whole:
            raise Permanent("Nothing was filed that Exstream could send.", code="nothing_filed")
        answer = self._api.write(
            payloads.Batches, "POST", "orchestration", "inputs", "batch", of.domain, of.channel_service,
            content=json_text(_envelope(dispatch, files)).encode(), headers={"Content-Type": "application/json"},
        )  # fmt: skip
        sent = tuple(output.sha256 for output, _ in files)
        return DeliveryHandle(EXSTREAM_CHANNEL, answer.data[0].job_id, dispatch.key, dispatch.recipients, sent)

    def status(self, handle: DeliveryHandle) -> DeliveryStatus:
        statuses = tuple(self._one(handle, each) for each in handle.recipients)
        return DeliveryStatus(together([each.state for each in statuses]), statuses)

    def _one(self, handle: DeliveryHandle, whom: Recipient) -> RecipientStatus:
        told = sorted(self._news(part_key(handle.job_key, whom)), key=_moment)
        attempts = tuple(DeliveryAttempt(each.event, each.at, each.detail[:200]) for each in told)
        address = whom.email or whom.phone
        if not told:
            return RecipientStatus(whom.ref, DeliveryState.HANDED_OVER, address)
        state, last = STATES[told[-1].event], told[-1]
        return RecipientStatus(
            whom.ref, state, address, attempts,
            delivered_at=last.at if state is DeliveryState.DELIVERED else None,
            reason=last.detail[:200] if state is DeliveryState.FAILED else "",
        )  # fmt: skip


def part_key(key: str, whom: Recipient) -> str:
    """The job key under which the customer's job reports one recipient's part."""
    return f"{key}#{whom.ref}"


def check_recipients(dispatch: Dispatch) -> None:
    """Raises Permanent where there is nobody, or two of one name, or a name that cannot stand in a key."""
    refs = [each.ref for each in dispatch.recipients]
    if not refs:
        raise Permanent("There is nobody to deliver to.", code="no_recipient")
    if len(set(refs)) != len(refs) or not all(refs) or any("#" in ref for ref in refs):
        raise Permanent("The recipients' references are not distinct names.", code="bad_recipient")


def read_all(dispatch: Dispatch, read: Read, largest: int) -> list[tuple[FiledOutput, bytes]]:
    """The filed bytes of everything that goes along, each held to its SHA-256. Raises Permanent (`too_large`)."""
    outputs = dispatch.outputs()
    size = sum(output.size for output in outputs)
    if size > largest:
        raise Permanent(
            f"The documents have {size:,} bytes; this channel takes {largest:,}.", code="too_large",
            hint="Send a link instead.",
        )  # fmt: skip
    return [(output, filed_bytes(output, read)) for output in outputs]


def _envelope(dispatch: Dispatch, files: list[tuple[FiledOutput, bytes]]) -> dict[str, Any]:
    """The input document of the customer's service (a contract of ours)."""
    return {
        "meta": {"schema": ENVELOPE, "jobKey": dispatch.key, "template": dispatch.communication.template,
                 "templateVersion": dispatch.communication.template_version, "language": dispatch.language,
                 "channel": "mail" if dispatch.is_mail else "print"},
        "message": {"subject": dispatch.subject, "text": dispatch.text, "link": dispatch.link},
        "recipients": [
            {"ref": each.ref, "jobKey": part_key(dispatch.key, each), "name": each.name, "email": each.email,
             "phone": each.phone}
            for each in dispatch.recipients
        ],
        "documents": [
            {"name": output.name, "mimeType": output.mime_type, "sha256": output.sha256,
             "data": base64.b64encode(content).decode("ascii")}
            for output, content in files
        ],
    }  # fmt: skip


def _moment(news: JobNews) -> tuple[float, int]:
    """By time; of one moment (or without one), what ends a delivery comes last."""
    order = ("composed", "printed", "mailed", "failed")
    return (news.at.timestamp() if news.at else float("inf"), order.index(news.event))
