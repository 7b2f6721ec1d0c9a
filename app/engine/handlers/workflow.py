"""Steps that start a workflow and wait for what people decide there."""

from datetime import datetime
from typing import Any

from app.db.links import WorkflowLink
from app.db.session import reading, unit_of_work
from app.db.types import utc_now
from app.domain.content import Decision, Task
from app.domain.steps import AwaitDecision, Outcome, StartWorkflow
from app.engine import subjects
from app.engine.handlers import workflow_variables
from app.engine.runs import Branch, Context, Done, Result, Wait
from app.engine.vault import sha256_hex
from app.engine.workflow_list import task_row
from app.errors import Permanent, Retryable

SECRET = ("callback_token",)
SOON = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0)  # after a hint: history may lag, look again soon


def start_workflow(context: Context, step: StartWorkflow) -> Result:
    """Start once: the business key is looked up (running, then history) before a start."""
    business_key = _business_key(context, step.process)
    context.effects.still_mine()
    variables, case_token = workflow_variables.variables(context, step.process)
    name = f"{subject_title(context)} · {workflow_variables.process(step.process).title}"
    instance = context.opentext.workflows.start(step.process, business_key, name, variables, secret=SECRET)
    with unit_of_work(context.deps.database) as uow:
        link = uow.session.get(WorkflowLink, context.run_id) or WorkflowLink(
            run_id=context.run_id, store_id=context.store_id, process=step.process, business_key=business_key,
            instance_id=instance.id,
        )  # fmt: skip
        link.instance_id, link.case_token_sha256 = instance.id, sha256_hex(case_token)
        link.started_at, link.seen_at = instance.started_at or utc_now(), utc_now()
        uow.session.add(link)
    title = workflow_variables.process(step.process).title
    started = {"instance_id": instance.id}
    return Done(f"The {title} workflow was started in OpenText.", started, started)


def _business_key(context: Context, process: str) -> str:
    """One for each occasion: a second run of a process on the same object is a new instance, a repetition is not."""
    about = f"{context.external_store}:{context.subject_type}:{context.subject_id}"
    attempt = sha256_hex(f"{context.scenario.slug}:{context.occasion}")[:16]
    return f"{context.provider}:{about}:{process}:{attempt}"


def subject_title(context: Context) -> str:
    return subjects.name(context.subject)


def await_decision(context: Context, step: AwaitDecision) -> Result:
    """Read the history: ended → the outcome's steps; not ended → look again later, or soon after a hint."""
    link = _link(context)
    try:
        decision = context.opentext.workflows.decision(instance_id=link.instance_id)
    except Retryable as error:
        if error.specific_code != "history_lag":
            raise
        return _look_again(context, link, "The workflow has ended; its history is being written.")
    if decision is None:
        _note_progress(context, context.opentext.workflows.tasks(link.business_key))
        return _look_again(context, link, _waiting_words(context))
    outcome = next((one for one in step.outcomes if one.value == decision.outcome), None)
    if outcome is None:
        raise Permanent(
            f"The workflow ended with “{decision.outcome or 'nothing'}”, which is no outcome of this workflow.",
            code="unknown_outcome_value",
            hint="Check the workflow model, do by hand what was decided, then skip this step.",
        )  # fmt: skip
    return _decided(context, link, decision, outcome, workflow_variables.results(step.process, decision.values))


def _link(context: Context) -> WorkflowLink:
    with reading(context.deps.database) as session:
        return session.get_one(WorkflowLink, context.run_id)


def _look_again(context: Context, link: WorkflowLink, words: str) -> Wait:
    looks = int(context.step_result.get("looks_after_hint", 0))
    normal = context.deps.settings.periods.decision_poll.total_seconds()
    if not link.hinted_outcome:
        return Wait(words, normal)
    soon = SOON[looks] if looks < len(SOON) else normal
    return Wait(words, min(soon, normal), {"looks_after_hint": looks + 1})


def _note_progress(context: Context, tasks: list[Task]) -> None:
    with unit_of_work(context.deps.database) as uow:
        link = uow.session.get_one(WorkflowLink, context.run_id)
        link.tasks = [task_row(task, link.business_key) for task in tasks]
        link.status, link.seen_at = "running", utc_now()
        context.facts["open_tasks"] = link.tasks


def _waiting_words(context: Context) -> str:
    tasks = context.facts.get("open_tasks") or []
    if not tasks:
        return "Waiting for the decision in OpenText."
    task = tasks[0]
    who = task["assignee"] or " or ".join(task["candidates"]) or "somebody"
    return f"Waiting for {who}: {task['name']}."


def _decided(
    context: Context, link: WorkflowLink, decision: Decision, outcome: Outcome, values: dict[str, str]
) -> Branch:
    found_by = "callback" if link.hinted_outcome else "polling"
    facts = {
        "value": outcome.value, "title": outcome.title, "by": decision.by, "at": _iso(decision.at),
        "comment": decision.comment, "found_by": found_by, "trail": [_trail(entry) for entry in decision.trail],
        "values": values,
    }  # fmt: skip
    with unit_of_work(context.deps.database) as uow:
        row = uow.session.get_one(WorkflowLink, context.run_id)
        row.status, row.tasks, row.outcome = "completed", [], outcome.value
        row.decided_by, row.decided_at, row.comment = decision.by, decision.at, decision.comment
        row.found_by, row.seen_at = found_by, utc_now()
    who = decision.by or "the deadline"
    return Branch(f"{outcome.title} by {who}.", outcome.value, outcome.steps, {"decision": facts})


def _trail(entry: Any) -> dict[str, Any]:
    return {"task": entry.task, "who": entry.who, "outcome": entry.outcome, "comment": entry.comment,
            "started_at": _iso(entry.started_at), "ended_at": _iso(entry.ended_at)}  # fmt: skip


def _iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
