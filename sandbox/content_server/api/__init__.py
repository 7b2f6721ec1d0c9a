"""The calls of Content Server's REST API, one file per subject."""

from sandbox.content_server.api import (
    access,
    administration,
    categories,
    configuration,
    content,
    documents,
    holds,
    members,
    nodes,
    permissions,
    records,
    relations,
    search,
    system,
    team,
    volumes,
    workflow_forms,
    workflows,
    workspaces,
)
from sandbox.content_server.api.route import Route

SUBJECTS = (
    system,
    members,
    nodes,
    content,
    categories,
    permissions,
    access,
    volumes,
    search,
    workspaces,
    relations,
    team,
    documents,
    configuration,
    records,
    holds,
    workflows,
    workflow_forms,
    administration,
)
ROUTES: tuple[Route, ...] = tuple(route for subject in SUBJECTS for route in subject.ROUTES)
