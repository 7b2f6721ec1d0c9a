"""The Design Asset Service: domains, resources and their states, links, manifests, uploads, imports.

Source: reference for OpenText Exstream, section 5.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from sandbox.exstream import packages
from sandbox.exstream.answers import Refused, WrongHeader, millis, success
from sandbox.exstream.state import APPROVED, DRAFT, REJECTED, REVIEW, Domain, Json, Version
from sandbox.kernel.standin import Call, json_response

if TYPE_CHECKING:
    from sandbox.exstream.standin import Exstream

BASE = "/design/api/v1"
MOVES = {
    "standard": {(DRAFT, REVIEW), (REVIEW, APPROVED), (REVIEW, REJECTED), (REJECTED, DRAFT), (APPROVED, DRAFT)},
    "simple": {(DRAFT, APPROVED), (APPROVED, DRAFT)},
}
DEFAULT_COUNT, LARGEST_COUNT = 100, 1000


class DesignAssets:
    """Routes below /design. Handlers run under the system's lock; the caller has the role (see the guard)."""

    def __init__(self, service: "Exstream") -> None:
        self.service = service
        for methods, path, handler in (
            ("GET", "/version", self.version),
            ("GET", "/domains", self.domains),
            ("GET", "/resources/<domain>", self.resources),
            ("POST", "/resources/<domain>/content", self.upload),
            ("PUT", "/resources/<domain>/<id>/content", self.replace),
            ("PUT", "/resources/<domain>/<id>/state", self.move),
            ("GET", "/links/<domain>", self.links),
            ("GET", "/links/<domain>/resources", self.users_of),
            ("GET", "/manifests/<domain>/communication-set/<id>", self.manifest),
            ("POST", "/import/<kind>/<domain>", self.imported),
        ):
            service.answer(methods, f"{BASE}{path}", handler)

    def version(self, call: Call) -> Response:  # noqa: ARG002
        return json_response(self.service.version("das", 22, 4, 0))

    def domains(self, call: Call) -> Response:  # noqa: ARG002
        return success([_domain(each) for each in self.service.state.domains.values()])

    def resources(self, call: Call, domain: str) -> Response:
        self._known(domain)
        state, latest = self.service.state, call.args.get("filter.latestVersion") == "true"
        types, states = _listed(call, "filter.types"), _listed(call, "filter.states")
        versions = state.all_versions(domain)
        if latest:  # the latest only, whatever its state: an approved one that is being changed is not there
            versions = (each[-1] for each in state.assets[domain].values())
        wanted = (each for each in versions if not types or each.type in types)
        found = [each for each in wanted if not states or each.state in states]
        return self._page(call, [resource(each) for each in found])

    def links(self, call: Call, domain: str) -> Response:
        """What an asset uses, `linkDepth` steps down."""
        self._known(domain)
        subject, depth = call.args.get("linkSubjectId"), _whole(call, "linkDepth", 1)
        if not subject:
            raise WrongHeader
        types, found, layer = _listed(call, "filter.types"), list[Json](), {subject}
        for _ in range(depth):
            below = [link for link in self.service.state.links[domain] if link.subject in layer]
            for link in below:
                version = self.service.state.latest(domain, link.object)
                kind = version.type if version else ""
                if not types or kind in types:
                    found.append({"linkSubjectId": link.subject, "subjectVersion": link.subject_version,
                                  "linkObjectId": link.object, "typeId": kind})  # fmt: skip
            layer = {link.object for link in below}
        return success(found)

    def users_of(self, call: Call, domain: str) -> Response:
        """The assets that use one, however far above it."""
        self._known(domain)
        used = call.args.get("linkObjectId")
        if not used:
            raise WrongHeader
        types, states = _listed(call, "rfilter.types"), _listed(call, "rfilter.states")
        seen, layer = set[str](), {used}
        for _ in range(_whole(call, "linkDepth", 1)):
            layer = {link.subject for link in self.service.state.links[domain] if link.object in layer} - seen
            seen |= layer
        versions = [self.service.state.latest(domain, id) for id in sorted(seen)]
        found = [v for v in versions if v and (not types or v.type in types) and (not states or v.state in states)]
        return self._page(call, [resource(each) for each in found])

    def manifest(self, call: Call, domain: str, id: str) -> Response:  # noqa: ARG002
        """Not wrapped, unlike everything else here."""
        self._known(domain)
        found = self.service.state.sets.get(id)
        if found is None or self.service.state.latest(domain, id) is None:
            raise Refused(404, f"com.opentext.das.ResourceNotFoundException: communication set {id}")
        source = {"name": found.data_source, "prodDsn": found.data_source, "resourceId": found.data_source_id,
                  "type": "CUSTOMER_DRIVER"}  # fmt: skip
        queues = [
            {"driver": each.driver, "name": each.name, "prodFile": each.prod_file, "use": True} for each in found.queues
        ]
        return json_response({"dsnlist": [source], "queueList": queues})

    def upload(self, call: Call, domain: str) -> Response:
        self._known(domain)
        name, kind, file = call.args.get("name"), call.args.get("type"), call.files.get("file")
        if not name or not kind or file is None:
            raise WrongHeader
        now, state = self.service.now(), self.service.state
        made = Version(
            state.uuid(kind), 1, name, kind, DRAFT, now, now, self.service.actor(call), self.service.actor(call),
            subtype=call.args.get("subtype", ""), content=file.read(),
        )  # fmt: skip
        state.assets[domain][made.id] = [made]
        call.effect = f"{kind} {name} uploaded"
        return success(resource(made), 201)

    def replace(self, call: Call, domain: str, id: str) -> Response:
        found, file = self._asset(domain, id), call.files.get("file")
        if file is None:
            raise WrongHeader
        if found.state != DRAFT or found.locked:
            raise Refused(409, f"com.opentext.das.IllegalStateException: {found.name} is {found.state}, not DRAFT")
        found.content, found.modified, found.modified_by = file.read(), self.service.now(), self.service.actor(call)
        call.effect = f"{found.type} {found.name} replaced"
        return success(resource(found))

    def move(self, call: Call, domain: str, id: str) -> Response:
        """A state change; leaving APPROVED makes the next version."""
        found, asked = self._asset(domain, id), call.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("state"), str):
            raise WrongHeader
        to = asked["state"]
        if (found.state, to) not in MOVES[self.service.state.domains[domain].workflow]:
            raise Refused(409, f"com.opentext.das.IllegalStateException: {found.name} cannot go {found.state} -> {to}")
        was, now = found.state, self.service.now()
        if was == APPROVED:
            found = self._next_version(domain, found)
        found.state, found.modified, found.modified_by = to, now, self.service.actor(call)
        found.state_comment = str(asked.get("auditedComment", ""))[:1000]
        found.locked = asked.get("locked") is True
        call.effect = f"{found.name} v{found.version} {was} -> {to}"
        return success(resource(found))

    def imported(self, call: Call, kind: str, domain: str) -> Response:
        self._known(domain)
        if kind not in ("das", "migrator"):
            raise Refused(404, f"No import of kind {kind}")
        package = call.files.get("exportPackage")
        if package is None:
            raise WrongHeader
        conflicts = call.files.get("conflictSettings")
        data, effect = packages.take_in(
            self.service.state, domain, package.read(), conflicts.read() if conflicts else b"",
            commit=call.args.get("commit") == "true", now=self.service.now(),
        )  # fmt: skip
        call.effect = effect
        return success(data)

    def _next_version(self, domain: str, old: Version) -> Version:
        made = Version(**vars(old) | {"version": old.version + 1, "created": self.service.now()})
        self.service.state.assets[domain][old.id].append(made)
        return made

    def _asset(self, domain: str, id: str) -> Version:
        self._known(domain)
        found = self.service.state.latest(domain, id)
        if found is None:
            raise Refused(404, f"com.opentext.das.ResourceNotFoundException: {id}")
        return found

    def _known(self, domain: str) -> None:
        if domain not in self.service.state.domains:
            raise Refused(404, f"com.opentext.das.DomainNotFoundException: {domain}")

    def _page(self, call: Call, rows: list[Json]) -> Response:
        """`offset` counts pages, as OpenText's own collection uses it; rows where the switch says so."""
        count = min(_whole(call, "count", DEFAULT_COUNT), LARGEST_COUNT) or DEFAULT_COUNT
        offset = _whole(call, "offset", 0)
        start = offset if self.service.state.offset_means_rows else offset * count
        pages = -(-len(rows) // count)
        page = {"pageSize": count, "pageOffset": offset, "totalElements": len(rows), "totalPages": pages,
                "currentPageNumber": start // count}  # fmt: skip
        return success(rows[start : start + count], page=page)


def resource(version: Version) -> Json:
    return {
        "id": version.id, "version": str(version.version), "name": version.name, "type": version.type,
        "state": version.state, "stateComment": version.state_comment, "description": version.description,
        "createdBy": version.created_by, "createdDate": millis(version.created),
        "lastModifiedBy": version.modified_by, "lastModifiedDate": millis(version.modified),
        "locked": version.locked, "metadata": {"subtype": version.subtype} if version.subtype else {},
    }  # fmt: skip


def _domain(domain: Domain) -> Json:
    return {"id": domain.id, "production": domain.production, "jobTracing": False, "workflow": domain.workflow,
            "restrictApproval": False, "parent": None}  # fmt: skip


def _listed(call: Call, name: str) -> set[str]:
    given: Iterable[str] = call.args.get(name, "").split(",")
    return {each.strip() for each in given if each.strip()}


def _whole(call: Call, name: str, default: int) -> int:
    text = call.args.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        raise WrongHeader
    return int(text)
