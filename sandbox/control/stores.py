"""Stores: install the app, create, change and read what is in them.

Installing, uninstalling and opening below `/stores/<provider>` are BigCommerce's; Shopify has its own words for them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import Field
from werkzeug.wrappers import Request

from sandbox import credentials
from sandbox.bigcommerce import merchant
from sandbox.control import install_walk
from sandbox.control.answers import Body, Problem, query, raw_json, read
from sandbox.kernel.hands import NotAccepted
from sandbox.shopify import hands

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]
STORE = "store"  # the query parameter that picks a store
RESOURCES: dict[str, frozenset[str]] = {
    "bigcommerce": frozenset(merchant.RESOURCES),
    "shopify": frozenset(hands.RESOURCES),
}
Hands = merchant.Merchant | hands.Merchant


class Install(Body):
    """`store_hash` may be a new one: an empty store is made. `owner`: who installs, an id or e-mail of the store."""

    store_hash: str = Field(default=credentials.STORE_HASH, pattern=r"^[a-z0-9]{4,20}$")
    name: str = Field(default="", max_length=100)
    owner: int | str | None = None
    connect: bool = True


class Uninstall(Body):
    store_hash: str = credentials.STORE_HASH


class RemoveUser(Body):
    user: int | str
    store_hash: str = credentials.STORE_HASH


def install(control: "Control", request: Request, provider: str) -> JSON:
    """As a merchant does it, over HTTP: install, wait for the set-up, open the app, connect OpenText."""
    _provider(provider)
    asked = read(request, Install)
    panel = control.stage.control_panel
    if asked.store_hash not in control.stage.bigcommerce.state.stores:
        panel.add_store(asked.store_hash, asked.name or f"Store {asked.store_hash}")
    try:
        control.stage.bigcommerce.store(asked.store_hash).user(asked.owner)
    except ValueError as error:
        raise Problem(422, str(error), fields={"owner": str(error)}) from error
    return install_walk.walk(control.stage, asked.store_hash, asked.owner, connect=asked.connect)


def uninstall(control: "Control", request: Request, provider: str) -> JSON:
    _provider(provider)
    asked = read(request, Uninstall)
    _store(control, asked.store_hash)
    if not control.stage.control_panel.installed(asked.store_hash):
        raise Problem(409, "The app is not installed in this store.")
    control.stage.control_panel.uninstall(asked.store_hash)
    return {"store_hash": asked.store_hash, "installed": False}


def open_app(control: "Control", request: Request, provider: str) -> JSON:
    """A fresh, signed address of the app, as the control panel puts it into a frame. Good for one use."""
    _provider(provider)
    asked = read(request, OpenApp)
    _store(control, asked.store_hash)
    try:
        url = control.stage.control_panel.load_url(asked.store_hash, asked.user, asked.path)
    except ValueError as error:
        raise Problem(422, str(error)) from error
    return {"url": url}


class OpenApp(Body):
    store_hash: str = credentials.STORE_HASH
    user: int | str | None = None
    path: str = Field(default="/", pattern=r"^/")


def remove_user(control: "Control", request: Request, provider: str) -> JSON:
    _provider(provider)
    asked = read(request, RemoveUser)
    _store(control, asked.store_hash)
    try:
        control.stage.control_panel.remove_user(asked.user, asked.store_hash)
    except ValueError as error:
        raise Problem(422, str(error), fields={"user": str(error)}) from error
    return {"store_hash": asked.store_hash, "removed": asked.user}


def listing(control: "Control", request: Request, provider: str, resource: str) -> JSON:
    """Newest first."""
    with _asked(control, request, provider, resource) as (hand, store_hash):
        return {resource: hand.list(resource, store_hash)}


def show(control: "Control", request: Request, provider: str, resource: str, number: str) -> JSON:
    with _asked(control, request, provider, resource) as (hand, store_hash):
        return hand.get(resource, number, store_hash)


def create(control: "Control", request: Request, provider: str, resource: str) -> tuple[JSON, int]:
    with _asked(control, request, provider, resource) as (hand, store_hash):
        return hand.create(resource, _object(request), store_hash), 201


def change(control: "Control", request: Request, provider: str, resource: str, number: str) -> JSON:
    with _asked(control, request, provider, resource) as (hand, store_hash):
        return hand.patch(resource, number, _object(request), store_hash)


def delete(control: "Control", request: Request, provider: str, resource: str, number: str) -> JSON:
    with _asked(control, request, provider, resource) as (hand, store_hash):
        hand.delete(resource, number, store_hash)
    return {"deleted": number}


@contextmanager
def _asked(control: "Control", request: Request, provider: str, resource: str) -> Iterator[tuple[Hands, str]]:
    """The merchant's hands and the store the query picks; what the store refuses becomes the answer."""
    _provider(provider)
    if resource not in RESOURCES[provider]:
        raise Problem(404, f"There is no resource {resource}.", resources=sorted(RESOURCES[provider]))
    asked = query(request, (STORE,)).get(STORE)
    try:
        if provider == "shopify":
            yield hands.Merchant(control.stage.shopify), shop_of(control, asked or credentials.SHOPIFY_SHOP)
        else:
            store_hash = asked or credentials.STORE_HASH
            _store(control, store_hash)
            yield merchant.Merchant(control.stage.bigcommerce), store_hash
    except NotAccepted as refused:
        status = 422 if refused.status == 400 else refused.status
        raise Problem(status, str(refused), **({"fields": refused.errors} if refused.errors else {})) from refused


def shop_of(control: "Control", name: str) -> str:
    """A Shopify shop's domain, by domain or handle."""
    try:
        return control.stage.shopify.store(name).domain
    except ValueError as error:
        raise Problem(404, f"There is no store {name}.", stores=sorted(control.stage.shopify.state.shops)) from error


def _provider(provider: str) -> None:
    if provider not in RESOURCES:
        raise Problem(404, f"There is no provider {provider}.", providers=sorted(RESOURCES))


def _store(control: "Control", store_hash: str) -> None:
    known = control.stage.bigcommerce.state.stores
    if store_hash not in known:
        raise Problem(404, f"There is no store {store_hash}.", stores=sorted(known))


def _object(request: Request) -> JSON:
    try:
        body = json.loads(raw_json(request))
    except (ValueError, RecursionError) as error:
        raise Problem(422, "The body is not JSON.", fields={"body": "not JSON"}) from error
    if not isinstance(body, dict):
        raise Problem(422, "The body must be a JSON object.", fields={"body": "not an object"})
    return body


ROUTES = (
    ("POST", "/stores/<provider>/install", install),
    ("POST", "/stores/<provider>/uninstall", uninstall),
    ("POST", "/stores/<provider>/open", open_app),
    ("POST", "/stores/<provider>/remove_user", remove_user),
    ("GET", "/stores/<provider>/<resource>", listing),
    ("POST", "/stores/<provider>/<resource>", create),
    ("GET", "/stores/<provider>/<resource>/<number>", show),
    ("PATCH", "/stores/<provider>/<resource>/<number>", change),
    ("DELETE", "/stores/<provider>/<resource>/<number>", delete),
)
