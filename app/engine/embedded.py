"""People of a store whose admin frames our pages: proven by its short-lived token in every request.

The session here only remembers what is ours (role, clicks, a page's token); it begins with a token and is taken up by
every later one, so nobody has to sign in again and nothing typed is lost. The first token of a store, and the first
after its access ended, is exchanged for the app's own: that is the whole installation, and the whole way back.
"""

from dataclasses import replace

import structlog

from app.db import stores
from app.db.session import reading
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import Provider, StoreId, store_id
from app.engine import installs, sessions
from app.engine.deps import Deps
from app.engine.sessions import Merchant
from app.errors import Rejected, Retryable
from app.stores.port import SignedIn

log = structlog.get_logger(__name__)


def by_token(deps: Deps, token: str, correlation_id: str) -> Merchant:
    """The person behind an admin's token, whichever platform it is from. Rejected (401) for what is not genuine.

    Raises Retryable when the store must be asked and does not answer.
    """
    refused = Rejected("Open the app again from your store.", status=401, code="bad_token")
    for provider, door in deps.embedded.items():
        try:
            signed = door.presented(token, utc_now())
        except Rejected as error:
            refused = error if error.status == 401 else refused
            continue
        return enter(deps, provider, token, signed, correlation_id)
    raise refused


def enter(deps: Deps, provider: Provider, token: str, signed: SignedIn, correlation_id: str) -> Merchant:
    """Take up the person's session, or begin one: then the store is asked who this is, and for the app's own access
    where it has none, or lacks a scope it needs.
    """
    store = store_id(provider, signed.external_id)
    secret = secret_of(deps, store, signed)
    found = sessions.by_secret(deps, secret)
    access = _access(deps, store)
    if found is not None and access is not None:
        return found
    door = deps.embedded[provider]
    if access is None or door.needs_grant(access):
        granted = door.grant(token, signed)
        if access is None or granted.granted - access:
            installs.complete(deps, provider, granted, correlation_id)
    return found or sessions.begin(deps, provider, _introduced(deps, provider, token, signed), secret)


def secret_of(deps: Deps, store: StoreId, signed: SignedIn) -> str:
    """What the browser may hold instead of a token: known to us alone, the same for one sign-in at the store, or for
    one day where the store does not name its sign-ins.
    """
    sign_in = signed.sign_in or f"{signed.issued_at:%Y-%m-%d}"
    return deps.vault.sign("store-sign-in", f"{store}|{signed.user_id}|{sign_in}")


def _access(deps: Deps, store: StoreId) -> frozenset[str] | None:
    """The scopes the app has there; None where it has no access (any more)."""
    with reading(deps.database) as session:
        row = session.get(StoreRow, store)
    if row is None or row.state != "installed" or row.token is None:
        return None
    return frozenset(row.scopes.split())


def _introduced(deps: Deps, provider: Provider, token: str, signed: SignedIn) -> SignedIn:
    """With e-mail address and ownership. Somebody we know comes in also when the store cannot say it just now."""
    try:
        return deps.embedded[provider].introduce(token, signed)
    except Retryable:
        with reading(deps.database) as session:
            known = stores.user(session, store_id(provider, signed.external_id), signed.user_id)
        if known is None:
            raise
        log.info("person_not_introduced", store_id=known.store_id)
        return replace(signed, user_email=known.email, locale=signed.locale or known.locale)
