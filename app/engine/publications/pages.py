"""A page or policy as a kind of publication: its text, and the line of the terms at checkout that names it."""

from collections.abc import Mapping, Sequence

from app.domain.ids import PageId
from app.domain.scenario import Subject
from app.domain.trade import Page
from app.engine.publications.kind import Report, Row, Wanted
from app.engine.publications.values import Value
from app.engine.runs import Context
from app.errors import NotFound
from app.stores.port import Store

TEXT = "text"
AT_CHECKOUT = "terms:"  # "terms:<page id>" is the field of one checkout's terms


class PageKind:
    """The target is the page. Terms at checkout are a plain text; what they say beside our line stays theirs."""

    skips_changed = False
    changes_subject = True

    def live(
        self, store: Store, target: str, rows: Sequence[Row], subject: Subject | None = None
    ) -> Mapping[str, Value]:
        return {row.field: _live(store, target, row.field, subject) for row in rows}

    def write(self, context: Context, target: str, wanted: Sequence[Wanted], report: Report) -> None:
        """The page first: the terms must not name what is not there yet."""
        for one in sorted(wanted, key=lambda field: field.field != TEXT):
            page_id = PageId(target) if one.field == TEXT else PageId(one.field.removeprefix(AT_CHECKOUT))
            page = context.store.read.page(page_id)
            context.effects.still_mine()
            context.store.publish.save_page(page_id, page.title, one.value.get("text", ""), visible=page.is_visible)
            report([one.field], {})


def _live(store: Store, target: str, field: str, subject: Subject | None) -> Value:
    if field == TEXT:
        page = subject if isinstance(subject, Page) and subject.id == target else store.read.page(PageId(target))
        return {"text": page.html}
    try:
        return {"text": store.read.page(PageId(field.removeprefix(AT_CHECKOUT))).html}
    except NotFound:
        return {}
