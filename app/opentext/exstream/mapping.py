"""Between Communications' shapes and ours: outputs out of base64, file names, what a delivery's status means.

Source: OpenText's Communications samples (file names and mime types); the Notifications quick start (status).
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.content import DeliveryAttempt, DeliveryState, DeliveryStatus, Output, Recipient, RecipientStatus
from app.errors import Permanent, Retryable
from app.opentext.answers import instant
from app.opentext.exstream import payloads

PDF, HTML, JSON, INTERACTIVE = "application/pdf", "text/html", "application/json", "application/vnd.exstream-empower"
EXTENSIONS = {PDF: "pdf", HTML: "html", JSON: "json", INTERACTIVE: "mpw"}
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
LONGEST_NAME = 120
IS_PDF_A = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*[1-4]")
METADATA = re.compile(rb"/Type\s*/Metadata\b.*?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
LARGEST_METADATA = 1_000_000


def outputs(composed: payloads.Composed) -> tuple[Output, ...]:
    """Every output, named apart. Raises Permanent (`nothing_composed`, `wrong_output_type`) or Retryable."""
    if not composed.data:
        raise Permanent("Exstream composed nothing.", code="nothing_composed", hint="Check the template's outputs.")
    taken: set[str] = set()
    return tuple(_output(each, taken) for each in composed.data)


def _output(given: payloads.ComposedOutput, taken: set[str]) -> Output:
    context = given.context or payloads.OutputContext()
    kind = given.mime_type.partition(";")[0].strip().lower()
    try:
        content = base64.b64decode(given.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _unreadable(context.queue_name) from error
    _check_type(kind, content, context.queue_name)
    name = _name(context, kind, taken)
    return Output(name, kind, context.queue_name, content, context.customer_number)


def _check_type(kind: str, content: bytes, queue: str) -> None:
    """The bytes are what they are said to be, and all of them: nothing else is ever filed under that name."""
    head = content[:1024].lstrip()
    is_pdf = head.startswith(b"%PDF-")
    looks = {
        PDF: is_pdf,
        HTML: head.startswith(b"<"),
        JSON: head[:1] in (b"{", b"["),
    }
    if not looks.get(kind, bool(content) and not is_pdf):
        raise Permanent(
            "Exstream's output is not of the type it says.", code="wrong_output_type",
            mime_type=kind[:100], queue=queue[:100],
        )  # fmt: skip
    if kind == PDF and b"%%EOF" not in content[-1024:]:
        raise _unreadable(queue)


def _unreadable(queue: str) -> Retryable:
    message = "Exstream's answer broke off inside a document."
    return Retryable(message, code="unreadable_output", unknown_outcome=True, queue=queue[:100])


def _name(context: payloads.OutputContext, kind: str, taken: set[str]) -> str:
    """A file name of its own for every output; the service leaves the extension to us."""
    base = UNSAFE.sub("-", context.file_name).strip(" .-")[:LONGEST_NAME] or "document"
    queue = UNSAFE.sub("-", context.queue_name).strip(" .-")[:40]
    ending = EXTENSIONS.get(kind, "bin")
    tries = [f"{base}.{ending}", f"{base} ({queue}).{ending}"] if queue else [f"{base}.{ending}"]
    tries += [f"{base} {number}.{ending}" for number in range(2, len(taken) + 3)]
    name = next(each for each in tries if each.lower() not in taken)
    taken.add(name.lower())
    return name


def is_archive_format(pdf: bytes) -> bool:
    """Whether a PDF says of itself that it is PDF/A (its XMP metadata). A claim, not a validation."""
    return any(IS_PDF_A.search(text) for text in _metadata(pdf))


def _metadata(pdf: bytes) -> Iterator[bytes]:
    for match in METADATA.finditer(pdf):
        yield match[1]
        try:
            yield zlib.decompressobj().decompress(match[1], LARGEST_METADATA)
        except zlib.error:
            continue


# Notifications


def delivery_status(given: payloads.JobStatus, recipients: Sequence[Recipient]) -> DeliveryStatus:
    """Per recipient, in our order. One the service does not list is still under way, whatever the job's state says."""
    told = {text(each.ref_base64): each for each in given.deliveries}
    statuses = tuple(
        _recipient(each, told[each.ref]) if each.ref in told
        else RecipientStatus(each.ref, DeliveryState.DELIVERING, each.email or each.phone)
        for each in recipients
    )  # fmt: skip
    return DeliveryStatus(together([each.state for each in statuses]), statuses)


def together(states: Sequence[DeliveryState]) -> DeliveryState:
    """The state of a delivery from those of its recipients."""
    if not states or DeliveryState.DELIVERING in states:
        return DeliveryState.DELIVERING
    if len(set(states)) == 1:
        return states[0]
    return DeliveryState.HANDED_OVER if DeliveryState.HANDED_OVER in states else DeliveryState.DELIVERED_PARTLY


def _recipient(whom: Recipient, given: payloads.JobDelivery) -> RecipientStatus:
    attempts = tuple(DeliveryAttempt(a.state, a.delivery_time or a.first_attempt, a.code) for a in given.attempts)
    events = given.events or payloads.Events()
    email = events.email or payloads.EmailEvents()
    bounce = _bounce(email.dsn)
    state = _state(given, events, bounce)
    opened = [moment for moment in (instant(_at(event)) for event in (*email.html_open, *email.pull)) if moment]
    last = attempts[-1] if attempts else None
    return RecipientStatus(
        whom.ref, state, given.email or given.sms or whom.email or whom.phone, attempts,
        delivered_at=last.at if last and state is DeliveryState.DELIVERED else None,
        opened_at=min(opened, default=None),
        opted_out=bool(email.opt_out),
        reason=_reason(state, last, bounce),
    )  # fmt: skip


def _state(given: payloads.JobDelivery, events: payloads.Events, bounce: str) -> DeliveryState:
    """The last attempt decides; a bounce afterwards outdoes it."""
    last = given.attempts[-1].state.lower() if given.attempts else ""
    if bounce or last in ("error", "cancelled") or any(e.status.lower() in ("failed", "rejected") for e in events.sms):
        return DeliveryState.FAILED
    return DeliveryState.DELIVERED if last == "sent" else DeliveryState.DELIVERING


def _bounce(dsn: Any) -> str:
    """A delivery status notification of a failure (RFC 3464: action "failed"); its exact form is not known."""
    for each in dsn if isinstance(dsn, list) else [dsn]:
        if isinstance(each, dict) and str(each.get("action", "")).lower() == "failed":
            return str(each.get("diagnostic") or each.get("status") or "bounced")[:200]
    return ""


def _reason(state: DeliveryState, last: DeliveryAttempt | None, bounce: str) -> str:
    if state is not DeliveryState.FAILED:
        return ""
    if bounce:
        return f"Returned: {bounce}"
    return f"{last.state} {last.code}".strip() if last else "Refused"


def _at(event: Any) -> Any:
    return event.get("event_time") or event.get("time") if isinstance(event, dict) else event


def text(encoded: str) -> str:
    """A reference as it was given; "" for what is no base64 of a text."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
