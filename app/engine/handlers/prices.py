"""Steps about price agreements: an approved file becomes prices of a group or company, and a report of every row."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.db.publications import Publication
from app.db.session import reading
from app.db.stores import StoreRow
from app.db.types import utc_now
from app.domain.ids import NodeId, PriceListId
from app.domain.publication import ApprovedSource, PublicationState
from app.domain.steps import FileEvidence, PublishPrices
from app.domain.trade import Price
from app.domain.zones import zone_of
from app.engine import approvals, circuits, subjects
from app.engine.agreements import audience, checking, parsing, report, table
from app.engine.agreements.audience import Place
from app.engine.agreements.checking import Rules
from app.engine.agreements.parsing import Agreement
from app.engine.handlers import filing, publishing
from app.engine.publications import Draft, PlannedField, Value, ledger
from app.engine.publications.kinds import KINDS, PRICES
from app.engine.publications.prices import audience_field, audience_value
from app.engine.runs import Context, Done, Result, Skipped
from app.scenarios.prices import AgreementPreferences

CSV = "text/csv"


def publish_prices(context: Context, _step: PublishPrices) -> Result:
    """Exactly the approved version, row by row; taken up again, it goes on behind what was sent."""
    with circuits.patiently():
        return _publish(context)


def _publish(context: Context) -> Result:
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    with reading(context.deps.database) as session:
        approval = approvals.of_version(
            session, context.store_id, context.subject_type, context.subject_id, node_id, version
        )
    if approval is None:
        words = f"Version {version} is not approved, or not any more; nothing was published."
        return Skipped(words, publishing.workspace_of(context))
    source = approvals.source_of(approval)
    known = ledger.find(context.deps, context.store_id, context.subject_type, context.subject_id, source)
    if known is not None:
        return _go_on(context, known, None)
    agreement = _read(context, source)
    begins, ends = _times(context, agreement)
    if ends is not None and ends <= utc_now():
        words = f"The agreement ended on {agreement.valid_to}; nothing was published."
        return Skipped(words, publishing.workspace_of(context))
    return _begin(context, source, agreement, begins, ends)


def _read(context: Context, source: ApprovedSource) -> Agreement:
    buffer = io.BytesIO()
    context.opentext.documents.download(source.node_id, source.version, buffer)
    return parsing.parse(table.read(source.name, buffer.getvalue()))


def _times(context: Context, agreement: Agreement) -> tuple[datetime | None, datetime | None]:
    """From the first moment of the first day to the end of the last, in the store's time zone."""
    with reading(context.deps.database) as session:
        zone = zone_of(session.get_one(StoreRow, context.store_id).timezone)

    def midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

    begins = midnight(agreement.valid_from) if agreement.valid_from else None
    return begins, midnight(agreement.valid_to + timedelta(days=1)) if agreement.valid_to else None


def _begin(
    context: Context, source: ApprovedSource, agreement: Agreement, begins: datetime | None, ends: datetime | None
) -> Result:
    chosen = _preferences(context)
    place = audience.place_of(context.store, context.subject, context.words, _list_before(context))
    variants = context.store.read.variants({row.sku for row in agreement.rows})
    records, refused = checking.records(agreement, variants, _rules(context, chosen))
    price_list = place.price_list.id if place.price_list else None
    if price_list is None and records and not (refused and chosen.all_or_nothing):
        context.effects.still_mine()
        price_list = context.store.publish.create_price_list(place.name)
    fields = _fields(context, place, price_list, records)
    if refused and chosen.all_or_nothing:
        fields = [PlannedField(one.field, one.title, one.before, one.after, publishing.HELD_BACK) for one in fields]
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, PRICES, price_list or "",
        f"{place.name} (for {place.audience.name})", source, context.opentext.workspaces.url(source.node_id),
        [*fields, *refused], begins, ends, chosen.all_or_nothing,
    )  # fmt: skip
    publication, is_new = ledger.start(context.deps, draft)
    return _go_on(context, publication, {one.field: one.before for one in fields} if is_new else None)


def _preferences(context: Context) -> AgreementPreferences:
    chosen = context.preferences
    return chosen if isinstance(chosen, AgreementPreferences) else AgreementPreferences()


def _rules(context: Context, chosen: AgreementPreferences) -> Rules:
    own = context.store.read.profile().currency
    return Rules(chosen.currency_codes() or frozenset({own}), own, chosen.least_margin)


def _list_before(context: Context) -> PriceListId | None:
    with reading(context.deps.database) as session:
        before = ledger.latest(session, context.store_id, context.subject_type, context.subject_id, PRICES)
    return PriceListId(before.target) if before is not None and before.target else None


def _fields(
    context: Context, place: Place, price_list: PriceListId | None, records: Sequence[tuple[Price, tuple[int, ...]]]
) -> list[PlannedField]:
    """Every record with what the list holds now; for whom the list is comes last.

    Where it is assigned already that stands there, too: the next version says so, and an earlier one that is taken back
    does not take the list from its buyers.
    """
    fields = [
        PlannedField(checking.field_name(price.sku, price.currency), f"{price.sku} {price.currency}", {},
                     checking.price_value(price, lines))
        for price, lines in records
    ]  # fmt: skip
    now: Mapping[str, Value] = {}
    if place.price_list is not None and fields:
        now = KINDS[PRICES].live(context.store, place.price_list.id, fields)
    fields = [PlannedField(one.field, one.title, now.get(one.field, {}), one.after) for one in fields]
    if fields and price_list is not None:
        title, wanted = f"Price list for {place.audience.name}", audience_value(place.audience)
        before = wanted if _is_assigned(context, place) else {}
        fields.append(PlannedField(audience_field(place.audience), title, before, wanted))
    return fields


def _is_assigned(context: Context, place: Place) -> bool:
    if place.price_list is None:
        return False
    present = context.store.read.audiences_of(place.price_list.id)
    return any((one.kind, one.id) == (place.audience.kind, place.audience.id) for one in present)


def _go_on(context: Context, publication: Publication, now: Mapping[str, Value] | None) -> Result:
    """Bring it out, or wait for its day."""
    facts = publishing.workspace_of(context) | publishing.published_facts(publication, "Published")
    if not publication.target:
        ledger.set_state(context.deps, publication.id, PublicationState.FAILED)
        return Done(_words(context, publication), facts, {"publication": publication.id})
    publishing.plan_times(context, publication)
    if publication.valid_from is not None and publication.valid_from > utc_now():
        ledger.set_state(context.deps, publication.id, PublicationState.PLANNED)
        facts |= publishing.published_facts(publication, "Planned")
        day = publication.valid_from.astimezone(_zone(context)).date()
        return Done(f"{_words(context, publication)} It begins on {day}.", facts, {"publication": publication.id})
    if publication.state in publishing.OPEN:
        publishing.bring(context, publication, now)
    return Done(_words(context, publication), facts, {"publication": publication.id})


def _zone(context: Context) -> ZoneInfo:
    with reading(context.deps.database) as session:
        return zone_of(session.get_one(StoreRow, context.store_id).timezone)


def _words(context: Context, publication: Publication) -> str:
    """How many rows came to what."""
    rows = report.rows_of(ledger.fields_of(context.deps, publication.id))
    counts = report.counts(rows)
    said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
    return f"“{publication.document_name}” version {publication.version}, {len(rows)} rows: {said or 'none'}."


def file_report(context: Context, step: FileEvidence, publication: Publication, about: dict[str, Any]) -> Result:
    """What became of every row, for a spreadsheet and as a record."""
    rows = report.rows_of(ledger.fields_of(context.deps, publication.id))
    stem = f"{about['action']} prices version {publication.version} {about['published_at'][:19].replace(':', '.')}"
    sheet = filing.file_once(context, "price_rows", step.folder, f"{stem}.csv", report.as_csv(rows), CSV)
    title = subjects.name(context.subject)
    paper = report.paper(title, context.external_store, publication, about, rows, _zone(context))
    filed = filing.file_once(context, "evidence", step.folder, f"{stem}.pdf", paper, filing.PDF)
    filing.classify(context, filed, step.classification)
    facts = filing.with_document(context, "evidence", filed)
    return Done(f"The report of {len(rows)} rows was filed in “{step.folder}”.", facts, {"csv": sheet, "pdf": filed})
