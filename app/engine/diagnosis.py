"""Is everything well? Both sides, step by step, with the way to mend; no secrets, no people in the report."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from app.db.session import Database, reading
from app.db.stores import StoreRow, installed
from app.domain.ids import Provider, StoreId, external_store_id
from app.engine import connections, rotation, setup
from app.engine.deps import Deps
from app.engine.doorbell import RedisDoorbell
from app.errors import AppError, NeedsReauth


@dataclass(frozen=True)
class Finding:
    """One step: where, what was tried, how it went, what to do."""

    area: str
    name: str
    ok: bool
    message: str
    hint: str = ""


def examine(deps: Deps) -> Iterator[Finding]:
    """Every finding, as it is made: this installation first, then each store and its OpenText."""
    yield _database(deps.database)
    yield _redis(deps)
    yield _keys(deps)
    yield from _credentials(deps)
    with reading(deps.database) as session:
        stores = installed(session)
    if not stores:
        yield Finding("stores", "installed", True, "No store has installed the app yet.")
    for store in stores:
        yield from _store(deps, store)
        yield from _opentext(deps, StoreId(store.id))


def _database(database: Database) -> Finding:
    try:
        with reading(database) as session:
            head = session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except Exception as error:  # any driver's error means the same here: say so, go on with the rest
        return Finding("database", "migrated", False, f"Not usable ({type(error).__name__}).", "Run `ecm migrate`.")
    return Finding("database", "migrated", True, f"{database.engine.dialect.name}, schema {head}.")


def _redis(deps: Deps) -> Finding:
    waiting = deps.doorbell.waiting_jobs() if isinstance(deps.doorbell, RedisDoorbell) else 0
    if waiting is None:
        hint = "Start Redis or Valkey, or correct ECM_REDIS_URL. Nothing is lost meanwhile: work waits in the database."
        return Finding("redis", "reachable", False, "No answer.", hint)
    return Finding("redis", "reachable", True, f"{waiting} wake-ups waiting.")


def _keys(deps: Deps) -> Finding:
    missing = rotation.unknown_keys(deps)
    if missing:
        hint = "Put the former key back into ECM_PREVIOUS_SECRET_KEYS, then run `ecm rotate-keys`."
        return Finding("keys", "known", False, f"{len(missing)} stored secrets need a key we do not have.", hint)
    return Finding("keys", "known", True, "Every stored secret can be opened.")


def _credentials(deps: Deps) -> Iterator[Finding]:
    """One platform is enough; of another only half-given credentials are worth a word."""
    ready = [one for one in Provider if deps.door(one).is_configured()]
    for one in ready:
        yield Finding(one.value, "app credentials", True, "Configured.")
    if not ready:
        names = [f"ECM_{one.upper()}__CLIENT_ID and ECM_{one.upper()}__CLIENT_SECRET" for one in Provider]
        yield Finding("stores", "app credentials", False, "Missing.", f"Set {', or '.join(names)}.")


def _store(deps: Deps, store: StoreRow) -> Iterator[Finding]:
    area = f"store {external_store_id(StoreId(store.id))}"
    if store.state == "needs_reauth":
        hint = "Open the app in the store and accept."
        yield Finding(area, "token", False, "The store must be connected again.", hint)
        return
    try:
        profile = deps.store(StoreId(store.id)).read.profile()
    except AppError as error:
        yield Finding(area, "token", False, error.message, error.hint or "Open the app in the store once more.")
        return
    yield Finding(area, "token", True, f"{profile.name}, {profile.currency}, {profile.timezone}.{_until(deps, store)}")
    yield _scopes(deps, store, area)
    try:
        hooks = setup.ensure_webhooks(deps, StoreId(store.id))
        panels = deps.store(StoreId(store.id)).setup.ensure_panels()
    except AppError as error:
        yield Finding(area, "webhooks and panels", False, error.message, error.hint)
        return
    done_to = hooks | panels
    refused = [name for name, done in done_to.items() if done == "refused"]
    mended = [name for name, done in done_to.items() if done not in ("kept", "refused")]
    words = f"{len(done_to) - len(refused)} webhooks and panels in place"
    words += f"; mended: {', '.join(mended)}" if mended else ""
    words += f"; not given by the store: {', '.join(refused)}" if refused else ""
    yield Finding(area, "webhooks and panels", True, f"{words}.")


def _until(deps: Deps, store: StoreRow) -> str:
    """Of an access that is renewed: when it would end if nobody did."""
    access = deps.store(StoreId(store.id)).access
    until = access.lasts_until() if access else None
    return f" Renewed by itself; left alone it would end on {until:%Y-%m-%d}." if until else ""


def _scopes(deps: Deps, store: StoreRow, area: str) -> Finding:
    """A newer release may need more than the merchant once accepted; what lacks a scope is left out until then."""
    missing = deps.door(Provider(store.provider)).missing_scopes(frozenset(store.scopes.split()))
    if not missing:
        return Finding(area, "scopes", True, "Every scope the app needs was accepted.")
    hint = "Add them to the app's profile in the developer portal; the store's next visit to the app asks to accept."
    return Finding(area, "scopes", False, f"Not accepted yet: {', '.join(missing)}.", hint)


def _opentext(deps: Deps, store_id: StoreId) -> Iterator[Finding]:
    area = f"opentext of {external_store_id(store_id)}"
    try:
        connection = connections.load(deps.database, deps.vault, store_id)
    except NeedsReauth as error:
        yield Finding(area, "connected", False, error.message, error.hint)
        return
    for step in deps.check_opentext(connection):
        yield Finding(area, step.name, bool(step.ok), step.message, step.hint)  # not tried counts as not well
