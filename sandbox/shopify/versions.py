"""API versions: one a quarter, each served for a year; a retired one is answered by the oldest that is left."""

import re
from typing import Any

SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10")
CURRENT = SUPPORTED[-1]
PATTERN = re.compile(r"\d{4}-(01|04|07|10)")


def served(asked: str) -> str | None:
    """The version that answers a request for `asked`; None when there is no such version."""
    if asked == "unstable" or asked in SUPPORTED:
        return asked
    return SUPPORTED[0] if PATTERN.fullmatch(asked) and asked < SUPPORTED[0] else None


def shown(handle: str) -> dict[str, Any]:
    """`ApiVersion`."""
    latest = " (Latest)" if handle == CURRENT else ""
    return {"handle": handle, "displayName": f"{handle}{latest}", "supported": handle != "unstable"}
