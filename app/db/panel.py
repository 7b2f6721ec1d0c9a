"""What a panel shows of one store object, in two statements: columns, not entities, nothing asked of anybody else.

The first is one row: store, connection, snapshot, workspace, and as nested lists documents, publications with their
fields and requests on the way. The second, `history`, is one row per run with its
steps, its workflow and the event behind it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from app.db.cases import CaseRow
from app.db.circuits import OPENTEXT, Circuit
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.nested import Rows, rows_of, when
from app.db.panel_deliveries import DeliveryFacts, by_document, by_request, deliveries_of
from app.db.panel_facts import (
    CaseFacts,
    DocumentFacts,
    EventFacts,
    FieldFacts,
    LinkFacts,
    OrderOfCustomer,
    PanelRows,
    PublicationFacts,
    RequestFacts,
    RunFacts,
    ShopFacts,
    SnapshotFacts,
    StepFacts,
    TermsFacts,
    WorkflowFacts,
)
from app.db.panel_links import links, shelf_of, uploads_of
from app.db.policies import PolicyOfOrder, PolicyVersion
from app.db.publications import Publication, PublicationField
from app.db.rights import StoreRights, rights_from
from app.db.runs import Run, StepRow
from app.db.sale_holds import SaleHold
from app.db.stores import OpenTextConnection, ScenarioPreference, StoreRow, StoreUser, can_mail
from app.db.types import utc_now
from app.domain.rights import Traits

MOST_DOCUMENTS = 200
MOST_PUBLICATIONS = 5
MOST_FIELDS = 60
MOST_RUNS = 12
MOST_CASES = 20
MOST_TERMS = 20
SHOWN_AFTER_END = timedelta(minutes=10)
TRAITS = ("folders", "types", "categories")

# The tables as columns: their mapped attributes are typed as values, which a statement is not made of.
CASE: Any = CaseRow
CIRCUIT: Any = Circuit
EVENT: Any = InboxEvent
DOCUMENT: Any = FiledDocument
SNAPSHOT: Any = SubjectSnapshot
FLOW: Any = WorkflowLink
LINK: Any = WorkspaceLink
PUBLICATION: Any = Publication
FIELD: Any = PublicationField
POLICY: Any = PolicyVersion
OF_ORDER: Any = PolicyOfOrder
RIGHTS: Any = StoreRights
RUN: Any = Run
SALE_HOLD: Any = SaleHold
STEP: Any = StepRow
CONNECTION: Any = OpenTextConnection
STORE: Any = StoreRow
PREFERENCE: Any = ScenarioPreference
USER: Any = StoreUser


def read(session: Session, store_id: str, object_type: str, object_id: str) -> PanelRows | None:
    """Everything about one object, in two statements; None when the store itself is unknown."""
    row = session.execute(_about(store_id, object_type, object_id)).one_or_none()
    if row is None:
        return None
    return PanelRows(
        shop=ShopFacts(
            row.shop_name, row.state, row.pause_reason, row.timezone, row.currency, row.storefront_url,
            row.opentext_state or "", row.silent_since, can_mail(row.exstream),
            tuple(sorted(row.deployed_models or {})), row.locale,
        ),
        object_type=object_type,
        object_id=object_id,
        snapshot=_snapshot(row),
        link=_own_link(row),
        customer_id=row.customer_id or "",
        customer_link=_link(row, "customer"),
        documents=_documents(row.documents, by_document(row.deliveries)),
        publications=_publications(row.publications),
        requests=_requests(row.requests),
        runs=history(session, store_id, object_type, object_id),
        cases=_cases(row.cases),
        links=links(row.uploads, row.shelves, by_request(row.deliveries)),
        terms=_terms(row.terms),
        switched_off=tuple(sorted(one["scenario"] for one in row.switched_off)),
        is_off_sale=bool(row.is_off_sale),
        rights=rights_from(row.rights_mode, row.rights_contact, row.rights_entries, row.rights_version),
    )  # fmt: skip


def _about(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    link, customer = aliased(LINK, name="link"), aliased(LINK, name="customer")
    above, above_id = "customer", SNAPSHOT.customer_id
    if object_type == "customer":
        above, above_id = "company", SNAPSHOT.facts["company_id"].as_string()
    return (
        select(
            STORE.name.label("shop_name"), STORE.state, STORE.pause_reason, STORE.timezone, STORE.locale,
            STORE.currency, STORE.storefront_url, CONNECTION.state.label("opentext_state"), CONNECTION.exstream,
            CONNECTION.deployed_models,
            SNAPSHOT.name, SNAPSHOT.is_gone, SNAPSHOT.facts,
            SNAPSHOT.seen_at.label("snapshot_seen"), SNAPSHOT.customer_id,
            *_link_columns(link, "link"), *_link_columns(customer, "customer"), link.workflows, link.workflows_unknown,
            link.completeness,
            silent_since(store_id).label("silent_since"),
            RIGHTS.mode.label("rights_mode"), RIGHTS.contact.label("rights_contact"),
            RIGHTS.entries.label("rights_entries"), RIGHTS.version.label("rights_version"),
            rows_of(_documents_of(link)).label("documents"),
            rows_of(_publications_of(store_id, object_type, object_id)).label("publications"),
            rows_of(_requests_for(store_id, object_type, object_id)).label("requests"),
            rows_of(_cases_of(store_id, object_type, object_id)).label("cases"),
            rows_of(deliveries_of(store_id, object_type, object_id)).label("deliveries"),
            rows_of(uploads_of(store_id, object_type, object_id)).label("uploads"),
            rows_of(shelf_of(store_id, object_type, object_id)).label("shelves"),
            rows_of(_terms_of(store_id, object_type, object_id)).label("terms"),
            rows_of(_switched_off(store_id)).label("switched_off"),
            _is_off_sale(store_id, object_type, object_id).label("is_off_sale"),
        )
        .select_from(STORE)
        .outerjoin(CONNECTION, CONNECTION.store_id == STORE.id)
        .outerjoin(RIGHTS, RIGHTS.store_id == STORE.id)
        .outerjoin(SNAPSHOT, and_(
            SNAPSHOT.store_id == STORE.id,
            SNAPSHOT.object_type == object_type,
            SNAPSHOT.object_id == object_id,
        ))
        .outerjoin(link, and_(
            link.store_id == STORE.id, link.object_type == object_type, link.object_id == object_id,
        ))
        .outerjoin(customer, and_(
            customer.store_id == STORE.id, customer.object_type == above, customer.object_id == above_id,
        ))
        .where(STORE.id == store_id)
    )  # fmt: skip


def _link_columns(link: Any, prefix: str) -> list[ColumnElement[Any]]:
    return [
        link.workspace_name.label(f"{prefix}_name"),
        link.workspace_url.label(f"{prefix}_url"),
        link.linked_at.label(f"{prefix}_linked"),
        link.seen_at.label(f"{prefix}_seen"),
        link.workspace_id.label(f"{prefix}_node"),
    ]


def _snapshot(row: Row[Any]) -> SnapshotFacts | None:
    return SnapshotFacts(row.name, row.is_gone, row.facts or {}, row.snapshot_seen) if row.snapshot_seen else None


def _link(row: Row[Any], prefix: str) -> LinkFacts | None:
    values = row._mapping  # SQLAlchemy's public way to read a row by name
    if values[f"{prefix}_seen"] is None:
        return None
    name, url, linked, seen, node = (values[f"{prefix}_{each}"] for each in ("name", "url", "linked", "seen", "node"))
    return LinkFacts(name, url, linked, seen, node_id=node)


def _own_link(row: Row[Any]) -> LinkFacts | None:
    found = _link(row, "link")
    if found is None:
        return None
    unknown = tuple(name for name in row.workflows_unknown.split(",") if name)
    return replace(
        found,
        workflows=tuple(row.workflows or ()),
        workflows_unknown=unknown,
        completeness=dict(row.completeness or {}),
    )


def silent_since(store_id: str, *, opentext: bool = True) -> ScalarSelect[Any]:
    """Since when a part of OpenText (or else the store) has not answered; NULL while all do."""
    upstream = CIRCUIT.upstream.in_(OPENTEXT) if opentext else CIRCUIT.upstream.not_in(OPENTEXT)
    return select(func.min(CIRCUIT.failing_since)).where(CIRCUIT.store_id == store_id, upstream).scalar_subquery()


def _documents_of(link: Any) -> Select[Any]:
    d = DOCUMENT
    return (
        select(
            d.name, d.folder, d.version, d.size, d.mime_type, d.url, d.filed_by_us, d.record_class, d.record_schedule,
            d.kept_until, d.retention, d.holds, d.approval_status, d.approval_version, d.modified_at,
            d.id, d.node_id, d.folders, d.types, d.categories, d.record_class_id,
        )
        .where(d.link_id == link.id)
        .order_by(d.folder, d.name)
        .limit(MOST_DOCUMENTS)
        .correlate(link)
    )  # fmt: skip


def _publications_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    p, f = PUBLICATION, FIELD
    fields = (
        select(f.field, f.title, f.seq, f.before, f.after, f.live, f.state, f.note, f.changed_at)
        .where(f.publication_id == p.id)
        .order_by(f.state == "live", f.seq)  # of a long price agreement, what went wrong comes first
        .limit(MOST_FIELDS)
        .correlate(p)
    )
    return (
        select(
            p.id, p.run_id, p.version, p.document_name, p.document_url, p.approved_by, p.approved_at, p.state,
            p.published_at, p.checked_at, p.undone_at, p.created_at, p.node_id, rows_of(fields).label("fields"),
        )
        .where(p.store_id == store_id, p.object_type == object_type, p.object_id == object_id)
        .order_by(p.created_at.desc())
        .limit(MOST_PUBLICATIONS)
    )  # fmt: skip


def _switched_off(store_id: str) -> Select[Any]:
    """The scenarios a store has switched off; there are a few dozen in all."""
    mode = PREFERENCE.values["mode"].as_string()
    return select(PREFERENCE.scenario).where(PREFERENCE.store_id == store_id, mode == "off")


def _is_off_sale(store_id: str, object_type: str, object_id: str) -> ColumnElement[bool]:
    """Whether a reason of ours keeps a product hidden or from being bought; of other objects never."""
    if object_type != "product":
        return false()
    held = select(SALE_HOLD.id).where(SALE_HOLD.store_id == store_id, SALE_HOLD.product_id == object_id)
    return held.where(SALE_HOLD.state == "on").exists()


def _terms_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    """The policies and terms an order was placed under, the latest versions of a page; of other objects none."""
    versions = select(POLICY.title, POLICY.number, POLICY.url, POLICY.in_force_from, POLICY.in_force_to)
    if object_type == "page":
        kept = versions.where(POLICY.store_id == store_id, POLICY.page_id == object_id)
        return kept.order_by(POLICY.number.desc()).limit(MOST_TERMS)
    placed = OF_ORDER.order_id == object_id if object_type == "order" else false()
    return (
        versions.join(OF_ORDER, OF_ORDER.version_id == POLICY.id)
        .where(OF_ORDER.store_id == store_id, placed)
        .limit(MOST_TERMS)
    )


def _terms(rows: Rows) -> tuple[TermsFacts, ...]:
    found = [
        TermsFacts(row["title"], row["number"], row["url"], when(row["in_force_from"]), when(row["in_force_to"]))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.title.casefold(), -one.number)))


def _cases_of(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    """The latest cases of an order, a customer, a company or a product; of other objects none."""
    c = CASE
    columns = {"order": c.order_id, "customer": c.customer_id, "company": c.company_id, "product": c.product_id}
    owner = columns[object_type] == object_id if object_type in columns else false()
    runs = and_(RUN.store_id == c.store_id, RUN.subject_type == "case", RUN.subject_id == c.id)
    tasks = select(FLOW.tasks).join(RUN, RUN.id == FLOW.run_id).where(runs, FLOW.status == "running").limit(1)
    stuck = select(RUN.id).where(runs, RUN.state.in_(("quarantined", "waiting_reauth"))).limit(1)
    place = and_(LINK.store_id == c.store_id, LINK.object_type == "case", LINK.object_id == c.id)
    return (
        select(
            c.id, c.number, c.title, c.state, c.reason, c.order_id, c.opened_at, c.due_at, c.outcome, c.amount,
            c.currency, select(LINK.workspace_url).where(place).scalar_subquery().label("workspace_url"),
            select(LINK.workspace_id).where(place).scalar_subquery().label("node_id"),
            tasks.scalar_subquery().label("tasks"), stuck.scalar_subquery().label("stuck_run"),
        )
        .where(c.store_id == store_id, owner)
        .order_by(c.opened_at.desc())
        .limit(MOST_CASES)
    )  # fmt: skip


def _cases(rows: Rows) -> tuple[CaseFacts, ...]:
    found = [
        CaseFacts(
            **row
            | {
                "opened_at": when(row["opened_at"]),
                "due_at": when(row["due_at"]),
                "tasks": tuple(row["tasks"] or ()),
                "workspace_url": row["workspace_url"] or "",
                "stuck_run": row["stuck_run"] or "",
                "node_id": row["node_id"] or 0,
            }
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (str(one.opened_at), one.number), reverse=True))


def _requests_for(store_id: str, object_type: str, object_id: str) -> Select[Any]:
    e = EVENT
    return select(e.detail["request"].as_string().label("request"), e.received_at, e.state, e.reason).where(
        e.store_id == store_id,
        e.object_type == object_type,
        e.object_id == object_id,
        e.source == "person",
        or_(e.state.in_(("accepted", "planned")), e.ended_at > utc_now() - SHOWN_AFTER_END),
    )


def _requests(rows: Rows) -> tuple[RequestFacts, ...]:
    return tuple(
        RequestFacts(row["request"] or "", when(row["received_at"]), row["state"], row["reason"]) for row in rows
    )


def _documents(rows: Rows, delivered: dict[int, DeliveryFacts]) -> tuple[DocumentFacts, ...]:
    found = (
        DocumentFacts(
            **{name: value for name, value in row.items() if name not in TRAITS}
            | {
                "kept_until": when(row["kept_until"]),
                "modified_at": when(row["modified_at"]),
                "holds": tuple(row["holds"] or ()),
                "filed_by_us": bool(row["filed_by_us"]),
                "traits": _traits(row),
                "delivery": delivered.get(row["node_id"]),
            }
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (one.folder, one.name.casefold())))


def _traits(row: dict[str, Any]) -> Traits:
    folders, types, categories = (None if row[name] is None else tuple(row[name]) for name in TRAITS)
    return Traits(folders, types, categories, row["record_class"])


def _publications(rows: Rows) -> tuple[PublicationFacts, ...]:
    times = ("approved_at", "published_at", "checked_at", "undone_at", "created_at")
    found = [
        PublicationFacts(**row | {name: when(row[name]) for name in times} | {"fields": _fields(row["fields"])})
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: str(one.created_at), reverse=True))


def _fields(rows: Rows) -> tuple[FieldFacts, ...]:
    values = ("before", "after", "live")
    found = (
        FieldFacts(**row | {name: row[name] or {} for name in values} | {"changed_at": when(row["changed_at"])})
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: one.seq))


def history(
    session: Session, store_id: str, object_type: str, object_id: str, most: int = MOST_RUNS
) -> tuple[RunFacts, ...]:
    """The object's latest runs, newest first, in one statement."""
    statement = (
        _runs()
        .where(RUN.store_id == store_id, RUN.subject_type == object_type, RUN.subject_id == object_id)
        .where(RUN.state != "shadow")
        .order_by(_by_value(RUN.started_at).desc(), RUN.id)
        .limit(most)
    )
    return tuple(_run(row) for row in session.execute(statement))


def open_runs(
    session: Session, store_id: str, object_type: str, object_id: str, scenarios: Collection[str]
) -> tuple[RunFacts, ...]:
    """The object's runs of these scenarios that have not come to their end, oldest first, in one statement."""
    statement = (
        _runs()
        .where(RUN.store_id == store_id, RUN.subject_type == object_type, RUN.subject_id == object_id)
        .where(RUN.scenario.in_(scenarios), RUN.state.not_in(("done", "cancelled", "shadow")))
        .order_by(_by_value(RUN.started_at), RUN.id)
        .limit(MOST_RUNS)
    )
    return tuple(_run(row) for row in session.execute(statement))


def _by_value(column: Any) -> ColumnElement[Any]:
    """Sort the few rows found; never walk a whole table in the order of an index on this column to find them."""
    return func.coalesce(column, column)


def run(session: Session, store_id: str, run_id: str) -> tuple[RunFacts, str, str] | None:
    """One run of this store with (object type, object id); None also for another store's."""
    statement = _runs(RUN.subject_type, RUN.subject_id).where(RUN.store_id == store_id, RUN.id == run_id)
    row = session.execute(statement).one_or_none()
    return (_run(row), row.subject_type, row.subject_id) if row else None


def _runs(*more: Any) -> Select[Any]:
    s, w, e = STEP, FLOW, EVENT
    steps = (
        select(
            s.seq, s.kind, s.params, s.status, s.attempts, s.summary, s.error_code, s.error_message, s.error_hint,
            s.next_attempt_at, s.started_at, s.ended_at,
        )
        .where(s.run_id == RUN.id)
        .correlate(RUN)
    )  # fmt: skip
    return (
        select(
            RUN.id, RUN.scenario, RUN.subject_name, RUN.reasons, RUN.facts, RUN.state, RUN.outcome, RUN.correlation_id,
            RUN.started_at, RUN.changed_at, RUN.ended_at, rows_of(steps).label("steps"),
            w.instance_id, w.status.label("w_status"), w.tasks, w.outcome.label("w_outcome"), w.decided_by,
            w.decided_at, w.comment, w.found_by, w.started_at.label("w_started"), w.seen_at.label("w_seen"),
            e.source, e.topic, e.detail, e.received_at, USER.email.label("person"),
            *more,
        )
        .select_from(RUN)
        .outerjoin(w, w.run_id == RUN.id)
        .outerjoin(e, and_(e.id == RUN.event_id, e.store_id == RUN.store_id))
        .outerjoin(USER, and_(
            USER.store_id == RUN.store_id,
            e.detail["user"].as_string() == "user:" + USER.id,
        ))
    )  # fmt: skip


def _run(row: Row[Any]) -> RunFacts:
    workflow = None
    if row.w_status is not None:
        workflow = WorkflowFacts(
            row.instance_id, row.w_status, tuple(row.tasks or ()), row.w_outcome, row.decided_by, row.decided_at,
            row.comment, row.found_by, row.w_started, row.w_seen,
        )  # fmt: skip
    event = None
    if row.received_at is not None:
        request = (row.detail or {}).get("request", "")
        event = EventFacts(row.source, row.topic, request, row.person or "", row.received_at)
    return RunFacts(
        row.id, row.scenario, row.subject_name, tuple(row.reasons or ()), row.facts or {}, row.state, row.outcome,
        row.correlation_id, row.started_at, row.changed_at, row.ended_at, _steps(row.steps), workflow, event,
    )  # fmt: skip


def _steps(rows: Rows) -> tuple[StepFacts, ...]:
    times = ("next_attempt_at", "started_at", "ended_at")
    found = (StepFacts(**row | {name: when(row[name]) for name in times}) for row in rows)
    return tuple(sorted(found, key=lambda one: one.seq))


def names(session: Session, store_id: str, object_type: str, ids: Collection[str]) -> tuple[tuple[str, str], ...]:
    """(id, name) of those of these objects we know, by name."""
    if not ids:
        return ()
    statement = select(SNAPSHOT.object_id, SNAPSHOT.name).where(
        SNAPSHOT.store_id == store_id, SNAPSHOT.object_type == object_type, SNAPSHOT.object_id.in_(ids)
    )
    found = [(str(row.object_id), str(row.name)) for row in session.execute(statement)]
    return tuple(sorted(found, key=lambda one: (one[1].casefold(), one[0])))


def orders_of_customers(
    session: Session, store_id: str, customers: Collection[str], most: int = 20
) -> tuple[OrderOfCustomer, ...]:
    """These customers’ orders that something was done about, latest first. None of their ids may be empty."""
    if not customers:
        return ()
    statement = (
        select(
            SNAPSHOT.object_id, SNAPSHOT.name, SNAPSHOT.facts, LINK.workspace_url,
            LINK.workspace_id.label("node_id"), RUN.outcome, RUN.state, RUN.started_at,
        )
        .select_from(SNAPSHOT)
        .join(RUN, and_(
            RUN.store_id == SNAPSHOT.store_id,
            RUN.subject_type == "order",
            RUN.subject_id == SNAPSHOT.object_id,
        ))
        .outerjoin(LINK, and_(
            LINK.store_id == SNAPSHOT.store_id,
            LINK.object_type == "order",
            LINK.object_id == SNAPSHOT.object_id,
        ))
        .where(
            SNAPSHOT.store_id == store_id,
            SNAPSHOT.customer_id.in_(customers),  # only orders have one
        )
        .order_by(_by_value(RUN.started_at).desc())
        .limit(most * 3)
    )  # fmt: skip
    latest: dict[str, OrderOfCustomer] = {}
    for row in session.execute(statement):
        values = dict(row._mapping) | {"workspace_url": row.workspace_url or "", "facts": row.facts or {}}
        values["node_id"] = row.node_id or 0
        latest.setdefault(row.object_id, OrderOfCustomer(**values))
    return tuple(latest.values())[:most]
