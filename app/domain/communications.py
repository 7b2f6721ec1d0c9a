"""What buyers get in writing: the templates, and by which way a document goes to whom. Pure: no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import Field

from app.domain.scenario import Preferences

# Template → the variants of its wording; ("",) where it has one only.
TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "SF_ORDER_CONFIRMATION": ("",),
    "SF_INVOICE": ("",),
    "SF_RECEIPT": ("",),
    "SF_STATEMENT": ("",),
    "SF_AGEING_NOTICE": ("",),
    "SF_RETURN_LETTER": ("approved", "exchange", "repair", "rejected"),
    "SF_REFUND": ("",),
    "SF_POLICY": ("",),
    "SF_RETENTION": ("",),
    "SF_CATALOG": ("",),
    "SF_DELAY_NOTICE": ("",),
    "SF_PARTIAL_NOTICE": ("",),
    "SF_CANCEL_NOTICE": ("",),
    "SF_REVIEW_NOTICE": ("opened", "released"),
    "SF_RECALL_NOTICE": ("",),
    "SF_ONBOARDING": ("",),
    "SF_WARRANTY": ("",),
    "SF_CARE": ("",),
}
TEXTS = "text_messages"  # stores that ask for each way apart: a consent to text messages, and to nothing else
MARKETING_CONSENTS = frozenset({"newsletter", "marketing", "letters", TEXTS})
CONSENT_NAMES = {"abandoned_cart": frozenset({"abandoned_cart"})}  # purposes that have a consent of their own


class Channel(StrEnum):
    """A way to a buyer. `print`: Exstream's own channel prints or sends what we hand over."""

    MAIL = "mail"
    SMS = "sms"
    PORTAL = "portal"
    PRINT = "print"


class CommunicationPreferences(Preferences):
    """Base of the preferences of every scenario that writes to buyers."""

    channel: Literal["buyer", "mail", "sms", "portal", "print"] = Field(
        default="buyer", title="How it is sent",
        description="As the buyer wishes, or always the same way. What a buyer cannot be reached by is never tried.",
    )  # fmt: skip


@dataclass(frozen=True)
class Buyer:
    """Who gets it and what we know of their wishes. `wish` is empty where they never said how."""

    name: str = ""
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    has_address: bool = False
    wish: str = ""
    consents: frozenset[str] = frozenset()
    opted_out: bool = False


@dataclass(frozen=True)
class Ways:
    """Which channels this store's connection has. The portal needs none: a link to what is filed."""

    mail: bool = False
    sms: bool = False
    print: bool = False


@dataclass(frozen=True)
class Chosen:
    """The way, and why this one (or why none) in a sentence a merchant reads."""

    channel: Channel | None
    why: str


def choose_channel(
    scenario: str, preference: str, buyer: Buyer, ways: Ways, purpose: Literal["service", "marketing"],
    consent: str = "",
) -> Chosen:  # fmt: skip
    """By which way, if any: consent first, then what the store chose, then the buyer's wish, then the scenario's way.

    Service documents (invoices, notices) need no consent; an opt-out closes mail and text messages, not the portal.
    Marketing goes nowhere without consent, and nowhere after an opt-out.
    """
    needed = CONSENT_NAMES.get(consent, MARKETING_CONSENTS)
    if purpose == "marketing":
        if buyer.opted_out:
            return Chosen(None, "The buyer has asked for no more such messages.")
        if not needed & buyer.consents:
            return Chosen(None, "The buyer has not agreed to such messages.")
    wanted = preference if preference in set(Channel) else buyer.wish if buyer.wish in set(Channel) else ""
    order = dict.fromkeys(filter(None, (wanted, scenario, Channel.MAIL, Channel.PORTAL)))
    for name in order:
        channel = Channel(name)
        if purpose == "marketing" and not _covers(channel, needed & buyer.consents):
            continue
        if _reaches(channel, buyer, ways):
            return Chosen(channel, _why(channel, preference, buyer, wanted))
    return Chosen(None, "There is no way to reach the buyer.")


def _covers(channel: Channel, given: frozenset[str]) -> bool:
    """Whether what the buyer agreed to is about this way: a text message needs its own consent."""
    return TEXTS in given if channel is Channel.SMS else bool(given - {TEXTS})


def _reaches(channel: Channel, buyer: Buyer, ways: Ways) -> bool:
    if channel is Channel.MAIL:
        return ways.mail and bool(buyer.email) and not buyer.opted_out
    if channel is Channel.SMS:
        return ways.sms and bool(buyer.phone) and not buyer.opted_out
    if channel is Channel.PRINT:
        return ways.print and buyer.has_address
    return True


def _why(channel: Channel, preference: str, buyer: Buyer, wanted: str) -> str:
    if channel == preference:
        return "The store sends these this way."
    if channel == buyer.wish:
        return "The buyer wishes it this way."
    if wanted:
        return f"The buyer cannot be reached by {wanted}."
    return "Nobody wished it otherwise."


WISH_NAMES = frozenset({"preferred channel", "communication preference", "document delivery", "delivery of documents"})
WISHES = {
    Channel.MAIL: frozenset({"mail", "email", "e-mail"}),
    Channel.SMS: frozenset({"sms", "text", "text message"}),
    Channel.PORTAL: frozenset({"portal", "online", "account", "download"}),
    Channel.PRINT: frozenset({"print", "post", "paper", "letter"}),
}


def wish_of(attributes: Mapping[str, str]) -> str:
    """How a buyer wants documents, from what the store keeps beside their account; "" where they never said."""
    for name, value in attributes.items():
        if name.replace("_", " ").strip().lower() in WISH_NAMES:
            said = value.strip().lower()
            return next((channel.value for channel, words in WISHES.items() if said in words), "")
    return ""


def masked(address: str) -> str:
    """An address as pages and rows show it: "p***@example.com", "+49***45". Never enough to write to."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = address.strip()
    return f"{digits[:3]}***{digits[-2:]}" if len(digits) > 6 else "***" if digits else ""
