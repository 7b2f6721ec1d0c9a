"""One settings object: read once from the environment (ECM_…), frozen, passed down. Only this file knows names."""

from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def base_url(value: str) -> str:
    """An http(s) address without a slash at its end. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("must be an http(s) address without credentials, query or fragment")
    return value.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(base_url)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BigCommerceSettings(_Part):
    """The app's profile at BigCommerce. `previous_client_secret` still verifies while a rotation is under way."""

    client_id: str = Field(default="", description="Client id of the app's profile in the developer portal")
    client_secret: SecretStr = Field(default=SecretStr(""), description="Its client secret")
    previous_client_secret: SecretStr | None = Field(
        default=None, description="The former client secret while a rotation is under way"
    )
    login_url: BaseUrl = Field(default="https://login.bigcommerce.com", description="Where codes become tokens")
    api_url: BaseUrl = Field(default="https://api.bigcommerce.com", description="REST and GraphQL")
    b2b_url: BaseUrl | None = Field(
        default=None,
        description="B2B Edition (https://api-b2b.bigcommerce.com), where the app's profile has its scope",
    )
    frame_ancestors: tuple[str, ...] = Field(
        default=("https://*.mybigcommerce.com",), description="Hosts of the control panel, which frames our pages"
    )
    webhook_max_age: timedelta = Field(default=timedelta(days=3), description="Older deliveries are refused")
    scopes: tuple[str, ...] = Field(
        description="Scopes the app needs; an installation that grants fewer is refused",
        default=(
            "store_v2_orders",
            "store_v2_products",
            "store_v2_customers",
            "store_v2_content",
            "store_v2_marketing",
            "store_v2_transactions_read_only",
            "store_v2_information_read_only",
            "store_inventory_read_only",
            "store_checkout",
            "store_cart_read_only",
            "store_channel_settings_read_only",
            "store_app_extensions_manage",
            "store_v2_default",
        ),
    )


class ShopifySettings(_Part):
    """Shopify's addresses. `shop_domain` is the pattern a shop's host must match."""

    client_id: str = Field(default="", description="Client id of the app; empty: no Shopify shops")
    client_secret: SecretStr = Field(default=SecretStr(""), description="Its client secret")
    previous_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The one before, while it is being rotated"
    )
    shop_domain: str = Field(description="Pattern of a shop's host", default=r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com")
    shop_url: str = Field(default="https://{shop}", description="Where a shop answers; `{shop}` is its host")
    admin_origins: tuple[str, ...] = Field(
        default=("https://admin.shopify.com",), description="Who frames our pages beside the shop itself"
    )
    bridge_url: str = Field(
        default="https://cdn.shopify.com/shopifycloud/app-bridge.js",
        description="Script every page loads inside the Shopify admin; empty: none, pages work without it",
    )
    install: Literal["managed", "code"] = Field(
        default="managed", description="How shops grant access: `managed` by Shopify, or `code` for own custom apps"
    )
    scopes: tuple[str, ...] = Field(
        description="Scopes the app needs; with fewer, what needs them says so",
        default=(
            "write_orders",
            "write_returns",
            "write_merchant_managed_fulfillment_orders",
            "write_third_party_fulfillment_orders",
            "write_customers",
            "write_products",
            "write_files",
        ),
    )


class OpenTextDefaults(_Part):
    """What the connection form is filled with; each store confirms or changes it there."""

    otds_url: BaseUrl | None = Field(default=None, description="Prefills the connection form: OTDS, with /otdsws")
    content_server_url: BaseUrl | None = Field(
        default=None, description="Prefills it: Content Server, with its path (/cs/cs)"
    )
    external_system: str = Field(default="", description="Prefills it: name of the external system connection")
    client_id: str = Field(default="", description="Prefills it: OAuth client id at OTDS")
    client_secret: SecretStr | None = Field(
        default=None, description="Its secret, where a store enters none of its own"
    )
    workflow_url: BaseUrl | None = Field(default=None, description="Prefills it: gateway of the Workflow Service")
    workflow_tenant: str = Field(default="", description="Prefills it: tenant id")
    workflow_client_id: str = Field(default="", description="Prefills it: client id at the gateway")
    workflow_client_secret: SecretStr | None = Field(
        default=None, description="Its secret, where a store enters none of its own"
    )
    workflow_path: str = Field(default="/workflow/v1", description="Path of the workflow API behind the gateway")
    workflow_history_path: str = Field(default="/workflow-history/v1", description="Path of its history API")
    exstream_url: BaseUrl | None = Field(default=None, description="Prefills it: Exstream")
    exstream_flavour: Literal["gateway", "ot2", "local"] = Field(
        default="gateway", description="How Exstream's token is got: API gateway, SaaS or an own cluster"
    )
    exstream_tenant: str = Field(default="", description="Prefills it: tenant of Exstream")
    exstream_client_id: str = Field(default="", description="Prefills it: client id of Exstream")
    exstream_client_secret: SecretStr | None = Field(
        default=None, description="Its secret, where a store enters none of its own"
    )
    exstream_domain: str = Field(default="", description="Prefills it: domain of its Design Asset Service")
    exstream_channel_service: str = Field(
        default="", description="Prefills it: the Orchestration service that sends what we hand over"
    )
    exstream_channel_sends: Literal["print", "mail", "both"] = Field(
        default="print", description="Prefills it: what that service does with it"
    )
    exstream_templates: dict[str, str] = Field(
        default_factory=dict, description="Communication ids by template, for that address, as JSON"
    )
    notifications_url: BaseUrl | None = Field(default=None, description="Prefills it: OpenText Notifications")
    notifications_user: str = Field(default="", description="Prefills it: account there")
    notifications_password: SecretStr | None = Field(
        default=None, description="Its password, where a store enters none of its own"
    )


class Periods(_Part):
    """How long things take at most, and how often we look. All ordinary settings: hours can be made minutes."""

    retry_after: tuple[float, ...] = Field(
        default=(5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400),
        description="Seconds before try 2, 3, … (jitter only lengthens)",
    )
    dispatch_every: float = Field(default=5.0, description="Seconds between two looks of the dispatcher")
    lease: float = Field(default=75.0, description="Seconds a worker owns a piece of work")
    heartbeat: float = Field(default=15.0, description="Seconds between two renewals of a lease")
    drain: float = Field(default=40.0, description="Seconds a drain claims new work")
    linger: float = Field(default=3.0, description="Seconds a drain waits for more before it ends")
    request_deadline: float = Field(default=40.0, description="Seconds one call to another service may take in all")
    page_moment: float = Field(
        default=0.1, description="Seconds a page waits for OpenText, then shows what is known; 0 is until it answers"
    )
    circuit_open: float = Field(
        default=30.0, description="Seconds a service that does not answer is left alone; doubles"
    )
    circuit_open_most: float = Field(default=900.0, description="up to this")
    silence: timedelta = Field(
        default=timedelta(hours=24), description="After this without a message from the store, home says so"
    )
    decision_poll: timedelta = Field(
        default=timedelta(minutes=5), description="How often an open decision is looked for without a callback"
    )
    approval_poll: timedelta = Field(
        default=timedelta(minutes=5), description="How often approvals are looked for without a callback"
    )
    delivery_poll: timedelta = Field(
        default=timedelta(minutes=10), description="How often a delivery's state is looked for without a callback"
    )
    delivery_watch: timedelta = Field(default=timedelta(days=5), description="How long that is done")
    document_link: timedelta = Field(default=timedelta(days=30), description="How long a buyer's link to a paper holds")
    drift_check: timedelta = Field(default=timedelta(minutes=30), description="How often published fields are compared")
    subscription_check: timedelta = Field(
        default=timedelta(minutes=30), description="How often webhooks and panels are checked"
    )
    reconcile: timedelta = Field(
        default=timedelta(minutes=15), description="How often changes without a webhook are looked for"
    )
    raw_retention: timedelta = Field(default=timedelta(days=7), description="How long raw bodies are kept (encrypted)")
    session_idle: timedelta = Field(
        default=timedelta(minutes=30), description="A signed-in session ends after this without use"
    )
    session_absolute: timedelta = Field(default=timedelta(hours=12), description="and after this in any case")
    callback_token: timedelta = Field(
        default=timedelta(minutes=10), description="Life of a token from our token endpoint"
    )
    callback_max_age: timedelta = Field(default=timedelta(minutes=5), description="Signed callbacks may be this old")


class Limits(_Part):
    """Sizes and counts."""

    in_flight: int = Field(default=32, ge=1, le=128, description="Most pieces of work at once in one worker")
    per_upstream: int = Field(default=8, ge=1, le=128, description="Calls at once to one service of one store")
    body_bytes: int = Field(default=1_000_000, description="Largest webhook or callback")
    json_response_bytes: int = Field(default=8_000_000, description="Largest answer we read")
    document_bytes: int = Field(default=200_000_000, description="Largest document we fetch")
    upload_bytes: int = Field(
        default=25_000_000, ge=1_000_000, description="Largest set of files a buyer may send at once"
    )
    uploads_waiting_bytes: int = Field(
        default=2_000_000_000, description="Buyers' files waiting for Content Server beyond which new ones get 503"
    )
    backlog: int = Field(default=200_000, description="Open deliveries beyond which new ones get 503")
    free_disk_bytes: int = Field(default=1_000_000_000, description="Free disk below which new deliveries get 503")
    lost_leases: int = Field(default=3, description="Lost leases after which work is set aside as a crash")


class Settings(BaseSettings):
    """Everything an operator can set. A missing or weak value stops the start and names the setting, not the value."""

    model_config = SettingsConfigDict(
        env_prefix="ECM_", env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    secret_key: SecretStr = Field(
        min_length=32, description="Required. Key of everything encrypted: 32 or more random characters"
    )
    previous_secret_keys: tuple[SecretStr, ...] = Field(
        default=(), description="Former keys, until `ecm rotate-keys` has run"
    )
    public_url: BaseUrl = Field(description="Required. Our own address as browsers and services see it")
    extra_hosts: tuple[str, ...] = Field(default=(), description="More Host values to answer to")
    proxy_hops: int = Field(default=0, ge=0, le=5, description="Proxies in front whose X-Forwarded-* is believed")
    database_url: str = Field(default="sqlite:///ecm.sqlite3", description="SQLite or PostgreSQL")
    redis_url: str = Field(default="redis://127.0.0.1:6379/0", description="Redis or Valkey; unix:// for a socket")
    data_dir: Path = Field(default=Path("data"), description="Cache of documents shown to shoppers")
    operator_token: SecretStr | None = Field(
        default=None, min_length=24, description="Opens /operator, /metrics and /readyz; without it they are not there"
    )
    allow_plain_http: bool = Field(default=False, description="Only for trials: http and any port are allowed")
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Private networks we may call, for example the one of your Content Server"
    )
    allowed_ports: tuple[int, ...] = Field(default=(443,), description="Ports we may call")
    log_format: Literal["json", "text"] = Field(default="json", description="json or text")
    bigcommerce: BigCommerceSettings = BigCommerceSettings()
    shopify: ShopifySettings = ShopifySettings()
    opentext: OpenTextDefaults = OpenTextDefaults()
    periods: Periods = Periods()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _refuse_weak_keys(self) -> "Settings":
        for key in (self.secret_key, *self.previous_secret_keys):
            text = key.get_secret_value()
            if len(text) < 32 or len(set(text)) < 8 or text.lower().startswith(("changeme", "secret", "default")):
                raise ValueError("ECM_SECRET_KEY (and ECM_PREVIOUS_SECRET_KEYS) need 32 or more random characters")
        if urlsplit(self.public_url).scheme != "https" and not self.allow_plain_http:
            raise ValueError("ECM_PUBLIC_URL must be https unless ECM_ALLOW_PLAIN_HTTP is set")
        return self

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The Host values we answer to."""
        return (urlsplit(self.public_url).netloc, *self.extra_hosts)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")
