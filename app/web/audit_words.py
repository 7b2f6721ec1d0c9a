"""What the audit log's entries are called: who, what, about what."""

from app.web import texts
from app.web.language import _
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
    "role.changed": N_("Gave a person another role"),
    "secret.earlier_ended": N_("Ended the former secret"),
    "secret.renewed": N_("Renewed the secrets for OpenText’s calls"),
    "shelf_opened": N_("Opened the shared documents"),
    "shelf_withdrawn": N_("Withdrew the shared documents"),
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


def action(code: str) -> str:
    """What was done, in words; the code itself for what has none yet."""
    words = ACTIONS.get(code) or texts.REQUESTS.get(code)
    return _(words) if words else code.replace("_", " ").replace(".", " ")


def actor(name: str, email: str) -> str:
    """Who did it; a person by mail address."""
    return email or _(ACTORS.get(name.partition(":")[0], "")) or name
