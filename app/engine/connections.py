"""A store's OpenText connection: complete what was entered, test, save encrypted, load, show without secrets.

A client secret belongs to the address it was entered for: when an address, tenant or client id changes, the secret has
to be entered again, so that a stored secret can never be sent to another host.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from sqlmodel import Session, col, select

from app.db import audit
from app.db.session import Database, reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow, StoreUser
from app.db.types import utc_now
from app.domain.ids import StoreId, external_store_id
from app.engine import circuits, exstream_settings, operator_secrets, queue
from app.engine.deps import Deps
from app.engine.exstream_settings import EnteredExstream
from app.engine.vault import Vault, random_token, sha256_hex
from app.errors import NeedsReauth, Permanent
from app.opentext.check import CheckStep
from app.opentext.connection import Connection, ContentServerConnection, WorkflowConnection
from app.settings import BaseUrl


def _path(value: str) -> str:
    if ".." in value or "//" in value:
        raise ValueError("must be a path such as /workflow/v1")
    return value.rstrip("/")


Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Path = Annotated[str, Field(max_length=100, pattern=r"^/[A-Za-z0-9._~/-]*$"), AfterValidator(_path)]


class EnteredConnection(BaseModel):
    """What a person typed. An empty secret means "the one you have", which holds only for an unchanged address."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True)

    otds_url: BaseUrl
    content_server_url: BaseUrl
    external_system: Name
    client_id: Name
    client_secret: SecretStr = Field(default=SecretStr(""), max_length=500)
    workflow_url: BaseUrl
    workflow_tenant: Name
    workflow_client_id: Name
    workflow_client_secret: SecretStr = Field(default=SecretStr(""), max_length=500)
    workflow_path: Path = "/workflow/v1"
    workflow_history_path: Path = "/workflow-history/v1"
    exstream: EnteredExstream | None = None  # None: communications are not connected


@dataclass(frozen=True)
class SavedConnection:
    """A connection as pages may show it: no secret in it. `saved_by` is the person's e-mail where we know it."""

    version: int
    otds_url: str
    content_server_url: str
    external_system: str
    client_id: str
    workflow_url: str
    workflow_tenant: str
    workflow_client_id: str
    workflow_path: str
    workflow_history_path: str
    exstream: dict[str, Any] | None
    callback_client_id: str
    deployed_models: dict[str, str]
    state: str
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True)
class CallbackClient:
    """What the workflow's HTTP task signs in with at our token endpoint."""

    client_id: str
    secret: str


class SecretNeeded(Permanent):
    """A secret is missing, or was given for another address. `fields` names the form fields to fill in."""

    code = "secret_needed"

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__("A client secret is needed.", hint="Enter it again: the address or client changed.")
        self.fields = fields


def saved(session: Session, store_id: StoreId) -> SavedConnection | None:
    """The store's connection without its secrets; None before the first one was saved."""
    statement = (
        select(OpenTextConnection, col(StoreUser.email))
        .join(StoreUser, col(StoreUser.id) == col(OpenTextConnection.saved_by), isouter=True)
        .where(OpenTextConnection.store_id == store_id)
    )
    found = session.exec(statement).first()
    if found is None:
        return None
    row, email = found
    shown = {name: getattr(row, name) for name in SavedConnection.__dataclass_fields__}
    return SavedConnection(**shown | {"saved_by": email or ""})


def load(database: Database, vault: Vault, store_id: StoreId) -> Connection:
    """The connection with its secrets, for the clients. Raises NeedsReauth before the first one was saved."""
    with reading(database) as session:
        row = session.get(OpenTextConnection, store_id)
    if row is None:
        raise NeedsReauth(
            "OpenText is not connected yet.",
            code="not_connected",
            upstream="opentext",
            hint="Connect OpenText in the settings.",
        )
    secrets = _secrets(vault, row)
    found = _named(_connection(_as_entered(row, secrets), store_id, row.version), row)
    return replace(found, exstream=exstream_settings.loaded(row.exstream, secrets))


def callback_client(database: Database, vault: Vault, store_id: StoreId) -> CallbackClient:
    """The callback client to put into deployed workflow models. Raises NeedsReauth before a connection was saved."""
    with reading(database) as session:
        row = session.get(OpenTextConnection, store_id)
    if row is None:
        raise NeedsReauth("OpenText is not connected yet.", code="not_connected", upstream="opentext")
    return CallbackClient(row.callback_client_id, _secrets(vault, row)["callback_secret"])


def complete(deps: Deps, store_id: StoreId, entered: EnteredConnection) -> Connection:
    """What was entered, with stored secrets where the address is still theirs. Raises SecretNeeded."""
    with reading(deps.database) as session:
        row = session.get(OpenTextConnection, store_id)
    secrets = _secrets(deps.vault, row) if row else {}
    given = {
        "client_secret": entered.client_secret.get_secret_value(),
        "workflow_client_secret": entered.workflow_client_secret.get_secret_value(),
    }
    prefilled = operator_secrets.for_entered(deps.settings.opentext, entered)
    if row and _is_same_content_server(row, entered):
        given["client_secret"] = given["client_secret"] or secrets["client_secret"]
    if row and _is_same_workflow(row, entered):
        given["workflow_client_secret"] = given["workflow_client_secret"] or secrets["workflow_client_secret"]
    of, stored = entered.exstream, row.exstream if row else None
    theirs = exstream_settings.given_secrets(of, stored, secrets) if of else {}
    given |= theirs
    given = {name: value or prefilled.get(name, "") for name, value in given.items()}
    theirs = {name: given[name] for name in theirs}
    if missing := tuple(name for name, value in given.items() if not value):
        raise SecretNeeded(missing)
    own = {name: SecretStr(value) for name, value in given.items() if name not in theirs}
    found = _named(_connection(entered.model_copy(update=own), store_id, row.version + 1 if row else 1), row)
    if of is None:
        return found
    templates = exstream_settings.templates_for(of, stored, deps.settings.opentext)
    return replace(found, exstream=exstream_settings.connection(of, theirs, templates))


def test(deps: Deps, connection: Connection, parts: Collection[str]) -> list[CheckStep]:
    """Try parts of a connection against the real servers; nothing is saved. Takes as long as they take."""
    return deps.check_opentext(connection, parts)


def is_usable(checks: Collection[CheckStep]) -> bool:
    """Whether a connection that was tried may be saved; what does not block can be mended afterwards."""
    return bool(checks) and all(check.ok or not check.blocks for check in checks)


def save(deps: Deps, store_id: StoreId, connection: Connection, user_id: str) -> SavedConnection:
    """Keep a tested connection, audited; work that waited for it is due again. A second save replaces the first.

    The callback client stays the same over saves, so that deployed models keep working.
    """
    with unit_of_work(deps.database) as uow:
        session = uow.session
        old = session.get(OpenTextConnection, store_id, with_for_update=True)
        callback = _secrets(deps.vault, old)["callback_secret"] if old else random_token()
        _upsert(session, _values(deps.vault, store_id, connection, callback, user_id, old))
        audit.record(
            session, store_id, f"user:{user_id}", "opentext_connected", store_id,
            otds=connection.content_server.otds_url, content_server=connection.content_server.content_server_url,
            workflow=connection.workflow.gateway_url,
        )  # fmt: skip
        _resume(session, store_id)
        uow.after_commit(deps.doorbell.ring)
        result = saved(session, store_id)
    assert result is not None  # noqa: S101  # narrows the type: it was written just above
    return result


def choose_templates(deps: Deps, store_id: StoreId, chosen: dict[str, str], user_id: str) -> None:
    """Keep which communication stands for each of our templates, audited; what waited for one is due again.

    Raises NeedsReauth where Exstream is not connected.
    """
    with unit_of_work(deps.database) as uow:
        session = uow.session
        row = session.get(OpenTextConnection, store_id, with_for_update=True)
        if row is None or not row.exstream:
            raise NeedsReauth("Exstream is not connected yet.", code="not_connected", upstream="exstream")
        row.exstream = row.exstream | {"templates": {key: found for key, found in chosen.items() if found}}
        row.version += 1
        session.add(row)
        audit.record(session, store_id, f"user:{user_id}", "templates_chosen", store_id, count=len(chosen))
        uow.after_commit(deps.doorbell.ring)


def choose_names(deps: Deps, store_id: StoreId, chosen: dict[str, dict[str, str]], user_id: str) -> None:
    """Keep what the server calls our things, audited; what waited for one is due again. Raises NeedsReauth."""
    with unit_of_work(deps.database) as uow:
        session = uow.session
        row = session.get(OpenTextConnection, store_id, with_for_update=True)
        if row is None:
            raise NeedsReauth("OpenText is not connected yet.", code="not_connected", upstream="opentext")
        row.names, row.version = chosen, row.version + 1
        audit.record(session, store_id, f"user:{user_id}", "names_chosen", store_id,
                     count=sum(len(of) for of in chosen.values()))  # fmt: skip
        _resume(session, store_id)
        uow.after_commit(deps.doorbell.ring)


def _named(connection: Connection, row: OpenTextConnection | None) -> Connection:
    """With what the server calls our things."""
    chosen = row.names if row else {}
    names = tuple((kind, ours, theirs) for kind, of in chosen.items() for ours, theirs in of.items())
    return replace(connection, content_server=replace(connection.content_server, names=names))


def _resume(session: Session, store_id: StoreId) -> None:
    """What waited for a connection goes on; what waits for the store itself will simply find that out again."""
    store = session.get_one(StoreRow, store_id)
    if store.state == "installed":
        store.pause_reason = ""
    circuits.forget(session, store_id)
    queue.unpark_store(session, store_id)


def _values(
    vault: Vault, store_id: StoreId, connection: Connection, callback: str, user_id: str, old: OpenTextConnection | None
) -> dict[str, Any]:
    content, workflow = connection.content_server, connection.workflow
    secrets = {
        "client_secret": content.client_secret,
        "workflow_client_secret": workflow.client_secret,
        "callback_secret": callback,
    } | exstream_settings.secrets_of(connection.exstream)
    return {
        "store_id": store_id,
        "version": old.version + 1 if old else 1,
        "otds_url": content.otds_url,
        "content_server_url": content.content_server_url,
        "external_system": content.external_system,
        "client_id": content.client_id,
        "workflow_url": workflow.gateway_url,
        "workflow_tenant": workflow.tenant,
        "workflow_client_id": workflow.client_id,
        "workflow_path": workflow.workflow_path,
        "workflow_history_path": workflow.history_path,
        "exstream": exstream_settings.stored(connection.exstream),
        "secrets": vault.encrypt(json.dumps(secrets).encode(), _place(store_id)),
        "callback_client_id": old.callback_client_id if old else _callback_client_id(store_id),
        "callback_secret_sha256": sha256_hex(callback),
        "callback_secret_at": old.callback_secret_at if old else utc_now(),
        "names": old.names if old else {},
        "deployed_models": old.deployed_models if old and _is_same_tenant(old, workflow) else {},
        "state": "connected",
        "saved_at": utc_now(),
        "saved_by": user_id,
    }


def _upsert(session: Session, values: dict[str, Any]) -> None:
    row = session.get(OpenTextConnection, values["store_id"]) or OpenTextConnection(**values)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def _callback_client_id(store_id: StoreId) -> str:
    """Readable for the administrator who sees it in OpenText; one per store."""
    provider = store_id.partition(":")[0]
    return f"storefront-callbacks-{provider}-{external_store_id(store_id)}"


def _connection(entered: EnteredConnection, store_id: StoreId, version: int) -> Connection:
    return Connection(
        tenant=store_id,
        version=version,
        content_server=ContentServerConnection(
            otds_url=entered.otds_url,
            content_server_url=entered.content_server_url,
            client_id=entered.client_id,
            client_secret=entered.client_secret.get_secret_value(),
            external_system=entered.external_system,
        ),
        workflow=WorkflowConnection(
            gateway_url=entered.workflow_url,
            tenant=entered.workflow_tenant,
            client_id=entered.workflow_client_id,
            client_secret=entered.workflow_client_secret.get_secret_value(),
            workflow_path=entered.workflow_path,
            history_path=entered.workflow_history_path,
        ),
    )


def _as_entered(row: OpenTextConnection, secrets: dict[str, str]) -> EnteredConnection:
    """A stored row in the form's shape. Not validated again: what was saved must stay usable."""
    return EnteredConnection.model_construct(
        otds_url=row.otds_url,
        content_server_url=row.content_server_url,
        external_system=row.external_system,
        client_id=row.client_id,
        client_secret=SecretStr(secrets["client_secret"]),
        workflow_url=row.workflow_url,
        workflow_tenant=row.workflow_tenant,
        workflow_client_id=row.workflow_client_id,
        workflow_client_secret=SecretStr(secrets["workflow_client_secret"]),
        workflow_path=row.workflow_path,
        workflow_history_path=row.workflow_history_path,
    )


def _is_same_content_server(row: OpenTextConnection, entered: EnteredConnection) -> bool:
    stored = (row.otds_url, row.content_server_url, row.client_id)
    return stored == (entered.otds_url, entered.content_server_url, entered.client_id)


def _is_same_workflow(row: OpenTextConnection, entered: EnteredConnection) -> bool:
    stored = (row.workflow_url, row.workflow_tenant, row.workflow_client_id)
    return stored == (entered.workflow_url, entered.workflow_tenant, entered.workflow_client_id)


def _is_same_tenant(row: OpenTextConnection, workflow: WorkflowConnection) -> bool:
    """Models deployed to another tenant say nothing about this one."""
    return (row.workflow_url, row.workflow_tenant) == (workflow.gateway_url, workflow.tenant)


def _place(store_id: str) -> str:
    return f"opentext_connection:secrets:{store_id}"


def _secrets(vault: Vault, row: OpenTextConnection) -> dict[str, str]:
    return cast(dict[str, str], json.loads(vault.decrypt(row.secrets, _place(row.store_id))))


__all__ = [
    "CallbackClient", "EnteredConnection", "EnteredExstream", "SavedConnection", "SecretNeeded", "callback_client",
    "choose_names", "choose_templates", "complete", "load", "save", "saved", "test",
]  # fmt: skip
