"""Checking a server against the set-up, and creating there what REST can create. Applying again changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError
from app.opentext.connection import Connection
from app.opentext.content_server.client import ContentServer
from app.opentext.login import TokenCache
from app.opentext.provisioning import maps, metadata, objects, people, records, templates
from app.opentext.provisioning.blueprint import load
from app.opentext.provisioning.survey import Finding, Part, Site, State
from app.outbound import Outbound

PARTS: tuple[tuple[str, Part], ...] = (  # in the order they need each other
    (objects.SYSTEM, objects.external_system),
    (people.PART, people.groups),
    (metadata.PART, metadata.categories),
    (records.SCHEDULES, records.schedules),
    (records.CLASSES, records.classifications),
    (records.HOLDS, records.hold_types),
    (records.DOCUMENTS, records.document_types),
    (templates.PLACES, templates.locations),
    (templates.TYPES, templates.workspace_types),
    (objects.TYPES, objects.business_object_types),
    (maps.PART, maps.workflow_maps),
)


class Outcome(StrEnum):
    """What became of a finding: nothing to do, done, refused, or an administrator's to do."""

    PRESENT = "present"
    CREATED = "created"
    REFUSED = "refused"
    BY_HAND = "by hand"


@dataclass(frozen=True)
class Applied:
    """A finding and what became of it. `message` says why it was refused."""

    finding: Finding
    outcome: Outcome
    message: str = ""


def site(connection: Connection, outbound: Outbound, administrator: Connection | None = None) -> Site:
    """The server of a connection. `administrator`: the same server with the credentials to work with."""
    service = ContentServer(connection, outbound, TokenCache())
    worker = ContentServer(administrator, outbound, TokenCache()) if administrator else None
    return Site(load(), service, worker)


def check(where: Site) -> Iterator[Finding]:
    """Every finding as it is made; changes nothing. A part that cannot be looked at is one finding of its own.

    Raises nothing for what the other side does.
    """
    for name, part in PARTS:
        try:
            yield from part(where)
        except AppError as error:
            yield _unknown(name, error)


def apply(where: Site) -> Iterator[Applied]:
    """Create what is missing where REST can, in order; safe to run again. Nothing that differs is changed, except that
    the service user gets the rights it lacks. Raises nothing for what the other side does."""
    for name, part in PARTS:
        try:
            for finding in part(where):
                yield _applied(finding)
        except AppError as error:
            yield Applied(_unknown(name, error), Outcome.BY_HAND)


def _applied(finding: Finding) -> Applied:
    if finding.is_well:
        return Applied(finding, Outcome.PRESENT)
    if finding.create is None:
        return Applied(finding, Outcome.BY_HAND)
    try:
        finding.create()
    except AppError as error:
        return Applied(finding, Outcome.REFUSED, _words(error))
    return Applied(finding, Outcome.CREATED)


def _unknown(part: str, error: AppError) -> Finding:
    return Finding(part, "all", State.UNKNOWN, _words(error), error.hint or "Mend this, then look again.")


def _words(error: AppError) -> str:
    said = str(error.context.get("said") or "")
    return f"{error.message} It said: “{said}”" if said else error.message
