"""What the audit log's entries are called: who, what, about what, and what is kept beside it."""

import re
from collections.abc import Mapping
from typing import Any

from app.web import language, texts
from app.web.language import _, ngettext
from app.web.texts import N_

ACTORS = {
    "system": N_("ECM by itself"),
    "store": N_("Your store"),
    "buyer": N_("A buyer"),
    "operator": N_("Who runs ECM"),
    "workflow": N_("A workflow in OpenText"),
    "store_user": N_("Somebody in your store"),
    "decision": N_("Somebody asked by mail"),
    "approver": N_("Somebody of OpenText"),
    "user": N_("Somebody who is not known any more"),
}

ACTIONS = {
    "access.answered": N_("Dealt with a request for access"),
    "access.requested": N_("Requested access"),
    "approver.signed_in": N_("Came in through OpenText to decide"),
    "approver.signed_out": N_("Left the inbox for approvers"),
    "audit.exported": N_("Exported the audit log"),
    "decision.contradicted": N_("Reported a decision that contradicts the first"),
    "dry_run_started": N_("Had the past looked at"),
    "dry_run_stopped": N_("Stopped a look into the past"),
    "document.fetched": N_("Downloaded a document"),
    "document.filed": N_("Filed a document"),
    "document.previewed": N_("Opened a document"),
    "document.queued": N_("Handed in a document"),
    "document.retyped": N_("Corrected a document’s type"),
    "document.version_filed": N_("Filed a new version"),
    "help_desk.linked": N_("Made a link for the help desk"),
    "help_desk.renewed": N_("Renewed the help desk’s link"),
    "help_desk.withdrawn": N_("Withdrew the help desk’s link"),
    "hold.asked": N_("Asked for a hold, or for its release"),
    "hold.applied": N_("Put on hold"),
    "hold.released": N_("Took off a hold"),
    "hook_secret.earlier_ended": N_("Ended the webhooks’ former header"),
    "hook_secret.renewed": N_("Renewed the webhooks’ header"),
    "hook_secret.spread": N_("Gave every webhook its new header"),
    "import_started": N_("Started an import of the past"),
    "import_stopped": N_("Stopped an import of the past"),
    "installed": N_("Installed the app"),
    "names_chosen": N_("Chose names of OpenText"),
    "opentext.signed_in": N_("Signed in to OpenText"),
    "opentext.signed_out": N_("Signed out of OpenText"),
    "opentext_connected": N_("Connected OpenText"),
    "person_redacted": N_("Erased a customer’s data"),
    "personal_data_told": N_("Told what is kept of a customer"),
    "preferences_changed": N_("Changed a scenario’s choices"),
    "put_on_shelf": N_("Shared a document with a buyer"),
    "reauthorised": N_("Gave the app its permissions again"),
    "replayed": N_("Tried again what had stopped"),
    "request.mailed": N_("Had a customer asked for documents by mail"),
    "rights.changed": N_("Changed who sees what"),
    "requested": N_("Asked for something"),
    "role.changed": N_("Gave a person another role"),
    "secret.earlier_ended": N_("Ended the former secret"),
    "secret.renewed": N_("Renewed the secrets for OpenText’s calls"),
    "shelf_opened": N_("Opened the shared documents"),
    "shelf_withdrawn": N_("Withdrew the shared documents"),
    "silence.over_told": N_("Mailed that the store speaks again"),
    "silence.told": N_("Mailed that the store is silent"),
    "silence_chosen": N_("Chose how long the store may be silent"),
    "step_skipped": N_("Left a step out"),
    "store_redacted": N_("Erased the store’s data"),
    "task.asked_by_mail": N_("Asked somebody by mail to decide"),
    "task.claim": N_("Took a task"),
    "task.comment": N_("Commented on a task"),
    "task.decide": N_("Decided a task"),
    "task.decided_by_mail": N_("Decided a task by mail"),
    "task.delegate": N_("Handed a task on"),
    "task.mail_withdrawn": N_("Withdrew a decision link"),
    "task.release": N_("Gave a task back to its group"),
    "task.return": N_("Returned a task"),
    "templates_chosen": N_("Chose templates for letters"),
    "tried_now": N_("Had it tried now"),
    "uninstalled": N_("Removed the app"),
    "upload_link_made": N_("Made an upload link"),
    "upload_link_opened": N_("Opened an upload link"),
    "upload_link_revoked": N_("Withdrew an upload link"),
    "upload_link_used_up": N_("Handed in everything asked for"),
    "upload_received": N_("Uploaded a document"),
    "upload_refused": N_("Tried to upload what was refused"),
    "user.removed": N_("Removed a person from the app"),
    "workspace.chosen": N_("Chose one of several workspaces"),
}

# What an entry is about: the part before the colon of its object. A scenario stands there by its own name.
OBJECTS = {
    "order": N_("Order"), "product": N_("Product"), "customer": N_("Customer"), "company": N_("Company"),
    "case": N_("Case"), "page": N_("Page"), "store": N_("The store"), "run": N_("Run"), "user": N_("Person"),
    "store_user": N_("Person of the store"), "node": N_("In OpenText"), "task": N_("Task"),
    "decision": N_("Decision link"), "desk": N_("Help desk"), "approver": N_("Approver"),
}  # fmt: skip
HEX_ID = re.compile(r"[0-9a-f]{32}")
STORES = ("bigcommerce", "shopify", "store")  # what the id of a store itself begins with

# What is kept beside an entry.
NAMES = {
    "after": N_("role now"), "before": N_("role before"), "cancelled_runs": N_("runs cancelled"),
    "content_server": N_("Content Server"), "count": N_("how many"), "do": N_("what"), "engine": N_("engine"),
    "file": N_("file"), "first": N_("the first"), "form": N_("form"), "hold": N_("hold"), "host": N_("host"),
    "hours": N_("hours"), "job": N_("look into the past"), "mails": N_("told by mail"), "map": N_("map"),
    "map_before": N_("map before"), "member": N_("OpenText user"), "mode": N_("rights by"),
    "mode_before": N_("rights by, before"),
    "name": N_("name"), "node": N_("number in OpenText"), "number": N_("entry"), "objects": N_("objects"),
    "of": N_("of whom"), "otds": N_("Directory Services"), "outcome": N_("outcome"),
    "raw_bodies": N_("messages emptied"), "read_back": N_("seen in OpenText"), "reason": N_("reason"),
    "records_kept": N_("records that stay"), "request": N_("request"), "rows": N_("rows emptied"), "run": N_("run"),
    "sha256": N_("fingerprint"), "size": N_("size"), "state": N_("how it went"), "step": N_("step"),
    "to": N_("mailed to"), "type": N_("type"), "version": N_("version"), "workflow": N_("Workflow Service"),
    "workspaces": N_("workspaces"),
}  # fmt: skip

ROLES = {"viewer": N_("Viewer"), "manager": N_("Manager"), "owner": N_("Owner")}
MODES = {"service": N_("the store’s map"), "person": N_("each person’s own")}

# What values that are codes mean, by the name they stand under.
VALUES: Mapping[str, Mapping[str, str]] = {
    "after": ROLES, "before": ROLES, "mode": MODES, "mode_before": MODES, "engine": texts.ENGINES,
    "do": {"apply": N_("put on hold"), "release": N_("take off the hold")},
    "form": {"chain": N_("the whole log"), "csv": N_("as a table")},
    "outcome": {key: state.word for key, state in texts.OUTCOMES.items()},
    "state": {"done": N_("done"), "sent": N_("not known yet"), "refused": N_("refused")},
    "step": texts.STEPS,
}  # fmt: skip
COUNTS = frozenset({"cancelled_runs", "count", "objects", "raw_bodies", "records_kept", "rows", "workspaces"})


def action(code: str) -> str:
    """What was done, in words; the code itself for what has none yet."""
    words = ACTIONS.get(code) or texts.REQUESTS.get(code) or texts.TOPICS.get(code)
    return _(words) if words else code.replace("_", " ").replace(".", " ")


def actor(name: str, email: str) -> str:
    """Who did it; a person by mail address."""
    return email or _(ACTORS.get(name.partition(":")[0], "")) or name


def about(text: str) -> str:
    """ "Order 118" of "order:118", the name of a scenario, "The store" for itself; what is unknown as it stands."""
    if text in texts.SCENARIOS:
        return texts.scenario(text)
    kind, _colon, rest = text.partition(":")
    word = OBJECTS.get("store" if kind in STORES else kind)
    if word is None or not rest:
        return text
    if kind in STORES:
        return _(word)
    if kind == "page":
        rest = rest.partition(":")[2]
    name, _colon, claimed = rest.partition(":")  # of a run: what somebody claims was decided
    name = name[:8].upper() if HEX_ID.fullmatch(name) else name  # as people quote it, from the pages too
    return f"{_(word)} {name}" + (f": {_told('outcome', claimed)}" if claimed else "")


def details(told: Mapping[str, Any]) -> str:
    """What is kept beside an entry, in a line; what the entry is about is said before it."""
    shown = (f"{_(NAMES.get(name, name))}: {_told(name, value)}"
             for name, value in told.items() if name != "about" and value not in ("", None))  # fmt: skip
    return " · ".join(shown)


def _told(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ngettext("%(n)s line", "%(n)s lines", len(value))
    if name == "size" and isinstance(value, int):
        return language.size(value)
    if name in COUNTS and isinstance(value, int):
        return language.number(value)
    words = VALUES.get(name, {}).get(str(value))
    return _(words) if words else about(str(value)) if name == "of" else str(value)
