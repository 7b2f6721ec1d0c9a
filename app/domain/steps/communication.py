"""Steps that compose what a buyer gets and deliver exactly what was filed."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ComposeCommunication:
    """Compose `template` in Exstream from the subject's data, once; file what came out in `folder` of the workspace.

    The filed document becomes the fact `document`. `variant` chooses the wording of templates that have several
    (domain/communications.py lists them); `classification` (may be empty) declares the document a record.
    """

    template: str
    folder: str
    document: str
    variant: str = ""
    classification: str = ""
    kind: Literal["compose_communication"] = "compose_communication"


@dataclass(frozen=True)
class DeliverCommunication:
    """Send the buyer what was composed as `document`, exactly as filed, once; wait until the channel tells its end.

    `channel` (mail, sms, portal, print) is the scenario's own; its preferences (`CommunicationPreferences`) and the
    buyer's wish come before it. For the purpose "marketing" nothing goes out without the buyer's consent.
    `subject` and `text` may hold {placeholders}: facts of the run, and number, name and store.
    """

    document: str
    channel: Literal["mail", "sms", "portal", "print"] = "mail"
    purpose: Literal["service", "marketing"] = "service"
    subject: str = ""
    text: str = ""
    kind: Literal["deliver_communication"] = "deliver_communication"


Steps = ComposeCommunication | DeliverCommunication
__all__ = ["ComposeCommunication", "DeliverCommunication"]
