"""Steps that take products off sale and let them back."""

from app.domain.cases import Case
from app.domain.commerce import Product
from app.domain.ids import ObjectType, ProductId
from app.domain.steps import SetVisibility
from app.engine import visibility
from app.engine.handlers.filing import folder_in_words
from app.engine.runs import Context, Done, Result, Skipped
from app.errors import NotFound
from app.language import notes

EVERY = "*"


def set_visibility(context: Context, step: SetVisibility) -> Result:
    """Each product by itself: what the store no longer has is told and left."""
    if step.only_if and not getattr(context.preferences, step.only_if, False):
        return Skipped("Your settings leave the product as it is.")
    reason = folder_in_words(step.reason, context.facts | {"run": context.run_id, "subject": context.subject_id})
    products = _products(context, step, reason)
    if not products:
        return Skipped("There is no product to show or hide.")
    words = [_each(context, step, product_id, reason) for product_id in products]
    context.changed()
    facts = {"products_shown" if step.shown else "products_hidden": [str(one) for one in products]}
    if len(words) == 1:
        return Done(words[0], facts)
    return Done(f"{len(words)} products: {'; '.join(dict.fromkeys(words))}"[:1000], facts)


def _products(context: Context, step: SetVisibility, reason: str) -> list[ProductId]:
    if step.which == "subject" and context.subject_type is ObjectType.PRODUCT:
        return [ProductId(context.subject_id)]
    if step.shown:
        held = visibility.products_with(context.deps, context.store_id, reason)
        return [ProductId(one) for one in held]
    named = context.facts.get("recall_products") or []
    if isinstance(context.subject, Case):
        named = named or [item.product_id for item in context.subject.items if item.product_id]
    return [ProductId(one) for one in dict.fromkeys(named)]


def _each(context: Context, step: SetVisibility, product_id: ProductId, reason: str) -> str:
    context.effects.still_mine()
    try:
        if step.shown and reason == EVERY:
            return visibility.give_all_back(context.deps, context.store_id, product_id)
        if step.shown:
            return visibility.give_back(context.deps, context.store_id, product_id, reason)
        return _hide(context, step, product_id, reason)
    except NotFound:
        return "The store no longer has the product."


def _hide(context: Context, step: SetVisibility, product_id: ProductId, reason: str) -> str:
    message = notes.filled(step.message, {}, context.words) if step.message else ""
    is_new = visibility.take_off(context.deps, context.store_id, product_id, reason, context.run_id, message)
    name = context.subject.name if isinstance(context.subject, Product) else "The product"
    return f"{name} is hidden and off sale." if is_new else f"{name} stays hidden and off sale."
