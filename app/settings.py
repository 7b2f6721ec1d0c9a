"""One settings object: read once from the environment (ECM_…), frozen, passed down. Only this file knows names there."""

from datetime import timedelta
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("must be an http(s) address without credentials, query or fragment")
    return value.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_base_url)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BigCommerceSettings(_Part):
    """The app's profile at BigCommerce. `previous_client_secret` still verifies while a rotation is under way."""

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    previous_client_secret: SecretStr | None = None
    login_url: BaseUrl = "https://login.bigcommerce.com"
    api_url: BaseUrl = "https://api.bigcommerce.com"
    frame_ancestors: tuple[str, ...] = ("https://*.mybigcommerce.com",)
    webhook_max_age: timedelta = timedelta(days=3)
    scopes: tuple[str, ...] = (
        "store_v2_orders",
        "store_v2_products",
        "store_v2_customers_read_only",
        "store_v2_transactions_read_only",
        "store_v2_information_read_only",
        "store_app_extensions_manage",
        "store_v2_default",
    )


class ShopifySettings(_Part):
    """Shopify's addresses. `shop_domain` is the pattern a shop's host must match."""

    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    shop_domain: str = r"[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com"


class OpenTextDefaults(_Part):
    """What the connection form is filled with; each store confirms or changes it there."""

    otds_url: BaseUrl | None = None
    content_server_url: BaseUrl | None = None
    external_system: str = ""
    workflow_url: BaseUrl | None = None
    workflow_tenant: str = ""
    workflow_path: str = "/workflow/v1"
    workflow_history_path: str = "/workflow-history/v1"
    exstream_url: BaseUrl | None = None


class Periods(_Part):
    """How long things take at most, and how often we look. All ordinary settings: hours can be made minutes."""

    retry_after: tuple[float, ...] = (
        5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400,
    )  # fmt: skip  # seconds before try 2, 3, …
    dispatch_every: float = 5.0
    lease: float = 75.0
    heartbeat: float = 15.0
    drain: float = 40.0
    linger: float = 3.0
    request_deadline: float = 40.0
    decision_poll: timedelta = timedelta(minutes=5)
    approval_poll: timedelta = timedelta(minutes=5)
    drift_check: timedelta = timedelta(minutes=30)
    subscription_check: timedelta = timedelta(minutes=30)
    reconcile: timedelta = timedelta(minutes=15)
    raw_retention: timedelta = timedelta(days=7)
    session_idle: timedelta = timedelta(minutes=30)
    session_absolute: timedelta = timedelta(hours=12)
    callback_token: timedelta = timedelta(minutes=10)
    callback_max_age: timedelta = timedelta(minutes=5)


class Limits(_Part):
    """Sizes and counts."""

    in_flight: int = Field(default=32, ge=1, le=128)
    per_upstream: int = Field(default=8, ge=1, le=128)
    body_bytes: int = 1_000_000
    json_response_bytes: int = 8_000_000
    document_bytes: int = 200_000_000
    backlog: int = 200_000
    free_disk_bytes: int = 1_000_000_000
    lost_leases: int = 3


class Settings(BaseSettings):
    """Everything an operator can set. A missing or weak value stops the start and names the setting, never the value."""

    model_config = SettingsConfigDict(
        env_prefix="ECM_", env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    secret_key: SecretStr = Field(min_length=32)
    previous_secret_keys: tuple[SecretStr, ...] = ()
    public_url: BaseUrl
    extra_hosts: tuple[str, ...] = ()
    proxy_hops: int = Field(default=0, ge=0, le=5)
    database_url: str = "sqlite:///ecm.sqlite3"
    redis_url: str = "redis://127.0.0.1:6379/0"
    data_dir: Path = Path("data")
    operator_token: SecretStr | None = Field(default=None, min_length=24)
    allow_plain_http: bool = False
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    allowed_ports: tuple[int, ...] = (443,)
    log_format: Literal["json", "text"] = "json"
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
