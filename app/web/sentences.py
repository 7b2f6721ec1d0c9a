"""Sentences that rows keep in English, in the words of who looks at the page: see `app.language.sentences`."""

from app.language import sentences
from app.web.language import reader


def said(text: str) -> str:
    """A sentence of ours, or several, as they are kept in a row, in the reader's language."""
    return sentences.told(text, reader())


def worded(text: str) -> str:
    """Several facts in a line, each that is ours in the reader's words."""
    return sentences.worded(text, reader())
