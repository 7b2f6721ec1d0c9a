"""The connection test: each step says what failed, what that means and what to do. Saves nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from app.errors import AppError, NeedsReauth, NotFound, Permanent
from app.opentext.check_kinds import OBJECT_TYPES, Kinds
from app.opentext.connection import Connection
from app.opentext.content_server.client import ContentServer, UnknownRoute
from app.opentext.content_server.nodes import plain
from app.opentext.content_server.payloads import ExternalSystemTypes
from app.opentext.content_server.records import Records
from app.opentext.exstream import Communications, communications
from app.opentext.exstream.notifications import Notifications
from app.opentext.login import TokenCache
from app.opentext.workflow_service.client import WorkflowApi
from app.opentext.workflow_service.deployment import Deployment
from app.outbound import Outbound

CONTENT, WORKFLOW, EXSTREAM = "content", "workflow", "exstream"
PARTS = (CONTENT, WORKFLOW, EXSTREAM)  # of a connection, each of which can be tried alone
MOST_SAID = 3  # templates named in one message
MOST_CLASSIFICATIONS = 200  # looked at; a test is no inventory

OTDS_REACHABLE = "Directory Services reachable"
OTDS_CREDENTIALS = "Client credentials accepted"
SERVER_REACHABLE = "Content Server reachable"
SIGNED_IN = "Signed in to Content Server"
EXTERNAL_SYSTEM = "External system and business object types"
RECORDS = "Records Management classifications"
WORKSPACE_TYPES = "Workspace types and templates"
RIGHTS = "Rights of the service user"
CATEGORIES = "Categories"
DOCUMENT_TYPES = "Document types"
GATEWAY_TOKEN = "Workflow gateway token"  # noqa: S105  # a step's name
MODELS = "Workflow models"
EXSTREAM_TOKEN = "Exstream client accepted"  # noqa: S105  # a step's name
EXSTREAM_REACHABLE = "Exstream composes"
TEMPLATES = "Communication templates"
NOTIFICATIONS = "OpenText Notifications"
UNKNOWN_CLIENT = "client id not known in this region"

HINTS = {
    "address_refused": "Ask the operator to allow this address, or use a public https one.",
    "unreachable": "Check the address, and that this service may reach it through your firewall.",
    "timeout": "It may be overloaded or a firewall swallows the call. Try again in a minute.",
    "broken_answer": "Check http or https, the port, and what stands in between (a proxy).",
    "unreadable_answer": "The address leads to a web page, not to the service. Check its path.",
    "unexpected_answer": "The address leads to another service, or to a release that is not supported.",
    "needs_reauth": "Check the user or client and its secret, and enter them again.",
    "missing_right": "Give the service user the right this step names.",
    "redirect": "Enter the address it redirects to.",
    "server_error": "Try again in a minute; otherwise ask the administrator of that system.",
    "overloaded": "Try again in a minute.",
    "rate_limited": "Try again in a minute.",
}


@dataclass(frozen=True)
class CheckStep:
    """One step. `ok` is None where it was not tried because a step it needs has failed.

    `blocks`: without it the connection is of no use; what does not block can be mended after it was saved.
    """

    name: str
    ok: bool | None
    message: str
    hint: str = ""
    blocks: bool = True


def check_connection(
    connection: Connection, outbound: Outbound, classifications: Sequence[str] = (), templates: Sequence[str] = (),
    parts: Collection[str] = PARTS,
) -> list[CheckStep]:  # fmt: skip
    """Try everything the product needs, in order; raises nothing for what the other side does.

    `classifications` are names that must exist; without any, at least one must be visible. `templates` are those a
    switched-on scenario may compose; communications are looked at only where they are connected. `parts`: what of the
    connection is tried.
    """
    tokens = TokenCache()  # nothing kept from an earlier try with other credentials
    checks = _Checks()
    if CONTENT in parts:
        _check_content(checks, ContentServer(connection, outbound, tokens), classifications)
    if WORKFLOW in parts:
        api = WorkflowApi(connection, outbound, tokens)
        checks.step(GATEWAY_TOKEN, lambda: api.login.credential() and "The gateway accepts the client.")
        checks.step(MODELS, lambda: _models(Deployment(api)), needs=(GATEWAY_TOKEN,))
    if EXSTREAM in parts and connection.exstream is not None:
        _check_communications(checks, connection, communications(connection, outbound, tokens), outbound, templates)
    return checks.steps


def _check_content(checks: "_Checks", server: ContentServer, classifications: Sequence[str]) -> None:
    directory = _Directory(server)
    checks.step(OTDS_REACHABLE, directory.reachable)
    checks.step(OTDS_CREDENTIALS, directory.accepted, needs=(OTDS_REACHABLE,))
    checks.step(SERVER_REACHABLE, lambda: _ping(server))
    checks.step(SIGNED_IN, lambda: f"Signed in as {server.who_am_i()}.", (OTDS_CREDENTIALS, SERVER_REACHABLE))
    checks.step(EXTERNAL_SYSTEM, lambda: _external_system(server), needs=(SIGNED_IN,))
    wanted = [server.called("classification", name) for name in classifications]
    checks.step(RECORDS, lambda: _classifications(Records(server), wanted), needs=(SIGNED_IN,))
    kinds = Kinds(server)
    checks.step(WORKSPACE_TYPES, kinds.complete, needs=(EXTERNAL_SYSTEM,))
    checks.step(RIGHTS, kinds.rights, needs=(WORKSPACE_TYPES,))
    checks.step(CATEGORIES, kinds.categories, needs=(WORKSPACE_TYPES,), blocks=False)
    checks.step(DOCUMENT_TYPES, kinds.document_types, needs=(WORKSPACE_TYPES,), blocks=False)


def _check_communications(
    checks: "_Checks", connection: Connection, found: Communications, outbound: Outbound, templates: Sequence[str]
) -> None:
    checks.step(EXSTREAM_TOKEN, lambda: found.api.login.credential() and "Exstream's sign-in accepts the client.")
    checks.step(EXSTREAM_REACHABLE, lambda: f"Release {found.version()} answers.", needs=(EXSTREAM_TOKEN,))
    checks.step(TEMPLATES, lambda: _templates(found, templates), needs=(EXSTREAM_REACHABLE,), blocks=False)
    if connection.exstream and connection.exstream.notifications:
        checks.step(NOTIFICATIONS, lambda: _notifications(Notifications(connection, outbound)))


class _Checks:
    def __init__(self) -> None:
        self.steps: list[CheckStep] = []
        self._passed: set[str] = set()

    def step(self, name: str, action: Callable[[], str], needs: tuple[str, ...] = (), *, blocks: bool = True) -> None:
        missing = [need for need in needs if need not in self._passed]
        if missing:
            words = f"Not tried, because this failed: {', '.join(missing)}."
            self.steps.append(CheckStep(name, None, words, blocks=blocks))
            return
        try:
            message = action()
        except AppError as error:
            self.steps.append(replace(_failed(name, error), blocks=blocks))
            return
        self._passed.add(name)
        self.steps.append(CheckStep(name, True, message))


class _Directory:
    """One token request answers two questions: is OTDS there, and does it know us."""

    def __init__(self, server: ContentServer) -> None:
        self._server = server
        self._refused: NeedsReauth | None = None

    def reachable(self) -> str:
        try:
            self._server.login.bearer()
        except NeedsReauth as error:
            if error.specific_code == "wrong_address":
                raise
            self._refused = error
        return "OTDS answers."

    def accepted(self) -> str:
        if self._refused is not None:
            raise self._refused
        return "OTDS knows the client and its secret."


def _failed(name: str, error: AppError) -> CheckStep:
    if error.specific_code == "client_unknown_in_region":
        name = f"{name}: {UNKNOWN_CLIENT}"
    said = str(error.context.get("said") or "")
    message = f"{error.message} It said: “{said}”" if said else error.message
    return CheckStep(name, False, message, error.hint or HINTS.get(error.specific_code, ""))


def _ping(server: ContentServer) -> str:
    try:
        server.ping()
    except (NotFound, UnknownRoute) as error:
        raise Permanent(
            "There is no Content Server at this address.", code="wrong_address",
            hint="The address must end where its api folder begins, for example https://host/cs/cs.",
        ) from error  # fmt: skip
    return "Content Server answers."


def _external_system(server: ContentServer) -> str:
    system = server.external_system
    try:
        rows = server.get(ExternalSystemTypes, "v2", "businessobjecttypes").results
    except UnknownRoute as error:
        raise Permanent(
            "This Content Server has no business workspaces.", code="no_workspaces",
            hint="Install and license Extended ECM (Business Workspaces).",
        ) from error  # fmt: skip
    types = {row.data.properties.bo_type for row in rows if row.data.properties.ext_system_id == system}
    missing = [name for name in OBJECT_TYPES if name not in types]
    if not types:
        raise Permanent(
            f"The external system “{system}” has no business object types, or does not exist.",
            code="no_external_system",
            hint="Create the connection of this name in Content Server and its business object types "
            f"{', '.join(OBJECT_TYPES)}. Capitals matter.",
        )
    if missing:
        raise Permanent(
            f"“{system}” lacks the business object types {', '.join(missing)}.", code="no_object_type",
            hint="Create them below the Extended ECM volume, or import the package that brings them.",
        )  # fmt: skip
    return f"“{system}” has {', '.join(OBJECT_TYPES)}."


def _classifications(records: Records, wanted: Sequence[str]) -> str:
    found = {}
    for each in records.classifications():
        found[plain(each.name)] = each.name
        if len(found) >= MOST_CLASSIFICATIONS or (wanted and all(plain(name) in found for name in wanted)):
            break
    missing = [name for name in wanted if plain(name) not in found]
    if missing or not found:
        raise Permanent(
            f"Not found: {', '.join(missing)}." if found else "No classification is visible to us.",
            code="no_classification",
            hint="Create the classifications, or give the service user the right to see them.",
        )
    return f"{len(wanted) or len(found)} classifications found."


def _models(deployment: Deployment) -> str:
    count = len(deployment.models())
    return f"{count} workflow models are deployed." if count else "No workflow model is deployed yet."


def _templates(found: Communications, wanted: Sequence[str]) -> str:
    """Every template that has a communication is looked at; what is wrong with one is said with its name."""
    checked = [found.templates.check(key) for key in found.templates.keys]
    broken = [each for each in checked if each.template is None]
    if broken:
        words = " ".join(f"{each.key}: {each.problems[-1].message}" for each in broken[:MOST_SAID])
        rest = f" And {len(broken) - MOST_SAID} more." if len(broken) > MOST_SAID else ""
        raise Permanent(f"{words}{rest}", code="template_unusable", hint=broken[0].problems[-1].hint)
    missing = [key for key in wanted if key not in found.templates.keys]
    words = f"{len(checked)} templates can be composed."
    remarks = [f"{each.key}: {problem.message}" for each in checked for problem in each.problems]
    if missing:
        remarks.append(f"No communication is chosen yet for {', '.join(missing)}.")
    return " ".join([words, *remarks[:MOST_SAID]])


def _notifications(api: Notifications) -> str:
    """Asks about a job that cannot exist: that it is not found shows that we may ask."""
    try:
        api.status("emails", "storefront-connection-test")
    except NotFound as error:
        if str(error.context.get("said", "")).lstrip().startswith("<"):
            message = "There is no OpenText Notifications at this address."
            raise Permanent(message, code="wrong_address", hint="Check the address and its region.") from error
    return "Notifications accepts the account."
