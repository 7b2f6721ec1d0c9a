"""Process instances: `/workflow/v1/process-instances`, their variables, comments, executions, diagram.

Source: OpenText workflow reference, process instances.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.workflow import diagram, filters, values, views
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.instances import Start

if TYPE_CHECKING:
    from sandbox.workflow.gateway import WorkflowService

PATH = "/workflow/v1/process-instances"
OPTIONS = {"includeProcessVariables", "includeProcessComments"}
START_FIELDS = {
    "processDefinitionKey", "processDefinitionId", "message", "name", "businessKey", "variables",
    "transientVariables", "startFormVariables", "outcome", "returnVariables", "comment", "includeUserIds", "async",
}  # fmt: skip


class InstanceRoutes:
    def __init__(self, service: "WorkflowService") -> None:
        self.service, self.engine = service, service.engine

    def start(self, call: Call) -> Response:
        given = self.service.body(call, START_FIELDS)
        strict = self.service.strict
        asked = Start(
            key=values.text(given, "processDefinitionKey"),
            definition_id=values.text(given, "processDefinitionId"),
            message=values.text(given, "message"),
            name=values.text(given, "name"),
            business_key=values.text(given, "businessKey"),
            variables=values.variables(given.get("variables"), strict=strict)
            + values.variables(given.get("startFormVariables"), strict=strict),
            transient=values.variables(given.get("transientVariables"), strict=strict),
            comment=values.message(given.get("comment")),
            later=given.get("async") is True,
        )
        instance = self.engine.start(asked, self.service.actor(call))
        call.effect = f"process {instance.key} started as {instance.id} ({instance.business_key})"
        shown = views.instance(
            self.service.row(instance), call.args, with_variables=given.get("returnVariables") is True
        )
        return json_response(shown, 201)

    def find(self, call: Call) -> Response:
        rows = [self.service.row(i) for i in self.service.instances(call.args) if not i.ended]
        kept = filters.select(rows, call.args, filters.INSTANCES, OPTIONS, strict=self.service.strict)
        kept = filters.ordered(kept, call.args, filters.INSTANCE_SORTS)
        return self._page(call, "process-instances", kept, lambda row: views.instance(row, call.args))

    def read(self, call: Call, id: str) -> Response:
        return json_response(views.instance(self.service.row(self.engine.running(id)), call.args))

    def change(self, call: Call, id: str) -> Response:
        given = self.service.body(call, {"action", "comment"})
        if given.get("action") not in ("suspend", "activate"):
            raise WorkflowError(f"Invalid action: '{given.get('action')}'.")
        instance = self.engine.set_suspended(
            id, given["action"] == "suspend", self.service.actor(call), values.message(given.get("comment"))
        )
        call.effect = f"instance {id} {'suspended' if instance.suspended else 'activated'}"
        return json_response(views.instance(self.service.row(instance), call.args))

    def delete(self, call: Call, id: str) -> Response:
        self.engine.terminate(id, self.service.actor(call))
        call.effect = f"instance {id} terminated"
        return Response(status=204)

    def diagram(self, call: Call, id: str) -> Response:  # noqa: ARG002
        instance = self.engine.running(id)
        model = self.engine.definition(instance.definition_id)
        here = {waiting.activity_id for waiting in instance.waiting.values()}
        return Response(diagram.png(model.xml, here), content_type="image/png")

    # Variables.

    def variables(self, call: Call, id: str) -> Response:
        return self._page(call, "variables", [*self.engine.running(id).variables.values()], views.variable)

    def create_variables(self, call: Call, id: str) -> Response:
        given = self.service.any_body(call)
        if not isinstance(given, list) or not given:
            raise WorkflowError("Request didn't contain a list of variables to create.")
        made = self.engine.create_variables(id, values.variables(given, strict=self.service.strict))
        call.effect = f"instance {id} variables {', '.join(v.name for v in made)} created"
        return json_response([views.variable(v) for v in made], 201)

    def update_variable(self, call: Call, id: str, name: str) -> Response:
        given = values.variable(self.service.any_body(call), strict=self.service.strict)
        if given.name != name:
            raise WorkflowError("Variable name in the body should be equal to the name used in the requested URL.")
        self.engine.update_variable(id, given)
        call.effect = f"instance {id} variable {name} updated"
        return json_response(views.variable(given))

    # Comments.

    def comments(self, call: Call, id: str) -> Response:
        names = views.Names(call.args)
        found = self.engine.running(id).comments
        return self._page(call, "comments", found, lambda c: views.comment(c, names))

    def create_comment(self, call: Call, id: str) -> Response:
        given = self.service.body(call, {"includeUserIds", "message", "type"})
        message = values.text(given, "message", required=True) or ""
        comment = self.engine.comment(id, message, self.service.actor(call))
        call.effect = f"instance {id} comment {comment.id} written"
        return json_response(views.comment(comment, views.Names(call.args)), 201)

    def delete_comment(self, call: Call, id: str, comment_id: str) -> Response:
        self.engine.delete_comment(id, comment_id, self.service.actor(call))
        call.effect = f"instance {id} comment {comment_id} deleted"
        return Response(status=204)

    # Executions.

    def executions(self, call: Call) -> Response:
        instance = self.engine.running(call.args.get("processInstanceId", ""))
        found = [views.execution(instance.id, None)]
        found += [views.execution(instance.id, waiting) for waiting in instance.waiting.values()]
        return self._page(call, "executions", found, lambda execution: execution)

    def trigger(self, call: Call, id: str) -> Response:
        given = self.service.body(call, {"action", "variables"})
        if given.get("action") != "trigger":
            raise WorkflowError(f"Invalid action: '{given.get('action')}'.")
        self.engine.trigger(id, values.variables(given.get("variables"), strict=self.service.strict))
        call.effect = f"execution {id} triggered"
        return Response(status=204)

    def _page(self, call: Call, rel: str, items: Sequence[Any], show: Callable[[Any], Any]) -> Response:
        return json_response(views.page(call, rel, items, show, self.engine.state.switches))


def register(service: "WorkflowService") -> None:
    routes = InstanceRoutes(service)
    one = f"{PATH}/<id>"
    service.answer("POST", PATH, routes.start)
    service.answer("GET", PATH, routes.find)
    service.answer("GET", f"{PATH}/executions", routes.executions)
    service.answer("PUT", f"{PATH}/executions/<id>", routes.trigger)
    service.answer("GET", one, routes.read)
    service.answer("PUT", one, routes.change)
    service.answer("DELETE", one, routes.delete)
    service.answer("GET", f"{one}/diagram", routes.diagram)
    service.answer("GET", f"{one}/variables", routes.variables)
    service.answer("POST", f"{one}/variables", routes.create_variables)
    service.answer("PUT", f"{one}/variables/<name>", routes.update_variable)
    service.answer("GET", f"{one}/comments", routes.comments)
    service.answer("POST", f"{one}/comments", routes.create_comment)
    service.answer("DELETE", f"{one}/comments/<comment_id>", routes.delete_comment)
