"""Notes that people and we write into one field."""


def with_note(notes: str, text: str, mark: str = "") -> str:
    """The notes with `text` and its mark as a last line; unchanged where that line, or the mark, is there, or empty.

    The mark tells a line from all others whatever its words: those follow the store's language, and people edit them.
    """
    line = " ".join(f"{text} {mark}".split())
    known = mark in notes if mark else line in (present.strip() for present in notes.splitlines())
    if not text.strip() or known:
        return notes
    gap = "" if not notes or notes.endswith(("\n", "\r")) else "\n"
    return f"{notes}{gap}{line}"
