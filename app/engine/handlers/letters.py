"""Steps around letters: whether there is one to write, and telling others that its occasion has come."""

from app.domain.events import Source, Topic
from app.domain.steps import Announce, ConsiderLetter
from app.engine.handlers.cases import overtaken
from app.engine.inbox import NewEvent
from app.engine.letters import RULES, Nothing
from app.engine.runs import Branch, Context, Done, Result, Skipped


def consider_letter(context: Context, step: ConsiderLetter) -> Result:
    """Reads only: asked again, it looks again."""
    found = RULES[step.rule](context)
    if isinstance(found, Nothing):
        return Skipped(found.why)
    (letter,) = step.outcomes
    return Branch(found.why, letter.value, letter.steps, dict(found.facts))


def announce(context: Context, step: Announce) -> Result:
    """One event for this run; told twice it is one. Nobody is told of a decision that changed nothing."""
    if overtaken(context) or context.facts.get("overruled"):
        return Skipped("The decision changed nothing, so nobody is told of it.")
    tell(context, step.what)
    return Done("The buyer is told about it, if your settings say so.")


def tell(context: Context, what: str) -> None:
    context.effects.still_mine()
    context.deps.intake.accept(
        NewEvent(
            context.store_id, Source.RECONCILE, f"announced:{context.run_id}:{what}", Topic.ANNOUNCED,
            context.subject_type.value, context.subject_id,
            {"announced": what, "run": context.run_id, "occasion": f"{what}:{context.run_id}"},
            correlation_id=context.correlation_id,
        )
    )  # fmt: skip
