"""What the control API asks of whoever runs the app."""

from collections.abc import Mapping
from typing import Protocol


class Backstage(Protocol):
    """The demo's supervisor, or a test's own arrangement."""

    environment: Mapping[str, str]  # the app's ECM_* variables

    def reset(self) -> None:
        """A fresh world and an app without data; returns when both are ready."""
        ...

    def processes(self) -> dict[str, int | None]:
        """Process ids of what runs, by name; None for one that is being started again."""
        ...
