"""Communications between steps, doors and pages: channels, what became of a delivery, who may report it, links.

A report is a hint: it names a delivery, whose state is then read through the channel's own client. Only what a
customer's job says about its own part is all there is; it comes over an address that nobody else knows.
"""

import hmac
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import quote

import structlog
from sqlalchemy import select
from sqlmodel import Session, col

from app.db import communications as rows
from app.db.communications import SENDING, UNKNOWN, CommunicationDelivery, CommunicationNews, CommunicationRow
from app.db.inbox import InboxEvent
from app.db.links import SharedDocument
from app.db.runs import Run
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.domain.communications import Channel, Ways, masked
from app.domain.content import DeliveryHandle, DeliveryState, DeliveryStatus, Recipient, RecipientStatus
from app.domain.events import Event, Source, Topic
from app.domain.ids import NodeId, Provider, StoreId, external_store_id, store_id
from app.engine import callback_secrets, queue, runs
from app.engine.callbacks import client_of
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.vault import random_token, sha256_hex
from app.errors import AppError, NeedsReauth, NotFound, Rejected, Retryable
from app.opentext import OpenText
from app.opentext.exstream import Communications
from app.opentext.exstream.callbacks import JobReport
from app.opentext.exstream.delivery import DeliveryChannel, ExstreamChannel, JobNews, PortalLink
from app.opentext.exstream.notifications import NotificationsEmail, NotificationsSms

log = structlog.get_logger(__name__)
JOBS, STATUS = "exstream-jobs", "notifications-status"  # the two doors; each has keys of its own
KINDS = {NotificationsEmail.name: "emails", NotificationsSms.name: "sms"}
PROVIDERS = {
    Channel.MAIL: NotificationsEmail.name, Channel.SMS: NotificationsSms.name, Channel.PORTAL: PortalLink.name,
    Channel.PRINT: ExstreamChannel.name,
}  # fmt: skip
LOST_ANSWERS = frozenset({"unexpected_answer", "answer_too_large"})  # it was taken; what it is called we cannot read
BUYER = "buyer"  # the reference of the one recipient


# Channels


def connected(opentext: OpenText) -> Communications:
    """The store's Exstream. Raises NeedsReauth before it was connected."""
    if opentext.communications is None:
        raise NeedsReauth(
            "Exstream is not connected yet.", upstream="exstream", code="not_connected",
            hint="Enter its address and client in the settings, under OpenText.",
        )  # fmt: skip
    return opentext.communications


def ways(opentext: OpenText) -> Ways:
    """What this connection can send by."""
    of = opentext.connection.exstream
    notifies, sends = bool(of and of.notifications), of.channel_sends if of and of.channel_service else ""
    return Ways(notifies or sends in ("mail", "both"), notifies, sends in ("print", "both"))


def provider_of(way: Channel, opentext: OpenText) -> str:
    """Who sends by a way: mail goes through Notifications, and without it through the customer's own service."""
    of = opentext.connection.exstream
    if way is Channel.MAIL and of is not None and of.notifications is None and of.channel_service:
        return ExstreamChannel.name
    return PROVIDERS[way]


def channel(deps: Deps, store: StoreId, provider: str) -> DeliveryChannel:
    """The channel of that name. Raises NeedsReauth where it is not connected."""
    opentext = deps.opentext(store)
    if provider == PortalLink.name:
        return PortalLink(lambda key, _ref: opened_at(deps, key))
    api = connected(opentext)
    if provider == ExstreamChannel.name:
        return ExstreamChannel(api.api, lambda node, version: _content(opentext, node, version), _news(deps, store))
    if api.notifications is None:
        raise NeedsReauth(
            "OpenText Notifications is not connected yet.", upstream="exstream", code="not_connected",
            hint="Enter its address and account in the settings, under OpenText.",
        )  # fmt: skip
    if provider == NotificationsSms.name:
        return NotificationsSms(api.notifications)
    return NotificationsEmail(api.notifications, lambda node, version: _content(opentext, node, version))


def is_unknown(error: AppError) -> bool:
    """Whether a message may have gone out all the same: its answer was lost, or cannot be read."""
    lost = isinstance(error, Retryable) and error.unknown_outcome and error.context.get("status") != 503
    return lost or error.specific_code in LOST_ANSWERS


def _content(opentext: OpenText, node: NodeId, version: int) -> bytes:
    sink = BytesIO()
    opentext.documents.download(node, version, sink)
    return sink.getvalue()


def _news(deps: Deps, store: StoreId) -> Any:
    def told(part_key: str) -> Sequence[JobNews]:
        with reading(deps.database) as session:
            found = rows.news_of(session, store, part_key)
        return tuple(JobNews(each.part_key, each.event, each.at, each.detail) for each in found)  # type: ignore[arg-type]

    return told


# Links for one buyer


def share(deps: Deps, store: StoreId, delivery_key: str, about: str, filed: dict[str, Any]) -> str:
    """An address for one buyer to one filed version, expiring; the same for the same delivery."""
    with unit_of_work(deps.database) as uow:
        found = select(SharedDocument).where(
            col(SharedDocument.delivery_key) == delivery_key, col(SharedDocument.node_id) == filed["document"]
        )
        row = uow.session.execute(found).scalar_one_or_none() or SharedDocument(
            token=random_token(), store_id=store, object_id=about, node_id=filed["document"],
            version=filed["version"], sha256=filed["sha256"], name=filed["name"], mime_type=filed["mime_type"],
            delivery_key=delivery_key, expires_at=utc_now() + deps.settings.periods.document_link,
        )  # fmt: skip
        uow.session.add(row)
        token, name = row.token, row.name
    return f"{deps.settings.public_url}/documents/{token}/{quote(name)}"


def opened_at(deps: Deps, delivery_key: str) -> datetime | None:
    """When a link of this delivery was first read."""
    with reading(deps.database) as session:
        found = select(col(SharedDocument.opened_at)).where(
            col(SharedDocument.delivery_key) == delivery_key, col(SharedDocument.opened_at).is_not(None)
        )
        return session.execute(found.limit(1)).scalar_one_or_none()


def address_mark(store: str, address: str) -> str:
    """Finds an address again without keeping it; outlives a change of keys, as an opt-out must."""
    return sha256_hex(f"{store}|{address.strip().lower()}")


# What became of a delivery


def refresh(deps: Deps, delivery: CommunicationDelivery) -> DeliveryStatus:
    """Ask the channel and write down what it says, by recipient. Raises what the channel raises."""
    told = [Recipient(each["ref"]) for each in delivery.recipients]
    handle = DeliveryHandle(delivery.provider, delivery.provider_job, delivery.key, tuple(told), tuple(delivery.sent))
    status = channel(deps, StoreId(delivery.store_id), delivery.provider).status(handle)
    with unit_of_work(deps.database) as uow:
        note(uow.session.get_one(CommunicationDelivery, delivery.key), status)
    return status


def note(row: CommunicationDelivery, status: DeliveryStatus) -> None:
    """Keep a status; addresses masked, as the channel told them or as we knew them."""
    known = {each["ref"]: each for each in row.recipients}
    row.state, row.seen_at = status.state.value, utc_now()
    row.recipients = [_as_json(each, known.get(each.ref, {})) for each in status.recipients]
    row.reason = next((each.reason for each in status.recipients if each.reason), "")
    if status.is_final:
        row.final_at = row.final_at or utc_now()


def _as_json(status: RecipientStatus, before: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": status.ref, "state": status.state.value,
        "address": masked(status.address) or before.get("address", ""),
        "attempts": [{"state": a.state, "at": _iso(a.at), "code": a.code} for a in status.attempts],
        "delivered_at": _iso(status.delivered_at), "opened_at": _iso(status.opened_at),
        "opted_out": status.opted_out or bool(before.get("opted_out")), "reason": status.reason,
    }  # fmt: skip


def _iso(when: datetime | None) -> str:
    return when.astimezone(UTC).isoformat() if when else ""


def record(row: CommunicationDelivery, handle: DeliveryHandle) -> None:
    """The channel took it: from here on nothing is sent again, only asked after."""
    row.provider, row.provider_job, row.sent = handle.channel, handle.job_id, list(handle.sent)
    row.state, row.handed_at, row.reason = DeliveryState.DELIVERING.value, utc_now(), ""


# Who reports


@dataclass(frozen=True)
class ReportAddresses:
    """What an administrator enters where jobs and Notifications report."""

    jobs: str
    notifications: str


def report_addresses(deps: Deps, store: StoreId) -> ReportAddresses | None:
    """The two secret addresses of a store; None before OpenText was connected. They change with its callback secret."""
    with reading(deps.database) as session:
        row = session.get(OpenTextConnection, store)
    if row is None:
        return None
    base = f"{deps.settings.public_url}/callbacks"
    jobs, status = (_tokens(deps, door, row)[0] for door in (JOBS, STATUS))
    return ReportAddresses(f"{base}/exstream/v1/jobs/{jobs}", f"{base}/notifications/v1/{status}")


def _tokens(deps: Deps, door: str, row: OpenTextConnection) -> list[str]:
    """The present secret under the newest key first; derived, not stored."""
    abouts = [f"{row.store_id}:{digest}".encode() for digest in callback_secrets.digests(row)]
    tenant = f"{row.store_id.partition(':')[0]}-{external_store_id(StoreId(row.store_id))}"
    return [
        f"{tenant}.{hmac.new(key, about, sha256).hexdigest()}" for about in abouts for key in deps.vault.derived(door)
    ]


def reporter(deps: Deps, door: str, token: str, bearer: str = "") -> StoreId:
    """The store whose reports come over this secret address, or with a token of ours to the tenant's plain name.

    Raises Rejected (401): unknown, no longer valid, or another store's.
    """
    tenant = token.rpartition(".")[0] or token
    provider, _, external = tenant.partition("-")
    if provider not in set(Provider) or not external or len(token) > 300:
        raise _unknown()
    store = store_id(Provider(provider), external)
    with reading(deps.database) as session:
        row, owner = session.get(OpenTextConnection, store), session.get(StoreRow, store)
    if row is None or owner is None or owner.state == "uninstalled":
        raise _unknown()
    if bearer and token == tenant:
        if client_of(deps, bearer).store_id != store:
            raise _unknown()
        return store
    given = token.encode("utf-8", "replace")
    good = [hmac.compare_digest(known.encode(), given) for known in _tokens(deps, door, row)]
    if not any(good):
        raise _unknown()
    return store


def _unknown() -> Rejected:
    return Rejected("The token is missing, wrong or expired.", status=401, code="invalid_token")


def accept_report(deps: Deps, store: StoreId, report: JobReport, raw: bytes, correlation_id: str) -> bool:
    """Take a job's report in, once for each (part, event). Raises NotFound for a part we never handed over."""
    delivery_key = report.job_key.rpartition("#")[0]
    with reading(deps.database) as session:
        delivery = session.get(CommunicationDelivery, delivery_key)
        about = session.get(CommunicationRow, delivery.job_key) if delivery else None
    if delivery is None or about is None or delivery.store_id != store:
        raise NotFound("There is no such job.")
    return deps.intake.accept(
        NewEvent(
            store_id=store, source=Source.EXSTREAM, delivery_key=f"{report.job_key}:{report.event}"[-300:],
            topic=Topic.DELIVERY_REPORTED, object_type=about.object_type, object_id=about.object_id,
            detail={"delivery": delivery.key}, raw=raw, correlation_id=correlation_id,
        )
    )  # fmt: skip


def accept_status(deps: Deps, store: StoreId, job: str, raw: bytes, correlation_id: str) -> bool:
    """Take the hint in that something happened to a job of Notifications; the same body twice is one hint.

    A job we do not know is kept too: a send whose answer was lost may be behind it.
    """
    with reading(deps.database) as session:
        delivery = rows.delivery_of_job(session, store, job)
        about = session.get(CommunicationRow, delivery.job_key) if delivery else None
    return deps.intake.accept(
        NewEvent(
            store_id=store, source=Source.NOTIFICATIONS, delivery_key=f"{job}:{sha256_hex(raw)[:32]}",
            topic=Topic.DELIVERY_REPORTED, object_type=about.object_type if about else "delivery",
            object_id=about.object_id if about else job, detail={"job": job}, raw=raw, correlation_id=correlation_id,
        )
    )  # fmt: skip


# Hearing of it, on the queue


def hear(deps: Deps, event: Event) -> tuple[str, str]:
    """What a report leads to: the inbox row's end and why. Raises what the channel raises when it is asked."""
    if event.source is Source.EXSTREAM:
        delivery = _keep_news(deps, event)
    else:
        delivery = _delivery_of(deps, event.store_id, event.detail.get("job", ""))
    if delivery is None:
        return "ignored", "unknown_delivery"
    was_final = delivery.final_at is not None
    status = refresh(deps, delivery)
    with unit_of_work(deps.database) as uow:
        woken = _wake(uow.session, delivery.run_id)
        uow.after_commit(deps.doorbell.ring)
    if was_final and status.state is DeliveryState.FAILED:
        log.warning("delivery_returned", store_id=event.store_id, run_id=delivery.run_id)
    return "done", "run_woken" if woken else "delivery_noted"


def _keep_news(deps: Deps, event: Event) -> CommunicationDelivery | None:
    """What a job said, from the body we kept: every (part, event) once."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        inbox = session.get_one(InboxEvent, event.id)
        report = JobReport.model_validate_json(deps.vault.decrypt(inbox.raw or b"", f"inbox_event:raw:{inbox.id}"))
        delivery = session.get(CommunicationDelivery, event.detail.get("delivery", ""))
        if delivery is None:
            return None
        told = {each.event for each in rows.news_of(session, event.store_id, report.job_key)}
        if report.event not in told:
            news = report.news(inbox.received_at)
            session.add(
                CommunicationNews(store_id=event.store_id, part_key=news.job_key, event=news.event,
                                  detail=news.detail[:200], at=news.at or inbox.received_at)
            )  # fmt: skip
        if delivery.state in (SENDING, UNKNOWN):  # the job has it: so our call did arrive
            record(delivery, DeliveryHandle(delivery.provider, report.job_key, delivery.key, (), tuple(delivery.sent)))
        return delivery


def _delivery_of(deps: Deps, store: StoreId, job: str) -> CommunicationDelivery | None:
    """The delivery a job belongs to; where we know none, the job itself is asked whose it is."""
    with reading(deps.database) as session:
        found = rows.delivery_of_job(session, store, job)
        lost = found is None and rows.unsettled(session, store)
    if found is not None or not lost:
        return found
    return _claim_lost(deps, store, job)


def _claim_lost(deps: Deps, store: StoreId, job: str) -> CommunicationDelivery | None:
    """A send whose answer never came: the job carries our reference, so it did arrive and this is its id."""
    api = connected(deps.opentext(store)).notifications
    for provider, kind in KINDS.items():
        try:
            key = api.reference(kind, job) if api else ""
        except NotFound:
            continue
        with unit_of_work(deps.database) as uow:
            row = uow.session.get(CommunicationDelivery, key)
            if row is None or row.store_id != store or row.state not in (SENDING, UNKNOWN):
                return None
            record(row, DeliveryHandle(provider, job, row.key, (), tuple(row.sent)))
            log.info("delivery_found_again", store_id=store, run_id=row.run_id)
            return row
    return None


def _wake(session: Session, run_id: str) -> bool:
    """The run looks now. One that was set aside because nobody knew what became of its delivery goes on by itself."""
    run, step = session.get(Run, run_id), runs.open_step(session, run_id)
    stuck = run is not None and run.state == "quarantined" and step is not None and step.error_code == UNKNOWN_CODE
    if run is not None and step is not None and stuck:
        run.state, step.status, step.next_attempt_at = "running", "pending", None
    elif run is None or run.state == "quarantined":
        return False
    return queue.wake(session, "run", run_id, unpark=stuck)


UNKNOWN_CODE = "delivery_unknown"


def outputs_as_json(outputs: Sequence[Any]) -> list[dict[str, Any]]:
    """Filed outputs as their row keeps them."""
    return [asdict(each) for each in outputs]
