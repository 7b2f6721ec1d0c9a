"""Publishing, undoing, restoring: one piece of logic for everything that is governed.

A kind (engine/publications/kinds) reads and writes; here is the order of things. Before-image first, then the writes,
then the read-back. What differs from its before-image when its turn comes is a person's: it is skipped, and said.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

from app.db.publications import Publication, PublicationField
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.ids import NodeId
from app.domain.publication import FieldState, PublicationState
from app.domain.steps import EndPublication, PublishDue, RestoreFields, UndoPublication
from app.engine import circuits, knowledge, timers
from app.engine.publications import Draft, Value, Wanted, ledger, same
from app.engine.publications.kinds import COMPLETE, KINDS
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import Permanent

S = TypeVar("S")
CHANGED_SINCE = "Changed in the store since it was approved."
HELD_BACK = "Held back: all of it or nothing was asked for, and not all can be published."
OPEN = (PublicationState.PLANNED.value, PublicationState.PUBLISHING.value)
GIVEN = (FieldState.LIVE.value, FieldState.DRIFTED.value, FieldState.WRITTEN.value, FieldState.PLANNED.value)
TITLES_SHOWN = 12


def workspace_of(context: Context) -> dict[str, Any]:
    """The subject's workspace as linked, for the run's facts: this run did not create it. Raises Permanent."""
    if "workspace_id" not in context.facts:
        with reading(context.deps.database) as session:
            link = knowledge.link_of(session, context.store_id, context.subject_type.value, context.subject_id)
        if link is None:
            raise Permanent(f"This {context.subject_type.value} has no workspace any more.", code="no_workspace")
        context.facts |= {"workspace_id": link.workspace_id, "workspace_url": link.workspace_url}
    return {key: context.facts[key] for key in ("workspace_id", "workspace_url")}


def workspace_id_of(context: Context) -> NodeId:
    return NodeId(int(workspace_of(context)["workspace_id"]))


def _patient(handler: Callable[[Context, S], Result]) -> Callable[[Context, S], Result]:
    """Of thousands of fields, what was read is not thrown away at the end of the store's quota."""

    @wraps(handler)
    def patient(context: Context, step: S) -> Result:
        with circuits.patiently():
            return handler(context, step)

    return patient


# --- publish ---------------------------------------------------------------------------------------------------------


def publish(context: Context, draft: Draft) -> Publication:
    """Plan (or take up again) and bring into the store; the publication as it is then."""
    publication, is_new = ledger.start(context.deps, draft)
    if publication.state in OPEN:
        bring(context, publication, {one.field: one.before for one in draft.fields} if is_new else None)
    return again(context, publication)


def again(context: Context, publication: Publication) -> Publication:
    """The row as it is now."""
    found = ledger.get(context.deps, context.store_id, publication.id)
    assert found is not None  # noqa: S101  # publications are never deleted
    return found


def bring(context: Context, publication: Publication, now: Mapping[str, Value] | None = None) -> None:
    """Write what is still planned, read everything back. Taken up again, only the rest is written.

    `now` is what the store holds, where that was read a moment ago.
    """
    deps, kind = context.deps, KINDS[publication.kind]
    ledger.set_state(deps, publication.id, PublicationState.PUBLISHING)
    rows = [row for row in ledger.fields_of(deps, publication.id) if row.state == FieldState.PLANNED.value]
    wanted: list[Wanted] = []
    if rows:
        now = now if now is not None else kind.live(context.store, publication.target, rows)
        rows = _without_others_changes(context, publication, rows, now)
        there = [row.field for row in rows if same(now[row.field], row.after)]
        ledger.progress(deps, publication.id, there, {})
        wanted = _wanted(rows, now, lambda row: row.after)
        _write(context, publication, wanted)
    _changed(context, publication)
    written = [row for row in ledger.fields_of(deps, publication.id) if row.state in ledger.WRITABLE]
    is_known = not wanted and now is not None and all(row.field in now for row in written)
    if not is_known:  # what was read a moment ago, and not written since, need not be read again
        now = kind.live(context.store, publication.target, written) if written else {}
    ledger.confirm(deps, publication.id, now or {})
    _take_back_what_fell_out(context, publication)


def _changed(context: Context, publication: Publication) -> None:
    """The subject is read again where it is what we wrote to: prices are not the customer's own."""
    if KINDS[publication.kind].changes_subject:
        context.changed()


def _take_back_what_fell_out(context: Context, publication: Publication) -> None:
    """What an earlier version of this document said and this one does not is not agreed any more."""
    is_live = again(context, publication).state == PublicationState.LIVE.value
    if not is_live or publication.kind not in COMPLETE:
        return
    with reading(context.deps.database) as session:
        earlier = ledger.earlier_versions(session, publication)
    for one in earlier:
        rows = [row for row in ledger.fields_of(context.deps, one.id) if row.state in GIVEN]
        undo(context, one, rows)
        ledger.set_state(context.deps, one.id, PublicationState.SUPERSEDED)


def _without_others_changes(
    context: Context, publication: Publication, rows: list[PublicationField], now: Mapping[str, Value]
) -> list[PublicationField]:
    """Without the fields somebody changed between the approval and now: theirs stand."""
    if not KINDS[publication.kind].skips_changed:
        return rows
    theirs = [row for row in rows if not same(now[row.field], row.before) and not same(now[row.field], row.after)]
    notes = {row.field: CHANGED_SINCE for row in theirs}
    if notes and publication.is_whole:
        notes |= {row.field: HELD_BACK for row in rows if row.field not in notes}
    ledger.note(context.deps, publication.id, FieldState.SKIPPED, notes, now)
    return [row for row in rows if row.field not in notes]


def _wanted(
    rows: Iterable[PublicationField], now: Mapping[str, Value], value: Callable[[PublicationField], Value]
) -> list[Wanted]:
    """What must be written: where the value is there already, nothing."""
    return [
        Wanted(row.field, row.title, value(row), now[row.field]) for row in rows if not same(now[row.field], value(row))
    ]


def _write(context: Context, publication: Publication, wanted: list[Wanted]) -> None:
    def report(written: Collection[str], refused: Mapping[str, str]) -> None:
        ledger.progress(context.deps, publication.id, written, refused)

    if wanted:
        KINDS[publication.kind].write(context, publication.target, wanted, report)


def published_facts(publication: Publication, action: str) -> dict[str, Any]:
    """For the run: what was done, for workspaces, evidence and pages."""
    return {"publication": {"id": publication.id, "version": publication.version, "action": action,
                            "published_at": utc_now().isoformat()}}  # fmt: skip


def published(context: Context, publication: Publication) -> Done:
    """How a publication ended, in words; what is off is said."""
    rows = ledger.fields_of(context.deps, publication.id)
    off = [row.title for row in rows if row.state == FieldState.DRIFTED.value]
    left = [row.title for row in rows if row.state in (FieldState.SKIPPED.value, FieldState.REFUSED.value)]
    live = [row.title for row in rows if row.state == FieldState.LIVE.value]
    words = f"Version {publication.version} of “{publication.document_name}” is live: {listed(live) or 'nothing'}."
    if off:
        words = f"Version {publication.version} was sent, but the store shows something else for {listed(off)}."
    if left:
        words += f" Left as it is: {listed(left)}."
    facts = workspace_of(context) | published_facts(publication, "Published")
    return Done(words, facts, {"publication": publication.id})


def listed(titles: list[str]) -> str:
    """The first of many, and how many more."""
    more = len(titles) - TITLES_SHOWN
    return ", ".join(titles[:TITLES_SHOWN]) + (f" and {more} more" if more > 0 else "")


# --- undo and restore ------------------------------------------------------------------------------------------------


def asked_for(context: Context) -> tuple[Publication, list[PublicationField]]:
    """The publication a person (or a timer) chose, and its fields (all, or those named)."""
    publication = ledger.get(context.deps, context.store_id, str(context.facts.get("publication_id", "")))
    if publication is None or publication.object_id != context.subject_id:
        raise Permanent("This publication does not exist any more.", code="no_publication")
    names = {name for name in str(context.facts.get("fields", "")).split(",") if name}
    rows = ledger.fields_of(context.deps, publication.id)
    return publication, [row for row in rows if not names or row.field in names]


@_patient
def undo_publication(context: Context, _step: UndoPublication) -> Result:
    """Put the before-image back where the store still shows what we published; what a person changed stays."""
    publication, rows = asked_for(context)
    states = undo(context, publication, [row for row in rows if row.state in GIVEN])
    kept = [row.title for row in rows if row.id in states and states[row.id][0] is FieldState.KEPT]
    words = f"Version {publication.version} was undone." if len(kept) < len(states) else "Nothing was undone."
    if kept:
        words += f" Left as it is, because somebody changed it since: {listed(kept)}."
    return Done(words, workspace_of(context) | published_facts(publication, "Undone"), {"kept": kept[:TITLES_SHOWN]})


def undo(
    context: Context, publication: Publication, rows: list[PublicationField], goals: Mapping[str, Value] | None = None
) -> dict[str, tuple[FieldState, Value]]:
    """Put these fields back and read back; what became of each. A publication that never went out is only ended.

    `goals` says what shall be there by field, where it is not the before-image.
    """
    goals = goals or {}
    now: Mapping[str, Value] = {}
    if rows and publication.state != PublicationState.PLANNED.value:
        now = KINDS[publication.kind].live(context.store, publication.target, rows)
    states: dict[str, tuple[FieldState, Value]] = {}
    back: list[PublicationField] = []
    for row in rows:
        here, goal = now.get(row.field, row.before), goals.get(row.field, row.before)
        if same(here, goal) or not now:
            states[row.id] = (FieldState.UNDONE, here)
        elif not same(here, row.after):
            states[row.id] = (FieldState.KEPT, here)
        else:
            back.append(row)
    if back:
        wanted = _wanted(back, now, lambda row: goals.get(row.field, row.before))
        KINDS[publication.kind].write(context, publication.target, wanted, lambda _written, _refused: None)
        _changed(context, publication)
        states |= _read_back(context, publication, back, goals)
    rest = [row for row in ledger.fields_of(context.deps, publication.id) if row.state in ledger.GOVERNING]
    is_whole = {row.id for row in rest} <= set(states)
    ledger.mark(context.deps, states, publication.id, PublicationState.UNDONE if is_whole else PublicationState.LIVE)
    return states


def _read_back(
    context: Context, publication: Publication, rows: list[PublicationField], goals: Mapping[str, Value]
) -> dict[str, tuple[FieldState, Value]]:
    """A field that does not show what we put there is told as it is."""
    now = KINDS[publication.kind].live(context.store, publication.target, rows)
    is_back = {row.field: same(now[row.field], goals.get(row.field, row.before)) for row in rows}
    return {row.id: (FieldState.UNDONE if is_back[row.field] else FieldState.DRIFTED, now[row.field]) for row in rows}


@_patient
def restore_fields(context: Context, _step: RestoreFields) -> Result:
    """Write the approved values of the chosen fields again, over whatever is there now: that is what was asked."""
    publication, rows = asked_for(context)
    if publication.state != PublicationState.LIVE.value:
        return Skipped("A newer publication governs this now; nothing was restored.", workspace_of(context))
    kind = KINDS[publication.kind]
    rows = [row for row in rows if row.state in ledger.GOVERNING]
    wanted = _wanted(rows, kind.live(context.store, publication.target, rows), lambda row: row.after)
    _write(context, publication, wanted)
    _changed(context, publication)
    governed = [row for row in ledger.fields_of(context.deps, publication.id) if row.state in ledger.WRITABLE]
    after = ledger.confirm(context.deps, publication.id, kind.live(context.store, publication.target, governed))
    words = "Everything already shows the approved values."
    if wanted:
        words = f"Restored: {listed([one.title for one in wanted])}."
    still = [row.title for row in after if row.state == FieldState.DRIFTED.value]
    if still:
        words += f" Still different: {listed(still)}."
    return Done(words, workspace_of(context) | published_facts(publication, "Restored"))


# --- the clock -------------------------------------------------------------------------------------------------------


def plan_times(context: Context, publication: Publication) -> None:
    """Timers for the day it begins, where that is to come, and for the moment it ends."""
    with unit_of_work(context.deps.database) as uow:
        for name, due in (("start", publication.valid_from), ("end", publication.valid_to)):
            if due is not None and due > utc_now():
                timers.set(uow.session, context.store_id, publication.object_type, publication.object_id,
                           f"publication:{publication.id}:{name}", due,
                           {"publication": name, "publication_id": publication.id})  # fmt: skip


@_patient
def publish_due(context: Context, _step: PublishDue) -> Result:
    """Its day has come: what was planned when it was approved goes out, except what people changed since."""
    publication, _rows = asked_for(context)
    if publication.state not in OPEN:
        return Skipped(f"Version {publication.version} does not wait to be published any more.", workspace_of(context))
    if publication.valid_to is not None and publication.valid_to <= utc_now():
        ledger.set_state(context.deps, publication.id, PublicationState.UNDONE)
        return Skipped(f"Version {publication.version} had ended before it could begin.", workspace_of(context))
    bring(context, publication)
    return published(context, again(context, publication))


@_patient
def end_publication(context: Context, _step: EndPublication) -> Result:
    """Its last day is over: what was there before is put back, unless that has ended as well by now."""
    publication, rows = asked_for(context)
    if publication.state not in (PublicationState.LIVE.value, *OPEN):
        return Skipped(f"Version {publication.version} does not govern anything any more.", workspace_of(context))
    rows = [row for row in rows if row.state in GIVEN]
    states = undo(context, publication, rows, _still_valid(context, publication, rows))
    kept = [row.title for row in rows if states[row.id][0] is FieldState.KEPT]
    words = f"Version {publication.version} has ended; what was there before is back."
    if kept:
        words += f" Left as it is, because somebody changed it since: {listed(kept)}."
    return Done(words, workspace_of(context) | published_facts(publication, "Ended"), {"kept": kept[:TITLES_SHOWN]})


def _still_valid(context: Context, publication: Publication, rows: list[PublicationField]) -> dict[str, Value]:
    """By field, the before-image behind all earlier publications that have ended or were undone themselves."""
    goals = {row.field: row.before for row in rows}
    with reading(context.deps.database) as session:
        for one in ledger.on_target(session, publication):
            over = one.state == PublicationState.UNDONE.value or (one.valid_to and one.valid_to <= utc_now())
            for row in ledger.fields_in(session, one.id) if over else ():
                if row.field in goals and same(goals[row.field], row.after):
                    goals[row.field] = row.before
    return goals
