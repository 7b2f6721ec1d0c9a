"""A store's rows as the engine leaves them, and people looking at its pages. Nothing here asks a store or OpenText."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, select
from werkzeug.test import TestResponse

from app import wiring
from app.db import search
from app.db.inbox import InboxEvent
from app.db.links import FiledDocument, SubjectSnapshot, WorkflowLink, WorkspaceLink
from app.db.policies import PolicyVersion
from app.db.publications import Publication, PublicationField
from app.db.runs import Run, StepRow, Work
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow, StoreUser, WebSession
from app.db.types import new_id, utc_now
from app.domain.ids import StoreId
from app.domain.search import terms
from app.domain.steps import STEP
from app.engine import connections, sessions
from app.engine.deps import Deps
from app.engine.vault import random_token, sha256_hex
from app.opentext.check import PARTS, CheckStep
from app.opentext.connection import Connection, ContentServerConnection, WorkflowConnection
from app.scenarios.orders import ORDER_REVIEW
from app.scenarios.products import PRODUCT_PUBLISH
from app.web import create_app
from tests.house import SilentBell, a_settings
from tests.made_once import TEMPLATES, make_tables

STORE = StoreId("bigcommerce:demostore1")
MB = 1_000_000
Outside = Callable[[httpx.Request], httpx.Response]


def nobody_answers(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"a page asked {request.url}")


def all_is_silent(request: httpx.Request) -> httpx.Response:
    """Of what a browser asks for by itself: a preview, what is refreshed behind."""
    raise httpx.ConnectError("nobody is there", request=request)


def all_works(_connection: Connection) -> list[CheckStep]:
    return [
        CheckStep(name, True, "It answers.") for name in ("Directory Services reachable", "Content Server reachable")
    ]


@dataclass
class Person:
    """Somebody signed in: a client with the cookie, and the token of the page they look at."""

    client: FlaskClient
    token: str
    secret: str
    user_id: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, base_url="http://app.test", headers=headers)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, path)
        return answer.get_data(as_text=True)

    def post(self, path: str, **form: Any) -> TestResponse:
        data = {"page_token": self.token} | form
        return self.client.post(path, base_url="http://app.test", data=data)


@dataclass
class Shop:
    """One store with its rows; times lie in the past by as much as one says."""

    deps: Deps
    flask: Flask
    checks: list[Callable[[Connection], list[CheckStep]]] = field(default_factory=lambda: [all_works])
    tested: list[Connection] = field(default_factory=list)

    # people

    def sign_in(self, role: str = "owner", locale: str = "en-GB", email: str = "") -> Person:
        """A session as /load leaves it."""
        secret = random_token()
        user = StoreUser(
            store_id=STORE, external_id=new_id(), email=email or f"{role}@example.com", role=role, locale=locale
        )
        self.add(user)
        session = WebSession(secret_sha256=sha256_hex(secret), store_id=STORE, user_id=user.id, locale=locale)
        self.add(session)
        client = self.flask.test_client()
        client.set_cookie("ecm", secret, domain="app.test")
        return Person(client, sessions.page_token(self.deps.vault, session.id), secret, user.id)

    # rows

    def add(self, *rows: SQLModel) -> None:
        with unit_of_work(self.deps.database) as uow:
            for row in rows:
                uow.session.add(row)
                uow.session.flush()

    def store(self, **changes: Any) -> None:
        values: dict[str, Any] = {
            "id": STORE, "provider": "bigcommerce", "name": "Nordlicht Living", "admin_url": "http://desk.test",
            "storefront_url": "http://shop.test", "currency": "EUR", "timezone": "Europe/Berlin", "setup_state": "done",
            "installed_at": ago(days=40), "last_delivery_at": ago(minutes=1),
        }  # fmt: skip
        self.add(StoreRow(**values | changes))

    def connect(self, **changes: Any) -> None:
        """OpenText as a tested form leaves it; `changes` to the row."""
        connections.save(self.deps, STORE, a_connection(), "")
        with unit_of_work(self.deps.database) as uow:
            row = uow.session.get_one(OpenTextConnection, STORE)
            for name, value in ({"deployed_models": {"sf_order_review": "d1"}} | changes).items():
                setattr(row, name, value)

    def snapshot(self, kind: str, object_id: str, name: str, facts: dict[str, Any], **changes: Any) -> None:
        values = {
            "customer_id": str(facts.get("customer_id") or "") if kind == "order" else "",
            "seen_at": ago(minutes=2),
        }
        self.add(
            SubjectSnapshot(
                store_id=STORE, object_type=kind, object_id=object_id, name=name, facts=facts, **values | changes
            )
        )
        with unit_of_work(self.deps.database) as uow:
            search.note(uow.session, STORE, kind, object_id, terms(kind, object_id, name, facts))

    def workspace(self, kind: str, object_id: str, name: str, **changes: Any) -> WorkspaceLink:
        number = abs(hash((kind, object_id))) % 1_000_000
        link = WorkspaceLink(
            store_id=STORE, object_type=kind, object_id=object_id, object_name=name, business_object_type=kind.upper(),
            business_object_id=f"bc-demostore1-{object_id}", workspace_id=number, workspace_name=name,
            workspace_url=f"https://cs.example.com/cs/cs/app/nodes/{number}", **{"seen_at": ago(minutes=2)} | changes,
        )  # fmt: skip
        self.add(link)
        return link

    def document(self, link: WorkspaceLink, name: str, folder: str, **changes: Any) -> None:
        values = {"size": 84_213, "mime_type": "application/pdf", "modified_at": ago(minutes=30), "filed_by_us": True,
                  "url": "https://cs.example.com/cs/cs/app/nodes/77",
                  "node_id": abs(hash((link.id, name))) % 10_000_000}  # fmt: skip
        self.add(FiledDocument(store_id=STORE, link_id=link.id, name=name, folder=folder, **values | changes))

    def event(self, kind: str, object_id: str, **changes: Any) -> InboxEvent:
        values: dict[str, Any] = {
            "source": "store", "topic": f"{kind}.changed", "state": "done", "reason": "planned",
            "received_at": ago(minutes=31), "delivery_key": new_id(),
        }  # fmt: skip
        row = InboxEvent(store_id=STORE, object_type=kind, object_id=object_id, **values | changes)
        self.add(row)
        return row

    def run(self, scenario: str, kind: str, object_id: str, name: str, **changes: Any) -> Run:
        event = changes.pop("event", None) or self.event(kind, object_id)
        values: dict[str, Any] = {
            "occasion": new_id(), "event_id": event.id, "correlation_id": event.correlation_id,
            "started_at": ago(minutes=30), "changed_at": ago(minutes=2),
        }  # fmt: skip
        run = Run(
            store_id=STORE,
            scenario=scenario,
            subject_type=kind,
            subject_id=object_id,
            subject_name=name,
            **values | changes,
        )
        self.add(run)
        return run

    def steps(self, run: Run, kinds: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """(kind, params, columns) for each step, in order."""
        for seq, (kind, params, columns) in enumerate(kinds, start=1):
            self.add(StepRow(run_id=run.id, store_id=STORE, seq=seq, kind=kind, params=params, **columns))

    # whole scenes

    def order_facts(self, number: str, **changes: Any) -> dict[str, Any]:
        return {
            "number": number, "status": "under_review", "status_label": "Manual Verification Required",
            "placed_at": ago(hours=2).isoformat(), "total": {"amount": "950.00", "currency": "EUR"}, "customer_id": "7",
            "customer_name": "Ada Löwe", "customer_email": "ada@example.com",
        } | changes  # fmt: skip

    def order_under_review(self, object_id: str = "1001", *, outcome: str = "", **changes: Any) -> Run:
        """An order held for its total: everything filed, Anna asked; decided where `outcome` is given."""
        name = f"Order {object_id}"
        self.snapshot("order", object_id, name, self.order_facts(object_id) | changes.pop("facts", {}))
        link = self.workspace("order", object_id, f"{name} · Ada Löwe")
        self.document(link, f"{name} record.pdf", "01 Order record", record_class="Orders",
                      record_schedule="ORD-7", kept_until=datetime(2033, 12, 31, 12, tzinfo=UTC),
                      retention="Kept for 7 years, until 31 Dec 2033, by the schedule “Orders: 7 years”")  # fmt: skip
        run = self.run(
            "order-review", "order", object_id, name, state="done" if outcome else "waiting", outcome=outcome,
            reasons=["Total 950.00 EUR is at or above your limit of 500.00 EUR",
                     "Billing country DE differs from shipping country FR"],
            facts={"documents": {"order_record": {"name": f"{name} record.pdf", "url": "https://cs.example.com/n/77"}}}
            | ({"decision": decision_facts(outcome)} if outcome else {}),
            ended_at=ago(minutes=1) if outcome else None, **changes,
        )  # fmt: skip
        self.steps(run, review_steps(name, outcome))
        choices = [["approved", "Approve"], ["rejected", "Reject"], ["more_info", "Ask for information"]]
        task = {"id": f"task-{object_id}", "choices": choices, "name": f"Review order {object_id}", "assignee": "",
                "candidates": ["Order Review"], "created_at": ago(minutes=29).isoformat(),
                "due_at": utc_in(hours=48).isoformat()}  # fmt: skip
        self.add(
            WorkflowLink(
                run_id=run.id, store_id=STORE, process="sf_order_review", business_key=new_id(), instance_id=new_id(),
                tasks=[] if outcome else [task], outcome=outcome, status="completed" if outcome else "running",
                decided_by="Anna Berg" if outcome else "", decided_at=ago(minutes=2) if outcome else None,
                comment="Called the customer, all fine." if outcome else "", found_by="callback" if outcome else "",
                started_at=ago(minutes=29), seen_at=ago(minutes=2),
            )
        )  # fmt: skip
        return run

    def related_customer(self, customer_id: str = "7", name: str = "Ada Löwe") -> WorkspaceLink:
        facts = {
            "email": "ada@example.com",
            "company": "Löwe GmbH",
            "group": "Wholesale",
            "since": ago(days=700).isoformat(),
        }
        self.snapshot("customer", customer_id, name, facts)
        return self.workspace("customer", customer_id, name)

    def company(self, object_id: str = "9", name: str = "Werft AG", **facts: Any) -> WorkspaceLink:
        """A company for which Ada (customer 7) buys."""
        known = {"email": "office@werft.example", "state": "approved", "group": "Wholesale", "members": ["7"]}
        self.snapshot("company", object_id, name, known | facts)
        return self.workspace("company", object_id, name)

    def page_live(self, object_id: str = "page:4", *, drifted: bool = False, **changes: Any) -> str:
        """A page whose version 2 was published and named at checkout, kept in two versions; the publication's id."""
        title = "Terms and conditions"
        facts = {"kind": "page", "url": "/terms/", "is_visible": True}
        self.snapshot("page", object_id, title, facts)
        link = self.workspace("page", object_id, title)
        self.document(link, "Terms draft.html", "01 Draft", version=2, mime_type="text/html", approval_version=2,
                      approval_status="Approved")  # fmt: skip
        event = self.event("page", object_id, source="content_server", topic="content.approved")
        run = self.run("policy-publish", "page", object_id, title, state="done", event=event, ended_at=ago(hours=4))
        done = {"status": "done", "ended_at": ago(hours=4), "summary": "Version 2 of “Terms draft.html” is live: Text."}
        self.steps(run, [("publish_page", {"kind": "publish_page"}, done)])
        made = Publication(
            store_id=STORE, run_id=run.id, object_type="page", object_id=object_id, node_id=601, version=2,
            sha256="b" * 64, kind="page", target=object_id, target_name=title, document_name="Terms draft.html",
            document_url="https://cs.example.com/n/601", approved_by="Lea Legal", approved_at=ago(hours=5),
            state="live", published_at=ago(hours=4), checked_at=ago(minutes=3),
        )  # fmt: skip
        self.add(made)
        new, odd = {"text": "<p>Paid in <strong>full</strong>.</p>"}, {"text": "<p>Paid whenever.</p>"}
        named = {"text": "See /terms/"}
        fields = [("text", "Text", {"text": "<p>Paid.</p>"}, changes.pop("after", new), odd if drifted else new),
                  ("terms:1", "Terms at checkout", {"text": ""}, named, named)]  # fmt: skip
        for seq, (name, words, before, after, live) in enumerate(fields, start=1):
            state = "live" if live == after else "drifted"
            self.add(PublicationField(publication_id=made.id, store_id=STORE, field=name, title=words, seq=seq,
                                      before=before, after=after, live=live, state=state))  # fmt: skip
        for number in (1, 2):
            self.add(PolicyVersion(store_id=STORE, page_id=object_id, number=number, title=title, sha256=str(number),
                                   url="https://shop.test/terms/", html="<p>x</p>", in_force_from=ago(days=90 - number),
                                   in_force_to=ago(days=88) if number == 1 else None))  # fmt: skip
        return made.id

    def product_live(
        self, object_id: str = "77", *, drifted: tuple[str, ...] = (), state: str = "live", **changes: Any
    ) -> str:
        """A product whose version 3 was published; returns the publication's id."""
        image = {"id": "5", "file_name": "lamp-front.jpg", "alt": "Lamp from the front", "is_thumbnail": True,
                 "url": changes.pop("image_url", "http://cdn.shop.test/lamp-front.jpg")}  # fmt: skip
        self.snapshot(
            "product", object_id, "Aurora desk lamp", {"sku": "LAMP-1", "is_visible": True, "images": [image]}
        )
        link = self.workspace("product", object_id, "Aurora desk lamp")
        self.document(link, "Product content.json", "01 Content", version=3, size=1_830, mime_type="application/json",
                      approval_status="Approved", approval_version=3, modified_at=ago(hours=5))  # fmt: skip
        self.document(link, "lamp-front.jpg", "02 Images", size=412_000, mime_type="image/jpeg", filed_by_us=False)
        self.document(link, "CE declaration.pdf", "03 Compliance", size=2 * MB, filed_by_us=False)
        event = self.event("product", object_id, source="content_server", topic="content.approved")
        run = self.run("product-content-publish", "product", object_id, "Aurora desk lamp", state="done", event=event,
                       ended_at=ago(hours=4), started_at=ago(hours=4))  # fmt: skip
        done = {"status": "done", "ended_at": ago(hours=4)}
        words = {
            "publish_content": "Version 3 of “Product content.json” is live: Name, Description.",
            "update_workspace": "Workspace “Aurora desk lamp” was brought up to date.",
            "file_evidence": "The evidence was filed in “04 Evidence” as a record.",
        }
        steps = [STEP.dump_python(step, mode="json") for step in PRODUCT_PUBLISH.steps]
        self.steps(run, [(one["kind"], one, done | {"summary": words.get(one["kind"], "")}) for one in steps])
        publication = Publication(
            store_id=STORE, run_id=run.id, object_type="product", object_id=object_id, node_id=501, version=3,
            sha256="a" * 64, document_name="Product content.json", document_url="https://cs.example.com/n/501",
            approved_by="Tom Okafor", approved_at=ago(hours=5), state=state, published_at=ago(hours=4),
            checked_at=ago(minutes=3), undone_at=ago(minutes=5) if state == "undone" else None,
        )  # fmt: skip
        self.add(publication)
        for seq, (name, title, before, after, odd) in enumerate(published_fields(), start=1):
            field_state = "undone" if state == "undone" else "drifted" if name in drifted else "live"
            live = odd if name in drifted else before if state == "undone" else after
            self.add(
                PublicationField(
                    publication_id=publication.id,
                    store_id=STORE,
                    field=name,
                    title=title,
                    seq=seq,
                    before=before,
                    after=after,
                    live=live,
                    state=changes.get(name, field_state),
                )
            )
        return publication.id

    def failing(self, run: Run, seq: int, *, stuck: bool = False, **columns: Any) -> None:
        """Let a run stand at step `seq` because OpenText does not answer (or for good)."""
        values: dict[str, Any] = {
            "status": "quarantined" if stuck else "pending", "attempts": 4, "error_code": "unreachable",
            "error_message": "Content Server cannot be reached.", "error_hint": "", "summary": "", "ended_at": None,
            "next_attempt_at": None if stuck else utc_in(minutes=8),
        }  # fmt: skip
        with unit_of_work(self.deps.database) as uow:
            for row in uow.session.exec(select(StepRow).where(StepRow.run_id == run.id)):
                if row.seq >= seq:
                    row.status, row.ended_at, row.summary = "pending", None, ""
                if row.seq == seq:
                    for name, value in (values | columns).items():
                        setattr(row, name, value)
            kept = uow.session.get_one(Run, run.id)
            kept.state, kept.outcome, kept.ended_at = ("quarantined" if stuck else "running"), "", None
            if flow := uow.session.get(WorkflowLink, run.id):
                uow.session.delete(flow)
            uow.session.add(Work(kind="run", ref_id=run.id, store_id=STORE, lane=f"{STORE}/order/{run.subject_id}",
                                 due_at=4_000_000_000.0, parked="quarantined" if stuck else ""))  # fmt: skip


def a_connection() -> Connection:
    return Connection(
        STORE, 1,
        ContentServerConnection("https://otds.example.com/otdsws", "https://cs.example.com/cs/cs", "storefront-ecm",
                                "otds-secret-1", "BigCommerce"),
        WorkflowConnection("https://us.api.opentext.com", "tenant-1", "storefront-workflow", "workflow-secret-1"),
    )  # fmt: skip


def decision_facts(outcome: str) -> dict[str, Any]:
    entry = {
        "task": "Review order 1001",
        "who": "Anna Berg",
        "outcome": outcome,
        "comment": "Called the customer, all fine.",
        "started_at": ago(minutes=20).isoformat(),
        "ended_at": ago(minutes=2).isoformat(),
    }
    return {"value": outcome, "title": outcome.capitalize(), "by": "Anna Berg", "trail": [entry]}


def review_steps(name: str, outcome: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The scenario's own steps with the summaries its handlers write."""
    words = (
        "Order moved from “Awaiting Fulfillment” to “Manual Verification Required”.",
        f"Workspace “{name} · Ada Löwe” is ready.",
        "The order record was filed in “01 Order record”.",
        f"“{name} record.pdf” is a record of class Orders.",
        "The workspace's address was left on the object in the store.",
        "The review workflow was started in OpenText.",
    )
    kinds = [STEP.dump_python(step, mode="json") for step in ORDER_REVIEW.steps]
    found = [
        (one["kind"], one, {"status": "done", "summary": text, "ended_at": ago(minutes=29)})
        for one, text in zip(kinds, words, strict=False)
    ]
    if not outcome:
        waiting = {"status": "waiting", "summary": f"Waiting for Order Review: Review {name.lower()}.",
                   "next_attempt_at": utc_in(minutes=4)}  # fmt: skip
        return [*found, (kinds[-1]["kind"], kinds[-1], waiting)]
    title = outcome.capitalize()
    found.append(
        (
            kinds[-1]["kind"],
            kinds[-1],
            {"status": "done", "summary": f"{title} by Anna Berg.", "ended_at": ago(minutes=2)},
        )
    )
    branch = next(one for one in kinds[-1]["outcomes"] if one["value"] == outcome)
    moved = {"approved": "Awaiting Fulfillment", "rejected": "Declined"}.get(outcome, "Manual Verification Required")
    after = {
        "set_order_status": f"Order moved from “Manual Verification Required” to “{moved}”.",
        "update_workspace": f"Workspace “{name}” was brought up to date.",
        "file_approval_record": "The approval record was filed in “04 Decision” as a record.",
    }
    left = "The order's status was left as it is."
    found += [
        (one["kind"], one, {"status": "done" if one["kind"] in after else "skipped",
                            "summary": after.get(one["kind"], left), "ended_at": ago(minutes=1)})
        for one in branch["steps"]
    ]  # fmt: skip
    return found


def published_fields() -> list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """(field, title, before, after, what a drift looks like)."""
    image = {"file_name": "lamp-front.jpg", "alt": "Lamp from the front", "thumbnail": True, "id": "5"}
    link = "https://app.test/documents/abc/CE%20declaration.pdf"
    return [
        ("name", "Name", {"text": "Desk lamp"}, {"text": "Aurora desk lamp"}, {"text": "Aurora lamp SALE"}),
        (
            "description",
            "Description",
            {"text": "<p>Old text</p>"},
            {
                "text": "<p>Warm light for long evenings. <strong>Dimmable</strong>, 9 W.</p>"
                "<ul><li>Aluminium</li><li>2 m cable</li></ul>"
            },
            {"text": "<p>CHEAP lamp!!!</p>"},
        ),
        ("page_title", "Page title", {"text": ""}, {"text": "Aurora desk lamp, dimmable"}, {"text": "Lamp"}),
        (
            "meta_description",
            "Meta description",
            {"text": ""},
            {"text": "A dimmable desk lamp with warm light."},
            {"text": "x"},
        ),
        ("image:lamp-front.jpg", "Image lamp-front.jpg", {}, {"image": image}, {}),
        ("compliance_document", "CE declaration", {}, {"text": link, "name": "CE declaration"}, {}),
    ]


def ago(**distance: float) -> datetime:
    return utc_now() - timedelta(**distance)


def utc_in(**distance: float) -> datetime:
    return utc_now() + timedelta(**distance)


@contextmanager
def a_shop(
    database_url: str, *, connected: bool = True, outside: Outside = nobody_answers, **settings: Any
) -> Iterator[Shop]:
    """The true app over rows; nobody outside answers."""
    bell = SilentBell()
    deps = wiring.build(a_settings(database_url, **settings), transport=httpx.MockTransport(outside), doorbell=bell)
    make_tables(deps.database.engine)
    shop: list[Shop] = []

    def check(connection: Connection, parts: Collection[str] = PARTS) -> list[CheckStep]:
        del parts
        shop[0].tested.append(connection)
        return shop[0].checks[0](connection)

    deps = replace(deps, check_opentext=check)
    flask = create_app(deps)
    flask.jinja_env.bytecode_cache = TEMPLATES
    shop.append(Shop(deps, flask))
    shop[0].store()
    if connected:
        shop[0].connect()
    try:
        yield shop[0]
    finally:
        deps.close()
