"""OpenText Communications (Exstream) and Notifications as one WSGI app, on the paths of the real ones.

Paths: `/tenants/…` and `/otdstenant/…` and `/otdsws/…` (tokens), `/design/api/v1`, `/orchestration/api/v1`,
`/empower/api/v1/version`, `/mra/v1` (Notifications), `/outbox` (for people). Source: reference for OpenText Exstream.
"""

import contextlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from sandbox import credentials
from sandbox.exstream import answers, tokens
from sandbox.exstream.answers import OutputFailed, Refused, WrongHeader
from sandbox.exstream.design_assets import DesignAssets
from sandbox.exstream.notifications import Notifications
from sandbox.exstream.orchestration import Orchestration
from sandbox.exstream.outbox import Outbox
from sandbox.exstream.seed import make_state
from sandbox.exstream.state import TENANT_ADMIN, ExstreamState, Json
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.faults import FaultRule
from sandbox.kernel.standin import Call, Handler, StandIn, json_response
from sandbox.kernel.world import World

SERVICES = ("/design/", "/orchestration/", "/empower/")
JOBS, STATUS = "callbacks/exstream/v1/jobs", "callbacks/notifications/v1"


class Exstream(StandIn):
    """`report_to` names where its callbacks go; `tick` lets happen what is due."""

    system = "exstream"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.route("POST", "/tenants/<tenant>/oauth2/token", self._gateway_token)
        self.route("POST", "/otdstenant/<tenant>/oauth2/token", self._subscription_token)
        self.route("POST", "/otdsws/otdstenant/<tenant>/oauth2/token", self._local_token)
        self.answer("GET", "/empower/api/v1/version", self._editor_version)
        self.design_assets = DesignAssets(self)
        self.orchestration = Orchestration(self)
        self.notifications = Notifications(self)
        self.outbox = Outbox(self)
        world.clock.on_advance(self.tick)

    @property
    def state(self) -> ExstreamState:
        return self.world.state(self.system, lambda: make_state(self.world.clock.now()))

    def now(self) -> datetime:
        return self.world.clock.now()

    def report_to(self, app_url: str, *, jobs: str = "", notifications: str = "") -> None:
        """Where the app takes reports, by the secret tokens of its two doors; without a token nothing is told."""
        base = app_url.rstrip("/")
        with self.lock:
            doors = (("jobs", JOBS, jobs), ("notifications", STATUS, notifications))
            self.state.callbacks = {name: f"{base}/{path}/{token}" for name, path, token in doors if token}
            self.world.touched()

    def tick(self) -> None:
        """Batch jobs end, attempts move on, both are reported. The runner calls this every second."""
        with self.lock:
            reports = self.orchestration.run_due() + self.notifications.run_due()
        for report in reports:
            self.world.deliveries.send(report)

    def delivery(self, url: str, body: Json, retry_after: Sequence[int]) -> Delivery:
        return Delivery(
            self.system, url, json.dumps(body, ensure_ascii=False).encode(),
            lambda: {"Content-Type": "application/json"}, retry_after,
        )  # fmt: skip

    def answer(self, methods: str, path: str, handler: Handler) -> None:
        """Route with this product's two error shapes, and its 400 that says nothing."""

        def guarded(call: Call, **args: Any) -> Response:
            try:
                return handler(call, **args)
            except Refused as error:
                return answers.refusal(error, call.path, self.now())
            except OutputFailed as error:
                return answers.output_failed(error)
            except WrongHeader:
                return answers.wrong_header()

        self.route(methods, path, guarded)

    def turn(self, call: Call) -> contextlib.AbstractContextManager[Any]:
        """Composing and Notifications lock for themselves: a long composition must not hold up everything."""
        if call.path.startswith(("/orchestration/", "/mra/")):
            return contextlib.nullcontext()
        return self.lock

    def guard(self, call: Call) -> Response | None:
        if call.path.startswith("/mra/v1/outbound"):
            return self.notifications.guard(call)
        if not call.path.startswith(SERVICES):
            return None
        client = tokens.bearer(call, self.state, self.now())
        if client is None:
            return answers.refusal(Refused(401, "Full authentication is required"), call.path, self.now())
        if call.path.startswith("/design/") and not call.path.endswith("/version") and TENANT_ADMIN not in client.roles:
            return answers.refusal(Refused(403, "Access is denied"), call.path, self.now())
        call.environ["exstream.client"] = client.id
        return None

    def actor(self, call: Call) -> str:
        """A service client where a user name is expected."""
        return f"{call.environ['exstream.client']}@OAuthClients"

    def version(self, name: str, major: int, minor: int, build: int) -> Json:
        text = f"{major}.{minor}.{build}"
        return {"apiIdentifier": name, "major": major, "minor": minor, "patch": build, "versionString": text}

    def not_found(self, call: Call) -> Response:
        return answers.refusal(Refused(404, f"No handler found for {call.method} {call.path}"), call.path, self.now())

    def wrong_method(self, call: Call) -> Response:
        return answers.refusal(Refused(405, f"Request method '{call.method}' not supported"), call.path, self.now())

    def fault_response(self, rule: FaultRule) -> Response:
        if rule.body is not None:
            return json_response(rule.body, rule.status, headers=rule.headers)
        response = answers.refusal(Refused(rule.status, "fault injected"), rule.path, self.now())
        response.headers.update(rule.headers)
        return response

    def _gateway_token(self, call: Call, tenant: str) -> Response:
        return tokens.gateway(call, self.state, self.now(), tenant)

    def _subscription_token(self, call: Call, tenant: str) -> Response:
        scopes = {"search", "otds:groups", f"subscription:{credentials.EXSTREAM_SUBSCRIPTION}"}
        return tokens.otds(call, self.state, self.now(), tenant, scopes)

    def _local_token(self, call: Call, tenant: str) -> Response:
        return tokens.otds(call, self.state, self.now(), tenant, {"otds:groups"})

    def _editor_version(self, call: Call) -> Response:  # noqa: ARG002
        return json_response({"header": {"status": {"code": 200, "msg": "OK"}}, "body": {"servicesVersion": "22.2.0"}})
