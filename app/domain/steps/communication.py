"""Steps that compose what a buyer gets and deliver exactly what was filed."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ComposeCommunication:
    """Compose `template` in Exstream from the subject's data, once; file what came out in `folder` of the workspace.

    The filed document becomes the fact `document`. `variant` chooses the wording of templates that have several
    (domain/communications.py lists them), `variant_fact` the fact that names it; `classification` (may be empty)
    declares the document a record. What the run that announced the occasion (fact `run`) knows is known here too.
    """

    template: str
    folder: str
    document: str
    variant: str = ""
    variant_fact: str = ""
    classification: str = ""
    kind: Literal["compose_communication"] = "compose_communication"


@dataclass(frozen=True)
class DeliverCommunication:
    """Send the buyer what was composed as `document`, exactly as filed, once; wait until the channel tells its end.

    `channel` (mail, sms, portal, print) is the scenario's own; its preferences (`CommunicationPreferences`) and the
    buyer's wish come before it. For the purpose "marketing" nothing goes out without the buyer's consent, as the store
    has it at the moment of sending: the newsletter's, or the one `consent` names ("abandoned_cart").
    `subject` and `text` may hold {placeholders}: facts of the run, and number, about, document, store, and
    shelf (the address of what ShareWithBuyer put there before).
    `says` "request": the mail with the buyer's link of the fact `upload_request`, of which only a copy without the
    link was filed.
    """

    document: str
    channel: Literal["mail", "sms", "portal", "print"] = "mail"
    purpose: Literal["service", "marketing"] = "service"
    consent: str = ""
    subject: str = ""
    text: str = ""
    says: Literal["", "request"] = ""
    kind: Literal["deliver_communication"] = "deliver_communication"


@dataclass(frozen=True)
class WriteRequest:
    """Write the mail that asks the buyer for the documents of the fact `upload_request`; file a copy without the link.

    The copy becomes the fact `document`.
    """

    document: str
    kind: Literal["write_request"] = "write_request"


@dataclass(frozen=True)
class Announce:
    """Tell that this run has come to `what`: an event (ANNOUNCED) about its subject, once, for whoever acts on it.

    The detail holds `announced` (`what`) and `run`; whether anybody acts on it is for their own switch to say.
    """

    what: str
    kind: Literal["announce"] = "announce"


Steps = ComposeCommunication | DeliverCommunication | WriteRequest | Announce
__all__ = ["Announce", "ComposeCommunication", "DeliverCommunication", "WriteRequest"]
