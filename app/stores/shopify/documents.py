"""Every GraphQL document we send to Shopify, by operation name; the fragments a document uses come with it.

They lie in `graphql/`, one file per area, so that one test can hold all of them against the published schema.
"""

import re
from functools import cache
from importlib.resources import files

_DEFINITION = re.compile(r"^(query|mutation|fragment) (\w+)", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.\s*(\w+)")


@cache
def _definitions() -> tuple[dict[str, str], dict[str, str]]:
    """(operations, fragments) by name."""
    operations: dict[str, str] = {}
    fragments: dict[str, str] = {}
    for entry in sorted(files(__package__).joinpath("graphql").iterdir(), key=lambda one: one.name):
        text = entry.read_text(encoding="utf-8")
        starts = list(_DEFINITION.finditer(text))
        for found, following in zip(starts, [*starts[1:], None], strict=True):
            body = text[found.start() : following.start() if following else len(text)].strip()
            known = fragments if found[1] == "fragment" else operations
            if found[2] in known:
                raise ValueError(f"{found[2]} is defined twice")
            known[found[2]] = body
    return operations, fragments


@cache
def document(name: str) -> str:
    """The operation of that name with the fragments it needs, ready to send. KeyError for one we do not have."""
    operations, fragments = _definitions()
    return "\n".join([operations[name], *_needed(_spreads(operations[name], fragments))])


def fragments_of(name: str) -> str:
    """A fragment with those it needs, for a query that is written on the spot."""
    return "\n".join(_needed({name}))


def _needed(wanted: set[str]) -> list[str]:
    _, fragments = _definitions()
    seen: set[str] = set()
    while wanted:
        one = wanted.pop()
        if one not in seen:
            seen.add(one)
            wanted |= _spreads(fragments[one], fragments)
    return [fragments[one] for one in sorted(seen)]


def _spreads(text: str, fragments: dict[str, str]) -> set[str]:
    return {name for name in _SPREAD.findall(text) if name in fragments}


def is_mutation(name: str) -> bool:
    return _definitions()[0][name].startswith("mutation")


def names() -> tuple[str, ...]:
    """Every operation we have."""
    return tuple(sorted(_definitions()[0]))
