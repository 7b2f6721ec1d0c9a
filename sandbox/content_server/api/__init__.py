"""The calls of Content Server's REST API, one file per subject."""

from sandbox.content_server.api import (
    categories,
    configuration,
    content,
    nodes,
    records,
    system,
    team,
    volumes,
    workspaces,
)
from sandbox.content_server.api.route import Route

ROUTES: tuple[Route, ...] = (
    *system.ROUTES,
    *nodes.ROUTES,
    *content.ROUTES,
    *categories.ROUTES,
    *volumes.ROUTES,
    *workspaces.ROUTES,
    *team.ROUTES,
    *configuration.ROUTES,
    *records.ROUTES,
)
