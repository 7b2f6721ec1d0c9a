"""Kinds of workspaces and their templates, as an administrator set them up.

Source: Business Workspaces REST API v1 and v2, workspace types; OpenText's own Python client for the answers.
"""

from app.domain.content import WorkspaceTemplate, WorkspaceType
from app.domain.ids import NodeId
from app.errors import NotFound, Permanent, Retryable
from app.opentext.content_server.client import ContentServer
from app.opentext.content_server.nodes import plain
from app.opentext.content_server.payloads import WorkspaceTypeList, WorkspaceTypeProperties

STATIC = "StaticNodeId"


class WorkspaceTypes:
    """Reading only: types are made by an administrator or imported."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server

    def all(self) -> list[WorkspaceType]:
        """Every type with its templates; none where the server has none (it may answer that with a 500).

        Raises NeedsReauth (`missing_right`) where our user may not see types.
        """
        try:
            return self._asked({"expand_templates": "true"})
        except Retryable as error:
            if error.context.get("status") == 500 and error.specific_code == "server_error":
                return []
            raise

    def of(self, business_object_type: str) -> WorkspaceType | None:
        """The type our external system's objects of this type ("ORDER") get, None where none is declared."""
        query = {
            "expand_templates": "true",
            "ext_system_id": self._server.external_system,
            "bo_type": business_object_type,
        }
        try:
            found = self._asked(query)
        except (NotFound, Permanent):
            return None
        return found[0] if found else None

    def named(self, name: str) -> WorkspaceType:
        """A type by its name, letters and digits compared. Raises NotFound (`no_such_type`)."""
        for each in self.all():
            if plain(each.name) == plain(name):
                return each
        raise NotFound(
            f"There is no workspace type {name} in Content Server.", code="no_such_type", type=name,
            hint="Import the workspace types, or give our user the right to see them.",
        )  # fmt: skip

    def _asked(self, query: dict[str, str]) -> list[WorkspaceType]:
        answer = self._server.get(WorkspaceTypeList, "v2", "businessworkspacetypes", query=query)
        return [_type(row.data.properties) for row in answer.results]


def _type(properties: WorkspaceTypeProperties) -> WorkspaceType:
    place = properties.wksp_creation
    fixed = place.location == STATIC and place.location_value.isdecimal()
    return WorkspaceType(
        id=properties.wksp_type_id,
        name=properties.wksp_type_name,
        templates=tuple(WorkspaceTemplate(NodeId(each.id), each.name) for each in properties.templates),
        has_records=bool(properties.rm_enabled),
        location=NodeId(int(place.location_value)) if fixed else None,
    )
