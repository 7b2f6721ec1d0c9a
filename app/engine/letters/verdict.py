"""What a rule comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Something:
    """There is something to write: why, in a sentence, and the facts the letter is made of."""

    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Nothing:
    """There is nothing to write, and why."""

    why: str
