"""Deciding from the panel in words: what may be pressed, what was typed, and how a refusal is told to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db.types import new_id
from app.engine.deciding.tasks import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    Act,
    DecidedAlready,
    Held,
    Incomplete,
    Option,
    Taken,
    Wish,
)
from app.engine.rights import NoAccess, OpenTextSilent
from app.engine.sessions import Merchant
from app.errors import AppError, Conflict, NeedsReauth, Permanent, Retryable
from app.opentext.people import SignedOut
from app.opentext.workflow_service.mapping import SERVICE
from app.web import asking, display, language, sentences, texts
from app.web.language import _, ngettext
from app.web.panel.access import refusal
from app.web.texts import N_

# What the models we ship call their outcomes; a label nobody knows is shown as its model has it.
LABELS = (
    N_("Approve"), N_("Reject"), N_("Ask for information"), N_("Ask for changes"), N_("Approve as requested"),
    N_("Approve another discount"), N_("Refund"), N_("Exchange"), N_("Repair"), N_("Replace"), N_("Explain"),
    N_("Approve the refund"), N_("Wait"), N_("Substitute"), N_("Ship in parts"), N_("Cancel"), N_("Ask the customer"),
    N_("Documents complete"), N_("Ask for documents"), N_("Grant credit"), N_("Prepayment only"), N_("Complete"),
    N_("Send back"), N_("Waive"), N_("Close as incomplete"),
)  # fmt: skip
ACTS = {
    Act.CLAIM: N_("Take this task"), Act.RELEASE: N_("Give it back to the group"), Act.COMMENT: N_("Only comment"),
    Act.DELEGATE: N_("Hand it over"), Act.RETURN: N_("Give it back to its owner"),
}  # fmt: skip
DONE = {
    Act.CLAIM: N_("The task is yours now."), Act.RELEASE: N_("The task is open to its group again."),
    Act.DECIDE: N_("Your decision is in OpenText."), Act.COMMENT: N_("Your comment is in OpenText."),
    Act.DELEGATE: N_("The task was handed over."), Act.RETURN: N_("The task is with its owner again."),
}  # fmt: skip
ASKED = "asked"  # what a decision that asks back leaves in the next page's address
NAMED = 2  # of those who may take a task so many are named in a line
FIELDS = {
    "outcome": N_("Choose one of the buttons."),
    "comment": N_("Say what you ask for or want to tell; people in OpenText read it."),
    "to": N_("OpenText knows nobody of this name. Type the sign-in name of a person there."),
}


@dataclass(frozen=True)
class Typed:
    """What somebody typed; kept whatever happens, and with it the form's own key."""

    comment: str = ""
    to: str = ""
    click: str = ""
    asked: str = ""  # whose mail address


@dataclass(frozen=True)
class Refusal:
    """`field` names what has to be typed; `is_over`: nothing is left to decide here."""

    sentence: str
    status: int
    field: str = ""
    needs_sign_in: bool = False
    is_over: bool = False


def typed_in(form: Mapping[str, str]) -> Typed:
    click = form.get("click", "")
    return Typed(
        display.clean(form.get("comment", ""), LONGEST_COMMENT + 1).strip(),
        " ".join(display.clean(form.get("to", ""), LONGEST_NAME).split()),
        click if asking.CLICK.fullmatch(click) else new_id(),
    )


def wish(form: Mapping[str, str], who: Merchant) -> Wish:
    """The pressed button (`press`: an act's name, or `decide:` and an outcome) with what was typed.

    Raises Incomplete: no such button, or a comment that is too long.
    """
    typed = typed_in(form)
    name, _colon, outcome = form.get("press", "").partition(":")
    if name not in set(Act) or len(outcome) > LONGEST_NAME:
        raise Incomplete("outcome")
    if len(typed.comment) > LONGEST_COMMENT:
        raise Incomplete("longest")
    return Wish(Act(name), f"{who.session_id}:{typed.click}", display.clean(outcome), typed.comment, typed.to)


def label(option: Option) -> str:
    return _(option.label) if option.label else _("Done")


def tone(option: Option) -> str:
    """Of an option's button: primary for what lets it go on, critical for what ends it, else plain."""
    if option.rejects:
        return "danger"
    return "primary" if option.value.casefold().startswith(("approve", "complete", "sendon")) else ""


def act_words(act: Act) -> str:
    return _(ACTS[act])


def done_words(act: Act) -> str:
    return _(DONE[act])


def ended_as(wish: Wish) -> str:
    """What the next page's address says was done, for `done`."""
    asks = wish.act is Act.DECIDE and Option(wish.outcome, "").asks_back
    return ASKED if asks else wish.act.value


def done(told: str) -> str:
    """The same in words; nothing for what no press of ours leaves there."""
    if told == ASKED:
        return _("Your question is in OpenText. The decision goes on waiting for the answer.")
    return done_words(Act(told)) if told in set(Act) else ""


def who_must_act(assignee: str, candidates: tuple[str, ...]) -> str:
    """Our own service client is no name for people."""
    if assignee.endswith(SERVICE):
        return _("somebody in the store")
    return assignee or _(" or ").join(candidates) or _("somebody")


def holder(task: Held) -> str:
    return who_must_act(task.assignee, task.candidates)


def waits_for(task: Held) -> str:
    """The same within a line of a list: of many only the first."""
    some, more = task.candidates[:NAMED], len(task.candidates) - NAMED
    if task.assignee or more < 2:
        return _("for %(who)s", who=holder(task))
    names = _(" or ").join(some)
    return ngettext("for %(names)s or %(n)s other", "for %(names)s or %(n)s others", more, names=names)


def due(task: Held) -> datetime | None:
    return language.parse_moment(task.due_at)


def refused(error: AppError) -> Refusal:
    """A refusal as a sentence: what happened, what it means for the decision, what to do next."""
    if isinstance(error, DecidedAlready):
        return Refusal(_decided(error), 409, is_over=True)
    if isinstance(error, Taken):
        who = who_must_act(error.by, ()) if error.by else _("Somebody else")
        return Refusal(_("%(who)s has taken this task. Nothing was decided by you.", who=who), 409)
    if isinstance(error, Incomplete):
        return _incomplete(error)
    if isinstance(error, NoAccess):
        return Refusal(f"{_('OpenText does not let you decide this.')} {refusal(error.contact)}", 403)
    if isinstance(error, SignedOut):
        words = _(
            "Nothing was decided: your sign-in to OpenText has ended. Sign in again, then press the button once more."
        )
        return Refusal(words, 409, needs_sign_in=True)
    return _not_now(error)


def _decided(error: DecidedAlready) -> str:
    if not error.by:
        return _("This task is not open any more, so nothing was decided by you. Check the page for how it ended.")
    how = texts.state_of(texts.OUTCOMES, error.outcome).word if error.outcome else _("done")
    when = language.moment(error.at) if error.at else ""
    return _(
        "%(who)s was first: %(how)s, %(when)s. Nothing was decided by you.", who=error.by, how=how, when=when
    )  # fmt: skip


def _incomplete(error: Incomplete) -> Refusal:
    if error.field == "longest":
        return Refusal(_("Use at most %(n)s characters.", n=LONGEST_COMMENT), 422, "comment")
    return Refusal(_(FIELDS[error.field]), 422, error.field)


def _not_now(error: AppError) -> Refusal:
    if isinstance(error, Conflict):
        return Refusal(_("This is being done right now. Look at the page again in a moment."), 409)
    if isinstance(error, Retryable) and error.unknown_outcome:
        words = _(
            "OpenText broke off, so nobody knows whether it was done. Press the same button again: we look first."
        )
        return Refusal(words, 503)
    if isinstance(error, (OpenTextSilent, Retryable)):
        words = _("OpenText is not answering. Nothing was decided and nothing waits to be: a decision has to hold at "
                  "once. What you typed is still here; press the button again in a moment.")  # fmt: skip
        return Refusal(words, 503)
    if isinstance(error, NeedsReauth):
        words = _("Nothing was decided: the store’s connection to OpenText has to be renewed under Settings.")
        return Refusal(words, 503)
    said = display.short(str(error.context.get("said", "")), 300) if isinstance(error, Permanent) else ""
    return Refusal(_("OpenText refused this: %(said)s", said=said or sentences.said(error.message)), 422)
