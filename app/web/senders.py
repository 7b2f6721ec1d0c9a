"""Guards of the doors where programs knock: the store's platform, OpenText, the operator. As in `guards`, each leaves
who it is in `flask.g`.
"""

import base64
import binascii
import hmac
from datetime import timedelta
from threading import BoundedSemaphore

from flask import g, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.db.types import utc_now
from app.domain.ids import Provider, StoreId
from app.engine import callbacks, communications, shelves, uploads
from app.engine.attempts import Attempts
from app.engine.deps import Deps
from app.errors import NotFound, Rejected
from app.web.bodies import FORM, JSON, form_fields, parse, raw_body
from app.web.buyer.holder import holder_cookie, new_holder
from app.web.guards import Check
from app.web.limits import Window

GRANT = "client_credentials"
SCOPE = callbacks.AUDIENCE
LONGEST_TICKET = 1000
TICKETS_AT_ONCE = 2  # each is a call to somebody's Content Server, with a thread of ours waiting


def signed_by_store(deps: Deps) -> Check:
    """A webhook of BigCommerce. Leaves `g.provider`, `g.raw` and `g.delivery`."""
    return _signed_by(deps, Provider.BIGCOMMERCE)


def signed_by_shop(deps: Deps) -> Check:
    """A webhook of Shopify. Leaves the same."""
    return _signed_by(deps, Provider.SHOPIFY)


def _signed_by(deps: Deps, provider: Provider) -> Check:
    door = deps.door(provider)

    def check() -> None:
        g.provider, g.raw = provider, raw_body(JSON)
        headers = {name.lower(): value for name, value in request.headers.items()}
        g.delivery = door.delivery(headers, g.raw, utc_now())

    return check


class TokenRequest(BaseModel):
    """What our token endpoint is asked. Source: RFC 6749, sections 4.4 and 2.3.1."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    grant_type: str = Field(min_length=1, max_length=100)
    client_id: str = Field(default="", max_length=200)
    client_secret: str = Field(default="", max_length=500)
    scope: str = Field(default="", max_length=500)


def token_client(deps: Deps) -> Check:
    """A client of our token endpoint, by secret. Leaves `g.client`. Five wrong tries close it for five minutes."""
    tries = Attempts(deps.database, "token", most=5, period=timedelta(minutes=5))
    pace = Window(120, 60)

    def check() -> None:
        raw = raw_body(JSON, FORM)
        pace.take(request.remote_addr or "")
        asked = _with_basic(_token_request(raw))
        if asked.grant_type != GRANT:
            raise _refused("unsupported_grant_type")
        caller = f"{asked.client_id}|{request.remote_addr}"
        tries.check(caller)
        client = callbacks.authenticate(deps, asked.client_id, asked.client_secret)
        if client is None:
            tries.failed(caller)
            raise _refused("invalid_client", status=401)
        if asked.scope not in ("", SCOPE):
            raise _refused("invalid_scope")
        g.client = client

    return check


def _refused(error: str, status: int = 400) -> Rejected:
    """One of the errors of RFC 6749, section 5.2."""
    return Rejected("The token request is refused.", status=status, code=error, answer=error)


def _token_request(raw: bytes) -> TokenRequest:
    try:
        return parse(TokenRequest, raw if request.mimetype == JSON else form_fields(raw))
    except Rejected as error:  # RFC 6749, section 5.2: whatever is malformed is an invalid_request
        raise Rejected(error.message, status=400, code=error.specific_code) from error


def _with_basic(asked: TokenRequest) -> TokenRequest:
    """Credentials of an `Authorization: Basic` header; both ways at once is one too many."""
    header = request.headers.get("Authorization")
    if header is None:
        return asked
    kind, _, text = header.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Rejected("The header cannot be read.", code="bad_basic") from error
    if kind.lower() != "basic" or not colon or asked.client_secret or len(client_id) > 200 or len(secret) > 500:
        raise Rejected("Credentials are given twice or not at all.", code="bad_basic")
    return asked.model_copy(update={"client_id": client_id, "client_secret": secret})


class CaseOnly(BaseModel):
    """The one field a case token's check needs."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    case: str = Field(pattern=r"^[0-9a-f]{32}$")


def workflow_callback(deps: Deps) -> Check:
    """A workflow reporting: our bearer token, or the case's own token. Leaves `g.raw` and `g.store_id`."""
    tries = Attempts(deps.database, "case-token", most=10, period=timedelta(minutes=1))
    failures = Window(120, 60)

    def by_case(case_token: str) -> None:
        try:
            case = CaseOnly.model_validate_json(g.raw).case
        except ValidationError:
            failures.take(request.remote_addr or "")
            raise _no_token() from None
        tries.check(case)
        store = callbacks.store_of_case(deps, case, case_token)
        if store is None:
            failures.take(request.remote_addr or "")
            tries.failed(case)
            raise _no_token()
        g.store_id = store

    def check() -> None:
        g.raw = raw_body(JSON)
        authorization, case_token = request.headers.get("Authorization"), request.headers.get("X-Case-Token")
        if authorization is not None:
            g.store_id = callbacks.client_of(deps, _bearer(authorization)).store_id
        elif case_token:
            by_case(case_token[:200])
        else:
            raise _no_token()

    return check


def exstream_job(deps: Deps) -> Check:
    """A customer's Exstream job: the secret address, or our bearer token. Leaves `g.raw` and `g.store_id`."""
    return _reporter(deps, communications.JOBS)


def notifications(deps: Deps) -> Check:
    """OpenText Notifications, which proves itself by the secret address alone. Leaves `g.raw` and `g.store_id`."""
    return _reporter(deps, communications.STATUS, takes_bearer=False)


def _reporter(deps: Deps, door: str, *, takes_bearer: bool = True) -> Check:
    failures = Window(60, 60)

    def check() -> None:
        g.raw = raw_body(JSON)
        token = (request.view_args or {}).get("token", "")
        bearer = _bearer(request.headers.get("Authorization", "")) if takes_bearer else ""
        try:
            g.store_id = communications.reporter(deps, door, token, bearer)
        except Rejected:
            failures.take(request.remote_addr or "")
            raise

    return check


class TicketOnly(BaseModel):
    """The one field a ticket's check needs, where it does not come in its header."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    ticket: str = Field(default="", max_length=LONGEST_TICKET)


def content_callback(deps: Deps) -> Check:
    """Content Server, a module of it, or a person's browser there: a signature over the body, the static key, or a
    ticket of that Content Server. Leaves `g.raw`, `g.store_id`; `g.allowed_origin`, where a browser may read on.
    """
    failures, pace, preflights = Window(60, 60), Window(30, 60), Window(120, 60)
    places = BoundedSemaphore(TICKETS_AT_ONCE)

    def by_ticket(tenant: str, ticket: str) -> StoreId:
        pace.take(request.remote_addr or "")
        if not places.acquire(blocking=False):
            raise Rejected("Too many tickets at once.", status=429, code="too_many_tickets", retry_after=5)
        try:
            return callbacks.content_sender(deps, tenant, "", "", g.raw, ticket)
        finally:
            places.release()

    def sender(tenant: str) -> StoreId:
        signature = request.headers.get("X-Storefront-Signature", "")
        key = request.headers.get("X-Storefront-Key", "")
        ticket = "" if signature or key else _ticket()
        if ticket:
            return by_ticket(tenant, ticket)
        return callbacks.content_sender(deps, tenant, signature[:200], key[:200], g.raw)

    def check() -> None:
        tenant = (request.view_args or {}).get("tenant", "")
        origin = request.headers.get("Origin")
        if request.method == "OPTIONS":
            preflights.take(request.remote_addr or "")
            g.allowed_origin = _allowed(deps, tenant, origin)
            return
        g.raw = raw_body(JSON, FORM)
        g.allowed_origin = _allowed(deps, tenant, origin)
        try:
            if origin is not None and not g.allowed_origin:
                raise _no_token()  # a page of another site, whatever it may know
            g.store_id = sender(tenant)
        except Rejected as error:
            if error.status == 401:
                failures.take(request.remote_addr or "")
            raise

    return check


def _allowed(deps: Deps, tenant: str, origin: str | None) -> str:
    """The origin of this request where it is the tenant's Content Server, else nothing."""
    return origin if origin and origin == callbacks.content_origin(deps, tenant) else ""


def _ticket() -> str:
    header = request.headers.get("X-Storefront-Ticket", "")
    if header:
        return header if len(header) <= LONGEST_TICKET else ""
    try:
        given: bytes | dict[str, str] = g.raw if request.mimetype == JSON else form_fields(g.raw)
        return parse(TicketOnly, given).ticket
    except Rejected:
        return ""


def operator(deps: Deps) -> Check:
    """Who runs this installation, by the operator token. Without a configured token the door is not there (404)."""
    return _operator(deps, refused=401)


def operator_hidden(deps: Deps) -> Check:
    """The same, but to everybody else the door is not there."""
    return _operator(deps, refused=404)


def _operator(deps: Deps, *, refused: int) -> Check:
    token = deps.settings.operator_token
    failures = Window(30, 60)

    def check() -> None:
        if token is None:
            raise Rejected("There is nothing here.", status=404, code="no_operator")
        given = _bearer(request.headers.get("Authorization", "")).encode("utf-8", "replace")
        if not hmac.compare_digest(given, token.get_secret_value().encode()):
            failures.take(request.remote_addr or "")
            raise Rejected("Not the operator.", status=refused, code="not_the_operator")

    return check


def shopper(deps: Deps) -> Check:  # noqa: ARG001  # the guard's signature
    """Anybody who has the address, which holds 256 random bits; not too often."""
    pace = Window(120, 60)

    def check() -> None:
        pace.take(request.remote_addr or "")

    return check


def uploader(deps: Deps) -> Check:
    """A buyer with an upload link: what it is good for is left in `g.visit`, the browser's own secret in `g.holder`."""
    pace, guesses = Window(60, 60), Window(20, 300)

    def check() -> None:
        caller = request.remote_addr or ""
        pace.take(caller)
        token = (request.view_args or {}).get("token", "")
        given = request.cookies.get(holder_cookie(token), "")
        try:
            g.visit = uploads.visit(deps, token, given)
        except NotFound:
            guesses.take(caller)
            raise
        g.has_holder, g.holder = bool(given), given or new_holder()

    return check


def shelf_reader(deps: Deps) -> Check:
    """A buyer with the link to a shelf, which is left in `g.shelf`."""
    pace, guesses = Window(120, 60), Window(20, 300)

    def check() -> None:
        caller = request.remote_addr or ""
        pace.take(caller)
        try:
            g.shelf = shelves.open_shelf(deps, (request.view_args or {}).get("token", ""))
        except NotFound:
            guesses.take(caller)
            raise

    return check


def _bearer(header: str) -> str:
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _no_token() -> Rejected:
    return Rejected("The token is missing, wrong or expired.", status=401, code="invalid_token")
