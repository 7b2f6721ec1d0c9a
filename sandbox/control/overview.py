"""GET /control: where everything is and how to get in. POST /control/reset."""

import time
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from sandbox import credentials
from sandbox.control import stores, switches
from sandbox.control.answers import Body, Problem, query, read
from sandbox.people import PASSWORD

if TYPE_CHECKING:
    from sandbox.control.door import Control

JSON = dict[str, Any]
RESET_WITHIN = 15.0


def show(control: "Control", request: Request) -> JSON:
    query(request, ())
    stage, environment = control.stage, dict(control.backstage.environment)
    return {
        "addresses": stage.addresses.as_json(),
        "app": {
            "url": environment.get("ECM_PUBLIC_URL", stage.addresses.app),
            "operator_token": environment.get("ECM_OPERATOR_TOKEN"),
            "processes": control.backstage.processes(),
            "environment": environment,
        },
        "bigcommerce": _bigcommerce(control),
        "shopify": _shopify(control),
        "opentext": _opentext(control),
        "clock": switches.clock(stage.world),
        "systems": [*stage.services()],
        "resources": {provider: sorted(found) for provider, found in stores.RESOURCES.items()},
        "routes": control.listed,
    }


def _bigcommerce(control: "Control") -> JSON:
    api, panel = control.stage.bigcommerce, control.stage.control_panel
    return {
        "login_url": control.stage.addresses.bigcommerce,
        "api_url": control.stage.addresses.bigcommerce,
        "client_id": credentials.APP_CLIENT_ID,
        "client_secret": credentials.APP_CLIENT_SECRET,
        "stores": [
            {
                "store_hash": store.hash,
                "name": store.profile["name"],
                "installed": panel.installed(store.hash),
                "users": [{"id": u.id, "email": u.email, "name": u.name, "role": u.role} for u in store.users],
            }
            for store in api.state.stores.values()
        ],
    }


def _shopify(control: "Control") -> JSON:
    api, admin = control.stage.shopify, control.stage.shopify_admin
    app = api.state.apps[credentials.SHOPIFY_CLIENT_ID]
    return {
        "url": control.stage.addresses.shopify,
        "client_id": app.client_id,
        "client_secrets": list(app.secrets),
        "stores": [
            {
                "store": shop.domain,
                "name": shop.profile["name"],
                "plan": shop.plan,
                "api_url": api.shop_url(shop.domain),
                "admin_url": api.admin_url(shop),
                "installed": admin.installed(shop.domain),
                "scopes": admin.scopes(shop.domain),
                "users": [{"id": u.id, "email": u.email, "name": u.name, "owner": u.owner} for u in shop.users],
            }
            for shop in admin.shops()
        ],
    }


def _opentext(control: "Control") -> JSON:
    stage = control.stage
    state, directory = stage.content_server.state, stage.otds.directory.state
    return {
        "otds_url": stage.otds_url,
        "client_id": credentials.OTDS_CLIENT_ID,
        "client_secret": credentials.OTDS_CLIENT_SECRET,
        "users": [{"name": user.id, "password": PASSWORD} for user in directory.users.values()],
        "content_server_url": stage.content_server_url,
        "external_systems": sorted(state.external_systems),
        "workflow_url": stage.addresses.workflow,
        "workflow_tenant": credentials.WORKFLOW_TENANT,
        "workflow_client_id": credentials.WORKFLOW_CLIENT_ID,
        "workflow_client_secret": credentials.WORKFLOW_CLIENT_SECRET,
        "workflow_people": [
            {"name": name, "groups": groups, "password": PASSWORD}
            for name, groups in stage.workflow.engine.state.people.items()
        ],
    }


def reset(control: "Control", request: Request) -> JSON:
    """Everything back to the beginning: stand-ins, ledger, faults, the app's data, its queue."""
    read(request, Body)
    began = time.monotonic()
    try:
        control.backstage.reset()
    except Exception as error:
        raise Problem(500, f"The reset failed: {error}") from error
    return {"ready": True, "took_seconds": round(time.monotonic() - began, 2)}


ROUTES = (("GET", "", show), ("POST", "/reset", reset))
