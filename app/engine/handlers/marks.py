"""Steps that leave small facts in the store and say things in the panel."""

from app.domain.steps import MarkInStore, Notice
from app.engine.handlers.filing import folder_in_words
from app.engine.runs import Context, Done, Result
from app.language import notes


def mark_in_store(context: Context, step: MarkInStore) -> Result:
    """Absolute values: the last word counts, a repetition changes nothing. What is a state and no sentence stays so."""
    texts = {name: value for name, value in context.facts.items() if isinstance(value, str)}
    values = {name: notes.filled(value, texts, context.words) for name, value in step.values}
    context.effects.still_mine()
    context.store.publish.link(context.subject_type, context.subject_id, values)
    told = ", ".join(f"{name.replace('_', ' ')}: {value or 'none'}" for name, value in values.items())
    return Done(f"Your store now says {told}.")


def notice(context: Context, step: Notice) -> Result:
    return Done(folder_in_words(step.text, context.facts))
