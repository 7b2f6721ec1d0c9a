"""The mail to a customer with an upload link: in the customer's language, to copy, or sent for the person who asks.

It is written to the buyer, not to who reads the panel, so it does not go through the reader's own catalogue. What is
filed of it has no link in it: the link is for one customer, and works.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from app.db.panel_facts import BuyerLinkFacts, PanelRows
from app.domain.visible import short
from app.domain.zones import zone_of

LANGUAGES = ("en", "de", "fr", "es")
LONGEST_ADDRESS = 254
SUBJECTS: Mapping[str, str] = {
    "en": "{shop}: please send us a document for {about}",
    "de": "{shop}: Bitte senden Sie uns ein Dokument zu {about}",
    "fr": "{shop} : merci de nous envoyer un document pour {about}",
    "es": "{shop}: envíenos un documento para {about}",
}
BODIES: Mapping[str, str] = {
    "en": "Hello{name},\n\nfor {about} we still need:\n{wanted}\n\nPlease send it through this page, until {until}. "
          "You need no account:\n{link}\n\nThe link is for you alone: please do not pass it on.\n\nKind "
          "regards\n{shop}",
    "de": "Guten Tag{name},\n\nzu {about} fehlt uns noch:\n{wanted}\n\nBitte senden Sie es bis {until} über diese "
          "Seite. Sie brauchen dafür kein Konto:\n{link}\n\nDer Link ist nur für Sie bestimmt: Bitte geben Sie ihn "
          "nicht weiter.\n\nFreundliche Grüße\n{shop}",
    "fr": "Bonjour{name},\n\npour {about}, il nous manque encore :\n{wanted}\n\nMerci de nous l’envoyer par cette page "
          "avant le {until}. Aucun compte n’est nécessaire :\n{link}\n\nCe lien vous est réservé : merci de ne pas le "
          "transmettre.\n\nCordialement,\n{shop}",
    "es": "Hola{name}:\n\npara {about} todavía nos falta:\n{wanted}\n\nEnvíelo a través de esta página antes del "
          "{until}. No necesita ninguna cuenta:\n{link}\n\nEl enlace es solo para usted: no lo comparta.\n\nUn "
          "saludo,\n{shop}",
}  # fmt: skip
LEFT_OUT: Mapping[str, str] = {
    "en": "[the customer’s personal link; it is not kept in this copy]",
    "de": "[der persönliche Link; er steht nicht in dieser Kopie]",
    "fr": "[le lien personnel ; il ne figure pas dans cette copie]",
    "es": "[el enlace personal; no se guarda en esta copia]",
}


@dataclass(frozen=True)
class Mail:
    """`address` opens the person's own mail program with it; empty where no address is known. `lang` is a tag; `copy`
    is the text without the link."""

    lang: str
    subject: str
    body: str
    address: str
    copy: str
    to: str


def mail(rows: PanelRows, link: BuyerLinkFacts, url: str) -> Mail:
    """In the customer's language as far as we speak it, else in the store's, else in English; days in its zone."""
    facts = rows.snapshot.facts if rows.snapshot else {}
    asked = (str(facts.get("language") or ""), rows.shop.locale)
    lang = next((one for one in map(_language, asked) if one in LANGUAGES), "en")
    name = short(str(facts.get("customer_name") or ""), 80)
    words = {
        "shop": short(rows.shop.name, 80), "about": short(link.about, 120),
        "name": f" {name}" if name else "", "until": _day(link, lang, rows.shop.timezone),
        "wanted": "\n".join(f"- {short(one, 120)}" for one in link.wanted),
    }  # fmt: skip
    subject = SUBJECTS[lang].format(**words)
    body, copy = (BODIES[lang].format(**words, link=one) for one in (url, LEFT_OUT[lang]))
    to = str(facts.get("customer_email") or facts.get("email") or "")
    return Mail(lang, subject, body, _mailto(to, subject, body), copy, to if is_address(to) else "")


def _language(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()


def _day(link: BuyerLinkFacts, lang: str, zone: str) -> str:
    assert link.expires_at is not None  # noqa: S101  # the column is never empty
    try:
        locale = Locale.parse("en_GB" if lang == "en" else lang)
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_date(link.expires_at.astimezone(zone_of(zone)).date(), "long", locale=locale)


def is_address(to: str) -> bool:
    """One mail address, and nothing that could add a header or a recipient."""
    return to.count("@") == 1 and len(to) <= LONGEST_ADDRESS and not any(one in to for one in '?&,;\r\n "<>')


def _mailto(to: str, subject: str, body: str) -> str:
    """RFC 6068; empty where there is no address to trust."""
    if not is_address(to):
        return ""
    lines = body.replace("\n", "\r\n")
    return f"mailto:{quote(to, safe='@')}?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"
