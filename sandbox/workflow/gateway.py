"""The Workflow Service behind its API gateway, as one WSGI app: tokens, models, instances, tasks, history.

Paths: `/tenants/{tenant}/oauth2/token`, `/oauth2/jwks`, `/workflow/v1/…`, `/workflow-history/v1/…`.
Business refusals are `{"exception": "…"}`, the gateway's own are Apigee faults. Source: OpenText workflow
reference, endpoints and errors.
"""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from sandbox.kernel.faults import FaultRule
from sandbox.kernel.standin import Call, Handler, StandIn, json_response
from sandbox.kernel.world import World
from sandbox.workflow import history_api, instances_api, models_api, tasks_api, tokens
from sandbox.workflow.core import Actor
from sandbox.workflow.engine import Engine
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.filters import Row
from sandbox.workflow.state import Instance

OPEN = ("/tenants/", "/oauth2/jwks")
EXACT = {
    "businessKey": "business_key",
    "processBusinessKey": "business_key",
    "processInstanceBusinessKey": "business_key",
    "processInstanceId": "id",
}
REASONS = {403: "Forbidden", 404: "Not found", 409: "Conflict"}


class WorkflowService(StandIn):
    """The stand-in; `engine` is the same service as Python, for the control API and the desk."""

    system = "workflow"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.engine = Engine(world)
        self.answer("POST", "/tenants/<tenant>/oauth2/token", self._token)
        self.answer("GET", "/oauth2/jwks", self._keys)
        for api in (models_api, instances_api, tasks_api, history_api):
            api.register(self)

    def answer(self, methods: str, path: str, handler: Handler) -> None:
        """Route with the service's own error bodies."""

        def guarded(call: Call, **args: Any) -> Response:
            try:
                return handler(call, **args)
            except WorkflowError as error:
                reason = REASONS.get(error.status)
                body = {"message": reason} if reason else {}
                return json_response(body | {"exception": str(error)}, error.status)

        self.route(methods, path, guarded)

    def turn(self, call: Call) -> contextlib.AbstractContextManager[Any]:  # noqa: ARG002
        """Nothing: the engine locks what it changes, and lets go while an HTTP task calls out."""
        return contextlib.nullcontext()

    def guard(self, call: Call) -> Response | None:
        if call.path.startswith(OPEN):
            return None
        who = tokens.actor(call, self.engine.state, self.world.clock.now())
        if isinstance(who, Response):
            return who
        call.environ["workflow.actor"] = who
        if call.method in ("POST", "PUT") and call.mimetype != "application/json":
            return json_response({"exception": f"Content type '{call.mimetype}' not supported"}, 415)
        return None

    def not_found(self, call: Call) -> Response:
        code = "messaging.adaptors.http.flow.ApplicationNotFound"
        return tokens.fault(404, f"Unable to identify proxy for url: {call.path}", code)

    def wrong_method(self, call: Call) -> Response:
        return json_response({"exception": f"Request method '{call.method}' not supported"}, 405)

    def fault_response(self, rule: FaultRule) -> Response:
        if rule.body is not None:
            response = json_response(rule.body, rule.status)
        elif rule.status == 401:
            response = tokens.fault(*tokens.INVALID_TOKEN)
        elif rule.status == 429:
            response = tokens.fault(429, "Rate limit quota violation", "policies.ratelimit.QuotaViolation")
        elif rule.status >= 500:
            code = "messaging.adaptors.http.flow.ServiceUnavailable"
            response = tokens.fault(rule.status, "The Service is temporarily unavailable", code)
        else:
            response = json_response({"exception": "fault injected"}, rule.status)
        response.headers.update(rule.headers)
        return response

    def _token(self, call: Call, tenant: str) -> Response:
        return tokens.issue(call, self.engine.state, self.world.clock.now(), tenant)

    def _keys(self, call: Call) -> Response:  # noqa: ARG002
        return json_response(tokens.key_set(self.engine.state))

    # For the routes.

    def actor(self, call: Call) -> Actor:
        found: Actor = call.environ["workflow.actor"]
        return found

    @property
    def strict(self) -> bool:
        return self.engine.state.switches.unknown_fields_refused

    def body(self, call: Call, fields: set[str]) -> dict[str, Any]:
        """The JSON object sent; unknown members are refused."""
        given = self.any_body(call)
        if not isinstance(given, dict):
            raise WorkflowError("The request body must be a JSON object.")
        if self.strict and (unknown := set(given) - fields):
            raise WorkflowError(f"Unrecognized field: {', '.join(sorted(unknown))}")
        return given

    def any_body(self, call: Call) -> Any:
        try:
            return json.loads(call.raw())
        except ValueError as error:
            raise WorkflowError(f"JSON parse error: {error}") from error

    def instances(self, args: Mapping[str, str]) -> list[Instance]:
        """All instances, or at once those of the business key or id a query names: the usual one."""
        found = self.engine.instances()
        for name, attribute in EXACT.items():
            if name in args:
                found = [i for i in found if getattr(i, attribute) == args[name]]
        return found

    def row(self, instance: Instance) -> Row:
        """An instance with what its views and filters need; `tree` is itself and everything above it."""
        above, at = {instance.id}, instance
        while at.parent_id and at.parent_id in self.engine.state.instances:
            at = self.engine.state.instances[at.parent_id]
            above.add(at.id)
        model = self.engine.definition(instance.definition_id)
        return Row(instance, model, self.engine.state.people, frozenset(above))
