"""Every table, imported once so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from app.db import (
    attempts,
    audit,
    cases,
    circuits,
    communications,
    history,
    inbox,
    links,
    metrics,
    policies,
    privacy,
    publications,
    recalls,
    redaction,
    rights,
    runs,
    sale_holds,
    shelves,
    store_tokens,
    stores,
    timers,
    uploads,
)

metadata = SQLModel.metadata
MODULES = (
    attempts,
    audit,
    cases,
    circuits,
    communications,
    history,
    inbox,
    links,
    metrics,
    policies,
    privacy,
    publications,
    recalls,
    redaction,
    rights,
    runs,
    sale_holds,
    shelves,
    store_tokens,
    stores,
    timers,
    uploads,
)
