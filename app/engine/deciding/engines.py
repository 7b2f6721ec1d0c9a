"""The two engines behind one face: the Workflow Service by its service client, Content Server as the person.

The Workflow Service has no sign-in of persons through us. A signed-in person is made the task's assignee by our
service client, which the engine refuses for whoever is no candidate, and the task is then completed in their name. By
map the client is the assignee itself and names the store's user in a variable and a comment.
Source: OpenText workflow reference, acting on tasks; Content Server Rest API 2.0.2, tasks.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from app.db.panel_facts import PanelRows
from app.domain.content import Task
from app.domain.rights import Mode, Sight
from app.engine import person_sign_in
from app.engine.deciding.tasks import Act, DecidedAlready, Held, Incomplete, Option, Taken, Wish
from app.engine.deps import Deps
from app.engine.rights import NoAccess
from app.engine.sessions import Merchant
from app.errors import AppError, NeedsReauth, NotFound, Permanent, Retryable
from app.opentext.content_server.workflows import ContentWorkflows
from app.opentext.people import SignedOut
from app.opentext.workflow_service.instances import WorkflowService
from app.opentext.workflow_service.mapping import SERVICE, named_by_us
from app.opentext.workflows import Engine

PATIENCE = 20.0  # seconds a person waits for what they pressed
SEND_ON = "SendOn"
STORE_USER = "{name} (store user)"


class Driver(Protocol):
    """One task in its engine. Raises what `doing.act` says."""

    def offered(self) -> Held: ...

    def do(self, wish: Wish) -> None: ...


def of(deps: Deps, who: Merchant, rows: PanelRows, found: Sight, task: Held) -> Driver:
    """Raises NeedsReauth (OpenText is not connected), SignedOut or NoAccess."""
    is_person = rows.rights.mode is Mode.PERSON
    if task.engine is Engine.CONTENT_SERVER:
        if not is_person:
            raise NoAccess(found.contact)
        content, _name = person_sign_in.content(deps, who, time.monotonic() + PATIENCE)
        return ContentTask(deps, who, content.workflows, found, task)
    service = deps.opentext(who.store_id).workflows
    if not is_person:
        label = STORE_USER.format(name=who.user_email or f"user {who.user_id}")
        return ServiceTask(service, found, task, service.own_name, label)
    login = person_sign_in.login(deps, who)
    if not login or login.endswith(SERVICE):
        raise SignedOut
    return ServiceTask(service, found, task, login, login)


class ServiceTask:
    """`me`: who becomes the assignee; `label`: who the decision is by, as people are told."""

    def __init__(self, service: WorkflowService, found: Sight, task: Held, me: str, label: str) -> None:
        self._service, self._found, self._task, self._me, self._label = service, found, task, me, label

    def offered(self) -> Held:
        return self._task

    def do(self, wish: Wish) -> None:
        with self._refusals():
            now = self._open(wish)
            if now is None:
                return
            if wish.act is Act.COMMENT:
                self._comment(wish.comment)
            elif wish.act is Act.RELEASE:
                self._mine(now)
                self._service.unclaim(self._task.id)
            elif wish.act is Act.RETURN:
                self._mine(now)
                self._service.resolve(self._task.id, self._me)
                self._comment(wish.comment)
            else:
                self._claim_and(now, wish)

    def _claim_and(self, now: Task, wish: Wish) -> None:
        if now.assignee and now.assignee != self._me:
            raise Taken(now.assignee)
        if not now.assignee:
            self._service.claim(self._task.id, self._me)
        if wish.act is Act.CLAIM:
            return
        try:
            if wish.act is Act.DELEGATE:
                self._lend(wish)
            else:
                self._complete(wish)
        except AppError:
            self._let_go(now)
            raise

    def _complete(self, wish: Wish) -> None:
        named = {"approver": self._label}
        if self._me.endswith(SERVICE):
            named[named_by_us(self._task.id)] = self._label
            self._comment(f"{wish.outcome}. {wish.comment}".strip())
        if wish.comment:
            named["decision_comment"] = wish.comment
        try:
            self._service.complete(self._task.id, wish.outcome, named)
        except Retryable as error:
            if not error.unknown_outcome or not self._is_done_by_me(wish):
                raise

    def _lend(self, wish: Wish) -> None:
        try:
            self._service.delegate(self._task.id, wish.to)
        except Permanent as error:
            if isinstance(error, NotFound) or error.context.get("status") == 400:
                self._service.task(self._task.id)  # it is the name that is not known, or else the task is gone
                raise Incomplete("to") from error
            raise
        self._comment(wish.comment)

    def _let_go(self, before: Task) -> None:
        """What only we claimed is everybody's again; where even that fails it stays claimed, which the panel shows."""
        if not before.assignee:
            with contextlib.suppress(AppError):
                self._service.unclaim(self._task.id)

    def _comment(self, text: str) -> None:
        if text:
            self._service.comment(self._task.instance_id, f"{self._label}: {text}")

    def _mine(self, now: Task) -> None:
        if now.assignee != self._me:
            raise Taken(now.assignee) if now.assignee else NoAccess(self._found.contact)

    def _open(self, wish: Wish) -> Task | None:
        """The task as it is now; None where this very wish was done before. Raises DecidedAlready."""
        try:
            return self._service.task(self._task.id)
        except NotFound:
            if wish.act is Act.DECIDE and self._is_done_by_me(wish):
                return None
            raise self._done_by_others() from None

    def _is_done_by_me(self, wish: Wish) -> bool:
        try:
            ended = self._service.finished_task(self._task.id)
        except AppError:
            return False
        return ended is not None and ended.who == self._label and ended.outcome in ("", wish.outcome)

    def _done_by_others(self) -> DecidedAlready:
        try:
            ended = self._service.finished_task(self._task.id)
        except AppError:
            ended = None
        return DecidedAlready(ended.who, ended.ended_at, ended.outcome) if ended else DecidedAlready()

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        """The engine's own answers as ours: gone meanwhile, claimed by others, not for this person."""
        try:
            yield
        except NotFound as error:
            raise self._done_by_others() from error
        except NeedsReauth as error:
            if error.specific_code == "missing_right":
                raise NoAccess(self._found.contact) from error
            raise
        except AppError as error:
            if error.specific_code == "claimed":
                raise Taken("") from error
            raise


class ContentTask:
    """A task of Content Server's own engine, under the person's own ticket."""

    def __init__(self, deps: Deps, who: Merchant, flows: ContentWorkflows, found: Sight, task: Held) -> None:
        self._deps, self._who, self._flows, self._found, self._task = deps, who, flows, found, task

    def offered(self) -> Held:
        with self._refusals():
            form = self._flows.open(self._task.id)
            options = [Option(one.key, one.label or one.key) for one in form.actions if one.is_disposition]
            if not options and any(one.key == SEND_ON for one in form.actions):
                options = [Option(SEND_ON, "")]
            return replace(self._task, options=tuple(options))

    def do(self, wish: Wish) -> None:
        with self._refusals():
            form = self._flows.open(self._task.id)
            if form.must_accept:
                self._flows.accept(self._task.id)
                form = self._flows.open(self._task.id)
            if wish.act is Act.DELEGATE:
                self._delegate(wish)
            elif wish.act is not Act.DECIDE:
                raise Incomplete("outcome")
            elif any(one.key == wish.outcome and one.is_disposition for one in form.actions):
                self._flows.decide(self._task.id, wish.outcome, wish.comment)
            elif wish.outcome == SEND_ON and any(one.key == SEND_ON for one in form.actions):
                self._flows.send_on(self._task.id, wish.comment)
            else:
                raise Incomplete("outcome")

    def _delegate(self, wish: Wish) -> None:
        member = self._deps.opentext(self._who.store_id).teams.find(wish.to)
        if member is None:
            raise Incomplete("to")
        self._flows.delegate(self._task.id, member.id, wish.comment)

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        """A task that is done, or somebody else's, looks the same to its engine; the workflow's state tells which."""
        try:
            yield
        except NotFound as error:
            if error.specific_code != "not_our_task":
                raise
            raise self._why() from error

    def _why(self) -> AppError:
        try:
            if any(one.id == self._task.id for one in self._flows.tasks(self._task.instance_id)):
                return NoAccess(self._found.contact)
            ended = self._flows.last_done(self._task.instance_id)
        except NotFound:
            return NoAccess(self._found.contact)
        return DecidedAlready(ended.who, ended.ended_at, ended.outcome) if ended else DecidedAlready()
