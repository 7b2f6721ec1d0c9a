"""The names of what a Content Server has, for people to choose from: read by a job, never while a page is made.

Source: Business Workspaces REST API v2 (types, business object types); Content Server REST API 2.0.2 (volumes, nodes,
members: `where_type` 1 is a group).
"""

from collections.abc import Callable, Iterable
from itertools import islice

from app.errors import NotFound
from app.opentext.content_server.categories import CATEGORIES_VOLUME
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.completeness import CompletenessReports
from app.opentext.content_server.nodes import CATEGORY, CATEGORY_FOLDER, RM_CLASSIFICATION, search_below
from app.opentext.content_server.payloads import ExternalSystemTypes, OneNode
from app.opentext.content_server.records import Records
from app.opentext.content_server.teams import Teams
from app.opentext.content_server.workspace_types import WorkspaceTypes

MOST = 500  # names of one kind


class Inventory:
    """Reading only. `kinds`: what can be asked for."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._types = WorkspaceTypes(server)
        self.kinds: dict[str, Callable[[], Iterable[str]]] = {
            "external_system": self._systems,
            "workspace_type": lambda: (each.name for each in self._types.all()),
            "category": self._categories,
            "document_type": self._document_types,
            "classification": self._classifications,
            "group": lambda: (each.name for each in Teams(server).groups() if each.is_group),
        }

    def names(self, kind: str) -> list[str]:
        """Every name once, in the order people look for it. Raises what the server raises."""
        found = dict.fromkeys(name for name in islice(self.kinds[kind](), MOST) if name)
        return sorted(found, key=str.casefold)

    def _systems(self) -> Iterable[str]:
        rows = self._server.get(ExternalSystemTypes, "v2", "businessobjecttypes").results
        return (row.data.properties.ext_system_id for row in rows)

    def _categories(self) -> Iterable[str]:
        volume = self._server.get(OneNode, "v2", "volumes", CATEGORIES_VOLUME).results.data.properties
        if volume is None:
            raise NotFound("Content Server names no categories volume.", code="no_categories_volume")
        wanted, folders = frozenset({CATEGORY}), frozenset({CATEGORY_FOLDER})
        return (each.name for each in search_below(self._server, volume.id, wanted=wanted, containers=folders))

    def _document_types(self) -> Iterable[str]:
        """Those with a rule for one of the templates; where no server tells rules there are none."""
        reports = CompletenessReports(self._server)
        for kind in self._types.all():
            for template in kind.templates:
                try:
                    yield from (each.name for each in reports.types(template.id))
                except UnknownRoute:
                    return

    def _classifications(self) -> Iterable[str]:
        return (each.name for each in Records(self._server).classifications() if each.type == RM_CLASSIFICATION)
