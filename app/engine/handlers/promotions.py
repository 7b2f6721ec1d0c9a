"""Steps about promotions: approved discount rules go live, what runs in the store is watched and kept."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.links import SubjectSnapshot
from app.db.publications import ApprovalRow, Publication, PublicationField
from app.db.session import reading, unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.types import utc_now
from app.domain.cases import CaseKind, CaseState
from app.domain.commerce import Money
from app.domain.events import Source
from app.domain.ids import NodeId, PromotionId
from app.domain.publication import ApprovedSource, PublicationState
from app.domain.steps import LookAtPromotions, PublishPromotions
from app.domain.trade import Promotion, PromotionTerms, Variant
from app.domain.zones import zone_of
from app.engine import approvals, cases, circuits
from app.engine.agreements import promotions as rules
from app.engine.agreements import table
from app.engine.agreements.audience import without
from app.engine.agreements.promotions import AgreedPromotion, Rules
from app.engine.cases import NewCase
from app.engine.handlers import publishing
from app.engine.publications import Draft, PlannedField, ledger, shown
from app.engine.publications.kinds import PROMOTIONS
from app.engine.publications.promotions import EVERYWHERE, SEEN_AS, field_name, promotion_value, value_of
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import Permanent
from app.stores.port import Capability

LEGAL, EXCEPTION = "Legal approval", "Policy exception"
LOOK_EVERY = 300.0  # seconds; an approval that arrives wakes the run at once
OURSELVES = "Storefront ECM"


# --- publish ---------------------------------------------------------------------------------------------------------


def publish_promotions(context: Context, _step: PublishPromotions) -> Result:
    """Exactly the approved version; a promotion of the same name is changed, and put back as it was by an undo."""
    with circuits.patiently():
        return _publish(context)


def _publish(context: Context) -> Result:
    node_id, version = NodeId(int(context.facts["node_id"])), int(context.facts["version"])
    with reading(context.deps.database) as session:
        approval = approvals.of_version(
            session, context.store_id, context.subject_type, context.subject_id, node_id, version
        )
        kept = _approved(session, context)
    if approval is None:
        words = f"Version {version} is not approved, or not any more; nothing was published."
        return Skipped(words, publishing.workspace_of(context))
    if getattr(context.preferences, "needs_legal", True) and LEGAL not in kept:
        return Wait("Waits for an approved legal approval in this campaign's workspace.", LOOK_EVERY)
    source = approvals.source_of(approval)
    known = ledger.find(context.deps, context.store_id, context.subject_type, context.subject_id, source)
    if known is None:
        known = _begin(context, source, may_exceed=EXCEPTION in kept)
    if known.state in publishing.OPEN:
        publishing.bring(context, known)
    return publishing.published(context, publishing.again(context, known))


def _approved(session: Session, context: Context) -> frozenset[str]:
    """The kinds of documents that stand approved in this campaign."""
    statement = select(col(ApprovalRow.about)).where(
        col(ApprovalRow.store_id) == context.store_id, col(ApprovalRow.object_type) == context.subject_type.value,
        col(ApprovalRow.object_id) == context.subject_id, col(ApprovalRow.is_approved).is_(True),
    )  # fmt: skip
    return frozenset(session.execute(statement).scalars())


def _begin(context: Context, source: ApprovedSource, *, may_exceed: bool) -> Publication:
    if Capability.PROMOTIONS not in context.store.read.capabilities:
        raise without(context.store, Capability.PROMOTIONS, "The app may not manage promotions in this store.")
    buffer = io.BytesIO()
    context.opentext.documents.download(source.node_id, source.version, buffer)
    fields = _plan(context, rules.parse(table.read(source.name, buffer.getvalue())), source, may_exceed=may_exceed)
    is_whole = _is_whole(context)
    draft = Draft(
        context.store_id, context.run_id, context.subject_type, context.subject_id, PROMOTIONS, EVERYWHERE,
        "the store's promotions", source, context.opentext.workspaces.url(source.node_id), fields, is_whole=is_whole,
    )  # fmt: skip
    publication, _is_new = ledger.start(context.deps, draft)
    return publication


def _plan(context: Context, found: Rules, source: ApprovedSource, *, may_exceed: bool) -> list[PlannedField]:
    """Every row judged before anything is made; then what is new is made, switched off."""
    skus = {sku for row in found.rows for sku in row.skus}
    judge = _Judge(context, context.store.read.variants(skus) if skus else {}, may_exceed=may_exceed)
    problems = {row.number: reason for row in found.rows if (reason := judge.problem(row))}
    refused = [_refused(one.number, one.sku, one.reason) for one in found.refused]
    refused += [_refused(row.number, row.name, problems[row.number]) for row in found.rows if row.number in problems]
    good = [row for row in found.rows if row.number not in problems]
    if refused and _is_whole(context):
        return [*refused, *(_refused(row.number, row.name, publishing.HELD_BACK) for row in good)]
    planned = [_planned(context, judge, row, source) for row in good]
    if _is_whole(context) and any(one.note for one in planned):
        planned = [replace(one, note=one.note or publishing.HELD_BACK) for one in planned]
    return [*planned, *refused]


def _is_whole(context: Context) -> bool:
    return bool(getattr(context.preferences, "all_or_nothing", False))


def _refused(number: int, name: str, reason: str) -> PlannedField:
    return PlannedField(f"row:{number}", name or f"Row {number}", {}, {"text": f"row {number}"}, reason)


class _Judge:
    """The rows of one file against the store as it stands: names, groups, goods, and how much may be given."""

    def __init__(self, context: Context, variants: Mapping[str, Variant], *, may_exceed: bool) -> None:
        self._variants, self._may_exceed = variants, may_exceed
        self._most = getattr(context.preferences, "most_percent", None)
        self.groups = {one.name.casefold(): one.id for one in context.store.read.customer_groups()}
        self.present = {one.terms.name.casefold(): one for one in context.store.read.promotions()}

    def problem(self, row: AgreedPromotion) -> str:
        missing = [sku for sku in row.skus if sku not in self._variants]
        if missing:
            return f"The catalogue has no {', '.join(missing[:5])}."
        if row.group and row.group.casefold() not in self.groups:
            return f"The store has no customer group {row.group}."
        if row.percent is not None and self._most is not None and row.percent > self._most and not self._may_exceed:
            return f"More than {self._most.normalize():f} % needs an approved policy exception in this campaign."
        known = self.present.get(row.name.casefold())
        if known is not None and "other" in value_of(known)["promotion"]:
            return "The store has a promotion of this name whose rules we could not put back; choose another name."
        if known is not None and bool(known.terms.code) != bool(row.code):
            return "The store has a promotion of this name of the other kind (with or without a code)."
        return ""


def _planned(context: Context, judge: _Judge, row: AgreedPromotion, source: ApprovedSource) -> PlannedField:
    terms = _terms(context, judge, row, source)
    known = judge.present.get(row.name.casefold())
    if known is not None:
        promotion_id, before = known.id, value_of(known)
    else:
        context.effects.still_mine()
        try:
            promotion_id = context.store.publish.save_promotion(None, terms, enabled=False)
        except Permanent as error:  # what this store cannot say is said of the row, and keeps no other out
            return _refused(row.number, row.name, f"The store refused it: {error.message}")
        before = value_of(context.store.read.promotion(promotion_id))
    return PlannedField(field_name(promotion_id), row.name, before, promotion_value(terms, enabled=True))


def _terms(context: Context, judge: _Judge, row: AgreedPromotion, source: ApprovedSource) -> PromotionTerms:
    """From the first moment of its first day (else from its approval) to the end of its last, in the store's zone."""
    with reading(context.deps.database) as session:
        zone = zone_of(session.get_one(StoreRow, context.store_id).timezone)

    def midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)

    begins = midnight(row.starts) if row.starts else (source.approved_at or utc_now()).replace(microsecond=0)
    return PromotionTerms(
        name=row.name, percent=row.percent, amount=Money(row.amount, row.currency) if row.amount else None,
        skus=row.skus, code=row.code, group_id=judge.groups[row.group.casefold()] if row.group else "",
        starts_at=begins, ends_at=midnight(row.ends + timedelta(days=1)) if row.ends else None, max_uses=row.max_uses,
    )  # fmt: skip


# --- watch -----------------------------------------------------------------------------------------------------------


def look_at_promotions(context: Context, _step: LookAtPromotions) -> Result:
    """No event tells of promotions, so all are read. What changed goes to its campaign; what has none opens one."""
    with reading(context.deps.database) as session:
        if session.get(OpenTextConnection, context.store_id) is None:
            return Skipped("OpenText is not connected yet, so there is nowhere to keep promotions.")
        seen = _seen(session, context)
        ours = _campaigns(session, context)
    if Capability.PROMOTIONS not in context.store.read.capabilities:
        return Skipped("This store has no promotions.")
    found = list(context.store.read.promotions())
    late = {one.id for one in found if _is_late(context, one)}
    changed = [one for one in found if seen.get(str(one.id)) != one.version or one.id in late]
    switched_off = [_note(context, one, ours.get(str(one.id), ""), is_late=one.id in late) for one in changed]
    gone = sorted(set(seen) - {str(one.id) for one in found})
    for promotion_id in gone:
        _note_gone(context, promotion_id, ours.get(promotion_id, ""))
    words = f"{len(found)} promotions were looked at, {len(changed)} of them changed."
    words += f" Deleted: {len(gone)}." if gone else ""
    words += f" Switched off: {sum(switched_off)}." if any(switched_off) else ""
    return Done(words)


def _is_late(context: Context, promotion: Promotion) -> bool:
    """It names no last day and runs longer than the merchant lets promotions run."""
    most, since = getattr(context.preferences, "most_days", None), promotion.terms.starts_at
    if not most or not promotion.is_enabled or promotion.terms.ends_at is not None or since is None:
        return False
    return since + timedelta(days=most) <= utc_now()


def _seen(session: Session, context: Context) -> dict[str, str]:
    statement = select(col(SubjectSnapshot.object_id), col(SubjectSnapshot.version)).where(
        col(SubjectSnapshot.store_id) == context.store_id, col(SubjectSnapshot.object_type) == SEEN_AS,
        col(SubjectSnapshot.is_gone).is_(False),
    )  # fmt: skip
    return {row.object_id: row.version for row in session.execute(statement)}


def _campaigns(session: Session, context: Context) -> dict[str, str]:
    """Promotion → the case whose approved rules it runs by."""
    prefix = field_name("")
    statement = (
        select(col(PublicationField.field), col(Publication.object_id))
        .join(Publication, col(Publication.id) == col(PublicationField.publication_id))
        .where(
            col(Publication.store_id) == context.store_id, col(Publication.kind) == PROMOTIONS,
            col(Publication.state).in_((PublicationState.LIVE.value, PublicationState.PUBLISHING.value)),
            col(PublicationField.field).startswith(prefix),
        )
        .order_by(col(Publication.created_at))
    )  # fmt: skip
    return {row.field.removeprefix(prefix): row.object_id for row in session.execute(statement)}


def _note(context: Context, promotion: Promotion, case_id: str, *, is_late: bool) -> bool:
    """Into the case first, remembered afterwards: told twice, the case holds it once. True: it was switched off."""
    switch_off = promotion.is_enabled and not case_id and getattr(context.preferences, "switch_off_unapproved", False)
    why = (
        "It had no approval and was switched off." if switch_off else "It ran longer than allowed and was switched off."
    )
    switch_off = switch_off or is_late
    if not case_id:
        case_id = _case_of(context, promotion, switch_off=switch_off)
    if case_id:
        text = (
            f"In the store: {shown(value_of(promotion))}, {'switched on' if promotion.is_enabled else 'switched off'}."
        )
        if switch_off:
            text += f" {why}"
        key = f"promotion:{promotion.id}:{promotion.version}" + (":late" if is_late else "")
        cases.add(context.deps, context.store_id, case_id, key, OURSELVES,
                  text, values={f"promotion {promotion.id}": promotion.terms.name}, source=Source.STORE)  # fmt: skip
    if switch_off:
        context.effects.still_mine()
        context.store.publish.set_promotion_enabled(promotion.id, enabled=False)
        promotion = context.store.read.promotion(promotion.id)
    _remember(context, promotion)
    return switch_off


def _case_of(context: Context, promotion: Promotion, *, switch_off: bool) -> str:
    """The campaign of a promotion nobody published through us; none for one that does not run and never did."""
    cause = f"promotion:{promotion.id}"
    known = cases.find(context.deps, context.store_id, cause)
    if known is None and not promotion.is_enabled:
        return ""
    if known is not None and known.state is not CaseState.CLOSED:
        return known.id
    if known is not None:
        cause += f":{promotion.version}"
    reason = "A promotion without an approval" + (", switched off" if switch_off else " runs in the store")
    opened = cases.open_case(
        context.deps, context.store_id,
        NewCase(kind=CaseKind.CAMPAIGN, cause_key=cause, opened_by=OURSELVES, reason=reason,
                text=f"{promotion.terms.name}: {shown(value_of(promotion))}.", external_id=promotion.id),
        Source.STORE,
    )  # fmt: skip
    return opened.id


def _remember(context: Context, promotion: Promotion) -> None:
    with unit_of_work(context.deps.database) as uow:
        key = (context.store_id, SEEN_AS, str(promotion.id))
        row = uow.session.get(SubjectSnapshot, key) or SubjectSnapshot(
            store_id=context.store_id, object_type=SEEN_AS, object_id=str(promotion.id)
        )
        row.name, row.version, row.is_gone, row.seen_at = promotion.terms.name, promotion.version, False, utc_now()
        row.facts = {"terms": shown(value_of(promotion)), "is_enabled": promotion.is_enabled,
                     "snapshot": promotion.snapshot}  # fmt: skip
        uow.session.add(row)


def _note_gone(context: Context, promotion_id: PromotionId | str, case_id: str) -> None:
    known = cases.find(context.deps, context.store_id, f"promotion:{promotion_id}")
    case_id = case_id or (known.id if known else "")
    if case_id:
        cases.add(context.deps, context.store_id, case_id, f"promotion:{promotion_id}:gone", OURSELVES,
                  "The promotion was deleted in the store.", source=Source.STORE)  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        uow.session.get_one(SubjectSnapshot, (context.store_id, SEEN_AS, str(promotion_id))).is_gone = True
