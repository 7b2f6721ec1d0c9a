"""What OpenText tells us, and who may: our token endpoint's tokens, a case's own token, a content sender's signature.

Everything said here is a hint. A decision wakes its run, which reads decision and author from the workflow's history;
an approval makes us read the document's category. The body's `actor` is never used.
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import select
from sqlmodel import Session, col

from app.db import audit
from app.db.audit import AuditEntry
from app.db.links import WorkflowLink
from app.db.runs import Run, StepRow
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import new_id, utc_now
from app.domain.events import Source, Topic
from app.domain.ids import Provider, StoreId, external_store_id, store_id
from app.engine import callback_secrets
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.vault import Vault, sha256_hex
from app.errors import Conflict, NotFound, Rejected

log = structlog.get_logger(__name__)

AUDIENCE = "workflow-callbacks"
HEADER = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"  # {"typ":"JWT","alg":"HS256"}: the only header we issue
LONGEST_TOKEN = 8192
LEEWAY = 10
EXPIRED = "expired"  # what a model reports when its deadline passed
TENANT = re.compile(r"(bigcommerce|shopify)-([A-Za-z0-9][A-Za-z0-9.-]{0,99})")
SIGNATURE = re.compile(r"t=(\d{1,11}),v1=([0-9a-f]{64})")
CASE = re.compile(r"[0-9a-f]{32}")
NOBODY = "0" * 64
APPROVALS = frozenset({"content.approved", "content.rejected"})


# The token endpoint


@dataclass(frozen=True)
class Client:
    """A workflow's client at our token endpoint, and the one store it speaks for."""

    client_id: str
    store_id: StoreId


def authenticate(deps: Deps, client_id: str, secret: str) -> Client | None:
    """The client with this id and secret. Takes the same steps, and time, for an unknown id and a wrong secret."""
    row = _client_row(deps, client_id)
    given, stored = sha256_hex(secret).encode(), callback_secrets.digests(row) if row else ()
    present, earlier = (*stored, NOBODY, NOBODY)[:2]
    is_right = hmac.compare_digest(given, present.encode()) | hmac.compare_digest(given, earlier.encode())
    return Client(client_id, StoreId(row.store_id)) if row and is_right else None


def _client_row(deps: Deps, client_id: str) -> OpenTextConnection | None:
    statement = (
        select(OpenTextConnection)
        .join(StoreRow, col(StoreRow.id) == col(OpenTextConnection.store_id))
        .where(col(OpenTextConnection.callback_client_id) == client_id, col(StoreRow.state) != "uninstalled")
    )
    with reading(deps.database) as session:
        return session.execute(statement).scalars().first()


def issue_token(deps: Deps, client: Client) -> tuple[str, int]:
    """A signed token for our callback doors, and its life in seconds."""
    now, life = int(utc_now().timestamp()), int(deps.settings.periods.callback_token.total_seconds())
    claims = {
        "iss": deps.settings.public_url, "aud": AUDIENCE, "sub": client.client_id, "iat": now, "exp": now + life,
        "jti": new_id(),
    }  # fmt: skip
    key = OctKey.import_key(_signing_keys(deps.vault)[0])
    return jwt.encode({"alg": "HS256"}, claims, key), life


def client_of(deps: Deps, token: str) -> Client:
    """The client a token of ours was given to. Raises Rejected (401) for anything else.

    The header must be letter for letter the one we write: no other algorithm, key or extension is ever looked at.
    """
    if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.startswith(f"{HEADER}."):
        raise _no_token()
    for key in _signing_keys(deps.vault):
        claims = _claims(deps, token, key)
        if claims is not None:
            row = _client_row(deps, claims["sub"])
            if row is None:
                raise _no_token()
            return Client(claims["sub"], StoreId(row.store_id))
    raise _no_token()


def _signing_keys(vault: Vault) -> tuple[bytes, ...]:
    return vault.derived("callback-token")


def _claims(deps: Deps, token: str, key: bytes) -> dict[str, Any] | None:
    registry = jwt.JWTClaimsRegistry(
        now=int(utc_now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": deps.settings.public_url},
        aud={"essential": True, "value": AUDIENCE},
        sub={"essential": True},
        iat={"essential": True},
        exp={"essential": True},
    )
    try:
        claims = jwt.decode(token, OctKey.import_key(key), algorithms=["HS256"]).claims
        registry.validate(claims)
    except (JoseError, ValueError, TypeError):
        return None
    times_are_numbers = all(type(claims[name]) is int for name in ("iat", "exp"))
    exactly_ours = claims["aud"] == AUDIENCE and isinstance(claims["sub"], str)
    return claims if times_are_numbers and exactly_ours else None


def _no_token() -> Rejected:
    return Rejected("The token is missing, wrong or expired.", status=401, code="invalid_token")


# Decisions


@dataclass(frozen=True)
class Claimed:
    """What a callback says about a case: which process ended and how. Nobody believes it."""

    case: str
    process: str
    decision: str


def store_of_case(deps: Deps, case: str, case_token: str) -> StoreId | None:
    """The store of a case whose own token this is; None when it is not."""
    if not CASE.fullmatch(case):
        return None
    with reading(deps.database) as session:
        run, link = session.get(Run, case), session.get(WorkflowLink, case)
        store = session.get(StoreRow, run.store_id) if run else None
    holds = holds_case(deps.vault, case, link, case_token)
    return StoreId(run.store_id) if run and store and store.state != "uninstalled" and holds else None


def holds_case(vault: Vault, case: str, link: WorkflowLink | None, case_token: str) -> bool:
    """Is this the token of the case? Before the started workflow is written down, the signature alone tells."""
    if link is None:
        return vault.is_signed("case-token", case, case_token)
    return hmac.compare_digest(sha256_hex(case_token).encode(), link.case_token_sha256.encode())


def accept_decision(
    deps: Deps, store: StoreId, claimed: Claimed, raw: bytes, correlation_id: str, case_token: str | None = None
) -> bool:
    """Take a hint in; False when it came before. The run then reads the history.

    Raises NotFound (no such case of this store), Rejected 401 (a case token was sent and is wrong) or 422 (not a
    process or value of this case), Conflict (the case ended otherwise).
    """
    with reading(deps.database) as session:
        run = session.get(Run, claimed.case) if CASE.fullmatch(claimed.case) else None
        if run is None or run.store_id != store:
            raise NotFound("There is no such case.")
        link = session.get(WorkflowLink, run.id)
        outcomes = _outcomes(session, run.id, claimed.process)
    if case_token is not None and not holds_case(deps.vault, run.id, link, case_token):
        raise _no_token()
    if outcomes is None:
        raise Rejected("Not a process of this case.", status=422, code="unknown_process", fields=("process",))
    if claimed.decision not in outcomes:
        raise Rejected("Not a decision of this process.", status=422, code="unknown_decision", fields=("decision",))
    if link is not None and link.outcome and link.outcome != claimed.decision:
        _note_contradiction(deps, run, link.outcome, claimed.decision)
        raise Conflict("The case was decided otherwise.")
    return deps.intake.accept(
        NewEvent(
            store_id=store, source=Source.WORKFLOW, delivery_key=f"{run.id}:{claimed.decision}",
            topic=Topic.WORKFLOW_DECIDED, object_type=run.subject_type, object_id=run.subject_id,
            detail={"run": run.id, "decision": claimed.decision}, raw=raw, correlation_id=correlation_id,
        )
    )  # fmt: skip


def _outcomes(session: Session, run_id: str, process: str) -> frozenset[str] | None:
    """The values this process of the run may end with; None when the run awaits no such process."""
    awaiting = (col(StepRow.run_id) == run_id, col(StepRow.kind) == "await_decision")
    for params in session.execute(select(col(StepRow.params)).where(*awaiting)).scalars():
        if params.get("process") == process:
            return frozenset(outcome["value"] for outcome in params["outcomes"]) | {EXPIRED}
    return None


def _note_contradiction(deps: Deps, run: Run, outcome: str, claimed: str) -> None:
    """Audited once for each claimed value, logged every time."""
    log.warning("decision_contradicted", store_id=run.store_id, run_id=run.id, outcome=outcome, claimed=claimed)
    about = f"run:{run.id}:{claimed}"
    with unit_of_work(deps.database) as uow:
        known = select(col(AuditEntry.seq)).where(
            col(AuditEntry.store_id) == run.store_id, col(AuditEntry.object) == about
        )
        if uow.session.execute(known.limit(1)).first() is None:
            audit.record(uow.session, run.store_id, "workflow", "decision.contradicted", about, outcome=outcome)


# Content Server's own calls


@dataclass(frozen=True)
class ContentSecrets:
    """What an administrator enters at the sender of content callbacks: one of the two proofs is enough."""

    url: str
    signing_secret: str
    key: str


def content_secrets(deps: Deps, store: StoreId) -> ContentSecrets | None:
    """The address and secrets for content callbacks of a store; None before OpenText is connected.

    Derived, not stored: they change with the app's key and with the connection's callback secret.
    """
    with reading(deps.database) as session:
        row = session.get(OpenTextConnection, store)
    if row is None:
        return None
    tenant = f"{store.partition(':')[0]}-{external_store_id(store)}"
    signing, key = (_content_keys(deps.vault, label, row)[0] for label in ("content-signing", "content-key"))
    return ContentSecrets(f"{deps.settings.public_url}/callbacks/content-server/{tenant}", signing, key)


def _content_keys(vault: Vault, label: str, row: OpenTextConnection) -> tuple[str, ...]:
    abouts = [f"{row.store_id}:{digest}".encode() for digest in callback_secrets.digests(row)]
    return tuple(hmac.new(key, about, sha256).hexdigest() for about in abouts for key in vault.derived(label))


def content_sender(deps: Deps, tenant: str, signature: str, key: str, raw: bytes, ticket: str = "") -> StoreId:
    """The store whose content sender signed this body (`t=…,v1=…`), knows the static key, or has a ticket there.

    The first one given counts, a ticket last: it costs a call to the store's own Content Server. Raises Rejected
    (401), or Retryable where that server cannot be asked.
    """
    row = _content_row(deps, tenant)
    if row is None:
        raise _no_token()
    if signature:
        good = _is_signed(deps, row, signature, raw)
    elif ticket and not key:
        good = deps.opentext(StoreId(row.store_id)).tickets.holder(ticket) is not None
    else:
        good = any(
            hmac.compare_digest(known.encode(), key.encode("utf-8", "replace"))
            for known in _content_keys(deps.vault, "content-key", row)
        )
    if not good:
        raise _no_token()
    return StoreId(row.store_id)


def content_origin(deps: Deps, tenant: str) -> str:
    """Scheme, host and port of a store's Content Server as browsers write them in `Origin`; empty for no such store."""
    row = _content_row(deps, tenant)
    if row is None:
        return ""
    url = urlsplit(row.content_server_url)
    port = "" if url.port in (None, {"http": 80, "https": 443}.get(url.scheme)) else f":{url.port}"
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return f"{url.scheme}://{host}{port}"


def _content_row(deps: Deps, tenant: str) -> OpenTextConnection | None:
    found = TENANT.fullmatch(tenant)
    if found is None:
        return None
    store = store_id(Provider(found[1]), found[2])
    with reading(deps.database) as session:
        row, owner = session.get(OpenTextConnection, store), session.get(StoreRow, store)
    return row if owner is not None and owner.state != "uninstalled" else None


def _is_signed(deps: Deps, row: OpenTextConnection, signature: str, raw: bytes) -> bool:
    found = SIGNATURE.fullmatch(signature)
    if found is None:
        return False
    signed = f"{found[1]}.".encode() + raw
    keys = _content_keys(deps.vault, "content-signing", row)
    good = [hmac.compare_digest(hmac.new(k.encode(), signed, sha256).hexdigest(), found[2]) for k in keys]
    age = utc_now().timestamp() - int(found[1])
    is_fresh = abs(age) <= deps.settings.periods.callback_max_age.total_seconds()
    if any(good) and not is_fresh:
        log.warning("callback_clock", store_id=row.store_id, age_seconds=round(age))
    return any(good) and is_fresh


@dataclass(frozen=True)
class ContentNews:
    """What a content callback says happened to a node. `event_id` may be empty."""

    event: str
    node_id: str
    version: str
    event_id: str


def accept_content(deps: Deps, store: StoreId, news: ContentNews, raw: bytes, correlation_id: str) -> bool:
    """Take the hint in; False when it came before. What is not about an approval is kept as ignored."""
    detail = {"event": news.event, "node_id": news.node_id}
    detail |= {"version": news.version} if news.version else {}
    key = f"id:{news.event_id}" if news.event_id else f"{news.event}:{news.node_id}:{news.version}"
    return deps.intake.accept(
        NewEvent(
            store_id=store, source=Source.CONTENT_SERVER, delivery_key=key,
            topic=Topic.CONTENT_APPROVED if news.event in APPROVALS else Topic.IGNORED,
            object_type="node", object_id=news.node_id, detail=detail, raw=raw, correlation_id=correlation_id,
        )
    )  # fmt: skip


__all__ = [
    "Claimed", "Client", "ContentNews", "ContentSecrets", "accept_content", "accept_decision",
    "authenticate", "client_of", "content_origin", "content_secrets", "content_sender", "issue_token", "store_of_case",
]  # fmt: skip
