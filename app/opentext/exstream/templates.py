"""Templates: what the Design Asset Service has approved, and whether one of ours can be composed from.

A template is a communication (`exstrapplication`), its communication set tells the data source and the queues. Source:
OpenText's Communications samples, Design Asset Service calls.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.errors import NotFound, Permanent
from app.opentext.connection import TemplateLocation
from app.opentext.exstream import payloads
from app.opentext.exstream.client import ExstreamApi
from app.opentext.exstream.mapping import HTML, INTERACTIVE, PDF

COMMUNICATION, COMMUNICATION_SET = "exstrapplication", "exstrcommunicationset"
APPROVED = "APPROVED"
AT_ONCE = 100
MOST = 10_000  # resources looked at
FRESH_FOR = 300.0  # seconds a check is believed when composing
KINDS = {"pdf": PDF, "html": HTML, "email": HTML, "empower": INTERACTIVE}


@dataclass(frozen=True)
class TemplateSummary:
    """An approved communication, for the settings to choose from."""

    communication_id: str
    name: str
    version: str
    domain: str


@dataclass(frozen=True)
class OutputQueue:
    """A queue composes one output for each customer. `kind` is the driver's name, lower case ("pdf", "html")."""

    name: str
    kind: str

    @property
    def mime_type(self) -> str:
        return KINDS.get(self.kind, "")


@dataclass(frozen=True)
class Template:
    """One of ours, resolved: everything a composition needs. `version` is evidence: it goes with every document."""

    key: str
    domain: str
    communication_id: str
    name: str
    version: str
    data_source: str
    queues: tuple[OutputQueue, ...]
    archive_queue: str = ""


@dataclass(frozen=True)
class TemplateProblem:
    """Why a template cannot be used, what to do, and a stable `code`."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True)
class TemplateCheck:
    """`template` is None as soon as anything that stops sending is found; `problems` may also hold warnings."""

    key: str
    template: Template | None
    problems: tuple[TemplateProblem, ...] = ()


class _Stop(Exception):
    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.problem = TemplateProblem(code, message, hint)


class Templates:
    """The templates of one connection. Checks are kept for five minutes; the errors are those of `ExstreamApi`."""

    def __init__(
        self, api: ExstreamApi, monotonic: Callable[[], float] = time.monotonic,
        located: Iterable[TemplateLocation] | None = None,
    ) -> None:  # fmt: skip
        """`located`: other places than the connection's, to look at before they are chosen."""
        self._api, self._monotonic = api, monotonic
        self._located = {each.key: each for each in (api.connection.templates if located is None else located)}
        self._kept: dict[str, tuple[float, Template]] = {}
        self._lock = threading.Lock()

    @property
    def keys(self) -> tuple[str, ...]:
        """Our templates that have a place in Exstream."""
        return tuple(self._located)

    def domains(self) -> tuple[payloads.Domain, ...]:
        return self._api.get(payloads.Domains, "design", "domains").data

    def discover(self, domain: str = "") -> list[TemplateSummary]:
        """Every communication that is approved in its latest version. Raises NotFound for an unknown domain."""
        domain = domain or self._api.connection.domain
        found = self._resources(domain, {"filter.states": APPROVED, "filter.latestVersion": "true"})
        return [
            TemplateSummary(each.id, each.name, each.version, domain)
            for each in found if each.state == APPROVED and each.type == COMMUNICATION
        ]  # fmt: skip

    def check(self, key: str) -> TemplateCheck:
        """Look at everything a composition needs, anew. What is wrong with the template is said, not raised."""
        problems: list[TemplateProblem] = []
        try:
            template = self._look(self._location(key), problems)
        except _Stop as stop:
            self.forget(key)
            return TemplateCheck(key, None, (*problems, stop.problem))
        with self._lock:
            self._kept[key] = (self._monotonic(), template)
        return TemplateCheck(key, template, tuple(problems))

    def resolve(self, key: str) -> Template:
        """The template to compose from, checked within the last minutes. Raises Permanent (the problem's code)."""
        with self._lock:
            at, template = self._kept.get(key, (float("-inf"), None))
        if template is not None and self._monotonic() - at < FRESH_FOR:
            return template
        checked = self.check(key)
        if checked.template is None:
            problem = checked.problems[-1]
            raise Permanent(problem.message, code=problem.code, hint=problem.hint, template=key)
        return checked.template

    def forget(self, key: str) -> None:
        """What was resolved no longer holds."""
        with self._lock:
            self._kept.pop(key, None)

    def upload_sample(self, name: str, driver: bytes, domain: str = "") -> str:
        """Give designers a sample of our input data to map; its resource id. Every call makes another sample file."""
        domain = domain or self._api.connection.domain
        made = self._api.write(
            payloads.OneResource, "POST", "design", "resources", domain, "content",
            params={"name": name, "type": "samplefile", "subtype": "driver"},
            files={"file": (f"{name}.json", driver, "application/json")},
        )  # fmt: skip
        return made.data.id

    # Checking

    def _location(self, key: str) -> TemplateLocation:
        located = self._located.get(key)
        if located is None or not located.communication_id:
            message = f"The template {key} has no communication in Exstream."
            raise _Stop("not_mapped", message, "Choose one in the settings.")
        if not _fits_header(located.communication_id):
            raise _Stop("bad_id", f"The communication id of {key} is not one.", "Choose it from the list.")
        return located

    def _look(self, located: TemplateLocation, problems: list[TemplateProblem]) -> Template:
        domain = located.domain or self._api.connection.domain
        self._check_domain(domain, problems)
        resource = self._approved(domain, located)
        manifest = self._manifest(domain, resource)
        source = next((each.prod_dsn for each in manifest.data_sources if each.prod_dsn), "")
        if not source:
            raise _Stop("no_data_source", f"“{resource.name}” has no data source.", "Give it a driver data source.")
        if not _fits_header(source):
            message = f"The data source of “{resource.name}” has a name that cannot be sent: “{source}”."
            raise _Stop("bad_data_source", message, "Name it with plain letters.")
        queues = tuple(OutputQueue(each.name, each.driver.lower()) for each in manifest.queues)
        if not queues:
            raise _Stop("no_output", f"“{resource.name}” has no output queue.", "Add a PDF queue to it.")
        if located.archive_queue and located.archive_queue not in {queue.name for queue in queues}:
            message = f"“{resource.name}” has no queue “{located.archive_queue}”."
            raise _Stop("no_queue", message, "Choose another queue.")
        if all(queue.kind != "pdf" for queue in queues):
            message = f"“{resource.name}” has no PDF queue; what is filed is no archive format."
            problems.append(TemplateProblem("no_pdf", message))
        return Template(
            located.key, domain, located.communication_id, resource.name, resource.version, source, queues,
            located.archive_queue,
        )  # fmt: skip

    def _check_domain(self, domain: str, problems: list[TemplateProblem]) -> None:
        found = next((each for each in self.domains() if each.id == domain), None)
        if found is None:
            hint = "Check the domain's name and that the client may see it."
            raise _Stop("no_domain", f"Exstream has no domain “{domain}”.", hint)
        if not found.production:
            message = f"The domain “{domain}” is not for production."
            problems.append(TemplateProblem("test_domain", message, "Use a production domain for a live shop."))

    def _approved(self, domain: str, located: TemplateLocation) -> payloads.Resource:
        wanted = located.communication_id
        latest = {"filter.latestVersion": "true"}
        for each in self._resources(domain, latest | {"filter.states": APPROVED}):
            if each.id == wanted and each.state == APPROVED:
                return each
        for each in self._resources(domain, latest):  # only to say why
            if each.id == wanted:
                raise _Stop(
                    "not_approved", f"“{each.name}” version {each.version} is {each.state or 'in no state'}.",
                    "Have its latest version approved in Exstream.",
                )  # fmt: skip
        raise _Stop(
            "no_communication", f"The communication chosen for {located.key} is not in the domain “{domain}”.",
            "Choose another one in the settings.",
        )  # fmt: skip

    def _manifest(self, domain: str, resource: payloads.Resource) -> payloads.Manifest:
        query: dict[str, str | int] = {
            "linkSubjectId": resource.id, "linkDepth": 2, "filter.types": COMMUNICATION_SET,
        }  # fmt: skip
        links = self._api.get(payloads.Links, "design", "links", domain, query=query).data
        sets = [link.object for link in links if link.object and link.type in ("", COMMUNICATION_SET)]
        if not sets:
            raise _Stop("no_set", f"“{resource.name}” has no communication set.", "Add one in Exstream's designer.")
        try:
            return self._api.get(payloads.Manifest, "design", "manifests", domain, "communication-set", sets[0])
        except NotFound as error:
            raise _Stop("no_manifest", f"The communication set of “{resource.name}” cannot be read.") from error

    def _resources(self, domain: str, more: dict[str, str]) -> Iterator[payloads.Resource]:
        """All communications. `offset` counts pages as published, rows as its name says: both end at the last one."""
        seen: set[str] = set()
        offset, by_rows = 0, False
        while len(seen) < MOST:
            query: dict[str, str | int] = {"filter.types": COMMUNICATION, **more, "count": AT_ONCE, "offset": offset}
            rows = self._api.get(payloads.Resources, "design", "resources", domain, query=query).data
            new = [row for row in rows if row.id not in seen]
            yield from new
            seen |= {row.id for row in new}
            if not new or len(rows) < AT_ONCE:
                return
            by_rows = by_rows or len(new) < len(rows)  # pages never overlap
            offset = len(seen) if by_rows else offset + 1


def _fits_header(text: str) -> bool:
    """Ids and data source names travel as headers."""
    return text.isascii() and text.isprintable() and text == text.strip()
