"""The step that brings a filed communication to its buyer.

Delivering is not idempotent on the other side: an attempt is written down before its call, its handle right after, and
one whose outcome nobody knows is never made again by itself.
"""

from collections import defaultdict
from datetime import datetime

from app.db import communications as rows
from app.db.communications import GIVEN_UP, REFUSED, SENDING, UNKNOWN, CommunicationDelivery, CommunicationRow
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.cases import Case
from app.domain.commerce import Address, Customer, Order
from app.domain.communications import Buyer, Channel, Chosen, choose_channel, masked, wish_of
from app.domain.content import DeliveryState, DeliveryStatus, FiledCommunication, FiledOutput, Recipient
from app.domain.steps import DeliverCommunication
from app.domain.trade import Company
from app.engine import communications, queue, subjects
from app.engine.drivers import reading as driver_reading
from app.engine.handlers import request_mail
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import AppError, Permanent
from app.opentext.exstream.delivery import Dispatch, ExstreamChannel

PDF, HTML = "application/pdf", "text/html"
HANDED = "“{name}” was handed to Exstream for {whom}."  # to print or to mail
SAID = {
    "mail": "“{name}” was mailed to {whom}.", "sms": "“{name}” was sent by text message to {whom}.",
    "portal": "“{name}” was laid out for {whom}.",
}  # fmt: skip
DEFAULT_TEXT = "{about}: the document is ready for you."


def deliver_communication(context: Context, step: DeliverCommunication) -> Result:
    """Send once, then wait for the channel's end: polled, woken by callbacks, given up after the settings' time."""
    row = _communication(context, step)
    with reading(context.deps.database) as session:
        latest = rows.latest_delivery(session, row.job_key)
    is_harmless = latest is not None and latest.channel == Channel.PORTAL and latest.state == SENDING
    if latest is None or latest.state == REFUSED or latest.may_repeat or is_harmless:
        return _send(context, step, row, latest)
    if latest.state in (SENDING, UNKNOWN):
        return _wait_for_a_sign(context, row, latest)
    if latest.final_at is None and latest.state != GIVEN_UP:
        return _watch(context, row, latest)
    return _ended(row, latest, DeliveryState(latest.state) if latest.state != GIVEN_UP else None)


def _communication(context: Context, step: DeliverCommunication) -> CommunicationRow:
    with reading(context.deps.database) as session:
        row = rows.of_run(session, context.run_id, step.document)
    if row is None or row.state != "filed":
        raise Permanent(f"Nothing was composed as “{step.document}” that could be sent.", code="no_communication")
    return row


def _send(
    context: Context, step: DeliverCommunication, row: CommunicationRow, latest: CommunicationDelivery | None
) -> Result:
    if step.purpose == "marketing":
        context.changed()  # consent is what it is now, not what it was when the letter was composed
    buyer, opentext = _buyer(context, step), context.opentext
    preference = "mail" if step.says else str(getattr(context.preferences, "channel", "buyer"))
    ways = communications.ways(opentext)
    chosen = choose_channel(step.channel, preference, buyer, ways, step.purpose, step.consent)
    if chosen.channel is None:
        return Skipped(f"“{row.name}” was filed and not sent. {chosen.why}")
    if step.says and chosen.channel is not Channel.MAIL:
        raise Permanent(
            "There is no mail address that may be written to.", code="no_address",
            hint="Enter it at the customer in the store, then try again. Or copy the text and send it yourself.",
        )  # fmt: skip
    attempt = 1 if latest is None else latest.attempt if not latest.may_repeat else latest.attempt + 1
    delivery = _intend(context, step, row, chosen, buyer, attempt)
    channel = communications.channel(context.deps, context.store_id, delivery.provider)
    dispatch = _dispatch(context, step, row, delivery, buyer)
    context.effects.still_mine()
    try:
        handle = channel.deliver(dispatch)
    except AppError as error:
        return _not_sent(context, row, delivery, error)
    with unit_of_work(context.deps.database) as uow:
        communications.record(uow.session.get_one(CommunicationDelivery, delivery.key), handle)
    delivery.provider_job, delivery.handed_at, delivery.sent = handle.job_id, utc_now(), list(handle.sent)
    if chosen.channel is Channel.PORTAL:
        context.facts["links"] = context.facts.get("links", {}) | {step.document: dispatch.link}
        communications.refresh(context.deps, delivery)
        return Done(f"“{row.name}” lies ready for the buyer. {chosen.why}", {"links": context.facts["links"]})
    return _still(context, row, delivery, chosen.why)


def _intend(
    context: Context, step: DeliverCommunication, row: CommunicationRow, chosen: Chosen, buyer: Buyer, attempt: int
) -> CommunicationDelivery:
    """Written down before the call: whoever finds it so knows that something may have gone out."""
    assert chosen.channel is not None  # noqa: S101  # narrows the type
    address = buyer.phone if chosen.channel is Channel.SMS else buyer.email
    provider = communications.provider_of(chosen.channel, context.opentext)
    told = {"ref": communications.BUYER, "state": SENDING, "address": masked(address), "attempts": [],
            "delivered_at": "", "opened_at": "", "opted_out": False, "reason": ""}  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        session, key = uow.session, f"{row.job_key}:{attempt}"
        queue.assert_mine(session, context.claim)
        delivery = session.get(CommunicationDelivery, key) or CommunicationDelivery(
            key=key, job_key=row.job_key, store_id=context.store_id, run_id=context.run_id, attempt=attempt, channel=""
        )
        delivery.channel, delivery.provider = chosen.channel.value, provider
        delivery.state, delivery.asked_at, delivery.reason = SENDING, utc_now(), ""
        delivery.is_marketing = step.purpose == "marketing"
        delivery.address_mark = communications.address_mark(context.store_id, address) if address else ""
        delivery.recipients = [told]
        session.add(delivery)
        return delivery


def _dispatch(
    context: Context, step: DeliverCommunication, row: CommunicationRow, delivery: CommunicationDelivery, buyer: Buyer
) -> Dispatch:
    outputs = tuple(FiledOutput(**each) for each in row.outputs)
    filed = FiledCommunication(
        row.job_key, row.template, row.template_version, row.domain, row.communication_id, row.driver_sha256, outputs,
        row.composed_at or row.created_at, tuple(row.notes),
    )  # fmt: skip
    recipients = (Recipient(communications.BUYER, buyer.name, buyer.email, buyer.phone),)
    if step.says:
        mail, address = request_mail.letter(context)
        return Dispatch(
            key=delivery.key, communication=filed, recipients=recipients, subject=mail.subject, text=mail.body,
            link=address, language=mail.lang, is_whole=True,
            is_mail=True,
        )  # fmt: skip
    of = context.opentext.connection.exstream
    attach = bool(of and (of.notifications is None or of.notifications.attach))  # their own service gets what it sends
    kinds = {"mail": (HTML, PDF) if attach else (), "print": (PDF,)}.get(delivery.channel, ())
    link = communications.share(context.deps, context.store_id, delivery.key, context.subject_id, row.outputs[0])
    words = _words(context, row)
    return Dispatch(
        key=delivery.key, communication=filed, recipients=recipients,
        subject=(step.subject or "{about}").format_map(words), text=(step.text or DEFAULT_TEXT).format_map(words),
        link=link, mime_types=kinds, is_mail=delivery.channel == Channel.MAIL,
    )  # fmt: skip


def _words(context: Context, row: CommunicationRow) -> defaultdict[str, str]:
    """What {placeholders} of a message stand for; an unknown one is left empty."""
    known = {name: value for name, value in context.facts.items() if isinstance(value, str)}
    known |= {
        "number": driver_reading.number(context), "about": subjects.name(context.subject), "document": row.name,
        "store": context.store.read.profile().name, "shelf": driver_reading.shelf_link(context),
    }  # fmt: skip
    return defaultdict(str, known)


def _not_sent(context: Context, row: CommunicationRow, delivery: CommunicationDelivery, error: AppError) -> Result:
    """Surely not, or nobody knows: the second waits for a sign and then for a person. Raises the first's error."""
    unknown = communications.is_unknown(error)
    with unit_of_work(context.deps.database) as uow:
        kept = uow.session.get_one(CommunicationDelivery, delivery.key)
        if kept.state != SENDING:  # the channel told us of it meanwhile: it did go out
            return _still(context, row, kept, "")
        kept.state, kept.reason = UNKNOWN if unknown else REFUSED, error.message
    if unknown:
        return _wait_for_a_sign(context, row, delivery)
    raise error


def _wait_for_a_sign(context: Context, row: CommunicationRow, delivery: CommunicationDelivery) -> Result:
    """The channel may tell us of it by itself within one poll; after that only a person can know."""
    left = context.deps.settings.periods.delivery_poll.total_seconds() - _age(delivery.asked_at)
    if delivery.state == SENDING:
        with unit_of_work(context.deps.database) as uow:
            kept = uow.session.get_one(CommunicationDelivery, delivery.key)
            kept.state = UNKNOWN if kept.state == SENDING else kept.state
    if left > 0 and context.step_result.get("waited_for") != delivery.key:
        words = f"It is not known whether “{row.name}” went out; we wait for word of it."
        return Wait(words, left, {"waited_for": delivery.key})
    raise Permanent(
        f"It is not known whether “{row.name}” went out to the buyer.", code=communications.UNKNOWN_CODE,
        hint="Look for it where messages are sent. If it did not go out, try again: it is sent once more. If it did, "
        "leave this step out.",
    )  # fmt: skip


def _watch(context: Context, row: CommunicationRow, delivery: CommunicationDelivery) -> Result:
    status = communications.refresh(context.deps, delivery)
    with reading(context.deps.database) as session:
        fresh = session.get_one(CommunicationDelivery, delivery.key)
    if status.is_final:
        return _ended(row, fresh, status.state)
    if _age(fresh.handed_at or fresh.asked_at) < context.deps.settings.periods.delivery_watch.total_seconds():
        return _still(context, row, fresh, _progress(status))
    with unit_of_work(context.deps.database) as uow:
        kept = uow.session.get_one(CommunicationDelivery, delivery.key)
        kept.state, kept.final_at = GIVEN_UP, utc_now()
    return _ended(row, fresh, None)


def _still(context: Context, row: CommunicationRow, delivery: CommunicationDelivery, why: str) -> Wait:
    poll = context.deps.settings.periods.delivery_poll.total_seconds()
    words = f"{_sent(row, delivery)} {why}".strip()
    return Wait(words, poll, {"delivery": delivery.key})


def _progress(status: DeliveryStatus) -> str:
    if status.state is DeliveryState.HANDED_OVER:
        return "Exstream sends it on; nothing more was reported yet."
    return "It is under way."


def _whom(delivery: CommunicationDelivery) -> str:
    return ", ".join(each["address"] for each in delivery.recipients if each.get("address")) or "the buyer"


def _sent(row: CommunicationRow, delivery: CommunicationDelivery) -> str:
    by_exstream = delivery.provider == ExstreamChannel.name
    return (HANDED if by_exstream else SAID[delivery.channel]).format(name=row.name, whom=_whom(delivery))


def _ended(row: CommunicationRow, delivery: CommunicationDelivery, state: DeliveryState | None) -> Result:
    said = _sent(row, delivery)
    result = {"delivery": delivery.key}
    if state is DeliveryState.FAILED:
        raise Permanent(
            f"“{row.name}” could not be delivered to {_whom(delivery)}. {delivery.reason}".strip(),
            code="delivery_failed",
            hint="Correct the buyer's address in the store, then try again: it is sent once more. Or leave this step "
            "out: the document stays filed.",
        )  # fmt: skip
    if state is None:
        return Done(f"{said} What became of it nobody told us.", result=result)
    if state is DeliveryState.DELIVERED_PARTLY:
        return Done(f"{said} Not everybody got it. {delivery.reason}".strip(), result=result)
    return Done(f"{said} It arrived.", result=result)


def _age(since: datetime) -> float:
    return (utc_now() - since).total_seconds()


# The buyer


def _buyer(context: Context, step: DeliverCommunication) -> Buyer:
    """Who gets it, from the subject; wishes and consent from the account, read now and never kept."""
    subject = context.subject
    order = subject if isinstance(subject, Order) else None
    if isinstance(subject, Case) and subject.order_id:
        order = context.store.read.order(subject.order_id)
    account = _account(context, order)
    company = subject if isinstance(subject, Company) else None
    address = order.billing if order else next(iter(account.addresses if account else ()), Address())
    email = (order.customer_email if order else "") or (company.email if company else "")
    email = email or (account.email if account else "")
    with reading(context.deps.database) as session:
        mark, marketing = communications.address_mark(context.store_id, email), step.purpose == "marketing"
        opted_out = bool(email) and rows.has_opted_out(session, context.store_id, mark, marketing=marketing)
    return Buyer(
        name=(order.customer_name if order else "") or (account.name if account else "") or subjects.name(subject),
        email=email, phone=address.phone or (account.phone if account else ""),
        has_address=bool(address.street and address.city), wish=wish_of(account.attributes) if account else "",
        consents=account.consents if account else frozenset(),
        opted_out=opted_out,
    )  # fmt: skip


def _account(context: Context, order: Order | None) -> Customer | None:
    subject = context.subject
    if isinstance(subject, Customer):
        return subject
    found = order.customer_id if order else subject.customer_id if isinstance(subject, Case) else None
    if isinstance(subject, Company):
        found = next(iter(subject.members), None)
    return driver_reading.person(context, found)
