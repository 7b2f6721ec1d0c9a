"""What a person does in the control panel and the Developer Portal, for desk and control API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox import credentials
from sandbox.bigcommerce import install, scopes
from sandbox.bigcommerce.extensions import MODELS
from sandbox.bigcommerce.seed import demo_app, new_store
from sandbox.bigcommerce.state import App, Store, User

if TYPE_CHECKING:
    from sandbox.bigcommerce.standin import BigCommerce

DEMO = credentials.STORE_HASH
DEMO_APP = credentials.APP_CLIENT_ID


@dataclass(frozen=True)
class MenuItem:
    """One App Extension in a row's Action menu. `path` has the row's id filled in."""

    id: str
    client_id: str
    label: str
    path: str
    context: str


class ControlPanel:
    """Installing, opening and removing apps. Unknown stores, apps, users and scopes raise ValueError.

    A user is given as id or e-mail; nobody means the store owner.
    """

    def __init__(self, api: "BigCommerce") -> None:
        self._api = api

    def register_app(
        self,
        auth_url: str,
        load_url: str,
        uninstall_url: str = "",
        remove_user_url: str = "",
        *,
        client_id: str = DEMO_APP,
        client_secret: str = credentials.APP_CLIENT_SECRET,
        scopes: Iterable[str] | None = None,
    ) -> App:
        """Make or replace an app profile. Changing the scopes of a known app voids its tokens."""
        wanted = _known(scopes) if scopes is not None else demo_app("").scopes
        with self._api.lock:
            former = self._api.state.apps.get(client_id)
            app = App(client_id, client_secret, auth_url, load_url, uninstall_url, remove_user_url, wanted)
            self._api.state.apps[client_id] = app
            if former is not None and set(former.scopes) != set(wanted):
                install.revoke_tokens(self._api.state, app)
            self._api.world.touched()
        return app

    def add_store(self, store_hash: str, name: str) -> Store:
        """A further, empty store with the usual people."""
        with self._api.lock:
            if store_hash in self._api.state.stores:
                raise ValueError(f"store: {store_hash} exists already")
            store = self._api.state.stores[store_hash] = new_store(self._api, store_hash, name)
            self._api.world.touched()
        return store

    def install_url(
        self,
        store_hash: str = DEMO,
        *,
        user: int | str | None = None,
        scopes: Iterable[str] | None = None,
        client_id: str = DEMO_APP,
        external: bool = False,
    ) -> str:
        """The GET to the app's auth callback, as after *Install* or after accepting new scopes.

        `scopes`: what the merchant grants, the app's own when left out.
        """
        with self._api.acting(store_hash) as shop:
            app = self._app(client_id)
            granted = _known(scopes) if scopes is not None else app.scopes
            person = shop.store.user(user)
            return install.install_url(self._api, shop.store, app, person, granted, external=external)

    def load_url(
        self,
        store_hash: str = DEMO,
        user: int | str | None = None,
        path: str = "/",
        *,
        channel_id: int | None = None,
        client_id: str = DEMO_APP,
        **claims: Any,
    ) -> str:
        """The GET to the app's load callback. `path` like `/orders/100`; `claims` overrides claims, for tests."""
        with self._api.acting(store_hash) as shop:
            app = self._app(client_id)
            channel = channel_id if channel_id is not None or path == "/" else 1
            token = install.signed_payload(self._api, shop.store, app, shop.store.user(user), path, channel, **claims)
            return f"{app.load_url}?signed_payload_jwt={token}"

    def uninstall(self, store_hash: str = DEMO, *, user: int | str | None = None, client_id: str = DEMO_APP) -> None:
        """Uninstall: webhook, callback, tokens and hooks gone."""
        with self._api.acting(store_hash) as shop:
            shop.emit("store/app/uninstalled", {"type": "app"})
            install.uninstall(self._api, shop.store, self._app(client_id), shop.store.user(user))

    def remove_user(self, user: int | str, store_hash: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """Take a user out of the store; the app is told."""
        with self._api.acting(store_hash) as shop:
            install.remove_user(self._api, shop.store, self._app(client_id), shop.store.user(user))

    def issue_token(
        self, store_hash: str = DEMO, scopes: Iterable[str] | None = None, *, client_id: str = DEMO_APP,
        app_level: bool = True,
    ) -> str:  # fmt: skip
        """A token without the browser's way, for tests and store-level pilots."""
        with self._api.acting(store_hash) as shop:
            app = self._app(client_id)
            granted = _known(scopes) if scopes is not None else app.scopes
            return install.issue_token(self._api.state, shop.store, app, granted, app_level=app_level)

    def installed(self, store_hash: str = DEMO, *, client_id: str = DEMO_APP) -> bool:
        return bool(self._api.store(store_hash).installed.get(client_id))

    def users(self, store_hash: str = DEMO) -> list[User]:
        return list(self._api.store(store_hash).users)

    def menu(self, store_hash: str, model: str, row_id: int, locale: str = "en-US") -> list[MenuItem]:
        """The items apps added to a row's Action menu, labelled for the user's language."""
        if model not in MODELS:
            raise ValueError(f"model: {model} is none of {', '.join(MODELS)}")
        store = self._api.store(store_hash)
        return [
            MenuItem(e.id, e.client_id, _label(e.label, locale), e.url.replace("${id}", str(row_id)), e.context)
            for e in store.extensions.values()
            if e.model == model and store.installed.get(e.client_id)
        ]

    def set_quota(self, requests: int, window_ms: int = 30_000, store_hash: str = DEMO) -> None:
        """The request quota of the store for each window."""
        if requests < 0 or window_ms < 1:
            raise ValueError("quota: must not be negative, and the window at least 1 ms")
        with self._api.acting(store_hash) as shop:
            shop.store.quota, shop.store.window_ms = requests, window_ms
            shop.store.window.started = None

    def _app(self, client_id: str) -> App:
        app = self._api.state.apps.get(client_id)
        if app is None:
            raise ValueError(f"client_id: there is no app {client_id}")
        return app


def _known(names: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(names))
    strange = sorted(set(wanted) - scopes.KNOWN)
    if strange:
        raise ValueError(f"scopes: unknown {', '.join(strange)}")
    return wanted


def _label(label: dict[str, Any], locale: str) -> str:
    """The label in the user's language: exact locale, else same language, else the default."""
    values = {entry["localeCode"]: entry["value"] for entry in label["locales"]}
    same = [text for code, text in values.items() if code.split("-")[0] == locale.split("-")[0]]
    return str(values.get(locale) or (same[0] if same else label["defaultValue"]))
