"""The app's life in a shop: managed installation, scope changes, uninstall. Source: app installation, access scopes.

With managed installation Shopify asks for the scopes itself and then opens the app: no request precedes it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call
from sandbox.shopify import oauth, scopes, webhooks
from sandbox.shopify.payloads import shops as payloads
from sandbox.shopify.shop import EVERYTHING, Shop
from sandbox.shopify.state import App, Installation, Store

if TYPE_CHECKING:
    from sandbox.shopify.standin import Shopify

REDACT_AFTER = 48 * 3600


def install(api: "Shopify", store: Store, app: App, granted: Iterable[str]) -> Installation:
    """The app is in the shop with these scopes; a second time only the scopes change."""
    wanted = frozenset(granted)
    known = store.installations.get(app.client_id)
    if known is not None:
        grant(_hand(api, store), app, wanted)
        return known
    store.counters["AppInstallation"] += 1
    made = Installation(app.client_id, 700 + store.counters["AppInstallation"], wanted, api.world.clock.now())
    store.installations[app.client_id] = made
    store.later = [w for w in store.later if (w.action, w.about.get("client_id")) != ("redact shop", app.client_id)]
    api.world.touched()
    return made


def grant(shop: Shop, app: App, wanted: frozenset[str]) -> None:
    """The merchant has agreed to other scopes, or took some back; the app is told."""
    installed = shop.store.installations[app.client_id]
    former = installed.scopes
    if wanted == former:
        return
    installed.scopes = wanted
    body = payloads.scopes_update(shop, installed, sorted(former), sorted(wanted))
    webhooks.emit(shop, "app/scopes_update", body, only_app=app.client_id)


def uninstall(shop: Shop, app: App) -> None:
    """Told by webhook; tokens and API-made subscriptions are gone at once. 48 hours later `shop/redact`."""
    webhooks.emit(shop, "app/uninstalled", payloads.shop(shop), only_app=app.client_id)
    for record in shop.where("WebhookSubscription", clientId=app.client_id):
        shop.drop(record)
    oauth.void(shop.api, shop=shop.store.domain, client_id=app.client_id)
    shop.store.installations.pop(app.client_id, None)
    shop.store.buckets.pop(app.client_id, None)
    shop.later(REDACT_AFTER, "redact shop", client_id=app.client_id)


def page(api: "Shopify", store: Store, call: Call) -> Response:
    """The direct install link: agreed to at once, then the app opens inside the admin."""
    app = api.state.apps.get(call.args.get("client_id", ""))
    if app is None:
        return Response("There is no such app.", 404, content_type="text/plain")
    asked = tuple(filter(None, call.args.get("scope", "").split(","))) or app.scopes
    if strange := sorted(set(asked) - scopes.KNOWN):
        return Response(f"Unknown scopes: {', '.join(strange)}", 400, content_type="text/plain")
    install(api, store, app, asked)
    call.effect = f"{store.domain} app {app.client_id} installed"
    return Response(status=302, headers={"Location": api.admin_url(store, f"/apps/{app.handle}")})


def _hand(api: "Shopify", store: Store) -> Shop:
    return Shop(api, store, scopes=frozenset({EVERYTHING}))
