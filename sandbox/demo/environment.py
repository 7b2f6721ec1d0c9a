"""The environment the demo gives the app: everything points at the stand-ins, nothing else differs from production."""

import json
import os
from collections.abc import Mapping

from sandbox import credentials
from sandbox.content_server.seed import BIGCOMMERCE
from sandbox.demo.folder import StateFolder
from sandbox.exstream.designs import DESIGNS
from sandbox.exstream.seed import DOMAIN, FORWARD, communication_id
from sandbox.stage import Addresses, Stage

OF_TESTS = ("ECM_TEST_CHROMIUM", "ECM_SCREENSHOTS")
# A person waits in front of the screen: look more often than in production, and give up a try sooner.
PERIODS = {
    "DISPATCH_EVERY": "1",
    "DECISION_POLL": "PT20S",
    "DELIVERY_POLL": "PT20S",
    "APPROVAL_POLL": "PT5S",
    "DRIFT_CHECK": "PT60S",
    "SUBSCRIPTION_CHECK": "PT300S",
    "RECONCILE": "PT60S",
    "RETRY_AFTER": "[1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600]",
}


def app_environment(
    folder: StateFolder, stage: Stage, redis_url: str, given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The ECM_* variables by name. What the user has set wins over the demo's defaults."""
    defaults = {f"ECM_{name}": value for name, value in _defaults(folder, stage, redis_url).items()}
    chosen = {name: value for name, value in given.items() if name.startswith("ECM_")}
    return defaults | {name: value for name, value in chosen.items() if name not in OF_TESTS}


def _defaults(folder: StateFolder, stage: Stage, redis_url: str) -> dict[str, str]:
    addresses = stage.addresses
    return {
        "SECRET_KEY": folder.secret("secret_key"),
        "OPERATOR_TOKEN": folder.secret("operator_token"),
        "PUBLIC_URL": addresses.app,
        "DATABASE_URL": f"sqlite:///{folder.database}",
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder.data),
        "ALLOW_PLAIN_HTTP": "true",
        "ALLOWED_NETWORKS": json.dumps(["127.0.0.0/8"]),
        "ALLOWED_PORTS": json.dumps(_ports(addresses)),
        "BIGCOMMERCE__CLIENT_ID": credentials.APP_CLIENT_ID,
        "BIGCOMMERCE__CLIENT_SECRET": credentials.APP_CLIENT_SECRET,
        "BIGCOMMERCE__LOGIN_URL": addresses.bigcommerce,
        "BIGCOMMERCE__API_URL": addresses.bigcommerce,
        "BIGCOMMERCE__FRAME_ANCESTORS": json.dumps([addresses.desk]),
        "SHOPIFY__CLIENT_ID": credentials.SHOPIFY_CLIENT_ID,
        "SHOPIFY__CLIENT_SECRET": credentials.SHOPIFY_CLIENT_SECRET,
        "SHOPIFY__SHOP_URL": f"{addresses.shopify}/{{shop}}",
        "SHOPIFY__BRIDGE_URL": f"{addresses.shopify}/admin/static/app-bridge.js",
        "SHOPIFY__ADMIN_ORIGINS": json.dumps([addresses.shopify]),
        "OPENTEXT__OTDS_URL": stage.otds_url,
        "OPENTEXT__CONTENT_SERVER_URL": stage.content_server_url,
        "OPENTEXT__EXTERNAL_SYSTEM": BIGCOMMERCE,
        "OPENTEXT__CLIENT_ID": credentials.OTDS_CLIENT_ID,
        "OPENTEXT__CLIENT_SECRET": credentials.OTDS_CLIENT_SECRET,
        "OPENTEXT__WORKFLOW_URL": addresses.workflow,
        "OPENTEXT__WORKFLOW_TENANT": credentials.WORKFLOW_TENANT,
        "OPENTEXT__WORKFLOW_CLIENT_ID": credentials.WORKFLOW_CLIENT_ID,
        "OPENTEXT__WORKFLOW_CLIENT_SECRET": credentials.WORKFLOW_CLIENT_SECRET,
        "OPENTEXT__EXSTREAM_URL": addresses.exstream,
        "OPENTEXT__EXSTREAM_TENANT": credentials.EXSTREAM_TENANT,
        "OPENTEXT__EXSTREAM_CLIENT_ID": credentials.EXSTREAM_CLIENT_ID,
        "OPENTEXT__EXSTREAM_CLIENT_SECRET": credentials.EXSTREAM_CLIENT_SECRET,
        "OPENTEXT__EXSTREAM_DOMAIN": DOMAIN,
        "OPENTEXT__EXSTREAM_CHANNEL_SERVICE": FORWARD,
        "OPENTEXT__EXSTREAM_TEMPLATES": json.dumps({one.key: communication_id(one.key) for one in DESIGNS}),
        "OPENTEXT__NOTIFICATIONS_URL": addresses.exstream,
        "OPENTEXT__NOTIFICATIONS_USER": credentials.NOTIFICATIONS_USER,
        "OPENTEXT__NOTIFICATIONS_PASSWORD": credentials.NOTIFICATIONS_PASSWORD,
        **{f"PERIODS__{name}": value for name, value in PERIODS.items()},
    }


def _ports(addresses: Addresses) -> list[int]:
    own = [int(url.rpartition(":")[2]) for url in addresses.as_json().values()]
    return [443, *sorted(own)]
