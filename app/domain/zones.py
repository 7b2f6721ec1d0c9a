"""A store's time zone by its name, as the stores tell it."""

from zoneinfo import ZoneInfo


def zone_of(name: str) -> ZoneInfo:
    """UTC where there is no zone of that name, or none was told."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError):
        return ZoneInfo("UTC")
