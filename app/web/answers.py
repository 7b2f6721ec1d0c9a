"""How a door speaks when it refuses."""

from enum import StrEnum


class Answers(StrEnum):
    """A page for people, JSON for programs, an empty body for senders of deliveries, plain text where no door is."""

    PAGE = "page"
    JSON = "json"
    EMPTY = "empty"
    PLAIN = "plain"
