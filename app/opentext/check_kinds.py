"""The part of the connection test that looks at our workspaces: types, templates, rights, categories, documents."""

from collections.abc import Iterator

from app.domain.content import WorkspaceType
from app.domain.ids import NodeId
from app.errors import NeedsReauth, NotFound, Permanent
from app.opentext.answers import CONTENT_SERVER
from app.opentext.content_server.categories import Categories
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.completeness import CompletenessReports
from app.opentext.content_server.nodes import plain
from app.opentext.content_server.payloads import Effective, WhoAmI
from app.opentext.content_server.permissions import NEEDED
from app.opentext.content_server.workspace_types import WorkspaceTypes
from app.opentext.provisioning.blueprint import load

OBJECT_TYPES = ("ORDER", "CUSTOMER", "PRODUCT")


class Kinds:
    """The workspace types of our business objects, asked for once: are they complete, and may we make workspaces."""

    def __init__(self, server: ContentServer) -> None:
        self._server, self._types = server, WorkspaceTypes(server)
        self._found: dict[str, WorkspaceType] = {}
        self._blueprint = load()

    def complete(self) -> str:
        self._found = {name: found for name in OBJECT_TYPES if (found := self._types.of(name)) is not None}
        wrong = [f"{name} has no workspace type" for name in OBJECT_TYPES if name not in self._found]
        wrong += [f"the type {kind.name} has no template" for kind in self._found.values() if not kind.templates]
        if wrong:
            raise Permanent(
                f"Workspaces cannot be made: {', '.join(wrong)}.", code="no_workspace_type",
                hint="Run `ecm opentext check` for what is missing and how to create it.",
            )  # fmt: skip
        return f"{len(self._found)} types have their templates."

    def rights(self) -> str:
        """Source: effective permissions on the folders the workspaces are made in."""
        me = self._server.get(WhoAmI, "v1", "auth").data
        for kind in self._found.values():
            if kind.location is None:
                continue  # a rule decides where, for each workspace
            lacks = self._lacks(kind.location, me.id)
            if lacks is None:
                return "This Content Server does not tell our rights; the first workspace will show them."
            if lacks:
                raise NeedsReauth(
                    f"{me.name} may not make workspaces of the type {kind.name}: {', '.join(lacks)} is missing.",
                    upstream=CONTENT_SERVER, code="missing_right",
                    hint=f"Give {me.name} {', '.join(lacks)} on the folder {kind.location}, where they are made.",
                )  # fmt: skip
        return f"{me.name} may make workspaces."

    def _lacks(self, folder: NodeId, member: int) -> list[str] | None:
        """The permissions we miss there; all of them where we may not even see it; None where nobody tells."""
        path = ("v2", "nodes", folder, "permissions", "effective", member)
        try:
            granted = self._server.get(Effective, *path).permissions
        except UnknownRoute:
            return None
        except NotFound:
            granted = frozenset()
        return [each for each in NEEDED if each not in granted]

    def categories(self) -> str:
        """Every template carries the category whose attributes we fill."""
        read, wrong = Categories(self._server), []
        for name, template in self._templates():
            wanted = next(each.category for each in self._blueprint.business_object_types if each.type == name)
            if plain(wanted) not in {plain(each) for each in read.values(template)}:
                wrong.append(f"the template of {name} lacks the category “{wanted}”")
        if wrong:
            raise Permanent(
                f"Attributes cannot be filled: {', '.join(wrong)}.", code="no_category",
                hint="Add the category to the template; `ecm opentext check` names the attributes it needs.",
            )  # fmt: skip
        return "Every template has its category."

    def document_types(self) -> str:
        """Every template has rules for the documents we file; without them nothing is reported as missing."""
        reports, wrong, count = CompletenessReports(self._server), [], 0
        for name, template in self._templates():
            try:
                found = {plain(each.name) for each in reports.types(template)}
            except UnknownRoute:
                return "This Content Server does not tell document types; nothing is reported as missing."
            kind = next(each.workspace_type for each in self._blueprint.business_object_types if each.type == name)
            shipped = next(each for each in self._blueprint.workspace_types if each.name == kind)
            always = [each.type for each in shipped.documents if not each.when]  # a rule may not apply to a template
            wanted = [self._server.called("document_type", each) for each in always]
            count += len(wanted)
            wrong += [each for each in wanted if plain(each) not in found]
        if wrong:
            raise Permanent(
                f"No rule for: {', '.join(dict.fromkeys(wrong))}.", code="no_document_type",
                hint="Add the document types and their rules; `ecm opentext check` says which and where.",
            )  # fmt: skip
        return f"{count} document types have their rules."

    def _templates(self) -> Iterator[tuple[str, NodeId]]:
        """Object type and the template its workspaces are made from."""
        for name, kind in self._found.items():
            yield name, kind.templates[0].id
