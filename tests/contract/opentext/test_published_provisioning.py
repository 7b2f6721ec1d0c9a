"""Every call of the set-up's check and apply, and the stand-in's answers, judged by OpenText's OpenAPI files."""

from fnmatch import fnmatchcase

import httpx
import pytest

from app.opentext import provisioning
from sandbox.otds.state import Client
from tests.contract.opentext.landscape import Landscape, a_connection
from tests.contract.opentext.published import FOLDER, Finding, Published
from tests.contract.opentext.test_provisioning import strip

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="OpenText's OpenAPI files are not here (../shared/specs/opentext)"
)

PYXECM = "OpenText's own Python client (pyxecm 3.7), which runs against real servers"
# Where what we send or read contradicts the files: call, finding (patterns), the source that contradicts them.
DEVIATIONS = (
    ("* /v2/*", "answer 200: links: is no array", f"{PYXECM}: an object in every sample"),
    ("* /v2/*", "answer 200: results: is no array", f"{PYXECM}: an object where one thing is answered"),
    ("GET /v2/*", "answer 200: results.[*].data: is no array", f"{PYXECM}: an object in each row"),
    ("GET /v2/*", "answer 200: collection: is no array", f"{PYXECM}: an object with `paging`"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: fields_order: *", "its own description: a list of fields"),
    ("GET /v1/nodes/{id}/rmclassifications", "answer 200: vitalRecordCodes: *", "its own description: a list of codes"),
    ("POST /v1/nodes/{id}/rmclassifications", "request: value: 'rm_metadataToken' is a required property",
     f"{PYXECM}: needed only where a classification is replaced"),
    ("* /v2/businessobjecttypes*", "call is in none of the files", PYXECM),
    ("* /v2/externalsystems*", "call is in none of the files", PYXECM),
    ("GET /v2/businessworkspaces/*/doctypes", "call is in none of the files", PYXECM),
    ("POST /v2/businessworkspaces/{bw_id}/roles", "request: permissions.[*]: is none of the listed values",
     "the core file's permissions calls: edit_permissions, where this list says edit"),
    ("POST /v2/businessworkspaces/{bw_id}/roles/{role_id}/members", "request: body as application/x-www-form*",
     f"{PYXECM} sends plain fields"),
    ("POST /v2/search", "answer 200: results.[*].search_result_metadata.*: is no integer", f"{PYXECM}: texts"),
)  # fmt: skip


@pytest.fixture(scope="module")
def findings() -> set[Finding]:
    published, found = Published(), set[Finding]()

    def record(request: httpx.Request, response: httpx.Response) -> None:
        if request.url.host == "content.test":
            found.update(published.findings(request, response, "/cs/cs/api"))

    land = Landscape(record)
    client = Client("administration", "their-own-secret-0123456789", service_user="admin@Content Server Members")
    land.otds.directory.state.clients[client.id] = client
    administrator = a_connection(client_id=client.id, client_secret="their-own-secret-0123456789")
    strip(land)
    list(provisioning.apply(provisioning.site(a_connection(), land.outbound)))  # refused nearly everywhere
    list(provisioning.apply(provisioning.site(a_connection(), land.outbound, administrator)))
    land.close()
    return found


def excuse(finding: Finding) -> tuple[str, str, str] | None:
    fitting = (d for d in DEVIATIONS if fnmatchcase(finding[0], d[0]) and fnmatchcase(finding[1], d[1]))
    return next(fitting, None)


def test_setting_up_agrees_with_the_files(findings: set[Finding]) -> None:
    assert sorted(finding for finding in findings if excuse(finding) is None) == []


def test_every_named_deviation_of_setting_up_still_occurs(findings: set[Finding]) -> None:
    occurring = {excuse(finding) for finding in findings}
    assert [deviation for deviation in DEVIATIONS if deviation not in occurring] == []
