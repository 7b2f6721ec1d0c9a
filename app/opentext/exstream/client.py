"""One way to call Communications: signed in, few calls at a time, its two error shapes turned into our errors.

Source: OpenText's Communications samples (Postman collection, SDK and its error handler).
"""

import threading
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx
from pydantic import ValidationError

from app.errors import Conflict, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.answers import M, read, route, said
from app.opentext.connection import Connection, ExstreamConnection
from app.opentext.exstream import payloads
from app.opentext.exstream.login import EXSTREAM, ExstreamLogin
from app.opentext.login import TokenCache, signed_in
from app.outbound import Outbound, raise_for, speaking_to

PATIENCE = httpx.Timeout(90, connect=5, pool=2)  # a composition
MORE_TIME = 60.0  # seconds it may take beyond what any call may
QUEUE_WAIT = 20.0  # seconds for a place among the calls in flight
IMPORT_CONFLICT = "309016"
IDENTITY_MARKS = ("otds", "oauth", "identity")
IDENTITY_TROUBLE = ("refused", "timed out", "timeout", "unknownhost", "unreachable", "i/o error", "unavailable")
ROLES = "tenantadmin for templates, a service client that may generate for documents"
SERVICES = ("design", "orchestration", "empower")


class ExstreamApi:
    """Calls below `{service}/api/v1`; `service` is design, orchestration or empower. Safe for many threads.

    Every method may raise Retryable (`identity_unreachable`, `engine_failed`, …), RateLimited, NeedsReauth, NotFound,
    Conflict, or Permanent (`bad_header`, `output_failed`, …). A Retryable with `unknown_outcome` means that a
    communication may have been composed and counted; nothing of it was filed or sent.
    """

    def __init__(self, connection: Connection, outbound: Outbound, tokens: TokenCache) -> None:
        if connection.exstream is None:
            raise NeedsReauth(
                "Exstream is not connected yet.", upstream=EXSTREAM, code="not_connected",
                hint="Enter its address and client in the settings.",
            )  # fmt: skip
        self.connection: ExstreamConnection = connection.exstream
        self.login = ExstreamLogin(connection.tenant, connection.version, self.connection, outbound, tokens)
        of = self.connection
        bases = (of.das_url, of.orchestration_url, of.empower_url)
        self._http = {
            service: outbound.client(connection.tenant, EXSTREAM, base or of.url)
            for service, base in zip(SERVICES, bases, strict=True)
        }
        self._places = threading.BoundedSemaphore(max(1, of.in_flight))

    def version(self, service: str = "orchestration") -> str:
        """Which release answers; the connection test."""
        return self.get(payloads.Version, service, "version").version

    def get(self, model: type[M], service: str, *path: object, query: Mapping[str, str | int] | None = None) -> M:
        response = self._send("GET", service, path, params=query, headers={"Accept": "application/json"})
        return read(model, response, service=EXSTREAM)

    def write(self, model: type[M], method: str, service: str, *path: object, **request: Any) -> M:
        """`request` as httpx takes it: json, content, files, params, headers."""
        headers = {"Accept": "application/json"} | request.pop("headers", {})
        response = self._send(method, service, path, writing=True, headers=headers, **request)
        return read(model, response, service=EXSTREAM, writing=True)

    def compose(self, domain: str, driver: bytes, headers: Mapping[str, str], max_bytes: int) -> payloads.Composed:
        """Compose on demand, every output in the answer. Not idempotent: a repeat composes, and may count, again.

        No `Accept` is sent: any value of it asks for less than the full answer.
        """
        path = ("inputs", "ondemand", domain, "generate")
        response = self._send(
            "POST", "orchestration", path, writing=True, bare=True, content=driver, headers=dict(headers),
            timeout=PATIENCE, extensions={"max_bytes": max_bytes, "more_time": MORE_TIME},
        )  # fmt: skip
        composed = read(payloads.Composed, response, service=EXSTREAM, writing=True)
        if composed.status.lower() == "error" or any(each.error_message for each in composed.data):
            _raise_engine(composed, response.status_code)
        return composed

    def _send(
        self, method: str, service: str, path: tuple[object, ...], *,
        writing: bool = False, bare: bool = False, **request: Any,
    ) -> httpx.Response:  # fmt: skip
        http, url = self._http[service], f"{service}/api/v1/{route(*path)}"
        given = request.pop("headers", {})

        def send(token: str) -> httpx.Response:
            asked = http.build_request(method, url, headers=given | {"Authorization": f"Bearer {token}"}, **request)
            if bare:
                del asked.headers["Accept"]
            with speaking_to(EXSTREAM, writing=writing):
                return http.send(asked)

        if not self._places.acquire(timeout=QUEUE_WAIT):
            raise Retryable("Too many calls to Exstream at a time.", code="busy", service=EXSTREAM)
        try:
            response = signed_in(self.login, send)
        finally:
            self._places.release()
        _raise_for(response)
        return response


def _raise_for(response: httpx.Response) -> None:
    if response.is_success:
        return
    engine = _parsed(payloads.Composed, response)
    if engine is not None and engine.status.lower() == "error":
        _raise_engine(engine, response.status_code)
    problem = _parsed(payloads.Problem, response)
    if problem is not None and (problem.details or problem.message):
        _raise_problem(problem, response)
    if response.status_code == 400:
        raise Permanent(
            "Exstream does not accept the request's headers.", code="bad_header", service=EXSTREAM, status=400,
            said=said(response), hint="Check the template again: its communication or data source has changed.",
        )  # fmt: skip
    raise_for(response, service=EXSTREAM, said=said(response))


def _raise_problem(problem: payloads.Problem, response: httpx.Response) -> None:
    """The first shape. `details` are a Java exception's words: they tell an outage of OTDS from one of Exstream."""
    text = " ".join(f"{problem.message} {problem.details}".split())[:300]
    context: dict[str, Any] = {"service": EXSTREAM, "status": response.status_code, "said": text}
    known = text.lower()
    if response.status_code >= 500 and _names(known, IDENTITY_MARKS) and _names(known, IDENTITY_TROUBLE):
        raise Retryable(
            "Exstream cannot reach its identity service.", code="identity_unreachable",
            hint="Ask the administrator of Exstream to look at its Directory Services.", **context,
        )  # fmt: skip
    if problem.error_code == IMPORT_CONFLICT or response.status_code == 409:
        raise Conflict("Exstream has this already, or in another version.", **context)
    if response.status_code == 404:
        raise NotFound("Exstream does not have this template, domain or asset.", **context)
    if response.status_code == 403:
        raise NeedsReauth(
            "Exstream refuses: a role is missing.", code="missing_right", upstream=EXSTREAM,
            hint=f"Give the service client its roles: {ROLES}.", **context,
        )  # fmt: skip
    raise_for(response, service=EXSTREAM, said=text)


def _raise_engine(composed: payloads.Composed, status: int) -> NoReturn:
    """The second shape, whatever the HTTP status: the engine ran, and an output failed."""
    failed = next((each for each in composed.data if each.error_message or each.status_code), None)
    text = " ".join(failed.error_message.split())[:300] if failed else ""
    inner = failed.status_code.strip() if failed else ""
    queue = failed.context.queue_name if failed and failed.context else ""
    context: dict[str, Any] = {
        "service": EXSTREAM, "status": status, "inner_status": inner[:10], "queue": queue[:100], "said": text
    }  # fmt: skip
    if inner in ("401", "403"):
        raise NeedsReauth(
            "Exstream's engine may not store the document.", code="missing_right", upstream=EXSTREAM,
            hint="Give the owner of interactive documents the role empower_integrator.", **context,
        )  # fmt: skip
    if inner.startswith("4"):
        raise Permanent("Exstream's engine refuses the input data.", code="output_failed", **context)
    raise Retryable("Exstream's engine failed.", code="engine_failed", unknown_outcome=True, **context)


def _parsed(model: type[M], response: httpx.Response) -> M | None:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        return None


def _names(text: str, marks: tuple[str, ...]) -> bool:
    return any(mark in text for mark in marks)
