"""Steps that write to the store."""

from typing import Any

from sqlmodel import Session

from app.db.session import unit_of_work
from app.db.stores import OpenTextConnection, StoreRow
from app.db.session import reading
from app.domain.commerce import Order, StoreProfile
from app.domain.ids import OrderId
from app.domain.steps import LinkInStore, SetOrderStatus, SetUpStore
from app.engine import models
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import AppError, Permanent


def set_order_status(context: Context, step: SetOrderStatus) -> Result:
    """Move the order if it stands where the step expects it; a person's change since is left alone and said."""
    order = context.subject
    assert isinstance(order, Order)  # noqa: S101  # the catalogue's own test proves the pairing
    if order.status is not step.status and order.status not in step.only_from:
        return Skipped(f"The order is now “{order.status_label}”; it was left as it is.")
    publish, note = context.store.publish, note_text(step.note, context)
    if note:
        context.effects.once(
            context.key(f"note:{step.status}:{context.step_id}"), lambda: _append(context, order.id, note)
        )
    if order.status is step.status:
        return Done(f"The order already stands at “{order.status_label}”.", {"order_status": step.status.value})
    context.effects.still_mine()
    publish.set_order_status(order.id, step.status)
    after = context.store.read.order(order.id)
    if after.status is not step.status:
        raise Permanent(
            f"The store did not take over the status; the order still stands at “{after.status_label}”.",
            code="status_not_taken", hint="Check the order in the store, then try again.",
        )  # fmt: skip
    return Done(f"Order moved from “{order.status_label}” to “{after.status_label}”.", {"order_status": after.status.value})


def _append(context: Context, order_id: OrderId, note: str) -> dict[str, Any]:
    context.store.publish.append_staff_note(order_id, note)
    return {"characters": len(note)}


def note_text(template: str, context: Context) -> str:
    """A staff note in plain words, marked as ours. Placeholders: {reasons} {decided_by} {comment}."""
    if not template:
        return ""
    decision = context.facts.get("decision", {})
    comment = " ".join(str(decision.get("comment", "")).split())[:500]
    values = {
        "reasons": "; ".join(context.reasons),
        "decided_by": decision.get("by") or "the workflow",
        "comment": f" “{comment}”" if comment else "",
    }
    return f"[ECM] {template.format_map(values)}"


def link_in_store(context: Context, step: LinkInStore) -> Result:
    """Leave the workspace's address on the object, for people and other tools; ours is the link row."""
    values = {"workspace_id": str(context.facts["workspace_id"]), "workspace_url": context.facts["workspace_url"]}
    context.effects.still_mine()
    context.store.publish.link(step.object_type, context.subject_id, values)
    return Done("The workspace's address was left on the object in the store.")


def set_up_store(context: Context, _step: SetUpStore) -> Result:
    """Profile, webhooks, panels; workflow models where OpenText is connected. Each part reported, none hides another."""
    profile = context.subject
    assert isinstance(profile, StoreProfile)  # noqa: S101
    settings = context.deps.settings
    context.effects.still_mine()
    report = {"profile": "read"}
    hooks = context.store.setup.ensure_webhooks(
        f"{settings.public_url}/webhooks/{context.provider}", hook_headers(context)
    )
    report |= {f"webhook {topic}": done for topic, done in hooks.items()}
    report |= {f"panel {model}": done for model, done in context.store.setup.ensure_panels().items()}
    report |= _deploy_models(context)
    with unit_of_work(context.deps.database) as uow:
        _save_profile(uow.session, context.store_id, profile, report)
    return Done(f"{len(hooks)} webhooks and the panels are in place.", result=report)


def hook_headers(context: Context) -> dict[str, str]:
    """The second factor of a delivery: a header only we could have asked for."""
    return context.deps.door(context.provider).hook_headers(context.external_store)


def _deploy_models(context: Context) -> dict[str, str]:
    with reading(context.deps.database) as session:
        if session.get(OpenTextConnection, context.store_id) is None:
            return {"workflow models": "waiting for the OpenText connection"}
    try:
        return models.ensure_deployed(context.deps, context.store_id)
    except AppError as error:
        return {"workflow models": f"failed: {error.message}"}


def _save_profile(session: Session, store_id: str, profile: StoreProfile, report: dict[str, str]) -> None:
    row = session.get_one(StoreRow, store_id)
    row.name, row.admin_url, row.storefront_url = profile.name, profile.admin_url, profile.storefront_url
    row.currency, row.timezone = profile.currency, profile.timezone
    row.setup_state, row.setup_report = "done", report
    session.add(row)


