"""Global ids: `gid://shopify/{Type}/{number}`. Source: Admin GraphQL API reference, global ids."""

import re

PATTERN = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9A-Za-z._-]+)(\?[^\s]*)?")


def gid(kind: str, number: int | str) -> str:
    return f"gid://shopify/{kind}/{number}"


def split(text: str) -> tuple[str, str] | None:
    """(type, id) of a global id; None when the text is none."""
    found = PATTERN.fullmatch(text)
    return (found[1], found[2]) if found else None


def number_of(text: str) -> int:
    """The number at its end, as REST-like webhooks spell it. 0 when there is none."""
    found = split(text)
    return int(found[1]) if found and found[1].isdigit() else 0


def kind_of(text: str) -> str:
    found = split(text)
    return found[0] if found else ""
