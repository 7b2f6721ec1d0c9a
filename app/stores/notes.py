"""Notes that people and we write into one field."""


def with_note(notes: str, text: str) -> str:
    """The notes with `text` as a last line of its own; unchanged where that line is there, or empty."""
    line = " ".join(text.split())
    if not line or line in (present.strip() for present in notes.splitlines()):
        return notes
    gap = "" if not notes or notes.endswith(("\n", "\r")) else "\n"
    return f"{notes}{gap}{line}"
