"""Business workspaces: one per business object, found or created by it, never twice.

The upsert `PUT /v2/businessworkspaces` does everything in one call; servers that do not have it are served by
look-up and single calls, and remembered.
Source: Business Workspaces REST API v1 and v2; the relation types of Extended ECM.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import structlog

from app.domain.content import BusinessObject, Workspace, WorkspaceSpec
from app.domain.ids import NodeId
from app.errors import AppError, Conflict, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.answers import CONTENT_SERVER, Anything
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import LOCKED, ContentServer, UnknownRoute
from app.opentext.content_server.nodes import plain
from app.opentext.content_server.payloads import (
    CreatedWorkspace,
    NodeList,
    OneNode,
    Properties,
    UpsertAnswer,
    UpsertEntry,
    WorkspaceOfNode,
)

SEVERAL = "several_workspaces"
AT_ONCE = 50  # entries per call; no maximum is documented
log = structlog.get_logger(__name__)


class Workspaces:
    """The workspaces of one store. `ensure` may be repeated: the business object is the key."""

    def __init__(self, server: ContentServer, categories: Categories) -> None:
        self._server, self._categories = server, categories
        self._has_upsert = True  # until the server says otherwise
        self._as_form = False  # older builds take the upsert's JSON only as a form field
        self._in_order: bool | None = None  # whether answers keep the order asked; checked once
        self._lock = threading.Lock()

    def find(self, business_object: BusinessObject) -> Workspace | None:
        """The workspace of a business object, or None where there is none (or none we may see).

        Raises Conflict (`several_workspaces`, with their `nodes`): which one is meant is for a person to say.
        """
        found = self.candidates(business_object)
        if len(found) > 1:
            raise Conflict(
                "Several workspaces in OpenText match. Which one is meant is for a person to say.",
                code=SEVERAL, nodes=[one.id for one in found], service=CONTENT_SERVER,
            )  # fmt: skip
        return found[0] if found else None

    def candidates(self, business_object: BusinessObject) -> tuple[Workspace, ...]:
        """Every workspace connected to a business object, as far as we may see them; an import may leave several."""
        try:
            answer = self._server.get(
                NodeList, "v2", "externalsystems", business_object.system,
                "botypes", business_object.type, "boids", business_object.id,
            )  # fmt: skip
        except NotFound:
            return ()
        found = [result.data.properties for result in answer.results if result.data.properties is not None]
        return tuple({one.id: self._workspace(one) for one in found}.values())

    def update(self, workspace: NodeId, spec: WorkspaceSpec) -> Workspace:
        """Fill and relate this very workspace, which a person chose of several. Raises NotFound."""
        found = self.named(workspace)
        self._complete(found.id, spec)
        return found

    def ensure(self, spec: WorkspaceSpec) -> Workspace:
        """Find or create the workspace, fill its categories from the properties, relate it to its parents.

        One call where the server has the upsert; its answer tells no name, so `name` is empty (see `named`).
        Raises Retryable, NeedsReauth, Conflict or Permanent (`workspace_refused`, with what the server said).
        """
        [result] = self.ensure_many([spec])
        if isinstance(result, AppError):
            raise result
        return result

    def ensure_many(self, specs: Sequence[WorkspaceSpec]) -> list[Workspace | AppError]:
        """Like `ensure` for many, 50 a call. One that fails hinders no other. Raises NeedsReauth."""
        results: list[Workspace | AppError] = []
        for start in range(0, len(specs), AT_ONCE):
            results += self._some(specs[start : start + AT_ONCE])
        return results

    def named(self, workspace: NodeId) -> Workspace:
        """A workspace with its name. Raises NotFound."""
        answer = self._server.get(OneNode, "v2", "nodes", workspace, query={"fields": "properties{id,name,type}"})
        if answer.results.data.properties is None:
            raise NotFound("Content Server does not have this workspace.", node=workspace)
        return self._workspace(answer.results.data.properties)

    def url(self, node: NodeId) -> str:
        """What opens the workspace (or any item) in Smart View."""
        return self._server.node_url(node)

    def workspace_of(self, node: NodeId) -> NodeId | None:
        """The workspace an item lives in; None outside of workspaces or when it is not visible."""
        try:
            found = self._server.get(WorkspaceOfNode, "v1", "nodes", node, "businessworkspace").id
        except Permanent as error:
            if isinstance(error, UnknownRoute):
                raise
            return None
        return NodeId(found) if found else None

    # The upsert

    def _some(self, specs: Sequence[WorkspaceSpec]) -> list[Workspace | AppError]:
        if self._has_upsert:
            try:
                return self._upsert(specs)
            except UnknownRoute:
                log.info("workspace_upsert_missing", upstream=CONTENT_SERVER)
                self._has_upsert = False
            except NeedsReauth:
                raise
            except AppError as error:
                return [error] * len(specs)
        return [self._caught(spec) for spec in specs]

    def _upsert(self, specs: Sequence[WorkspaceSpec]) -> list[Workspace | AppError]:
        answer = self._ask({"bws_infos": [_info(spec) for spec in specs]})
        if len(answer.root) != len(specs):
            return [self._looked_up(spec) for spec in specs]
        if len(specs) > 1 and not self._keeps_order(specs[-1], answer.root[-1]):
            return [self._looked_up(spec) for spec in specs]
        return [self._entry(entry, spec) for entry, spec in zip(answer.root, specs, strict=True)]

    def _ask(self, body: dict[str, Any]) -> UpsertAnswer:
        """As JSON; where that is refused, once more as a form field, and so from then on."""
        if not self._as_form:
            try:
                return self._server.json(UpsertAnswer, "PUT", "v2", "businessworkspaces", body=body)
            except (UnknownRoute, NotFound, Conflict):
                raise
            except Permanent as error:
                if error.context.get("status") not in (400, 415):
                    raise
        answer = self._server.write(UpsertAnswer, "PUT", "v2", "businessworkspaces", body=body)
        self._as_form = True
        return answer

    def _keeps_order(self, spec: WorkspaceSpec, entry: UpsertEntry) -> bool:
        """Whether entries come in the order asked, which no document promises: one is compared, once."""
        with self._lock:
            if self._in_order is None and entry.id:
                found = self.find(spec.business_object)
                self._in_order = found is not None and found.id == entry.id
            return self._in_order is not False

    def _entry(self, entry: UpsertEntry, spec: WorkspaceSpec) -> Workspace | AppError:
        text = entry.error_message.strip()
        if entry.id and not text:
            return Workspace(NodeId(entry.id), "", self.url(NodeId(entry.id)))
        known = text.lower()
        context: dict[str, Any] = {"service": CONTENT_SERVER, "said": text[:300]}
        if any(mark in known for mark in LOCKED):
            return Retryable("The workspace is being changed by somebody else.", code="locked", **context)
        if "already exists" in known:
            return Conflict("A workspace of this name already exists.", code="already_exists", **context)
        return self._several(spec) or Permanent(
            "Content Server did not create or update the workspace.", code="workspace_refused", **context
        )

    def _several(self, spec: WorkspaceSpec) -> AppError | None:
        """Looked at only once something was refused: whether it was because more than one matches."""
        try:
            self.find(spec.business_object)
        except NeedsReauth:
            raise
        except AppError as error:
            return error
        return None

    def _looked_up(self, spec: WorkspaceSpec) -> Workspace | AppError:
        try:
            found = self.find(spec.business_object)
        except Conflict as error:
            return error
        return found or Retryable(
            "Content Server did not say whether the workspace was created.", code="unknown_workspace"
        )

    # Without the upsert

    def _caught(self, spec: WorkspaceSpec) -> Workspace | AppError:
        try:
            return self._one(spec)
        except NeedsReauth:
            raise
        except AppError as error:
            return error

    def _one(self, spec: WorkspaceSpec) -> Workspace:
        found = self.find(spec.business_object) or self._create(spec)
        self._complete(found.id, spec)
        return found

    def _complete(self, workspace: NodeId, spec: WorkspaceSpec) -> None:
        self._fill(workspace, spec.properties)
        for parent in spec.parents:
            self._relate(workspace, parent)

    def _create(self, spec: WorkspaceSpec) -> Workspace:
        """Whoever loses a race adopts the winner's workspace."""
        try:
            made = self._server.write(CreatedWorkspace, "POST", "v2", "businessworkspaces", body=_info(spec))
        except Permanent as error:
            found = self.find(spec.business_object)
            if found is None:
                raise error from None
            return found
        return Workspace(NodeId(made.results.id), "", self.url(NodeId(made.results.id)))

    def _fill(self, workspace: NodeId, properties: dict[str, tuple[str, ...]]) -> None:
        """Write properties into the attributes of the same name (letters and digits, without case)."""
        wanted = {plain(name): values for name, values in properties.items()}
        for category, present in self._categories.values(workspace).items():
            changed = {
                name: list(wanted[plain(name)]) if len(wanted[plain(name)]) != 1 else wanted[plain(name)][0]
                for name in present
                if plain(name) in wanted and _texts(present[name]) != wanted[plain(name)]
            }
            if changed:
                self._categories.write(workspace, category, changed)
            for name in present:
                wanted.pop(plain(name), None)
        if wanted:
            log.warning("properties_without_attribute", workspace=workspace, properties=sorted(wanted))

    def _relate(self, workspace: NodeId, parent: BusinessObject) -> None:
        try:
            related = self.find(parent)
        except Conflict:
            related = None  # its own choice is asked for where it is ensured
        if related is None:
            log.warning("parent_workspace_missing", workspace=workspace, type=parent.type)
            return
        try:
            self._server.form(
                Anything, "POST", "v2", "businessworkspaces", workspace, "relateditems",
                fields={"rel_bw_id": related.id, "rel_type": "parent"},
            )  # fmt: skip
        except Conflict:
            return  # already related

    def _workspace(self, properties: Properties) -> Workspace:
        node = NodeId(properties.id)
        return Workspace(node, properties.name, self.url(node))


def _info(spec: WorkspaceSpec) -> dict[str, Any]:
    """One entry of `bws_infos`."""
    entry: dict[str, Any] = _object(spec.business_object)
    if spec.properties:
        entry["bo_properties"] = [{"name": n, "values": list(v)} for n, v in spec.properties.items()]
    if spec.parents:
        entry["bo_relations"] = [{"relation_type": "Parent", "business_objects": _objects(spec.parents)}]
    return entry


def _objects(objects: Iterable[BusinessObject]) -> list[dict[str, Any]]:
    return [_object(each) for each in objects]


def _object(business_object: BusinessObject) -> dict[str, Any]:
    return {
        "ext_system_id": business_object.system,
        "bo_type": business_object.type,
        "bo_id": business_object.id,
    }


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple("" if each is None else str(each) for each in values)
