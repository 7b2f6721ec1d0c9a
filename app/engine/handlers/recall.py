"""Steps of a recall: whom it concerns, the storefront's notice, telling buyers, tracking what became of each."""

import html
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from app.db.recalls import RecallOrder
from app.db.runs import Run, StepRow
from app.db.session import reading, unit_of_work
from app.domain.cases import Case, CaseState
from app.domain.events import Source, Topic
from app.domain.ids import ObjectType, OrderId, PageId
from app.domain.steps import AwaitRemedies, AwaitRemedy, FindAffected, NoteRecall, PublishNotice, TellAffected
from app.domain.trade import Page
from app.engine import cases, policies, queue, recalls
from app.engine.handlers.timers import day_in_store
from app.engine.inbox import NewEvent
from app.engine.runs import Context, Done, Result, Skipped, Wait
from app.errors import NotFound, Permanent
from app.language import notes
from app.language.catalogues import N_
from app.language.reading import Reader

PIECE = timedelta(days=30)  # of the store's orders read at a time
AT_A_TIME = 20.0  # seconds of reading before other work has its turn
LOOK_EVERY = 3600.0
LEAVES = frozenset({"replacement", "repair", "not_affected"})  # after these the order may be sent
TITLE = N_("Product recall: {name}")
CONCERNED, REFERENCE = N_("Concerned:"), N_("Reference: {number}")


def _case(context: Context) -> Case:
    assert isinstance(context.subject, Case)  # noqa: S101  # the catalogue's own test proves the pairing
    return context.subject


# --- find ------------------------------------------------------------------------------------------------------------


def find_affected(context: Context, step: FindAffected) -> Result:
    """Month by month, written down as it goes: after a stop the search goes on where it stood."""
    case = _case(context)
    skus = frozenset(item.sku for item in case.items if item.sku)
    if not skus:
        raise Permanent(
            "The recall names no product, so no order can be found.", code="no_items",
            hint="Close this case and open the recall from the product's page.",
        )  # fmt: skip
    days = int(getattr(context.preferences, step.window_preference))
    since, until = recalls.window(case.opened_at, days)
    with unit_of_work(context.deps.database) as uow:
        search = recalls.search_of(uow.session, context.store_id, case.id, sorted(skus), since, until)
        reached, until = search.reached, search.until
    reached = _read_on(context, case, skus, reached, until)
    with reading(context.deps.database) as session:
        found = recalls.counts(session, context.store_id, case.id)
    if reached < until:
        words = f"Orders placed until {day_in_store(context, reached)} are looked through: {found['all']} found so far."
        return Wait(words, 0.1, {"reached": reached.isoformat()})
    facts = {
        "recall_orders": found["all"], "recall_customers": found["customers"],
        "recall_products": _products(context, case, skus),
    }  # fmt: skip
    gap = context.store.read.orders_gap()
    all_, goods, day = found["all"], ", ".join(sorted(skus))[:200], day_in_store(context, since)
    words = f"{all_} orders of {found['customers']} customers hold {goods}, placed since {day}."
    return Done(f"{words} {gap}".strip(), facts)


def _read_on(context: Context, case: Case, skus: frozenset[str], reached: datetime, until: datetime) -> datetime:
    """Read piece after piece until the time is up; where it came to."""
    stop = time.monotonic() + AT_A_TIME
    while reached < until and time.monotonic() < stop:
        end = min(reached + PIECE, until)
        orders = list(context.store.read.orders_with(skus, reached, end))
        with unit_of_work(context.deps.database) as uow:
            queue.assert_mine(uow.session, context.claim)
            recalls.note_found(uow.session, context.store_id, case.id, orders, skus)
            search = recalls.search_of(uow.session, context.store_id, case.id, sorted(skus), reached, until)
            search.reached, search.is_done = end, end >= until
        reached = end
    return reached


def _products(context: Context, case: Case, skus: frozenset[str]) -> list[str]:
    """What is taken off sale: the products the case names, and those the SKUs belong to now."""
    known = [item.product_id for item in case.items if item.product_id]
    known += [str(one.product_id) for one in context.store.read.variants(skus).values()]
    return list(dict.fromkeys(known))


# --- the storefront's notice -----------------------------------------------------------------------------------------


def publish_notice(context: Context, step: PublishNotice) -> Result:
    """A page of the store with the recall's own words; hidden again when the recall is over, never deleted."""
    case = _case(context)
    try:
        return _show_notice(context, case) if step.shown else _hide_notice(context, case)
    except Permanent as error:
        if error.specific_code != "missing_scope":
            raise
        words = "The recall goes on; put the notice into your store by hand."
        return Skipped(f"{error.message} {error.hint} {words}")


def _show_notice(context: Context, case: Case) -> Result:
    title = _title(case, context.words)
    made = context.effects.once(f"recall-notice:{case.id}", lambda: _make(context, title, case))
    page = context.store.read.page(PageId(made["page"]))
    if not page.is_visible or not page.html.strip():
        raise Permanent(
            f"The store does not show the page “{page.title}”.", code="notice_not_taken",
            hint="Look at the page in the store, then try again.",
        )  # fmt: skip
    return Done(f"The page “{page.title}” tells buyers about the recall.", {"notice_page": made["page"]}, made)


def _name(case: Case) -> str:
    names = list(dict.fromkeys(item.name for item in case.items if item.name))
    return ", ".join(names[:3]) or case.number


def _title(case: Case, who: Reader) -> str:
    return notes.filled(TITLE, {"name": _name(case)}, who)[:100]


def _make(context: Context, title: str, case: Case) -> dict[str, Any]:
    known = _present(context, case)
    text = _notice_html(case, context.words)
    page = context.store.publish.save_page(known.id if known else None, title, text, visible=True)
    return {"page": page.id, "title": page.title}


def _present(context: Context, case: Case) -> Page | None:
    """The notice that is there: by the recall's number at its end, whatever the language of its words, and whatever
    people made of them; by its title where they took that away."""
    pages = list(context.store.read.pages())
    numbered = (one for one in pages if policies.text_of(one.html).split()[-1:] == [case.number])
    titles = notes.in_each_language(TITLE, {"name": _name(case)})
    return next(numbered, None) or next((one for one in pages if one.title in {name[:100] for name in titles}), None)


def _notice_html(case: Case, who: Reader) -> str:
    """The words a person wrote when opening the recall, and what is concerned; all of it as text."""
    paragraphs = [part.strip() for part in case.text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    items = dict.fromkeys((item.name, item.sku) for item in case.items)
    rows = "".join(f"<li>{html.escape(name)} ({html.escape(sku)})</li>" for name, sku in items)
    text = "".join(f"<p>{html.escape(part)}</p>" for part in paragraphs)
    concerned = html.escape(notes.filled(CONCERNED, {}, who))
    reference = html.escape(notes.filled(REFERENCE, {"number": case.number}, who))
    return f"{text}<p>{concerned}</p><ul>{rows}</ul><p>{reference}</p>"


def _hide_notice(context: Context, case: Case) -> Result:
    page = _present(context, case)
    if page is None or not page.is_visible:
        return Skipped("The store shows no notice of this recall.")
    context.effects.still_mine()
    context.store.publish.save_page(page.id, page.title, page.html, visible=False)
    return Done(f"The page “{page.title}” is hidden; it was not deleted.")


# --- tell and track --------------------------------------------------------------------------------------------------


def tell_affected(context: Context, step: TellAffected) -> Result:
    """One event for each order; told twice it is one, so this may stop anywhere."""
    case = _case(context)
    with reading(context.deps.database) as session:
        rows = recalls.open_ones(session, context.store_id, case.id, "found")
    context.effects.still_mine()
    for row in rows:
        detail = {"request": step.request, "case": case.id, "case_number": case.number, "occasion": f"recall:{case.id}"}
        context.deps.intake.accept(
            NewEvent(context.store_id, Source.RECONCILE, f"recall:{case.id}:{row.order_id}", Topic.REQUESTED,
                     ObjectType.ORDER.value, row.order_id, detail)
        )  # fmt: skip
    return Done(f"Letters to the buyers of {len(rows)} orders are on their way.", result={"orders": len(rows)})


def await_remedies(context: Context, _step: AwaitRemedies) -> Result:
    case = _case(context)
    with reading(context.deps.database) as session:
        found = recalls.counts(session, context.store_id, case.id)
    words = recalls.in_words(found)
    if case.state is CaseState.CLOSED:
        return Done(f"The recall was closed. {words}")
    if sum(found[state] for state in recalls.OPEN) == 0:
        return Done(f"Every buyer has been dealt with. {words}")
    return Wait(words, LOOK_EVERY)


def await_remedy(context: Context, _step: AwaitRemedy) -> Result:
    """The order stays held meanwhile: whoever else is done with it does not let it go."""
    try:
        case = cases.read(context.deps, context.store_id, str(context.facts.get("case", "")))
    except NotFound:
        return Done("There is no such recall any more.", {"release": "yes"})
    with reading(context.deps.database) as session:
        row = recalls.one(session, context.store_id, case.id, OrderId(context.subject_id))
    if row is None:
        return Done(f"{case.name} does not concern this order.", {"release": "yes"})
    if row.state in recalls.OPEN and case.state is not CaseState.CLOSED:
        return Wait(f"The order waits for what {case.name} makes of it.", LOOK_EVERY)
    words = f"{case.name}: {recalls.REMEDIES.get(row.remedy, 'the recall was closed')}."
    if row.remedy in LEAVES:
        return Done(words, {"release": "yes"})
    return Done(f"{words} The order stays held: end it, or let it go, in the store.", {"release": "no"})


def note_recall(context: Context, step: NoteRecall) -> Result:
    """The counts of the recall follow at once: its run is woken."""
    case_id, remedy = str(context.facts.get("case", "")), str(context.facts.get("remedy", ""))
    try:
        case = cases.read(context.deps, context.store_id, case_id)
    except NotFound:
        return Skipped("There is no such recall any more.")
    with unit_of_work(context.deps.database) as uow:
        row = recalls.one(uow.session, context.store_id, case_id, OrderId(context.subject_id))
        if row is None:
            return Skipped(f"{case.name} does not concern this order.")
        if step.state == "telling":
            return Done(f"{case.name} concerns {_goods(row)}.", {"driver": {"recall": _block(case, row)}})
        if step.state == "remedied" and remedy not in recalls.REMEDIES:
            raise Permanent("This is no remedy we know.", code="unknown_remedy", hint="Choose one of those offered.")
        state = "no_answer" if remedy == "no_answer" else step.state
        recalls.note(row, state, str(context.facts.get("user", "system")), remedy)
        if _wake(uow.session, context, case_id):
            uow.after_commit(context.deps.doorbell.ring)
    words = recalls.REMEDIES.get(remedy, "the buyer was told")
    return Done(f"{case.name}: {words}.", {"case_number": case.number, "remedy_words": words})


def _goods(row: RecallOrder) -> str:
    return ", ".join(f"{item['quantity']} × {item['name']}" for item in row.items)


def _block(case: Case, row: RecallOrder) -> dict[str, Any]:
    """What the letter says beside the order: text amounts and names only."""
    return {
        "number": case.number, "title": _name(case), "text": case.text,
        "items": [
            {"sku": item["sku"], "name": item["name"], "quantityText": str(item["quantity"])} for item in row.items
        ],
    }  # fmt: skip


def _wake(session: Session, context: Context, case_id: str) -> bool:
    """The recall's own run, and the one that holds this order."""
    of_case = _wake_one(session, context, ObjectType.CASE, case_id, "await_remedies")
    of_order = _wake_one(session, context, ObjectType.ORDER, context.subject_id, "await_remedy")
    return of_case or of_order


def _wake_one(session: Session, context: Context, object_type: ObjectType, object_id: str, kind: str) -> bool:
    waiting = session.execute(
        select(col(Run.id))
        .join(StepRow, col(StepRow.run_id) == col(Run.id))
        .where(
            col(Run.store_id) == context.store_id, col(Run.subject_type) == object_type.value,
            col(Run.subject_id) == object_id, col(StepRow.kind) == kind, col(StepRow.status) == "waiting",
        )
    ).scalars()  # fmt: skip
    return sum(queue.wake(session, "run", run_id) for run_id in waiting) > 0
