"""How far the set-up is: four steps from install to the first document, judged by what is there."""

from dataclasses import dataclass

from app.db.activity import StoreState
from app.db.setup_drafts import Standing
from app.engine import first_setup
from app.engine.connections import is_usable
from app.web.language import _

PARTS = ("store", "content", "workflow", "document")


@dataclass(frozen=True)
class SetupStep:
    """One step. `status`: done, next or later."""

    part: str
    title: str
    text: str
    status: str


def steps(store: StoreState, standing: Standing) -> tuple[SetupStep, ...]:
    """The first step that is not done is the next."""
    is_tried = is_usable(first_setup.checks(standing.draft, "content")[1])
    done = {
        "store": store.setup_state == "done",
        "content": standing.is_connected or is_tried,
        "workflow": standing.is_connected,
        "document": standing.has_document,
    }
    following = next((part for part in PARTS if not done[part]), "")
    words = _words(store, standing)
    return tuple(
        SetupStep(part, *words[part], "done" if done[part] else "next" if part == following else "later")
        for part in PARTS
    )


def next_part(found: tuple[SetupStep, ...]) -> str:
    """Where somebody goes on who opens the set-up."""
    return next((one.part for one in found if one.status != "done"), "document")


def _words(store: StoreState, standing: Standing) -> dict[str, tuple[str, str]]:
    deployed = _("Decisions are made there; its models are deployed by themselves.")
    if standing.is_connected and not standing.has_models:
        deployed = _("Connected. The workflow models are being deployed.")
    return {
        "store": (_("Your store"), _registered(store)),
        "content": (_("Content Server"), _("Where workspaces, documents and records live.")),
        "workflow": (_("Workflow and letters"), deployed),
        "document": (_("The first document"), _("The record of one of your orders, in its workspace.")),
    }


def _registered(store: StoreState) -> str:
    if store.setup_state == "failed":
        return _("This did not work yet. We try again by ourselves; you can also start it now.")
    if store.setup_state == "done":
        return _("Your store tells us about orders and products, and has the ECM item in its menus.")
    return _("Under way; this takes a few seconds.")
