"""Workspace types, where their workspaces are made, and their templates: folders, categories, roles, documents.

Source: Business Workspaces REST API v1 and v2; a template is a node 848 below the document templates volume.
"""

from collections.abc import Iterator
from functools import partial

from pydantic import Field

from app.domain.content import Role as FoundRole
from app.domain.content import WorkspaceType as FoundType
from app.domain.ids import NodeId
from app.errors import Conflict, NotFound
from app.opentext.answers import Anything, Payload
from app.opentext.content_server.client import Query, UnknownRoute
from app.opentext.content_server.completeness import CompletenessReports
from app.opentext.content_server.nodes import BRIEF, FOLDER, RM_CLASSIFICATION, each_child, plain
from app.opentext.content_server.payloads import Effective
from app.opentext.content_server.permissions import NEEDED, Permissions
from app.opentext.provisioning import payloads
from app.opentext.provisioning.blueprint import RequiredDocument, Role, WorkspaceType
from app.opentext.provisioning.survey import (
    CATEGORIES,
    ENTERPRISE,
    TEMPLATES,
    Finding,
    Site,
    State,
    different,
    missing,
    present,
)

TYPES, PLACES, RIGHTS, CONTENTS = "Workspace types", "Locations", "Rights of the service user", "Templates"
WORKSPACE, CATEGORY = 848, 131
LANGUAGE = "en"


class MadeTemplate(Payload):
    """`NodeId` in the specification, `id` in answers of the same call elsewhere."""

    node: int | None = Field(default=None, validation_alias="NodeId")
    id: int | None = None


def locations(site: Site) -> Iterator[Finding]:
    """The folders workspaces are made in, and whether the service user may do so."""
    enterprise = site.volume(ENTERPRISE)
    for name in dict.fromkeys(kind.location for kind in site.blueprint.workspace_types):
        by_hand = f"In the Enterprise volume: add the folder “{name}”."
        body = {"type": FOLDER, "parent_id": enterprise, "name": name}
        create = partial(site.server.write, Anything, "POST", "v2", "nodes", body=body)
        if _folder(site, enterprise, name) is None:
            yield missing(PLACES, name, by_hand, create)
        else:
            yield present(PLACES, name)
        folder = _folder(site, enterprise, name)
        if folder is not None:
            yield from right_to_create(site, name, folder)


def right_to_create(site: Site, name: str, folder: int) -> Iterator[Finding]:
    """Whether the service user may see the folder and add items to it. Source: effective permissions."""
    number, login = site.service_user
    path = ("v2", "nodes", folder, "permissions")
    by_hand = f"Folder “{name}”, Permissions: give {login} {', '.join(NEEDED)}."
    granted = site.server.get(Effective, *path, "effective", number).permissions
    lacks = [each for each in NEEDED if each not in granted]
    if not lacks:
        yield present(RIGHTS, name)
        return
    body = {"permissions": list(NEEDED), "right_id": number, "apply_to": 0}
    create = partial(site.server.write, Anything, "POST", *path, "custom", body=body)
    yield different(RIGHTS, name, f"{login} lacks {', '.join(lacks)}.", by_hand, create)


def workspace_types(site: Site) -> Iterator[Finding]:
    """Every type with its template, and all the template must hold."""
    for wanted in site.blueprint.workspace_types:
        known = _type(site, wanted)
        if known is None:
            yield missing(TYPES, wanted.name, _type_by_hand(wanted), partial(_make_type, site, wanted))
            known = _type(site, wanted)
            if known is None:
                continue
        else:
            yield present(TYPES, wanted.name)
        yield from _templates(site, wanted, known)


def _templates(site: Site, wanted: WorkspaceType, known: FoundType) -> Iterator[Finding]:
    if not known.templates:
        by_hand = (
            f"In the document templates volume: add the business workspace template “{wanted.name}” of the type "
            f"“{wanted.name}”; then look again, for its folders, categories and roles come next."
        )
        yield missing(CONTENTS, wanted.name, by_hand, partial(_make_template, site, wanted, known.id))
        known = _type(site, wanted) or known
        if not known.templates:
            return
    named = [each for each in known.templates if plain(each.name) == plain(wanted.name)]
    template = (named or known.templates)[0].id
    yield from _category(site, wanted, template)
    yield from _folders(site, wanted, template)
    yield from _roles(site, wanted, template)
    yield from _kept_folders(site, wanted, template)
    yield from _documents(site, wanted, template)


# --- types ---


def _type(site: Site, wanted: WorkspaceType) -> FoundType | None:
    try:
        return site.types.named(wanted.name)
    except NotFound:
        return None


def _make_type(site: Site, wanted: WorkspaceType) -> None:
    folder = _folder(site, site.volume(ENTERPRISE), wanted.location)
    if folder is None:
        raise NotFound("The folder for its workspaces is missing.", location=wanted.location)
    body = {
        "wksp_type_name": wanted.name,
        "wksp_name_generation": {"wksp_names": {LANGUAGE: wanted.name_pattern}},
        "rm_enabled": True,
        "wksp_creation": {"location": "StaticNodeId", "location_value": str(folder)},
    }
    site.server.json(payloads.MadeType, "POST", "v2", "businessworkspacetypes", body=body)


def _type_by_hand(wanted: WorkspaceType) -> str:
    return (
        f"In the Business Workspaces volume: add the workspace type “{wanted.name}”, Records Management on, location: "
        f"the folder “{wanted.location}”, names by the pattern “{wanted.name_pattern}”."
    )


def _make_template(site: Site, wanted: WorkspaceType, type_id: int) -> None:
    body = {"type": WORKSPACE, "parent_id": site.volume(TEMPLATES), "name": wanted.name, "reference_type": str(type_id)}
    site.server.json(MadeTemplate, "POST", "v1", "nodes", body=body)


# --- what a template holds ---


def _category(site: Site, wanted: WorkspaceType, template: NodeId) -> Iterator[Finding]:
    item = f"{wanted.name}: category {wanted.category}"
    if plain(wanted.category) in {plain(name) for name in _categories_of(site, template)}:
        yield present(CONTENTS, item)
        return

    def create() -> None:
        found = site.below(site.volume(CATEGORIES), frozenset({CATEGORY})).get(
            plain(site.called("category", wanted.category))
        )
        if found is None:
            raise NotFound("The category itself is missing.", category=wanted.category)
        path = ("v2", "nodes", template, "categories")
        site.server.form(Anything, "POST", *path, fields={"category_id": found.id})

    yield missing(CONTENTS, item, f"Template “{wanted.name}”, Categories: add “{wanted.category}”.", create)


def _categories_of(site: Site, node: NodeId) -> list[str]:
    return list(site.categories.values(node))


def _folders(site: Site, wanted: WorkspaceType, template: NodeId) -> Iterator[Finding]:
    for folder in wanted.folders:
        item = f"{wanted.name}: folder {folder.name}"
        by_hand = f"Template “{wanted.name}”: add the folder “{folder.name}”."
        body = {"type": FOLDER, "parent_id": template, "name": folder.name}
        create = partial(site.server.write, Anything, "POST", "v2", "nodes", body=body)
        if _folder(site, template, folder.name) is None:
            yield missing(CONTENTS, item, by_hand, create)
        else:
            yield present(CONTENTS, item)
        node = _folder(site, template, folder.name)
        if node is not None and folder.classification:
            theirs = site.called("classification", folder.classification)
            yield _classified(site, wanted, folder.name, NodeId(node), theirs)


def _classified(site: Site, wanted: WorkspaceType, folder: str, node: NodeId, name: str) -> Finding:
    item = f"{wanted.name}: classification of {folder}"
    details = site.records.details(node)
    if details is not None and plain(details.classification) == plain(name):
        return present(CONTENTS, item, name)
    by_hand = f"Template “{wanted.name}”, folder “{folder}”, Records Details: classify it as “{name}”."
    if details is not None:
        return different(CONTENTS, item, f"It is {details.classification}, expected is {name}.", by_hand)

    def create() -> None:
        all_classes = site.records.classifications()
        classes = {plain(each.name): each.id for each in all_classes if each.type == RM_CLASSIFICATION}
        if plain(name) not in classes:
            raise NotFound("The classification itself is missing.", classification=name)
        path = ("v1", "nodes", node, "rmclassifications")
        site.server.write(Anything, "POST", *path, body={"class_id": classes[plain(name)]})

    return missing(CONTENTS, item, by_hand, create)


def _folder(site: Site, parent: int, name: str) -> int | None:
    query: Query = {"where_type": FOLDER, "where_name": name, "fields": BRIEF}
    for each in each_child(site.server, parent, query):
        found = each.data.properties
        if found is not None and plain(found.name) == plain(name):
            return found.id
    return None


# --- roles ---


def _roles(site: Site, wanted: WorkspaceType, template: NodeId) -> Iterator[Finding]:
    found = {plain(role.name): role for role in site.teams.roles(template)}
    for role in wanted.roles:
        item = f"{wanted.name}: role {role.name}"
        permissions = site.blueprint.permissions(role)
        by_hand = f"Template “{wanted.name}”, Team: add the role “{role.name}” with {', '.join(permissions)}."
        if plain(role.name) not in found:
            body = {"name": role.name, "permissions": permissions, "leader": role.leader}
            path = ("v2", "businessworkspaces", template, "roles")
            yield missing(CONTENTS, item, by_hand, partial(site.server.json, Anything, "POST", *path, body=body))
            found = {plain(each.name): each for each in site.teams.roles(template)}
        else:
            yield present(CONTENTS, item)
        if plain(role.name) in found:
            yield from _members(site, wanted, template, role, found[plain(role.name)])


def _members(site: Site, wanted: WorkspaceType, template: NodeId, role: Role, found: FoundRole) -> Iterator[Finding]:
    """The groups, and the service user, that play a role; a group that does not exist is told elsewhere."""
    names = [*role.groups, *([site.service_user[1]] if role.service_user else [])]
    has = {member.login.casefold() for member in found.members}
    for name in names:
        item = f"{wanted.name}: {name} as {role.name}"
        if name.casefold() in has:
            yield present(CONTENTS, item)
            continue
        by_hand = f"Template “{wanted.name}”, Team, role “{role.name}”: add {name}."
        yield missing(CONTENTS, item, by_hand, partial(_add_member, site, template, found.id, name))


def _add_member(site: Site, template: NodeId, role: int, name: str) -> None:
    member = site.teams.find(name)
    if member is None:
        raise NotFound("This group does not exist yet.", member=name)
    try:
        site.teams.add(template, role, member.id)
    except Conflict:
        return


def _kept_folders(site: Site, wanted: WorkspaceType, template: NodeId) -> Iterator[Finding]:
    """Folders that a role does not see although it sees the workspace."""
    kept = [folder for folder in wanted.folders if folder.kept_from]
    roles = {plain(role.name): role.id for role in site.teams.roles(template)} if kept else {}
    for folder in kept:
        node = _folder(site, template, folder.name)
        for name in folder.kept_from:
            if node is not None and plain(name) in roles:
                yield _kept(site, wanted, folder.name, NodeId(node), name, roles[plain(name)])


def _kept(site: Site, wanted: WorkspaceType, folder: str, node: NodeId, role: str, role_id: int) -> Finding:
    item = f"{wanted.name}: {folder} kept from {role}"
    granted = [one.granted for one in Permissions(site.server).entries(node) if one.right_id == role_id]
    if not any("see" in each for each in granted):
        return present(CONTENTS, item)
    by_hand = f"Template “{wanted.name}”, folder “{folder}”, Permissions: take the role “{role}” away."
    path = ("v2", "nodes", node, "permissions", "custom", role_id)
    return missing(CONTENTS, item, by_hand, partial(site.server.delete, Anything, *path))


# --- documents ---


def _documents(site: Site, wanted: WorkspaceType, template: NodeId) -> Iterator[Finding]:
    if not wanted.documents:
        return
    try:
        found = {plain(each.name): each for each in CompletenessReports(site.server).types(template)}
    except UnknownRoute:
        text = "This server does not tell its document types."
        yield Finding(CONTENTS, f"{wanted.name}: documents", State.UNKNOWN, text)
        return
    for document in wanted.documents:
        item = f"{wanted.name}: document {document.type}"
        theirs = site.called("document_type", document.type)
        has = found.get(plain(theirs))
        if has is None:
            yield missing(CONTENTS, item, _document_by_hand(wanted, document, theirs))
        elif has.validity_months != document.valid_months or has.is_required != document.required:
            told = f"required {has.is_required}, valid for {has.validity_months} months"
            yield different(CONTENTS, item, f"It is there, but {told}.", _document_by_hand(wanted, document, theirs))
        else:
            yield present(CONTENTS, item)


def _document_by_hand(wanted: WorkspaceType, document: RequiredDocument, theirs: str) -> str:
    life = f"valid for {document.valid_months} months" if document.valid_months else "valid for ever"
    must = "required" if document.required else "not required"
    rule = f", where {document.when.replace('=', ' is ')}" if document.when else ""
    return (
        f"In the Extended ECM volume, Document Types, “{theirs}”: add a rule for the template “{wanted.name}”, "
        f"folder “{document.folder}”, {must}, {life}, types {', '.join(document.mime_types)}{rule}."
    )
