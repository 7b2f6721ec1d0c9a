"""Prices as a kind of publication: the records of a price list, then for whom the list is.

The list is the target. Records are written in batches of the store's own size, each reported when it is done, so that
a publication broken off goes on behind it; the assignment comes last: a new list reaches buyers whole.
"""

from collections.abc import Iterable, Mapping, Sequence

from app.domain.ids import PriceListId
from app.domain.scenario import Subject
from app.domain.trade import Audience, AudienceKind
from app.engine.agreements.checking import PREFIX, field_name, price_of, price_value
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.stores.port import Store

AUDIENCE = "audience:"  # "audience:<kind>:<id>" is the field of one assignment
ASKED_BY_SKU = 1000  # more than this, and the whole list is read: fewer calls


def audience_field(audience: Audience) -> str:
    return f"{AUDIENCE}{audience.kind.value}:{audience.id}"


def audience_in(field: str, name: str = "") -> Audience:
    _prefix, kind, number = field.split(":", 2)
    return Audience(AudienceKind(kind), number, name)


def audience_value(audience: Audience) -> Value:
    return {"text": "assigned", "shown": f"for {audience.name}"}


class PricesKind:
    """Records of one price list and its assignments."""

    skips_changed = True
    changes_subject = False

    def live(
        self,
        store: Store,
        target: str,
        rows: Sequence[Row],
        subject: Subject | None = None,  # noqa: ARG002  # a customer does not tell prices
    ) -> Mapping[str, Value]:
        """In as few calls as there are: by SKU where few are asked for, else the list from end to end."""
        price_list, found = PriceListId(target), dict[str, Value]()
        wanted = [row.field for row in rows if row.field.startswith(PREFIX)]
        skus = {field.removeprefix(PREFIX).rpartition(":")[0] for field in wanted}
        if skus:
            asked = skus if len(skus) <= ASKED_BY_SKU else None
            present = store.read.prices(price_list, asked)
            found |= {field_name(one.sku, one.currency): price_value(one) for one in present}
        if any(row.field.startswith(AUDIENCE) for row in rows):
            found |= {audience_field(one): audience_value(one) for one in store.read.audiences_of(price_list)}
        return {row.field: found.get(row.field, {}) for row in rows}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        price_list, publish = PriceListId(target), context.store.publish
        records = [one for one in wanted if one.field.startswith(PREFIX)]
        for batch in _batches([one for one in records if one.value], publish.price_batch):
            context.effects.still_mine()
            refused = publish.write_prices(price_list, [price_of(one.value) for one in batch], context.run_id)
            notes = {field_name(one.sku, one.currency): f"The store refused it: {one.reason}" for one in refused}
            report([one.field for one in batch], notes)
        for batch in _batches([one for one in records if not one.value], publish.price_batch):
            context.effects.still_mine()
            publish.remove_prices(price_list, [price_of(one.now) for one in batch])
            report([one.field for one in batch], {})
        for one in (one for one in wanted if one.field.startswith(AUDIENCE)):
            context.effects.still_mine()
            change = publish.assign_price_list if one.value else publish.unassign_price_list
            change(price_list, audience_in(one.field, one.title))
            report([one.field], {})


def _batches(wanted: Sequence[Wanted], size: int) -> Iterable[Sequence[Wanted]]:
    return (wanted[start : start + size] for start in range(0, len(wanted), size))
