"""Orchestration: composing on demand, and batch jobs of named services, whose end only a callback tells.

Source: reference for OpenText Exstream, sections 4 and 9.4.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import typst
from werkzeug.wrappers import Response

from sandbox.exstream import notifications, printing
from sandbox.exstream.answers import OutputFailed, Refused, WrongHeader, success
from sandbox.exstream.designs import ARCHIVE_QUEUE, BY_KEY, HTML_QUEUE, PDF_QUEUE, Design, Letter, at, fill, filled
from sandbox.exstream.state import COMMUNICATION_SET, CommunicationSet, File, Job, Json, Service
from sandbox.kernel.deliveries import Delivery
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.exstream.standin import Exstream

BASE = "/orchestration/api/v1"
PDF, HTML = "application/pdf", "text/html"
IDENTITY_DOWN = (
    'java.lang.RuntimeException: I/O error on POST request for "http://otds/otdsws/oauth2/token": Connection refused'
)
FAULTS = (
    "truncated_base64", "empty_data", "two_pdfs", "wrong_mime_type", "not_pdf_a", "engine_failure", "error_in_200",
    "no_import_right",
)  # fmt: skip
BATCH_TAKES = timedelta(seconds=3)
REPORT_AGAIN = (10, 60, 300)  # seconds
ENVELOPE = "sf-handover/1"


@dataclass(frozen=True)
class Work:
    """One composition, checked and ready to run without the lock."""

    design: Design
    version: int
    driver: bytes
    data: Json
    now: datetime
    faults: frozenset[str]


@dataclass(frozen=True)
class Made:
    queue: str
    mime_type: str
    content: bytes


class Orchestration:
    """Routes below /orchestration. Composing happens outside the system's lock: a catalogue takes a while."""

    def __init__(self, service: "Exstream") -> None:
        self.service = service
        service.answer("GET", f"{BASE}/version", self.version)
        service.answer("POST", f"{BASE}/inputs/ondemand/<domain>/generate", self.generate)
        service.answer("POST", f"{BASE}/inputs/batch/<domain>/<name>", self.batch)

    def version(self, call: Call) -> Response:  # noqa: ARG002
        return json_response(self.service.version("orchestration", 22, 2, 0))

    def generate(self, call: Call, domain: str) -> Response:
        accept = call.headers.get("Accept", "*/*")
        if accept not in ("*/*", PDF, "application/json"):
            raise Refused(406, "org.springframework.web.HttpMediaTypeNotAcceptableException")
        with self.service.lock:
            work = self._work(call, domain)
        made = compose(work)
        with self.service.lock:
            count = self.service.state.composed
            count[work.design.key] = count.get(work.design.key, 0) + 1
            call.effect = f"{work.design.key} v{work.version} composed, {len(made)} outputs"
        if accept == PDF:
            return _first_pdf(made)
        file = filled(work.design.file, work.data)
        return success([_output(each, file, work) for each in made])

    def batch(self, call: Call, domain: str, name: str) -> Response:
        with self.service.lock:
            self._known(domain)
            service = self.service.state.services.get(name)
            if service is None or service.domain != domain:
                raise Refused(404, f"com.opentext.orchestration.ServiceNotFoundException: {name}")
            if call.mimetype != "application/json":
                raise WrongHeader
            try:
                body = json.loads(call.raw())
            except ValueError as error:
                raise Refused(400, "The input document cannot be read") from error
            state = self.service.state
            job = Job(state.uuid("input"), state.uuid("job"), name, self.service.now() + BATCH_TAKES, body)
            state.jobs[job.job_id] = job
            call.effect = f"{name} job {job.job_id} taken in"
        return success([{"jobId": job.job_id, "id": job.id}])

    def run_due(self) -> list[Delivery]:
        """End the jobs whose time has come; what to report. Called under the lock."""
        now, reports = self.service.now(), list[Delivery]()
        for job in self.service.state.jobs.values():
            if not job.ended and job.due <= now:
                job.ended = True
                service = self.service.state.services[job.service]
                for key, event, detail in self._run(service, job.body):
                    reports += self._report({"jobKey": key, "event": event, "detail": detail, "at": now.isoformat()})
                self.service.world.touched()
        return reports

    # On demand

    def _work(self, call: Call, domain: str) -> Work:
        state = self.service.state
        self._known(domain)
        if state.strikes("identity_outage"):
            raise Refused(500, IDENTITY_DOWN)
        id = call.headers.get("communicationId", "")
        if not id:
            raise WrongHeader
        version = state.approved(domain, id)
        if version is None or id not in state.designs:
            raise Refused(
                404, f"com.opentext.orchestration.CommunicationNotFoundException: {id} has no approved version"
            )
        chosen = self._set_of(domain, id)
        if chosen is None or call.headers.get("driverDataSource") != chosen.data_source:
            raise WrongHeader
        if call.mimetype != "application/json":
            raise WrongHeader
        faults = frozenset(name for name in FAULTS if state.strikes(name))
        data = _driver(call.raw())
        return Work(BY_KEY[state.designs[id]], version.version, call.raw(), data, self.service.now(), faults)

    def _set_of(self, domain: str, id: str) -> CommunicationSet | None:
        state = self.service.state
        for link in state.links[domain]:
            found = state.latest(domain, link.object)
            if link.subject == id and found and found.type == COMMUNICATION_SET:
                return state.sets.get(link.object)
        return None

    def _known(self, domain: str) -> None:
        if domain not in self.service.state.domains:
            raise Refused(404, f"com.opentext.orchestration.DomainNotFoundException: {domain}")

    # Batch

    def _run(self, service: Service, body: Any) -> list[tuple[str, str, str]]:
        if service.kind == "forward":
            return self._forward(body)
        found: list[tuple[str, str, str]] = []
        for driver in body if isinstance(body, list) else [body]:
            key = str(at(driver, "meta.jobKey") or "")
            found += self._compose_one(service, driver, key)
        return found

    def _compose_one(self, service: Service, driver: Any, key: str) -> list[tuple[str, str, str]]:
        design = BY_KEY[service.design]
        try:
            data = _driver(json.dumps(driver).encode())
            work = Work(design, 1, json.dumps(driver).encode(), data, self.service.now(), frozenset())
            made = compose(work)
        except OutputFailed as error:
            return [(key, "failed", str(error))]
        count = self.service.state.composed
        count[design.key] = count.get(design.key, 0) + 1
        files = [File(f"{filled(design.file, data)}{_ending(each)}", each.mime_type, each.content) for each in made]
        address = str(at(data, "customer.email") or "")
        notifications.hand_over(self.service, design.name, "", files, [("1", address)])
        return [(key, "composed", f"{len(made)} outputs"), (key, "mailed", address)]

    def _forward(self, body: Any) -> list[tuple[str, str, str]]:
        """Send on what the app composed and filed before: a customer's service that takes the app's envelope."""
        files = _enclosed(body)
        recipients = [each for each in at(body, "recipients") or [] if isinstance(each, dict)]
        if isinstance(files, str):
            return [(str(each.get("jobKey", "")), "failed", files) for each in recipients]
        subject, text = str(at(body, "message.subject") or ""), str(at(body, "message.text") or "")
        addresses = [
            (str(each.get("ref", "")), str(each.get("email") or each.get("phone") or "")) for each in recipients
        ]
        refused = notifications.hand_over(self.service, subject, text, files, addresses)
        found: list[tuple[str, str, str]] = []
        for each in recipients:
            reason = refused.get(str(each.get("ref", "")), "")
            found.append((str(each.get("jobKey", "")), "failed" if reason else "mailed", reason))
        return found

    def _report(self, body: Json) -> list[Delivery]:
        url = self.service.state.callbacks.get("jobs")
        if not url:
            return []
        reports = [body]
        if self.service.state.strikes("webhook_unknown_job"):
            reports.insert(0, body | {"jobKey": "bc:nobody:order:0:SF_INVOICE:1"})
        return [self.service.delivery(url, each, REPORT_AGAIN) for each in reports]


def compose(work: Work) -> list[Made]:
    """Every output. Raises OutputFailed where the engine fails, or a switch says so."""
    file = filled(work.design.file, work.data)
    for fault, message, inner, status in (
        ("engine_failure", "PDF driver: out of memory", 500, 500),
        ("error_in_200", "PDF driver: font not embeddable", 500, 200),
        ("no_import_right", "User is not authorized to import documents", 401, 500),
    ):
        if fault in work.faults:
            raise OutputFailed(message, inner, PDF_QUEUE, file, status)
    if "empty_data" in work.faults:
        return []
    letter = fill(work.design, work.data)
    made = [Made(PDF_QUEUE, PDF, _pdf(work, letter, file)), Made(HTML_QUEUE, HTML, printing.html(letter, work.now))]
    if "two_pdfs" in work.faults:
        made.insert(1, Made(ARCHIVE_QUEUE, PDF, _pdf(work, letter, file, "Archive copy")))
    return made


def _pdf(work: Work, letter: Letter, file: str, remark: str = "") -> bytes:
    if remark:
        letter = Letter(**vars(letter) | {"footer": f"{letter.footer} · {remark}"})
    try:
        return printing.pdf(letter, work.driver, work.now, archive="not_pdf_a" not in work.faults)
    except typst.TypstError as error:
        raise OutputFailed(f"PDF driver: {error.message[:200]}", 500, PDF_QUEUE, file) from error


def _driver(raw: bytes) -> Json:
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise OutputFailed("The driver file cannot be read", 400, "") from error
    if not isinstance(data, dict):
        raise OutputFailed("The driver file does not fit its data source", 400, "")
    return data


def _output(made: Made, file: str, work: Work) -> Json:
    content = base64.b64encode(made.content).decode("ascii")
    if "truncated_base64" in work.faults:
        content = content[: len(content) // 2 // 4 * 4 + 1]
    mime = HTML if "wrong_mime_type" in work.faults else made.mime_type
    context = {"queueName": made.queue, "fileName": file, "customerNumber": "1"}
    return {"content": content, "mimeType": mime, "engineOutputContext": context}


def _first_pdf(made: Sequence[Made]) -> Response:
    found = next((each.content for each in made if each.mime_type == PDF), None)
    if found is None:
        raise Refused(406, "No output of this type")
    return Response(found, content_type=PDF)


def _ending(made: Made) -> str:
    return ".pdf" if made.mime_type == PDF else ".html"


def _enclosed(body: Any) -> list[File] | str:
    """The documents of an envelope, or what is wrong with it."""
    documents = at(body, "documents")
    if at(body, "meta.schema") != ENVELOPE or not isinstance(documents, list):
        return f"The input is no {ENVELOPE}"
    files = []
    for each in documents:
        try:
            content = base64.b64decode(each["data"], validate=True)
            files.append(File(str(each["name"]), str(each["mimeType"]), content))
        except (binascii.Error, KeyError, TypeError, ValueError):
            return "A document cannot be read"
        if hashlib.sha256(content).hexdigest() != each.get("sha256"):
            return f"{each['name']} is damaged"
    return files
