"""What is left in a store for people: texts with {places} of our scenarios and handlers, in the store's language.

Such a text is translated before it is filled, so what stands in its places, names and people's own words, is never
taken for a sentence of ours. `make texts` finds them (`scripts/sentences.py`): those of steps, and what `N_` marks.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.language import catalogues, sentences
from app.language.reading import Reader

PLACE = re.compile(r"\{(\w+)\}")


def as_message(text: str) -> str:
    """The text as catalogues keep it: {name} is %(name)s."""
    return PLACE.sub(r"%(\1)s", text.replace("%", "%%"))


def filled(text: str, values: Mapping[str, str], who: Reader) -> str:
    """The text in that language with its places filled; one without a value stays empty. On one line."""
    known = str(catalogues.texts(who.language.language, "notes").ugettext(as_message(text)))
    return " ".join((known % defaultdict(str, values)).split())


def in_each_language(text: str, values: Mapping[str, str]) -> frozenset[str]:
    """As it would be called in any language: to know something again that was named before the language changed."""
    texts = (catalogues.texts(name, "notes").ugettext(as_message(text)) for name in catalogues.languages())
    return frozenset(" ".join((str(one) % defaultdict(str, values)).split()) for one in texts)


def joined(texts: Sequence[str], who: Reader) -> str:
    """Several sentences in a line; French sets its semicolons apart."""
    return ("\u00a0; " if who.language.language == "fr" else "; ").join(texts)


def quoted(text: str, who: Reader) -> str:
    """Somebody's own words, between the quotation marks of that language."""
    before, after = sentences.QUOTES.get(who.language.language, ("“", "”"))
    return f"{before}{text}{after}"
