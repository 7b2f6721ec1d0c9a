"""Promotions as a kind of publication: each promotion is a field, its terms and whether it runs are the value.

A promotion that is new is made switched off first; switching it on, terms and all, is the one write buyers notice.
Put back, it is as it was before: switched off, or with the terms it had.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from app.db.links import SubjectSnapshot
from app.domain.cases import Case
from app.domain.commerce import Money
from app.domain.ids import PromotionId
from app.domain.scenario import Subject
from app.domain.trade import Promotion, PromotionTerms
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.errors import NotFound, Permanent
from app.stores.port import Store

PREFIX = "promotion:"  # "promotion:<id>" is the field of one promotion
EVERYWHERE = "promotions"  # the target: all promotions are the store's
SEEN_AS = "promotion"  # object type of the snapshots the daily look compares with
ONE_BY_ONE = 10  # more than this, and all are listed: fewer calls


def field_name(promotion_id: str) -> str:
    return f"{PREFIX}{promotion_id}"


def promotion_value(terms: PromotionTerms, *, enabled: bool, other: str = "") -> Value:
    """`other`: the digest of what our terms cannot say; such a promotion can be looked at, not put back."""
    found: dict[str, Any] = {
        "name": terms.name, "percent": _plain(terms.percent),
        "amount": _plain(terms.amount.amount) if terms.amount else "",
        "currency": terms.amount.currency if terms.amount else "", "skus": sorted(terms.skus), "code": terms.code,
        "group_id": terms.group_id, "starts_at": _stamp(terms.starts_at), "ends_at": _stamp(terms.ends_at),
        "max_uses": terms.max_uses or 0, "enabled": enabled,
    }  # fmt: skip
    return {"promotion": found | ({"other": other} if other else {})}


def value_of(promotion: Promotion) -> Value:
    """What the store holds now."""
    ours = promotion.terms.percent is not None or promotion.terms.amount is not None
    return promotion_value(promotion.terms, enabled=promotion.is_enabled, other="" if ours else promotion.version)


def terms_of(value: Value) -> PromotionTerms:
    found = value["promotion"]
    return PromotionTerms(
        name=found["name"], percent=Decimal(found["percent"]) if found["percent"] else None,
        amount=Money(Decimal(found["amount"]), found["currency"]) if found["amount"] else None,
        skus=tuple(found["skus"]), code=found["code"], group_id=found["group_id"],
        starts_at=_moment(found["starts_at"]), ends_at=_moment(found["ends_at"]), max_uses=found["max_uses"] or None,
    )  # fmt: skip


def _plain(number: Decimal | None) -> str:
    return f"{number.normalize():f}" if number is not None else ""


def _stamp(when: datetime | None) -> str:
    return when.astimezone(UTC).replace(microsecond=0).isoformat() if when else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class PromotionsKind:
    """The store's promotions."""

    skips_changed = True
    changes_subject = False

    def live(
        self,
        store: Store,
        target: str,  # noqa: ARG002  # there is one shelf of promotions
        rows: Sequence[Row],
        subject: Subject | None = None,  # noqa: ARG002  # a case does not tell promotions
    ) -> Mapping[str, Value]:
        ids = {row.field: row.field.removeprefix(PREFIX) for row in rows if row.field.startswith(PREFIX)}
        if len(ids) > ONE_BY_ONE:
            listed = {str(one.id): value_of(one) for one in store.read.promotions()}
            return {row.field: listed.get(ids.get(row.field, ""), {}) for row in rows}
        return {row.field: _read(store, ids[row.field]) if row.field in ids else {} for row in rows}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:  # noqa: ARG002
        for one in wanted:
            context.effects.still_mine()
            refusal = _write(context.store, PromotionId(one.field.removeprefix(PREFIX)), one)
            report([one.field], {one.field: refusal} if refusal else {})


def _read(store: Store, promotion_id: str) -> Value:
    try:
        return value_of(store.read.promotion(PromotionId(promotion_id)))
    except NotFound:
        return {}


def _write(store: Store, promotion_id: PromotionId, one: Wanted) -> str:
    """Empty, or why not. What the store refuses of one promotion does not hold back the others."""
    if not one.now:
        return "The promotion was deleted in the store."
    try:
        if not one.value:
            store.publish.set_promotion_enabled(promotion_id, enabled=False)
        else:
            store.publish.save_promotion(promotion_id, terms_of(one.value), enabled=one.value["promotion"]["enabled"])
    except Permanent as error:
        return f"The store refused it: {error.message}"
    return ""


def promotions_of(case: Case, fields: Sequence[Row]) -> list[str]:
    """The promotions of a campaign: those published from it, and those the daily look assigned to it."""
    published = [one.field.removeprefix(PREFIX) for one in fields if one.field.startswith(PREFIX)]
    assigned = [name.removeprefix("promotion ") for name in case.values if name.startswith("promotion ")]
    return sorted({*published, *assigned})


def snapshots(session: Session, store_id: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Promotion -> what the daily look saw last, for a campaign's papers."""
    found: dict[str, dict[str, Any]] = {}
    for promotion_id in ids:
        row = session.get(SubjectSnapshot, (store_id, SEEN_AS, promotion_id))
        if row is not None:
            found[promotion_id] = dict(row.facts) | {"name": row.name, "is_gone": row.is_gone}
    return found
