"""Categories: their definitions cannot be made by REST, only looked at through a form."""

from collections.abc import Iterator

from app.opentext.content_server.nodes import CATEGORY, CATEGORY_FOLDER, plain
from app.opentext.provisioning import payloads
from app.opentext.provisioning.blueprint import Attribute, Category
from app.opentext.provisioning.survey import (
    CATEGORIES,
    ENTERPRISE,
    Finding,
    Site,
    chosen_is_gone,
    different,
    missing,
    present,
)

PART = "Categories"


def categories(site: Site) -> Iterator[Finding]:
    """Every category with its attributes by name; kind, length and values as far as the form tells them."""
    found = site.below(site.volume(CATEGORIES), frozenset({CATEGORY}), frozenset({CATEGORY_FOLDER}))
    somewhere = site.volume(ENTERPRISE)
    for wanted in site.blueprint.categories:
        node = found.get(plain(site.called("category", wanted.name)))
        if node is None:
            yield chosen_is_gone(site, PART, "category", wanted.name) or missing(
                PART, wanted.name, f"In the Categories volume: add {_described(wanted)}."
            )
            continue
        query = {"id": somewhere, "category_id": node.id}
        form = site.server.get(payloads.CategoryForm, "v1", "forms", "nodes", "categories", "create", query=query)
        has = {plain(title): each for title, each in form.fields().items()}
        wrong = [text for each in wanted.attributes if (text := _wrong(each, has.get(plain(each.name))))]
        if wrong:
            by_hand = f"Edit the category “{wanted.name}” in the Categories volume, then upgrade items that have it."
            yield different(PART, wanted.name, f"{'; '.join(wrong)}.", by_hand)
        else:
            yield present(
                PART, wanted.name, f"{len(wanted.attributes)} attributes. {site.words('category', wanted.name)}".strip()
            )


def _wrong(wanted: Attribute, found: payloads.FormField | None) -> str:
    if found is None:
        return f"no attribute “{wanted.name}” ({_kind(wanted)})"
    if wanted.length is not None and found.longest is not None and found.longest < wanted.length:
        return f"“{wanted.name}” takes {found.longest} characters, {wanted.length} are needed"
    if wanted.several and found.type not in ("", "array"):
        return f"“{wanted.name}” must take several values"
    lacks = [value for value in wanted.values if found.values is not None and value not in found.values]
    return f"“{wanted.name}” lacks the values {', '.join(lacks)}" if lacks else ""


def _described(category: Category) -> str:
    return f"“{category.name}” with {', '.join(f'{each.name} ({_kind(each)})' for each in category.attributes)}"


def _kind(attribute: Attribute) -> str:
    words: list[str] = [attribute.type]
    if attribute.length is not None:
        words.append(str(attribute.length))
    if attribute.several:
        words.append("several values")
    if attribute.required:
        words.append("required")
    if attribute.values:
        words.append(f"one of {', '.join(attribute.values)}")
    if attribute.attributes:
        words.append(f"of {', '.join(f'{each.name} ({_kind(each)})' for each in attribute.attributes)}")
    return " ".join(words)
