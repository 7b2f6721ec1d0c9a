"""Every table, imported once so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from app.db import (
    attempts,
    audit,
    circuits,
    communications,
    history,
    inbox,
    links,
    metrics,
    publications,
    redaction,
    rights,
    runs,
    stores,
    timers,
)

metadata = SQLModel.metadata
MODULES = (
    attempts,
    audit,
    circuits,
    communications,
    history,
    inbox,
    links,
    metrics,
    publications,
    redaction,
    rights,
    runs,
    stores,
    timers,
)
