"""Every table, imported once so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from app.db import attempts, audit, inbox, links, metrics, publications, runs, stores

metadata = SQLModel.metadata
MODULES = (attempts, audit, inbox, links, metrics, publications, runs, stores)
