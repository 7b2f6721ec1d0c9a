"""Deployed models: `/workflow/v1/runtime/models`.

XML content is Base64 of UTF-8 unless the switch `model_encoding` says plain; the other spelling is refused
with 400, so that a client's fallback is really used. Source: OpenText workflow reference, models
(deployment).
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any, Literal

from werkzeug.wrappers import Response

from sandbox.kernel.standin import Call, json_response
from sandbox.workflow import modeller, values, views
from sandbox.workflow.errors import WorkflowError
from sandbox.workflow.filters import COMMON, truth
from sandbox.workflow.state import Model

if TYPE_CHECKING:
    from sandbox.workflow.gateway import WorkflowService

PATH = "/workflow/v1/runtime/models"
FILTERS = {"latestVersion", "key", "modelType", "processDefinitionId"}


class ModelRoutes:
    def __init__(self, service: "WorkflowService") -> None:
        self.service, self.engine = service, service.engine

    def deploy(self, call: Call) -> Response:
        given = self.service.body(call, {"modelType", "modelId", "modelContent"})
        kind = given.get("modelType")
        if kind not in ("xml", "json"):
            raise WorkflowError("modelType must be xml or json")
        content = given.get("modelContent")
        xml = self._xml(content) if kind == "xml" else modeller.to_bpmn(content)
        model_type: Literal["xml", "json"] = "xml" if kind == "xml" else "json"
        model = self.engine.deploy(
            xml,
            self.service.actor(call),
            model_id=values.text(given, "modelId"),
            model_type=model_type,
            content=content,
        )
        call.effect = f"model {model.key} version {model.version} deployed"
        return json_response(views.model(model), 201)

    def _xml(self, content: Any) -> str:
        if not isinstance(content, str) or not content.strip():
            raise WorkflowError("modelContent must be a text")
        if self.engine.state.switches.model_encoding == "plain":
            return content
        try:
            return base64.b64decode(content, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise WorkflowError("modelContent is not encoded BPMN XML") from error

    def find(self, call: Call) -> Response:
        args = call.args
        if self.service.strict and (unknown := set(args) - FILTERS - COMMON):
            raise WorkflowError(f"Unknown query parameter: {', '.join(sorted(unknown))}")
        found = [m for m in self.engine.models() if self._wanted(m, args)]
        return json_response(views.page(call, "models", found, views.model, self.engine.state.switches))

    def _wanted(self, model: Model, args: Any) -> bool:
        if truth(args.get("latestVersion", "false")) and self.engine.latest(model.key) is not model:
            return False
        asked = {"key": model.key, "modelType": model.model_type, "processDefinitionId": model.definition_id}
        return all(args.get(name, value) == value for name, value in asked.items())

    def read(self, call: Call, id: str) -> Response:
        model = self.engine.model(id)
        if call.args.get("modelType", model.model_type) != model.model_type:
            raise WorkflowError(f"Model '{id}' is of type {model.model_type}.")
        return json_response(views.model(model, with_content=True))

    def delete(self, call: Call, id: str) -> Response:
        self.engine.undeploy(id)
        call.effect = f"model {id} removed"
        return Response(status=204)


def register(service: "WorkflowService") -> None:
    routes = ModelRoutes(service)
    service.answer("POST", PATH, routes.deploy)
    service.answer("GET", PATH, routes.find)
    service.answer("GET", f"{PATH}/<id>", routes.read)
    service.answer("DELETE", f"{PATH}/<id>", routes.delete)
