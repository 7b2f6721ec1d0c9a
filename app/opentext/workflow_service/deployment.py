"""Process models into the Workflow Service, a new version only when the model changed.

Source: OpenText's demo applications. How XML is encoded in `modelContent` is not told: Base64, else plain.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import Permanent
from app.opentext.workflow_service.client import WorkflowApi
from app.opentext.workflow_service.payloads import Model


@dataclass(frozen=True)
class Deployed:
    """The version in force. Keep `digest` and give it back next time."""

    key: str
    version: int
    digest: str


def digest(xml: str) -> str:
    """What makes a model the same: its text, whatever its line ends."""
    return hashlib.sha256("\n".join(xml.strip().splitlines()).encode()).hexdigest()


class Deployment:
    """Deploys BPMN models of one tenant."""

    def __init__(self, api: WorkflowApi) -> None:
        self._api = api
        self._plain = False

    def models(self) -> list[Model]:
        """The latest version of every model."""
        return list(self._api.each(Model, "runtime", "models", query={"latestVersion": "true"}))

    def latest(self, key: str) -> Model | None:
        """The latest version of one process, or None."""
        query = {"latestVersion": "true", "key": key}
        found = self._api.each(Model, "runtime", "models", query=query)
        return max((m for m in found if m.key == key), key=lambda model: model.version, default=None)

    def deploy(self, xml: str, model_id: str) -> Model:
        """Deploy a model as a new version. Raises Permanent with what the service says of the model."""
        try:
            return self._post(xml, model_id, plain=self._plain)
        except Permanent as error:
            if error.context.get("status") != 400:
                raise
        model = self._post(xml, model_id, plain=not self._plain)
        self._plain = not self._plain
        return model

    def latest_of_each(self) -> dict[str, Model]:
        """The latest version of every process by key, in one listing."""
        found: dict[str, Model] = {}
        for model in self.models():
            if model.key not in found or model.version > found[model.key].version:
                found[model.key] = model
        return found

    def ensure_deployed(
        self, key: str, xml: str, deployed_digest: str = "", known: Mapping[str, Model] | None = None
    ) -> Deployed:
        """Deploy unless the model with `deployed_digest` is this one and the service still has it.

        `known` is what `latest_of_each` gave, for who looks after many models; without it this one is looked up.
        """
        wanted = digest(xml)
        if wanted == deployed_digest:
            present = self.latest(key) if known is None else known.get(key)
            if present is not None:
                return Deployed(key, present.version, wanted)
        model = self.deploy(xml, key)
        version = model.version or (present.version if (present := self.latest(key)) else 0)
        return Deployed(key, version, wanted)

    def _post(self, xml: str, model_id: str, *, plain: bool) -> Model:
        content = xml if plain else base64.b64encode(xml.encode()).decode()
        body = {"modelType": "xml", "modelId": model_id, "modelContent": content}
        return self._api.write(Model, "POST", "runtime", "models", body=body)
