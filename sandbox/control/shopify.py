"""Shopify from outside: installing and opening the app, its tokens, scopes and secrets, and what goes wrong there.

Orders, products and the rest are resources, as with every store.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field
from werkzeug.wrappers import Request

from sandbox import credentials
from sandbox.control import install_walk, stores
from sandbox.control.answers import Body, Problem, read

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]
SHOP = r"^[a-z0-9][a-z0-9-]{0,59}(\.myshopify\.com)?$"


class InShop(Body):
    """`store`: the shop's domain or handle."""

    store: str = Field(default=credentials.SHOPIFY_SHOP, pattern=SHOP)


class Install(InShop):
    """`store` may be a new one: an empty shop is made. `user`: who installs, an id or e-mail; the owner else."""

    name: str = Field(default="", max_length=100)
    plan: Literal["basic", "grow", "advanced", "plus"] = "plus"
    user: int | str | None = None
    connect: bool = True


class Open(InShop):
    user: int | str | None = None
    path: str = Field(default="/", pattern=r"^/")


class User(InShop):
    user: int | str


class Scopes(InShop):
    scopes: list[str] = Field(min_length=1)


class Secret(Body):
    secret: str = Field(min_length=16, max_length=100)


class Tokens(InShop):
    """`refresh`: the refresh tokens too, so that only the merchant's next visit brings new ones."""

    refresh: bool = False


class Throttle(InShop):
    seconds: float = Field(gt=0, le=3600)


class Rival(InShop):
    points_per_second: float = Field(ge=0, le=10_000)


class Freeze(InShop):
    status: Literal["", "402", "423"]


class Protect(InShop):
    level: Literal[0, 1, 2]


class Topic(InShop):
    topic: str = Field(min_length=3, max_length=100)


class Customer(InShop):
    customer: int | str


def install(control: "Control", request: Request) -> JSON:
    """As a merchant does it: agree to the scopes, open the app from the admin, connect OpenText."""
    asked, admin = read(request, Install), control.stage.shopify_admin
    domain = asked.store if asked.store.endswith(".myshopify.com") else f"{asked.store}.myshopify.com"
    if domain not in control.stage.shopify.state.shops:
        admin.add_shop(domain, asked.name or domain.partition(".")[0].replace("-", " ").title(), asked.plan)
    _knowing(lambda: control.stage.shopify.store(domain).user(asked.user))
    return install_walk.walk_shopify(control.stage, domain, asked.user, connect=asked.connect)


def uninstall(control: "Control", request: Request) -> JSON:
    domain = _shop(control, read(request, InShop))
    if not control.stage.shopify_admin.installed(domain):
        raise Problem(409, "The app is not installed in this store.")
    control.stage.shopify_admin.uninstall(domain)
    return {"store": domain, "installed": False}


def open_app(control: "Control", request: Request) -> JSON:
    """The address the admin's frame opens, with a fresh ID token; the token expires after a minute."""
    asked = read(request, Open)
    domain = _shop(control, asked)
    opened = _knowing(lambda: control.stage.shopify_admin.open(domain, asked.user, asked.path))
    return {"url": opened.url, "id_token": opened.id_token}


def id_token(control: "Control", request: Request) -> JSON:
    """A fresh ID token, as App Bridge and admin extensions get one for each request."""
    asked = read(request, Open)
    domain = _shop(control, asked)
    return {"id_token": _knowing(lambda: control.stage.shopify_admin.id_token(domain, asked.user))}


def remove_user(control: "Control", request: Request) -> JSON:
    asked = read(request, User)
    domain = _shop(control, asked)
    _knowing(lambda: control.stage.shopify_admin.remove_user(asked.user, domain))
    return {"store": domain, "removed": asked.user}


# Scopes, tokens, secrets


def grant_scopes(control: "Control", request: Request) -> JSON:
    asked = read(request, Scopes)
    domain = _shop(control, asked)
    _knowing(lambda: control.stage.shopify_admin.grant(asked.scopes, domain))
    return {"store": domain, "scopes": control.stage.shopify_admin.scopes(domain)}


def drop_scopes(control: "Control", request: Request) -> JSON:
    """The merchant takes scopes back; the app is told by webhook."""
    asked = read(request, Scopes)
    domain = _shop(control, asked)
    _knowing(lambda: control.stage.shopify_admin.take_back(asked.scopes, domain))
    return {"store": domain, "scopes": control.stage.shopify_admin.scopes(domain)}


def expire_tokens(control: "Control", request: Request) -> JSON:
    asked, admin = read(request, Tokens), control.stage.shopify_admin
    domain = _shop(control, asked)
    ended = {"access_tokens": admin.expire_tokens(domain)}
    return ended | ({"refresh_tokens": admin.kill_refresh_tokens(domain)} if asked.refresh else {})


def rotate_secret(control: "Control", request: Request) -> JSON:
    """A second client secret; webhooks stay signed with the oldest until it is revoked."""
    control.stage.shopify_admin.rotate_secret(read(request, Secret).secret)
    return _secrets(control)


def revoke_old_secrets(control: "Control", request: Request) -> JSON:
    """Only the newest secret is left; tokens made with another one are void."""
    read(request, Body)
    control.stage.shopify_admin.revoke_old_secrets()
    return _secrets(control)


def _secrets(control: "Control") -> JSON:
    return {"client_secrets": list(control.stage.shopify.state.apps[credentials.SHOPIFY_CLIENT_ID].secrets)}


# Trouble


def throttle(control: "Control", request: Request) -> JSON:
    """The app's query budget is empty, and stays so for these seconds of the sandbox's clock."""
    asked = read(request, Throttle)
    domain = _shop(control, asked)
    control.stage.shopify_admin.throttle(asked.seconds, domain)
    return {"store": domain, "throttled_seconds": asked.seconds}


def rival(control: "Control", request: Request) -> JSON:
    """Somebody else spends this share of the budget from now on; 0 ends it."""
    asked = read(request, Rival)
    domain = _shop(control, asked)
    control.stage.shopify_admin.rival(asked.points_per_second, domain)
    return {"store": domain, "points_per_second": asked.points_per_second}


def freeze(control: "Control", request: Request) -> JSON:
    """The shop answers nobody: `402` unpaid, `423` locked; empty ends it."""
    asked = read(request, Freeze)
    domain = _shop(control, asked)
    control.stage.shopify_admin.freeze(asked.status, domain)
    return {"store": domain, "status": asked.status}


def protect(control: "Control", request: Request) -> JSON:
    """The level of customer data the app is approved for."""
    asked = read(request, Protect)
    domain = _shop(control, asked)
    _knowing(lambda: control.stage.shopify_admin.protect(asked.level, domain))
    return {"store": domain, "level": asked.level}


def drop_subscription(control: "Control", request: Request) -> JSON:
    """The app's subscriptions of a topic that were made by API are deleted, as after too many failures."""
    asked = read(request, Topic)
    domain = _shop(control, asked)
    return {"topic": asked.topic, "deleted": control.stage.shopify_admin.drop_subscription(asked.topic, domain)}


# What privacy law asks


def request_data(control: "Control", request: Request) -> JSON:
    return _comply(control, request, control.stage.shopify_admin.request_data)


def redact_customer(control: "Control", request: Request) -> JSON:
    return _comply(control, request, control.stage.shopify_admin.redact_customer)


def redact_shop(control: "Control", request: Request) -> JSON:
    """Without waiting 48 hours after an uninstall."""
    domain = _shop(control, read(request, InShop))
    control.stage.shopify_admin.redact_shop(domain)
    return {"store": domain}


def _comply(control: "Control", request: Request, work: Callable[[str, str], None]) -> JSON:
    asked = read(request, Customer)
    domain = _shop(control, asked)
    _knowing(lambda: work(str(asked.customer), domain))
    return {"store": domain, "customer": asked.customer}


# Inside


def _shop(control: "Control", asked: InShop) -> str:
    return stores.shop_of(control, asked.store)


def _knowing(work: Callable[[], Any]) -> Any:
    """What the admin does not know becomes a refusal that names the field."""
    try:
        return work()
    except ValueError as error:
        field, colon, said = str(error).partition(": ")
        raise Problem(422, str(error), **({"fields": {field: said}} if colon else {})) from error


ROUTES = tuple(
    ("POST", f"/stores/shopify/{name}", handler)
    for name, handler in {
        "install": install, "uninstall": uninstall, "open": open_app, "id_token": id_token,
        "remove_user": remove_user, "grant_scopes": grant_scopes, "drop_scopes": drop_scopes,
        "expire_tokens": expire_tokens, "rotate_secret": rotate_secret, "revoke_old_secrets": revoke_old_secrets,
        "throttle": throttle, "rival": rival, "freeze": freeze, "protect": protect,
        "drop_subscription": drop_subscription, "request_data": request_data, "redact_customer": redact_customer,
        "redact_shop": redact_shop,
    }.items()
)  # fmt: skip
