"""What became of every row of an agreement: as CSV for a spreadsheet, as PDF/A for the records."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.db.publications import Publication, PublicationField
from app.domain.publication import FieldState
from app.engine.agreements.checking import PREFIX
from app.engine.papers.typesetting import Column, Paper, Section, typeset
from app.engine.publications import shown

RESULTS = {
    FieldState.LIVE.value: "applied", FieldState.DRIFTED.value: "applied, changed since",
    FieldState.SKIPPED.value: "skipped", FieldState.REFUSED.value: "refused", FieldState.PLANNED.value: "planned",
    FieldState.WRITTEN.value: "sent", FieldState.UNDONE.value: "taken back", FieldState.KEPT.value: "left as it is",
    FieldState.SUPERSEDED.value: "replaced",
}  # fmt: skip
COLUMNS = ("Row", "SKU", "Currency", "From quantity", "Price", "Before", "In the store", "Result", "Reason")
ON_PAPER = 500
TABLE = (Column("Row", number=True), Column("SKU", wide=True), Column("Price", number=True), Column("Result"),
         Column("Reason", wide=True))  # fmt: skip


@dataclass(frozen=True)
class ReportedRow:
    """One row of the file and its result."""

    number: int
    sku: str
    currency: str
    from_quantity: int
    price: str
    before: str
    live: str
    result: str
    reason: str


def rows_of(fields: Sequence[PublicationField]) -> list[ReportedRow]:
    """In the order of the file; the assignment of the list is no row."""
    found = [row for field in fields for row in _rows(field)]
    return sorted(found, key=lambda row: row.number)


def _rows(field: PublicationField) -> list[ReportedRow]:
    result = RESULTS[field.state]
    if "row" in field.after:
        sku, _space, currency = field.title.rpartition(" ")
        return [ReportedRow(field.after["row"]["lines"][0], sku, currency, 1, "", "", "", result, field.note)]
    if not field.field.startswith(PREFIX):
        return []
    price = field.after["price"]
    steps = [(quantity, amount) for quantity, amount in price["tiers"]]
    if len(price["lines"]) > len(steps):
        steps.insert(0, (1, price["price"]))
    return [
        ReportedRow(number, price["sku"], price["currency"], quantity, str(amount), shown(field.before),
                    shown(field.live), result, field.note)
        for number, (quantity, amount) in zip(price["lines"], steps, strict=True)
    ]  # fmt: skip


def counts(rows: Sequence[ReportedRow]) -> dict[str, int]:
    """Result → number of rows, in the order of `RESULTS`."""
    found = Counter(row.result for row in rows)
    return {word: found[word] for word in dict.fromkeys(RESULTS.values()) if found[word]}


def as_csv(rows: Sequence[ReportedRow]) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read it; a text that a spreadsheet would compute is made one."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(value) for value in asdict(row).values()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: object) -> object:
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def paper(
    title: str, store: str, publication: Publication, about: dict[str, Any], rows: Sequence[ReportedRow], zone: ZoneInfo
) -> bytes:
    """PDF/A-3b with every row attached; on the sheet, first those that were not applied."""
    told = sorted(rows, key=lambda row: (row.result == "applied", row.number))
    lines = tuple(
        (str(row.number), f"{row.sku} {row.currency}", _price(row), row.result, row.reason) for row in told[:ON_PAPER]
    )
    more = (f"{len(told) - ON_PAPER:,} more rows are in the attached data and the CSV file.",)
    sections = (
        Section("Agreement", _facts(publication, about, zone)),
        Section("Result", tuple((word.capitalize(), f"{number:,}") for word, number in counts(rows).items())),
        Section("Rows", columns=TABLE, rows=lines),
        Section("More", lines=more if len(told) > ON_PAPER else ()),
    )
    return typeset(
        Paper(
            title=f"{title}: prices {about['action'].lower()}",
            subtitle=f"Store {store} · report of a price agreement",
            footer=f"Price agreement · {title} · {store}",
            sections=sections,
            dated=publication.approved_at or publication.created_at,
            attachment_name="prices.json",
            attachment={"subject": title, "store": store, "document": publication.document_name,
                        "version": publication.version, "sha256": publication.sha256,
                        "rows": [asdict(row) for row in rows]},
        )
    )  # fmt: skip


def _price(row: ReportedRow) -> str:
    return f"{row.price} from {row.from_quantity}" if row.from_quantity > 1 else row.price


def _facts(publication: Publication, about: dict[str, Any], zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    return (
        ("Document", publication.document_name), ("Version", str(publication.version)),
        ("SHA-256", publication.sha256), ("Approved by", publication.approved_by),
        ("Approved on", _moment(publication.approved_at, zone)), ("Price list", publication.target_name),
        ("Valid from", _moment(publication.valid_from, zone)), ("Valid until", _moment(publication.valid_to, zone)),
        (about["action"], _moment(datetime.fromisoformat(about["published_at"]), zone)),
    )  # fmt: skip


def _moment(when: datetime | None, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M %Z}" if when else ""
