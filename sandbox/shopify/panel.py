"""What merchants and the app's developer do outside the API: for desk, control API and tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox import credentials
from sandbox.shopify import bucket, id_tokens, installing, oauth, scopes, webhooks
from sandbox.shopify import seed as seeding
from sandbox.shopify.payloads import shops as payloads
from sandbox.shopify.shop import EVERYTHING, Shop
from sandbox.shopify.state import App, Store, Subscription, User

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

DEMO_APP = credentials.SHOPIFY_CLIENT_ID
DEMO = credentials.SHOPIFY_SHOP


@dataclass(frozen=True)
class Opened:
    """How the admin opens an app in its frame: the address, and the ID token in it."""

    url: str
    id_token: str


class Admin:
    """Installing, opening and removing apps; scopes, secrets, subscriptions. What is unknown raises ValueError.

    A shop is named by domain or handle, a user by id or e-mail; nobody means the shop's owner.
    """

    def __init__(self, api: "Shopify") -> None:
        self._api = api

    # Shops and apps

    def add_shop(self, domain: str, name: str, plan: str = "plus") -> Store:
        """A further, empty shop with the usual people, channels and locations."""
        if plan not in bucket.PLANS:
            raise ValueError(f"plan: must be one of {', '.join(bucket.PLANS)}")
        with self._api.lock:
            if domain in self._api.state.shops:
                raise ValueError(f"store: {domain} exists already")
            store = self._api.state.shops[domain] = seeding.new_store(self._api, domain, name, plan)
            shop = Shop(self._api, store, scopes=frozenset({EVERYTHING}), at=self._api.world.clock.now(), muted=True)
            seeding.furnish(shop)
            self._api.world.touched()
        return store

    def register_app(self, application_url: str, **changes: Any) -> App:
        """Make or replace the demo's app profile; `changes` are fields of App."""
        with self._api.lock:
            app = seeding.demo_app(application_url)
            app.application_url = application_url.rstrip("/")
            for name, value in changes.items():
                setattr(app, name, value)
            self._api.state.apps[app.client_id] = app
            self._api.world.touched()
        return app

    def shops(self) -> list[Store]:
        return list(self._api.state.shops.values())

    def installed(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> bool:
        return client_id in self._api.store(shop).installations

    def scopes(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> list[str]:
        """What the app was granted; empty where it is not installed."""
        installed = self._api.store(shop).installations.get(client_id)
        return sorted(installed.scopes) if installed else []

    def install(self, shop: str = DEMO, granted: Iterable[str] | None = None, *, client_id: str = DEMO_APP) -> None:
        """The merchant agrees to the app's scopes (managed installation). `granted`: other scopes than it asks for."""
        with self._acting(shop) as here:
            app = self._app(client_id)
            installing.install(self._api, here.store, app, app.scopes if granted is None else _known(granted))

    def uninstall(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        with self._acting(shop) as here:
            if client_id not in here.store.installations:
                raise ValueError("store: the app is not installed there")
            installing.uninstall(here, self._app(client_id))

    def install_url(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> str:
        """The older flow's beginning: the direct install link."""
        app = self._app(client_id)
        return f"{self._api.shop_url(self._api.store(shop).domain)}/admin/oauth/install?" + urlencode(
            {"client_id": client_id, "scope": ",".join(app.scopes)}
        )

    def open(
        self, shop: str = DEMO, user: int | str | None = None, path: str = "/", *, client_id: str = DEMO_APP,
        **claims: Any,
    ) -> Opened:  # fmt: skip
        """The document request of the embedded app, as the admin's frame makes it. `claims` overrides token claims."""
        with self._acting(shop) as here:
            app, person = self._app(client_id), here.store.user(user)
            token = id_tokens.issue(self._api, here.store, app, person, **claims)
            query = {
                "embedded": "1", "shop": here.store.domain, "host": self._api.host_parameter(here.store),
                "locale": person.locale, "session": f"{person.id:064x}", "id_token": token,
            }  # fmt: skip
            address = app.application_url + (path if path != "/" else "")
            return Opened(f"{address}?{urlencode(oauth.signed(self._api, app, query))}", token)

    def id_token(
        self, shop: str = DEMO, user: int | str | None = None, *, client_id: str = DEMO_APP, **claims: Any
    ) -> str:
        """A fresh token, as App Bridge and admin UI extensions get one for each request."""
        with self._acting(shop) as here:
            return id_tokens.issue(self._api, here.store, self._app(client_id), here.store.user(user), **claims)

    def users(self, shop: str = DEMO) -> list[User]:
        return list(self._api.store(shop).users)

    def remove_user(self, user: int | str, shop: str = DEMO) -> None:
        """Somebody leaves the shop. Shopify does not tell apps."""
        with self._acting(shop) as here:
            person = here.store.user(user)
            if person.owner:
                raise ValueError("user: the store owner cannot be removed")
            here.store.users.remove(person)

    # Scopes, tokens, secrets

    def grant(self, names: Iterable[str], shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """The merchant agrees to optional scopes besides what is granted."""
        self._change_scopes(shop, client_id, lambda had: had | set(_known(names)))

    def take_back(self, names: Iterable[str], shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """The merchant takes scopes back."""
        self._change_scopes(shop, client_id, lambda had: had - set(_known(names)))

    def _change_scopes(self, shop: str, client_id: str, change: Any) -> None:
        with self._acting(shop) as here:
            installed = here.store.installations.get(client_id)
            if installed is None:
                raise ValueError("store: the app is not installed there")
            installing.grant(here, self._app(client_id), frozenset(change(installed.scopes)))

    def issue_token(self, shop: str = DEMO, granted: Iterable[str] | None = None, *, client_id: str = DEMO_APP) -> str:
        """An offline token without the browser's way, for tests: installs the app where it is not."""
        with self._acting(shop) as here:
            app = self._app(client_id)
            if client_id not in here.store.installations or granted is not None:
                wanted = app.scopes if granted is None else _known(granted)
                installing.install(self._api, here.store, app, wanted)
            return oauth.issue(self._api, here.store, app, app.secrets[-1], oauth.ACCESS_LIFE)

    def expire_tokens(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> int:
        """Every access token of the app in the shop is at its end; refresh tokens live on."""
        with self._acting(shop) as here:
            found = [
                t for t in self._api.state.tokens.values() if (t.shop, t.client_id) == (here.store.domain, client_id)
            ]
            for token in found:
                token.expires = self._api.world.clock.now()
            return len(found)

    def kill_refresh_tokens(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> int:
        """No refresh is possible any more: only the merchant's next visit brings tokens."""
        with self._acting(shop) as here:
            found = [
                t for t in self._api.state.refresh.values() if (t.shop, t.client_id) == (here.store.domain, client_id)
            ]
            for token in found:
                token.retired = True
            return len(found)

    def rotate_secret(self, secret: str, *, client_id: str = DEMO_APP) -> None:
        """A new client secret beside the old one. Webhooks are signed with the oldest that is not revoked."""
        with self._api.lock:
            app = self._app(client_id)
            if secret not in app.secrets:
                app.secrets.append(secret)
            self._api.world.touched()

    def revoke_old_secrets(self, *, client_id: str = DEMO_APP) -> None:
        """Only the newest secret is left; every token minted with another one is void."""
        with self._api.lock:
            app = self._app(client_id)
            for secret in app.secrets[:-1]:
                oauth.void(self._api, client_id=client_id, secret=secret)
            app.secrets = app.secrets[-1:]
            self._api.world.touched()

    # Trouble

    def throttle(self, seconds: float, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """The bucket is empty, and stays so."""
        with self._acting(shop) as here:
            points = here.store.buckets.setdefault(client_id, bucket.make(here.store.plan, here.now()))
            points.available, points.blocked_until = 0.0, here.now() + timedelta(seconds=seconds)

    def rival(self, points_per_second: float, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """Somebody else spends a share of the bucket from now on."""
        if points_per_second < 0:
            raise ValueError("points_per_second: must not be negative")
        with self._acting(shop) as here:
            points = here.store.buckets.setdefault(client_id, bucket.make(here.store.plan, here.now()))
            bucket.fill(points, here.now())
            points.rival = points_per_second

    def freeze(self, status: str, shop: str = DEMO) -> None:
        """`402` (unpaid), `423` (locked): the shop answers nobody; an empty text ends it."""
        if status not in ("", "402", "423"):
            raise ValueError("status: must be 402, 423 or empty")
        with self._acting(shop) as here:
            here.store.frozen = status

    def protect(self, level: int, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """The level of customer data the app is approved for: 0, 1 or 2."""
        if level not in (0, 1, 2):
            raise ValueError("level: must be 0, 1 or 2")
        with self._acting(shop) as here:
            installed = here.store.installations.get(client_id)
            if installed is None:
                raise ValueError("store: the app is not installed there")
            installed.protected = level

    # Webhooks

    def subscribe(self, subscriptions: Iterable[Subscription], *, client_id: str = DEMO_APP) -> None:
        """A new release of the app: its app-specific subscriptions are these."""
        with self._api.lock:
            self._app(client_id).subscriptions = list(subscriptions)
            self._api.world.touched()

    def drop_subscription(self, topic: str, shop: str = DEMO, *, client_id: str = DEMO_APP) -> int:
        """Shopify deletes the API-made subscriptions of a topic (as after too many failures). How many there were."""
        with self._acting(shop) as here:
            found = [record for app, _, record in webhooks.subscriptions(here, topic) if app.client_id == client_id]
            gone = [record for record in found if record is not None]
            for record in gone:
                here.drop(record)
            return len(gone)

    def request_data(self, customer: str, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """`customers/data_request`: a customer asks for what is stored."""
        self._comply(shop, client_id, "customers/data_request", customer)

    def redact_customer(self, customer: str, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """`customers/redact`: a customer is to be forgotten."""
        self._comply(shop, client_id, "customers/redact", customer)

    def redact_shop(self, shop: str = DEMO, *, client_id: str = DEMO_APP) -> None:
        """`shop/redact` now, without waiting for 48 hours after an uninstall."""
        with self._acting(shop) as here:
            webhooks.compliance(here, self._app(client_id), "shop/redact", payloads.redact_shop(here))

    def _comply(self, shop: str, client_id: str, topic: str, customer: str) -> None:
        with self._acting(shop) as here:
            known = here.find("Customer", customer) or next(
                (c for c in here.all("Customer") if customer in (c["email"], c["id"].rpartition("/")[2])), None
            )
            if known is None:
                raise ValueError(f"customer: there is no customer {customer}")
            orders = here.where("Order", customerId=known["id"])
            number = here.next("data request")
            body = (
                payloads.redact_customer(here, known, orders)
                if topic == "customers/redact"
                else payloads.data_request(here, known, orders, number)
            )
            webhooks.compliance(here, self._app(client_id), topic, body)

    # Inside

    def _acting(self, shop: str) -> Any:
        return self._api.acting(self._api.store(shop).domain)

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
