"""The shop, its capabilities, the app's installation and scopes."""

from sandbox.shopify import installing, scopes, versions, webhooks
from sandbox.shopify.errors import UserError, entry
from sandbox.shopify.gids import gid
from sandbox.shopify.mutating import mutation
from sandbox.shopify.payloads import shops as payloads
from sandbox.shopify.resolving import field, query
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import JSON, App

PLAN_NAMES = {"basic": "Basic", "grow": "Grow", "advanced": "Advanced", "plus": "Shopify Plus"}


def shop_node(shop: Shop) -> JSON:
    """`Shop`, from the profile and the plan."""
    store, plus = shop.store, shop.store.plan == "plus"
    return {
        "__typename": "Shop",
        **store.profile,
        "myshopifyDomain": store.domain,
        "plan": {
            "publicDisplayName": PLAN_NAMES[store.plan],
            "shopifyPlus": plus,
            "partnerDevelopment": bool(store.profile.get("development")),
        },
        "entitlements": {
            "b2b": {"enabled": store.b2b},
            "markets": {"b2b": {"enabled": store.b2b, "catalogs": {"enabled": True, "limit": 10_000 if plus else 3}}},
        },
        "features": {"directConnectionCatalogAssignmentEnabled": plus, "buyerExperienceDepositEnabled": plus},
        "resourceLimits": {"maxProductOptions": 3, "maxProductVariants": 2048},
    }


@query("shop")
def the_shop(shop: Shop, _node: JSON, _args: JSON) -> JSON:
    return shop_node(shop)


@query("publicApiVersions")
def api_versions(_shop: Shop, _node: JSON, _args: JSON) -> list[JSON]:
    return [versions.shown(handle) for handle in (*versions.SUPPORTED, "unstable")]


@query("currentAppInstallation")
def installation(shop: Shop, _node: JSON, _args: JSON) -> JSON:
    installed, app = shop.installation, shop.app
    assert installed is not None and app is not None  # noqa: S101, PT018  # a token belongs to an installation
    return {
        "__typename": "AppInstallation",
        "id": gid("AppInstallation", installed.number),
        "app": app_node(app),
        "launchUrl": shop.api.admin_url(shop.store, f"/apps/{app.handle}"),
        "uninstallUrl": None,
        "accessScopes": [_scope(name) for name in sorted(scopes.implied(installed.scopes))],
    }


def app_node(app: App) -> JSON:
    return {
        "__typename": "App",
        "id": gid("App", app.number),
        "handle": app.handle,
        "title": app.title,
        "developerName": "Storefront ECM",
        "embedded": True,
        "webhookApiVersion": app.webhook_version,
        "requestedAccessScopes": [_scope(name) for name in app.scopes],
        "optionalAccessScopes": [_scope(name) for name in app.optional_scopes],
    }


@query("node")
def node(shop: Shop, _node: JSON, args: JSON) -> JSON | None:
    return _allowed(shop, shop.any_of(args["id"]))


@query("nodes")
def nodes(shop: Shop, _node: JSON, args: JSON) -> list[JSON | None]:
    return [_allowed(shop, shop.any_of(text)) for text in args["ids"]]


def _allowed(shop: Shop, found: JSON | None) -> JSON | None:
    """Nothing of a type whose scope is missing."""
    if found is None or not scopes.met(scopes.TYPES.get(found["__typename"], ()), shop.scopes):
        return None
    return found


@mutation("appRevokeAccessScopes")
def revoke(shop: Shop, args: JSON) -> JSON:
    """Optional scopes only; a read scope that a write scope brings along cannot go alone."""
    app, installed = shop.app, shop.installation
    assert installed is not None and app is not None  # noqa: S101, PT018
    errors = [
        entry(f"{name}: {said}", ["scopes", str(n)], code)
        for n, name in enumerate(args["scopes"])
        if (found := _why_not(app, installed.scopes, name)) and (said := found[0]) and (code := found[1])
    ]
    if errors:
        raise UserError.many(errors)
    installing.grant(shop, app, installed.scopes - set(args["scopes"]))
    return {"revoked": [_scope(name) for name in args["scopes"]]}


def _why_not(app: App, granted: frozenset[str], name: str) -> tuple[str, str] | None:
    if name not in scopes.KNOWN:
        return "there is no such scope", "UNKNOWN_SCOPES"
    if name in app.scopes:
        return "required scopes cannot be revoked", "CANNOT_REVOKE_REQUIRED_SCOPES"
    if name not in granted:
        implied = name in scopes.implied(granted)
        return ("it is implied by a write scope", "CANNOT_REVOKE_IMPLIED_SCOPES") if implied else (
            "it was not granted", "CANNOT_REVOKE_UNDECLARED_SCOPES"
        )  # fmt: skip
    return None


@mutation("appUninstall")
def uninstall(shop: Shop, args: JSON) -> JSON:
    del args
    app = shop.app
    assert app is not None  # noqa: S101
    told = app_node(app)
    installing.uninstall(shop, app)
    return {"app": told}


@field("Shop", "id")
def shop_id(shop: Shop, _node: JSON, _args: JSON) -> str:
    return str(shop.store.profile["id"])


def _scope(name: str) -> JSON:
    verb, _, what = name.partition("_")
    said = f"{'Modify' if verb == 'write' else 'Read'} {what.replace('_', ' ')}"
    return {"handle": name, "description": said}


def redact_shop(shop: Shop, about: JSON) -> None:
    """48 hours after an uninstall: everything of this shop is to be forgotten."""
    app = shop.api.state.apps.get(about["client_id"])
    if app is not None and app.client_id not in shop.store.installations:
        webhooks.compliance(shop, app, "shop/redact", payloads.redact_shop(shop))


FINISH = {"redact shop": redact_shop}
