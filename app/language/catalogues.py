"""Texts by gettext catalogue: those of pages, and the sentences of rows and of what is left in stores.

English is the catalogue's own language; another one is offered once `translations/<language>` is there. Catalogues are
read as people edit them (`.po`), once per process, so that no build step stands between a translation and its page.
"""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).parent / "translations"
DEFAULT = "en"


def N_(text: str) -> str:  # gettext's customary name for "translate later"
    """Marks a text for extraction where it is defined; it is translated where it is shown."""
    return text


@cache
def languages() -> tuple[str, ...]:
    """The languages the texts exist in."""
    found = sorted(path.parts[-3] for path in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))
    return (DEFAULT, *found)


def catalogue_file(language: str, domain: str = "messages") -> Path:
    """Where the texts of a language are kept, in gettext's own layout: those of pages, or the `sentences` of rows."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"


@cache
def texts(language: str, domain: str = "messages") -> NullTranslations:
    """A language's texts; what is not translated in it reads as English."""
    if language == DEFAULT:
        return NullTranslations()
    packed = BytesIO()
    with catalogue_file(language, domain).open("rb") as file:
        write_mo(packed, read_po(file, locale=language))
    packed.seek(0)
    return Translations(packed)


@cache
def told(language: str) -> NullTranslations:
    """The sentences of rows; what is not among them is looked for among the texts of pages."""
    if language == DEFAULT:
        return NullTranslations()
    found = texts(language, "sentences")
    found.add_fallback(texts(language))
    return found
