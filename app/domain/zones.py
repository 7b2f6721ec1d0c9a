"""A store's time zone by its name, as the stores tell it."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> ZoneInfo:
    """UTC where there is no zone of that name, or none was told."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such zone, no name of a zone, a folder of zones
        return ZoneInfo("UTC")
