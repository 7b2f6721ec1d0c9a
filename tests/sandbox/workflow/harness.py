"""A workflow service in process, somebody who receives its calls, and short words for what tests do with them."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
from werkzeug.wrappers import Request, Response

from sandbox import credentials
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World
from sandbox.workflow.engine import Actor
from sandbox.workflow.gateway import WorkflowService

TOKEN_PATH = f"/tenants/{credentials.WORKFLOW_TENANT}/oauth2/token"
RUNTIME, HISTORY = "/workflow/v1", "/workflow-history/v1"
SERVICE = Actor(f"{credentials.WORKFLOW_CLIENT_ID}@OAuthClients", is_service=True)
ANNA, TOM, SAM = "anna.berg@demo", "tom.okafor@demo", "sam.reyes@demo"


@dataclass
class Received:
    """One request somebody got: headers by lower-case name, body as JSON where it is."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Receiver:
    """The other end of HTTP tasks: a token endpoint and one that takes everything else and remembers it."""

    token_status: int = 200
    status: int = 202
    answer: Any = field(default_factory=lambda: {"status": "accepted"})
    token: str = "token-of-the-receiver"
    tokens: list[Received] = field(default_factory=list)
    calls: list[Received] = field(default_factory=list)
    on_call: Callable[[], None] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        text = request.get_data(as_text=True)
        body = json.loads(text) if request.mimetype == "application/json" and text else text
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Received(request.method, request.path, headers, body)
        if request.path == "/oauth2/token":
            self.tokens.append(got)
            answer = {"access_token": self.token, "token_type": "Bearer", "expires_in": 600}
            return self._json(answer, self.token_status)(environ, start_response)
        self.calls.append(got)
        self.on_call()
        return self._json(self.answer, self.status)(environ, start_response)

    def _json(self, answer: Any, status: int) -> Response:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Response(text, status, content_type="application/json")


class Harness:
    """World, stand-in, an authenticated client, and the receiver at `app.test`."""

    def __init__(self, world: World | None = None, receiver: Receiver | None = None) -> None:
        self.receiver = receiver or Receiver()
        transport = InProcess({"workflow.test": self._workflow, "app.test": self.receiver})
        self.world = world or World(transport=transport, inline=True)
        self.service = WorkflowService(self.world)
        self.engine = self.service.engine
        self.anonymous = httpx.Client(transport=transport, base_url="http://workflow.test")
        self.client = self.as_service()

    def _workflow(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.service(environ, start_response)

    def close(self) -> None:
        self.world.deliveries.close()

    # Signing in.

    def as_service(self) -> httpx.Client:
        return self._signed_in(
            client_id=credentials.WORKFLOW_CLIENT_ID,
            client_secret=credentials.WORKFLOW_CLIENT_SECRET,
            grant_type="client_credentials",
        )

    def as_person(self, name: str) -> httpx.Client:
        return self._signed_in(
            client_id=credentials.WORKFLOW_CLIENT_ID,
            client_secret=credentials.WORKFLOW_CLIENT_SECRET,
            grant_type="password",
            username=name,
            password="demo",
        )

    def _signed_in(self, **asked: str) -> httpx.Client:
        answer = self.anonymous.post(TOKEN_PATH, json=asked)
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return httpx.Client(transport=self.anonymous._transport, base_url="http://workflow.test", headers=bearer)

    def later(self, **span: float) -> None:
        """Let time pass on the sandbox's clock, and sign in again: tokens live 15 minutes."""
        self.world.clock.advance(timedelta(**span))
        self.client = self.as_service()

    # What tests do.

    def deploy(self, xml: str) -> dict[str, Any]:
        content = base64.b64encode(xml.encode()).decode()
        answer = self.client.post(f"{RUNTIME}/runtime/models", json={"modelType": "xml", "modelContent": content})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def refused(self, xml: str) -> str:
        """The reason why a model is not deployed."""
        content = base64.b64encode(xml.encode()).decode()
        answer = self.client.post(f"{RUNTIME}/runtime/models", json={"modelType": "xml", "modelContent": content})
        assert answer.status_code == 400, answer.text
        return str(answer.json()["exception"])

    def start(self, key: str, business_key: str = "bk", **variables: Any) -> dict[str, Any]:
        answer = self.try_start(key, business_key, **variables)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def try_start(self, key: str, business_key: str = "bk", **variables: Any) -> httpx.Response:
        listed = [{"name": name, "value": value} for name, value in variables.items()]
        body = {"processDefinitionKey": key, "businessKey": business_key, "variables": listed}
        return self.client.post(f"{RUNTIME}/process-instances", json=body)

    def tasks(self, **query: str) -> list[dict[str, Any]]:
        return self.listed(f"{RUNTIME}/tasks", **query)

    def listed(self, path: str, **query: str) -> list[dict[str, Any]]:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        found = list(answer.json().get("_embedded", {"none": []}).values())
        rows: list[dict[str, Any]] = found[0]
        return rows

    def act(self, task_id: str, action: str, **more: Any) -> httpx.Response:
        return self.client.post(f"{RUNTIME}/tasks/{task_id}", json={"action": action, **more})

    def decide(self, who: str, outcome: str | None = None, **more: Any) -> httpx.Response:
        """Claim the only open task for somebody and complete it."""
        (task,) = self.tasks()
        claimed = self.act(task["id"], "claim", assignee=who)
        assert claimed.status_code == 204, claimed.text
        return self.act(task["id"], "complete", outcome=outcome, **more)

    def history(self, instance_id: str) -> dict[str, Any]:
        answer = self.client.get(
            f"{HISTORY}/historic-process-instances/{instance_id}", params={"includeProcessVariables": "true"}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def variables(self, instance_id: str) -> dict[str, Any]:
        """Name and value of every variable, as the history tells them."""
        return {v["name"]: v["value"] for v in self.history(instance_id)["variables"]}


def process(body: str, key: str = "p", *, root: str = "", attributes: str = "") -> str:
    """A BPMN file around the steps of one process."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
             xmlns:workflow="http://workflow.opentext.com" targetNamespace="http://example.test">
  {root}<process id="{key}" name="Process {key}" isExecutable="true" {attributes}>{body}</process>
</definitions>"""


def flow(source: str, target: str, condition: str = "") -> str:
    inside = f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def straight(*steps: str, start: str = '<startEvent id="start"/>', end: str = '<endEvent id="end"/>') -> str:
    """Steps one after the other, from a start to an end; each step's id is the first id in its text."""
    ids = ["start", *(step.split('id="', 1)[1].split('"', 1)[0] for step in steps), "end"]
    flows = "".join(flow(a, b) for a, b in pairwise(ids))
    return start + "".join(steps) + flows + end


def user_task(id: str = "task", *, inside: str = "", **attributes: str) -> str:
    given = {"name": f"Task {id}"} | {f"workflow:{k}" if k != "name" else k: v for k, v in attributes.items()}
    text = " ".join(f'{k}="{v}"' for k, v in given.items())
    return f'<userTask id="{id}" {text}>{inside}</userTask>'


def listener(event: str, expression: str) -> str:
    escaped = expression.replace('"', "&quot;")
    return (
        f'<extensionElements><workflow:executionListener event="{event}" expression="{escaped}"/></extensionElements>'
    )


def http_task(id: str = "call", *, authentication: str = "", **fields: str) -> str:
    """An HTTP task; a field with `${` is an expression, any other literal."""
    given = {"requestMethod": "POST", "requestUrl": "http://app.test/hook"} | fields
    inside = "".join(
        f'<workflow:field name="{name}"><workflow:{kind}><![CDATA[{text}]]></workflow:{kind}></workflow:field>'
        for name, text in given.items()
        for kind in ["expression" if "${" in text else "string"]
    )
    return (
        f'<serviceTask id="{id}" workflow:type="http"><extensionElements>{authentication}{inside}'
        f"</extensionElements></serviceTask>"
    )


CREDENTIALS = (
    '<workflow:authenticationDetails authenticationUrl="http://app.test/oauth2/token" '
    'contentType="application/json" clientId="caller" clientSecret="secret" grantType="client_credentials" '
    'useCurrentAuthToken="false"/>'
)


def boundary_timer(id: str, host: str, duration: str, *, inside: str = "", cancel: str = "true") -> str:
    return (
        f'<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="{cancel}">{inside}'
        f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>"
    )
