"""The set-up, from install to the first document: what was entered so far, tried part by part, and the first order.

Everything is kept as soon as it was entered, so that the set-up can be left at any point and taken up by somebody else.
A secret is kept for what it was entered for, and used for nothing else (see connections).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

from app.db.links import SubjectSnapshot
from app.db.session import reading, unit_of_work
from app.db.setup_drafts import SetupDraft
from app.db.types import utc_now
from app.domain.events import Event, Source, Topic
from app.domain.ids import ObjectType, StoreId
from app.domain.scenario import Mode
from app.engine import preferences
from app.engine.deps import Deps
from app.engine.inbox import NewEvent
from app.engine.operator_secrets import BOUND, for_values
from app.opentext.check import CheckStep
from app.scenarios.records import RECORD_ON_REQUEST

LOOKED_BACK = tuple(timedelta(hours=hours) for hours in (1, 24, 24 * 7, 24 * 30, 24 * 90))
REQUEST = "first_document"


def place(store_id: str) -> str:
    """Where a draft's secrets belong (the vault's associated data)."""
    return f"setup_draft:secrets:{store_id}"


def keep(deps: Deps, store_id: StoreId, values: Mapping[str, str], typed: Mapping[str, str]) -> None:
    """Keep fields and secrets just entered beside what was entered before; an empty secret leaves the one there is."""
    with unit_of_work(deps.database) as uow:
        draft = uow.session.get(SetupDraft, store_id, with_for_update=True) or SetupDraft(store_id=store_id)
        draft.values, draft.changed_at = draft.values | dict(values), utc_now()
        fresh = {name: {"value": text, "for": _for(name, draft.values)} for name, text in typed.items() if text}
        if fresh:
            secrets = _opened(deps, draft) | fresh
            draft.secrets = deps.vault.encrypt(json.dumps(secrets).encode(), place(store_id))
        uow.session.add(draft)


def note_checks(deps: Deps, store_id: StoreId, part: str, steps: Sequence[CheckStep]) -> None:
    """What a test of one part found, with its time."""
    with unit_of_work(deps.database) as uow:
        draft = uow.session.get(SetupDraft, store_id, with_for_update=True) or SetupDraft(store_id=store_id)
        found = {"at": utc_now().isoformat(), "steps": [asdict(step) for step in steps]}
        draft.checks = draft.checks | {part: found}
        uow.session.add(draft)


def checks(draft: SetupDraft | None, part: str) -> tuple[datetime | None, list[CheckStep]]:
    """When a part was tried last, and what came of it; None where it never was."""
    found = (draft.checks if draft else {}).get(part)
    if not found:
        return None, []
    return datetime.fromisoformat(found["at"]), [CheckStep(**one) for one in found["steps"]]


def secrets_for(deps: Deps, store_id: StoreId, values: Mapping[str, str]) -> dict[str, str]:
    """The secrets that were entered for just these addresses and clients, else the operator's for them."""
    with reading(deps.database) as session:
        draft = session.get(SetupDraft, store_id)
    kept = _opened(deps, draft) if draft else {}
    own = {name: one["value"] for name, one in kept.items() if one["for"] == _for(name, values)}
    return for_values(deps.settings.opentext, dict(values)) | own


def finish(deps: Deps, store_id: StoreId) -> None:
    """OpenText is connected: what was entered lies there now, so the copy goes; tests and the first order stay."""
    with unit_of_work(deps.database) as uow:
        draft = uow.session.get(SetupDraft, store_id, with_for_update=True)
        if draft is not None:
            draft.values, draft.secrets = {}, None


def _for(name: str, values: Mapping[str, str]) -> list[str]:
    return [values.get(one, "") for one in BOUND[name]]


def _opened(deps: Deps, draft: SetupDraft) -> dict[str, Any]:
    if draft.secrets is None:
        return {}
    return cast(dict[str, Any], json.loads(deps.vault.decrypt(draft.secrets, place(draft.store_id))))


# --- the first document ---


def ask(deps: Deps, store_id: StoreId, order_id: str) -> None:
    """Somebody pressed the button; `order_id` empty: the newest there is. The worker looks, see `begin`."""
    with unit_of_work(deps.database) as uow:
        draft = uow.session.get(SetupDraft, store_id, with_for_update=True) or SetupDraft(store_id=store_id)
        draft.first_order, draft.first_state = order_id, "asked"
        uow.session.add(draft)


def begin(deps: Deps, event: Event) -> str:
    """Find the order and ask for its record, which is the first document; says how it ended, for the event's row."""
    with reading(deps.database) as session:
        chosen = preferences.load(session, event.store_id, RECORD_ON_REQUEST)
    if chosen.mode is Mode.OFF:
        return _note(deps, event.store_id, "", "switched_off")
    order_id = event.detail.get("order", "") or _newest(deps, event.store_id)
    if not order_id:
        return _note(deps, event.store_id, "", "no_orders")
    detail = {"request": "file_record", "user": event.detail.get("user", "somebody")}
    deps.intake.accept(
        NewEvent(event.store_id, Source.PERSON, f"{REQUEST}:{event.id}", Topic.REQUESTED, ObjectType.ORDER.value,
                 order_id, detail)
    )  # fmt: skip
    return _note(deps, event.store_id, order_id, "chosen")


def _newest(deps: Deps, store_id: StoreId) -> str:
    """The newest order of the last 90 days, looked for further and further back; empty: there is none."""
    now, read = utc_now(), deps.store(store_id).read
    for distance in LOOKED_BACK:
        found = ""
        for order_id, _version in read.orders_placed(now - distance, now):
            found = str(order_id)  # oldest first
        if found:
            return found
    return ""


def _note(deps: Deps, store_id: StoreId, order_id: str, state: str) -> str:
    with unit_of_work(deps.database) as uow:
        draft = uow.session.get(SetupDraft, store_id, with_for_update=True) or SetupDraft(store_id=store_id)
        draft.first_order, draft.first_state = order_id, state
        uow.session.add(draft)
    return f"first_document_{state}"


def is_gone(deps: Deps, store_id: StoreId, order_id: str) -> bool:
    """Whether the store said that it has no such order."""
    with reading(deps.database) as session:
        row = session.get(SubjectSnapshot, (store_id, ObjectType.ORDER.value, order_id))
    return bool(row and row.is_gone)
