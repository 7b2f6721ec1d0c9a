"""Knocking at the doors of a house: signed deliveries, signed requests, tokens, browsers; what must hold afterwards."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey
from werkzeug.test import TestResponse

from app.db.audit import AuditEntry
from app.db.inbox import InboxEvent
from app.db.links import WorkflowLink
from app.db.runs import Run, StepRow, Work
from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow, StoreUser, WebSession
from app.domain.ids import Provider, StoreId, store_id
from app.engine import connections, sessions
from app.engine.sessions import Merchant, Role
from app.engine.vault import sha256_hex
from sandbox import credentials
from tests.house import House

APP = "http://app.test"
WEBHOOKS = "/webhooks/bigcommerce"
DECISIONS = "/callbacks/workflow/v1/decisions"
TOKEN = "/oauth2/token"
OWNER, MANAGER, OTHER = 12345, 24654, 24655
LEAKS = re.compile(
    r"Traceback|site-packages|/app/|\.py\b|sqlite|psycopg|werkzeug|flask|jinja|shpat_|shpss_|eyJ|OTDSSSO|SELECT "
)
KEPT = (InboxEvent, StoreRow, StoreUser, WebSession, OpenTextConnection, Run, StepRow, Work, WorkflowLink)


@dataclass
class Browser:
    """A browser with its own cookies; `page` is the page token of the page it shows."""

    client: FlaskClient
    cookies_work: bool = True
    page: str = ""

    def get(self, path: str, **kw: Any) -> TestResponse:
        return self.client.get(path, base_url=APP, **kw)

    def post(
        self, path: str, data: dict[str, str] | None = None, *, token: str | None = None, **kw: Any
    ) -> TestResponse:
        """A form of the page it shows: its page token goes along."""
        fields = (data or {}) | {"page_token": self.page if token is None else token}
        return self.client.post(path, base_url=APP, data=fields, **kw)


@dataclass
class Doors:
    """One house from outside."""

    house: House
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.house.flask.test_client(use_cookies=False)

    def get(self, path: str, **kw: Any) -> TestResponse:
        return self.client.get(path, base_url=APP, **kw)

    def post(self, path: str, **kw: Any) -> TestResponse:
        return self.client.post(path, base_url=APP, **kw)

    def install(self, store_hash: str = credentials.STORE_HASH, *, connect: bool = True) -> StoreId:
        """As `House.install`, but the set-up work is left on the queue: for tests that only knock."""
        answer = self.get(self.install_request(store_hash))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found = store_id(Provider.BIGCOMMERCE, store_hash)
        self.house.installed.append(found)
        if connect:
            connections.save(self.house.deps, found, self.house.connection(found), "tester")
        return found

    # The store's webhooks

    def delivery(self, scope: str = "store/order/created", data: Any = None, **changes: Any) -> bytes:
        """A webhook body as the store's platform writes it."""
        body: dict[str, Any] = {
            "scope": scope, "store_id": "1000000001", "data": data or {"type": "order", "id": 118},
            "hash": hashlib.sha1(uuid4().bytes, usedforsecurity=False).hexdigest(), "created_at": int(time.time()),
            "producer": f"stores/{credentials.STORE_HASH}",
        }  # fmt: skip
        return json.dumps(body | changes).encode()

    def signed(
        self, body: bytes, *, message_id: str = "", stamp: str = "", secret: str = credentials.APP_CLIENT_SECRET,
        store_hash: str = credentials.STORE_HASH,
    ) -> dict[str, str]:  # fmt: skip
        """The headers that make a body genuine."""
        message_id, stamp = message_id or f"msg_{uuid4().hex}", stamp or str(int(time.time()))
        signed = f"{message_id}.{stamp}.".encode() + body
        mac = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
        own = self.house.deps.door(Provider.BIGCOMMERCE).hook_headers(store_hash)
        return {
            "Content-Type": "application/json", "webhook-id": message_id, "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{mac}",
        } | own  # fmt: skip

    def webhook(self, body: bytes | None = None, headers: dict[str, str] | None = None, **kw: Any) -> TestResponse:
        body = self.delivery() if body is None else body
        return self.post(WEBHOOKS, data=body, headers=self.signed(body, **kw) if headers is None else headers)

    # The store's signed requests

    def payload(self, user: int = OWNER, /, *, secret: str = credentials.APP_CLIENT_SECRET, **claims: Any) -> str:
        """A `signed_payload_jwt`; a claim given as None is left out."""
        now = int(time.time())
        whole = {
            "aud": credentials.APP_CLIENT_ID, "iss": "bc", "iat": now, "nbf": now - 5, "exp": now + 86395,
            "jti": str(uuid4()), "sub": f"stores/{credentials.STORE_HASH}",
            "user": {"id": user, "email": f"user{user}@example.com", "locale": "en-US"},
            "owner": {"id": OWNER, "email": f"user{OWNER}@example.com"}, "url": "/", "channel_id": None,
        } | claims  # fmt: skip
        kept = {name: value for name, value in whole.items() if value is not None or name == "channel_id"}
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, kept, OctKey.import_key(secret))

    def call(self, what: str, token: str) -> TestResponse:
        """load, uninstall or remove_user."""
        return self.get(f"/bigcommerce/{what}", query_string={"signed_payload_jwt": token})

    def install_request(self, store_hash: str = credentials.STORE_HASH, **kw: Any) -> str:
        """Path and query of the store's installation request."""
        parts = urlsplit(self.house.stage.control_panel.install_url(store_hash, **kw))
        return f"{parts.path}?{parts.query}"

    def signed_in(self, user: int = OWNER, path: str = "/", *, role: Role | None = None, **claims: Any) -> Browser:
        """A browser in which a person opened the app; with another role than the store gave, where named."""
        browser = Browser(self.house.flask.test_client())
        handed = browser.get(
            "/bigcommerce/load", query_string={"signed_payload_jwt": self.payload(user, url=path, **claims)}
        )
        assert handed.status_code == 303, handed.get_data(as_text=True)
        if role is not None:
            self.give_role(user, role)
        shown = browser.get(handed.headers["Location"])
        assert shown.status_code == 200, shown.get_data(as_text=True)
        browser.page = page_token_in(shown)
        return browser

    def add_store(self, store_hash: str = credentials.STORE_HASH) -> None:
        """A store's row without its installation; for houses the demo profile is not registered for."""
        found = f"bigcommerce:{store_hash}"
        with unit_of_work(self.house.deps.database) as uow:
            uow.session.add(StoreRow(id=found, provider="bigcommerce"))

    def give_role(self, user: int, role: Role, store: str = "") -> None:
        with unit_of_work(self.house.deps.database) as uow:
            rows = self.house.rows(StoreUser, external_id=str(user), store_id=store or self.house.store_id)
            rows[0].role = role
            uow.session.add(rows[0])

    def merchant(self, browser: Browser) -> Merchant:
        found = sessions.by_page_token(self.house.deps, browser.page)
        assert found is not None
        return found

    # OpenText's callbacks

    def client_of(self, store: StoreId | None = None) -> connections.CallbackClient:
        deps = self.house.deps
        return connections.callback_client(deps.database, deps.vault, store or self.house.store_id)

    def ask_token(self, **fields: str) -> TestResponse:
        known = self.client_of()
        asked = {"grant_type": "client_credentials", "client_id": known.client_id, "client_secret": known.secret}
        return self.post(TOKEN, json=asked | fields)

    def ask_token_with(self, client_id: str, secret: str) -> TestResponse:
        return self.post(
            TOKEN, json={"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        )

    def bearer(self, store: StoreId | None = None) -> dict[str, str]:
        known = self.client_of(store)
        answer = self.ask_token(client_id=known.client_id, client_secret=known.secret)
        assert answer.status_code == 200
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    def case(self, store: StoreId | None = None, *, outcome: str = "", is_started: bool = True) -> str:
        """A run that awaits the decision of a review; its id is the case."""
        known = store or self.house.store_id
        run = Run(store_id=known, scenario="order-review", subject_type="order", subject_id=str(uuid4().int % 10**9),
                  occasion=uuid4().hex, event_id="", correlation_id="", state="waiting")  # fmt: skip
        outcomes = [{"value": value, "title": value, "steps": []} for value in ("approved", "rejected")]
        params = {"kind": "await_decision", "process": "sf_order_review", "outcomes": outcomes}
        with unit_of_work(self.house.deps.database) as uow:
            uow.session.add(run)
            uow.session.flush()
            uow.session.add(StepRow(run_id=run.id, store_id=known, seq=1, kind="await_decision", params=params))
            if is_started:
                digest = sha256_hex(self.case_token(run.id))
                uow.session.add(
                    WorkflowLink(run_id=run.id, store_id=known, process="sf_order_review", business_key=run.id,
                                 instance_id=uuid4().hex, outcome=outcome, case_token_sha256=digest)
                )  # fmt: skip
        return run.id

    def case_token(self, case: str) -> str:
        return self.house.deps.vault.sign("case-token", case)

    def decide(
        self, case: str, decision: str = "approved", headers: dict[str, str] | None = None, **body: Any
    ) -> TestResponse:
        whole = {"case": case, "process": "sf_order_review", "decision": decision, "actor": ""} | body
        return self.post(DECISIONS, json=whole, headers=self.bearer() if headers is None else headers)

    # What must hold

    def counts(self) -> dict[str, int]:
        return {table.__name__: len(self.house.rows(table)) for table in KEPT}

    @contextmanager
    def nothing_leaks(self, *, audit: bool = False) -> Iterator["Refusals"]:
        """The check after every refused attempt: constant short answers, no cookie, no rows, no outgoing call."""
        before, calls = self.counts(), len(self.house.stage.world.ledger.since())
        entries = len(self.house.rows(AuditEntry))
        refusals = Refusals()
        yield refusals
        assert refusals.answers, "nothing was tried"
        for answer in refusals.answers:
            refusals.check(answer)
        assert self.counts() == before, "rows changed"
        assert len(self.house.stage.world.ledger.since()) == calls, "somebody was called"
        assert audit or len(self.house.rows(AuditEntry)) == entries


@dataclass
class Refusals:
    """Answers that must give nothing away."""

    answers: list[TestResponse] = field(default_factory=list)

    def add(self, answer: TestResponse, *statuses: int) -> TestResponse:
        assert answer.status_code in statuses, (answer.status_code, answer.get_data(as_text=True)[:300])
        self.answers.append(answer)
        return answer

    def check(self, answer: TestResponse) -> None:
        text = answer.get_data(as_text=True)
        assert len(text) <= 512
        assert not LEAKS.search(text), text
        assert "Set-Cookie" not in answer.headers
        assert "no-store" in answer.headers["Cache-Control"]
        assert "Server" not in answer.headers or not re.search(r"\d", answer.headers["Server"])
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def page_token_in(answer: TestResponse) -> str:
    """The page token a rendered page carries."""
    found = re.search(r"[0-9a-f]{32}\.[0-9a-f]{64}", answer.get_data(as_text=True))
    assert found, "the page carries no page token"
    return found[0]
