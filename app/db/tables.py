"""Every table, imported once so that migrations and tests see the whole schema."""

from app.db import audit, inbox, links, publications, runs, stores
from sqlmodel import SQLModel

metadata = SQLModel.metadata
MODULES = (audit, inbox, links, publications, runs, stores)
