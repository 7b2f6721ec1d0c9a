"""Approved and live: a publication field by field, and what undoing or restoring it would do."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.panel_facts import FieldFacts, PublicationFacts
from app.domain.publication import COMPLIANCE_FIELD, FieldState, PublicationState
from app.engine.publications import same
from app.engine.publications import shown as in_words
from app.web import display, language, sentences, texts
from app.web.display import web_url
from app.web.language import _
from app.web.texts import State

HTML_FIELDS = frozenset({"description", "text"})  # of a product; of a page
ORIGIN = re.compile(r"(https?)://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?(?=/)", re.IGNORECASE)

NOTES = {
    "drifted": texts.N_("Your store shows something else than was approved."),
    "kept": texts.N_("Not undone: somebody changed it after it was published."),
    "undone": texts.N_("The earlier value is back."),
    "superseded": texts.N_("A later publication governs this field."),
    "planned": texts.N_("Not sent yet."),
    "written": texts.N_("Sent, not read back yet."),
}


@dataclass(frozen=True)
class Shown:
    """One value to look at: kind is text, html, image, link or absent."""

    kind: str
    text: str = ""
    html: str = ""
    url: str = ""


@dataclass(frozen=True)
class FieldView:
    """One field: in the store now beside what was approved."""

    field: str
    title: str
    now: Shown
    approved: Shown
    before: Shown
    state: State
    note: str
    can_restore: bool
    is_skipped_by_undo: bool


@dataclass(frozen=True)
class PublicationView:
    """One publication as a table."""

    id: str
    version: int
    document_name: str
    document_url: str
    approved_by: str
    approved_at: datetime | None
    published_at: datetime | None
    checked_at: datetime | None
    undone_at: datetime | None
    state: State
    fields: tuple[FieldView, ...]
    drifted: tuple[str, ...]
    kept: tuple[str, ...]
    can_undo: bool


PUBLICATION_STATES = {
    "planned": State(texts.N_("Planned"), "wait"),
    "publishing": State(texts.N_("Publishing"), "busy"),
    "live": State(texts.N_("Live"), "good"),
    "undone": State(texts.N_("Undone"), "none"),
    "superseded": State(texts.N_("Replaced"), "none"),
    "failed": State(texts.N_("Failed"), "bad"),
}


def publication_view(facts: PublicationFacts, images: dict[str, str]) -> PublicationView:
    """`images`: file name → address in the store, as last seen."""
    fields = tuple(_field(one, images) for one in facts.fields)
    is_live = facts.state == PublicationState.LIVE
    return PublicationView(
        id=facts.id,
        version=facts.version,
        document_name=facts.document_name,
        document_url=web_url(facts.document_url),
        approved_by=facts.approved_by,
        approved_at=facts.approved_at,
        published_at=facts.published_at,
        checked_at=facts.checked_at,
        undone_at=facts.undone_at,
        state=_state(facts),
        fields=fields,
        drifted=tuple(one.field for one in fields if one.can_restore) if is_live else (),
        kept=tuple(one.title for one in facts.fields if one.state == FieldState.KEPT),
        can_undo=is_live and any(one.state in (FieldState.LIVE, FieldState.DRIFTED) for one in facts.fields),
    )


def _state(facts: PublicationFacts) -> State:
    off = sum(one.state == FieldState.DRIFTED for one in facts.fields)
    if facts.state == PublicationState.LIVE and off:
        return State(_("%(n)s of %(all)s fields drifted", n=off, all=len(facts.fields)), "wait")
    return texts.state_of(PUBLICATION_STATES, facts.state)


def _field(facts: FieldFacts, images: dict[str, str]) -> FieldView:
    now = facts.live or (facts.before if facts.state in (FieldState.PLANNED, FieldState.WRITTEN) else {})
    return FieldView(
        field=facts.field,
        title=_title(facts),
        now=shown(facts.field, now, images),
        approved=shown(facts.field, facts.after, images),
        before=shown(facts.field, facts.before, images),
        state=texts.state_of(texts.FIELD_STATES, facts.state),
        note=sentences.said(facts.note) or (_(NOTES[facts.state]) if facts.state in NOTES else ""),
        can_restore=facts.state == FieldState.DRIFTED,
        is_skipped_by_undo=not same(now, facts.after) and not same(now, facts.before),
    )


def _title(facts: FieldFacts) -> str:
    return sentences.said(facts.title)


def shown(field: str, value: dict[str, Any], images: dict[str, str]) -> Shown:
    """A stored value as something to look at."""
    if isinstance(value.get("image"), dict):
        image = value["image"]
        name = str(image.get("file_name") or "")
        alt = str(image.get("alt") or "")
        words = _("%(name)s, described as “%(alt)s”", name=name, alt=alt) if alt else name
        return Shown("image", words, url=images.get(name, ""))
    if isinstance(value.get("price"), dict):
        return Shown("text", _price(value["price"]))
    if isinstance(value.get("promotion"), dict):
        switched = _("switched on") if value["promotion"].get("enabled") else _("switched off")
        return Shown("text", f"{sentences.worded(in_words(value))} ({switched})")
    if "text" not in value:
        return Shown("absent", _("not there"))
    text = str(value.get("shown") or value["text"])
    if field == COMPLIANCE_FIELD:
        return Shown("link", text, url=web_url(text))
    if not text.strip():
        return Shown("absent", _("empty"))
    if field in HTML_FIELDS:
        return Shown("html", display.plain_text(text, 400), html=text)
    return Shown("text", text)


def _price(price: dict[str, Any]) -> str:
    """ "€61.50; from 10: €58.00"."""
    currency = price.get("currency")
    parts = [language.money({"amount": price.get("price"), "currency": currency})]
    for quantity, amount in price.get("tiers") or ():
        tier = language.money({"amount": amount, "currency": currency})
        parts.append(_("from %(n)s: %(price)s", n=quantity, price=tier))
    return "; ".join(part for part in parts if part)


def image_addresses(snapshot: dict[str, Any], *, allow_http: bool) -> dict[str, str]:
    """File name → address of the product's pictures; only addresses whose host a page policy can name."""
    found = {}
    for image in snapshot.get("images") or ():
        url = str(image.get("url") or "") if isinstance(image, dict) else ""
        match = ORIGIN.match(url)
        if match and (allow_http or match[1].lower() == "https"):
            found[str(image.get("file_name") or "")] = url
    return found


def origins(images: dict[str, str]) -> tuple[str, ...]:
    """The hosts the pictures come from, for the page's policy."""
    found = {match[0].lower() for url in images.values() if (match := ORIGIN.match(url))}
    return tuple(sorted(found))
