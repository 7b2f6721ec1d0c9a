"""How a document reached its buyer, in one line."""

from dataclasses import dataclass
from datetime import datetime

from app.db.panel_deliveries import DeliveryFacts
from app.web import sentences
from app.web.language import _
from app.web.texts import N_

WAYS = {
    "mail": N_("Mailed to %(who)s"),
    "sms": N_("Sent as a text message to %(who)s"),
    "portal": N_("Laid out behind a link"),
    "print": N_("Handed to Exstream to print or send"),
}
ENDS = {
    "sending": (N_("being sent"), "busy"),
    "delivering": (N_("on its way"), "busy"),
    "handed_over": (N_("not looked at yet"), "wait"),
    "delivered": (N_("delivered"), "good"),
    "delivered_partly": (N_("not everybody got it"), "wait"),
    "delivery_failed": (N_("did not arrive"), "bad"),
    "unknown": (N_("nobody knows whether it went out"), "bad"),
    "refused": (N_("not sent yet"), "wait"),
    "given_up": (N_("what became of it nobody told us"), "none"),
}


@dataclass(frozen=True)
class DeliveryLine:
    """`way` and `end` are words; `at` is when it ended so, or None; `why` is set where something went wrong."""

    way: str
    end: str
    tone: str
    at: datetime | None
    why: str


def line(facts: DeliveryFacts | None) -> DeliveryLine | None:
    if facts is None:
        return None
    end, tone = ENDS.get(facts.state, (facts.state, "none"))
    at = facts.delivered_at
    if facts.opened_at is not None and facts.state == "delivered":
        end, at = N_("opened"), facts.opened_at
    if facts.state == "handed_over" and facts.channel == "print":
        end = N_("nothing was reported yet")
    way = _(WAYS[facts.channel], who=facts.address or _("the buyer")) if facts.channel in WAYS else facts.channel
    return DeliveryLine(way, _(end), tone, at, sentences.said(facts.reason) if tone in ("bad", "wait") else "")
