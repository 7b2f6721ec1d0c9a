"""The doors: every surface beside its guard. What is not in the table does not get in."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from flask import Blueprint, Flask, Response, g, request
from werkzeug.datastructures import ImmutableDict
from werkzeug.middleware.proxy_fix import ProxyFix

from app.db.types import new_id
from app.engine.deps import Deps
from app.errors import Rejected
from app.web import (
    activity,
    approve,
    assets,
    buyer,
    callbacks,
    documents,
    embedded,
    errors,
    extension_api,
    find,
    guards,
    headers,
    health,
    home,
    inbox,
    install,
    operator,
    panel,
    senders,
    settings_pages,
    webhooks,
)  # fmt: skip
from app.web.answers import Answers
from app.web.approve import doors
from app.web.embedded import entrance
from app.web.find.desk import side_bar
from app.web.guards import Check, Guard
from app.web.inbox.mailed import asked_by_mail
from app.web.panel import sign_in_return
from app.web.request_guard import RequestGuard

log = structlog.get_logger(__name__)
MakeBlueprint = Callable[[Deps], Blueprint]


@dataclass(frozen=True)
class Surface:
    """One blueprint, where it stands, who may enter, how it refuses. `is_framed`: shown inside the control panel."""

    make_blueprint: MakeBlueprint
    prefix: str
    guard: Guard
    answers: Answers = Answers.PAGE
    is_framed: bool = False
    has_secret_path: bool = False  # the path holds a secret: the access log shows the rule instead


SURFACES: tuple[Surface, ...] = (
    Surface(install.make_auth_blueprint, "/bigcommerce", guards.granted_code, is_framed=True),
    Surface(install.make_load_blueprint, "/bigcommerce", guards.signed_request, is_framed=True),
    Surface(install.make_calls_blueprint, "/bigcommerce", guards.signed_request, Answers.EMPTY),
    Surface(embedded.make_blueprint, "/shopify", entrance.document, is_framed=True),
    Surface(embedded.make_bounce_blueprint, "/shopify", entrance.bounced, is_framed=True),
    Surface(embedded.make_grant_blueprint, "/shopify", entrance.returned_code),
    Surface(webhooks.make_shop_blueprint, "/shopify/webhooks", senders.signed_by_shop, Answers.EMPTY),
    Surface(extension_api.make_blueprint, "/shopify/api", extension_api.admin_extension, Answers.JSON),
    Surface(
        extension_api.make_download_blueprint, "/shopify/files", extension_api.signed_download, has_secret_path=True
    ),
    Surface(install.make_open_blueprint, "/open", guards.open_code, is_framed=True, has_secret_path=True),
    Surface(install.make_session_blueprint, "", guards.merchant_session, is_framed=True),
    Surface(webhooks.make_blueprint, "/webhooks", senders.signed_by_store, Answers.EMPTY),
    Surface(callbacks.make_token_blueprint, "/oauth2", senders.token_client, Answers.JSON),
    Surface(callbacks.make_decision_blueprint, "/callbacks/workflow/v1", senders.workflow_callback, Answers.JSON),
    Surface(callbacks.make_content_blueprint, "/callbacks/content-server", senders.content_callback, Answers.JSON),
    Surface(
        callbacks.make_job_blueprint,
        "/callbacks/exstream/v1/jobs",
        senders.exstream_job,
        Answers.JSON,
        has_secret_path=True,
    ),
    Surface(
        callbacks.make_notification_blueprint,
        "/callbacks/notifications/v1",
        senders.notifications,
        Answers.JSON,
        has_secret_path=True,
    ),
    Surface(buyer.make_upload_blueprint, "/up", senders.uploader, has_secret_path=True),
    Surface(buyer.make_shelf_blueprint, "/shelf", senders.shelf_reader, has_secret_path=True),
    Surface(documents.make_blueprint, "/documents", senders.shopper, has_secret_path=True),
    Surface(health.make_alive_blueprint, "", guards.anyone, Answers.PLAIN),
    Surface(health.make_inside_blueprint, "", senders.operator_hidden, Answers.PLAIN),
    Surface(operator.make_blueprint, "/operator/v1", senders.operator, Answers.JSON),
    Surface(assets.make_blueprint, "/assets", guards.anyone, Answers.PLAIN),
    Surface(home.make_blueprint, "", guards.merchant_session, is_framed=True),
    Surface(panel.make_blueprint, "/panel", guards.merchant_session, is_framed=True),
    Surface(sign_in_return.make_blueprint, "/sign-in", sign_in_return.came_back),
    Surface(settings_pages.make_blueprint, "/settings", guards.merchant_session, is_framed=True),
    Surface(inbox.make_blueprint, "/inbox", guards.merchant_session, is_framed=True),
    Surface(inbox.make_mail_blueprint, "/decide", asked_by_mail, has_secret_path=True),
    Surface(approve.make_entrance_blueprint, "/approve/at", doors.passer_by),
    Surface(approve.make_return_blueprint, "/approve/at", doors.came_back),
    Surface(approve.make_blueprint, "/approve", doors.approver),
    Surface(find.make_blueprint, "/find", guards.merchant_session, is_framed=True),
    Surface(find.make_desk_blueprint, "/desk", side_bar, has_secret_path=True),
    Surface(activity.make_blueprint, "/activity", guards.merchant_session, is_framed=True),
)


class App(Flask):
    """Flask without automatic OPTIONS: a door answers a preflight only where it says so itself."""

    default_config = ImmutableDict(Flask.default_config | {"PROVIDE_AUTOMATIC_OPTIONS": False})


def create_app(deps: Deps, surfaces: tuple[Surface, ...] = SURFACES) -> Flask:
    """Make the WSGI application. Nothing is shared between two of them but what `deps` holds."""
    settings = deps.settings
    app = App(__name__)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # a redirect would be built from what was asked
    app.config.update(
        TRUSTED_HOSTS=list(settings.hosts),
        MAX_CONTENT_LENGTH=settings.limits.body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.limits.body_bytes,
        MAX_FORM_PARTS=200,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.extensions["ecm"] = deps
    _ = deps.intake  # made here, before threads could make two
    errors.register(app)
    _register_doors(app, deps, surfaces)
    headers.register(app, deps)
    app.wsgi_app = RequestGuard(app.wsgi_app, settings)  # type: ignore[method-assign]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _register_doors(app: Flask, deps: Deps, surfaces: tuple[Surface, ...]) -> None:
    by_name: dict[str, tuple[Surface, Check]] = {}
    for surface in surfaces:
        blueprint = surface.make_blueprint(deps)
        if blueprint.name in by_name:
            raise ValueError(f"two surfaces are called {blueprint.name}")
        by_name[blueprint.name] = (surface, surface.guard(deps))
        app.register_blueprint(blueprint, url_prefix=surface.prefix or None)
    app.extensions["surfaces"] = by_name

    @app.before_request
    def begin() -> None:
        g.request_id, g.started = new_id(), time.perf_counter()
        g.bound = structlog.contextvars.bind_contextvars(correlation_id=g.request_id)

    @app.before_request
    def enter() -> Response | None:
        if request.endpoint in (None, "static"):
            return None  # nothing was found, or a file of ours that everybody may have
        found = by_name.get(request.blueprint or "")
        if found is None:
            raise Rejected("This door has no guard.", status=404, code="no_guard")
        surface, check = found
        g.surface, g.answers, g.is_framed = surface, surface.answers, surface.is_framed
        longest: int | None = getattr(app.view_functions[request.endpoint or ""], "longest_body", None)
        request.max_content_length = longest or app.config["MAX_CONTENT_LENGTH"]
        return check()

    @app.after_request
    def leave(response: Response) -> Response:
        log.info("request", **_access(response))
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        structlog.contextvars.reset_contextvars(**g.pop("bound", {}))


def _access(response: Response) -> dict[str, object]:
    """One line per request. Never the query; never a path that holds a secret."""
    surface: Surface | None = g.get("surface")
    rule = str(request.url_rule) if request.url_rule else "(none)"
    path = rule if surface is None or surface.has_secret_path else request.path
    entry: dict[str, object] = {
        "method": request.method,
        "path": path,
        "status": response.status_code,
        "took_ms": round((time.perf_counter() - g.started) * 1000, 1),
        "from_ip": request.remote_addr,
    }
    entry |= {"reason": g.reason} if "reason" in g else {}
    return entry | ({"store_id": g.merchant.store_id} if "merchant" in g else {})
