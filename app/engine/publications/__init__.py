"""Approved in OpenText → live in the store: planned, written, read back, watched, restored, undone.

`values` what a field may hold; `kind` what a kind of publication must know; `kinds` those there are; `ledger` the rows;
`drift` the look at what is live; `documents` what shoppers may open. The steps are in handlers/publishing.py.
"""

from app.engine.publications.documents import share, withdraw
from app.engine.publications.drift import note_drift
from app.engine.publications.kind import Kind, PlannedField, Report, Row, Wanted
from app.engine.publications.ledger import Draft
from app.engine.publications.values import Value, same, shown

__all__ = [
    "Draft", "Kind", "PlannedField", "Report", "Row", "Value", "Wanted", "note_drift", "same", "share", "shown",
    "withdraw",
]  # fmt: skip
