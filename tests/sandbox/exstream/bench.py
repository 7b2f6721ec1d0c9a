"""A fresh Exstream spoken to over plain HTTP, as a client would that nobody here wrote."""

from typing import Any

import httpx
from werkzeug.wrappers import Request, Response

from sandbox import credentials
from sandbox.exstream import Exstream, switches
from sandbox.exstream.samples import sample
from sandbox.exstream.seed import DOMAIN, communication_id
from sandbox.kernel.transport import InProcess
from sandbox.kernel.world import World

GENERATE = f"/orchestration/api/v1/inputs/ondemand/{DOMAIN}/generate"
RESOURCES = f"/design/api/v1/resources/{DOMAIN}"
INVOICE = communication_id("SF_INVOICE")
ACCOUNT = (credentials.NOTIFICATIONS_USER, credentials.NOTIFICATIONS_PASSWORD)


class Bench:
    """`told` is what came to the app's doors, as (path, body); `answers` the statuses they give, then 202."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[int] = []
        self.world = World(transport=InProcess({"app.test": self._door}), inline=True)
        self.exstream = Exstream(self.world)
        transport = InProcess({"exstream.test": self.exstream})
        self.http = httpx.Client(transport=transport, base_url="http://exstream.test")
        self.sign_in(credentials.EXSTREAM_CLIENT_ID, credentials.EXSTREAM_CLIENT_SECRET)

    def close(self) -> None:
        self.http.close()
        self.world.deliveries.close()

    def sign_in(self, client_id: str, secret: str) -> None:
        asked = {"client_id": client_id, "client_secret": secret, "grant_type": "client_credentials"}
        answer = self.http.post(f"/tenants/{credentials.EXSTREAM_TENANT}/oauth2/token", json=asked).json()
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def generate(
        self, key: str = "SF_INVOICE", *, body: Any = None, domain: str = DOMAIN, **headers: str
    ) -> httpx.Response:
        sent = {"communicationId": communication_id(key), "driverDataSource": "Driver"} | headers
        sent = {name: value for name, value in sent.items() if value}
        url = GENERATE.replace(DOMAIN, domain)
        if isinstance(body, bytes):
            return self.http.post(url, content=body, headers={"Content-Type": "application/json"} | sent)
        return self.http.post(url, json=sample(key) if body is None else body, headers=sent)

    def mail(self, **changes: Any) -> httpx.Response:
        body = {
            "destinations": [{"email": "a@example.com", "ref": "a"}],
            "body": [{"type": "text", "name": "m", "charset": "utf-8", "data": "SGVsbG8="}],
            "options": {
                "customer_reference": "job",
                "email_options": {"subject": "Hello", "html_open_tracking": "top"},
            },
        }
        return self.http.post("/mra/v1/outbound/emails", json=body | changes, auth=ACCOUNT)

    def status(self, job: str, kind: str = "emails") -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(
            f"/mra/v1/outbound/{kind}/status", params={"job_id": job}, auth=ACCOUNT
        ).json()
        return found

    def switch(self, name: str, count: int = 1) -> None:
        switches.turn_on(self.world, self.exstream.state, name, count)

    def _door(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        self.told.append((request.path, request.get_json()))
        return Response(status=self.answers.pop(0) if self.answers else 202)(environ, start_response)
