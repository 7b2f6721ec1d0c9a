"""What one accepted event leads to: the subject read again, every scenario asked, runs written. Or nothing, and why."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlmodel import Session, col

from app.db import audit
from app.db.inbox import InboxEvent
from app.db.links import WorkflowLink, WorkspaceLink
from app.db.session import reading, unit_of_work
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.events import Event, Source, Topic
from app.domain.ids import NodeId, ObjectType, Provider, StoreId
from app.domain.order_parts import OrderPart
from app.domain.planning import PlannedRun, needs, plan
from app.domain.scenario import Preferences, Subject
from app.engine import (
    circuits,
    communications,
    first_setup,
    holding,
    installs,
    knowledge,
    preferences,
    privacy_requests,
    publications,
    queue,
    reconcile,
    runs,
    server_names,
    setup,
    subjects,
)
from app.engine.deps import Deps
from app.errors import NeedsReauth, NotFound
from app.scenarios import ALL

log = structlog.get_logger(__name__)
ABOUT_SUBJECTS = frozenset(
    {
        Topic.ORDER_CHANGED,
        Topic.ORDER_MESSAGE,
        Topic.PRODUCT_CHANGED,
        Topic.STOCK_CHANGED,
        Topic.CUSTOMER_CHANGED,
        Topic.COMPANY_CHANGED,
        Topic.CASE_CHANGED,
        Topic.PAGE_CHANGED,
        Topic.PROMOTION_CHANGED,
        Topic.QUOTE_CHANGED,
        Topic.DOCUMENT_ARRIVED,
        Topic.TIME_CAME,
        Topic.ANNOUNCED,
        Topic.APP_INSTALLED,
        Topic.REQUESTED,
    }
)
# After these, what was published from the object is compared with what is live.
LOOKED_AT = frozenset(
    {Topic.PRODUCT_CHANGED, Topic.CUSTOMER_CHANGED, Topic.COMPANY_CHANGED, Topic.PAGE_CHANGED, Topic.REQUESTED}
)


def handle(deps: Deps, claim: queue.Claim) -> None:
    """Take one event to its end. Errors leave here for the caller to record."""
    event, correlation_id, received_at, store = _load(deps, claim)
    names = {"correlation_id": correlation_id, "store_id": event.store_id, "topic": event.topic.value}
    with structlog.contextvars.bound_contextvars(**names), circuits.asked_by(person=event.source is Source.PERSON):
        unheard = _unheard(store, event)
        if unheard:
            return _end(deps, claim, "ignored", unheard)
        if event.topic in privacy_requests.KINDS:
            return _answer_privacy_request(deps, claim, event, received_at)
        if event.topic is Topic.WORKFLOW_DECIDED:
            return _wake_decided_run(deps, claim, event)
        if event.topic is Topic.APP_UNINSTALLED:
            return _confirm_uninstall(deps, claim, event, received_at)
        if event.topic is Topic.SCOPES_CHANGED:
            return _note_scopes(deps, claim, event)
        if event.topic is Topic.DELIVERY_REPORTED:
            return _end(deps, claim, *communications.hear(deps, event))
        if event.topic in ABOUT_OTHERS:
            return ABOUT_OTHERS[event.topic](deps, claim, event, correlation_id)
        if event.topic is Topic.PRODUCT_DELETED:
            return _note_gone(deps, claim, event)
        if event.topic not in ABOUT_SUBJECTS or event.object_type not in set(ObjectType):
            return _end(deps, claim, "ignored", "not_acted_on")
        return _plan_subject(deps, claim, event, correlation_id)


def _unheard(store: StoreRow | None, event: Event) -> str:
    """Why an event changes nothing; what concerns people's data is heard after the end of an installation, too."""
    if store is None:
        return "unknown_store"
    lasts = event.topic is Topic.APP_INSTALLED or event.topic in privacy_requests.KINDS
    return "uninstalled" if store.state == "uninstalled" and not lasts else ""


def _load(deps: Deps, claim: queue.Claim) -> tuple[Event, str, datetime, StoreRow | None]:
    with reading(deps.database) as session:
        row = session.get_one(InboxEvent, claim.ref_id)
        store = session.get(StoreRow, row.store_id)
        event = Event(
            row.id, StoreId(row.store_id), Source(row.source), Topic(row.topic), row.object_type, row.object_id,
            dict(row.detail),
        )  # fmt: skip
        return event, row.correlation_id, row.received_at, store


def _plan_subject(deps: Deps, claim: queue.Claim, event: Event, correlation_id: str) -> None:
    if event.detail.get("request") == "reconcile":
        found = reconcile.run(deps, event.store_id)
        return _end(deps, claim, "done", f"{found} changes found that no delivery had told us")
    object_type = ObjectType(event.object_type)
    if event.detail.get("request") == "check_set_up":
        report = setup.run(deps, event.store_id, deps.store(event.store_id).read.profile())
        return _end(deps, claim, "done", f"{len(report)} parts checked")
    if event.detail.get("request") == server_names.REQUEST:
        return _end(deps, claim, "done", server_names.refresh(deps, event.store_id))
    if event.detail.get("request") == first_setup.REQUEST:
        return _end(deps, claim, "done", first_setup.begin(deps, event))
    try:
        parts = needs(event, ALL, _preferences(deps, event.store_id), _provider(event.store_id))
        if event.detail.get("shipment_id"):
            parts |= {OrderPart.SHIPMENTS}
        read = subjects.read(deps, event.store_id, object_type, event.object_id, parts)
        read = subjects.with_tracking(deps, event.store_id, read)
    except NotFound:
        return _note_gone(deps, claim, event)
    subject = holding.without_our_own_hold(deps, event.store_id, read)
    if event.detail.get("request") == "recheck":
        knowledge.refresh(deps, event.store_id, object_type, event.object_id)
    if event.topic in LOOKED_AT:
        whole = event.detail.get("request") in ("look", "recheck")
        publications.note_drift(deps, event.store_id, object_type, event.object_id, subject, whole=whole)
    _write_plan(deps, claim, event, subject, correlation_id)
    return None


def _write_plan(deps: Deps, claim: queue.Claim, event: Event, subject: Subject, correlation_id: str) -> None:
    """Snapshot, runs, and the event's end in one transaction."""
    planned = plan(event, subject, ALL, _preferences(deps, event.store_id), _provider(event.store_id))
    with unit_of_work(deps.database) as uow:
        subjects.remember(uow.session, event.store_id, event.object_type, event.object_id, subject)
        created = [_create(uow.session, event, subject, correlation_id, one) for one in planned]
        count = sum(created)
        reason = "planned" if count else "already_under_way" if planned else "no_scenario_applies"
        _end_in(uow.session, claim, "done", reason)
        if count:
            uow.after_commit(deps.doorbell.ring)
    log.info("event_planned", runs=count, reason=reason)


def _preferences(deps: Deps, store_id: StoreId) -> dict[str, Preferences]:
    with reading(deps.database) as session:
        return preferences.load_all(session, store_id, ALL)


def _provider(store_id: StoreId) -> Provider:
    return Provider(store_id.partition(":")[0])


def _create(session: Session, event: Event, subject: Subject, correlation_id: str, planned: PlannedRun) -> bool:
    run = runs.create(session, event, subjects.name(subject), correlation_id, planned)
    if run is not None and event.source is Source.PERSON:
        actor = event.detail.get("user", "somebody")
        audit.record(session, event.store_id, actor, event.detail.get("request", "requested"),
                     f"{event.object_type}:{event.object_id}", run=run.id)  # fmt: skip
    return run is not None


def _wake_decided_run(deps: Deps, claim: queue.Claim, event: Event) -> None:
    """The callback is a hint: note what it claimed, make the run look at the history now."""
    run_id = event.detail.get("run", "")
    with unit_of_work(deps.database) as uow:
        session = uow.session
        link = session.get(WorkflowLink, run_id)
        if link is None or link.store_id != event.store_id:
            _end_in(session, claim, "ignored", "unknown_case")
            return
        if not link.hinted_outcome:
            link.hinted_outcome = event.detail.get("decision", "")
        woken = queue.wake(session, "run", run_id)
        _end_in(session, claim, "done", "run_woken" if woken else "already_decided")
        uow.after_commit(deps.doorbell.ring)


def _plan_approved_content(deps: Deps, claim: queue.Claim, event: Event, correlation_id: str) -> None:
    """Find whose workspace holds the document, then plan as if that object had said so, naming the document."""
    node_id = NodeId(int(event.detail["node_id"]))
    opentext = deps.opentext(event.store_id)
    approval = opentext.documents.approval(node_id)
    if not approval.is_approved:
        return _end(deps, claim, "ignored", f"not_approved: {approval.status or 'never asked'}")
    workspace_id = opentext.workspaces.workspace_of(node_id)
    with reading(deps.database) as session:
        link = session.execute(
            select(WorkspaceLink).where(
                col(WorkspaceLink.store_id) == event.store_id, col(WorkspaceLink.workspace_id) == workspace_id
            )
        ).scalar_one_or_none()
    if link is None:
        return _end(deps, claim, "ignored", "nothing_linked_to_this_workspace")
    detail = {
        "node_id": str(node_id), "version": str(approval.version), "occasion": f"{node_id}:{approval.version}",
        "document_name": opentext.documents.get(node_id).name,
    }  # fmt: skip
    about = replace(event, object_type=link.object_type, object_id=link.object_id, detail=detail)
    subject = subjects.read(deps, event.store_id, ObjectType(link.object_type), link.object_id)
    _write_plan(deps, claim, about, subject, correlation_id)
    return None


def _plan_abandoned_cart(deps: Deps, claim: queue.Claim, event: Event, correlation_id: str) -> None:
    """Plan for whom the cart belongs to; nobody is written to about a guest's cart, or one that has become an order."""
    read = deps.store(event.store_id).read
    try:
        cart = read.cart(event.detail.get("cart_id", ""))
        customer = read.customer(cart.customer_id) if cart.customer_id else None
    except NotFound:
        return _end(deps, claim, "ignored", "cart_gone")
    if customer is None:
        return _end(deps, claim, "ignored", "guest_cart")
    detail = {"cart_id": cart.id}
    about = replace(event, object_type=ObjectType.CUSTOMER.value, object_id=str(customer.id), detail=detail)
    _write_plan(deps, claim, about, customer, correlation_id)
    return None


def _plan_shipping(deps: Deps, claim: queue.Claim, event: Event, correlation_id: str) -> None:
    """As if the order itself had said so, with what happened to its goods."""
    try:
        order_id = deps.store(event.store_id).read.order_of_shipping(event.object_id)
    except NotFound:
        return _end(deps, claim, "ignored", "gone")
    detail = {name: event.detail[name] for name in ("happened",) if name in event.detail}
    about = replace(event, topic=Topic.ORDER_CHANGED, object_type=ObjectType.ORDER.value, object_id=order_id,
                    detail=detail)  # fmt: skip
    return _plan_subject(deps, claim, about, correlation_id)


# Events that name something whose owner has to be found first.
ABOUT_OTHERS = {
    Topic.CONTENT_APPROVED: _plan_approved_content, Topic.CART_ABANDONED: _plan_abandoned_cart,
    Topic.SHIPPING_CHANGED: _plan_shipping,
}  # fmt: skip


def _confirm_uninstall(deps: Deps, claim: queue.Claim, event: Event, received_at: datetime) -> None:
    """A delivery says the app is gone; the store's own answer decides, for the message may be old."""
    try:
        deps.store(event.store_id).read.profile()
    except NeedsReauth:
        with unit_of_work(deps.database) as uow:
            store = uow.session.get_one(StoreRow, event.store_id)
            if store.installed_at <= received_at:
                installs.forget(uow.session, store, "store")
            _end_in(uow.session, claim, "done", "uninstalled")
        return
    _end(deps, claim, "ignored", "still_installed")


def _note_scopes(deps: Deps, claim: queue.Claim, event: Event) -> None:
    """A delivery says what the app may do has changed; the store's own answer is kept, then what follows is set up."""
    access = deps.store(event.store_id).access
    if access is not None:
        access.renew()
    report = setup.run(deps, event.store_id, deps.store(event.store_id).read.profile())
    _end(deps, claim, "done", f"{len(report)} parts checked")


def _answer_privacy_request(deps: Deps, claim: queue.Claim, event: Event, received_at: datetime) -> None:
    ended = privacy_requests.handle(deps, event, received_at)
    if ended is not None:  # else the event and its claim went with everything else of the store
        _end(deps, claim, *ended)


def _note_gone(deps: Deps, claim: queue.Claim, event: Event) -> None:
    with unit_of_work(deps.database) as uow:
        if event.object_type != ObjectType.STORE:
            subjects.remember_gone(uow.session, event.store_id, event.object_type, event.object_id)
        _end_in(uow.session, claim, "ignored", "gone")


def _end(deps: Deps, claim: queue.Claim, state: str, reason: str) -> None:
    with unit_of_work(deps.database) as uow:
        _end_in(uow.session, claim, state, reason)
    log.info("event_ended", state=state, reason=reason)


def _end_in(session: Session, claim: queue.Claim, state: str, reason: str) -> None:
    row = session.get_one(InboxEvent, claim.ref_id)
    row.state, row.reason, row.ended_at = state, reason, utc_now()
    queue.finish(session, claim)
