"""The store's connection and its business object types. Only the connection can be made by REST."""

from collections.abc import Iterator

from app.errors import NotFound, Permanent
from app.opentext.answers import Anything
from app.opentext.content_server.client import UnknownRoute
from app.opentext.provisioning import payloads
from app.opentext.provisioning.blueprint import BusinessObjectType
from app.opentext.provisioning.survey import Finding, Site, State, different, missing, present

SYSTEM, TYPES = "External system", "Business object types"


def external_system(site: Site) -> Iterator[Finding]:
    """The connection named in the store's settings."""
    wanted = site.blueprint.external_system(site.external_system)
    by_hand = (
        f"In the administration, External Systems: add the connection “{wanted.name}” of the type "
        f"“{wanted.connection_type}”, which needs no service behind it; address {wanted.address}."
    )

    def create() -> None:
        fields = {
            "external_system_name": wanted.name, "conn_type": wanted.connection_type,
            "asurl": wanted.address, "baseurl": wanted.address,
        }  # fmt: skip
        site.server.form(Anything, "POST", "v2", "externalsystems", fields=fields)

    there = _is_there(site, wanted.name)
    yield present(SYSTEM, wanted.name) if there else missing(SYSTEM, wanted.name, by_hand, create)


def _is_there(site: Site, name: str) -> bool:
    """By the list, on releases before 26.1 by its configuration."""
    try:
        query = {"where_name": f"{{{name}}}"}
        rows = site.server.get(payloads.SystemList, "v2", "externalsystems", query=query).results
        return any(row.name == name for row in rows)
    except (UnknownRoute, NotFound):
        try:
            site.server.get(Anything, "v2", "externalsystems", name, "config")
        except UnknownRoute:
            raise
        except Permanent:
            return False
        return True


def business_object_types(site: Site) -> Iterator[Finding]:
    """Every type of the set-up for the store's connection, and which property fills which attribute."""
    rows = [row.data.properties for row in site.server.get(payloads.TypeList, "v2", "businessobjecttypes").results]
    found = {row.type: row.id for row in rows if row.system == site.external_system and row.type}
    for wanted in site.blueprint.business_object_types:
        number = found.get(wanted.type)
        if number is None:
            yield missing(TYPES, wanted.type, _by_hand(site, wanted))
        else:
            yield _mapped(site, wanted, number)


def _mapped(site: Site, wanted: BusinessObjectType, number: int) -> Finding:
    try:
        config = site.server.get(payloads.Mappings, "v2", "businessobjecttypes", number).config
    except (UnknownRoute, NotFound):
        text = "It is there; releases before 25.3 do not tell its property mapping."
        return Finding(TYPES, wanted.type, State.UNKNOWN, text, _by_hand(site, wanted))
    has = {each.property: each.attribute for each in config.properties}
    lacks = [f"{name} → {attribute}" for name, attribute in wanted.properties.items() if has.get(name) != attribute]
    for group, rows in wanted.groups.items():
        told = config.groups.get(group)
        columns = {each.property: each.attribute for each in told.mappings} if told and told.set == rows.set else {}
        lacks += [f"{group}.{n} → {rows.set}/{a}" for n, a in rows.properties.items() if columns.get(n) != a]
    if not lacks:
        return present(TYPES, wanted.type, f"{len(has)} properties mapped.")
    by_hand = f"Open the business object type {wanted.type}, Property Mapping, category {wanted.category}; map these."
    return different(TYPES, wanted.type, f"Not mapped as expected: {', '.join(lacks)}.", by_hand)


def _by_hand(site: Site, wanted: BusinessObjectType) -> str:
    system = site.blueprint.external_system(site.external_system)
    url = system.display_url.replace("{resource}", wanted.resource)
    mapped = [f"{name} → {attribute}" for name, attribute in wanted.properties.items()]
    for group, rows in wanted.groups.items():
        columns = ", ".join(f"{name} → {attribute}" for name, attribute in rows.properties.items())
        mapped.append(f"group {group} → set {rows.set} ({columns})")
    return (
        f"In the Extended ECM volume, Business Object Types: add {wanted.type} (“{wanted.name}”) for “{system.name}”, "
        f"workspace type “{wanted.workspace_type}”, display address {url}, and map the properties to the category "
        f"“{wanted.category}”: {'; '.join(mapped)}. Or import the transport package that brings it."
    )
