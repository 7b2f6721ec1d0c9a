"""Export packages: the documented zip, its resources and links, and what to do where something exists already.

Source: reference for OpenText Exstream, section 5 (call 5.9 and the package's layout).
"""

import io
import json
import zipfile
from datetime import UTC, datetime

from sandbox.exstream.answers import Refused
from sandbox.exstream.state import DRAFT, ExstreamState, Json, Link, Version

CONFLICT = "309016"
POLICIES = ("ERROR", "REPLACE", "SKIP", "AUTO_RENAME")
LARGEST_MEMBER = 20_000_000
MOST_MEMBERS = 5_000


def take_in(
    state: ExstreamState, domain: str, package: bytes, settings: bytes, *, commit: bool, now: datetime
) -> tuple[Json, str]:
    """Import, or without `commit` only say what would happen; the answer's data and a line for the ledger."""
    policy = _policy(settings)
    resources, links = _read(package, now)
    known = state.assets[domain]
    clashing = [each for each in resources if each.id in known]
    if clashing and policy == "ERROR" and commit:
        raise Refused(409, f"Import conflict: {clashing[0].name} exists", CONFLICT)
    taken = [each for each in resources if each.id not in known or policy in ("REPLACE", "AUTO_RENAME")]
    uuid = state.uuid("package")
    if commit:
        for each in taken:
            _put(state, domain, each, policy)
        names = {each.id for each in taken}
        state.links[domain] += [link for link in links if link.subject in names]
        state.packages.append(uuid)
    answer = {
        "exportPackageUUID": uuid,
        "importedResources": [_named(each) for each in taken],
        "ignoredResources": [_named(each) for each in clashing if policy == "SKIP"],
        "conflictedResources": [_named(each) for each in clashing if policy == "ERROR"],
        "existingResources": [_named(each) for each in clashing],
    }
    return answer, f"package of {len(taken)} imported" if commit else ""


def _put(state: ExstreamState, domain: str, new: Version, policy: str) -> None:
    old = state.latest(domain, new.id)
    if old is None:
        state.assets[domain][new.id] = [new]
    elif policy == "REPLACE":
        new.version = old.version + 1
        state.assets[domain][new.id].append(new)
    else:
        new.id, new.name = state.uuid(new.type), f"{new.name} ({len(state.packages) + 1})"
        state.assets[domain][new.id] = [new]


def _policy(settings: bytes) -> str:
    if not settings:
        return "ERROR"
    try:
        policy = json.loads(settings)["policies"]["generalPolicy"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(400, "conflictSettings.json cannot be read") from error
    if policy not in POLICIES:
        raise Refused(400, f"Unknown policy {policy}")
    return str(policy)


def _read(package: bytes, now: datetime) -> tuple[list[Version], list[Link]]:
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as opened:
            entries = {info.filename: info for info in opened.infolist()[:MOST_MEMBERS]}
            if any(info.file_size > LARGEST_MEMBER for info in entries.values()):
                raise Refused(400, "The package holds a file that is too large")
            _object(opened.read("metadata.json"))
            resources = [
                _version(_object(opened.read(name)), now)
                for name in sorted(entries) if name.startswith("resources/") and name.endswith(".json")
            ]  # fmt: skip
            given = json.loads(opened.read("links/links.json")) if "links/links.json" in entries else []
            links = [Link(str(e["linkSubjectId"]), int(e["subjectVersion"]), str(e["linkObjectId"])) for e in given]
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise Refused(400, f"The export package cannot be read: {type(error).__name__}") from error
    return resources, links


def _object(content: bytes) -> Json:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise TypeError("an object is wanted")
    return found


def _version(given: Json, now: datetime) -> Version:
    created = datetime.fromtimestamp(int(given.get("createdDate") or now.timestamp() * 1000) / 1000, UTC)
    return Version(
        str(given["id"]), int(given["version"]), str(given["name"]), str(given["type"]),
        str(given.get("state", DRAFT)), created, now, description=str(given.get("description") or ""),
    )  # fmt: skip


def _named(version: Version) -> Json:
    return {"id": version.id, "version": str(version.version), "name": version.name, "type": version.type}
