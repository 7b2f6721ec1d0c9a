"""An app that only notes what Shopify sends it, for tests of the stand-in."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.shopify.state import Subscription
from sandbox.stage import Stage


@dataclass(frozen=True)
class Sent:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def topic(self) -> str:
        return self.headers["X-Shopify-Topic"]

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        digest = hmac.new(secret.encode(), self.body, hashlib.sha256).digest()
        return self.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()


@dataclass
class StandInApp:
    """`status`: how it answers. Also stands in for whoever runs an app: there are no processes."""

    status: int = 200
    received: list[Sent] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.received.append(Sent(request.path, dict(request.headers), request.get_data()))
        return Response(status=self.status)(environ, start_response)

    def topics(self) -> list[str]:
        return [sent.topic for sent in self.received]

    def listen(self, *topics: str, stage: Stage) -> None:
        """A new release of the app: these topics too, at the address of all the others."""
        app = next(iter(stage.shopify.state.apps.values()))
        stage.shopify_admin.subscribe([*app.subscriptions, Subscription(topics, "/webhooks", name="more")])

    def reset(self) -> None:
        self.received.clear()

    def processes(self) -> dict[str, int | None]:
        return {}
