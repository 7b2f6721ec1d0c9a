"""The steps of a connection test in people's words: what each is called, and what it means when it fails."""

from dataclasses import dataclass

from app.opentext import check
from app.opentext.check import CheckStep
from app.web.language import _
from app.web.texts import N_

NAMES = {  # step → (title, what it means when it fails)
    check.OTDS_REACHABLE: (
        N_("Directory Services reachable"), N_("Nobody can sign in, so nothing can be looked at or filed."),
    ),
    check.OTDS_CREDENTIALS: (
        N_("Client credentials accepted"), N_("OpenText does not know this app, so it lets us do nothing."),
    ),
    check.SERVER_REACHABLE: (N_("Content Server reachable"), N_("No workspace can be made and no document filed.")),
    check.SIGNED_IN: (
        N_("Signed in to Content Server"), N_("The client is known to OTDS, but not to this Content Server."),
    ),
    check.EXTERNAL_SYSTEM: (
        N_("External system and business object types"),
        N_("Content Server cannot tell which workspace belongs to which order, customer or product."),
    ),
    check.RECORDS: (
        N_("Records Management classifications"), N_("Documents can be filed, but not kept as records."),
    ),
    check.WORKSPACE_TYPES: (
        N_("Workspace types and templates"), N_("There is nothing a workspace could be made from."),
    ),
    check.RIGHTS: (N_("Rights of the service user"), N_("The first workspace would be refused.")),
    check.CATEGORIES: (
        N_("Categories"), N_("Workspaces can be made, but their attributes, by which people search, stay empty."),
    ),
    check.DOCUMENT_TYPES: (
        N_("Document types"), N_("Documents can be filed, but nothing tells which ones are missing or expired."),
    ),
    check.GATEWAY_TOKEN: (N_("Workflow gateway token"), N_("No decision can be asked for.")),
    check.MODELS: (N_("Workflow models"), N_("No workflow can be started.")),
    check.EXSTREAM_TOKEN: (N_("Exstream client accepted"), N_("No letter can be composed. Everything else works.")),
    check.EXSTREAM_REACHABLE: (N_("Exstream composes"), N_("No letter can be composed. Everything else works.")),
    check.TEMPLATES: (N_("Communication templates"), N_("Letters without a design wait until one is chosen.")),
    check.NOTIFICATIONS: (N_("OpenText Notifications"), N_("Letters are filed, but nothing is mailed to buyers.")),
}  # fmt: skip
STATES = {True: ("good", N_("works")), False: ("bad", N_("failed")), None: ("none", N_("not tried"))}


@dataclass(frozen=True)
class ShownCheck:
    """One step: how it went (`tone`, `state`), what that means and what to do next."""

    title: str
    tone: str
    state: str
    message: str
    meaning: str
    hint: str


def shown(steps: list[CheckStep] | tuple[CheckStep, ...]) -> tuple[ShownCheck, ...]:
    return tuple(_shown(step) for step in steps)


def _shown(step: CheckStep) -> ShownCheck:
    name, _colon, more = step.name.partition(": ")
    title, meaning = NAMES.get(name, (name, ""))
    tone, state = STATES[step.ok]
    if step.ok is False and not step.blocks:
        tone = "wait"
    return ShownCheck(
        f"{_(title)}: {_(more)}" if more else _(title), tone, _(state), step.message,
        _(meaning) if step.ok is False else "", step.hint if step.ok is False else "",
    )  # fmt: skip
